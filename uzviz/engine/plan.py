"""Which steps are made, over which examples, in which windows. No JAX, no clock."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from uzviz.checks import numbers, whole
from uzviz.errors import InputError, shown
from uzviz.problems import generator_for

MOST_STEPS = 16_384
"""Steps in one compiled window."""
MOST_ROWS = 1 << 20
"""Row numbers sent to the device for one window."""
MOST_EVALUATIONS = 199
"""Points of a curve besides its start."""
MOST_SNAPSHOTS = 200
"""Points of a path."""
FREE_STOPS, STEPS_A_STOP = 32, 1000
"""How often training may stop for a path alone: in any run, or once in so many steps of a long one
(measured in docs/decisions.md)."""

SAMPLINGS = ("reshuffle", "uniform")


class Window(NamedTuple):
    """Steps that one call of the compiled program makes.

    ``epochs`` times: ``steps`` full batches and, if ``ends``, the shorter last batch. A window
    within an epoch has ``epochs`` = 1.
    """

    first: int
    """Steps made before it."""
    epochs: int
    steps: int
    ends: bool

    @property
    def size(self) -> int:
        return self.epochs * (self.steps + self.ends)


@dataclass(frozen=True)
class Plan:
    """A budget cut into steps: n examples in batches of B, the last by its real size."""

    n: int
    batch: int
    cost: int
    """Gradients a step asks for each example."""
    budget: int
    """Gradients of examples to spend; never exceeded."""
    most_rows: int = MOST_ROWS
    """Rows of one window, at most, where that is a step or more."""

    @property
    def full(self) -> int:
        """Full batches in an epoch."""
        return self.n // self.batch

    @property
    def rest(self) -> int:
        """Examples in the last, shorter batch; 0 where there is none."""
        return self.n % self.batch

    @property
    def epoch(self) -> int:
        """Steps in an epoch."""
        return self.full + (self.rest > 0)

    @property
    def steps(self) -> int:
        """Steps the budget pays for."""
        epochs, left = divmod(self.budget // self.cost, self.n)
        return epochs * self.epoch + left // self.batch

    def examples(self, step: int) -> int:
        """Examples visited in the first ``step`` steps."""
        epochs, steps = divmod(step, self.epoch)
        return epochs * self.n + steps * self.batch

    def spent(self, step: int) -> int:
        """Gradients of examples spent in the first ``step`` steps."""
        return self.cost * self.examples(step)

    def evaluations(self) -> list[int]:
        """Steps after which the curves get a point: the end of every epoch, or every few, or of
        equal parts of less than one; at most 199, the last step always."""
        if self.steps <= self.epoch:
            every = max(1, -(-self.steps // 20))
        else:
            every = self.epoch * -(-self.steps // (self.epoch * MOST_EVALUATIONS))
        return [*range(every, self.steps, every), self.steps]

    def snapshots(self, most: int = MOST_SNAPSHOTS) -> list[int]:
        """Steps after which a path keeps the parameters: 0, the last, and between them steps that are
        even in log time, at most ``most`` in all; none where that is less than 2.

        Where they are further apart than the points of the curves, they are moved to the nearest of
        these. They are fewer than ``most`` where training would stop too often for them.
        """
        if most < 2:
            return []
        points = {0, *self.evaluations()}
        stops = max(FREE_STOPS, self.steps // STEPS_A_STOP)
        counts = range(2, most + 1)
        fewer = bisect_right(counts, stops, key=lambda n: len({*self._log_even(n)} - points))
        return self._log_even(counts[fewer - 1])

    def _log_even(self, most: int) -> list[int]:
        """At most so many steps from 0 to the last, even in log time where whole numbers can be."""
        steps = [1]
        for left in range(most - 2, 0, -1):
            if (t := steps[-1]) >= self.steps:
                break
            steps.append(max(t + 1, round(t * (self.steps / t) ** (1 / left))))
        every = self.evaluations()[0]
        gaps = pairwise(steps)
        moved = (t if after - t < every else max(1, round(t / every)) * every for t, after in gaps)
        return sorted({0, *moved, self.steps})

    @property
    def shape(self) -> tuple[int, int]:
        """Most epochs and full batches in one window: the static shape of the program."""
        per_window = max(1, min(MOST_STEPS, self.most_rows // self.batch))
        if self.epoch > per_window:
            return 1, min(self.full, per_window)
        longest = max(1, -(-self.steps // (self.epoch * MOST_EVALUATIONS)))
        return max(1, min(per_window // self.epoch, longest)), self.full

    def window(self, first: int, stop: int, most: int) -> Window:
        """The next window from ``first``: not beyond ``stop``, of about ``most`` steps."""
        epochs, steps = self.shape
        allowed = min(stop - first, max(1, most))
        at = first % self.epoch
        if at == 0 and allowed >= self.epoch and steps == self.full:
            return Window(first, min(epochs, allowed // self.epoch), self.full, self.rest > 0)
        within = min(allowed, self.epoch - at)
        made = min(within, self.full - at, steps)
        ends = bool(self.rest) and within > made and at + made == self.full
        return Window(first, 1, made, ends)

    def windows(self, first: int, stop: int, most: Callable[[], int]) -> Iterator[Window]:
        """The windows from ``first`` to ``stop``, each as long as ``most()`` then says."""
        while first < stop:
            window = self.window(first, stop, most())
            yield window
            first += window.size


def planned(
    n: int,
    batch: int | str,
    cost: int,
    *,
    epochs: float | None = None,
    gradients: int | None = None,
) -> Plan:
    """The plan for a budget of epochs or of gradients, one of them given.

    Raises
    ------
    InputError
        for a batch, or a budget, that allows no step.
    """
    size = n if isinstance(batch, str) and batch == "all" else batch
    if not whole(size, 1, n):
        raise InputError(
            f"The batch is {shown(batch)}, but must be a whole number from 1 to {n} training examples, "
            "or 'all'."
        )
    if (epochs is None) == (gradients is None):
        raise InputError("Give the budget once: either in epochs or in gradients.")
    given, what = (epochs, "epochs") if epochs is not None else (gradients, "gradients")
    counted = numbers([given]) if what == "epochs" else whole(given, 0, 2**53)
    if counted is None or counted is False or given is None or given <= 0:
        raise InputError(
            f"The budget is {shown(given)} {what}, but must be a finite number above 0, of gradients "
            "a whole one."
        )
    plan = Plan(n, int(size), cost, round(given * n) if what == "epochs" else int(given))
    if plan.steps >= 2**31:
        raise InputError(
            f"The budget of {plan.budget} gradients makes {plan.steps} steps, but 2³¹ − 1 is the most."
        )
    if plan.steps < 1:
        raise InputError(
            f"The budget of {plan.budget} gradients pays for no step of {plan.batch} examples at "
            f"{cost} each: allow at least {plan.batch * cost} gradients or take smaller batches."
        )
    return plan


class Sampler:
    """The order of examples that a seed draws, epoch by epoch, on the host.

    "reshuffle" is a new permutation every epoch, "uniform" draws with replacement.
    """

    def __init__(self, rows: np.ndarray, seed: int, sampling: str = "reshuffle"):
        self.rows, self.seed, self.sampling = rows, seed, sampling
        self._last: tuple[int, np.ndarray] | None = None

    def epoch(self, number: int) -> np.ndarray:
        """Row numbers in the order of this epoch."""
        if self._last is None or self._last[0] != number:
            draw = generator_for(self.seed, "batches", number)
            if self.sampling == "uniform":
                order = self.rows[draw.integers(0, len(self.rows), len(self.rows))]
            else:
                order = draw.permutation(self.rows)
            self._last = number, order
        return self._last[1]

    def rows_of(self, plan: Plan, window: Window) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the full batches [E, K, B] and of the last ones [E, rest] of a window."""
        epochs, steps = plan.shape
        full = np.zeros((epochs, steps, plan.batch), np.int32)
        last = np.zeros((epochs, plan.rest), np.int32)
        number, at = divmod(window.first, plan.epoch)
        for e in range(window.epochs):
            order = self.epoch(number + e)
            start, made = at * plan.batch, window.steps * plan.batch
            full[e, : window.steps] = order[start : start + made].reshape(-1, plan.batch)
            last[e] = order[plan.full * plan.batch :]
        return full, last
