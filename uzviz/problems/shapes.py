"""Two classes of points in a plane: made of a seed, about as wide as from −5 to 5."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from uzviz.checks import numbers, whole
from uzviz.errors import InputError, shown
from uzviz.problems.problem import generator_for

MOST_POINTS = 1_000_000
Points = tuple[np.ndarray, np.ndarray]
"""x [n, 2] and the classes y [n], 0 and 1 by turns."""


def circles(n: int = 300, noise: float = 0.3, seed: int = 0) -> Points:
    """A disc of radius 2.5 (class 1) within a ring from 3.5 to 5."""
    y, (share, turn) = _drawn(n, seed)
    radius = np.where(y == 1, 2.5 * share, 3.5 + 1.5 * share)
    return _shifted(_polar(radius, 2 * np.pi * turn), y, noise, seed)


def xor(n: int = 300, noise: float = 0.3, seed: int = 0) -> Points:
    """Four squares: class 1 where the signs of both coordinates agree, 0.4 from the axes on."""
    y, (across, up) = _drawn(n, seed)
    side = np.where(np.arange(n) // 2 % 2, 1, -1)
    x = side * (0.4 + 4.6 * across)
    return _shifted(np.stack([x, np.where(y == 1, side, -side) * (0.4 + 4.6 * up)]), y, noise, seed)


def blobs(n: int = 300, noise: float = 0.3, seed: int = 0) -> Points:
    """Two normal clouds of deviation 0.8 around (−2, −2) and (2, 2), which is class 1."""
    y, (share, turn) = _drawn(n, seed)
    # Box & Muller (1958): a normal point of two uniform numbers.
    radius = 0.8 * np.sqrt(-2 * np.log1p(-share))
    return _shifted(_polar(radius, 2 * np.pi * turn) + np.where(y == 1, 2, -2), y, noise, seed)


def spirals(n: int = 300, noise: float = 0.3, seed: int = 0) -> Points:
    """Two arms of 1.75 turns from the middle to radius 5, half a turn apart."""
    y, (share, _) = _drawn(n, seed)
    return _shifted(_polar(5 * share, 3.5 * np.pi * share + np.pi * y), y, noise, seed)


def moons(n: int = 300, noise: float = 0.3, seed: int = 0) -> Points:
    """Two half circles of radius 3.2, each around an end of the other; class 1 is the lower."""
    y, (share, _) = _drawn(n, seed)
    middle = np.stack([np.where(y == 1, 1.6, -1.6), np.where(y == 1, 0.8, -0.8)])
    return _shifted(middle + _polar(3.2, np.pi * (share + y)), y, noise, seed)


SHAPES: dict[str, Callable[..., Points]] = {
    "circles": circles,
    "xor": xor,
    "blobs": blobs,
    "spirals": spirals,
    "moons": moons,
}
"""By name. Each takes n, the deviation of a normal ``noise`` that moves every coordinate, and a seed."""


def _drawn(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Classes [n], and two uniform numbers for each point, [2, n]."""
    if not whole(n, 4, MOST_POINTS):
        raise InputError(
            f"The points are {shown(n)}, but must be a whole number from 4 to {MOST_POINTS:,}."
        )
    if not whole(seed, 0):
        raise InputError(f"The seed is {shown(seed)}, but must be a whole number from 0.")
    return np.arange(n, dtype=np.int32) % 2, generator_for(seed, "shape").random((2, n))


def _polar(radius: np.ndarray | float, angle: np.ndarray) -> np.ndarray:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)])


def _shifted(places: np.ndarray, y: np.ndarray, noise: float, seed: int) -> Points:
    """The same seed moves the points the same way, however far."""
    found = None if isinstance(noise, bool) else numbers([noise])
    if found is None or found[0] < 0:
        raise InputError(f"The noise is {shown(noise)}, but must be one number from 0.")
    return (places + found[0] * generator_for(seed, "noise").normal(size=places.shape)).T, y
