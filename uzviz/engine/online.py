"""Rules on losses that come one a round, held to a set of points after each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from uzviz.engine.programs import Carry, moved, started
from uzviz.problems import Online
from uzviz.rules import Rule
from uzviz.tree import Tree, zeros


class Rounds(NamedTuple):
    """Where a rule went, from its start on, after each stretch of rounds: [paths, stretches + 1, …]."""

    w: Tree
    s: Tree
    alive: jax.Array
    """Whether every loss up to there was finite; w stays where the first was not."""
    paid: jax.Array
    """The sum of the losses that it saw up to there."""
    g: Tree
    """The gradient that the last round's step saw, 0 at the start."""


def online(problem: Online, rule: Rule, starts: Any, rounds: int, every: int = 1) -> Rounds:
    """A rule from starts, [paths, …], shown after every so many of these rounds.

    Its hyperparameters are a number for all paths or one each; schedules see the round as their t. One
    program for each kind of rule, kind of problem and number of rounds: all else is data.
    """
    paths = len(jax.tree.leaves(starts)[0])
    rules = jax.tree.map(lambda x: np.broadcast_to(np.asarray(x, float), (paths,)), rule)
    found = _rounds(
        problem.loss, problem.project, rounds // every, every, rules, starts, problem.data
    )
    return jax.tree.map(np.asarray, found)


def costs(problem: Online, w: Tree, rounds: int) -> np.ndarray:
    """What each round costs who stays at w, [rounds]."""
    return np.asarray(_costs(problem.loss, np.arange(1, rounds + 1), w, problem.data))


@partial(jax.jit, static_argnums=0)
def _costs(loss: Callable[..., Any], t: jax.Array, w: Tree, data: Any) -> jax.Array:
    return jax.vmap(lambda t: loss(w, t, data))(t)


@partial(jax.jit, static_argnums=(0, 1, 2, 3))
def _rounds(
    loss: Callable[..., Any], project: Callable[[Tree], Tree], stretches: int, every: int, rules: Rule,
    starts: Tree, data: Any,
) -> Rounds:  # fmt: skip
    def path(rule: Rule, start: Tree) -> Rounds:
        def one(state: Rounds, t: jax.Array) -> tuple[Rounds, None]:
            f = jax.value_and_grad(lambda w: loss(w, t, data))
            carry, seen = moved(f, rule, Carry(state.w, state.s, state.alive), t)
            paid, g = state.paid + seen, f(state.w)[1]
            return Rounds(project(carry.w), carry.s, carry.alive, paid, g), None

        def stretch(state: Rounds, first: jax.Array) -> tuple[Rounds, Rounds]:
            state, _ = jax.lax.scan(one, state, first + jnp.arange(1, every + 1))
            return state, state

        carry = started(rule, start)
        zero = jnp.zeros((), jnp.result_type(*jax.tree.leaves(start)))
        begin = Rounds(carry.w, carry.s, carry.alive, zero, zeros(start))
        _, rest = jax.lax.scan(stretch, begin, every * jnp.arange(stretches))
        return jax.tree.map(lambda x, xs: jnp.concatenate([x[None], xs]), begin, rest)

    return jax.vmap(path)(rules, starts)
