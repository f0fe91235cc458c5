"""The final: each entrant's winner of the heats on fresh seeds, and what that shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from uzviz import verdicts
from uzviz.races.group import Group
from uzviz.verdicts import Verdict


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
    """A verdict for every pair of entrants, over the seeds that all of them have done."""
    if not finals:
        return []
    seeds = np.flatnonzero(np.all([f.group.complete for f in finals], axis=0))
    floors = {name: f.floor for name, f in zip(names, finals, strict=True)}
    pairs = list(combinations(range(len(finals)), 2))
    if not pairs or not len(seeds):
        return []

    def judged(few: bool) -> list[Verdict]:
        scores = {}
        for i, j in pairs:
            tries = min(finals[i].tries, finals[j].tries) if few else None
            scores[names[i], names[j]] = (
                finals[i].test(seeds, tries),
                finals[j].test(seeds, tries),
            )
        return verdicts.compare(scores, margin=margin, floors=floors)

    found = []
    for (i, j), verdict, fewer in zip(pairs, judged(False), judged(True), strict=True):
        suffix = " on this test set" if fixed else ""
        changed = _change_of_order(finals[i], finals[j], seeds)
        if verdict.kind == "beats" and changed is not None:
            suffix += f"; depends on the budget: the order changed at epoch {changed:g}"
        if finals[i].tries != finals[j].tries:
            few = min(finals[i].tries, finals[j].tries)
            same = fewer.sentence == verdict.sentence
            suffix += f"; with {few} tries each: {'the same' if same else fewer.sentence}"
        found.append(replace(verdict, suffix=suffix))
    return found


def _change_of_order(a: Final, b: Final, seeds: np.ndarray) -> float | None:
    """The epoch in the last third of the budget at which the order of validation losses changed."""
    spent = [[g.plan.spent(s) for s in g.points] for g in (a.group, b.group)]
    _, at_a, at_b = np.intersect1d(spent[0], spent[1], return_indices=True)
    curve_a, curve_b = (f.group.curves["validation/loss"][seeds, 0] for f in (a, b))
    at = verdicts.order_changed(curve_a[:, at_a], curve_b[:, at_b])
    if at is None:
        return None
    plan = a.group.plan
    return plan.examples(a.group.points[at_a[at]]) / plan.n
