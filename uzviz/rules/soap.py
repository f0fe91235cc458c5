"""SOAP, which keeps Shampoo's matrices and divides as Adam does."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp

from uzviz import tree
from uzviz.hyper import hyperparameter
from uzviz.rules.base import Oracle, Params, Rule, State, rule
from uzviz.rules.matrix import EVERY, eigh, leaves_of, orthonormal, sides, squared, turned


@rule
class SOAP(Rule):
    r"""SOAP: Adam along the axes in which Shampoo's matrices are diagonal.

    .. math::
        L \leftarrow β_2 L + (1-β_2)\,GG^{\mathsf T},\quad
        R \leftarrow β_2 R + (1-β_2)\,G^{\mathsf T}G,\quad
        m \leftarrow β_1 m + (1-β_1)\,G

    .. math::
        v \leftarrow β_2 v + (1-β_2)\,G'⊙G',\quad
        w \leftarrow w - α_t\,Q_L\,\frac{m'}{ε+\sqrt v}\,Q_R^{\mathsf T},\quad
        x' = Q_L^{\mathsf T}\,x\,Q_R

    with :math:`α_t = α\sqrt{1-β_2^{t-1}}/(1-β_1^{t-1})`, so that ε is less than Adam's at the beginning.
    The first step moves nothing: its gradient gives the first axes, by a decomposition. Every tenth step ends
    with new ones, by one iteration (a product and a QR decomposition), sorted by their eigenvalues. A
    tensor of k axes has k matrices; vectors and scalars take Adam. Matrices are kept in float32 at least.
    Source: Vyas et al. (2025), algorithm 3, with the first step, the sorting and the corrections of the
    authors' code. PyTorch, Optax and Keras have none.
    """

    title = "SOAP"
    memory = None

    lr: float = hyperparameter(0.003, "(0, inf)", "step size α")
    b1: float = hyperparameter(0.95, "[0, 1)", "memory β₁ of the gradient")
    b2: float = hyperparameter(0.95, "[0, 1)", "memory β₂ of squares and matrices")
    eps: float = hyperparameter(1e-8, "(0, inf)", "ε, which keeps the division finite")

    def numbers(self, shape: tuple[int, ...]) -> int:
        """Adam's two a parameter, and for each axis of a matrix two matrices as wide."""
        return 2 * math.prod(shape) + sum(2 * n * n for n in sides(shape))

    def init(self, w: Params) -> State:
        def matrices(x: jax.Array) -> tuple[jax.Array, ...]:
            kind = jnp.promote_types(x.dtype, jnp.float32)
            return tuple(jnp.zeros((n, n), kind) for n in sides(x.shape))

        trees = {"m": tree.zeros(w), "v": tree.zeros(w)}
        return {**trees, "sums": jax.tree.map(matrices, w), "axes": jax.tree.map(matrices, w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        form = jax.tree.structure(w)
        found = [
            self._leaf(t, *leaf)
            for leaf in zip(
                *map(jax.tree.leaves, (w, g, s["m"], s["v"])),
                form.flatten_up_to(s["sums"]), form.flatten_up_to(s["axes"]), strict=True,
            )
        ]  # fmt: skip
        w, m, v, sums, axes = leaves_of(w, found)
        return w, {"m": m, "v": v, "sums": sums, "axes": axes}, loss

    def _leaf(self, t, w, g, m, v, sums, axes):
        """A tensor, its averages, its matrices and its axes after a step."""
        moved = jnp.where(t > 1, 1.0, 0.0)
        seen = jnp.maximum(t - 1, 1)
        scale = self.lr * jnp.sqrt(1 - self.b2**seen) / (1 - self.b1**seen)
        back = [q.T for q in axes]
        after = self.b1 * m + moved * (1 - self.b1) * g
        squares = self.b2 * v + moved * (1 - self.b2) * turned(g, back) ** 2
        u = turned(after, back) / (self.eps + jnp.sqrt(squares))
        w = (w - moved * scale * turned(u, axes)).astype(w.dtype)
        m, v = after.astype(m.dtype), squares.astype(v.dtype)
        if not axes:
            return w, m, v, sums, axes
        wide = g.astype(sums[0].dtype)
        sums = tuple(
            self.b2 * x + (1 - self.b2) * squared(wide, axis) for axis, x in enumerate(sums)
        )
        now = jnp.where(t == 1, 1, jnp.where((t - 1) % EVERY == 0, 2, 0))
        axes, v = jax.lax.switch(
            now,
            [lambda: (tuple(axes), v), lambda: (first(sums), v), lambda: next_of(sums, axes, v)],
        )
        return w, m, v, sums, axes


def first(sums: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
    """The eigenvectors of each matrix, those of the largest eigenvalues first."""
    return tuple(eigh(x)[1][:, ::-1] for x in sums)


def next_of(
    sums: tuple[jax.Array, ...], axes: tuple[jax.Array, ...], v: jax.Array
) -> tuple[tuple[jax.Array, ...], jax.Array]:
    """Axes nearer to the eigenvectors, and the squares in their order."""
    made = []
    for axis, (matrix, q) in enumerate(zip(sums, axes, strict=True)):
        product = matrix @ q
        order = jnp.argsort(-(q * product).sum(0))
        v = jnp.take(v, order, axis)
        made.append(orthonormal(product[:, order]))
    return tuple(made), v
