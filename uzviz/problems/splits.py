"""Parts of the data: split by classes, and classes made rare."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def quotas(counts: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    """How many examples of each class every part gets, [classes, parts].

    Rows add up to ``counts`` and columns to ``sizes``, and each number is its share
    counts · sizes/n, rounded up or down: a controlled rounding (Cox, 1987).
    """
    share = counts[:, None] * np.asarray(sizes) / counts.sum()
    given = np.floor(share + 1e-9).astype(np.int64)
    rest = share - given
    for row in range(len(counts)):
        more = np.argsort(-rest[row], kind="stable")[: counts[row] - given[row].sum()]
        given[row, more] += 1
    up, open_ = given > share + 1e-9, rest > 1e-9
    while (over := given.sum(axis=0) - sizes).any():
        # Move one example from a part with too many to one with too few, through a third if need be.
        path = _path(up, open_, int(over.argmax()), int(over.argmin()))
        for row, a, b in path:
            given[row, a] -= 1
            given[row, b] += 1
            up[row, a], up[row, b] = False, True
    return given


def _path(up: np.ndarray, open_: np.ndarray, a: int, b: int) -> list[tuple[int, int, int]]:
    """Moves (class, from, to), of numbers rounded up to numbers rounded down, from part a to b."""

    def move(a: int, b: int) -> list[tuple[int, int, int]]:
        found = np.flatnonzero(up[:, a] & open_[:, b] & ~up[:, b])
        return [(int(found[0]), a, b)] if len(found) else []

    if direct := move(a, b):
        return direct
    for c in range(up.shape[1]):
        if c not in {a, b} and (first := move(a, c)) and (second := move(c, b)):
            return [*first, *second]
    raise AssertionError("A table can always be rounded so that its sums stay.")


def stratified(
    strata: np.ndarray, sizes: Sequence[int], generator: np.random.Generator
) -> list[np.ndarray]:
    """Rows of each part, in random order: of every class its share, within one."""
    order = generator.permutation(len(strata)).astype(np.int32)
    _, classes, counts = np.unique(strata[order], return_inverse=True, return_counts=True)
    cuts = np.cumsum(quotas(counts, sizes), axis=1)
    # The place of each example among those of its class.
    by_class = np.argsort(classes, kind="stable")
    place = np.empty(len(order), np.int64)
    place[by_class] = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    part = (place[:, None] >= cuts[classes]).sum(axis=1)
    return [order[part == p] for p in range(len(sizes))]


def imbalanced(y: np.ndarray, power: float, generator: np.random.Generator) -> np.ndarray:
    """Rows that leave class k = 1, 2, … a frequency ∝ 1/k**power, in the order they had; ``y`` counts classes
    from 0.

    They are as many as there can be: the class that runs short first keeps all its examples.
    """
    classes, counts = np.unique(y, return_counts=True)
    weight = (classes + 1.0) ** -power
    wanted = np.maximum(1, np.floor((counts / weight).min() * weight + 1e-9)).astype(np.int64)
    kept = [
        generator.choice(np.flatnonzero(y == c), min(k, n), replace=False)
        for c, k, n in zip(classes, wanted, counts, strict=True)
    ]
    return np.sort(np.concatenate(kept))
