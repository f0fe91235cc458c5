"""A landscape in the log of a run: what it is made of, its tiles as they are computed, the paths on it.

Each record holds a text of JSON under one of our tags and, below that tag, its arrays: they are read together or
not at all. Records stand at the step of the parameters that are looked at, so that a training which goes on
from before voids them with what led there. What only the compiler needs, the centre and directions, lies beside
the states as safetensors.
"""

from __future__ import annotations

import json
import math
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from uzviz.errors import InputError, shown
from uzviz.log import checkpoints, schema, values
from uzviz.log.folder import LoggedRun
from uzviz.log.racing import quoted
from uzviz.log.writer import EventWriter
from uzviz.records import Map, Projection, Tile

LANDSCAPE, TILE, TRAIL, MEASURED = (
    "uzviz/landscape",
    "uzviz/tile",
    "uzviz/trail",
    "uzviz/measured",
)
TAGS = (LANDSCAPE, TILE, TRAIL, MEASURED)
LONGEST_NAME = 100
MOST_NUMBERS = 1 << 27
"""Of all maps of a landscape, by which one that claims more than any has is told from them."""


@dataclass(eq=False, repr=False)
class LoggedLandscape(Map):
    """A landscape as it was logged: axes, maps, paths and facts, as :func:`uzviz.landscape` returned them."""

    begun: dict[str, Any] = field(default_factory=dict)
    """What it was begun with: name, step, asked, centre, data, loss, directions, made."""

    def __repr__(self) -> str:
        shape = " × ".join(map(str, self.shape))
        done = "" if self.done.all() else f", {int(self.done.sum()):,} points done"
        return f"LoggedLandscape({self.begun['name']}, {shape}{done})"


class LandscapeLog:
    """Writes a landscape into the folder of a run, in an event file of its own that doesn't say how the
    run ended.

    Parameters
    ----------
    step
        Of the parameters that are looked at.
    begun
        All that it can be known again by, as JSON holds it, its name among it.
    first
        Its facts and axes; None where it goes on.
    """

    def __init__(self, folder: Path, step: int, begun: Mapping[str, Any], first: Map | None):
        self._writer, self._step = EventWriter(folder), step
        self._of = {"name": begun["name"], "of": mark(begun)}
        if first is not None:
            axes = {f"axis/{i}": a for i, a in enumerate(first.axes)}
            self._add(LANDSCAPE, {"begun": begun, "facts": first.fixed}, axes)

    def tile(self, tile: Tile) -> None:
        """Write some points."""
        named = {f"values/{name}": x for name, x in tile.values.items()}
        self._add(TILE, self._of, {"places": tile.places, **named})

    def path(self, label: str, path: Projection) -> None:
        """Write where a run went."""
        arrays = {k: v for k, v in path._asdict().items() if v is not None}
        self._add(TRAIL, {**self._of, "path": label}, arrays)

    def measured(self, found: Mapping[str, Any]) -> None:
        """Write what was found beside the maps."""
        self._add(MEASURED, {**self._of, "found": found}, {})

    def close(self) -> None:
        """Write what waits, and end the file."""
        self._writer.close()

    def _add(self, tag: str, facts: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
        told = values.tensor(tag, np.array([json.dumps(facts)], object))
        found = [told, *(values.tensor(f"{tag}/{name}", x) for name, x in arrays.items())]
        event = schema.Event(wall_time=time.time(), step=self._step, summary={"value": found})
        self._writer.event(event)


def mark(begun: Mapping[str, Any]) -> int:
    """What tells a landscape's tiles from those of an earlier one of the same name."""
    return zlib.crc32(json.dumps(begun, sort_keys=True).encode())


def landscapes_of(run: LoggedRun) -> dict[str, LoggedLandscape]:
    """The landscapes in a run's log by their names, as far as they were computed.

    Raises
    ------
    InputError
        for records that are not understood.
    """
    found: dict[str, LoggedLandscape] = {}
    try:
        for told, arrays in _records(run, LANDSCAPE):
            axes = tuple(arrays[f"axis/{i}"] for i in range(len(arrays)))
            _check_room(math.prod(map(len, axes)))
            begun = told["begun"]
            found[begun["name"]] = LoggedLandscape(told["facts"], axes, begun=begun)
        marks = {name: mark(one.begun) for name, one in found.items()}
        for tag in (TILE, TRAIL, MEASURED):
            for told, arrays in _records(run, tag):
                if marks.get(told["name"]) == told["of"]:
                    _take(found[told["name"]], tag, told, arrays)
    except (ValueError, LookupError, TypeError, RecursionError):
        raise InputError(
            f"{run.folder} doesn't say what its landscapes are in a form that is understood."
        ) from None
    return found


def _take(one: LoggedLandscape, tag: str, told: dict[str, Any], arrays: dict[str, Any]) -> None:
    if tag == TILE:
        places = arrays.pop("places")
        values = {k.removeprefix("values/"): x for k, x in arrays.items()}
        _check_room(one.done.size * len(one.values.keys() | values.keys()))
        one.add(Tile(places, values))
    elif tag == TRAIL:
        one.paths[told["path"]] = Projection(**{**arrays, "explained": float(arrays["explained"])})
    else:
        one.measured = told["found"]


def _check_room(numbers: int) -> None:
    if numbers > MOST_NUMBERS:
        raise ValueError("more numbers than a landscape may have")


def _records(run: LoggedRun, tag: str) -> Iterator[tuple[dict[str, Any], dict[str, np.ndarray]]]:
    for event in run.events(tag):
        arrays = {v.tag: values.array_of(v.tensor) for v in event.summary.value}
        told = json.loads(arrays.pop(tag)[0])
        yield told, {k.removeprefix(f"{tag}/"): x for k, x in arrays.items()}


def check_name(name: Any) -> str:
    """A name that a landscape can have.

    Raises
    ------
    InputError
        for what is none.
    """
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise InputError(
            f"The landscape is called {shown(name)}, but its name must be a text of up to "
            f"{LONGEST_NAME} printable characters."
        )
    return name


def keep_directions(folder: Path, name: str, step: int, tensors: Mapping[str, np.ndarray]) -> None:
    """Write a landscape's centre and directions beside the states.

    Raises
    ------
    OSError
        when they cannot be written.
    """
    checkpoints.save(folder, f"landscape-{quoted(name)}", tensors, {"step": step})


def kept_directions(folder: Path, name: str) -> dict[str, np.ndarray] | None:
    """A landscape's centre and directions; None where they are lost or damaged."""
    path = folder / checkpoints.FOLDER / f"landscape-{quoted(name)}{checkpoints.ENDING}"
    try:
        return checkpoints.load(path).tensors
    except OSError:
        return None
