"""A training that goes on when it is told to: for pictures of where it is."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np

from uzviz import tree
from uzviz.engine import programs
from uzviz.engine.lanes import Lanes, Places
from uzviz.engine.plan import Window
from uzviz.engine.rows import given
from uzviz.engine.stops import evaluated
from uzviz.problems import PARTS

ROOM = 256
"""Steps that are made and kept at once, at most: one program serves any number of them."""


class Walker:
    """A solo training that goes on when it is told to, and shows where it is.

    It makes the steps of :func:`uzviz.engine.run` to the last bit, by the same program.
    """

    def __init__(self, lanes: Lanes, w: Any = None, room: tuple[int, int] = (0, 0)):
        """``w`` is where it starts, if not at the problem's own start; ``room`` are epochs and full
        batches that a window's program has room for at least: walks whose plans fit in it share it."""
        self.places = Places(lanes, None if w is None else [tree.placed(w)])
        self.room, self.carry = room, self.places.carry
        self.at = 0
        """Steps made."""

    def again(self, w: Any) -> Walker:
        """Another training by the same rule on the same examples, in the same order, from ``w``."""
        other = copy.copy(self)
        other.at, other.carry = 0, programs.start_of(self.places.rule, tree.placed(w))
        return other

    def ahead(self, steps: int) -> np.ndarray:
        """Make so many steps more, as far as the plan goes: the loss that each saw."""
        lanes, plan = self.places.lanes, self.places.lanes.plan
        stop, seen = min(self.at + steps, plan.steps), []
        for window in plan.windows(self.at, stop, lambda: stop - self.at):
            self.carry, loss, _ = programs.solo_steps(
                lanes.problem.formulas, self.places.rule, self.carry, self.places.feed,
                *self._given(window), *window,
            )  # fmt: skip
            # Cut on the host: on the device every size of a window would be a program.
            seen.append(np.asarray(loss)[: window.epochs, : window.steps + window.ends].ravel())
            self.at += window.size
        return np.concatenate(seen) if seen else np.zeros(0)

    def _given(self, window: Window) -> list[Any]:
        rows, full, last = self.places.given(window)
        epochs = max(self.room[0], full.shape[0])
        steps = max(self.room[1], full.shape[1])
        padding = [(0, epochs - full.shape[0]), (0, steps - full.shape[1]), (0, 0)]
        return [rows, np.pad(full, padding), np.pad(last, [padding[0], (0, 0)])]

    def each(self) -> dict[str, np.ndarray]:
        """Loss and metrics here of every example by itself, in the order of the rows."""
        lanes = self.places.lanes
        index = np.arange(len(jax.tree.leaves(lanes.problem.rows)[0]))
        found = programs.solo_each_example(
            lanes.problem.formulas, self.carry.w, self.places.feed.statistics,
            *given(lanes.rows, index),
        )  # fmt: skip
        return jax.tree.map(np.asarray, found)

    def over(self, f: Callable[[Any, Any], Any], rows: Any) -> Any:
        """f(w, batch) here, on rows of one's own that are prepared as the examples are.

        One program for each function f: give one that lives on.
        """
        found = programs.solo_over(
            self.places.lanes.problem.formulas, f, self.carry.w, self.places.feed.statistics, rows
        )
        return jax.tree.map(np.asarray, found)

    def measured(self, f: Callable[[Any, Any], Any], index: np.ndarray) -> Any:
        """As :meth:`over`, on the examples of these rows."""
        rows, own = given(self.places.lanes.rows, index)
        return self.over(f, jax.tree.map(lambda x: np.asarray(x)[own], rows))

    def path(self, steps: int) -> tuple[Any, np.ndarray]:
        """As :meth:`ahead`, with the parameters after each step, [steps, …], before the losses."""
        plan, found, seen = self.places.lanes.plan, [self._none()], [np.zeros(0)]
        stop = min(self.at + steps, plan.steps)
        while self.at < stop:
            window = plan.window(self.at, stop, ROOM)
            if not window.steps:  # the shorter batch at the end of an epoch
                seen.append(self.ahead(1))
                found.append(jax.tree.map(lambda x: x[None], self.w))
                continue
            full, _ = self.places.rows_of(window)
            epochs = 1 if window.ends else window.epochs
            batches = full[:epochs, : window.steps].reshape(-1, full.shape[-1])
            w, loss = self._trail(batches[:ROOM])
            found.append(w)
            seen.append(loss)
        return jax.tree.map(lambda *x: np.concatenate(x), *found), np.concatenate(seen)

    def _none(self) -> Any:
        """The parameters of no steps."""
        return jax.tree.map(lambda x: np.zeros((0, *x.shape), x.dtype), self.carry.w)

    def _trail(self, index: np.ndarray) -> tuple[Any, np.ndarray]:
        """Steps on these rows, [steps, batch], all kept."""
        lanes, feed, made = self.places.lanes, self.places.feed, len(index)
        padded = np.pad(index, [(0, ROOM - made), (0, 0)])
        self.carry, *found = programs.trail(
            lanes.problem.formulas, self.places.rule, self.carry, feed, *given(lanes.rows, padded), made, self.at
        )  # fmt: skip
        self.at += made
        w, loss = jax.tree.map(lambda x: np.asarray(x)[:made], found)
        return w, loss

    @property
    def w(self) -> Any:
        """The parameters here, on the host; a copy, for the next step overwrites them."""
        return jax.tree.map(np.array, self.carry.w)

    def batch(self, step: int) -> np.ndarray:
        """Numbers of the rows that a step sees; the first is step 1."""
        window = self.places.lanes.plan.window(step - 1, step, 1)
        full, last = self.places.rows_of(window)
        return full[0, 0] if window.steps else last[0]

    def evaluated(self, parts: Sequence[str] = PARTS, w: Any = None) -> dict[str, np.ndarray]:
        """Loss and metrics of whole parts as "train/loss": here, or at other parameters."""
        return evaluated(self.places, self.carry.w if w is None else w, self.at, parts)().values
