"""Adam and what comes close to it: an average of the gradient over the root of one of its squares.

Sorted by complexity. ε stands outside the root in all of them, as in the papers.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from uzviz import tree
from uzviz.hyper import hyperparameter
from uzviz.rules.base import Oracle, Params, Rule, State, rule
from uzviz.tree import each


def moments(b1, b2, s: State, g: Params) -> tuple[Params, Params]:
    """Running averages of the gradient, m, and of its square, v."""
    m = each(lambda m, g: b1 * m + (1 - b1) * g, s["m"], g)
    v = each(lambda v, g: b2 * v + (1 - b2) * g * g, s["v"], g)
    return m, v


def corrected(rule: Any, t: Any) -> tuple[Any, Any]:
    r"""The corrections of m and v, taken out of every element into α and ε.

    :math:`α\hat m/(ε+\sqrt{\hat v}) = α_t\,m/(ε_t+\sqrt v)` with
    :math:`α_t = α\sqrt{1-β_2^t}/(1-β_1^t)` and :math:`ε_t = ε\sqrt{1-β_2^t}`: a tenth faster.
    Source: Kingma & Ba (2015), end of section 2.
    """
    root = jnp.sqrt(1 - rule.b2**t)
    return rule.lr * root / (1 - rule.b1**t), rule.eps * root


def unbiased(average: Params, memory: Any, t: Any) -> Params:
    r"""An average as it would be without the zero that it began at: :math:`\hat m = m/(1-β^t)`."""
    return each(lambda m: m / (1 - memory**t), average)


def averaged_threshold(rule: Any) -> Any:
    """2(1 + β₁)/((1 − β₁)α), of the preconditioned curvature: the heavy ball's whose gradient is averaged.
    Source: Cohen et al. (2022)."""
    return 2 * (1 + rule.b1) / ((1 - rule.b1) * rule.lr)


@rule
class AdamUncorrected(Rule):
    r"""Adam as its failure is proved: without correction of the start.

    .. math::
        m \leftarrow β_1 m + (1-β_1)\,g,\quad v \leftarrow β_2 v + (1-β_2)\,g⊙g,\quad
        w \leftarrow w - α\,m/(ε+\sqrt v)

    Source: Reddi, Kale & Kumar (2018), algorithm 1, where ε = 0. PyTorch, Optax and Keras always
    correct.
    """

    title = "Adam without correction"
    memory = 2
    adaptive = True

    lr: float = hyperparameter(0.001, "(0, inf)", "step size α")
    b1: float = hyperparameter(0.9, "[0, 1)", "memory β₁ of the gradient")
    b2: float = hyperparameter(0.999, "[0, 1)", "memory β₂ of the squared gradient")
    eps: float = hyperparameter(1e-8, "[0, inf)", "ε, which keeps the division finite")

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m, v = moments(self.b1, self.b2, s, g)
        w = each(lambda w, m, v: w - self.lr * m / (self.eps + jnp.sqrt(v)), w, m, v)
        return w, {"m": m, "v": v}, loss

    def threshold(self):
        return averaged_threshold(self)

    def preconditioner(self, s: State, t):
        return each(lambda v: self.eps + jnp.sqrt(v), s["v"])


@rule
class Adam(Rule):
    r"""Adam: momentum and RMSProp, both corrected for their start at zero.

    .. math::
        m \leftarrow β_1 m + (1-β_1)\,g,\quad v \leftarrow β_2 v + (1-β_2)\,g⊙g,\quad
        w \leftarrow w - α\,\hat m/(ε+\sqrt{\hat v})

    with :math:`\hat m = m/(1-β_1^t)`, :math:`\hat v = v/(1-β_2^t)`, t from 1. Source: Kingma & Ba
    (2015). PyTorch and Optax do the same. Keras has ε = 1e-7 and divides by
    :math:`\sqrt v + ε` before the correction.
    """

    title = "Adam"
    memory = 2
    adaptive = True

    lr: float = hyperparameter(0.001, "(0, inf)", "step size α")
    b1: float = hyperparameter(0.9, "[0, 1)", "memory β₁ of the gradient")
    b2: float = hyperparameter(0.999, "[0, 1)", "memory β₂ of the squared gradient")
    eps: float = hyperparameter(1e-8, "[0, inf)", "ε, which keeps the division finite")

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m, v = moments(self.b1, self.b2, s, g)
        a, eps = corrected(self, t)
        w = each(lambda w, m, v: w - a * m / (eps + jnp.sqrt(v)), w, m, v)
        return w, {"m": m, "v": v}, loss

    def threshold(self):
        return averaged_threshold(self)

    def preconditioner(self, s: State, t):
        """(1 − β₁ᵗ)(ε + √v̂), so that w ← w − α P⁻¹ m."""
        a, eps = corrected(self, t)
        return each(lambda v: (eps + jnp.sqrt(v)) * self.lr / a, s["v"])


@rule
class AMSGrad(Rule):
    r"""AMSGrad: Adam whose step sizes never grow.

    .. math::
        \hat v \leftarrow \max(\hat v, v),\quad w \leftarrow w - α\,m/(ε+\sqrt{\hat v})

    with m and v as in Adam and, as in the paper, no correction of the start. Source: Reddi, Kale
    & Kumar (2018). PyTorch and Keras correct both after the maximum of the uncorrected v; Optax
    takes the maximum of the corrected v.
    """

    title = "AMSGrad"
    memory = 3
    adaptive = True

    lr: float = hyperparameter(0.001, "(0, inf)", "step size α")
    b1: float = hyperparameter(0.9, "[0, 1)", "memory β₁ of the gradient")
    b2: float = hyperparameter(0.999, "[0, 1)", "memory β₂ of the squared gradient")
    eps: float = hyperparameter(1e-8, "[0, inf)", "ε, which keeps the division finite")

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w), "vmax": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m, v = moments(self.b1, self.b2, s, g)
        vmax = each(jnp.maximum, s["vmax"], v)
        w = each(lambda w, m, v: w - self.lr * m / (self.eps + jnp.sqrt(v)), w, m, vmax)
        return w, {"m": m, "v": v, "vmax": vmax}, loss

    def threshold(self):
        return averaged_threshold(self)

    def preconditioner(self, s: State, t):
        return each(lambda v: self.eps + jnp.sqrt(v), s["vmax"])


@rule
class AdamW(Rule):
    r"""AdamW: Adam with the weights' decay kept out of the averages.

    .. math:: w \leftarrow w - α\bigl(\hat m/(ε+\sqrt{\hat v}) + λw\bigr)

    with :math:`\hat m, \hat v` as in Adam. Source: Loshchilov & Hutter (2019). PyTorch: the same,
    λ = 0.01. Optax: λ = 1e-4. Keras: λ = 0.004, ε = 1e-7.
    """

    title = "AdamW"
    memory = 2

    lr: float = hyperparameter(0.001, "(0, inf)", "step size α")
    b1: float = hyperparameter(0.9, "[0, 1)", "memory β₁ of the gradient")
    b2: float = hyperparameter(0.999, "[0, 1)", "memory β₂ of the squared gradient")
    eps: float = hyperparameter(1e-8, "[0, inf)", "ε, which keeps the division finite")
    decay: float = hyperparameter(0.01, "[0, inf)", "decay λ of the weights")

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m, v = moments(self.b1, self.b2, s, g)
        a, eps = corrected(self, t)

        def update(w, m, v):
            return w - a * m / (eps + jnp.sqrt(v)) - self.lr * self.decay * w

        return each(update, w, m, v), {"m": m, "v": v}, loss
