"""Arrays in files, whose rows are read when they are asked for: for data larger than the memory."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

BLOCK = 1 << 23
"""Bytes, as float64, of the rows that are looked at together."""


class Mapped:
    """An array of which rows are read when they are asked for, in the type that they are trained on.

    Indexed along its first axis it gives NumPy arrays, and :meth:`at` gives a view of some rows, which
    reads nothing.

    Parameters
    ----------
    parts
        Arrays [examples, …] one after another, mapped from files or not.
    dtype
        What rows are converted to as they are read; the first part's own type unless given.
    rows
        Numbers of the rows that count, in their order; None for all.
    """

    def __init__(
        self, parts: Sequence[np.ndarray], dtype: Any = None, rows: np.ndarray | None = None
    ):
        self.parts = [np.asarray(part) for part in parts]
        self.dtype = np.dtype(self.parts[0].dtype if dtype is None else dtype)
        self.rows = rows
        self._starts = np.cumsum([0, *map(len, self.parts)])

    def __len__(self) -> int:
        return int(self._starts[-1]) if self.rows is None else len(self.rows)

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self), *self.parts[0].shape[1:])

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __repr__(self) -> str:
        return f"Mapped({list(self.shape)}, {self.dtype})"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self[:].astype(self.dtype if dtype is None else dtype, copy=False)

    def __getitem__(self, key: Any) -> np.ndarray:
        if isinstance(key, slice):
            key = np.arange(*key.indices(len(self)))
        index = np.asarray(key)
        if index.dtype == bool:
            index = np.flatnonzero(index)
        return self.take(index.ravel()).reshape(*index.shape, *self.shape[1:])

    def take(self, index: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """Rows by their numbers [k], read into ``out`` where it is given."""
        index = np.asarray(index)
        if index.size and not -len(self) <= index.min() <= index.max() < len(self):
            raise IndexError(f"Rows from {index.min()} to {index.max()} of {len(self)}.")
        index = np.where(index < 0, index + len(self), index)
        index = index if self.rows is None else self.rows[index]
        out = np.empty((len(index), *self.shape[1:]), self.dtype) if out is None else out
        if len(self.parts) == 1:
            read(self.parts[0], index, out)
            return out
        which = np.searchsorted(self._starts, index, side="right") - 1
        for i in np.unique(which):
            mine = np.flatnonzero(which == i)
            out[mine] = self.parts[i][index[mine] - self._starts[i]]
        return out

    def at(self, rows: np.ndarray) -> Mapped:
        """A view of these rows."""
        return Mapped(self.parts, self.dtype, rows if self.rows is None else self.rows[rows])


def read(source: np.ndarray, index: np.ndarray, out: np.ndarray) -> None:
    """Read rows of an array by their numbers, converted to the type of ``out``."""
    if source.dtype == out.dtype:
        # Numbers are known to be in bounds; to raise for others, NumPy would copy twice.
        np.take(source, index, axis=0, out=out, mode="clip")
        return
    with np.errstate(over="ignore"):
        out[...] = source[index]


def rows_at(x: Any, rows: np.ndarray) -> Any:
    """Rows of an array; of one in a file, a view of them."""
    return x.at(rows) if isinstance(x, Mapped) else x[rows]


def joined(first: Any, second: Any) -> Any:
    """One array after another; nothing is read of those in files."""
    if not isinstance(first, Mapped) and not isinstance(second, Mapped):
        return np.concatenate([first, second])
    one, two = (x if isinstance(x, Mapped) else Mapped([x]) for x in (first, second))
    every = [np.arange(len(x)) if x.rows is None else x.rows for x in (one, two)]
    whole = one.rows is None and two.rows is None
    rows = None if whole else np.concatenate([every[0], every[1] + one._starts[-1]])
    return Mapped([*one.parts, *two.parts], one.dtype, rows)


def mapped(x: Any) -> Any:
    """An array as it was given; one that NumPy maps from a file, so that no copy is made of it."""
    return Mapped([x]) if isinstance(x, np.memmap) else x


def blocks(x: Any) -> Iterator[np.ndarray]:
    """An array [n, …] in blocks, whose size follows from its shape alone."""
    size = max(1, BLOCK // max(1, 8 * math.prod(x.shape[1:])))
    for first in range(0, len(x), size):
        yield np.asarray(x[first : first + size])


def standard(x: Any) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation along the first axis, in float64; an array in a file is read once.

    Blocks are put together after Chan, Golub & LeVeque (1979):
    M₂ ← M₂ + M₂' + (m' − m)² n n'/(n + n').
    """
    n, mean, squares = 0, np.zeros(x.shape[1:]), np.zeros(x.shape[1:])
    for block in blocks(x):
        b = block.astype(float)
        k, own = len(b), b.mean(axis=0)
        moved = own - mean
        mean = mean + moved * (k / (n + k))
        squares = squares + ((b - own) ** 2).sum(axis=0) + moved**2 * (n * k / (n + k))
        n += k
    return mean, np.sqrt(squares / n)
