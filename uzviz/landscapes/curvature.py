"""How the training loss curves at a point, by products of its Hessian with vectors: eigenvalues, trace, density."""

from __future__ import annotations

import math
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from uzviz import tree
from uzviz.checks import numbers, whole
from uzviz.errors import InputError, shown
from uzviz.landscapes.ground import Given, Ground
from uzviz.landscapes.lanczos import (
    hessian_of,
    lanczos_step,
    matrix,
    rounding,
    started,
    steps_of,
    tridiagonal,
)
from uzviz.problems import Formulas, key_for
from uzviz.rules import Rule
from uzviz.tree import Tree

DENSITY_POINTS = 1000


class Spectrum(NamedTuple):
    """The ends of a spectrum. Within each error bound of its value lies an eigenvalue."""

    top: np.ndarray
    """[k], the largest first"""
    bottom: np.ndarray
    """[k], the smallest first"""
    top_error: np.ndarray
    """The residuals ‖Hx − λx‖ of the unit eigenvectors x, and what rounding may add, √n ε |λ|."""
    bottom_error: np.ndarray
    top_vectors: tuple[Tree, ...]
    bottom_vectors: tuple[Tree, ...]
    steps: int
    """Products Hv that it took."""
    converged: bool
    """Whether every residual is below the tolerance."""


class Trace(NamedTuple):
    """An estimate of tr H."""

    mean: float
    error: float
    """The standard error of the mean; infinite of a single sample."""
    samples: np.ndarray
    """zᵀHz [samples]"""


class Density(NamedTuple):
    """How the eigenvalues are spread: ∫ density dx = 1, each eigenvalue a normal peak of deviation ``width``."""

    x: np.ndarray
    density: np.ndarray
    width: float
    nodes: np.ndarray
    """[probes, steps], and the weights of each probe, which sum to 1."""
    weights: np.ndarray


class Sharpness(NamedTuple):
    """The largest eigenvalue beside the rule's own threshold."""

    value: float
    """Of the Hessian; of a rule with a step size for each parameter, of the preconditioned one."""
    error: float
    threshold: float | None
    """Beyond which the rule leaves a parabola; None where none is known."""

    @property
    def sentence(self) -> str:
        """What it says, in words."""
        known = "none known" if self.threshold is None else f"{self.threshold:.4g}"
        return f"sharpness {self.value:.4g} ± {self.error:.1g}, threshold {known}"


@partial(jax.jit, static_argnums=0, donate_argnums=3)
def _extended(
    formulas: Formulas, w: Tree, given: Given, basis: jax.Array, k: Any, scale: jax.Array
):
    product = hessian_of(formulas, given, w)
    alpha, beta, v = lanczos_step(lambda v: scale * product(scale * v), basis, k)
    return alpha, beta, basis.at[k + 1].set(v, mode="drop")


@partial(jax.jit, donate_argnums=0)
def _fresh(basis: jax.Array, k: Any, v: jax.Array) -> jax.Array:
    for _ in range(2):
        v = v - basis.T @ (basis @ v)
    return basis.at[k].set(v / jnp.linalg.norm(v))


