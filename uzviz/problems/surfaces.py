"""Problems that are no networks: functions of a few numbers, without data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz.checks import numbers
from uzviz.errors import InputError, shown
from uzviz.problems.problem import Problem


@dataclass(frozen=True)
class Loss:
    """A function of a vector as a loss without data: equal, for what is compiled, if the function is."""

    f: Callable[[jax.Array], jax.Array]

    def __call__(self, w: jax.Array, batch: None, key: jax.Array | None) -> jax.Array:
        return self.f(w)


@dataclass(frozen=True)
class Start:
    """A start that a seed moves by normal noise of standard deviation ``spread``: equal, for what is
    compiled, if its numbers are."""

    point: tuple[float, ...]
    spread: float

    def __call__(self, key: jax.Array) -> jax.Array:
        point = jnp.asarray(self.point, float)
        return point + self.spread * jax.random.normal(key, point.shape)


def start_at(point: Sequence[float], spread: float, name: str) -> Start:
    """The start of a problem of that name.

    Raises
    ------
    InputError
        for what is no point, and for a spread below 0.
    """
    found = numbers(point)
    if found is None or not len(found):
        raise InputError(f"The start of {name} is {shown(point)}, but must be some finite numbers.")
    if numbers([spread]) is None or spread < 0:
        raise InputError(f"The spread of {name}'s start is {shown(spread)}, but must be 0 or more.")
    return Start(tuple(found.tolist()), float(spread))


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
    init = start_at(start, spread, name)
    own = {"kind": "surface", "name": name} if spec is None else spec
    facts = {**own, "start": list(init.point), "spread": init.spread}
    return Problem(init=init, loss=Loss(f), name=name, spec=facts)


def bowl(w: jax.Array, spectrum: jax.Array) -> jax.Array:
    """½ Σ λᵢ wᵢ² for the eigenvalues λ of ``spectrum``."""
    return jnp.sum(spectrum * w**2) / 2


@dataclass(frozen=True)
class Quadratic:
    """:func:`bowl` of this spectrum."""

    spectrum: tuple[float, ...]

    def __call__(self, w: jax.Array) -> jax.Array:
        return bowl(w, jnp.asarray(self.spectrum, w.dtype))


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
        Quadratic(tuple(eigenvalues.tolist())),
        point,
        spread=spread,
        name="quadratic",
        spec={"kind": "quadratic", "spectrum": eigenvalues.tolist()},
    )
