"""The examples as programs get them: all on the device, or, of arrays in files, those that are needed next."""

from __future__ import annotations

import math
from typing import Any

import jax
import numpy as np

from uzviz import tree
from uzviz.errors import InputError
from uzviz.problems import Mapped, Problem
from uzviz.problems.mapped import read

WINDOW = 1 << 25
"""Bytes of examples that are read for one window of steps, or to be evaluated, together."""
MOST_BATCH = 1 << 28
"""Bytes of a batch of examples that are streamed."""
ALIGNED = 64
"""Bytes: what begins at a multiple of it, a CPU's programs read where it lies."""


class Streamed:
    """Examples of which some lie in files: rows are read as they are needed.

    A program gets those of its window, and numbers by which it finds them there. They are read while the
    device makes the window before, so that it seldom waits.
    """

    def __init__(self, rows: Any):
        self.leaves, self.structure = jax.tree.flatten(rows)
        self.dtypes = [jax.dtypes.canonicalize_dtype(x.dtype) for x in self.leaves]

    @property
    def bytes(self) -> int:
        """Of one example, as it is trained on."""
        sizes = zip(self.leaves, self.dtypes, strict=True)
        return max(1, sum(math.prod(x.shape[1:]) * t.itemsize for x, t in sizes))

    def taken(self, index: np.ndarray, room: int | None = None) -> Any:
        """Rows by their numbers [k], on the host, in arrays that have room for so many, or for them alone."""
        made = []
        for leaf, dtype in zip(self.leaves, self.dtypes, strict=True):
            x = _aligned((len(index) if room is None else room, *leaf.shape[1:]), dtype)
            out = x[: len(index)]
            leaf.take(index, out) if isinstance(leaf, Mapped) else read(leaf, index, out)
            made.append(x)
        return jax.tree.unflatten(self.structure, made)

    def check(self, batch: int) -> None:
        """Refuse batches that are too large to be read at once."""
        if batch * self.bytes > MOST_BATCH:
            raise InputError(
                f"A batch of {batch:,} examples takes {batch * self.bytes / 1e9:.1f} GB, but the data are streamed "
                f"from a file, in batches of {MOST_BATCH // self.bytes:,} at most: take a smaller batch."
            )


def _aligned(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """An array that is not filled yet, of which a CPU's programs make no copy."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    room = np.empty(size + ALIGNED, np.uint8)
    first = -room.ctypes.data % ALIGNED
    return room[first : first + size].view(dtype).reshape(shape)


def on_device(problem: Problem) -> Any:
    """The examples of a problem, on the device, shared by all that trains on them; where some lie in files,
    they stay there."""
    rows = problem.rows
    if any(isinstance(leaf, Mapped) for leaf in jax.tree.leaves(rows)):
        return Streamed(rows)
    return tree.placed(rows)


def given(rows: Any, index: Any) -> tuple[Any, Any]:
    """The examples that a program gets to find these rows in, and the numbers that they have there."""
    if not isinstance(rows, Streamed):
        return rows, index
    index = np.asarray(index)
    return rows.taken(index.ravel()), np.arange(index.size, dtype=np.int32).reshape(index.shape)


def at_once(rows: Any, block: int, seeds: int) -> int | None:
    """How many rows of each seed are evaluated together, in whole blocks; None for all of them."""
    if not isinstance(rows, Streamed):
        return None
    return block * max(1, WINDOW // (rows.bytes * block * seeds))