def eigenvalues(
    ground: Ground,
    w: Tree,
    *,
    top: int = 1,
    bottom: int = 0,
    tolerance: float = 1e-3,
    steps: int = 100,
    seed: int = 0,
    scale: Tree | None = None,
) -> Spectrum:
    r"""The largest and smallest eigenvalues of the Hessian of the training loss at w, with their vectors.

    Lanczos from a random vector, with full reorthogonalisation, until every residual
    :math:`‖Hx − λx‖ = β_m |s_m|` is at most ``tolerance`` of the largest eigenvalue in size, or for
    ``steps`` products Hv. Where a space is exhausted, it goes on from another random vector, so that all
    eigenvalues are found where ``steps`` reaches the number of parameters; of an eigenvalue that is there
    several times, earlier, one may be found.

    Parameters
    ----------
    top, bottom
        How many of each end.
    scale
        A pytree D like w: eigenvalues of D H D instead.

    Raises
    ------
    InputError
        for numbers that cannot be used, and where the Hessian at w is not finite.
    """
    start, unflat = started(w, seed)
    n = start.size
    if not whole(top, 0) or not whole(bottom, 0) or not 1 <= top + bottom <= n:
        raise InputError(
            f"The eigenvalues asked for are {shown(top)} and {shown(bottom)}, but must be whole numbers, "
            f"together from 1 to the {n:,} parameters."
        )
    if numbers([tolerance]) is None or not 0 < tolerance < 1:
        raise InputError(
            f"The tolerance is {shown(tolerance)}, but must be a number between 0 and 1."
        )
    steps = steps_of(steps, n, start.dtype.itemsize, least=top + bottom)
    basis = jnp.zeros((steps, n), start.dtype).at[0].set(start / jnp.linalg.norm(start))
    diagonal = jnp.ones(n, start.dtype) if scale is None else ravel_pytree(scale)[0]
    alphas, betas, converged = [], [], False
    values, vectors, errors = np.zeros(0), np.zeros((0, 0)), np.zeros(0)
    w = tree.placed(w)
    for k in range(steps):
        alpha, beta, basis = _extended(ground.formulas, w, ground.train, basis, k, diagonal)
        alphas.append(float(alpha))
        betas.append(float(beta))
        if not math.isfinite(alphas[-1] + betas[-1]):
            raise InputError("The Hessian is not finite at this point: choose another.")
        values, vectors = np.linalg.eigh(matrix(alphas, betas))
        largest = float(np.abs(values).max())
        exhausted = betas[-1] <= 10 * rounding(largest, n, start.dtype)
        if exhausted:
            betas[-1] = 0.0
        errors = betas[-1] * np.abs(vectors[-1])
        chosen = _chosen(len(values), top, bottom)
        enough = len(values) >= top + bottom
        converged = bool(enough and (errors[chosen] <= tolerance * largest).all())
        if converged and not exhausted:
            break
        if exhausted and k + 1 < steps:
            another = jax.random.normal(key_for(seed, f"lanczos/{k}"), (n,), start.dtype)
            basis = _fresh(basis, k + 1, another)
    made = np.asarray(basis[: len(values)], np.float64)
    chosen = _chosen(len(values), top, bottom)
    trees = [unflat(jnp.asarray(_pointed(vectors[:, i] @ made), start.dtype)) for i in chosen]
    errors = errors + rounding(np.abs(values).max(), n, start.dtype)
    return Spectrum(
        values[chosen[:top]], values[chosen[top:]], errors[chosen[:top]], errors[chosen[top:]],
        tuple(trees[:top]), tuple(trees[top:]), len(values), converged,
    )  # fmt: skip


def _chosen(n: int, top: int, bottom: int) -> list[int]:
    """Places of the largest first, then of the smallest, among n rising values."""
    return [*range(n - 1, max(n - 1 - top, -1), -1), *range(min(bottom, n))]


def _pointed(x: np.ndarray) -> np.ndarray:
    """A unit vector whose largest number is positive, so that its sign is no chance."""
    x = x / np.linalg.norm(x)
    return x if x[np.argmax(np.abs(x))] > 0 else -x


@partial(jax.jit, static_argnums=(0, 4))
def _quadratic_forms(formulas: Formulas, w: Tree, given: Given, key: jax.Array, samples: int):
    product = hessian_of(formulas, given, w)
    flat, _ = ravel_pytree(w)

    def one(key: jax.Array) -> jax.Array:
        z = jax.random.rademacher(key, flat.shape, flat.dtype)
        return z @ product(z)

    return jax.lax.map(one, jax.random.split(key, samples))


def trace(ground: Ground, w: Tree, *, samples: int = 100, seed: int = 0) -> Trace:
    r"""tr H of the training loss at w: the mean of :math:`z^T H z` over random signs z.

    Source: Hutchinson (1989). Its standard deviation is :math:`\sqrt{2(‖H‖_F^2 - \sum_i H_{ii}^2)}` a sample:
    it is exact where H is diagonal.

    Raises
    ------
    InputError
        for what is no number of samples.
    """
    if not whole(samples):
        raise InputError(f"The samples are {shown(samples)}, but must be a whole number from 1.")
    w = tree.placed(w)
    key = key_for(seed, "trace")
    found = np.asarray(_quadratic_forms(ground.formulas, w, ground.train, key, int(samples)))
    wide = found.astype(float)
    error = wide.std(ddof=1) / math.sqrt(len(wide)) if len(wide) > 1 else math.inf
    return Trace(float(wide.mean()), float(error), wide)


