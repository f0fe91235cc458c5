"""Points of many series in one answer: whole, what is new of them, or what a drawing needs."""

from __future__ import annotations

import math
import threading
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
MOST_RUNS, MOST_TAGS, MOST_SERIES = 20_000, 2_000, 200_000
MOST_POINTS = 20_000_000
"""Points of one answer, which is what a page can hold."""
MOST_DRAWN = 200_000
"""Points of a drawing, where not all are sent; no screen has as many places."""
AXES = ("epoch", "gradients", "examples")
LARGE = 1_000_000
"""Points of a series of which is kept what the next zoom needs."""
MOST_KEPT, KEY = 256 << 20, 1000
"""Bytes that are kept of this, and those that each thing takes besides its own."""


@dataclass(frozen=True)
class Wanted:
    """What is asked of every series."""

    points: int
    axis: str | None
    by: str
    low: float
    high: float
    smooth: float


@dataclass(frozen=True)
class Chosen:
    """Which points of a series are sent."""

    run: Watched
    tag: Tag
    generation: int
    points: Points
    axis: np.ndarray | None
    whole: bool
    first: int
    kept: slice | np.ndarray

    @property
    def count(self) -> int:
        """Numbers in the longest column: if the series is whole, the axis has all of its points."""
        if isinstance(self.kept, np.ndarray):
            return len(self.kept)
        total = len(self.points.value)
        return total - (self.first if self.axis is None else 0)


class Answers:
    """Answers to requests for scalars; remembers what is dear to compute."""

    def __init__(self, store: Store):
        self.store = store
        self._kept = Kept()

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
        if len(runs) * len(tags) > MOST_SERIES:
            raise Refusal(400, f"These are more than {MOST_SERIES:,} series: ask for fewer.")
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
            chosen = self._chosen(run, tag, wanted, found, has)
            left -= chosen.count
            if left < 0:
                raise Refusal(400, f"These are more than {MOST_POINTS:,} points: ask for fewer.")
            series.append(self._series(wire, chosen, wanted.smooth))
        return wire.packed(series)

    def _chosen(
        self,
        run: Watched,
        tag: Tag,
        wanted: Wanted,
        found: tuple[int, Points],
        has: tuple[int, int],
    ) -> Chosen:
        generation, points = found
        total = len(points.value)
        axis = _axis(run, wanted.axis, points) if wanted.axis else None
        if total <= wanted.points:
            first = has[0] if has[1] == generation and has[0] <= total else 0
            return Chosen(run, tag, generation, points, axis, True, first, slice(first, None))
        key = run.line["id"], tag["id"], generation, total
        kept = self._window(key, run, wanted, points, axis)
        first = int(kept[0]) if len(kept) else 0
        return Chosen(run, tag, generation, points, axis, False, first, kept)

    def _series(self, wire: Wire, chosen: Chosen, s: float) -> Series:
        points, kept = chosen.points, chosen.kept
        sent = points if chosen.whole and not chosen.first else Points(*(x[kept] for x in points))
        key = chosen.run.line["id"], chosen.tag["id"], chosen.generation, len(points.value)
        axis, smoothed = chosen.axis, None
        if axis is not None:
            axis = axis if chosen.whole else axis[kept]
        if s and not chosen.whole:
            shown = partial(display.smoothed, points.value, s)
            smoothed = self._once(len(points.value), shown, *key, "smoothed", s)[kept]
        return {
            "run": key[0], "tag": key[1], "generation": key[2], "total": key[3],
            "origin": _origin(points), "first": chosen.first, "whole": chosen.whole,
            "step": wire.add("step", "f8", sent.step),
            "wall": wire.add("wall", "f8", sent.wall),
            "value": wire.add("value", "f4", sent.value),
            "axis": None if axis is None else wire.add("axis", "f8", axis),
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
                with np.errstate(invalid="ignore"):  # a log may say that it is an infinite time
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
        return make() if length < LARGE else self._kept.once(key, make)


class Kept:
    """What was computed, by keys; beyond so many bytes, what was asked for last alone. For any thread."""

    def __init__(self):
        self.bytes = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Any, ...], tuple[Any, int]] = OrderedDict()

    def once(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        """What ``make`` makes, or made. Two threads that ask at once may both make it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        made = make()
        size = getattr(made, "nbytes", 0) + KEY
        with self._lock:
            self.bytes += size - self._kept.pop(key, (None, 0))[1]
            self._kept[key] = made, size
            while self.bytes > MOST_KEPT:
                self.bytes -= self._kept.popitem(last=False)[1][1]
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
