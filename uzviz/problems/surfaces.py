"""Problems that are no networks: functions of a few numbers, without data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz.checks import numbers
from uzviz.errors import InputError, shown
from uzviz.problems.problem import Problem


def surface(
    f: Callable[[jax.Array], jax.Array],
    start: Sequence[float],
    *,
    spread: float = 0.0,
    name: str = "surface",
    spec: dict[str, Any] | None = None,
) -> Problem:
    """Any function of a vector, minimised from ``start``.

    A seed moves the start by normal noise of standard deviation ``spread``.
    """
    point = numbers(start)
    if point is None or not len(point):
        raise InputError(f"The start of {name} is {shown(start)}, but must be some finite numbers.")
    if numbers([spread]) is None or spread < 0:
        raise InputError(f"The spread of {name}'s start is {shown(spread)}, but must be 0 or more.")

    def init(key: jax.Array) -> jax.Array:
        return jnp.asarray(point) + spread * jax.random.normal(key, point.shape)

    def loss(w: jax.Array, batch: None, key: jax.Array | None) -> jax.Array:
        return f(w)

    own = {"kind": "surface", "name": name} if spec is None else spec
    facts = {**own, "start": point.tolist(), "spread": spread}
    return Problem(init=init, loss=loss, name=name, spec=facts)


def _plane(name: str, f: Callable[[Any, Any], jax.Array], start: Sequence[float], spread: float):
    if np.shape(start) != (2,):
        raise InputError(f"The start of {name} is {shown(start)}, but must be two numbers x,y.")
    return surface(lambda w: f(w[0], w[1]), start, spread=spread, name=name, spec={"kind": name})


def rosenbrock(start: Sequence[float] = (-1.5, 2.5), spread: float = 0.0) -> Problem:
    """Rosenbrock's valley, (1−x)² + 100(y−x²)²; minimum 0 at (1, 1)."""
    return _plane("rosenbrock", lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2, start, spread)


def beale(start: Sequence[float] = (0.7, 1.4), spread: float = 0.0) -> Problem:
    """Beale's function, (1.5−x+xy)² + (2.25−x+xy²)² + (2.625−x+xy³)²; minimum 0 at (3, ½)."""

    def f(x, y):
        return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2

    return _plane("beale", f, start, spread)


def himmelblau(start: Sequence[float] = (0.0, 0.0), spread: float = 0.0) -> Problem:
    """Himmelblau's function, (x²+y−11)² + (x+y²−7)²; four minima of 0, one at (3, 2)."""
    return _plane(
        "himmelblau", lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2, start, spread
    )


def quadratic(
    spectrum: Sequence[float] = (1.0, 100.0),
    start: Sequence[float] | None = None,
    spread: float = 0.0,
) -> Problem:
    """½ Σ λᵢ wᵢ² for the eigenvalues λ of ``spectrum``; the start is all ones unless given."""
    eigenvalues = numbers(spectrum)
    if eigenvalues is None or not len(eigenvalues):
        raise InputError(f"The spectrum is {shown(spectrum)}, but must be some finite numbers.")
    point = [1.0] * len(eigenvalues) if start is None else start
    if np.shape(point) != eigenvalues.shape:
        raise InputError(
            f"The start is {shown(start)}, but must be {len(eigenvalues)} numbers, as many as the "
            "spectrum's."
        )
    return surface(
        lambda w: jnp.sum(jnp.asarray(eigenvalues, w.dtype) * w**2) / 2,
        point,
        spread=spread,
        name="quadratic",
        spec={"kind": "quadratic", "spectrum": eigenvalues.tolist()},
    )
