"""The frames of an event file: length · its checksum · data · its checksum, little endian.

Checksums are CRC-32C, rotated right by 15 and raised by 0xa282ead8. A frame whose data are damaged
is passed over; where a length is damaged, the next good frame is looked for. What reaches beyond
the end of the file is not there yet.
"""

from __future__ import annotations

import threading
from typing import NamedTuple

import google_crc32c
import numpy as np

HEADER, FOOTER = 12, 4
NEAR, FAR = 1 << 8, 1 << 20
"""Bytes searched at once for the next good frame, at first and at most."""


class Damage(NamedTuple):
    """Bytes of a file that could not be read."""

    file: str
    offset: int
    bytes: int


class Frames(NamedTuple):
    """Frames of a piece of a file, by lengths whose own checksums are good."""

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
    return b"".join([_header(len(data)), data, checksum(data).to_bytes(4, "little")])


def walked(piece: bytes) -> Frames:
    """All frames of a piece of a file that starts with one; their data are still to be checked."""
    walk = _Walk(piece)
    walk.go()
    starts = np.concatenate([np.empty(0, np.int64), *walk.starts])
    sizes = np.concatenate([np.empty(0, np.int64), *walk.sizes])
    return Frames(starts, sizes, walk.damage, walk.at)


def checksums(piece: bytes, starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The checksums that belong to some data, as they stand in the file."""
    return words(piece, starts + sizes)


def intact(piece: bytes, starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Whether each of some data has its checksum."""
    value = google_crc32c.value
    pairs = zip(starts.tolist(), sizes.tolist(), strict=True)
    crc = np.fromiter((value(piece[a : a + n]) for a, n in pairs), np.uint32, len(starts))
    return masked(crc) == checksums(piece, starts, sizes)


LOOK = 64
"""Lengths among which a repetition is looked for."""
PAUSE = 16
"""Frames walked one by one before it is tried whether their lengths repeat."""
REACH = 4096
"""Frames of one leap."""


class _Walk:
    """From frame to frame, and by leaps while their lengths repeat: a training loop logs the same
    names again and again."""

    def __init__(self, piece: bytes):
        self.piece, self.at = piece, 0
        self.starts: list[np.ndarray] = []
        self.sizes: list[np.ndarray] = []
        self.damage: list[tuple[int, int]] = []
        self._headers: dict[bytes, int] = {}

    def go(self) -> None:
        recent: list[int] = []
        pause = PAUSE
        while True:
            made = self._one_by_one(pause)
            if len(made) < pause:
                if not self._passed_over():
                    return
                recent = []
                continue
            recent = [*recent, *made][-LOOK:]
            pause = min(2 * pause, REACH)
            while leapt := self._leap(recent):
                recent = [*recent, *self.sizes[-1][-LOOK:].tolist()][-LOOK:]
                pause = PAUSE
                if leapt < REACH:
                    break

    def _one_by_one(self, most: int) -> list[int]:
        """Walk over so many frames, or up to the first that is damaged or not whole; returns their
        lengths."""
        piece, at, end = self.piece, self.at, len(self.piece)
        starts, sizes = [], []
        while at + HEADER <= end and len(starts) < most:
            header = piece[at : at + HEADER]
            size = self._headers.get(header)
            if size is None:
                if not _is_header(header):
                    break
                size = self._headers[header] = int.from_bytes(header[:8], "little")
            after = at + HEADER + size + FOOTER
            if after > end:
                break
            starts.append(at + HEADER)
            sizes.append(size)
            at = after
        self.starts.append(np.array(starts, np.int64))
        self.sizes.append(np.array(sizes, np.int64))
        self.at = at
        return sizes

    def _passed_over(self) -> bool:
        """Pass over what is damaged here, if it is; False at the end of what is there.

        Where the data before a bad length are bad too, something was cut out of them, so that good
        frames behind lie in their length: the search begins in them.
        """
        header = self.piece[self.at : self.at + HEADER]
        if len(header) < HEADER or _is_header(header):
            return False
        lost = self.at
        while self.starts and not len(self.starts[-1]):
            self.starts.pop()
            self.sizes.pop()
        if self.starts and not intact(self.piece, self.starts[-1][-1:], self.sizes[-1][-1:])[0]:
            lost = int(self.starts[-1][-1]) - HEADER
            self.starts[-1], self.sizes[-1] = self.starts[-1][:-1], self.sizes[-1][:-1]
        self.at = _next_frame(self.piece, lost + 1)
        self.damage.append((lost, self.at - lost))
        return True

    def _leap(self, recent: list[int]) -> int:
        """Go on with the lengths that repeat at the end of the recent ones while the headers agree;
        returns for how many frames."""
        most = len(recent) // 2
        sizes = next((recent[-p:] for p in range(1, most + 1) if _repeats(recent, p)), [])
        if not sizes:
            return 0
        lengths = np.array(sizes, np.int64)
        ends = np.cumsum(lengths + (HEADER + FOOTER))
        period = int(ends[-1])
        times = min((len(self.piece) - self.at) // period, -(-REACH // len(sizes)))
        if not times:
            return 0
        first = ends - lengths - FOOTER
        good = times * len(sizes)
        for i, (size, start) in enumerate(zip(sizes, first.tolist(), strict=True)):
            other = self._other(_header(size), self.at + start - HEADER, period, times)
            good = min(good, other * len(sizes) + i)
        starts = (self.at + period * np.arange(times)[:, None] + first).ravel()[:good]
        if not good:
            return 0
        self.starts.append(starts)
        self.sizes.append(np.tile(lengths, times)[:good])
        self.at = int(starts[-1] + self.sizes[-1][-1]) + FOOTER
        return good

    def _other(self, header: bytes, at: int, period: int, times: int) -> int:
        """How often a header stands at a place and so many bytes further on, before another does."""
        for kind, part in (("<u8", header[:8]), ("<u4", header[8:])):
            found = np.ndarray(times, kind, self.piece, at, period)
            differs = found != np.frombuffer(part, kind)
            if differs.any():
                times = int(differs.argmax())
            at += 8
        return times


def _repeats(recent: list[int], period: int) -> bool:
    """Whether the lengths at the end came before them too, in this order."""
    last = max(period, PAUSE // 2)
    return recent[-last:] == recent[-last - period : -period]


def _is_header(header: bytes) -> bool:
    return checksum(header[:8]) == int.from_bytes(header[8:], "little")


def _header(size: int) -> bytes:
    length = size.to_bytes(8, "little")
    return length + checksum(length).to_bytes(4, "little")


def _next_frame(piece: bytes, first: int) -> int:
    """The next place where a whole frame is good, so that a length inside of lost data is none; else
    where one may begin whose end is not there yet."""
    last = max(first, len(piece) - HEADER + 1)
    unfinished = last
    at, reach = first, NEAR
    while at < last:
        places = np.arange(at, min(at + reach, last))
        at, reach = at + reach, min(2 * reach, FAR)
        for found in _headers(piece, places):
            start = found + HEADER
            end = start + int.from_bytes(piece[found : found + 8], "little")
            if end + FOOTER > len(piece):
                unfinished = min(unfinished, found)
            elif checksum(piece[start:end]) == int.from_bytes(piece[end : end + FOOTER], "little"):
                return found
    return unfinished


def _headers(piece: bytes, here: np.ndarray) -> list[int]:
    """Those of some places where a length has its checksum."""
    bytes_ = np.frombuffer(piece, np.uint8)
    differences = [weights(7 - j)[bytes_[here + j]] for j in range(8)]
    zeros = np.full(len(here), google_crc32c.value(bytes(8)), np.uint32)
    crc = np.bitwise_xor.reduce([zeros, *differences])
    return here[masked(crc) == words(piece, here + 8)].tolist()


_ZERO = google_crc32c.value(b"\0")
_WEIGHTS = [np.array([google_crc32c.value(bytes([b])) ^ _ZERO for b in range(256)], np.uint32)]
_MAKING = threading.Lock()


def weights(after: int) -> np.ndarray:
    """What each byte adds to the CRC of data that have so many bytes after it.

    CRCs are linear: those of two data of one length differ by what the differences of their bytes
    add.
    """
    if len(_WEIGHTS) <= after:
        with _MAKING:
            while len(_WEIGHTS) <= after:
                last = _WEIGHTS[-1]
                _WEIGHTS.append((last >> np.uint32(8)) ^ _WEIGHTS[0][last & 255])
    return _WEIGHTS[after]


def words(piece: bytes, at: np.ndarray) -> np.ndarray:
    """The uint32 at each of these places."""
    bytes_ = np.frombuffer(piece, np.uint8)
    return np.ascontiguousarray(bytes_[at[:, None] + np.arange(4)]).view("<u4")[:, 0]
