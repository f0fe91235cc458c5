"""Functions and their slopes at many points at once: for pictures of what a rule is handed.

One program for each function and shape of the points; numbers are data.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def slopes(f: Callable[..., jax.Array], points: Any, *data: Any) -> tuple[np.ndarray, np.ndarray]:
    """f(w, *data), of any shape, and its slopes in w at each of the points [n, …]: [n, *f, …]."""
    value, slope = _slopes(f, jnp.asarray(points, float), data)
    return np.asarray(value), np.asarray(slope)


def values(f: Callable[..., Any], points: Any, *data: Any) -> Any:
    """f(w, *data), any tree, at each of the points [n, …]."""
    return jax.tree.map(np.asarray, _values(f, points, data))


@partial(jax.jit, static_argnums=0)
def _values(f: Callable[..., Any], points: Any, data: Any) -> Any:
    return jax.vmap(lambda w: f(w, *data))(points)


@partial(jax.jit, static_argnums=0)
def _slopes(f: Callable[..., jax.Array], points: jax.Array, data: Any) -> Any:
    of = lambda w: f(w, *data)  # noqa: E731
    return jax.vmap(lambda w: (of(w), jax.jacrev(of)(w)))(points)
