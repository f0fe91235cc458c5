"""Adam and its relatives as other libraries write them.

Sorted by complexity.
"""

from __future__ import annotations

import jax.numpy as jnp

from uzviz import tree
from uzviz.dialects.adaptive import alpha, beta1, beta2, epsilon, forgetting
from uzviz.hyper import hyperparameter
from uzviz.rules import Oracle, Params, Rule, State, rule
from uzviz.rules.adam import moments, unbiased
from uzviz.tree import each


@rule
class AdamBefore(Rule):
    r"""Adam with ε before the correction: :math:`w \leftarrow w - α_t\,m/(ε+\sqrt v) - αλw`.

    :math:`α_t = α\sqrt{1-β_2^t}/(1-β_1^t)`. Source: Keras' ``Adam`` (λ = 0) and ``AdamW``.
    """

    title, name, memory = "Adam, ε before the correction", "adam-before", 2

    lr: float = alpha(0.001)
    b1: float = beta1()
    b2: float = beta2()
    eps: float = epsilon(1e-7)
    decay: float = hyperparameter(0.0, "[0, inf)", "decay λ of the weights")

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m, v = moments(self.b1, self.b2, s, g)
        a = self.lr * jnp.sqrt(1 - self.b2**t) / (1 - self.b1**t)

        def move(w, m, v):
            return w - a * m / (jnp.sqrt(v) + self.eps) - self.lr * self.decay * w

        return each(move, w, m, v), {"m": m, "v": v}, loss


@rule
class AMSGradCorrected(Rule):
    r"""AMSGrad, corrected after the maximum: :math:`w \leftarrow w - α\,\hat m/(ε+\sqrt{\max v/(1-β_2^t)})`.

    Source: PyTorch's ``Adam`` with ``amsgrad``.
    """

    title, name, memory = "AMSGrad, corrected after", "amsgrad-after", 3

    lr: float = alpha(0.001)
    b1: float = beta1()
    b2: float = beta2()
    eps: float = epsilon(1e-8)

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w), "vmax": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m, v = moments(self.b1, self.b2, s, g)
        vmax = each(jnp.maximum, s["vmax"], v)
        up, down = unbiased(m, self.b1, t), unbiased(vmax, self.b2, t)
        w = each(lambda w, m, v: w - self.lr * m / (self.eps + jnp.sqrt(v)), w, up, down)
        return w, {"m": m, "v": v, "vmax": vmax}, loss


@rule
class AMSGradBefore(Rule):
    r"""AMSGrad with ε before the correction: :math:`w \leftarrow w - α_t\,m/(ε+\sqrt{\max v})`.

    :math:`α_t = α\sqrt{1-β_2^t}/(1-β_1^t)`. Source: Keras' ``Adam`` with ``amsgrad``.
    """

    title, name, memory = "AMSGrad, ε before the correction", "amsgrad-before", 3

    lr: float = alpha(0.001)
    b1: float = beta1()
    b2: float = beta2()
    eps: float = epsilon(1e-7)

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w), "vmax": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m, v = moments(self.b1, self.b2, s, g)
        vmax = each(jnp.maximum, s["vmax"], v)
        a = self.lr * jnp.sqrt(1 - self.b2**t) / (1 - self.b1**t)
        w = each(lambda w, m, v: w - a * m / (self.eps + jnp.sqrt(v)), w, m, vmax)
        return w, {"m": m, "v": v, "vmax": vmax}, loss


@rule
class AMSGradOfCorrected(Rule):
    r"""AMSGrad by the maximum of the corrected: :math:`w \leftarrow w - α\,\hat m/(ε+\sqrt{\max \hat v})`.

    Source: Optax's ``amsgrad``.
    """

    title, name, memory = "AMSGrad of the corrected", "amsgrad-of-corrected", 3

    lr: float = alpha(0.001)
    b1: float = beta1()
    b2: float = beta2()
    eps: float = epsilon(1e-8)

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w), "vmax": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m, v = moments(self.b1, self.b2, s, g)
        vmax = each(jnp.maximum, s["vmax"], unbiased(v, self.b2, t))
        up = unbiased(m, self.b1, t)
        w = each(lambda w, m, v: w - self.lr * m / (self.eps + jnp.sqrt(v)), w, up, vmax)
        return w, {"m": m, "v": v, "vmax": vmax}, loss


@rule
class AdamaxOutside(Rule):
    r"""Adamax, ε beside the maximum: :math:`u \leftarrow \max(β_2u, |g|),\ w \leftarrow w - α\,\hat m/(u+ε)`.

    Source: Keras' ``Adamax``.
    """

    title, name, memory = "Adamax, ε outside", "adamax-outside", 2

    lr: float = alpha(0.001)
    b1: float = beta1()
    b2: float = forgetting(0.999, "memory β₂ of the largest gradient")
    eps: float = epsilon(1e-7)

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "u": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m = each(lambda m, g: self.b1 * m + (1 - self.b1) * g, s["m"], g)
        u = each(lambda u, g: jnp.maximum(self.b2 * u, jnp.abs(g)), s["u"], g)
        a = self.lr / (1 - self.b1**t)
        return each(lambda w, m, u: w - a * m / (u + self.eps), w, m, u), {"m": m, "u": u}, loss


