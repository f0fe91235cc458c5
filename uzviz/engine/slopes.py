"""Functions and their slopes at many points at once: for pictures of what a rule is handed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def slopes(f: Callable[..., jax.Array], points: Any, *data: Any) -> tuple[np.ndarray, np.ndarray]:
    """f(w, *data), of any shape, and its slopes in w at each of the points [n, …]: [n, *f, …].

    One program for each function and shape of the points; the numbers are data.
    """
    value, slope = _slopes(f, jnp.asarray(points, float), data)
    return np.asarray(value), np.asarray(slope)


@partial(jax.jit, static_argnums=0)
def _slopes(f: Callable[..., jax.Array], points: jax.Array, data: Any) -> Any:
    of = lambda w: f(w, *data)  # noqa: E731
    return jax.vmap(lambda w: (of(w), jax.jacrev(of)(w)))(points)
