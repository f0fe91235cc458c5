"""What lies under paths: losses of examples, and values of a function over a part of a plane or a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import jax
import numpy as np

from uzviz import engine
from uzviz.problems import Formulas

LARGEST = 1e30
"""The largest number that pictures need: far beyond every picture."""

Ends = tuple[float, float]


@lru_cache
def each_loss(formulas: Formulas) -> Callable[[Any, Any], jax.Array]:
    """f(w, examples): the loss of each."""

    def losses(w: Any, examples: Any) -> jax.Array:
        alone = jax.tree.map(lambda x: x[:, None], examples)
        return jax.vmap(lambda example: formulas.loss(w, example, None))(alone)

    return losses


@lru_cache
def shared_loss(formulas: Formulas) -> Callable[..., jax.Array]:
    """f(w, examples, shares): their mean, by the share that each has; examples beside those that are meant may
    have none, so that one program serves any number."""
    losses = each_loss(formulas)
    return lambda w, examples, shares: shares @ losses(w, examples)


def over_plane(
    f: Callable[..., jax.Array], x: Ends, y: Ends, size: int = 121, data: Sequence[Any] = ()
) -> np.ndarray:
    """Values of f(w, *data) with w = (x, y), [size of y, size of x], from the low to the high ends."""
    points = np.stack(np.meshgrid(np.linspace(*x, size), np.linspace(*y, size)), axis=-1)
    found = engine.values(f, points.reshape(-1, 2), *data)
    return found.reshape(size, size).astype(np.float32)


def over_line(
    f: Callable[..., jax.Array], x: Ends, size: int = 601
) -> tuple[np.ndarray, np.ndarray]:
    """Places from the low to the high end, and f(w) there, w = (x,)."""
    xs = np.linspace(*x, size)
    return xs, engine.values(f, xs[:, None])


def drawn(x: Any) -> np.ndarray:
    """Numbers for a picture, as float32."""
    return np.clip(x, -LARGEST, LARGEST).astype(np.float32)
