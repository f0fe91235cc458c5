"""Scalar records as columns: many at once, to bytes and back.

The frame of a record and everything but its time, step and values is the same in all records of
the same names, so that one, made by protobuf, serves as a template for the others. What isn't laid
out as known here is handed on.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import google_crc32c
import numpy as np

from uzviz.log import schema
from uzviz.log.frames import (
    FOOTER,
    HEADER,
    Frames,
    checksums,
    framed,
    intact,
    masked,
    weights,
)

MOST_UNKNOWN = 16
"""Layouts of one length that may be unknown before its records are handed on."""

MOST_VARYING = 32
"""Bytes that vary in a record up to which its CRC is faster had from another's."""

LONGEST = 4096
"""Bytes of a record up to which that is so; for each of them, a table is kept."""

MOST_FORMS = 8
"""Forms of records of one length that are remembered."""

AT_ONCE = 1024
"""Records made at once, so that they stay in the cache."""


class Layout(NamedTuple):
    """Where a record's numbers stand."""

    step: tuple[int, int]
    """First byte of the step, and one past its last; empty where it is left out, being 0."""
    tags: tuple[str, ...]
    values: tuple[int, ...]
    """First byte of each value."""


class Block(NamedTuple):
    """Records of the same names."""

    tags: tuple[str, ...]
    records: np.ndarray
    """Which ones of all that were given."""
    step: np.ndarray
    wall: np.ndarray
    values: np.ndarray
    """[tags, records]"""


def joined_blocks(blocks: list[Block]) -> Block:
    """Blocks of the same names as one, in the order of their records."""
    if len(blocks) == 1:
        return blocks[0]
    blocks = sorted(blocks, key=lambda block: block.records[0])
    tags, *columns = zip(*blocks, strict=True)
    whole = Block(tags[0], *(np.concatenate(parts, axis=-1) for parts in columns))
    if all(a.records[-1] < b.records[0] for a, b in pairwise(blocks)):
        return whole
    order = np.argsort(whole.records, kind="stable")
    return Block(tags[0], *(column[..., order] for column in whole[1:]))


def encoded(tags: tuple[str, ...], step: np.ndarray, wall: np.ndarray, values: np.ndarray) -> bytes:
    """Framed records, one a step, of values [steps, tags]."""
    length = _varint_length(step)
    cuts = np.flatnonzero(np.diff(length)) + 1
    rows = np.split(np.arange(len(step)), np.union1d(cuts, np.arange(0, len(step), AT_ONCE)))
    return b"".join(_alike(tags, step[r], wall[r], values[r]) for r in rows if len(r))


def _alike(tags: tuple[str, ...], step: np.ndarray, wall: np.ndarray, values: np.ndarray) -> bytes:
    """Records whose steps take as many bytes."""
    template, layout = _template(tags, int(_varint_length(step[:1])[0]))
    made = np.tile(template, (len(step), 1))
    made[:, HEADER + 1 : HEADER + 9] = _bytes(wall.astype("<f8"))
    first, last = (HEADER + x for x in layout.step)
    shifts = 7 * np.arange(last - first, dtype=np.uint64)
    groups = (step.astype(np.int64).view(np.uint64)[:, None] >> shifts & np.uint64(127)).astype(
        np.uint8
    )
    groups[:, :-1] |= 128
    made[:, first:last] = groups
    columns = HEADER + np.array(layout.values)[:, None] + np.arange(4)
    with np.errstate(over="ignore"):
        made[:, columns.ravel()] = _bytes(values.astype("<f4"))
    data = np.ascontiguousarray(made[:, HEADER:-FOOTER])
    whole, size = data.tobytes(), data.shape[1]
    value = google_crc32c.value
    crc = np.array([value(whole[i : i + size]) for i in range(0, len(whole), size)], np.uint32)
    made[:, -FOOTER:] = _bytes(masked(crc).astype("<u4"))
    return made.tobytes()


@lru_cache(maxsize=256)
def _template(tags: tuple[str, ...], length: int) -> tuple[np.ndarray, Layout]:
    step = 1 << 7 * (length - 1) if length < 10 else -1
    event = schema.Event(wall_time=0.0, step=step if length > 1 else 1)
    for tag in tags:
        event.summary.value.add(tag=tag, simple_value=0.0)
    data = event.SerializeToString()
    layout = layout_of(data)
    assert layout is not None
    return np.frombuffer(framed(data), np.uint8), layout


