"""Where points lie in a plane, how far from it, and how true their losses look there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from uzviz.checks import whole
from uzviz.errors import InputError, shown
from uzviz.landscapes.directions import Directions, check_like, flat, flat_points, unflat
from uzviz.landscapes.ground import Ground
from uzviz.records import Projection
from uzviz.tree import Tree


class Interpolation(NamedTuple):
    """The loss along the straight line between two runs."""

    at: np.ndarray
    """[points], from 0 at w to 1 at the other."""
    loss: np.ndarray
    barrier: float
    """max over the line of L(t) − [(1 − t) L(0) + t L(1)]: 0 where the line is nowhere above the straight
    one between its ends."""


def project(
    w: Tree, directions: Directions, points: Tree, ground: Ground | None = None, part: str = "train"
) -> Projection:
    r"""Stacked parameters [points, …] in the plane w + Σ aᵢ dᵢ.

    The coordinates are those of the nearest point of the plane, by least squares, so that the directions
    need not be at right angles:

    .. math:: a = \arg\min_a ‖θ - w - \sum_i a_i d_i‖

    With a ``ground``, the losses of a part at the points and at their projections as well.

    Raises
    ------
    InputError
        for points of another shape.
    """
    rows = flat_points(w, points) - flat(w)
    basis = np.stack([flat(d) for d in directions.vectors], 1)
    coordinates = np.linalg.lstsq(basis, rows.T, rcond=None)[0].T
    distance = np.linalg.norm(rows - coordinates @ basis.T, axis=1)
    total = float((rows**2).sum())
    explained = 1 - float((distance**2).sum()) / total if total > 0 else np.nan
    if ground is None:
        return Projection(coordinates, distance, explained)
    losses = ground.losses(points, part), ground.losses(at(w, directions, coordinates), part)
    return Projection(coordinates, distance, explained, *losses)


def at(w: Tree, directions: Directions, coordinates: np.ndarray) -> Tree:
    """The parameters w + Σ aᵢ dᵢ, stacked, at coordinates [points, directions]."""
    columns = np.asarray(coordinates, np.float64).T

    def leaf(x: Any, *ds: Any) -> jax.Array:
        found = np.asarray(x, np.float64)[None]
        for a, d in zip(columns, ds, strict=True):
            found = found + a.reshape(-1, *[1] * np.ndim(x)) * np.asarray(d, np.float64)
        return jnp.asarray(found, x.dtype)

    return jax.tree.map(leaf, w, *directions.vectors)


def point(w: Tree, vectors: Sequence[Tree], a: jax.Array) -> Tree:
    """The parameters at one place of a plane, as a step of a program."""

    def leaf(x: jax.Array, *ds: jax.Array) -> jax.Array:
        for i, d in enumerate(ds):
            x = (x + a[i] * d).astype(x.dtype)
        return x

    return jax.tree.map(leaf, w, *vectors)


def interpolation(
    ground: Ground, w: Tree, other: Tree, *, points: int = 51, part: str = "train"
) -> Interpolation:
    """The loss on the straight line to another run's parameters, and its barrier.

    The barrier is Entezari et al.'s (2022): how far the loss rises above the straight line between its two ends.
    Frankle et al. (2020) measure from the mean of the ends, which is the same where both are equal.

    Raises
    ------
    InputError
        for parameters of another shape and for fewer than 2 points.
    """
    if not whole(points, 2):
        raise InputError(f"The points are {shown(points)}, but must be a whole number from 2.")
    check_like(w, other, "The other run")
    line = Directions((unflat(w, flat(other) - flat(w)),), {"kind": "towards"})
    share = np.linspace(0, 1, int(points))
    loss = ground.losses(at(w, line, share[:, None]), part)
    straight = (1 - share) * loss[0] + share * loss[-1]
    return Interpolation(share, loss, float(np.max(loss - straight)))
