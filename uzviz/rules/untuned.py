"""Rules that find their step size themselves: a race tries them once.

Sorted by complexity.
"""

from __future__ import annotations

import jax.numpy as jnp

from uzviz import tree
from uzviz.hyper import hyperparameter
from uzviz.rules.base import Oracle, Params, Rule, State, rule
from uzviz.tree import each

TRIES = 5
"""Step sizes that a line search tries, at most."""


@rule
class PolyakStep(Rule):
    r"""Polyak's step size: as long as a straight line would go down to the lowest loss.

    .. math:: w \leftarrow w - \min\Bigl(\frac{\max(f - f^*, 0)}{c\,‖g‖^2},\, α_{max}\Bigr)\,g

    f* has to be known, or guessed: 0 suits networks that can learn all their examples. Where g is 0,
    w stays. Source: Polyak (1987) with c = 1, Loizou et al. (2021) for batches and the bound. Optax's
    `polyak_sgd` does the same with its variant "sps+" and c = 1; PyTorch and Keras have none.
    """

    title = "Polyak's step"
    memory = 0
    tuned = None

    fmin: float = hyperparameter(0.0, "(-inf, inf)", "the lowest loss f*")
    c: float = hyperparameter(1.0, "(0, inf)", "factor c that shortens the step")
    most: float = hyperparameter(1.0, "(0, inf)", "largest step size αmax")

    def init(self, w: Params) -> State:
        return {}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        square = tree.norm(g) ** 2
        gap = jnp.maximum(loss - self.fmin, 0)
        a = jnp.minimum(gap / (self.c * jnp.where(square > 0, square, 1)), self.most)
        return each(lambda w, g: w - a * g, w, g), s, loss


@rule
class DoG(Rule):
    r"""DoG: the distance gone so far over the root of the sum of squared gradients.

    .. math::
        r \leftarrow \max\bigl(r, ‖w - w_0‖, δ\,(1+‖w_0‖)\bigr),\quad
        G \leftarrow G + ‖g‖^2,\quad w \leftarrow w - g\,r/\sqrt{G + ε}

    Its authors average the iterates besides. Source: Ivgi, Hinder & Carmon (2023), equation 1 with
    ε from their code. Optax does the same, its δ
    called `init_step`; PyTorch and Keras have none.
    """

    title = "DoG"
    memory = 1
    tuned = None

    first: float = hyperparameter(1e-6, "(0, inf)", "first distance δ, relative to 1 + ‖w₀‖")
    eps: float = hyperparameter(1e-8, "(0, inf)", "ε, which keeps the division finite")

    def init(self, w: Params) -> State:
        size = jnp.asarray(1 + tree.norm(w), jnp.zeros(()).dtype)
        return {"w0": tree.copied(w), "size": size, "r": jnp.zeros(()), "G": jnp.zeros(())}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        gone = tree.norm(each(lambda w, first: w - first, w, s["w0"]))
        least = self.first * s["size"]
        r = jnp.maximum(jnp.maximum(s["r"], gone), least).astype(s["r"].dtype)
        total = (s["G"] + tree.norm(g) ** 2).astype(s["G"].dtype)
        a = r / jnp.sqrt(total + self.eps)
        w = each(lambda w, g: w - a * g, w, g)
        return w, {**s, "r": r, "G": total}, loss


