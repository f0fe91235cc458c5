"""A lane again, step by step: what happened before it died."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal, jaxpr_as_fun

from uzviz import tree
from uzviz.engine import programs
from uzviz.engine.lanes import Lanes, Places
from uzviz.engine.plan import MOST_STEPS
from uzviz.engine.rows import given
from uzviz.problems import Formulas
from uzviz.tree import Tree


class Step(NamedTuple):
    """What one step of a lane saw and did."""

    step: int
    loss: float
    gradient: dict[str, float]
    """Norm of the gradient by layer, before the step."""
    weight: dict[str, float]
    """Norm of the weights by layer, before the step."""
    update: dict[str, float]
    """Norm of the step by layer, relative to the weights'."""
    length: float
    """Norm of the whole step."""
    slope: float
    """gᵀd of the gradient g along the step's direction d, of norm 1."""
    curvature: float
    """dᵀHd: over a step of length ℓ the batch's quadratic model changes by ℓ gᵀd + ½ℓ² dᵀHd."""


class Replay(NamedTuple):
    """The last steps of a lane before it died, and where the forward pass then broke."""

    steps: list[Step]
    batch_finite: bool
    """Whether the batch of the last step holds finite numbers only."""
    overflow: str | None
    """The first operation, in forward order, that made numbers not finite of finite ones."""


def replay(lanes: Lanes, seed: int, setting: int, step: int, before: int = 5) -> Replay:
    """Train all lanes again up to ``before`` steps before ``step``, then one of them step by step.

    The same program as in the race, so that it comes to the same bits; ``seed`` and ``setting``
    count the lanes.
    """
    formulas, plan = lanes.problem.formulas, lanes.plan
    places = Places(lanes)
    first = max(0, step - 1 - before)
    carry = places.carry
    for window in plan.windows(0, first, lambda: MOST_STEPS):
        carry, _, _ = programs.lane_steps(formulas, places.rule, carry, places.feed,
                                          *places.given(window), *window)  # fmt: skip
    carry = jax.tree.map(lambda x: np.asarray(x)[seed, setting], carry)
    key = jax.random.wrap_key_data(np.asarray(jax.random.key_data(places.feed.key))[seed])
    learned = jax.tree.map(lambda x: np.asarray(x)[seed], places.feed.statistics)
    rule = jax.tree.map(lambda x: np.asarray(x)[setting], places.rule)
    steps, w, batch, own = [], carry.w, None, key
    for t in range(first + 1, step + 1):
        full, last = places.rows_of(window := plan.window(t - 1, t, 1))
        index = full[seed, 0, 0] if window.steps else last[seed, 0]
        w = carry.w
        feed = programs.Feed(learned, key)
        carry, seen, batch, own = _step(formulas, rule, carry, feed, *given(lanes.rows, index), t)
        steps.append(Step(t, **jax.tree.map(float, seen)))
    finite = _finite(filter(_is_inexact, jax.tree.leaves(batch)))
    return Replay(steps, finite, overflow(_Loss(formulas), w, batch, own))


@dataclass(frozen=True)
class _Loss:
    """The loss of formulas; equal where they are, so that it is compiled once."""

    formulas: Formulas

    def __call__(self, w: Tree, batch: Any, key: jax.Array) -> jax.Array:
        return self.formulas.loss(w, batch, key)


SMALLEST = 1e-30
"""Norms below are taken for it, so that nothing is divided by 0."""


@partial(jax.jit, static_argnums=0)
def _step(formulas: Formulas, rule: Any, carry: Any, feed: Any, rows: Any, index: Any, t: Any):
    batch = programs.batch_of(formulas, jax.tree.map(jnp.asarray, rows), feed.statistics, index)
    key = jax.random.fold_in(feed.key, t)
    f = programs.oracle_of(formulas, batch, key)
    w, s, loss = rule.at(t).step(f, carry.w, carry.s, t)
    u = jax.tree.map(lambda new, old: new - old, w, carry.w)
    length = _norm(u)
    d = jax.tree.map(lambda x: x / jnp.maximum(length, SMALLEST), u)
    g, bent = jax.jvp(lambda w: f(w)[1], (carry.w,), (d,))
    weight = _norms(carry.w)
    seen = {
        "loss": loss,
        "gradient": _norms(g),
        "weight": weight,
        "update": {name: x / jnp.maximum(weight[name], SMALLEST) for name, x in _norms(u).items()},
        "length": length,
        "slope": _dot(g, d),
        "curvature": _dot(d, bent),
    }
    return programs.Carry(w, s, carry.alive), seen, batch, key


