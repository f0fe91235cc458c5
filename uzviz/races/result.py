"""What a race found: verdicts, and scores and curves of every lane as tables, JSON and CSV."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from uzviz import records, verdicts
from uzviz.checks import whole
from uzviz.errors import Diverged, InputError, named, shown
from uzviz.races.certificates import Certificate
from uzviz.races.final import Final, pairwise, silence
from uzviz.races.group import Group, sign
from uzviz.verdicts import Verdict

if TYPE_CHECKING:
    import pandas as pd


@dataclass(repr=False)
class Race:
    """The result of a race: ``table()``, ``plot()``, ``to_json()``, ``to_csv(path)``."""

    groups: list[Group]
    """The heats, an entrant each."""
    finals: list[Final]
    """The final, in the same order; empty when it was not reached."""
    certificates: list[Certificate]
    """How some of the lanes died."""
    alone: list[float]
    """Seconds a step takes when run alone, in the same order."""
    problem: str
    protocol: dict[str, Any]
    """What was raced and how: problem, budget, seeds, schedule, margin."""
    interrupted: bool = False
    path_words: str = ""
    """How many paths the final keeps, and why not more, as a sentence."""
    find_path: Callable[[str, int], records.Path | None] = lambda entrant, seed: None
    """What :meth:`path` asks: by an entrant's own name and a seed."""

    def __repr__(self) -> str:
        what = "interrupted" if self.interrupted else f"best: {', '.join(self.best) or 'not told'}"
        return f"Race({self.problem}, {', '.join(self.names)}; {what})"

    def path(self, entrant: str, seed: int) -> records.Path:
        """Where the entrant's tuned lane of the final went from this seed.

        Raises
        ------
        InputError
            for an entrant or a seed that the final has not, and for a path that was not kept.
        """
        own = {g.entrant.name: g for g in self.groups}
        own |= dict(zip(self.names, self.groups, strict=True))
        name = named("entrant", entrant, own).entrant.name
        if not whole(seed, 0) or (found := self.find_path(name, int(seed))) is None:
            raise InputError(
                f"There is no path of {name} from seed {shown(seed)}. "
                f"{self.path_words or 'This race kept none: ask for some with path_memory.'}"
            )
        return found

    @property
    def begun(self) -> bool:
        """Whether any seed of the heats is done for all settings of an entrant."""
        return any(g.complete.any() for g in self.groups)

    @cached_property
    def names(self) -> list[str]:
        """What the entrants are called, each by a name of its own."""
        titles = [g.title for g in self.groups]
        return [
            t if titles.count(t) == 1 else g.entrant.name
            for t, g in zip(titles, self.groups, strict=True)
        ]

    @cached_property
    def _verdicts(self) -> list[Verdict]:
        return pairwise(self.finals, self.names, self.protocol["margin"], self.protocol["fixed"])

    def verdicts(self) -> list[Verdict]:
        """What the final shows of every pair; empty when it was not reached."""
        return list(self._verdicts)

    @property
    def best(self) -> list[str]:
        """Whom nobody beats in the final, the lowest median test loss first; nobody without
        verdicts."""
        if self.finals and silence(self.finals):
            return []
        losses = {
            n: f.group.score("test/loss")[:, 0]
            for n, f in zip(self.names, self.finals, strict=False)
        }
        return verdicts.best(losses, self._verdicts)

    @property
    def sentences(self) -> list[str]:
        """The verdicts in words, differences first, last whom nobody beats."""
        kinds = ["beats", "within", "cannot tell"]
        if self.finals and (why := silence(self.finals)):
            return [why.sentence]
        told = [v.sentence for v in sorted(self._verdicts, key=lambda v: kinds.index(v.kind))]
        return [*told, f"best, or not told from the best: {', '.join(self.best)}"] if told else []

    @property
    def target(self) -> float:
        """The loss to reach: as asked, else the median entrant's final validation loss."""
        if self.protocol["target"] is not None:
            return self.protocol["target"]
        scores = [self._score(i, "validation/loss") for i in range(len(self.groups))]
        return sorted(scores)[(len(scores) - 1) // 2]

    def _score(self, i: int, name: str) -> float:
        return verdicts.median(self._scores(i, name))

    def _scores(self, i: int, name: str) -> np.ndarray:
        """An entrant's end values over seeds: in the final, or while there is none in the heats."""
        if self.finals:
            return self.finals[i].group.score(name)[:, 0]
        return self.groups[i].score(name)[:, self.groups[i].best]

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
        """The entrant with the lowest median test loss in the final, without one in validation loss
        of the heats.

        Raises
        ------
        Diverged
            when at least half of the lanes of every setting diverged.
        """
        part = "test/loss" if self.finals else "validation/loss"
        medians = [self._score(i, part) for i in range(len(self.groups))]
        best = int(np.argmin(medians)) if medians else 0
        if not medians or not math.isfinite(medians[best]):
            raise Diverged(
                "Every setting of every entrant diverged or was broken off: try smaller step sizes, "
                "such as --lr 1e-6:1e-3:10, or another initialisation."
            )
        return self.groups[best]

    def table(self, lanes: bool = False) -> pd.DataFrame:
        """A row for each entrant at its best setting, or for each lane.

        The best setting has the lowest median validation loss in the heats. Values are medians over
        the seeds of the final, with "… low" and "… high" an interval of the median by order
        statistics, of 95 % where there are seeds enough and of "coverage" always. While there is no
        final they are those of the heats, and optimistic. "gradients to target" and "epochs to
        target" are infinite where over half of the lanes never reach it; tolerance is in decades of
        the tuned hyperparameter, memory in numbers per parameter, "µs a step" for one run alone.
        """
        import pandas as pd

        if lanes:
            return pd.DataFrame([row for part in self._stages() for row in _lanes(*part)])
        return pd.DataFrame([self._row(i) for i in range(len(self.groups))])

    def _row(self, i: int) -> dict[str, Any]:
        g = self.groups[i]
        row: dict[str, Any] = {"method": self.names[i], "entrant": g.entrant.name}
        row |= {"batch": g.plan.batch}
        row |= {k: float(g.settings[k][g.best]) if k in g.tried else math.nan for k in self.tried}
        coverage = 0.0
        for metric in ["loss", *self.metrics]:
            for part in ("validation", "test"):
                name = f"{part}/{metric}"
                s = sign(metric)
                found = verdicts.median_interval(s * self._scores(i, name))
                low, high = sorted([s * found.low, s * found.high])
                row |= {name: s * found.median, f"{name} low": low, f"{name} high": high}
                coverage = found.coverage
        return {
            **row,
            "seeds": len(self._scores(i, "test/loss")),
            "coverage": coverage,
            "edge": g.edge if self.protocol["search"] == "grid" else "",
            "tolerance": g.tolerance(),
            **self._to_target(i),
            "memory": g.state / g.parameters,
            "µs a step": 1e6 * self.alone[i] if i < len(self.alone) else math.nan,
            "chaos floor": self.finals[i].floor if self.finals else math.nan,
            "above start": int(g.above_start.sum()),
            "diverged": int(g.diverged.sum()),
            "lanes": int(g.done.sum()),
            "diverged in the final": int(self.finals[i].group.diverged[:, 0].sum())
            if self.finals
            else 0,
        }

    def _to_target(self, i: int) -> dict[str, float]:
        g, column = (
            (self.finals[i].group, 0) if self.finals else (self.groups[i], self.groups[i].best)
        )
        curves = g.curve("validation/loss")
        steps = np.array(g.points)
        costs = {
            "gradients to target": np.array([g.plan.spent(s) for s in steps]),
            "epochs to target": np.array([g.plan.examples(s) / g.plan.n for s in steps]),
        }
        lanes = curves[g.complete][:, column]
        return {name: verdicts.reached(lanes, cost, self.target) for name, cost in costs.items()}

    def best_of(self, i: int) -> np.ndarray:
        """Expected test loss of an entrant after k = 1 … K random tries in the heats, [seeds, K]."""
        g = self.groups[i]
        return verdicts.best_of(g.score("validation/loss"), g.score("test/loss"))

    def _stages(self) -> list[tuple[str, Group, list[str]]]:
        """Heats and final of every entrant, with what each column of settings is there."""
        heats = [("heats", g, ["try"] * g.lanes) for g in self.groups]
        return heats + [("final", f.group, f.roles) for f in self.finals]

    def to_csv(self, path: str | Path) -> None:
        """Write every lane's curve, at most 200 points each, a row a point."""
        import pandas as pd

        frames = []
        for stage, g, roles in self._stages():
            points = {
                "step": g.points,
                "epoch": [g.plan.examples(s) / g.plan.n for s in g.points],
                "gradients": [g.plan.spent(s) for s in g.points],
            }
            for s, i in np.argwhere(g.done):
                lane = _lane(stage, g, roles[i], s, i)
                frames.append(
                    pd.DataFrame(points).assign(
                        **lane, **{name: curve[s, i] for name, curve in g.curves.items()}
                    )
                )
        pd.concat(frames or [pd.DataFrame()]).to_csv(path, index=False)

    def to_dict(self) -> dict[str, Any]:
        """The whole result as plain values; what is not finite is None, beside a status."""
        entrants = [
            {
                **g.to_dict(),
                "best of k tries": self.best_of(i).tolist(),
                "final": {"roles": self.finals[i].roles, **self.finals[i].group.to_dict()}
                if self.finals
                else None,
            }
            for i, g in enumerate(self.groups)
        ]
        why = silence(self.finals) if self.finals else None
        return records.plain(
            {
                "problem": self.problem,
                "protocol": self.protocol,
                "interrupted": self.interrupted,
                "sentences": self.sentences,
                "silence": why and why._asdict(),
                "verdicts": [{**asdict(v), "sentence": v.sentence} for v in self._verdicts],
                "best": self.best if self.finals else [],
                "target": self.target if self.groups else None,
                "certificates": [{**vars(c), "sentence": c.sentence} for c in self.certificates],
                "table": self.table().to_dict("records"),
                "entrants": entrants,
            }
        )

    def to_json(self, path: str | Path) -> None:
        """Write :meth:`to_dict` as strict JSON."""
        Path(path).write_text(json.dumps(self.to_dict(), allow_nan=False))

    def plot(self) -> Any:
        """A matplotlib figure: loss against step size, best curves over epochs and gradients."""
        from uzviz.races.picture import draw

        return draw(self)


def _lanes(stage: str, g: Group, roles: list[str]) -> list[dict[str, Any]]:
    rows = []
    for s, i in np.argwhere(g.done):
        row = _lane(stage, g, roles[i], s, i)
        row |= {"status": g.status[s, i], "died": int(g.died[s, i])}
        row |= {f"start {k}": float(v[s, i]) for k, v in g.start.items()}
        rows.append(row | {k: float(v[s, i]) for k, v in g.end.items()})
    return rows


def _lane(stage: str, g: Group, role: str, seed: int, setting: int) -> dict[str, Any]:
    """Which lane a row is of."""
    row = {"stage": stage, "role": role, "entrant": g.entrant.name, "batch": g.plan.batch}
    own = {k: float(v[setting]) for k, v in g.settings.items()}
    return row | own | {"seed": g.seeds[seed]}
