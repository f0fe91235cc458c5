"""Functions and their slopes at many points at once: for pictures of what a rule is handed.

One program for each function and shape of the points; numbers are data.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import numpy as np

MOST_FUNCTIONS = 64
"""Functions whose programs are kept: people type formulas. Those of the one that longest nobody asked for are
given up."""


def slopes(f: Callable[..., jax.Array], points: Any, *data: Any) -> tuple[np.ndarray, np.ndarray]:
    """f(w, *data), of any shape, and its slopes in w at each of the points [n, …]: [n, *f, …]."""
    value, slope = _slopes(f)(np.asarray(points, float), data)
    return np.asarray(value), np.asarray(slope)


def values(f: Callable[..., Any], points: Any, *data: Any) -> Any:
    """f(w, *data), any tree, at each of the points [n, …]."""
    return jax.tree.map(np.asarray, _values(f)(points, data))


@lru_cache(maxsize=MOST_FUNCTIONS)
def _values(f: Callable[..., Any]) -> Callable[..., Any]:
    return jax.jit(lambda points, data: jax.vmap(lambda w: f(w, *data))(points))


@lru_cache(maxsize=MOST_FUNCTIONS)
def _slopes(f: Callable[..., jax.Array]) -> Callable[..., Any]:
    def program(points: jax.Array, data: Any) -> Any:
        of = lambda w: f(w, *data)  # noqa: E731
        return jax.vmap(lambda w: (of(w), jax.jacrev(of)(w)))(points)

    return jax.jit(program)
