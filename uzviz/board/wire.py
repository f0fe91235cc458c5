"""Columns of numbers as bytes: a header's length (uint32), the header as JSON, then the columns, little
endian, each at a multiple of eight bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from uzviz.board.messages import ArrayType, Column, Columns, Frame, Frames, Series
from uzviz.records import plain

Type = Literal["f4", "f8"]


class Wire:
    """Collects columns, equal ones once. Runs mostly share their steps, and tags of a run their times."""

    def __init__(self):
        self._columns: list[Column] = []
        self._bytes: list[bytes | memoryview] = []
        self._alike: dict[tuple[object, ...], tuple[np.ndarray, int]] = {}
        """The last column of each kind, length, first, middle and last number."""
        self._size = 0

    def add(self, kind: str, type_: Type, numbers: np.ndarray) -> int:
        """Take a column, and return its number: that of an equal one of the same kind, unless another
        came since that is as long and agrees with it in three places."""
        length = len(numbers)
        places = map(numbers.item, (0, length // 2, -1) if length else ())
        key = kind, numbers.dtype, length, *places
        other, number = self._alike.get(key, (None, 0))
        if other is numbers:
            return number
        # As bytes, since NumPy's comparison hands Python's lock to the thread that reads, each time.
        if other is not None and other.tobytes() == numbers.tobytes():
            self._alike[key] = numbers, number  # the run's other tags share it
            return number
        number = len(self._columns)
        self._alike[key] = numbers, number
        data = np.ascontiguousarray(numbers, f"<{type_}").view(np.uint8).data
        self._columns.append({"type": type_, "offset": self._size, "length": length})
        self._bytes += [data, bytes(-len(data) % 8)]
        self._size += len(data) + -len(data) % 8
        return number

    def packed(self, series: list[Series]) -> bytes:
        """Header and columns as one."""
        columns: Columns = {"columns": self._columns, "series": series}
        return _joined(columns, self._bytes)


KINDS: dict[str, ArrayType] = {
    "f4": "f4",
    "f8": "f8",
    "b1": "u1",
    "u1": "u1",
    "i4": "i4",
    "i8": "i4",
}
"""How arrays travel, by what they are: truths as 0 and 1, whole numbers in 32 bits."""


def frame(values: Mapping[str, Any]) -> bytes:
    """A frame of a scene: its arrays, of any shape, as columns, and all else as strict JSON."""
    arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
    said: Frame = {"arrays": {}, "facts": {}}
    parts: list[bytes | memoryview] = []
    size = 0
    for name, array in arrays.items():
        kind = KINDS[array.dtype.str[1:]]
        data = np.ascontiguousarray(array, f"<{kind}").tobytes()
        said["arrays"][name] = {"type": kind, "offset": size, "shape": list(array.shape)}
        parts += [data, bytes(-len(data) % 8)]
        size += len(data) + -len(data) % 8
    said["facts"] = plain({name: value for name, value in values.items() if name not in arrays})
    return _joined(said, parts)


def frames(each: Sequence[bytes | str]) -> bytes:
    """Frames one behind the other; in place of one that can't be made, why."""
    said: Frames = {
        "frames": [{"refused": x} if isinstance(x, str) else {"size": len(x)} for x in each]
    }
    return _joined(said, [x for x in each if isinstance(x, bytes)])


def _joined(header: Any, columns: Sequence[bytes | memoryview]) -> bytes:
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-(4 + len(text)) % 8)
    return b"".join([len(text).to_bytes(4, "little"), text, *columns])
