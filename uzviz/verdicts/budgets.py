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
    chance = np.array(
        [
            [math.comb(many - i, k - 1) / math.comb(many, k) for k in range(1, many + 1)]
            for i in range(1, many + 1)
        ]
    )
    with np.errstate(invalid="ignore"):
        weighted = np.where(chance > 0, score[:, :, None] * chance, 0.0)
    return weighted.sum(axis=1)


def reached(curves: np.ndarray, costs: np.ndarray, target: float) -> float:
    """The median cost at which curves [lanes, points] first are at the target or below.

    A lane that never is counts as infinite; with more than half of them the median is infinite:
    the target is not reached, and no mean of those that made it hides it.
    """
    there = curves <= target
    first = np.where(there.any(axis=1), costs[there.argmax(axis=1)].astype(float), np.inf)
    return median(first)


def order_changed(a: np.ndarray, b: np.ndarray) -> int | None:
    """The last point in the last third of two curves [seeds, points] where their order changes.

    The order at a point is the sign of the median paired difference; None where it stays.
    """
    sign = np.array([np.sign(median(column)) for column in np.nan_to_num(b - a).T])
    for i in range(len(sign) - 1, max(0, 2 * len(sign) // 3), -1):
        if sign[i - 1] != sign[-1]:
            return i
    return None
