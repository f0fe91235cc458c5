"""Numbers that say how rugged a ground is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Roughness(NamedTuple):
    """How rugged a grid of losses is; NaN and infinities are left out, and so is what touches them."""

    minima: int
    """Interior points below all their neighbours, in two dimensions eight."""
    variation: float
    """Of a line of the grid, the way up and down over its range, Σ |L_{i+1} − L_i| / (max − min), less 1; the
    mean over all lines of the logarithm. 0 on a slope, up to 1 in a single valley, and more only with more
    hills."""
    nonconvex: float
    """What share of interior points the grid bends down at, along any axis: L_{i−1} − 2L_i + L_{i+1} < 0."""


def roughness(values: np.ndarray) -> Roughness:
    """Of a map of positive losses [n] or [rows, columns]; all are of its logarithm but for convexity."""
    x = np.where(np.isfinite(values), values, np.nan).astype(float)
    return Roughness(
        _minima(x), _variation(np.log(np.maximum(x, np.finfo(float).tiny))), _nonconvex(x)
    )


def _minima(x: np.ndarray) -> int:
    inner = tuple(slice(1, -1) for _ in x.shape)
    lower = np.isfinite(x[inner])
    for shift in np.ndindex(*[3] * x.ndim):
        if any(s != 1 for s in shift):
            beside = tuple(slice(s, n - 2 + s) for s, n in zip(shift, x.shape, strict=True))
            lower &= x[inner] < x[beside]
    return int(lower.sum())


def _variation(x: np.ndarray) -> float:
    found = []
    for axis in range(x.ndim):
        for line in np.moveaxis(x, axis, -1).reshape(-1, x.shape[axis]):
            line = line[np.isfinite(line)]
            extent = np.ptp(line) if len(line) else 0
            if extent > 0:
                found.append(np.abs(np.diff(line)).sum() / extent - 1)
    return float(np.mean(found)) if found else 0.0


def _nonconvex(x: np.ndarray) -> float:
    inner = tuple(slice(1, -1) for _ in x.shape)
    bends = [np.diff(x, 2, axis=axis)[
        tuple(slice(None) if a == axis else slice(1, -1) for a in range(x.ndim))
    ] for axis in range(x.ndim)]  # fmt: skip
    known = np.isfinite(bends).all(0) & np.isfinite(x[inner])
    down = (np.array(bends) < 0).any(0) & known
    return float(down.sum() / known.sum()) if known.any() else float("nan")
