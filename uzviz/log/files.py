"""One event file, read as far as it is written: scalars as columns, all else by where it stands."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from google.protobuf.message import DecodeError

from uzviz.log import schema, values
from uzviz.log.columns import Block, decoded, joined_blocks
from uzviz.log.frames import FOOTER, HEADER, Damage, Frames, walked

PIECE = 4 << 20
"""Bytes read at once."""
MOST = 1 << 28
"""Bytes of a record; a longer one counts as damage, so that no length in a file fills the memory."""
HEAD = 64
_generations = count()


class Points(NamedTuple):
    """Points of one series, in the order in which they were written."""

    step: np.ndarray
    wall: np.ndarray
    """Seconds since 1970."""
    value: np.ndarray


def joined_points(chunks: Sequence[Points], order: Any = slice(None)) -> Points:
    """Chunks of one series as one, in this order."""
    return Points(*(np.concatenate(x)[order] for x in zip(*chunks, strict=True)))


def opened(path: Path) -> Any:
    """A file, to be read; what stands in its place and is none, as a pipe, is not waited for."""
    nonblocking = getattr(os, "O_NONBLOCK", 0)
    return open(path, "rb", opener=lambda name, flags: os.open(name, flags | nonblocking))


class Entry(NamedTuple):
    """Where a value that is no scalar stands."""

    step: int
    wall: float
    file: Path
    offset: int
    size: int
    number: int
    """Which of the record's values."""


@dataclass
class Contents:
    """What the files of a run hold, as far as they were read."""

    scalars: dict[str, list[Points]] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    """Of each tag: scalars, histograms, images, text, hparams or tensors."""
    graph: Entry | None = None
    hyperparameters: dict[str, values.Number] = field(default_factory=dict)
    ended: int | None = None
    """TensorBoard's number for how the run ended; None while it goes on."""
    damage: list[Damage] = field(default_factory=list)
    generation: int = field(default_factory=_generations.__next__)
    """Another one when points read before are void, and another for every run of the process."""

    def void(self, step: int) -> None:
        """Drop what was written at this step and beyond: training went on from before it."""
        for tag, chunks in self.scalars.items():
            self.scalars[tag] = [
                Points(*(x[keep] for x in p)) for p in chunks if (keep := p.step < step).any()
            ]
        for tag, entries in self.entries.items():
            self.entries[tag] = [e for e in entries if e.step < step]
        self.ended = None
        self.generation = next(_generations)


class EventFile:
    """A file that may still grow, and how far it was read."""

    def __init__(self, path: Path):
        self.path = path
        self.offset = 0
        self._seen: tuple[int, bytes] | None = None
        """The file's number and its first bytes, which hold a time: by these it is known again."""

    def read(self, into: Contents) -> bool:
        """Read what is new; False if the file was cut short or is another one, so that all that
        was read of it is void."""
        try:
            found_now = os.stat(self.path)
        except OSError:
            return self.offset == 0
        if not stat.S_ISREG(found_now.st_mode):
            return True
        if found_now.st_size < self.offset:
            return False
        if found_now.st_size == self.offset and self._seen and self._seen[0] == found_now.st_ino:
            return True
        try:
            with opened(self.path) as file:
                seen = found_now.st_ino, file.read(HEAD)
                if self._seen and self._seen != (seen[0], seen[1][: len(self._seen[1])]):
                    return False
                self._seen = seen
                self._pieces(file, found_now.st_size, into)
        except OSError:
            unread = Damage(str(self.path), self.offset, found_now.st_size - self.offset)
            into.damage += [] if unread in into.damage else [unread]
        return True

    def _pieces(self, file: Any, end: int, into: Contents) -> None:
        wanted = PIECE
        while self.offset < end:
            file.seek(self.offset)
            piece = file.read(min(wanted, end - self.offset))
            frames = walked(piece)
            self._take(piece, frames, into)
            self.offset += frames.end
            if self.offset + len(piece) - frames.end >= end:
                return
            wanted = PIECE
            if frames.end == 0:
                size = int.from_bytes(piece[:8], "little") + HEADER + FOOTER
                if self.offset + size > end:
                    return
                if size > MOST:
                    self._damaged(0, size, into)
                    self.offset += size
                    continue
                wanted = max(PIECE, size)

    def _take(self, piece: bytes, frames: Frames, into: Contents) -> None:
        for offset, length in frames.damage:
            self._damaged(offset, length, into)
        found = decoded(piece, frames)
        for record in np.sort(found.damaged).tolist():
            first, size = int(frames.starts[record]), int(frames.sizes[record])
            self._damaged(first - HEADER, size + HEADER + FOOTER, into)
        pending = _Pending(into)
        for block in found.blocks:
            pending.block(block)
        for record in found.rest.tolist():
            first, size = int(frames.starts[record]), int(frames.sizes[record])
            try:
                event = schema.Event.FromString(piece[first : first + size])
            except DecodeError:
                self._damaged(first - HEADER, size + HEADER + FOOTER, into)
                continue
            self._event(event, record, first, size, pending)
        pending.done()

    def _damaged(self, offset: int, length: int, into: Contents) -> None:
        """Note bytes of this piece; what follows on one another is one damage."""
        name, at = str(self.path), self.offset + offset
        last = into.damage[-1] if into.damage else None
        if last is not None and last.file == name and last.offset + last.bytes == at:
            into.damage[-1] = last._replace(bytes=last.bytes + length)
        else:
            into.damage.append(Damage(name, at, length))

    def _event(self, event: Any, record: int, first: int, size: int, pending: _Pending) -> None:
        into = pending.into
        session = event.session_log
        if session.status == values.STARTED:
            pending.done(before=record)
            into.void(event.step)
        elif session.status == values.STOPPED and into.ended is None:
            into.ended = values.ENDED.get(values.text_of(session.msg), values.ENDED["finished"])

        def entry(number: int) -> Entry:
            return Entry(event.step, event.wall_time, self.path, self.offset + first, size, number)

        if event.HasField("graph_def"):
            into.graph = entry(0)
        understood = True
        for number, value in enumerate(event.summary.value):
            try:
                self._value(value, entry(number), record, pending)
            except (ValueError, TypeError, DecodeError):
                understood = False
        if not understood:
            self._damaged(first - HEADER, size + HEADER + FOOTER, into)

    def _value(self, value: Any, entry: Entry, record: int, pending: _Pending) -> None:
        into, tag = pending.into, values.text_of(value.tag)
        plugin = values.plugin_of(value)
        kind = values.kind_of(value, plugin)
        if kind == "tensors" and not plugin and tag in into.kinds:
            kind = into.kinds[tag]
        if kind == "hparams":
            session = values.session_of(value)
            into.hyperparameters |= values.hyperparameters_of(session)
            if session.HasField("session_end_info"):
                into.ended = session.session_end_info.status
        elif kind == "scalars":
            pending.scalar(tag, record, entry, values.scalar_of(value))
        else:
            into.kinds.setdefault(tag, kind)
            into.entries.setdefault(tag, []).append(entry)


