"""Rules that know a matrix from a vector: they look at the gradient's directions, and not at each number.

Sorted by complexity. What a rule does with vectors and scalars is said by each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from uzviz import tree
from uzviz.hyper import hyperparameter
from uzviz.rules.base import Oracle, Params, Rule, State, rule
from uzviz.tree import each

QUINTIC = (3.4445, -4.7750, 2.0315)
"""Coefficients of Muon's iteration, which lift small singular values as fast as they can."""
ITERATIONS = 5
"""Of Muon."""
EVERY = 10
"""Steps from one decomposition of Shampoo's and SOAP's matrices to the next."""


def orthogonal(g: jax.Array) -> jax.Array:
    """A matrix with g's singular vectors and singular values from about .7 to 1.2, by five steps of a
    polynomial, so that no decomposition is needed."""
    tall = g.shape[0] > g.shape[1]
    x = (g.T if tall else g) / jnp.maximum(jnp.sqrt(jnp.vdot(g, g)), 1e-7)
    a, b, c = QUINTIC
    for _ in range(ITERATIONS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x


@rule
class Muon(Rule):
    r"""Muon: momentum made orthogonal, so that every direction of a matrix is learned alike.

    .. math::
        m \leftarrow βm + (1-β)\,g,\quad
        w \leftarrow w - α\Bigl(\sqrt{\max(1, r/c)}\;\mathrm{orth}\bigl(βm + (1-β)\,g\bigr) + λw\Bigr)

    for matrices of r rows and c columns, weights stored as (out, in); orth(UΣVᵀ) is near UVᵀ, by five steps
    of 3.4445 x − 4.775 x³ + 2.0315 x⁵. A tensor of more axes is a matrix of its first axis and the rest;
    vectors and scalars take AdamW with the step size σα. Source: Jordan et al. (2024). PyTorch does the
    same in bfloat16, for matrices alone and with λ = 0.1; Optax corrects m for its start at 0, which the
    scaling all but undoes, and takes its weights as (in, out), Keras too.
    """

    title = "Muon"
    memory = None

    lr: float = hyperparameter(0.02, "(0, inf)", "step size α of matrices")
    beta: float = hyperparameter(0.95, "[0, 1)", "momentum β of matrices")
    decay: float = hyperparameter(0.0, "[0, inf)", "decay λ of the weights")
    share: float = hyperparameter(0.015, "(0, inf)", "step size of what is no matrix, over α")
    b1: float = hyperparameter(0.9, "[0, 1)", "memory β₁ of the gradient of what is no matrix")
    b2: float = hyperparameter(0.999, "[0, 1)", "memory β₂ of its square")
    eps: float = hyperparameter(1e-8, "[0, inf)", "ε, which keeps its division finite")

    def numbers(self, shape: tuple[int, ...]) -> int:
        """One number for a matrix's parameter, two for another's."""
        return math.prod(shape) * (1 if len(shape) > 1 else 2)

    def init(self, w: Params) -> State:
        squares = jax.tree.map(lambda x: jnp.zeros(x.shape if x.ndim < 2 else (0,), x.dtype), w)
        return {"m": tree.zeros(w), "v": squares}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)

        def average(m, g):
            beta = self.b1 if g.ndim < 2 else self.beta
            return beta * m + (1 - beta) * g

        def squares(v, g):
            return v if g.ndim > 1 else self.b2 * v + (1 - self.b2) * g * g

        m, v = each(average, s["m"], g), each(squares, s["v"], g)
        root = jnp.sqrt(1 - self.b2**t)
        first = root / (1 - self.b1**t)

        def update(w, m, v, g):
            if w.ndim < 2:
                u = first * m / (self.eps * root + jnp.sqrt(v))
                return w - self.lr * self.share * (u + self.decay * w)
            if not w.size:
                return w
            u = self.beta * m + (1 - self.beta) * g
            u = orthogonal(u.reshape(len(u), -1))
            scale = max(1, u.shape[0] / u.shape[1]) ** 0.5
            return w - self.lr * (scale * u.reshape(w.shape) + self.decay * w)

        return each(update, w, m, v, g), {"m": m, "v": v}, loss


def sides(shape: Sequence[int]) -> tuple[int, ...]:
    """The axes of a tensor that have a matrix each: all of a matrix or more, none of a vector."""
    return tuple(shape) if len(shape) > 1 and math.prod(shape) else ()


def one_by_one(decompose: Callable[[jax.Array], Any]) -> Callable[[jax.Array], Any]:
    """A decomposition that takes the matrices of lanes one after the other on a CPU.

    JAX's kernels there hand the pieces of a batch to XLA's threads and wait for them in one of these: two batches at once,
    of two programs or of two weights, wait for each other for ever on as many threads (seen with JAX 0.10.2).
    """
    alone = jax.custom_batching.sequential_vmap(decompose)
    return lambda x: alone(x) if jax.default_backend() == "cpu" else decompose(x)


