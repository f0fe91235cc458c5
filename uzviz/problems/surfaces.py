"""Problems that are no networks: functions of some numbers, without data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

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
class Noisy:
    """A function of a vector whose gradient is seen with normal noise of deviation σ, another at each step:
    f(w) + σ ξ·w with ξ ~ N(0, I). Evaluated, it is f. Equal, for what is compiled, if f and σ are."""

    f: Callable[[jax.Array], jax.Array]
    deviation: float

    def __call__(self, w: jax.Array, batch: None, key: jax.Array | None) -> jax.Array:
        if key is None:
            return self.f(w)
        return self.f(w) + self.deviation * jnp.vdot(jax.random.normal(key, w.shape, w.dtype), w)


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
    noise: float = 0.0,
    name: str = "surface",
    spec: dict[str, Any] | None = None,
) -> Problem:
    """Any function of a vector, minimised from ``start``.

    A seed moves the start by normal noise of standard deviation ``spread``; with ``noise``, each step sees the
    gradient plus normal noise of that deviation.
    """
    if numbers([noise]) is None or noise < 0:
        raise InputError(f"The noise of {name} is {shown(noise)}, but must be 0 or more.")
    init = start_at(start, spread, name)
    own = {"kind": "surface", "name": name} if spec is None else spec
    facts = {**own, "start": list(init.point), "spread": init.spread}
    facts |= {"noise": float(noise)} if noise else {}
    loss = Noisy(f, float(noise)) if noise else Loss(f)
    return Problem(init=init, loss=loss, name=name, spec=facts)


def bowl(w: jax.Array, spectrum: jax.Array) -> jax.Array:
    """½ Σ λᵢ wᵢ² for the eigenvalues λ of ``spectrum``."""
    return jnp.sum(spectrum * w**2) / 2