@rule
class NAdamScheduled(Rule):
    r"""Adam with Nesterov's momentum, which grows by a schedule.

    .. math::
        μ_t = β_1(1 - 0.96^{tψ}/2),\quad
        w \leftarrow w - \frac{α}{ε+\sqrt{\hat v}}
        \Bigl(\frac{μ_{t+1}m}{1-\prod_{i≤t+1}μ_i} + \frac{(1-μ_t)g}{1-\prod_{i≤t}μ_i}\Bigr)

    Source: Dozat (2016). PyTorch's ``NAdam``: ψ = 0.004. Keras' ``Nadam``: ψ = 1.
    """

    title, name, memory = "NAdam by a schedule", "nadam-scheduled", 2

    lr: float = alpha(0.002)
    b1: float = beta1()
    b2: float = beta2()
    eps: float = epsilon(1e-8)
    psi: float = hyperparameter(0.004, "[0, inf)", "pace ψ of the momentum's schedule")

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w), "product": jnp.ones(())}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m, v = moments(self.b1, self.b2, s, g)
        now, then = (self.b1 * (1 - 0.96 ** (i * self.psi) / 2) for i in (t, t + 1))
        product = (s["product"] * now).astype(s["product"].dtype)
        ahead, own = then / (1 - product * then), (1 - now) / (1 - product)

        def move(w, g, m, v):
            return w - self.lr * (ahead * m + own * g) / (self.eps + jnp.sqrt(v))

        w = each(move, w, g, m, unbiased(v, self.b2, t))
        return w, {"m": m, "v": v, "product": product}, loss


@rule
class NAdamDecayed(Rule):
    r"""NAdam with decay of the weights beside the step.

    .. math::
        w \leftarrow w - \frac{α}{ε+\sqrt{\hat v}}
        \Bigl(\frac{β_1m}{1-β_1^{t+1}} + \frac{(1-β_1)g}{1-β_1^t}\Bigr) - αλw

    Source: Dozat (2016), as in Optax's ``nadamw``.
    """

    title, name, memory = "NAdam with decay", "nadam-decayed", 2

    lr: float = alpha(0.001)
    b1: float = beta1()
    b2: float = beta2()
    eps: float = epsilon(1e-8)
    decay: float = hyperparameter(0.0, "[0, inf)", "decay λ of the weights")

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m, v = moments(self.b1, self.b2, s, g)
        ahead, own = self.b1 / (1 - self.b1 ** (t + 1)), (1 - self.b1) / (1 - self.b1**t)

        def move(w, g, m, v):
            step = (ahead * m + own * g) / (self.eps + jnp.sqrt(v))
            return w - self.lr * (step + self.decay * w)

        return each(move, w, g, m, unbiased(v, self.b2, t)), {"m": m, "v": v}, loss


def rectified(b2, t):
    """ρ of step t, and the rectification of the step where ρ allows one. Source: Liu et al. (2020)."""
    last = 2 / (1 - b2) - 1
    rho = last - 2 * t * b2**t / (1 - b2**t)
    safe = jnp.maximum(rho, 5.0)
    return rho, jnp.sqrt((safe - 4) * (safe - 2) * last / ((last - 4) * (last - 2) * safe))


@rule
class RAdamCorrected(Rule):
    r"""RAdam: Adam times a rectification ϱ from ρ = 5 on, plain momentum before.

    .. math:: w \leftarrow w - αϱ\,\hat m/(ε+\sqrt{\hat v}),\quad w \leftarrow w - α\hat m\ (ρ < 5)

    Source: Liu et al. (2020), as in Optax's ``radam``.
    """

    title, name, memory = "RAdam, ε after the correction", "radam-after", 2

    lr: float = alpha(0.001)
    b1: float = beta1()
    b2: float = beta2()
    eps: float = epsilon(1e-8)

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m, v = moments(self.b1, self.b2, s, g)
        rho, r = rectified(self.b2, t)

        def move(w, m, v):
            return w - self.lr * m * jnp.where(rho >= 5, r / (self.eps + jnp.sqrt(v)), 1.0)

        w = each(move, w, unbiased(m, self.b1, t), unbiased(v, self.b2, t))
        return w, {"m": m, "v": v}, loss


@rule
class RAdamBefore(Rule):
    r"""RAdam with ε before the correction: :math:`w \leftarrow w - αϱ\sqrt{1-β_2^t}\,\hat m/(ε+\sqrt v)`.

    Source: Liu et al. (2020), as in PyTorch's ``RAdam``.
    """

    title, name, memory = "RAdam, ε before the correction", "radam-before", 2

    lr: float = alpha(0.001)
    b1: float = beta1()
    b2: float = beta2()
    eps: float = epsilon(1e-8)

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m, v = moments(self.b1, self.b2, s, g)
        rho, r = rectified(self.b2, t)
        r = r * jnp.sqrt(1 - self.b2**t)

        def move(w, m, v):
            return w - self.lr * m * jnp.where(rho > 5, r / (self.eps + jnp.sqrt(v)), 1.0)

        return each(move, w, unbiased(m, self.b1, t), v), {"m": m, "v": v}, loss
