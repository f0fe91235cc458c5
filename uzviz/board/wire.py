"""Columns of numbers as bytes: a header's length (uint32), the header as JSON, then the columns, little
endian, each at a multiple of eight bytes."""

from __future__ import annotations

import json
from collections import deque
from typing import Literal

import numpy as np

from uzviz.board.messages import Column, Columns, Series

Type = Literal["f4", "f8"]
RECENT = 8
"""How many columns of one kind are compared with a new one."""


class Wire:
    """Collects columns, equal ones once. Runs mostly share their steps, and tags of a run their times."""

    def __init__(self):
        self._columns: list[Column] = []
        self._bytes: list[bytes | memoryview] = []
        self._recent: dict[str, deque[tuple[np.ndarray, int]]] = {}
        self._size = 0

    def add(self, kind: str, type_: Type, numbers: np.ndarray) -> int:
        """Take a column, and return its number: that of an equal one of the same kind, if there is one
        among the last."""
        recent = self._recent.setdefault(kind, deque(maxlen=RECENT))
        for other, number in recent:
            if _same(other, numbers):
                return number
        number = len(self._columns)
        recent.append((numbers, number))
        data = np.ascontiguousarray(numbers, f"<{type_}").view(np.uint8).data
        self._columns.append({"type": type_, "offset": self._size, "length": len(numbers)})
        self._bytes += [data, bytes(-len(data) % 8)]
        self._size += len(data) + -len(data) % 8
        return number

    def packed(self, series: list[Series]) -> bytes:
        """Header and columns as one."""
        columns: Columns = {"columns": self._columns, "series": series}
        header = json.dumps(columns, separators=(",", ":")).encode()
        header += b" " * (-(4 + len(header)) % 8)
        return b"".join([len(header).to_bytes(4, "little"), header, *self._bytes])


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two columns are equal; most that are not differ at an end."""
    if a is b:
        return True
    if len(a) != len(b) or a.dtype != b.dtype:
        return False
    return not len(a) or (a[0] == b[0] and a[-1] == b[-1] and np.array_equal(a, b))
