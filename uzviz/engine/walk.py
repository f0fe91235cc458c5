"""Where a rule goes, step by step: for pictures that show every iterate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz.engine import programs
from uzviz.engine.lanes import Lanes, Places
from uzviz.engine.loop import evaluated
from uzviz.engine.programs import Path
from uzviz.errors import InputError
from uzviz.problems import PARTS, Formulas, Problem
from uzviz.rules import Rule

MOST_PROBLEMS = 64
"""Problems whose programs of paths are kept: people type formulas, and a process has no room for the
programs of all. That of the problem that longest nobody walked on is given up."""


@lru_cache(maxsize=MOST_PROBLEMS)
def _program(formulas: Formulas) -> Callable[..., Path]:
    return jax.jit(partial(programs.paths, formulas), static_argnums=0)


def paths(
    problem: Problem, rules: Sequence[Rule], starts: Any, steps: int, batch: Any = None
) -> Path:
    """Every iterate of rules of one kind, [paths, steps + 1, …], on one batch: None for a problem
    without data.

    One program for each kind, problem and number of steps: hyperparameters, starts, [paths, …], and
    the batch are data.

    Raises
    ------
    InputError
        for rules of several kinds.
    """
    if len({type(rule) for rule in rules}) != 1:
        raise InputError("Paths are those of rules of one kind: walk each kind by itself.")
    stacked = jax.tree.map(lambda *x: jnp.asarray(x, dtype=float), *rules)
    places, seen = jax.tree.map(jnp.asarray, (starts, batch))
    found = _program(problem.formulas)(steps, stacked, places, seen)
    return jax.tree.map(np.asarray, found)


class Walker:
    """A solo training that goes on when it is told to, and shows where it is.

    It makes the steps of :func:`uzviz.engine.run` to the last bit, by the same program.
    """

    def __init__(self, lanes: Lanes, w: Any = None):
        """``w`` is where it starts, if not at the problem's own start."""
        self.places = Places(lanes)
        self.at = 0
        """Steps made."""
        self.carry = self.places.carry
        if w is not None:
            self.carry = programs.start_of(self.places.rule, jax.tree.map(jnp.asarray, w))

    def ahead(self, steps: int) -> np.ndarray:
        """Make so many steps more, as far as the plan goes: the loss that each saw."""
        lanes, plan = self.places.lanes, self.places.lanes.plan
        stop, seen = min(self.at + steps, plan.steps), []
        for window in plan.windows(self.at, stop, lambda: stop - self.at):
            self.carry, loss, _ = programs.solo_steps(
                lanes.problem.formulas, self.places.rule, self.carry, self.places.feed, lanes.rows,
                *self.places.rows_of(window), *window,
            )  # fmt: skip
            seen.append(np.asarray(loss[: window.epochs, : window.steps + window.ends]).ravel())
            self.at += window.size
        return np.concatenate(seen) if seen else np.zeros(0)

    def evaluated(self, parts: Sequence[str] = PARTS) -> dict[str, np.ndarray]:
        """Loss and metrics of whole parts here, as "train/loss"."""
        return evaluated(self.places, self.carry.w, self.at, parts)().values
