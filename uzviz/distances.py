"""Distances between two points, over batches: of the last axis, the others broadcast.

Sorted from points of a plane over directions and words to sets and places on a globe. Where a distance has
no slope, its subgradient is 0; those that count (Hamming, Jaccard, Sørensen–Dice) have a slope nowhere. All
are metrics but two: the cosine distance and Sørensen–Dice break the triangle inequality. ``NAMES`` is the
one table of names.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from uzviz.checks import numbers
from uzviz.errors import InputError, shown

EARTH = 6371.0088
"""The Earth's mean radius in km (IUGG), which a sphere in its place has."""

Points = Any
"""An array of numbers, [..., n]."""


def euclidean(x: Points, y: Points) -> Float[Array, ...]:
    r"""The straight line, :math:`\sqrt{\sum_i (x_i-y_i)^2}`. Source: Pythagoras."""
    return _root(jnp.sum(_difference("euclidean", x, y) ** 2, axis=-1))


def manhattan(x: Points, y: Points) -> Float[Array, ...]:
    r"""The walk along a grid, :math:`\sum_i |x_i-y_i|`. SciPy calls it cityblock."""
    return jnp.sum(_size(_difference("manhattan", x, y)), axis=-1)


def chebyshev(x: Points, y: Points) -> Float[Array, ...]:
    r"""The moves of a king, :math:`\max_i |x_i-y_i|`."""
    return jnp.max(_size(_difference("chebyshev", x, y)), axis=-1)


def minkowski(x: Points, y: Points, p: Any) -> Float[Array, ...]:
    r""":math:`\bigl(\sum_i |x_i-y_i|^p\bigr)^{1/p}`: Manhattan for p = 1, Euclidean for 2, Chebyshev for ∞.

    Differences are taken in units of the largest, so that no power of theirs overflows.

    Raises
    ------
    InputError
        for a p below 1, with which a detour would be shorter than the straight way.
    """
    if not isinstance(p, jax.Array) and _order(p) == math.inf:
        return chebyshev(x, y)
    d = _size(_difference("minkowski", x, y))
    largest = jax.lax.stop_gradient(jnp.max(d, axis=-1, keepdims=True))
    unit = jnp.where(largest == 0, 1, largest)
    total = jnp.sum(_power(d / unit, p), axis=-1)
    return unit[..., 0] * _power(total, 1 / p)


def cosine(x: Points, y: Points) -> Float[Array, ...]:
    r"""One less the cosine of the angle between two arrows, :math:`1 - x·y/(‖x‖‖y‖)`, from 0 to 2.

    NaN where one of them has no length, for then there is no angle; SciPy says the same.
    """
    x, y = _numbers("cosine", x, y)
    lengths = jnp.linalg.norm(x, axis=-1) * jnp.linalg.norm(y, axis=-1)
    return 1 - jnp.clip(jnp.sum(x * y, axis=-1) / lengths, -1, 1)


def hamming(x: Points, y: Points) -> Int[Array, ...]:
    """In how many places two words of one length differ. Source: Hamming (1950). SciPy gives their share."""
    x, y = _pair("hamming", x, y)
    return jnp.sum(x != y, axis=-1)


def jaccard(x: Points, y: Points) -> Float[Array, ...]:
    r"""What two sets do not share of all they have, :math:`1 - |A∩B|/|A∪B|`; 0 if both are empty.

    Sets are given by their members: true, or not 0, where one is in. Source: Jaccard (1901).
    """
    x, y = _sets("jaccard", x, y)
    both, either = jnp.sum(jnp.logical_and(x, y), axis=-1), jnp.sum(jnp.logical_or(x, y), axis=-1)
    return 1 - jnp.where(either > 0, both / jnp.maximum(either, 1), 1)


def dice(x: Points, y: Points) -> Float[Array, ...]:
    r"""Sørensen–Dice, :math:`1 - 2|A∩B|/(|A|+|B|)`; 0 if both are empty, where SciPy has NaN.

    Sets as for :func:`jaccard`, from whose j it follows as j/(2 − j). Source: Dice (1945), Sørensen (1948).
    """
    x, y = _sets("dice", x, y)
    both, sizes = jnp.sum(jnp.logical_and(x, y), axis=-1), jnp.sum(x, axis=-1) + jnp.sum(y, axis=-1)
    return 1 - jnp.where(sizes > 0, 2 * both / jnp.maximum(sizes, 1), 1)


