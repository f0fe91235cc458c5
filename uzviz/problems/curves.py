"""Minima of functions of one number, and the valleys around them."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import jax
import numpy as np

from uzviz.checks import numbers
from uzviz.errors import InputError, shown

AT_ONCE, POINTS = 64, 33
PLACES = AT_ONCE * POINTS
"""Places at which the function is looked at, every time: all looks share what is compiled."""
ROUNDS = 5
"""Looks at each minimum, every one sixteen times as close."""


class Valleys(NamedTuple):
    """The minima of a function between two ends, and what lies around each, [minima]."""

    at: np.ndarray
    value: np.ndarray
    left: np.ndarray
    """Where the valley begins: at a maximum or at the end of the view."""
    right: np.ndarray
    lowest: np.ndarray
    """Whether the function is nowhere lower between the ends."""

    def of(self, x: np.ndarray) -> np.ndarray:
        """The number of the valley in which each place lies; -1 in none."""
        if not len(self.at):
            return np.full(np.shape(x), -1)
        number = np.clip(np.searchsorted(self.left, x, side="right") - 1, 0, None)
        inside = (x >= self.left[number]) & (x <= self.right[number])
        return np.where(inside, number, -1)


def valleys(f: Callable[[Any], jax.Array], low: float, high: float) -> Valleys:
    """The minima of f(w), w = (x,), for numbers x from ``low`` to ``high``; f is hashable, since its program is kept.

    They are looked for on a grid of 2,112 places and then closer and closer: two that are nearer to
    each other than the grid's places may be taken for one, and a minimum at an end is none. Where f
    is not finite is no valley.

    Raises
    ------
    InputError
        for ends that are no two numbers, the lower first.
    """
    if numbers([low, high]) is None or not low < high:
        raise InputError(
            f"The view is from low {shown(low)} to high {shown(high)}, but must go from a number to a "
            "larger one."
        )
    xs = np.linspace(low, high, PLACES)
    values = _values(f, xs)
    first, last, least, most = _runs(values)
    at, value = _closer(f, xs[first[least] - 1], xs[last[least] + 1])
    kept = np.isfinite(value)
    tops = np.r_[low, (xs[first[most]] + xs[last[most]]) / 2, high]
    beyond = np.searchsorted(tops, at[kept])
    lowest = value[kept] <= values.min() + 1e-9 * max(1.0, abs(values.min()))
    digits = 8 - math.floor(math.log10(high - low))  # as many as they have
    return Valleys(at[kept].round(digits), value[kept], tops[beyond - 1], tops[beyond], lowest)


@lru_cache(maxsize=64)
def _program(f: Callable[[Any], jax.Array]) -> Callable[..., jax.Array]:
    return jax.jit(jax.vmap(f))


def _values(f: Callable[[Any], jax.Array], xs: np.ndarray) -> np.ndarray:
    found = np.asarray(_program(f)(xs[:, None]), float)
    return np.where(np.isfinite(found), found, np.inf)


def _runs(values: np.ndarray) -> tuple[np.ndarray, ...]:
    """Runs of equal values, by their first and last places; and which are minima and maxima."""
    first = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    last = np.r_[first[1:] - 1, len(values) - 1]
    run = values[first]
    middle, before, after = run[1:-1], run[:-2], run[2:]
    least = (middle < before) & (middle < after) & np.isfinite(before) & np.isfinite(after)
    most = (middle > before) & (middle > after)
    return first, last, 1 + np.flatnonzero(least), 1 + np.flatnonzero(most)


def _closer(
    f: Callable[[Any], jax.Array], left: np.ndarray, right: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The minimum between each two places, and its value; NaN where there is a pole."""
    at, value = np.zeros(len(left)), np.zeros(len(left))
    for i in range(0, len(left), AT_ONCE):
        some = slice(i, i + AT_ONCE)
        at[some], value[some] = _closest(f, left[some], right[some])
    return at, value


def _closest(
    f: Callable[[Any], jax.Array], left: np.ndarray, right: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The same for as many as are looked at at once."""
    n = len(left)
    a, b = (np.r_[ends, np.repeat(ends[-1:], AT_ONCE - n)] for ends in (left, right))
    at, value, steepest, a, b = _look(f, a, b)
    depth = steepest
    for _ in range(ROUNDS - 1):
        at, value, depth, a, b = _look(f, a, b)
    return at[:n], np.where(depth <= steepest, value, np.nan)[:n]


def _look(f: Callable[[Any], jax.Array], a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, ...]:
    """Of the places between each two ends the lowest, its value, how far below the ends it is, and its
    neighbours."""
    xs = np.linspace(a, b, POINTS, axis=1)
    values = _values(f, xs.ravel()).reshape(xs.shape)
    least = values == values.min(1, keepdims=True)
    # A flat bottom is the middle of its places.
    lowest = (least.argmax(1) + POINTS - 1 - least[:, ::-1].argmax(1)) // 2
    rows = np.arange(len(xs))
    before, after = np.maximum(lowest - 1, 0), np.minimum(lowest + 1, POINTS - 1)
    depth = np.maximum(values[:, 0], values[:, -1]) - values.min(1)
    return xs[rows, lowest], values[rows, lowest], depth, xs[rows, before], xs[rows, after]
