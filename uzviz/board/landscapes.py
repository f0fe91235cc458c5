"""Landscapes as the page gets them: from a run's log, or as they are computed for it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from uzviz.board import wire
from uzviz.board.messages import LandscapeLine, Landscapes
from uzviz.board.refusals import Refusal
from uzviz.board.watched import Watched
from uzviz.errors import InputError, shown
from uzviz.log.landscapes import TAGS, LoggedLandscape, landscapes_of
from uzviz.records import Map, Projection

KEPT = 4
"""Runs whose landscapes are kept as they were read."""
LARGEST = 256 << 20
"""Bytes of all records of a run's landscapes; more are not read."""
MOST_NUMBERS = 1 << 23
"""Of the maps of a landscape that is sent."""
MOST_LANDSCAPES = 1000

State = tuple[int, int]
T = TypeVar("T")


class Lands:
    """The landscapes of runs, read once for each state of a log."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, tuple[State, list[LoggedLandscape]]] = OrderedDict()

    def listed(self, run: Watched) -> Landscapes:
        """What landscapes there are."""
        found = self._of(run)[:MOST_LANDSCAPES]
        return _understood(run, lambda: {"landscapes": [_line(one) for one in found]})

    def one(self, run: Watched, number: int) -> bytes:
        """The landscape of this number in the list."""
        found = self._of(run)
        if number >= len(found):
            raise Refusal(404, f"{shown(run.line['name'])} holds {len(found)} landscapes.")
        return _understood(run, lambda: wire.frame(land(found[number])))

    def _of(self, run: Watched) -> list[LoggedLandscape]:
        number, state = run.line["id"], run.state
        with self._lock:
            known, found = self._kept.get(number, (None, []))
            if known == state:
                self._kept.move_to_end(number)
                return found
        found = _understood(run, lambda: _read(run))
        with self._lock:
            self._kept[number] = state, found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found


def _read(run: Watched) -> list[LoggedLandscape]:
    with run.lock:
        size = sum(entry.size for tag in TAGS for entry in run.log.entries(tag))
        if size > LARGEST:
            raise Refusal(
                422,
                f"The landscapes of {shown(run.line['name'])} are {size:,} bytes long, but {LARGEST:,} are "
                "the most that the board reads.",
            )
        return [*landscapes_of(run.log).values()]


def _understood(run: Watched, make: Callable[[], T]) -> T:
    try:
        return make()
    except Refusal:
        raise
    except (
        InputError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ):
        raise Refusal(
            422, f"The landscapes of {shown(run.line['name'])} are not understood."
        ) from None  # fmt: skip


def _line(one: LoggedLandscape) -> LandscapeLine:
    directions = one.fixed.get("directions")
    kind = directions.get("kind") if isinstance(directions, dict) else None
    return {
        "name": str(one.begun["name"]),
        "shape": list(one.shape),
        "done": int(one.done.sum()),
        "directions": str(kind or ""),
    }


def land(map: Map) -> dict[str, Any]:
    """A landscape as a frame: its axes, maps and paths as arrays, beside what is known of it."""
    if map.done.size * max(1, len(map.values)) > MOST_NUMBERS:
        raise Refusal(
            422,
            f"A landscape of {map.done.size:,} points with {len(map.values)} maps is too large for the page: "
            f"{MOST_NUMBERS:,} numbers are the most.",
        )
    arrays = {f"axis{i}": np.asarray(axis, np.float64) for i, axis in enumerate(map.axes)}
    maps = {f"map{i}": np.asarray(x, np.float32) for i, x in enumerate(map.values.values())}
    return {
        **arrays,
        **maps,
        "done": map.done,
        "maps": list(map.values),
        "facts": map.facts,
        **paths(map.paths),
    }


def paths(found: dict[str, Projection]) -> dict[str, Any]:
    """Paths as parts of a frame."""
    arrays = {
        f"path{i}/{name}": np.asarray(x, np.float64)
        for i, path in enumerate(found.values())
        for name, x in path._asdict().items()
        if name != "explained" and x is not None
    }
    said = [
        {"label": label, "explained": p.explained, "farthest": float(p.distance.max(initial=0.0))}
        for label, p in found.items()
    ]
    return {**arrays, "paths": said}
