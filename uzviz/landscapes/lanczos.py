"""Lanczos' method on the Hessian of a loss, which is known by its products with vectors alone.

H v is the derivative of the gradient along v, a few gradients' work; H itself, [parameters, parameters], is never
made.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from uzviz import tree
from uzviz.checks import whole
from uzviz.errors import InputError, shown
from uzviz.landscapes.ground import Given, gradient_of
from uzviz.problems import Formulas, key_for
from uzviz.tree import Tree

MOST_BYTES = 1 << 30
"""Of the vectors that are kept."""


def started(w: Tree, seed: int) -> tuple[jax.Array, Any]:
    """The random vector of a seed to start from, and what makes a tree like w of a vector."""
    if not whole(seed, 0):
        raise InputError(f"The seed is {shown(seed)}, but must be a whole number from 0.")
    flat, unflat = ravel_pytree(tree.placed(w))
    return jax.random.normal(key_for(seed, "lanczos"), flat.shape, flat.dtype), unflat


def steps_of(steps: int, n: int, item: int, least: int = 1) -> int:
    """Lanczos steps, the parameters at most.

    Raises
    ------
    InputError
        for what is no number of steps, and for more vectors than fit in a gigabyte.
    """
    if not whole(steps, least):
        raise InputError(f"The steps are {shown(steps)}, but must be a whole number from {least}.")
    steps = min(int(steps), n)
    if (needed := (steps + 1) * n * item) > MOST_BYTES:
        raise InputError(
            f"{steps} vectors of {n:,} parameters take {needed / 2**30:.1f} GiB, but {MOST_BYTES >> 30} is "
            "allowed: give fewer steps."
        )
    return steps


def hessian_of(formulas: Formulas, given: Given, w: Tree) -> Callable[[jax.Array], jax.Array]:
    """v ↦ Hv at w, on flat vectors: the derivative of the gradient along v (Pearlmutter 1994)."""
    flat, unflat = ravel_pytree(w)

    def gradient(x: jax.Array) -> jax.Array:
        return ravel_pytree(gradient_of(formulas, given)(unflat(x)))[0]

    return lambda v: jax.jvp(gradient, (flat,), (v,))[1]


def lanczos_step(
    product: Callable[[jax.Array], jax.Array], basis: jax.Array, k: Any
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """One step: α, β and the next vector of the orthonormal ``basis`` [steps, n], of which k + 1 are made.

    What is new is made orthogonal to the whole basis, twice, since in floating point the three terms of
    Lanczos (1950) do not keep it so (Parlett 1998, chapter 13).
    """
    v = product(basis[k])
    alpha = basis[k] @ v
    for _ in range(2):
        v = v - basis.T @ (basis @ v)
    beta = jnp.linalg.norm(v)
    return alpha, beta, v / jnp.where(beta > 0, beta, 1)


def tridiagonal(
    product: Callable[[jax.Array], jax.Array], start: jax.Array, steps: int
) -> tuple[jax.Array, jax.Array]:
    """α [steps] and β [steps] of so many Lanczos steps from a vector, compiled as one loop.

    Where the start lies in a space that H maps into itself, β falls to rounding, and the rest says nothing: it
    is 0, as are its weights in a quadrature.
    """
    basis = jnp.zeros((steps + 1, start.size), start.dtype)
    basis = basis.at[0].set(start / jnp.linalg.norm(start))

    def step(carry: Any, k: jax.Array) -> Any:
        basis, largest, alive = carry
        alpha, beta, v = lanczos_step(product, basis, k)
        largest = jnp.maximum(largest, jnp.abs(alpha) + beta)
        alpha = jnp.where(alive, alpha, 0)
        goes_on = alive & ~(beta <= 10 * rounding(largest, start.size, start.dtype))
        v, beta = jnp.where(goes_on, v, 0), jnp.where(goes_on, beta, 0)
        return (basis.at[k + 1].set(v), largest, goes_on), (alpha, beta)

    carry = (basis, jnp.zeros((), start.dtype), jnp.array(True))
    return jax.lax.scan(step, carry, jnp.arange(steps))[1]


def rounding(largest: Any, n: int, dtype: Any) -> Any:
    """What rounding makes of a product Hv; a β of some times this is none."""
    return math.sqrt(n) * float(jnp.finfo(dtype).eps) * largest


def ends_of(alpha: jax.Array, beta: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The smallest and the largest eigenvalue of the tridiagonal matrix; NaN where it holds one."""
    matrix = jnp.diag(alpha) + jnp.diag(beta[:-1], 1) + jnp.diag(beta[:-1], -1)
    finite = jnp.isfinite(matrix).all()
    # Whatever was not reached repeats the first entry, which lies between both ends.
    reached = jnp.concatenate([jnp.ones(1, bool), jnp.cumprod(beta[:-1] > 0).astype(bool)])
    matrix = matrix + jnp.diag(jnp.where(reached, 0, alpha[0]))
    values = jnp.linalg.eigvalsh(jnp.where(finite, matrix, 0))
    nothing = jnp.full((), jnp.nan, matrix.dtype)
    return jnp.where(finite, values[0], nothing), jnp.where(finite, values[-1], nothing)


def matrix(alphas: list[float], betas: list[float]) -> np.ndarray:
    """The tridiagonal matrix of so many steps."""
    return np.diag(alphas) + np.diag(betas[:-1], 1) + np.diag(betas[:-1], -1)
