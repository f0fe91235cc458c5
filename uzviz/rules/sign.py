"""Rules that take of the gradient, or of an average of it, the sign alone.

Sorted by complexity.
"""

from __future__ import annotations

import jax.numpy as jnp

from uzviz import tree
from uzviz.hyper import hyperparameter
from uzviz.rules.base import Oracle, Params, Rule, State, rule
from uzviz.tree import each


@rule
class SignDescent(Rule):
    r"""Sign descent: :math:`w \leftarrow w - α\,\mathrm{sign}(g)`, where the sign of 0 is 0.

    Source: Bernstein et al. (2018), algorithm 1. Optax does the same (`sign_sgd`); PyTorch and Keras have
    none.
    """

    title = "sign descent"
    memory = 0

    lr: float = hyperparameter(0.001, "(0, inf)", "step size α")

    def init(self, w: Params) -> State:
        return {}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        return each(lambda w, g: w - self.lr * jnp.sign(g), w, g), s, loss


@rule
class Lion(Rule):
    r"""Lion: the sign of an average that weighs the newest gradient more than the one that is kept.

    .. math::
        w \leftarrow w - α\bigl(\mathrm{sign}(β_1 m + (1-β_1)\,g) + λw\bigr),\quad
        m \leftarrow β_2 m + (1-β_2)\,g

    Source: Chen et al. (2023), algorithm 2. Optax does the same with λ = 0.001, Keras without decay;
    PyTorch has none.
    """

    title = "Lion"
    memory = 1

    lr: float = hyperparameter(1e-4, "(0, inf)", "step size α")
    b1: float = hyperparameter(0.9, "[0, 1)", "weight β₁ of the average in a step")
    b2: float = hyperparameter(0.99, "[0, 1)", "memory β₂ of the gradient")
    decay: float = hyperparameter(0.0, "[0, inf)", "decay λ of the weights")

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)

        def update(w, m, g):
            sign = jnp.sign(self.b1 * m + (1 - self.b1) * g)
            return w - self.lr * (sign + self.decay * w)

        w = each(update, w, s["m"], g)
        m = each(lambda m, g: self.b2 * m + (1 - self.b2) * g, s["m"], g)
        return w, {"m": m}, loss


@rule
class Rprop(Rule):
    r"""Rprop: each step grows while the sign of its gradient stays, and shrinks when it changes.

    .. math::
        Δ \leftarrow \mathrm{clip}\bigl(Δ\,\{η_+, 1, η_-\}, Δ_{min}, Δ_{max}\bigr)
        \ \text{ by the sign of } g⊙g_{t-1},\quad w \leftarrow w - Δ\,\mathrm{sign}(g)

    where the sign has changed, the gradient counts as 0, in this step and the next. It is for full batches: a
    gradient's noise changes signs too. α is the first step. Source: Riedmiller & Braun (1993), without
    stepping back, after Igel & Hüsken (2000), "iRprop⁻". PyTorch does the same; Optax makes each step one
    call late; Keras has none.
    """

    title = "Rprop"
    memory = 2

    lr: float = hyperparameter(0.01, "(0, inf)", "first step α")
    minus: float = hyperparameter(0.5, "(0, 1)", "factor η₋ after a change of sign")
    plus: float = hyperparameter(1.2, "(1, inf)", "factor η₊ while the sign stays")
    least: float = hyperparameter(1e-6, "[0, inf)", "shortest step Δmin")
    most: float = hyperparameter(50.0, "(0, inf)", "longest step Δmax")

    def init(self, w: Params) -> State:
        return {"d": tree.zeros(w), "g": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)

        def sized(d, g, before):
            d, same = jnp.where(t > 1, d, self.lr), g * before
            factor = jnp.where(same > 0, self.plus, self.minus)
            return jnp.where(same == 0, d, jnp.clip(d * factor, self.least, self.most))

        d = each(sized, s["d"], g, s["g"])
        g = each(lambda g, before: jnp.where(g * before < 0, 0, g), g, s["g"])
        w = each(lambda w, d, g: w - d * jnp.sign(g), w, d, g)
        return w, {"d": d, "g": g}, loss