class _Pending:
    """Points of one piece, to be put in the order of its records."""

    def __init__(self, into: Contents):
        self.into = into
        self.parts: dict[str, list[tuple[np.ndarray, Points]]] = {}
        self.blocks: dict[tuple[str, ...], list[Block]] = {}
        self.single: dict[str, list[tuple[int, int, float, float]]] = {}
        """Of those that came one by one: record, step, wall, value."""

    def block(self, block: Block) -> None:
        self.blocks.setdefault(block.tags, []).append(block)

    def scalar(self, tag: str, record: int, entry: Entry, value: float) -> None:
        self.into.kinds.setdefault(tag, "scalars")
        self.single.setdefault(tag, []).append((record, entry.step, entry.wall, value))

    def done(self, before: int | None = None) -> None:
        """Hand over the points of the records before one, or of all. Tags that stand in the same
        records share their steps and times."""
        for tags, blocks in self.blocks.items():
            _, records, step, wall, values = joined_blocks(blocks)
            for tag, value in zip(tags, values, strict=True):
                self.parts.setdefault(tag, []).append((records, Points(step, wall, value)))
        self.blocks = {}
        for tag, rows in self.single.items():
            record, step, wall, value = zip(*rows, strict=True)
            points = Points(np.array(step), np.array(wall), np.array(value, np.float32))
            self.parts.setdefault(tag, []).append((np.array(record), points))
        self.single = {}
        left: dict[str, list[tuple[np.ndarray, Points]]] = {}
        for tag, parts in self.parts.items():
            for order, points in _in_order(parts):
                cut = len(order) if before is None else int(np.searchsorted(order, before))
                if cut < len(order):
                    left.setdefault(tag, []).append(
                        (order[cut:], Points(*(x[cut:] for x in points)))
                    )
                    points = Points(*(x[:cut] for x in points))
                if cut:
                    self.into.kinds.setdefault(tag, "scalars")
                    self.into.scalars.setdefault(tag, []).append(points)
        self.parts = left


def _in_order(parts: list[tuple[np.ndarray, Points]]) -> list[tuple[np.ndarray, Points]]:
    """Parts of a series in the order of their records; joined where they lie among one another."""
    parts = sorted(parts, key=lambda part: part[0][0])
    if all(a[0][-1] < b[0][0] for a, b in pairwise(parts)):
        return parts
    joined = np.concatenate([records for records, _ in parts])
    sorting = np.argsort(joined, kind="stable")
    return [(joined[sorting], joined_points([p for _, p in parts], sorting))]
