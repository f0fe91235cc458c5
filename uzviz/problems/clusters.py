"""k-means as a loss: its parameters are the centroids, which any rule moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz.checks import whole
from uzviz.errors import InputError, shown
from uzviz.problems import tables
from uzviz.problems.problem import Problem, generator_for
from uzviz.problems.supervised import Data, Example, load, prepared, scaling

MOST_SEEN = 2_000
"""Examples among which the first centroids are chosen."""


def nearest(w: jax.Array, x: jax.Array) -> jax.Array:
    """Of points [n, d], the number of the nearest centroid [k, d]."""
    return jnp.argmin(jnp.sum(w**2, axis=-1) - 2 * x @ w.T, axis=-1)


def inertia(w: jax.Array, batch: Example, key: jax.Array | None) -> jax.Array:
    r""":math:`J(w) = \frac1n \sum_i \min_j \|x_i - w_j\|^2`: scikit-learn's inertia by example.

    Where two are as near, the slope is that of the first.
    """
    # By the difference itself: ‖x‖² − 2x·w + ‖w‖² loses its digits where a point is near its centroid.
    away = batch.x - w[nearest(w, batch.x)]
    return jnp.mean(jnp.sum(away**2, axis=-1))


@dataclass(frozen=True, eq=False)
class Seen:
    """Points [n, d] that are equal, for what is compiled, if their numbers are."""

    points: np.ndarray

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seen) and np.array_equal(self.points, other.points)

    def __hash__(self) -> int:
        return hash(self.points.tobytes())


@dataclass(frozen=True)
class Start:
    """``init(key)`` of k centroids, [k, d]: points, each drawn with a chance in proportion to its squared
    distance from the nearest that was drawn before. Source: Arthur & Vassilvitskii (2007), k-means++."""

    seen: Seen
    k: int

    def __call__(self, key: jax.Array) -> jax.Array:
        x = jnp.asarray(self.seen.points, float)
        keys = jax.random.split(key, self.k)
        first = jax.random.randint(keys[0], (), 0, len(x))
        w = jnp.zeros((self.k, x.shape[1])).at[0].set(x[first])

        def drawn(i: Any, state: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
            w, squares = state
            new = x[jax.random.categorical(keys[i], jnp.log(squares))]
            return w.at[i].set(new), jnp.minimum(squares, jnp.sum((x - new) ** 2, axis=-1))

        squares = jnp.sum((x - x[first]) ** 2, axis=-1)
        return jax.lax.fori_loop(1, self.k, drawn, (w, squares))[0]


def kmeans(
    data: Data | np.ndarray = "digits", k: int = 10, split: Sequence[float] = (0.6, 0.2, 0.2)
) -> Problem:
    r"""Clusters: k centroids w are its parameters, and its loss is the mean squared distance of points from
    the nearest.

    .. math:: J(w) = \frac1n \sum_i \min_j \|x_i - w_j\|^2

    Gradient descent on all points with the step size n/(2nⱼ), nⱼ the points of a centroid, is Lloyd's algorithm; on
    mini-batches it is that of Bottou & Bengio (1995). A seed draws the start by k-means++ (Arthur &
    Vassilvitskii, 2007), among at most 2,000 examples of any part.

    Parameters
    ----------
    data
        As for :func:`uzviz.problems.classify`, or points [n, d] alone; a target is left out. Features are
        standardised by the training part, as there, and so are the centroids.
    k
        How many centroids, from 1 to as many as the training part has examples.

    Raises
    ------
    InputError
        for data and numbers that cannot be used.
    """
    table = load(_with_target(data), None)
    if not whole(k):
        raise InputError(f"k is {shown(k)}, but must be a whole number of centroids from 1.")
    spec = {"kind": "kmeans", "data": table.name, "k": int(k), "split": np.asarray(split).tolist()}
    order = generator_for(0, "kmeans").permutation(len(table.x))
    rows = tuple(v[np.sort(order[:MOST_SEEN])] for v in (table.x, table.y))
    points = np.asarray(prepared(scaling(table, rows[0]), rows).x)
    made = Problem(
        init=Start(Seen(points), int(k)),
        loss=inertia,
        data=(table.x, table.y),
        test=table.test,
        fit=lambda rows: scaling(table, rows[0]),
        prepare=prepared,
        ratio=split,
        name=table.name,
        spec=spec,
    )
    if k > made.sizes[0]:
        raise InputError(
            f"k is {k}, but the training part has {made.sizes[0]} examples: ask for at most as many "
            "centroids."
        )
    differ = len(np.unique(points, axis=0))
    if differ < k:
        raise InputError(
            f"k is {k}, but of the {len(points)} examples that a start is chosen of, "
            f"{differ} differ: ask for at most as many centroids."
        )
    return made


def _with_target(data: Any) -> Any:
    """Points alone with a target that nobody asks for."""
    if isinstance(data, np.ndarray) and data.ndim == 2:
        return tables.from_arrays(data, np.arange(len(data)), "regress")
    return data