def _norms(x: Tree) -> dict[str, jax.Array]:
    return {name: _norm(leaves) for name, leaves in tree.layers(x).items()}


def _norm(x: Tree) -> jax.Array:
    """The Euclidean norm; numbers whose squares would overflow are scaled first."""
    largest = jnp.max(jnp.stack([jnp.max(jnp.abs(leaf)) for leaf in jax.tree.leaves(x)]))
    largest = jnp.maximum(largest, SMALLEST)
    return largest * tree.norm(jax.tree.map(lambda leaf: leaf / largest, x))


def _dot(x: Tree, y: Tree) -> jax.Array:
    products = jax.tree.map(jnp.vdot, x, y)
    return jnp.sum(jnp.stack(jax.tree.leaves(products)))


def overflow(function: Any, *arguments: Any) -> str | None:
    """The first operation of a function that makes numbers not finite of finite ones, in words.

    What each takes and makes is kept, in forward order, by one program for all functions that are equal.
    """
    kept = _kept(function, *arguments)
    broken = [_finite(given) and not _finite(made) for given, made in kept]
    if not any(broken):
        return None
    said: list[str] = []
    jax.eval_shape(lambda *x: _each(function, x, said), *arguments)
    return said[broken.index(True)]


@partial(jax.jit, static_argnums=0)
def _kept(function: Any, *arguments: Any) -> list[tuple[list[Any], list[Any]]]:
    return _each(function, arguments, [])


def _each(function: Any, arguments: Any, said: list[str]) -> list[tuple[list[Any], list[Any]]]:
    """What each operation of a function takes and makes; and, into ``said``, what it is called."""
    traced = jax.make_jaxpr(function)(*arguments)
    kept: list[tuple[list[Any], list[Any]]] = []
    _carry_out(traced.jaxpr, traced.consts, jax.tree.leaves(arguments), "", kept, said)
    return kept


INSIDE = ("jaxpr", "call_jaxpr", "fun_jaxpr")
CALLS = {"jit", "pjit", "closed_call", "core_call", "remat", "checkpoint", "custom_jvp_call",
         "custom_vjp_call", "custom_vjp_call_jaxpr"}  # fmt: skip


def _carry_out(
    jaxpr: Jaxpr, consts: Any, arguments: Any, where: str, kept: list[Any], said: list[str]
) -> list[Any]:
    values = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*consts, *arguments], strict=True))

    def read(v: Any) -> Any:
        return v.val if isinstance(v, Literal) else values[v]

    for equation in jaxpr.eqns:
        given = [read(v) for v in equation.invars]
        name = equation.primitive.name
        stack = re.sub(r"\w+\(([^()]*)\)", r"\1", str(equation.source_info.name_stack))
        place = "/".join(filter(None, [where, stack]))
        inner = next((equation.params[k] for k in INSIDE if k in equation.params), None)
        if name in CALLS and inner is not None:
            closed = inner if isinstance(inner, ClosedJaxpr) else ClosedJaxpr(inner, ())
            made = _carry_out(closed.jaxpr, closed.consts, given, place, kept, said)
        else:
            made = _made(jaxpr, equation, given)
            kept.append(([*filter(_is_inexact, given)], [*filter(_is_inexact, made)]))
            shape = list(np.shape(made[0]))
            said.append(f"{name} {shape}{f' of {place}' if place else ''}")
        values.update(zip(equation.outvars, made, strict=True))
    return [read(v) for v in jaxpr.outvars]


def _made(jaxpr: Jaxpr, equation: Any, given: list[Any]) -> list[Any]:
    """What one operation makes of what it is given."""
    inputs = {
        v: x for v, x in zip(equation.invars, given, strict=True) if not isinstance(v, Literal)
    }
    names = jaxpr.debug_info.with_unknown_names()
    alone = Jaxpr((), [*inputs], equation.outvars, [equation], equation.effects, names)
    return jaxpr_as_fun(ClosedJaxpr(alone, ()))(*inputs.values())


def _is_inexact(x: Any) -> bool:
    return jnp.issubdtype(jnp.result_type(x), jnp.inexact)


def _finite(values: Any) -> bool:
    return all(np.isfinite(x).all() for x in values)
