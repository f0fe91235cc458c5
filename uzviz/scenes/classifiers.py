"""Networks that tell two classes of points in a plane apart; their programs are kept while data change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import problems
from uzviz.errors import InputError
from uzviz.problems import Problem, networks
from uzviz.problems.networks import MLP

FEATURES: dict[str, Callable[[Any, Any], Any]] = {
    "x": lambda x, y: x,
    "y": lambda x, y: y,
    "x2": lambda x, y: x**2,
    "y2": lambda x, y: y**2,
    "xy": lambda x, y: x * y,
    "sinx": lambda x, y: np.sin(x),
    "siny": lambda x, y: np.sin(y),
}
"""What a network can be given of a point."""

SIDE = 6.0
"""Half the side of the square in which the shapes are shown."""
LARGE, SMALL = 60, 20
"""Places along a side of the large map and of those of single units: every third of them."""


@dataclass(frozen=True, eq=False)
class Points:
    """Points of two classes, and the part of the plane where they are shown."""

    x: np.ndarray
    y: np.ndarray
    ends: tuple[tuple[float, float], tuple[float, float]]


def of_shape(name: str, noise: float, seed: int) -> Points:
    x, y = problems.SHAPES[name](noise=noise, seed=seed)
    return Points(x, y, ((-SIDE, SIDE), (-SIDE, SIDE)))


def of_ones_own(name: str, rows: Sequence[Sequence[float]]) -> Points:
    """Rows of x, y and the class; ``name`` is what the sentence calls them.

    Raises
    ------
    InputError
        for a class other than 0 and 1, and where only one of them occurs.
    """
    table = np.asarray(rows)
    if set(table[:, 2]) != {0.0, 1.0}:
        raise InputError(
            f"The third numbers of {name} are {sorted(set(table[:, 2].tolist()))[:5]}, but must be classes: "
            "0 or 1, each at least once."
        )
    low, high = table[:, :2].min(axis=0), table[:, :2].max(axis=0)
    margin = np.maximum(0.1 * (high - low), 1e-3 * np.maximum(1, abs(high)))
    first, second = np.stack([low - margin, high + margin], axis=1).tolist()
    return Points(table[:, :2], table[:, 2].astype(np.int32), (tuple(first), tuple(second)))


def features_of(x: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """These features of points [n, 2], [n, features], in float32 as tables have them."""
    columns = [FEATURES[name](x[:, 0], x[:, 1]) for name in names]
    return np.stack(columns, axis=1).astype(np.float32)


def places(ends: Sequence[Sequence[float]]) -> np.ndarray:
    """The middles of the large map's cells, [LARGE², 2], row by row from the low ends."""
    middles = (np.arange(LARGE) + 0.5) / LARGE
    xs, ys = (low + (high - low) * middles for low, high in ends)
    return np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)


def thinned(maps: np.ndarray) -> np.ndarray:
    """Maps [LARGE², k] as small ones, [k, SMALL, SMALL]."""
    every = LARGE // SMALL
    square = maps.reshape(LARGE, LARGE, -1)[every // 2 :: every, every // 2 :: every]
    return np.ascontiguousarray(np.moveaxis(square, -1, 0), np.float32)


def problem(
    points: Points,
    features: Sequence[str],
    hidden: Sequence[int],
    *,
    activation: str,
    init: str,
    loss: str,
    share: float,
    seed: int,
) -> Problem:
    """:func:`uzviz.problems.classify` of the points' features.

    A ``share`` of them is for training, in a split of this seed's. Those that are not trained on are
    cut in halves for validation and test, as every problem has both.
    """
    hidden = tuple(hidden)
    return replace(
        _prepared(len(features), hidden, activation, loss),
        init=_start(len(features), hidden, activation, init),
        data=(features_of(points.x, features), points.y),
        ratio=(share, (1 - share) / 2, (1 - share) / 2),
        split_seed=seed,
    )


@lru_cache(maxsize=256)
def _prepared(features: int, hidden: tuple[int, ...], activation: str, loss: str) -> Problem:
    """A problem for its functions: whoever has the same ones has the same programs."""
    y = np.arange(10) % 2
    few = (np.zeros((len(y), features)), y)
    return problems.classify(few, hidden, activation=activation, loss=loss)


@lru_cache(maxsize=256)
def _start(features: int, hidden: tuple[int, ...], activation: str, init: str) -> Any:
    return networks.starts((features, 1), hidden, activation, init)


def answers(w: MLP, batch: Any) -> jax.Array:
    """What every unit answers, [rows, units], layer by layer; the last as a probability of class 1."""
    *hidden, last = jax.vmap(w.outputs)(batch.x)
    return jnp.concatenate([*hidden, jax.nn.sigmoid(last)], axis=1)