eigh = one_by_one(lambda x: tuple(jnp.linalg.eigh(x)))
orthonormal = one_by_one(lambda x: jnp.linalg.qr(x)[0])


def squared(g: jax.Array, axis: int) -> jax.Array:
    """What each two slices along an axis have in common: GGᵀ for a matrix's first axis."""
    flat = jnp.moveaxis(g, axis, 0).reshape(g.shape[axis], -1)
    return flat @ flat.T


def turned(g: jax.Array, matrices: Sequence[jax.Array]) -> jax.Array:
    """A tensor with each of its axes multiplied by the matrix of that axis, [new, old]."""
    for axis, matrix in enumerate(matrices):
        g = jnp.moveaxis(jnp.tensordot(matrix, g, (1, axis)), 0, axis)
    return g


def leaves_of(form: Params, per_leaf: Sequence[Any]) -> list[Params]:
    """What was made for each leaf, one tree for each of its parts."""
    return [jax.tree.unflatten(jax.tree.structure(form), x) for x in zip(*per_leaf, strict=True)]


@rule
class Shampoo(Rule):
    r"""Shampoo: AdaGrad with a matrix for each side of a tensor in place of a number for each parameter.

    .. math::
        L \leftarrow L + GG^{\mathsf T},\quad R \leftarrow R + G^{\mathsf T}G,\quad
        w \leftarrow w - α\,L^{-1/4}\,G\,R^{-1/4},\quad L_0 = εI,\; R_0 = εI

    A tensor of k axes has k matrices and their roots −1/(2k); vectors and scalars take AdaGrad, which the
    diagonal of their one matrix is. Roots are taken at the first step and every tenth after it, from sums
    kept in float32 at least. Source: Gupta, Koren & Singer (2018), algorithms 1 and 2, where roots are
    taken at each step. PyTorch, Optax and Keras have none.
    """

    title = "Shampoo"
    memory = None

    lr: float = hyperparameter(0.1, "(0, inf)", "step size α")
    eps: float = hyperparameter(1e-4, "(0, inf)", "ε, which the sums begin at")

    def numbers(self, shape: tuple[int, ...]) -> int:
        """A sum and a root, as wide as the axis, for each axis; of a vector, AdaGrad's sum."""
        return sum(2 * n * n for n in sides(shape)) or math.prod(shape)

    def init(self, w: Params) -> State:
        def sums(x: jax.Array) -> tuple[jax.Array, ...]:
            kind = jnp.promote_types(x.dtype, jnp.float32)
            matrices = tuple(jnp.zeros((n, n), kind) for n in sides(x.shape))
            return matrices or (jnp.zeros_like(x),)

        def roots(x: jax.Array) -> tuple[jax.Array, ...]:
            kind = jnp.promote_types(x.dtype, jnp.float32)
            return tuple(jnp.zeros((n, n), kind) for n in sides(x.shape))

        return {"sums": jax.tree.map(sums, w), "roots": jax.tree.map(roots, w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        form = jax.tree.structure(w)
        found = [
            self._leaf(x, g, sums, roots, t)
            for x, g, sums, roots in zip(
                jax.tree.leaves(w), jax.tree.leaves(g),
                form.flatten_up_to(s["sums"]), form.flatten_up_to(s["roots"]), strict=True,
            )
        ]  # fmt: skip
        w, sums, roots = leaves_of(w, found)
        return w, {"sums": sums, "roots": roots}, loss

    def _leaf(self, w, g, sums, roots, t):
        """A tensor, its sums and its roots after a step."""
        if not roots:
            (r,) = sums
            r = (r + g * g).astype(r.dtype)
            return (w - self.lr * g / jnp.sqrt(self.eps + r)).astype(w.dtype), (r,), ()
        wide = g.astype(sums[0].dtype)
        sums = tuple(m + squared(wide, axis) for axis, m in enumerate(sums))

        def root(matrix: jax.Array) -> jax.Array:
            # Rounding makes eigenvalues of 0 slightly negative.
            values, vectors = eigh(matrix)
            powers = (jnp.maximum(values, 0) + self.eps) ** (-0.5 / w.ndim)
            return ((vectors * powers) @ vectors.T).astype(matrix.dtype)

        roots = jax.lax.cond(
            (t - 1) % EVERY == 0, lambda: tuple(map(root, sums)), lambda: tuple(roots)
        )
        return (w - self.lr * turned(wide, roots)).astype(w.dtype), sums, roots
