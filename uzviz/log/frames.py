"""The frames of an event file: length · its checksum · data · its checksum, little endian.

Checksums are CRC-32C, rotated right by 15 and raised by 0xa282ead8. A frame whose data are damaged
is passed over; where a length is damaged, the next good frame is looked for. What reaches beyond
the end of the file is not there yet.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import google_crc32c
import numpy as np

HEADER, FOOTER = 12, 4
STEP = 1 << 20
"""Bytes searched at once for the next good frame."""


class Damage(NamedTuple):
    """Bytes of a file that could not be read."""

    file: str
    offset: int
    bytes: int


class Frames(NamedTuple):
    """Good frames of a piece of a file."""

    starts: np.ndarray
    """Where their data start."""
    sizes: np.ndarray
    """How many bytes of data each has."""
    damage: list[tuple[int, int]]
    """Offset and length of what was passed over."""
    end: int
    """Where the next frame will start; what follows is not whole yet."""


def masked(crc: np.ndarray) -> np.ndarray:
    """Checksums as they are written, of CRC-32C as uint32."""
    return ((crc >> 15) | (crc << 17)) + np.uint32(0xA282EAD8)


def checksum(data: bytes) -> int:
    """The checksum of some bytes, as it is written."""
    crc = google_crc32c.value(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def framed(data: bytes) -> bytes:
    """Data with their frame."""
    length = len(data).to_bytes(8, "little")
    return b"".join(
        [length, checksum(length).to_bytes(4, "little"), data, checksum(data).to_bytes(4, "little")]
    )


def found(piece: bytes) -> Frames:
    """All good frames of a piece of a file that starts with one."""
    starts, sizes, damage, end = _walk(piece)
    first, n = np.array(starts, np.int64), np.array(sizes, np.int64)
    value = google_crc32c.value
    crc = np.fromiter(
        (value(piece[a : a + b]) for a, b in zip(starts, sizes, strict=True)), np.uint32, len(first)
    )
    good = masked(crc) == _words(piece, first + n)
    damage += [
        (a - HEADER, b + HEADER + FOOTER)
        for a, b in zip(first[~good].tolist(), n[~good].tolist(), strict=True)
    ]
    return Frames(first[good], n[good], sorted(damage), end)


def _walk(piece: bytes) -> tuple[list[int], list[int], list[tuple[int, int]], int]:
    """Where data lie, by lengths whose own checksums are good."""
    starts, sizes, damage = [], [], []
    known: dict[bytes, int] = {}
    at, end = 0, len(piece)
    while at + HEADER <= end:
        header = piece[at : at + HEADER]
        size = known.get(header)
        if size is None:
            size = int.from_bytes(header[:8], "little")
            if checksum(header[:8]) != int.from_bytes(header[8:], "little"):
                found = _next_header(piece, at + 1)
                damage.append((at, found - at))
                at = found
                continue
            known[header] = size
        after = at + HEADER + size + FOOTER
        if after > end:
            break
        starts.append(at + HEADER)
        sizes.append(size)
        at = after
    return starts, sizes, damage, at


def _next_header(piece: bytes, first: int) -> int:
    """The next place whose length has a good checksum; else the first where one could still come."""
    last = max(first, len(piece) - HEADER + 1)
    for at in range(first, last, STEP):
        here = np.arange(at, min(at + STEP, last))
        bytes_ = np.frombuffer(piece, np.uint8)
        crc = np.bitwise_xor.reduce(
            [table[bytes_[here + j]] for j, table in enumerate(_tables())]
        ) ^ np.uint32(google_crc32c.value(bytes(8)))
        good = np.flatnonzero(masked(crc) == _words(piece, here + 8))
        if len(good):
            return int(here[good[0]])
    return last


@cache
def _tables() -> list[np.ndarray]:
    """What each byte of eight adds to their CRC, which is linear but for a constant."""
    value, zeros = google_crc32c.value, google_crc32c.value(bytes(8))
    return [
        np.array(
            [value(bytes(j) + bytes([b]) + bytes(7 - j)) ^ zeros for b in range(256)], np.uint32
        )
        for j in range(8)
    ]


def _words(piece: bytes, at: np.ndarray) -> np.ndarray:
    """The uint32 at each of these places."""
    bytes_ = np.frombuffer(piece, np.uint8)
    return np.ascontiguousarray(bytes_[at[:, None] + np.arange(4)]).view("<u4")[:, 0]