def haversine(x: Points, y: Points, radius: float = EARTH) -> Float[Array, ...]:
    r"""The shortest way over a sphere, in the radius's unit, km; places are (longitude, latitude) in degrees.

    .. math:: 2R\,\mathrm{atan2}(\sqrt a, \sqrt{1-a}),\quad
        a = \sin^2\tfrac{Δφ}{2} + \cos φ_1 \cos φ_2 \sin^2\tfrac{Δλ}{2}

    Source: Sinnott (1984). scikit-learn takes (latitude, longitude) in radians and the radius 1.
    """
    x, y = _numbers("haversine", x, y)
    if x.shape[-1] != 2:
        raise InputError(
            f"A place has {x.shape[-1]} numbers, but haversine needs two, longitude and latitude in degrees."
        )
    # Radians of the difference, so that a place is at 0 from itself however it is compiled.
    across, up = jnp.moveaxis(jnp.sin(jnp.radians(x - y) / 2) ** 2, -1, 0)
    a = up + jnp.cos(jnp.radians(x[..., 1])) * jnp.cos(jnp.radians(y[..., 1])) * across
    return 2 * radius * jnp.arctan2(_root(a), _root(1 - a))


NAMES: dict[str, Callable[..., Array]] = {
    "euclidean": euclidean,
    "manhattan": manhattan,
    "chebyshev": chebyshev,
    "minkowski": minkowski,
    "cosine": cosine,
    "hamming": hamming,
    "jaccard": jaccard,
    "dice": dice,
    "haversine": haversine,
}
"""By name; Minkowski's asks for its p as well."""


def _root(x: Array) -> Array:
    """√x, with slope 0 at 0; of what rounding brought below 0 it is 0."""
    return jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1)), jnp.where(x <= 0, 0, x))


def _power(x: Array, p: Any) -> Array:
    """xᵖ, with slope 0 at 0, where it would be 0 · ∞."""
    return jnp.where(x == 0, 0, jnp.where(x == 0, 1, x) ** p)


def _size(d: Array) -> Array:
    """|d|, with slope 0 at 0: JAX's own is 1."""
    return jnp.where(d == 0, 0, jnp.abs(d))


def _order(p: Any) -> Any:
    given = numbers([p])
    if p != math.inf and (given is None or isinstance(p, bool) or not (given >= 1).all()):
        raise InputError(f"Minkowski's p is {shown(p)}, but must be a number from 1 to infinity.")
    return p


def _difference(name: str, x: Points, y: Points) -> Array:
    x, y = _numbers(name, x, y)
    return x - y


def _sets(name: str, x: Points, y: Points) -> tuple[Array, Array]:
    x, y = _pair(name, x, y)
    return x != 0, y != 0


def _numbers(name: str, x: Points, y: Points) -> tuple[Array, Array]:
    """Both in floating point."""
    x, y = _pair(name, x, y)
    dtype = jnp.result_type(x, y)
    dtype = dtype if jnp.issubdtype(dtype, jnp.floating) else jnp.result_type(float)
    return x.astype(dtype), y.astype(dtype)


def _pair(name: str, x: Points, y: Points) -> tuple[Array, Array]:
    """Both as arrays that fit each other."""
    try:
        a, b = jnp.asarray(x), jnp.asarray(y)
    except (TypeError, ValueError):
        raise InputError(
            f"{name} was given {shown(x)} and {shown(y)}, but needs two arrays of numbers."
        ) from None
    if not a.ndim or not b.ndim or a.shape[-1] != b.shape[-1] or not a.shape[-1]:
        raise InputError(
            f"{name} was given arrays of shape {list(a.shape)} and {list(b.shape)}, but needs points with "
            "as many numbers each, at least one: their last axes must be equal."
        )
    try:
        jnp.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        raise InputError(
            f"{name} was given batches of shape {list(a.shape)} and {list(b.shape)}, which do not "
            "broadcast: give as many points in each, or one."
        ) from None
    return a, b
