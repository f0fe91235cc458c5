"""Rules made of Adam: another measure of the gradient's size, or another average of the gradient.

Sorted by complexity.
"""

from __future__ import annotations

import jax.numpy as jnp

from uzviz import tree
from uzviz.hyper import hyperparameter
from uzviz.rules.adam import averaged_threshold, corrected, moments, unbiased
from uzviz.rules.base import Oracle, Params, Rule, State, rule
from uzviz.tree import each


@rule
class Adamax(Rule):
    r"""Adamax: Adam divided by the largest gradient it remembers.

    .. math::
        m \leftarrow β_1 m + (1-β_1)\,g,\quad u \leftarrow \max(β_2 u, |g| + ε),\quad
        w \leftarrow w - α\,\hat m/u

    with :math:`\hat m = m/(1-β_1^t)`. Source: Kingma & Ba (2015), algorithm 2, with ε = 0. PyTorch and
    Optax do the same; Keras adds ε to u instead.
    """

    title = "Adamax"
    memory = 2
    adaptive = True

    lr: float = hyperparameter(0.002, "(0, inf)", "step size α")
    b1: float = hyperparameter(0.9, "[0, 1)", "memory β₁ of the gradient")
    b2: float = hyperparameter(0.999, "[0, 1)", "memory β₂ of the largest gradient")
    eps: float = hyperparameter(1e-8, "(0, inf)", "ε, which keeps the division finite")

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "u": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m = each(lambda m, g: self.b1 * m + (1 - self.b1) * g, s["m"], g)
        u = each(lambda u, g: jnp.maximum(self.b2 * u, jnp.abs(g) + self.eps), s["u"], g)
        a = self.lr / (1 - self.b1**t)
        return each(lambda w, m, u: w - a * m / u, w, m, u), {"m": m, "u": u}, loss

    def threshold(self):
        return averaged_threshold(self)

    def preconditioner(self, s: State, t):
        """(1 − β₁ᵗ)u, so that w ← w − α P⁻¹ m."""
        return each(lambda u: (1 - self.b1**t) * u, s["u"])


@rule
class Yogi(Rule):
    r"""Yogi: Adam whose squares grow and shrink by no more than the new one.

    .. math::
        v \leftarrow v - (1-β_2)\,\mathrm{sign}(v - g⊙g)\,g⊙g,\quad w \leftarrow w - α\,m/(ε+\sqrt v)

    with m as in Adam; both begin at 0 and, as in the paper, are not corrected for it. Source: Zaheer et
    al. (2018), algorithm 2. Optax begins both at 1e-6 and corrects; PyTorch and Keras have none.
    """

    title = "Yogi"
    memory = 2
    adaptive = True

    lr: float = hyperparameter(0.01, "(0, inf)", "step size α")
    b1: float = hyperparameter(0.9, "[0, 1)", "memory β₁ of the gradient")
    b2: float = hyperparameter(0.999, "[0, 1)", "memory β₂ of the squared gradient")
    eps: float = hyperparameter(1e-3, "[0, inf)", "ε, which keeps the division finite")

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)

        def squares(v, g):
            return v - (1 - self.b2) * jnp.sign(v - g * g) * g * g

        m = each(lambda m, g: self.b1 * m + (1 - self.b1) * g, s["m"], g)
        v = each(squares, s["v"], g)
        w = each(lambda w, m, v: w - self.lr * m / (self.eps + jnp.sqrt(v)), w, m, v)
        return w, {"m": m, "v": v}, loss

    def threshold(self):
        return averaged_threshold(self)

    def preconditioner(self, s: State, t):
        return each(lambda v: self.eps + jnp.sqrt(v), s["v"])


@rule
class AdaBelief(Rule):
    r"""AdaBelief: Adam divided by how far gradients are from their average.

    .. math::
        v \leftarrow β_2 v + (1-β_2)\,(g-m)⊙(g-m) + ε,\quad
        w \leftarrow w - α\,\hat m/(ε+\sqrt{\hat v})

    with m and the corrections of Adam. Source: Zhuang et al. (2020), algorithm 2. Optax does the same;
    PyTorch and Keras have none.
    """

    title = "AdaBelief"
    memory = 2
    adaptive = True

    lr: float = hyperparameter(0.001, "(0, inf)", "step size α")
    b1: float = hyperparameter(0.9, "[0, 1)", "memory β₁ of the gradient")
    b2: float = hyperparameter(0.999, "[0, 1)", "memory β₂ of the squared deviation")
    eps: float = hyperparameter(1e-16, "(0, inf)", "ε, which keeps the division finite")

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)

        def squares(v, g, m):
            return self.b2 * v + (1 - self.b2) * (g - m) * (g - m) + self.eps

        m = each(lambda m, g: self.b1 * m + (1 - self.b1) * g, s["m"], g)
        v = each(squares, s["v"], g, m)
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
class NAdam(Rule):
    r"""NAdam: Adam that looks ahead, as Nesterov's momentum does.

    .. math::
        w \leftarrow w - \frac{α}{ε+\sqrt{\hat v}}
        \Bigl(\frac{β_1 m}{1-β_1^{t+1}} + \frac{(1-β_1)\,g}{1-β_1^t}\Bigr)

    with m, v and :math:`\hat v` as in Adam. Source: Dozat (2016), algorithm 2, for a constant momentum, and
    without its further factor β₂ of :math:`\hat v`, which nobody has. Optax does the same. PyTorch and
    Keras let the momentum rise, :math:`β_1(1 - 0.96^{t/250}/2)`, as the paper's experiments do.
    """

    title = "NAdam"
    memory = 2

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
        ahead = self.b1 * (1 - self.b1**t) / (1 - self.b1 ** (t + 1))

        def update(w, m, g, v):
            return w - a * (ahead * m + (1 - self.b1) * g) / (eps + jnp.sqrt(v))

        return each(update, w, m, g, v), {"m": m, "v": v}, loss


