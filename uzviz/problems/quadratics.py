"""Quadratics of any spectrum, dimension and direction: the ground on which theory is exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz.checks import numbers, whole
from uzviz.errors import InputError, shown
from uzviz.problems.problem import Problem, generator_for
from uzviz.problems.surfaces import bowl, surface

SPECTRUM = (1.0, 100.0)
MOST, MOST_ROTATED = 100_000, 2_000
"""Parameters, and those of a rotated one, whose matrix is stored."""


@dataclass(frozen=True)
class Quadratic:
    """½ Σ λᵢ zᵢ² of z = w, or of z = Qᵀw, Q drawn by the seed ``rotation``."""

    spectrum: tuple[float, ...]
    rotation: int | None = None

    def __call__(self, w: jax.Array) -> jax.Array:
        z = w if self.rotation is None else jnp.asarray(self.directions, w.dtype).T @ w
        return bowl(z, jnp.asarray(self.spectrum, w.dtype))

    @property
    def directions(self) -> np.ndarray:
        """Its eigenvectors, the columns of Q, which a seed draws evenly of all rotations: Mezzadri (2007)."""
        n = len(self.spectrum)
        if self.rotation is None:
            return np.eye(n)
        drawn = generator_for(self.rotation, "rotation").normal(size=(n, n))
        q, r = np.linalg.qr(drawn)
        return q * np.sign(np.diag(r))


def quadratic(
    spectrum: Sequence[float] | None = None,
    start: Sequence[float] | None = None,
    spread: float = 0.0,
    *,
    kappa: float | None = None,
    dimension: int | None = None,
    rotation: int | None = None,
    noise: float = 0.0,
) -> Problem:
    r"""A quadratic, ½ Σ λᵢ zᵢ², z = Qᵀw; minimum 0 at 0.

    Parameters
    ----------
    spectrum
        The eigenvalues λ; 1 and 100 unless given.
    kappa, dimension
        Instead of them, as many as ``dimension``, from 1 to κ in even steps of the logarithm; 2 and 100 where
        one of both is given.
    rotation
        A seed that draws the eigenvectors Q; they are the axes unless given.
    noise
        σ, with which each step sees the gradient Hw + σξ, ξ ~ N(0, I) drawn anew: a stochastic quadratic, as
        a batch's gradient has noise. Losses that are evaluated have none.
    start, spread
        All ones unless given; and the deviation of the noise that a training's seed adds.

    Raises
    ------
    InputError
        for numbers that cannot be used.
    """
    asked = {"kappa": kappa, "dimension": dimension, "rotation": rotation}
    eigenvalues = _spectrum(spectrum, kappa, dimension)
    if rotation is not None and not whole(rotation, 0):
        raise InputError(
            f"The rotation is {shown(rotation)}, but must be a seed, a whole number from 0."
        )
    if rotation is not None and len(eigenvalues) > MOST_ROTATED:
        raise InputError(
            f"The quadratic has {len(eigenvalues):,} parameters, but rotated must have at most "
            f"{MOST_ROTATED:,}: leave out the rotation."
        )
    point = [1.0] * len(eigenvalues) if start is None else start
    if np.shape(point) != eigenvalues.shape:
        raise InputError(
            f"The start is {shown(start)}, but must be {len(eigenvalues)} numbers, as many as the "
            "spectrum's."
        )
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    own = {} if kappa is not None or dimension is not None else {"spectrum": eigenvalues.tolist()}
    return surface(
        Quadratic(tuple(eigenvalues.tolist()), rotation),
        point,
        spread=spread,
        noise=noise,
        name="quadratic",
        spec={"kind": "quadratic", **own, **given},
    )


def _spectrum(
    spectrum: Sequence[float] | None, kappa: float | None, dimension: int | None
) -> np.ndarray:
    if kappa is None and dimension is None:
        eigenvalues = numbers(SPECTRUM if spectrum is None else spectrum)
        if eigenvalues is None or not 1 <= len(eigenvalues) <= MOST:
            raise InputError(
                f"The spectrum is {shown(spectrum)}, but must be some finite numbers, at most {MOST:,}."
            )
        return eigenvalues
    if spectrum is not None:
        raise InputError("The spectrum was given beside kappa or dimension: give one or the other.")
    many, most = 2 if dimension is None else dimension, 100.0 if kappa is None else kappa
    if not whole(many, 2, MOST):
        raise InputError(
            f"The dimension is {shown(many)}, but must be a whole number from 2 to {MOST:,}."
        )
    if numbers([most]) is None or most < 1:
        raise InputError(f"kappa is {shown(most)}, but must be a number from 1.")
    return np.geomspace(1, most, int(many))
