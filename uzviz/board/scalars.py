"""Points of many series in one answer: whole, what is new of them, or what a drawing needs."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, TypeVar

import numpy as np

from uzviz.board import display
from uzviz.board.messages import Series, Tag
from uzviz.board.queries import Query
from uzviz.board.refusals import Refusal
from uzviz.board.store import Store
from uzviz.board.watched import Watched
from uzviz.board.wire import Wire
from uzviz.log import Points
from uzviz.log.recording import PROGRESS

T = TypeVar("T")
MOST_RUNS, MOST_TAGS = 20_000, 2_000
MOST_POINTS = 20_000_000
"""Points of one answer, which is what a page can hold."""
MOST_DRAWN = 200_000
"""Points of a drawing, where not all are sent; no screen has as many places."""
AXES = ("epoch", "gradients", "examples")
LARGE, MOST_KEPT = 1_000_000, 8
"""Points of a series of which is kept what the next zoom needs, and how much of this is."""


@dataclass(frozen=True)
class Wanted:
    """What is asked of every series."""

    points: int
    axis: str | None
    by: str
    low: float
    high: float
    smooth: float


class Answers:
    """Answers to requests for scalars; remembers what is dear to compute."""

    def __init__(self, store: Store):
        self.store = store
        self._kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    def bytes_for(self, query: Query) -> bytes:
        """The answer to a request.

        Raises
        ------
        Refusal
            for numbers out of bounds, runs and tags that never were, and more points than one answer
            holds.
        """
        runs = self.store.present(query.wholes("runs", most=MOST_RUNS))
        tags = [self.store.tag(number) for number in query.wholes("tags", most=MOST_TAGS)]
        wanted = Wanted(
            points=query.whole("points", 5_000, low=5, high=MOST_POINTS),
            axis=query.word("axis", AXES),
            by=query.word("by", ("step", "wall", "relative", *AXES), "step") or "step",
            low=query.real("from", -math.inf),
            high=query.real("to", math.inf),
            smooth=query.real("smooth", 0.0),
        )
        if not 0 <= wanted.smooth < 1:
            raise Refusal(400, f"smooth is {wanted.smooth:g}, but must be in [0, 1).")
        had = _had(query, len(runs) * len(tags))
        wire, series, left = Wire(), [], MOST_POINTS
        for (run, tag), has in zip(product(runs, tags), had, strict=True):
            found = run and run.points(tag["name"])
            if run is None or found is None or tag["kind"] != "scalars":
                continue
            sent = self._series(wire, run, tag, wanted, found, has)
            left -= wire.length(sent["value"])
            if left < 0:
                raise Refusal(400, f"These are more than {MOST_POINTS:,} points: ask for fewer.")
            series.append(sent)
        return wire.packed(series)

    def _series(
        self,
        wire: Wire,
        run: Watched,
        tag: Tag,
        wanted: Wanted,
        found: tuple[int, Points],
        has: tuple[int, int],
    ) -> Series:
        generation, points = found
        total = len(points.value)
        whole = total <= wanted.points
        axis = _axis(run, wanted.axis, points) if wanted.axis else None
        smoothed = None
        if whole:
            first = has[0] if has[1] == generation and has[0] <= total else 0
            kept: slice | np.ndarray = slice(first, None)
        else:
            key = run.line["id"], tag["id"], generation, total
            kept = self._window(key, run, wanted, points, axis)
            first = int(kept[0]) if len(kept) else 0
            if s := wanted.smooth:
                shown = partial(display.smoothed, points.value, s)
                smoothed = self._once(total, shown, *key, "smoothed", s)[kept]
        return {
            "run": run.line["id"], "tag": tag["id"], "generation": generation, "total": total,
            "origin": _origin(points), "first": first, "whole": whole,
            "step": wire.add("step", "f8", points.step[kept]),
            "wall": wire.add("wall", "f8", points.wall[kept]),
            "value": wire.add("value", "f4", points.value[kept]),
            "axis": None if axis is None else wire.add("axis", "f8", axis[kept]),
            "smoothed": None if smoothed is None else wire.add("smoothed", "f4", smoothed),
        }  # fmt: skip

    def _window(
        self,
        key: tuple[int, ...],
        run: Watched,
        wanted: Wanted,
        points: Points,
        axis: np.ndarray | None,
    ) -> np.ndarray:
        """The places of the points that a drawing of the window needs."""
        inside = slice(0, len(points.value))
        if math.isfinite(wanted.low) or math.isfinite(wanted.high):
            x = points.wall if wanted.by == "wall" else points.step
            if wanted.by == "relative":
                x = points.wall - points.wall[0]
            if wanted.by in AXES:
                same = axis is not None and wanted.by == wanted.axis
                x = axis if same else _axis(run, wanted.by, points)
            if x is not None:
                rises = self._once(len(x), partial(display.rises, x), *key, "rises", wanted.by)
                inside = display.window(x, wanted.low, wanted.high, rises)
        values = points.value[inside]
        if len(values) <= wanted.points:
            return inside.start + np.arange(len(values))
        size = -(-len(values) // (min(wanted.points, MOST_DRAWN) // 5))
        return inside.start + display.decimated(values, size)

    def _once(self, length: int, make: Callable[[], T], *key: Any) -> T:
        """What ``make`` makes, kept under a key for the next zoom where a series is long."""
        if length < LARGE:
            return make()
        known = self._kept.get(key)
        if known is not None:
            return known
        made = self._kept[key] = make()
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return made


def _origin(points: Points) -> float | None:
    """The time of the first point; None where there is none, or it has none."""
    first = float(points.wall[0]) if len(points.wall) else math.nan
    return first if math.isfinite(first) else None


def _axis(run: Watched, name: str, points: Points) -> np.ndarray | None:
    """How far the run was at each point; None where it doesn't say."""
    found = run.points(PROGRESS + name)
    if found is None or not len(found[1].step):
        return None
    return display.joined(points.step, found[1].step, found[1].value)


def _had(query: Query, count: int) -> list[tuple[int, int]]:
    """Of each series, how many points the page has, and their generation."""
    if "have" not in query:
        return [(0, -1)] * count
    have = query.wholes("have", most=MOST_POINTS)
    generations = query.wholes("generations", most=MOST_POINTS)
    if not len(have) == len(generations) == count:
        raise Refusal(
            400,
            f"have and generations hold {len(have)} and {len(generations)} numbers, but must hold "
            f"one for each of {count} series.",
        )
    return list(zip(have, generations, strict=True))
