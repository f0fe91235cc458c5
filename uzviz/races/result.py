"""What a race found: scores and curves of every lane, as tables, strict JSON and CSV."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from uzviz import records, verdicts
from uzviz.engine import Plan
from uzviz.errors import Diverged
from uzviz.races.entrants import Entrant

if TYPE_CHECKING:
    import pandas as pd

NEAR = 1.1
"""A step size is good while its median loss is within 10 % of the best."""
HIGHER_IS_BETTER = {"accuracy", "r2"}
"""Metrics of which more is better; of all others, less."""


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
    start: dict[str, np.ndarray] = field(default_factory=dict)
    """Everything evaluated at the start, by names such as "train/loss"."""
    end: dict[str, np.ndarray] = field(default_factory=dict)
    """The same at the end of the budget."""
    curves: dict[str, np.ndarray] = field(default_factory=dict)
    """The validation's values, and "train/loss": the mean of what the steps since the last point
    saw, at the start the loss of the whole training part."""
    finite: np.ndarray = field(init=False)
    done: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        shape = len(self.seeds), self.lanes
        self.finite, self.done = np.zeros(shape, bool), np.zeros(shape, bool)

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
    def tried(self) -> list[str]:
        """Hyperparameters with more than one value, and the step size."""
        return [k for k, v in self.settings.items() if k == "lr" or len(set(v.tolist())) > 1]

    def fill(self, seeds: slice, settings: slice, said: Sequence[records.Record]) -> None:
        """Take in what some lanes said from start to end."""
        place = seeds, settings
        losses = np.concatenate([r.loss for r in said if isinstance(r, records.Steps)], axis=-1)
        evaluations = [r for r in said if isinstance(r, records.Evaluation)]
        for name, value in evaluations[0].values.items():
            self._array(self.start, name)[place] = value
        for name, value in evaluations[-1].values.items():
            self._array(self.end, name)[place] = value
        number = {step: i for i, step in enumerate(self.points)}
        before = 0
        for e in evaluations:
            curves = {k: v for k, v in e.values.items() if k.startswith("validation/")}
            seen = losses[..., before : e.step].mean(-1) if e.step else e.values["train/loss"]
            for name, value in {**curves, "train/loss": seen}.items():
                self._array(self.curves, name, len(self.points))[(*place, number[e.step])] = value
            before = e.step
        self.finite[place] = [r.finite for r in said if isinstance(r, records.End)][-1]
        self.done[place] = True

    def _array(self, owner: dict[str, np.ndarray], name: str, *more: int) -> np.ndarray:
        if name not in owner:
            owner[name] = np.full((*self.done.shape, *more), np.nan, np.float32)
        return owner[name]

    @cached_property
    def complete(self) -> np.ndarray:
        """Seeds from which every setting is done: what is compared."""
        return np.asarray(self.done.all(axis=1))

    def score(self, name: str = "validation/loss") -> np.ndarray:
        """An end value of every complete seed; infinitely bad where the lane's wasn't finite."""
        if name not in self.end:
            return np.empty((0, self.lanes))
        ok = self.finite & np.isfinite(self.end[name])
        return np.where(ok, self.end[name], sign(name) * math.inf)[self.complete]

    def medians(self, name: str = "validation/loss") -> np.ndarray:
        """The median over seeds for every setting; infinite where half of the lanes are."""
        score = self.score(name)
        return np.array([verdicts.median(column) for column in score.T])

    @cached_property
    def best(self) -> int:
        """The setting with the lowest median validation loss."""
        return int(np.argmin(self.medians()))

    @property
    def diverged(self) -> np.ndarray:
        """Lanes done whose loss wasn't finite."""
        return self.done & ~self.finite

    @property
    def above_start(self) -> np.ndarray:
        """Lanes done that ended above their start in training loss, diverged ones among them."""
        if not self.end:
            return self.done
        below = self.end["train/loss"] <= self.start["train/loss"]
        return np.array(self.done & ~(self.finite & below))

    def along_step_size(self) -> np.ndarray:
        """Settings that differ from the best in the step size alone, in its order; none without."""
        if "lr" not in self.settings:
            return np.empty(0, int)
        same = np.ones(self.lanes, bool)
        for name, values in self.settings.items():
            same &= (values == values[self.best]) | (name == "lr")
        return np.flatnonzero(same)[np.argsort(self.settings["lr"][same])]

    def tolerance(self) -> float:
        """Decades of step size over which the median validation loss is within 10 % of the best.

        Around the best step size, other hyperparameters fixed; between two step sizes that were
        tried, the loss is taken to be linear in the logarithm of the step size.
        """
        order = self.along_step_size()
        if not len(order) or not len(self.score()):
            return math.nan
        x, y = np.log10(self.settings["lr"][order]), self.medians()[order]
        at = int(np.flatnonzero(order == self.best)[0])
        limit = y[at] + (NEAR - 1) * abs(y[at])
        if not math.isfinite(limit):
            return 0.0
        return _reach(x[at:], y[at:], limit) + _reach(-x[at::-1], y[at::-1], limit)


def _reach(x: np.ndarray, y: np.ndarray, limit: float) -> float:
    """How far x goes from its first value until y crosses the limit."""
    for i in range(1, len(x)):
        if not y[i] <= limit:
            part = (limit - y[i - 1]) / (y[i] - y[i - 1]) if math.isfinite(y[i]) else 0.0
            return float(x[i - 1] + part * (x[i] - x[i - 1]) - x[0])
    return float(x[-1] - x[0])