def _varint_length(step: np.ndarray) -> np.ndarray:
    limits = np.array([1 << 7 * k for k in range(1, 10)], np.uint64)
    return np.searchsorted(limits, step.astype(np.int64).view(np.uint64), side="right") + 1


def _bytes(x: np.ndarray) -> np.ndarray:
    """The bytes of numbers [rows, …], as [rows, bytes]."""
    return np.ascontiguousarray(x).view(np.uint8).reshape(len(x), -1)


class Decoded(NamedTuple):
    """What some records hold."""

    blocks: list[Block]
    rest: np.ndarray
    """Intact records that are laid out in another way, by their numbers."""
    damaged: np.ndarray
    """Records whose checksums are not those of their data."""


def decoded(piece: bytes, frames: Frames) -> Decoded:
    """The scalars among the records of a piece, and the records that are handed on."""
    starts, sizes = frames.starts, frames.sizes
    bytes_ = np.frombuffer(piece, np.uint8)
    stored = checksums(piece, starts, sizes)
    blocks: list[Block] = []
    left, damaged = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for size in np.unique(sizes).tolist():
        rows = np.flatnonzero(sizes == size)
        unknown = 0
        while size and len(rows) and unknown < MOST_UNKNOWN:
            first = int(starts[rows[0]])
            form = _form_of(piece[first : first + size])
            if form is None:
                unknown += 1
                left.append(rows[:1])
                rows = rows[1:]
                continue
            data = _rows(bytes_, starts[rows], size)
            taken = np.zeros(len(rows), bool)
            for tags, chosen, crc in _same_layout(data, form):
                taken[chosen] = True
                good = masked(crc) == stored[rows[chosen]]
                damaged.append(rows[chosen[~good]])
                chosen = chosen[good]
                if len(chosen):
                    these = data if len(chosen) == len(data) else data[chosen]
                    blocks.append(_block(tags, rows[chosen], these, form.layout))
            rows = rows[~taken]
        left.append(rows)
    rest = np.sort(np.concatenate(left))
    good = intact(piece, starts[rest], sizes[rest])
    return Decoded(blocks, rest[good], np.concatenate([*damaged, rest[~good]]))


def _rows(bytes_: np.ndarray, starts: np.ndarray, size: int) -> np.ndarray:
    """The data of records of one size, [records, size]; a view where they are evenly spaced."""
    step = int(starts[1] - starts[0]) if len(starts) > 1 else size
    first, last = int(starts[0]), int(starts[-1])
    if last - first == step * (len(starts) - 1) and (np.diff(starts) == step).all():
        whole = bytes_[first : last + size]
        return np.lib.stride_tricks.as_strided(whole, (len(starts), size), (step, 1))
    return np.lib.stride_tricks.sliding_window_view(bytes_, size)[starts]


class _Form(NamedTuple):
    """A layout, and the bits that all its records share."""

    layout: Layout
    fixed: np.ndarray
    """Ones where the bits are the same in all records; filled up to whole words."""
    vary: np.ndarray
    """Bytes that may differ."""
    mask: int
    """``fixed`` as a number."""
    bits: int
    """The shared bits as a number."""


