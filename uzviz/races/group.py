"""All lanes of one entrant: what they scored, how they were tuned, which of them died."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from uzviz import records, verdicts
from uzviz.engine import Plan
from uzviz.races.entrants import Entrant

NEAR = 1.1
"""A step size is good while its median loss is within 10 % of the best."""
BLOWN, PARTS_OF_BUDGET = 10.0, 20
"""A lane diverged if its mean loss over a twentieth of the budget is above start + 10·|start|, unless it came
back and ended at its start or below."""
HIGHER_IS_BETTER = {"accuracy", "r2"}
"""Metrics of which more is better; of all others, less."""


KINDS = ("start", "end", "curves")


def sign(metric: str) -> int:
    """1 where less of a metric is better, −1 where more is."""
    return -1 if metric.rpartition("/")[2] in HIGHER_IS_BETTER else 1


@dataclass
class Group:
    """All lanes of one entrant; arrays are [seeds, settings], curves [seeds, settings, points]."""

    entrant: Entrant
    plan: Plan
    settings: dict[str, np.ndarray]
    seeds: tuple[int, ...]
    parameters: int
    state: int
    """Numbers that the rule keeps between steps for all parameters."""
    schedule: str = "constant"
    nudged: tuple[int, ...] = ()
    """Settings whose start was moved by one unit in the last place."""
    start: dict[str, np.ndarray] = field(default_factory=dict)
    """Everything evaluated at the start, by names such as "train/loss"."""
    end: dict[str, np.ndarray] = field(default_factory=dict)
    """The same at the end of the budget."""
    curves: dict[str, np.ndarray] = field(default_factory=dict)
    """The validation's values, and "train/loss": the mean of what the steps since the last point
    saw, at the start the loss of the whole training part."""
    finite: np.ndarray = field(init=False)
    done: np.ndarray = field(init=False)
    died: np.ndarray = field(init=False)
    """The step at which a lane diverged; 0 for those that did not."""
    rounds: tuple[int, ...] = ()
    """Settings tried in each round of a grid that grows."""
    shapes: tuple[tuple[int, int], ...] = ()
    """Seeds and settings of the program that trained each round; none of a race that was read."""

    def __post_init__(self) -> None:
        shape = len(self.seeds), self.lanes
        self.finite, self.done = np.zeros(shape, bool), np.zeros(shape, bool)
        self.died = np.zeros(shape, np.int64)
        self.rounds = self.rounds or (self.lanes,)

    @property
    def title(self) -> str:
        """What people call the entrant."""
        return self.entrant.title(self.plan.batch, self.plan.n)

    @property
    def lanes(self) -> int:
        """Settings tried from each seed."""
        return len(next(iter(self.settings.values())))

    @property
    def points(self) -> list[int]:
        """The steps of the curves' points."""
        return [0, *self.plan.evaluations()]

    @property
    def axis(self) -> str | None:
        """The hyperparameter that is tuned."""
        return self.entrant.rule.tuned

    @property
    def tried(self) -> list[str]:
        """Hyperparameters with more than one value, and the tuned one."""
        return [k for k, v in self.settings.items() if k == self.axis or len(set(v.tolist())) > 1]

    def fill(self, seeds: slice, settings: slice, said: Sequence[records.Record]) -> None:
        """Take in what some lanes said from start to end; lanes behind them only filled a program."""
        place = seeds, settings
        own = tuple(slice(cut.stop - cut.start) for cut in place)
        steps = [r.loss[own] for r in said if isinstance(r, records.Steps)]
        losses = np.concatenate(steps, axis=-1)
        evaluations = [r for r in said if isinstance(r, records.Evaluation)]
        for name, value in evaluations[0].values.items():
            self._array(self.start, name)[place] = value[own]
        for name, value in evaluations[-1].values.items():
            self._array(self.end, name)[place] = value[own]
        points = self.points
        number = {step: i for i, step in enumerate(points)}
        before = 0
        for e in evaluations:
            curves = {k: v[own] for k, v in e.values.items() if k.startswith("validation/")}
            seen = losses[..., before : e.step].mean(-1) if e.step else e.values["train/loss"][own]
            for name, value in {**curves, "train/loss": seen}.items():
                self._array(self.curves, name, len(points))[(*place, number[e.step])] = value
            before = e.step
        self.finite[place] = [r.finite for r in said if isinstance(r, records.End)][-1][own]
        self.died[place] = death(losses, self.start["train/loss"][place], self.plan.steps)
        self.died[place][~self.finite[place] & (self.died[place] == 0)] = self.plan.steps
        recovered = self.end["train/loss"][place] <= self.start["train/loss"][place]
        self.died[place][self.finite[place] & recovered] = 0
        self.done[place] = True

    def part(self, seeds: slice, settings: slice) -> dict[str, np.ndarray]:
        """Everything of some lanes, by names such as "end/test/loss"."""
        arrays = {f"{kind}/{name}": x for kind in KINDS for name, x in getattr(self, kind).items()}
        arrays |= {"finite": self.finite, "died": self.died}
        return {name: x[seeds, settings] for name, x in arrays.items()}

    def put(self, seeds: slice, settings: slice, arrays: Mapping[str, np.ndarray]) -> None:
        """Take in what :meth:`part` gave."""
        place = seeds, settings
        for name, x in arrays.items():
            kind, _, own = name.partition("/")
            if kind in KINDS:
                self._array(getattr(self, kind), own, *x.shape[2:])[place] = x
        self.finite[place], self.died[place] = arrays["finite"], arrays["died"]
        self.done[place] = True

    def joined(self, more: Group) -> Group:
        """The group with another round of settings, from the same seeds."""
        both = {k: np.concatenate([v, more.settings[k]]) for k, v in self.settings.items()}
        rounds, shapes = (*self.rounds, more.lanes), self.shapes + more.shapes
        made = replace(
            self, settings=both, start={}, end={}, curves={}, rounds=rounds, shapes=shapes
        )
        for name in KINDS:
            old, new = getattr(self, name), getattr(more, name)
            getattr(made, name).update(
                {k: np.concatenate([v, new[k]], axis=1) for k, v in old.items()}
            )
        for name in ("finite", "done", "died"):
            joint = np.concatenate([getattr(self, name), getattr(more, name)], axis=1)
            setattr(made, name, joint)
        return made

    @property
    def status(self) -> np.ndarray:
        """ "finished", "diverged" or "not run" for every lane."""
        return np.where(self.done, np.where(self.diverged, "diverged", "finished"), "not run")

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {
            "entrant": self.entrant.name,
            "method": self.title,
            "batch": self.plan.batch,
            "parameters": self.parameters,
            "settings": {k: v.tolist() for k, v in self.settings.items()},
            "tuned": self.axis,
            "best": self.best,
            "rounds": list(self.rounds),
            "seeds": list(self.seeds),
            "status": self.status.tolist(),
            "died": self.died.tolist(),
            "finite": self.finite.tolist(),
            "steps": self.points,
            "epochs": [self.plan.examples(s) / self.plan.n for s in self.points],
            "gradients": [self.plan.spent(s) for s in self.points],
            "start": {k: v.tolist() for k, v in self.start.items()},
            "end": {k: v.tolist() for k, v in self.end.items()},
            "curves": {k: v.tolist() for k, v in self.curves.items()},
        }

    def _array(self, owner: dict[str, np.ndarray], name: str, *more: int) -> np.ndarray:
        if name not in owner:
            owner[name] = np.full((*self.done.shape, *more), np.nan, np.float32)
        return owner[name]

    @cached_property
    def complete(self) -> np.ndarray:
        """Seeds from which every setting is done: what is compared."""
        return np.asarray(self.done.all(axis=1))

    def values(self, name: str) -> np.ndarray:
        """An end value of every lane; infinitely bad where the lane's wasn't finite."""
        found = self.end.get(name, np.full(self.done.shape, np.nan))
        return np.where(self.finite & np.isfinite(found), found, sign(name) * math.inf)

    def curve(self, name: str) -> np.ndarray:
        """A curve of every lane, infinite from its death on."""
        found = self.curves.get(name, np.full((*self.done.shape, len(self.points)), np.nan))
        dead = self.diverged[..., None] & (np.array(self.points) >= self.died[..., None])
        return np.where(dead | ~np.isfinite(found), np.inf, found)

    def score(self, name: str = "validation/loss") -> np.ndarray:
        """An end value of the lanes of every complete seed."""
        return self.values(name)[self.complete]

    def medians(self, name: str = "validation/loss") -> np.ndarray:
        """The median over seeds for every setting; infinite where half of the lanes are."""
        score = self.score(name)
        return np.array([verdicts.median(column) for column in score.T])

    @cached_property
    def best(self) -> int:
        """The setting with the lowest median validation loss."""
        return int(np.argmin(self.medians()))

    def best_of_first(self, tries: int) -> int:
        """The best among the first so many tries: rounds in order, each in a fixed random order."""
        draw, first, order = np.random.default_rng(0), 0, []
        for size in self.rounds:
            order += (first + draw.permutation(size)).tolist()
            first += size
        medians = self.medians()
        return min(order[:tries], key=lambda i: (medians[i], i))

    @property
    def edge(self) -> str:
        """Where the best of the tuned values is the smallest or largest tried, "≤" or "≥"."""
        values = self.settings[self.axis] if self.axis in self.settings else np.zeros(1)
        at, ends = values[self.best], (values.min(), values.max())
        return "" if ends[0] == ends[1] else {ends[0]: "≤ ", ends[1]: "≥ "}.get(at, "")

    @property
    def diverged(self) -> np.ndarray:
        """Lanes that diverged: a loss was not finite, or their training loss, averaged over a
        twentieth of the budget, was above start + 10·|start| and came back to its start no more."""
        return self.died > 0

    @property
    def above_start(self) -> np.ndarray:
        """Lanes done that ended above their start in training loss, diverged ones among them."""
        if not self.end:
            return self.done
        below = self.end["train/loss"] <= self.start["train/loss"]
        return np.array(self.done & ~(self.finite & below))

    def along_step_size(self) -> np.ndarray:
        """Settings that differ from the best in the step size alone, in its order; none without."""
        if self.axis not in self.settings:
            return np.empty(0, int)
        same = np.ones(self.lanes, bool)
        for name, values in self.settings.items():
            same &= (values == values[self.best]) | (name == self.axis)
        return np.flatnonzero(same)[np.argsort(self.settings[self.axis][same])]

    def tolerance(self) -> float:
        """Decades of step size over which the median validation loss is within 10 % of the best.

        Around the best step size, other hyperparameters fixed; between two step sizes that were
        tried, the loss is taken to be linear in the logarithm of the step size.
        """
        order = self.along_step_size()
        if not len(order) or not len(self.score()):
            return math.nan
        x, y = np.log10(self.settings[str(self.axis)][order]), self.medians()[order]
        at = int(np.flatnonzero(order == self.best)[0])
        limit = y[at] + (NEAR - 1) * abs(y[at])
        if not math.isfinite(limit):
            return 0.0
        return _reach(x[at:], y[at:], limit) + _reach(-x[at::-1], y[at::-1], limit)