@dataclass
class Race:
    """The result of a race: ``table()``, ``plot()``, ``to_json()``, ``to_csv(path)``."""

    groups: list[Group]
    problem: str
    protocol: dict[str, Any]
    """What was raced and how: problem, budget, seeds, schedule."""
    interrupted: bool = False

    @property
    def metrics(self) -> list[str]:
        """What was evaluated beside the loss."""
        names = next((g.end for g in self.groups if g.end), {})
        return [
            n.removeprefix("test/") for n in names if n.startswith("test/") and n != "test/loss"
        ]

    @property
    def tried(self) -> list[str]:
        """Hyperparameters that anyone varied, and the step size."""
        return list(dict.fromkeys(name for g in self.groups for name in g.tried))

    @property
    def winner(self) -> Group:
        """The entrant with the lowest median validation loss.

        Raises
        ------
        Diverged
            when at least half of the lanes of every setting diverged.
        """
        medians = [g.medians().min() for g in self.groups]
        best = int(np.argmin(medians))
        if not math.isfinite(medians[best]):
            raise Diverged(
                "Every setting of every entrant diverged or was broken off: try smaller step sizes, "
                "such as --lr 1e-6:1e-3:10, or another initialisation."
            )
        return self.groups[best]

    def table(self, lanes: bool = False) -> pd.DataFrame:
        """A row for each entrant at its best step size, or for each lane.

        The best setting has the lowest median validation loss. Values are medians over seeds,
        with "… low" and "… high" an interval of the median by order statistics, of 95 % where there
        are seeds enough and of "coverage" always; the validation's is optimistic, since the setting
        was chosen by it. Tolerance in decades of step size; memory in numbers per parameter.
        """
        import pandas as pd

        rows = [row for g in self.groups for row in self._lanes(g)]
        return pd.DataFrame(rows if lanes else [self._row(g) for g in self.groups])

    def _row(self, g: Group) -> dict[str, Any]:
        row: dict[str, Any] = {"method": g.title, "entrant": g.entrant.name}
        row |= {"batch": g.plan.batch}
        row |= {k: float(g.settings[k][g.best]) if k in g.tried else math.nan for k in self.tried}
        coverage = 0.0
        for metric in ["loss", *self.metrics]:
            for part in ("validation", "test"):
                name = f"{part}/{metric}"
                score = g.score(name)[:, g.best]
                s = sign(metric)
                found = verdicts.median_interval(s * score)
                low, high = sorted([s * found.low, s * found.high])
                row |= {name: s * found.median, f"{name} low": low, f"{name} high": high}
                coverage = found.coverage
        return row | {
            "seeds": int(g.complete.sum()),
            "coverage": coverage,
            "tolerance": g.tolerance(),
            "memory": g.entrant.rule.memory,
            "above start": int(g.above_start.sum()),
            "diverged": int(g.diverged.sum()),
            "lanes": int(g.done.sum()),
        }

    def _lanes(self, g: Group) -> list[dict[str, Any]]:
        rows = []
        for s, i in np.argwhere(g.done):
            row = {"entrant": g.entrant.name, "batch": g.plan.batch}
            row |= {k: float(v[i]) for k, v in g.settings.items()} | {"seed": g.seeds[s]}
            row["status"] = "finished" if g.finite[s, i] else "diverged"
            row |= {f"start {k}": float(v[s, i]) for k, v in g.start.items()}
            rows.append(row | {k: float(v[s, i]) for k, v in g.end.items()})
        return rows

    def to_csv(self, path: str | Path) -> None:
        """Write every lane's curve, at most 200 points each, a row a point."""
        import pandas as pd

        frames = []
        for g in self.groups:
            points = {
                "step": g.points,
                "epoch": [g.plan.examples(s) / g.plan.n for s in g.points],
                "gradients": [g.plan.spent(s) for s in g.points],
            }
            for s, i in np.argwhere(g.done):
                lane = {"entrant": g.entrant.name, "batch": g.plan.batch, "seed": g.seeds[s]}
                lane |= {k: float(v[i]) for k, v in g.settings.items()}
                frames.append(
                    pd.DataFrame(points).assign(
                        **lane, **{name: curve[s, i] for name, curve in g.curves.items()}
                    )
                )
        pd.concat(frames or [pd.DataFrame()]).to_csv(path, index=False)

    def to_dict(self) -> dict[str, Any]:
        """The whole result as plain values; what is not finite is None, beside a status."""
        return records.plain(
            {
                "problem": self.problem,
                "protocol": self.protocol,
                "interrupted": self.interrupted,
                "table": self.table().to_dict("records"),
                "entrants": [
                    {
                        "entrant": g.entrant.name,
                        "method": g.title,
                        "batch": g.plan.batch,
                        "parameters": g.parameters,
                        "settings": {k: v.tolist() for k, v in g.settings.items()},
                        "seeds": list(g.seeds),
                        "status": np.where(
                            g.done, np.where(g.finite, "finished", "diverged"), "not run"
                        ).tolist(),
                        "steps": g.points,
                        "gradients": [g.plan.spent(s) for s in g.points],
                        "start": {k: v.tolist() for k, v in g.start.items()},
                        "end": {k: v.tolist() for k, v in g.end.items()},
                        "curves": {k: v.tolist() for k, v in g.curves.items()},
                    }
                    for g in self.groups
                ],
            }
        )

    def to_json(self, path: str | Path) -> None:
        """Write :meth:`to_dict` as strict JSON."""
        Path(path).write_text(json.dumps(self.to_dict(), allow_nan=False))

    def plot(self) -> Any:
        """A matplotlib figure: loss against step size, best curves over epochs and gradients."""
        from uzviz.races.picture import draw

        return draw(self)
