"""All that runs have logged under a tag as a file, piece by piece: scalars, histograms, texts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from uzviz.board import media
from uzviz.board.messages import Kind, Tag
from uzviz.board.refusals import Refusal
from uzviz.board.watched import Watched
from uzviz.errors import InputError

T = TypeVar("T")
ROWS = 10_000
"""Small rows of one piece."""


class Form(NamedTuple):
    """How a kind is written in a format."""

    columns: tuple[str, ...]
    rows: Callable[[Watched, Tag], Iterator[Any]]
    """Of one run: fields of CSV, or JSON that is text already."""
    at_once: int
    """Rows of a piece."""


class Download:
    """A tag of some runs, as CSV, or as JSON: a list of runs, each with its rows.

    Values are written with as many digits as tell them from their neighbours in float32.

    Raises
    ------
    Refusal
        for a tag of a kind that is no table.
    """

    def __init__(self, runs: list[Watched], tag: Tag, format: str):
        form = FORMS.get((tag["kind"], format))
        if form is None:
            raise Refusal(400, f"A tag of {tag['kind']} is no table, so that it has no {format}.")
        named = (tag["name"], tag["kind"])
        self.runs = [run for run in runs if named in run.contents.kinds.items()]
        self.tag, self.form, self.format = tag, form, format
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
        yield _lines([("run", *self.form.columns)])
        for run in self.runs:
            name = run.line["name"]
            for piece in self._pieces(run):
                yield _lines([(name, *row) for row in piece])

    def _json(self) -> Iterator[bytes]:
        """Numbers that are not finite are null."""
        start = "["
        for run in self.runs:
            name, columns = json.dumps(run.line["name"]), _compact(self.form.columns)
            yield f'{start}{{"run":{name},"columns":{columns},"rows":['.encode()
            start, comma = ",", ""
            for piece in self._pieces(run):
                yield (comma + ",".join(piece)).encode()
                comma = ","
            yield b"]}"
        yield (start if start == "[" else "").encode() + b"]"

    def _pieces(self, run: Watched) -> Iterator[list[Any]]:
        rows = _whole(self.form.rows(run, self.tag))
        while piece := list(islice(rows, self.form.at_once)):
            yield piece


def _whole(rows: Iterator[T]) -> Iterator[T]:
    """Rows until one can't be read: by then the answer has begun, and can no longer be refused."""
    with suppress(InputError):
        yield from rows


def _points(run: Watched, tag: Tag) -> Iterator[tuple[str, str, str]]:
    """Time, step and value of each point."""
    found = run.points(tag["name"])
    for first in range(0, len(found[1].step) if found else 0, ROWS):
        step, wall, value = (x[first : first + ROWS] for x in found[1])  # pyright: ignore[reportOptionalSubscript]
        yield from zip(
            map(repr, wall.tolist()), map(str, step.tolist()), map(str, value), strict=True
        )


def _json_points(run: Watched, tag: Tag) -> Iterator[str]:
    for wall, step, value in _points(run, tag):
        yield f"[{_number(wall)},{step},{_number(value)}]"


def _bins(run: Watched, tag: Tag) -> Iterator[tuple[str, ...]]:
    """Each bin of each histogram."""
    for h in media.every_histogram(run, tag):
        wall, step, edges = repr(h["wall"]), str(h["step"]), h["edges"]
        for left, right, count in zip(edges, edges[1:], h["counts"], strict=False):
            yield wall, step, *(("nan" if x is None else repr(x)) for x in (left, right, count))


def _json_histograms(run: Watched, tag: Tag) -> Iterator[str]:
    for h in media.every_histogram(run, tag):
        yield _compact([h["wall"], h["step"], h["edges"], h["counts"]])


def _texts(run: Watched, tag: Tag) -> Iterator[tuple[str, str, str]]:
    for wall, step, text in media.every_text(run, tag):
        yield repr(wall), str(step), text


def _json_texts(run: Watched, tag: Tag) -> Iterator[str]:
    yield from map(_compact, media.every_text(run, tag))


POINT, BIN, TEXT = ("wall", "step", "value"), ("left", "right", "count"), ("wall", "step", "text")
# A record of a histogram or a text may be large: so each is a piece.
FORMS: dict[tuple[Kind, str], Form] = {
    ("scalars", "csv"): Form(POINT, _points, ROWS),
    ("scalars", "json"): Form(POINT, _json_points, ROWS),
    ("histograms", "csv"): Form(("wall", "step", *BIN), _bins, ROWS),
    ("histograms", "json"): Form(("wall", "step", "edges", "counts"), _json_histograms, 1),
    ("text", "csv"): Form(TEXT, _texts, 1),
    ("text", "json"): Form(TEXT, _json_texts, 1),
}


def _compact(row: object) -> str:
    return json.dumps(row, separators=(",", ":"), allow_nan=False)


def _number(text: str) -> str:
    return "null" if text in ("nan", "inf", "-inf") else text


def _lines(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(errors="replace")
