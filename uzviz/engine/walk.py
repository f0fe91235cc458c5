"""Where a rule goes, step by step: for pictures that show every iterate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz.engine import programs
from uzviz.engine.lanes import Lanes, Places
from uzviz.engine.loop import evaluated
from uzviz.engine.programs import Path
from uzviz.errors import InputError
from uzviz.problems import PARTS, Problem
from uzviz.rules import Rule


def paths(problem: Problem, rules: Sequence[Rule], starts: Any, steps: int) -> Path:
    """Every iterate of rules of one kind on a problem without data, [paths, steps + 1, …].

    One program for each kind, problem and number of steps: hyperparameters and starts, [paths, …],
    are data.

    Raises
    ------
    InputError
        for rules of several kinds.
    """
    if len({type(rule) for rule in rules}) != 1:
        raise InputError("Paths are those of rules of one kind: walk each kind by itself.")
    stacked = jax.tree.map(lambda *x: jnp.asarray(x, dtype=float), *rules)
    found = programs.paths(problem.formulas, steps, stacked, jax.tree.map(jnp.asarray, starts))
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

    def trail(self, steps: int) -> tuple[Any, np.ndarray]:
        """Make so many steps more and keep them all: every w, [steps, …], and the losses seen.

        In one program, which rounds as it likes: equal to :meth:`ahead` but for the last digits. All
        batches must be full.
        """
        lanes, plan = self.places.lanes, self.places.lanes.plan
        if plan.rest:
            raise InputError(
                f"Batches of {plan.batch} leave {plan.rest} of {plan.n} examples over: give one that "
                "leaves none."
            )
        stop, index = min(self.at + steps, plan.steps), []
        for window in plan.windows(self.at, stop, lambda: stop - self.at):
            full, _ = self.places.rows_of(window)
            index.append(full[: window.epochs, : window.steps].reshape(-1, plan.batch))
            self.at += window.size
        rows = np.concatenate(index) if index else np.zeros((0, plan.batch), np.int32)
        self.carry, w, loss = programs.trail(
            lanes.problem.formulas, self.places.rule, self.carry, self.places.feed, lanes.rows, rows,
            self.at - len(rows),
        )  # fmt: skip
        return jax.tree.map(np.asarray, w), np.asarray(loss)