def death(losses: np.ndarray, start: np.ndarray, steps: int) -> np.ndarray:
    """The step, from 1, at which lanes [..., steps made] blew up; 0 for those that did not."""
    made = losses.shape[-1]
    broken = ~np.isfinite(losses)
    died = np.where(broken.any(-1), broken.argmax(-1) + 1, 0)
    limit = start + BLOWN * np.abs(start)
    ends = np.unique(np.ceil(np.linspace(0, steps, PARTS_OF_BUDGET + 1)).astype(int)[1:])
    first = 0
    for end in ends[ends <= made]:
        with np.errstate(invalid="ignore", over="ignore"):
            blown = losses[..., first:end].mean(-1) > limit
        above = (losses[..., first:end] > limit[..., None]).argmax(-1) + first + 1
        died = np.where(blown & ((died == 0) | (above < died)), above, died)
        first = end
    return died


def _reach(x: np.ndarray, y: np.ndarray, limit: float) -> float:
    """How far x goes from its first value until y crosses the limit."""
    for i in range(1, len(x)):
        if not y[i] <= limit:
            part = (limit - y[i - 1]) / (y[i] - y[i - 1]) if math.isfinite(y[i]) else 0.0
            return float(x[i - 1] + part * (x[i] - x[i - 1]) - x[0])
    return float(x[-1] - x[0])
