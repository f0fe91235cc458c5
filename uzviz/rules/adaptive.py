"""Rules with a step size for each parameter, learned from its past gradients.

Sorted by complexity. ε stands where the papers have it.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from uzviz import tree
from uzviz.hyper import hyperparameter
from uzviz.rules.base import Oracle, Params, Rule, State, rule
from uzviz.tree import each


@rule
class AdaGrad(Rule):
    r"""AdaGrad: steps shrink with the sum of squared gradients.

    .. math:: r \leftarrow r + g⊙g,\quad w \leftarrow w - α\,g/(ε+\sqrt r),\quad r_0 = 0

    Source: Duchi, Hazan & Singer (2011). PyTorch: ε = 1e-10. Optax and Keras start at
    :math:`r_0 = 0.1` with ε = 1e-7 inside the root.
    """

    title = "AdaGrad"
    memory = 1
    adaptive = True

    lr: float = hyperparameter(0.01, "(0, inf)", "step size α")
    eps: float = hyperparameter(1e-8, "[0, inf)", "ε, which keeps the division finite")

    def init(self, w: Params) -> State:
        return {"r": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        r = each(lambda r, g: r + g * g, s["r"], g)
        w = each(lambda w, g, r: w - self.lr * g / (self.eps + jnp.sqrt(r)), w, g, r)
        return w, {"r": r}, loss

    def threshold(self):
        """2/α, of the preconditioned curvature: a step is 1 − αλ/P."""
        return 2 / self.lr

    def preconditioner(self, s: State, t):
        return each(lambda r: self.eps + jnp.sqrt(r), s["r"])


@rule
class AdaDelta(Rule):
    r"""AdaDelta: steps in the units of the parameters, as long as the last ones were.

    .. math::
        r \leftarrow ρr + (1-ρ)\,g⊙g,\quad
        Δ = g\,\sqrt{u + ε}/\sqrt{r + ε},\quad
        w \leftarrow w - αΔ,\quad u \leftarrow ρu + (1-ρ)\,Δ⊙Δ

    ε, inside the roots, is what lets the first step begin. Source: Zeiler (2012), algorithm 1, where
    α = 1. PyTorch and Optax do the same with ρ = 0.9, Keras with α = 0.001 and ε = 1e-7.
    """

    title = "AdaDelta"
    memory = 2

    lr: float = hyperparameter(1.0, "(0, inf)", "factor α of the step, 1 in the paper")
    rho: float = hyperparameter(0.95, "[0, 1)", "memory ρ of the squares")
    eps: float = hyperparameter(1e-6, "(0, inf)", "ε, the square of the first step's length")

    def init(self, w: Params) -> State:
        return {"r": tree.zeros(w), "u": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        r = each(lambda r, g: self.rho * r + (1 - self.rho) * g * g, s["r"], g)
        d = each(lambda g, r, u: g * jnp.sqrt((u + self.eps) / (r + self.eps)), g, r, s["u"])
        u = each(lambda u, d: self.rho * u + (1 - self.rho) * d * d, s["u"], d)
        w = each(lambda w, d: w - self.lr * d, w, d)
        return w, {"r": r, "u": u}, loss


@rule
class RMSProp(Rule):
    r"""RMSProp: AdaGrad with an average that forgets.

    .. math:: r \leftarrow ρr + (1-ρ)\,g⊙g,\quad w \leftarrow w - α\,g/(ε+\sqrt r),\quad r_0 = 0

    Source: Tieleman & Hinton (2012), lecture 6.5. PyTorch: ρ = 0.99. Optax: ρ = 0.9 with ε inside
    the root. Keras: ρ = 0.9, ε = 1e-7 inside the root.
    """

    title = "RMSProp"
    memory = 1
    adaptive = True

    lr: float = hyperparameter(0.001, "(0, inf)", "step size α")
    rho: float = hyperparameter(0.9, "[0, 1)", "memory ρ of the squared gradient")
    eps: float = hyperparameter(1e-8, "[0, inf)", "ε, which keeps the division finite")

    def init(self, w: Params) -> State:
        return {"r": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        r = each(lambda r, g: self.rho * r + (1 - self.rho) * g * g, s["r"], g)
        w = each(lambda w, g, r: w - self.lr * g / (self.eps + jnp.sqrt(r)), w, g, r)
        return w, {"r": r}, loss

    def threshold(self):
        """2/α, of the preconditioned curvature: a step is 1 − αλ/P."""
        return 2 / self.lr

    def preconditioner(self, s: State, t):
        return each(lambda r: self.eps + jnp.sqrt(r), s["r"])


@rule
class RMSPropCentred(Rule):
    r"""Centred RMSProp: divided by the gradient's deviation instead of its size.

    .. math::
        r \leftarrow ρr + (1-ρ)\,g⊙g,\quad a \leftarrow ρa + (1-ρ)\,g,\quad
        w \leftarrow w - α\,g/\sqrt{r - a⊙a + ε}

    with a variance never below 0, which rounding would make it. Source: Graves (2013), equations 38–45,
    without the momentum. Optax and Keras do the same with ρ = 0.9 and ε = 1e-8 or 1e-7; PyTorch has
    ρ = 0.99 and ε = 1e-8 outside the root.
    """

    title = "centred RMSProp"
    memory = 2
    adaptive = True

    lr: float = hyperparameter(0.001, "(0, inf)", "step size α")
    rho: float = hyperparameter(0.95, "[0, 1)", "memory ρ of the gradient and its square")
    eps: float = hyperparameter(1e-4, "(0, inf)", "ε, which keeps the division finite")

    def init(self, w: Params) -> State:
        return {"r": tree.zeros(w), "a": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        r = each(lambda r, g: self.rho * r + (1 - self.rho) * g * g, s["r"], g)
        a = each(lambda a, g: self.rho * a + (1 - self.rho) * g, s["a"], g)
        s = {"r": r, "a": a}
        w = each(lambda w, g, p: w - self.lr * g / p, w, g, self.preconditioner(s, t))
        return w, s, loss

    def threshold(self):
        """2/α, of the preconditioned curvature: a step is 1 − αλ/P."""
        return 2 / self.lr

    def preconditioner(self, s: State, t):
        def deviation(r, a):
            return jnp.sqrt(jnp.maximum(r - a * a, 0) + self.eps)

        return each(deviation, s["r"], s["a"])


@rule
class Adafactor(Rule):
    r"""Adafactor: the squares of a matrix kept as its rows' and its columns' means.

    .. math::
        β = 1 - t^{-c},\quad
        R \leftarrow βR + (1-β)\,\mathrm{mean}_{cols}(g⊙g + ε),\quad
        C \leftarrow βC + (1-β)\,\mathrm{mean}_{rows}(g⊙g + ε)

    .. math::
        U = g/\sqrt{RC^{\mathsf T}/\mathrm{mean}(R)},\quad
        w \leftarrow w - α\,\max(10^{-3}, \mathrm{rms}(w))\;U/\max(1, \mathrm{rms}(U)/d)

    for the last two axes of a tensor, those before them side by side; a vector's squares are kept whole.
    α is relative to the size of each tensor, and constant unless on a schedule. Source: Shazeer &
    Stern (2018), algorithms 4 and 5, where α is min(0.01, 1/√t). Optax does the same where both axes
    are 128 long or more, with its memory's powers in float32; PyTorch and Keras take the paper's α, and
    PyTorch bounds the products from below instead of adding ε.
    """

    title = "Adafactor"
    memory = None

    lr: float = hyperparameter(0.01, "(0, inf)", "step size α relative to the parameters' size")
    c: float = hyperparameter(0.8, "(0, 1]", "exponent c by which the squares' memory grows")
    clip: float = hyperparameter(1.0, "(0, inf)", "largest size d of an update before α")
    eps: float = hyperparameter(1e-30, "(0, inf)", "ε, added to the squares")

    def numbers(self, shape: tuple[int, ...]) -> int:
        """A row's and a column's mean each for a matrix, one number each for a vector."""
        if len(shape) < 2:
            return math.prod(shape)
        *beside, rows, columns = shape
        return math.prod(beside) * (rows + columns)

    def init(self, w: Params) -> State:
        rows = jax.tree.map(
            lambda x: jnp.zeros(x.shape[:-1] if x.ndim > 1 else x.shape, x.dtype), w
        )
        columns = jax.tree.map(
            lambda x: jnp.zeros((*x.shape[:-2], x.shape[-1]) if x.ndim > 1 else (0,), x.dtype), w
        )
        return {"R": rows, "C": columns}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        beta = 1 - t ** (-self.c)

        def mean_of(axis: int):
            def update(old, g):
                if g.ndim < 2 and axis == -2:
                    return old
                new = self.squares(g)
                if g.ndim > 1:
                    new = new.sum(axis) / max(g.shape[axis], 1)
                return beta * old + (1 - beta) * new

            return update

        rows, columns = each(mean_of(-1), s["R"], g), each(mean_of(-2), s["C"], g)
        moved = partial(self.moved, self.rate(t))
        return each(moved, w, g, rows, columns), {"R": rows, "C": columns}, loss

    def rate(self, t: Any) -> Any:
        """α at step t."""
        return self.lr

    def squares(self, g: Any) -> Any:
        """What is averaged."""
        return g * g + self.eps

    def scaled(self, g: Any, rows: Any, columns: Any) -> Any:
        """A gradient over the root of its averaged squares."""
        if g.ndim < 2:
            return g / jnp.sqrt(rows)
        share = rows / rows.mean(-1, keepdims=True)
        return g / jnp.sqrt(share)[..., None] / jnp.sqrt(columns)[..., None, :]

    def moved(self, rate: Any, w: Any, g: Any, rows: Any, columns: Any) -> Any:
        """A tensor after its step."""
        if not w.size:
            return w
        u = self.scaled(g, rows, columns)
        size = jnp.maximum(jnp.sqrt((w * w).mean()), 1e-3)
        return w - rate * size * u / jnp.maximum(1, jnp.sqrt((u * u).mean()) / self.clip)
