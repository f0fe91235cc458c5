"""Medians and intervals around them, which infinite values do not upset."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np


class Interval(NamedTuple):
    """A median and an interval around it, with the coverage the interval really has."""

    median: float
    low: float
    high: float
    coverage: float


def median_interval(values: np.ndarray, confidence: float = 0.95) -> Interval:
    r"""The median with a confidence interval made of order statistics.

    :math:`P(x_{(k)} ≤ m ≤ x_{(n+1-k)}) = 1 - 2^{1-n} \sum_{i<k} \binom{n}{i}` for any continuous
    distribution: the narrowest such interval that covers at least ``confidence``, or the whole
    range where too few values can reach it (``coverage`` says so). Infinite values are worse than
    any number; NaN counts as infinite. Source: David & Nagaraja, Order Statistics (2003), 7.1.
    """
    x = np.sort(np.where(np.isnan(values), np.inf, np.asarray(values, dtype=float)).ravel())
    n = len(x)
    if n == 0:
        return Interval(math.inf, math.inf, math.inf, 0.0)
    k, coverage = _narrowest(n, confidence)
    return Interval(median(x), float(x[k - 1]), float(x[n - k]), coverage)


@lru_cache(maxsize=256)
def _narrowest(n: int, confidence: float) -> tuple[int, float]:
    """The k of the narrowest interval that covers so much, and its coverage."""
    k = 1
    while 2 * (k + 1) <= n and _coverage(n, k + 1) >= confidence:
        k += 1
    return k, _coverage(n, k)


def _coverage(n: int, k: int) -> float:
    return max(0.0, 1 - 2 * sum(math.comb(n, i) for i in range(k)) / 2**n)


def median(values: np.ndarray) -> float:
    """The median; NaN counts as infinite, and the median of nothing is infinite."""
    x = np.sort(np.where(np.isnan(values), np.inf, np.asarray(values, dtype=float)).ravel())
    if not len(x):
        return math.inf
    low, high = x[(len(x) - 1) // 2], x[len(x) // 2]
    if low == -high:
        return 0.0
    return float(low if low == high else (low + high) / 2)