@rule
class Prodigy(Rule):
    r"""Prodigy: Adam whose step size is an estimate, from below, of the distance to the solution.

    .. math::
        m \leftarrow β_1 m + (1-β_1)\,dg,\quad v \leftarrow β_2 v + (1-β_2)\,d^2\,g⊙g,\quad
        r \leftarrow \sqrt{β_2}\,r + d^2 α\,⟨g, w_0 - w⟩/d_0

    .. math::
        s \leftarrow \sqrt{β_2}\,s + d^2 α\,g/d_0,\quad d' = \max(d, r/‖s‖_1),\quad
        w \leftarrow w - dα\,\bigl(m/(d'ε+\sqrt v) + λw\bigr)

    with :math:`d'` the next step's d. α stays 1, or is put on a schedule that falls from 1. While g is 0,
    w stays. Source: Mishchenko & Defazio (2024), algorithm 4, with the d₀ of their code. Optax corrects m
    and v for their start; PyTorch and Keras have none.
    """

    title = "Prodigy"
    memory = 4
    tuned = None

    lr: float = hyperparameter(1.0, "(0, inf)", "factor α of the step")
    b1: float = hyperparameter(0.9, "[0, 1)", "memory β₁ of the gradient")
    b2: float = hyperparameter(0.999, "[0, 1)", "memory β₂ of the squared gradient")
    d0: float = hyperparameter(1e-6, "(0, inf)", "first distance d₀")
    eps: float = hyperparameter(1e-8, "(0, inf)", "ε, which keeps the division finite")
    decay: float = hyperparameter(0.0, "[0, inf)", "decay λ of the weights")

    def init(self, w: Params) -> State:
        trees = {name: tree.zeros(w) for name in "mvs"}
        return {"w0": tree.copied(w), **trees, "d": jnp.zeros(()), "r": jnp.zeros(())}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        d, b3 = jnp.maximum(s["d"], self.d0), jnp.sqrt(self.b2)
        a, grown = self.lr * d, d / self.d0
        m = each(lambda m, g: self.b1 * m + (1 - self.b1) * d * g, s["m"], g)
        v = each(lambda v, g: self.b2 * v + (1 - self.b2) * (d * g) ** 2, s["v"], g)
        total = each(lambda s, g: b3 * s + grown * a * g, s["s"], g)
        way = tree.dot(g, each(lambda first, w: first - w, s["w0"], w))
        r, size = b3 * s["r"] + grown * a * way, tree.absolute(total)
        further = jnp.maximum(d, jnp.where(size > 0, r / jnp.where(size > 0, size, 1), d))

        def update(w, m, v):
            return w - a * (m / (further * self.eps + jnp.sqrt(v)) + self.decay * w)

        w = each(update, w, m, v)
        kept = {"w0": s["w0"], "m": m, "v": v, "s": total}
        return w, {**kept, "d": further.astype(s["d"].dtype), "r": r.astype(s["r"].dtype)}, loss


@rule
class Armijo(Rule):
    r"""Gradient descent with a line search: the step is halved until the loss falls enough.

    .. math:: f(w - αg) \le f(w) - c\,α\,‖g‖^2

    on the batch at hand. α begins at the largest allowed, later at twice the last one; after five tries that
    fail w stays, and the next step goes on from there. Six gradients a step are counted, since an oracle
    gives loss and gradient together. Source: Armijo (1966), Vaswani et al. (2019) for batches. Optax's
    `scale_by_backtracking_linesearch` loops until it succeeds; PyTorch and Keras have none.
    """

    title = "Armijo"
    memory = 0
    gradients = 1 + TRIES
    tuned = None

    most: float = hyperparameter(1.0, "(0, inf)", "largest step size α")
    c: float = hyperparameter(0.1, "(0, 1)", "share c of the fall along the tangent")
    shrink: float = hyperparameter(0.5, "(0, 1)", "factor from one try to the next")

    def init(self, w: Params) -> State:
        return {"a": jnp.zeros(())}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        square = tree.norm(g) ** 2
        tried = jnp.where(s["a"] > 0, jnp.minimum(s["a"] / self.shrink, self.most), self.most)
        step = jnp.zeros_like(tried)
        for _ in range(TRIES):
            below, _ = f(self._moved(w, g, tried))
            enough = below <= loss - self.c * tried * square
            step = jnp.where((step == 0) & enough, tried, step)
            tried = tried * self.shrink
        last = jnp.where(step > 0, step, tried * self.shrink).astype(s["a"].dtype)
        return self._moved(w, g, step), {"a": last}, loss

    def _moved(self, w: Params, g: Params, a) -> Params:
        return each(lambda w, g: w - a * g, w, g)
