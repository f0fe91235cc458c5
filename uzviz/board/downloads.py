"""All points of a series as a file, piece by piece."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import islice

from uzviz.board.messages import Tag
from uzviz.board.watched import Watched
from uzviz.log import Points

ROWS = 10_000
"""Rows of one piece."""
COLUMNS = ("run", "wall", "step", "value")


class Download:
    """A tag's points of some runs, as CSV, or as JSON: a list of runs, each with its rows.

    Values are written with as many digits as tell them from their neighbours in float32.
    """

    def __init__(self, runs: list[Watched], tag: Tag, format: str):
        self.runs, self.tag, self.format = runs, tag, format
        self.type = "text/csv" if format == "csv" else "application/json"

    @property
    def name(self) -> str:
        """A name for the file, of letters that every system takes."""
        plain = (c if c.isascii() and c.isalnum() else "-" for c in self.tag["name"][:80])
        return f"{''.join(plain).strip('-') or 'points'}.{self.format}"

    def parts(self) -> Iterator[bytes]:
        """The file's pieces."""
        yield from (self._csv() if self.format == "csv" else self._json())

    def _csv(self) -> Iterator[bytes]:
        yield _lines([COLUMNS])
        for name, points in self._series():
            rows = ((name, repr(w), str(s), v) for w, s, v in _rows(points))
            while piece := list(islice(rows, ROWS)):
                yield _lines(piece)

    def _json(self) -> Iterator[bytes]:
        """Numbers that are not finite are null."""
        start = "["
        for name, points in self._series():
            yield f'{start}{{"run":{json.dumps(name)},"columns":["wall","step","value"],"rows":['.encode()
            start, comma = ",", ""
            rows = (f"[{_number(repr(w))},{s},{_number(v)}]" for w, s, v in _rows(points))
            while piece := list(islice(rows, ROWS)):
                yield (comma + ",".join(piece)).encode()
                comma = ","
            yield b"]}"
        yield (start if start == "[" else "").encode() + b"]"

    def _series(self) -> Iterator[tuple[str, Points]]:
        for run in self.runs:
            found = run.points(self.tag["name"]) if self.tag["kind"] == "scalars" else None
            if found is not None:
                yield run.line["name"], found[1]


def _rows(points: Points) -> Iterator[tuple[float, int, str]]:
    """Time, step and value of each point."""
    for first in range(0, len(points.step), ROWS):
        step, wall, value = (x[first : first + ROWS] for x in points)
        yield from zip(wall.tolist(), step.tolist(), map(str, value), strict=True)


def _number(text: str) -> str:
    return "null" if text in ("nan", "inf", "-inf") else text


def _lines(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(errors="replace")