@rule
class RAdam(Rule):
    r"""RAdam: Adam that divides by no square before it has seen enough of them.

    .. math::
        ρ_∞ = \tfrac{2}{1-β_2} - 1,\quad ρ_t = ρ_∞ - \tfrac{2tβ_2^t}{1-β_2^t},\quad
        r_t = \sqrt{\tfrac{(ρ_t-4)(ρ_t-2)ρ_∞}{(ρ_∞-4)(ρ_∞-2)ρ_t}}

    .. math::
        w \leftarrow w - α\,r_t\,\hat m/(ε+\sqrt{\hat v})\ \text{ if } ρ_t > 4,\quad
        \text{else}\quad w \leftarrow w - α\,\hat m

    with m, v and their corrections as in Adam. Source: Liu et al. (2020), algorithm 2, where ε = 0. PyTorch
    and Optax have 5 for 4, which delays the first division by a step; Keras has none.
    """

    title = "RAdam"
    memory = 2

    lr: float = hyperparameter(0.001, "(0, inf)", "step size α")
    b1: float = hyperparameter(0.9, "[0, 1)", "memory β₁ of the gradient")
    b2: float = hyperparameter(0.999, "(0.6, 1)", "memory β₂ of the squared gradient")
    eps: float = hyperparameter(1e-8, "[0, inf)", "ε, which keeps the division finite")

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m, v = moments(self.b1, self.b2, s, g)
        (a, eps), plain = corrected(self, t), self.lr / (1 - self.b1**t)
        most, now = 2 / (1 - self.b2) - 1, self.b2**t
        rho = most - 2 * t * now / (1 - now)
        share = (rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho)
        a, known = a * jnp.sqrt(jnp.maximum(share, 0)), rho > 4

        def update(w, m, v):
            return w - jnp.where(known, a * m / (eps + jnp.sqrt(v)), plain * m)

        return each(update, w, m, v), {"m": m, "v": v}, loss


@rule
class Adan(Rule):
    r"""Adan: Adam with an average of the gradient's change, in place of a look ahead.

    .. math::
        m \leftarrow β_1 m + (1-β_1)\,g,\quad v \leftarrow β_2 v + (1-β_2)\,d,\quad
        n \leftarrow β_3 n + (1-β_3)\,(g + β_2 d)⊙(g + β_2 d)

    .. math:: w \leftarrow \bigl(w - α\,(\hat m + β_2\hat v)/(ε+\sqrt{\hat n})\bigr)/(1 + αλ)

    with d the gradient's change since the last step, 0 at first, and the averages corrected for their start
    at 0 as in Adam. Source: Xie et al. (2022), algorithm 1, whose 1 − β are our β, with the
    corrections of the authors' code. Optax weighs d and v by 1 − β₂ in place of β₂, and subtracts αλw;
    PyTorch and Keras have none.
    """

    title = "Adan"
    memory = 4

    lr: float = hyperparameter(0.001, "(0, inf)", "step size α")
    b1: float = hyperparameter(0.98, "[0, 1)", "memory β₁ of the gradient")
    b2: float = hyperparameter(0.92, "[0, 1)", "memory β₂ of its change")
    b3: float = hyperparameter(0.99, "[0, 1)", "memory β₃ of the squares")
    eps: float = hyperparameter(1e-8, "[0, inf)", "ε, which keeps the division finite")
    decay: float = hyperparameter(0.0, "[0, inf)", "decay λ of the weights")

    def init(self, w: Params) -> State:
        return {name: tree.zeros(w) for name in "mvng"}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        d = each(lambda g, before: jnp.where(t > 1, g - before, 0), g, s["g"])
        m = each(lambda m, g: self.b1 * m + (1 - self.b1) * g, s["m"], g)
        v = each(lambda v, d: self.b2 * v + (1 - self.b2) * d, s["v"], d)
        n = each(lambda n, g, d: self.b3 * n + (1 - self.b3) * (g + self.b2 * d) ** 2, s["n"], g, d)
        ms, vs, ns = (unbiased(x, b, t) for x, b in ((m, self.b1), (v, self.b2), (n, self.b3)))

        def update(w, m, v, n):
            moved = w - self.lr * (m + self.b2 * v) / (self.eps + jnp.sqrt(n))
            return moved / (1 + self.lr * self.decay)

        return each(update, w, ms, vs, ns), {"m": m, "v": v, "n": n, "g": g}, loss