def _form_of(data: bytes) -> _Form | None:
    """The form of a record; the last ones of each size are remembered, since runs are alike."""
    known = _forms(len(data))
    number = int.from_bytes(data, "little")
    for form in tuple(known):
        if number & form.mask == form.bits:
            return form
    layout = layout_of(data)
    if layout is None:
        return None
    fixed = np.zeros(-(-len(data) // 8) * 8, np.uint8)
    fixed[: len(data)] = 255
    fixed[1:9] = 0
    fixed[slice(*layout.step)] = 128
    for at in layout.values:
        fixed[at : at + 4] = 0
    mask = int.from_bytes(fixed.tobytes(), "little")
    vary = np.flatnonzero(fixed[: len(data)] != 255)
    known.appendleft(_Form(layout, fixed, vary, mask, number & mask))
    return known[0]


@lru_cache(maxsize=256)
def _forms(size: int) -> deque[_Form]:
    return deque(maxlen=MOST_FORMS)


def _same_layout(
    data: np.ndarray, form: _Form
) -> list[tuple[tuple[str, ...], np.ndarray, np.ndarray]]:
    """The rows of one layout, by their names, with the CRCs of their data; the first row is always
    among them."""
    layout, size = form.layout, data.shape[1]
    constant = np.zeros((len(data), len(form.fixed)), np.uint8)
    np.bitwise_and(data, form.fixed[:size], out=constant[:, :size])
    words = constant.view(np.uint64)
    if (words == words[0]).all():
        every = np.zeros(len(data), np.int64)
        return [(layout.tags, np.arange(len(data)), _crc(data, form.vary, every[:1], every))]
    mixed = (words * _weights(words.shape[1])).sum(axis=1, dtype=np.uint64)
    _, heads, kinds = np.unique(mixed, return_index=True, return_inverse=True)
    same = (words == words[heads[kinds]]).all(axis=1)
    crc = _crc(data, form.vary, heads, kinds)
    found = []
    for kind, head in enumerate(heads.tolist()):
        other = layout if head == 0 else layout_of(data[head].tobytes())
        if other is not None and other[::2] == layout[::2]:
            chosen = np.flatnonzero((kinds == kind) & same)
            found.append((other.tags, chosen, crc[chosen]))
    return found


def _crc(data: np.ndarray, vary: np.ndarray, heads: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """The CRC of every row; where few bytes vary, by what these add to that of a row's kind."""
    size = data.shape[1]
    if len(vary) > MOST_VARYING or size > LONGEST:
        rows = data.view(f"V{size}")[:, 0].tolist()
        return np.fromiter(map(google_crc32c.value, rows), np.uint32, len(rows))
    crc = np.array([google_crc32c.value(data[h].tobytes()) for h in heads], np.uint32)[kinds]
    for at in vary.tolist():
        difference = data[:, at] ^ data[heads, at][kinds]
        if difference.any():
            crc ^= weights(size - 1 - at)[difference]
    return crc


@lru_cache(maxsize=256)
def _weights(words: int) -> np.ndarray:
    """Odd numbers, by which rows of so many words are told apart."""
    return np.random.default_rng(0).integers(0, 2**63, words, np.uint64) * np.uint64(2) + np.uint64(
        1
    )


def _block(tags: tuple[str, ...], rows: np.ndarray, data: np.ndarray, layout: Layout) -> Block:
    step = np.zeros(len(data), np.int64)
    for shift, at in enumerate(range(*layout.step)):
        step |= (data[:, at] & 127).astype(np.int64) << 7 * shift
    wall = data[:, 1:9].view("<f8")[:, 0].copy()
    values = np.empty((len(tags), len(data)), np.float32)
    for column, at in zip(values, layout.values, strict=True):
        column[:] = data[:, at : at + 4].view("<f4")[:, 0]
    return Block(tags, rows, step, wall, values)


def layout_of(data: bytes) -> Layout | None:
    """Where the numbers of a scalar record stand; None for what is laid out in another way."""
    try:
        return _layout(data)
    except (IndexError, UnicodeDecodeError):
        return None


def _layout(data: bytes) -> Layout | None:
    if data[0] != 0x09 or len(data) < 10:
        return None
    at = first = 9
    if data[at] == 0x10:
        first = at = at + 1
        while data[at] & 128:
            at += 1
        at += 1
        if at - first > 10:
            return None
    step = first, at
    if data[at] != 0x2A:
        return None
    size, at = _varint(data, at + 1)
    if at + size != len(data):
        return None
    tags, values = [], []
    while at < len(data):
        if data[at] != 0x0A:
            return None
        size, at = _varint(data, at + 1)
        if at + size > len(data):
            return None
        found = _value(data, at, at + size)
        if found is None:
            return None
        tags.append(found[0])
        values.append(found[1])
        at += size
    return Layout(step, tuple(tags), tuple(values)) if tags else None


def _value(data: bytes, at: int, end: int) -> tuple[str, int] | None:
    """The name of one value and the place of its float: a tag and a simple value, no more."""
    if data[at] != 0x0A:
        return None
    size, at = _varint(data, at + 1)
    tag, at = data[at : at + size].decode(), at + size
    if at + 5 == end and data[at] == 0x15:
        return tag, at + 1
    return None


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A length and the place after it; lengths of 2³⁵ and more are none."""
    value = 0
    for shift in range(0, 35, 7):
        byte = data[at]
        value |= (byte & 127) << shift
        at += 1
        if byte < 128:
            return value, at
    raise IndexError
