"""The formulas by which columns become what is shown. The page's twin is ``web/src/display.ts``; both
are tested against ``tests/fixtures/display.json``, whose results are naive."""

from __future__ import annotations

import numpy as np

FAR = 2.0**62
BLOCK, PIECE = 32, 1 << 17
"""Points that one product of matrices sums up, and those that stay in a core's cache."""


def smoothed(values: np.ndarray, s: float) -> np.ndarray:
    """The debiased exponential average of a series: m ← s·m + (1−s)·y, shown as m/(1−sᵏ).

    A value that is not finite passes through and does not count; a constant series is shown as it is.
    """
    if s == 0 or not len(values) or (values == values[0]).all():
        return values
    finite = np.isfinite(values)
    if finite.all():
        return _averages(values, s)
    shown = values.copy()
    shown[finite] = _averages(values[finite], s)
    return shown


def _averages(values: np.ndarray, s: float) -> np.ndarray:
    """m/(1−sᵏ) of finite values, k from 1. Once sᵏ is below rounding, 1−sᵏ is 1."""
    shown = np.empty_like(values)
    before = 0.0
    for first in range(0, len(values), PIECE):
        piece = (1 - s) * values[first : first + PIECE].astype(np.float64)
        piece[0] += s * before
        sums = _sums(piece, s)
        before = float(sums[-1])
        powers = np.log(s) * np.arange(first + 1, first + 1 + len(sums))
        shown[first : first + PIECE] = sums if powers[0] < -40 else sums / -np.expm1(powers)
    return shown


def _sums(values: np.ndarray, s: float) -> np.ndarray:
    """m ← s·m + y: within blocks as one product of matrices, then what each block hands on to the
    next, by the same formula with s to the power of a block's length."""
    n = len(values)
    powers = s ** np.arange(BLOCK + 1.0)
    lags = np.subtract.outer(np.arange(BLOCK), np.arange(BLOCK))
    within = np.where(lags >= 0, powers[np.maximum(lags, 0)], 0.0)
    if n <= BLOCK:
        return within[:n, :n] @ values
    blocks = np.resize(values, (-(-n // BLOCK), BLOCK)) @ within.T
    handed = _sums(blocks[:-1, -1], float(powers[-1]))
    blocks[1:] += handed[:, None] * powers[1:]
    return blocks.ravel()[:n]


def decimated(values: np.ndarray, size: int) -> np.ndarray:
    """The places of the points that a drawing needs: of each stretch of so many points the first, the
    lowest, the highest and the last, and the first that is not finite; in their order."""
    n, whole = len(values), len(values) // size
    found = [_kept(values[: whole * size].reshape(whole, size))] if whole else []
    if n % size:
        found.append(_kept(values[None, whole * size :]) + whole * size)
    return np.concatenate([np.empty(0, np.int64), *found])


def _kept(stretches: np.ndarray) -> np.ndarray:
    """Of stretches [stretches, points]: the places kept, as if they were one row."""
    count, size = stretches.shape
    kept = np.zeros((count, 5), np.int64)
    kept[:, 1], kept[:, 2] = stretches.argmin(axis=1), stretches.argmax(axis=1)
    kept[:, 3] = size - 1
    rows = np.arange(count)
    extremes = stretches[rows[:, None], kept[:, 1:3]]
    for row in np.flatnonzero(~np.isfinite(extremes).all(axis=1)).tolist():
        kept[row] = _kept_of_odd(stretches[row])
    kept.sort(axis=1)
    once = np.ones(kept.shape, bool)
    once[:, 1:] = kept[:, 1:] != kept[:, :-1]
    return (kept + size * rows[:, None])[once]


def _kept_of_odd(stretch: np.ndarray) -> list[int]:
    """Of a stretch in which something is not finite: first, lowest, highest, last, first odd one."""
    finite = np.flatnonzero(np.isfinite(stretch))
    odd = int(np.isfinite(stretch).argmin())
    last = len(stretch) - 1
    if not len(finite):
        return [0, odd, odd, odd, last]
    values = stretch[finite]
    return [0, int(finite[values.argmin()]), int(finite[values.argmax()]), odd, last]


def joined(step: np.ndarray, known: np.ndarray, progress: np.ndarray) -> np.ndarray:
    """How far a run was at some steps, by how far it was at known ones: between two of them evenly,
    before the first and after the last not a number."""
    if np.array_equal(step, known):
        return progress.astype(np.float64)
    order = np.argsort(known, kind="stable")
    return np.interp(step, known[order], progress[order], left=np.nan, right=np.nan)


def rises(x: np.ndarray) -> bool:
    """Whether no x is below the one before."""
    return bool((x[1:] >= x[:-1]).all())


def window(x: np.ndarray, low: float, high: float, rises: bool) -> slice:
    """The points from ``low`` to ``high``, and one on either side, so that lines reach the edges. Where
    x does not rise, from the first to the last point in the window."""
    if x.dtype.kind == "i":  # else all of x would become floats for the search
        low, high = (int(np.clip(edge, -FAR, FAR)) for edge in (np.ceil(low), np.floor(high)))
    if rises:
        first, last = np.searchsorted(x, low), np.searchsorted(x, high, side="right") - 1
    else:
        inside = np.flatnonzero((x >= low) & (x <= high))
        first, last = (inside[0], inside[-1]) if len(inside) else (0, -1)
    return slice(max(0, int(first) - 1), int(last) + 2)
