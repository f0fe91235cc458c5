"""The final: each entrant's winner of the heats on fresh seeds, and what that shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from uzviz import verdicts
from uzviz.races.group import Group
from uzviz.verdicts import Addition, Silence, Verdict


@dataclass
class Final:
    """An entrant's lanes in the final; settings are columns: tuned, the same nudged, others."""

    group: Group
    columns: dict[int, int]
    """By a number of tries, the column of the setting that was best of so many."""

    @property
    def tries(self) -> int:
        """How many settings the entrant had in the heats."""
        return max(self.columns)

    @property
    def roles(self) -> list[str]:
        """What each column is in the final."""
        few = {column: f"best of {tries} tries" for tries, column in self.columns.items() if column}
        return ["tuned", "nudged", *(few[i] for i in range(2, self.group.lanes))]

    def test(self, seeds: np.ndarray, tries: int | None = None) -> np.ndarray:
        """Test losses of the tuned setting, or of the best of fewer tries, [seeds]."""
        column = 0 if tries is None else self.columns[tries]
        return self.group.values("test/loss")[seeds, column]

    @property
    def floor(self) -> float:
        """The chaos floor: the median change, relative, of the test loss when the start moves by
        one unit in the last place."""
        score = self.group.score("test/loss")
        return verdicts.median(np.abs(verdicts.relative_difference(score[:, 0], score[:, 1])))


def columns(group: Group, tries: Sequence[int]) -> tuple[list[int], dict[int, int]]:
    """The settings of the heats that an entrant takes to the final, and where they stand there.

    The tuned one twice, the second time to be nudged; then the best of fewer tries, as many as
    another entrant had.
    """
    chosen, where = [group.best, group.best], {group.lanes: 0}
    for few in sorted(set(tries)):
        if few < group.lanes:
            best = group.best_of_first(few)
            if best not in chosen:
                chosen.append(best)
            where[few] = chosen.index(best)
    return chosen, where


def pairwise(
    finals: Sequence[Final], names: Sequence[str], margin: float, fixed: bool
) -> list[Verdict]:
    """A verdict for every pair of entrants, over the seeds that all of them have done; none where
    :func:`silence` has a reason."""
    if not finals or silence(finals):
        return []
    seeds = compared(finals)
    pairs = list(combinations(range(len(finals)), 2))

    def judged(few: bool) -> list[Verdict]:
        scores = {}
        for i, j in pairs:
            tries = min(finals[i].tries, finals[j].tries) if few else None
            scores[names[i], names[j]] = (
                finals[i].test(seeds, tries),
                finals[j].test(seeds, tries),
            )
        return verdicts.compare(scores, margin=margin)

    found = []
    for (i, j), verdict, fewer in zip(pairs, judged(False), judged(True), strict=True):
        added = []
        changed = _change_of_order(finals[i], finals[j], seeds)
        if verdict.kind == "beats" and changed:
            added.append(changed)
        if finals[i].tries != finals[j].tries:
            few = min(finals[i].tries, finals[j].tries)
            if fewer.sentence == verdict.sentence:
                added.append(Addition("same with fewer tries", few))
            else:
                added.append(Addition("other with fewer tries", few, fewer))
        if fixed:
            added.append(Addition("on this test set"))
        found.append(replace(verdict, additions=tuple(added)))
    return found


def compared(finals: Sequence[Final]) -> np.ndarray:
    """The seeds of which every entrant has done all its lanes."""
    return np.flatnonzero(np.all([f.group.complete for f in finals], axis=0))


def silence(finals: Sequence[Final]) -> Silence | None:
    """Why a final allows no verdict; None if it does."""
    seeds, fewest = compared(finals), verdicts.fewest_seeds(len(finals))
    if len(seeds) < fewest:
        return Silence("broken off", len(seeds), fewest)
    tests = np.array([f.group.values("test/loss")[seeds, 0] for f in finals])
    if len(seeds) > 1 and (tests == tests[:, :1]).all():
        return Silence("same losses", len(seeds), fewest)
    return None


def _change_of_order(a: Final, b: Final, seeds: np.ndarray) -> Addition | None:
    """When in the last third of the budget the order of validation losses changed; None if never."""
    share_a, share_b = (np.array(f.group.points) / f.group.plan.steps for f in (a, b))
    same = np.searchsorted(share_b, share_a + 1e-9, side="right") - 1
    curve_a, curve_b = (f.group.curve("validation/loss")[seeds, 0] for f in (a, b))
    at = verdicts.order_changed(curve_a, curve_b[:, same], share_a)
    if at is None:
        return None
    one, other = a.group.plan, b.group.plan
    if (one.budget, one.cost) == (other.budget, other.cost):
        return Addition("order by epoch", one.examples(a.group.points[at]) / one.n)
    return Addition("order by budget", float(share_a[at]))