@partial(jax.jit, static_argnums=(0, 4))
def _tridiagonals(formulas: Formulas, w: Tree, given: Given, starts: jax.Array, steps: int):
    product = hessian_of(formulas, given, w)
    return jax.lax.map(lambda start: tridiagonal(product, start, steps), starts)


def density(
    ground: Ground,
    w: Tree,
    *,
    probes: int = 10,
    steps: int = 80,
    width: float = 0.01,
    seed: int = 0,
) -> Density:
    r"""How the Hessian's eigenvalues are spread, by stochastic Lanczos quadrature.

    .. math:: φ(x) = \frac1p \sum_{j=1}^{p} \sum_i τ_{ij}\, N(x;\, θ_{ij},\, σ^2)

    where θ are the eigenvalues of each probe's tridiagonal matrix and τ the squares of their vectors' first
    numbers. Source: Ghorbani, Krishnan & Xiao (2019). σ is ``width`` of the whole range of θ.

    Raises
    ------
    InputError
        for numbers that cannot be used, and where the Hessian at w is not finite.
    """
    if not whole(probes):
        raise InputError(f"The probes are {shown(probes)}, but must be a whole number from 1.")
    if numbers([width]) is None or not 0 < width <= 1:
        raise InputError(f"The width is {shown(width)}, but must be a share of the range, as 0.01.")
    start, _ = started(w, seed)
    n = len(start)
    steps = steps_of(steps, n, start.dtype.itemsize)
    starts = jax.random.normal(key_for(seed, "density"), (int(probes), n), start.dtype)
    w = tree.placed(w)
    found = _tridiagonals(ground.formulas, w, ground.train, starts, steps)
    alpha, beta = (np.asarray(x, float) for x in found)
    if not np.isfinite(alpha + beta).all():
        raise InputError("The Hessian is not finite at this point: choose another.")
    nodes, vectors = np.linalg.eigh(
        [matrix(list(a), list(b)) for a, b in zip(alpha, beta, strict=True)]
    )
    weights = vectors[:, 0] ** 2
    seen = nodes[weights > 1e-12]
    low, high = seen.min(), seen.max()
    deviation = width * ((high - low) or abs(high) or 1.0)
    x = np.linspace(low - 4 * deviation, high + 4 * deviation, DENSITY_POINTS)
    peaks = np.exp(-(((x[:, None] - nodes.ravel()) / deviation) ** 2) / 2)
    height = peaks @ weights.ravel() / (probes * deviation * math.sqrt(2 * math.pi))
    return Density(x, height, float(deviation), nodes, weights)


def sharpness(
    ground: Ground, w: Tree, rule: Rule, s: Any = None, t: int | None = None, **options: Any
) -> Sharpness:
    r"""The largest eigenvalue at w beside the threshold that the rule declares for itself.

    On a parabola λw²/2 the rule converges where λ is below it: :meth:`uzviz.rules.Rule.threshold`. For a rule
    with a step size for each parameter it is that of :math:`P^{-1/2} H P^{-1/2}`
    (:meth:`uzviz.rules.Rule.preconditioner`), for which state and step are needed. Source: Cohen et al. (2021;
    2022).

    Parameters
    ----------
    s, t
        The rule's state after t steps; only adaptive rules need them.
    options
        Those of :func:`eigenvalues`.

    Raises
    ------
    InputError
        where an adaptive rule's state is not given.
    """
    if not isinstance(rule, Rule):
        raise InputError(f"The rule is {shown(rule)}, but must be a rule such as Adam(lr=1e-3).")
    at = rule.at(1 if t is None else t)
    threshold, scale = at.threshold(), None
    if threshold is not None and at.adaptive:
        if s is None or t is None or t < 1:
            raise InputError(
                f"{rule.title} has a step size for each parameter, so that its sharpness depends on its "
                "state: give the state s and the step t from 1."
            )
        scale = jax.tree.map(lambda p: 1 / jnp.sqrt(p), at.preconditioner(s, t))
    found = eigenvalues(ground, w, top=1, bottom=0, scale=scale, **options)
    known = None if threshold is None else float(threshold)
    return Sharpness(float(found.top[0]), float(found.top_error[0]), known)
