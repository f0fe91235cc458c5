"""What a result cost: tries of tuning, gradients to a target."""

from __future__ import annotations

import math

import numpy as np

from uzviz.verdicts.intervals import median


def best_of(validation: np.ndarray, test: np.ndarray) -> np.ndarray:
    r"""Expected test score of the best by validation among k of K settings, [seeds, K].

    The k settings are drawn without replacement: sorted by a seed's validation score, the i-th is
    the best of them with probability :math:`\binom{K-i}{k-1} / \binom Kk`, i from 1. A score that
    is not finite makes the expectation infinite. Source: the expected validation performance of
    Dodge et al. (2019), without replacement.

    Parameters
    ----------
    validation, test
        Scores of which less is better, [seeds, K].
    """
    many = validation.shape[1]
    order = np.argsort(np.where(np.isnan(validation), np.inf, validation), axis=1, kind="stable")
    score = np.take_along_axis(test, order, axis=1)
    score = np.where(np.isfinite(score), score, np.inf)
    # P(i-th of k) is k/K for the first, and falls by (K − i − k + 1)/(K − i) to the next.
    k, i = np.arange(1, many + 1), np.arange(1, many)[:, None]
    falls = np.maximum(many - i - k + 1, 0) / (many - i)
    chance = np.cumprod(np.vstack([k / many, falls]), axis=0)
    counted = np.where(np.isfinite(score), score, 0.0) @ chance
    return np.where(np.isinf(score).astype(float) @ chance > 0, np.inf, counted)


def reached(curves: np.ndarray, costs: np.ndarray, target: float) -> float:
    """The median cost at which curves [lanes, points] first are at the target or below.

    A lane that never is counts as infinite; with over half of them the lower median is infinite:
    the target is not reached, and no mean of those that made it hides it. A target that is not
    finite is reached by nobody.
    """
    there = (curves <= target) & math.isfinite(target)
    first = np.where(there.any(axis=1), costs[there.argmax(axis=1)].astype(float), np.inf)
    return float(np.sort(first)[(len(first) - 1) // 2]) if len(first) else math.inf


def order_changed(a: np.ndarray, b: np.ndarray, share: np.ndarray) -> int | None:
    """The point in the last third of the budget at which two curves [seeds, points] came into the
    order they end in; None where they were in it before.

    The order at a point is the sign of the median paired difference. ``share`` says how much of
    the budget was spent at each point; infinite values are worse than any number.
    """
    with np.errstate(invalid="ignore"):
        difference = np.nan_to_num(b - a)
    sign = np.array([np.sign(median(column)) for column in difference.T])
    other = np.flatnonzero(sign != sign[-1])
    at = int(other[-1]) + 1 if len(other) else 0
    return at if share[at] > 2 / 3 else None
