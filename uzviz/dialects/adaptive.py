"""Adaptive rules as other libraries write them: ε inside the root or before the correction, another start.

Sorted by complexity.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from uzviz import tree
from uzviz.hyper import hyperparameter
from uzviz.rules import Adafactor, Oracle, Params, Rule, State, rule
from uzviz.tree import each


def alpha(default: float) -> Any:
    return hyperparameter(default, "(0, inf)", "step size α")


def epsilon(default: float) -> Any:
    return hyperparameter(default, "[0, inf)", "ε, which keeps the division finite")


def forgetting(default: float, meaning: str) -> Any:
    return hyperparameter(default, "[0, 1)", meaning)


def beta1() -> Any:
    return forgetting(0.9, "memory β₁ of the gradient")


def beta2() -> Any:
    return forgetting(0.999, "memory β₂ of the squared gradient")


@rule
class AdaGradFrom(Rule):
    r"""AdaGrad from :math:`r_0`: :math:`r \leftarrow r + g⊙g,\ w \leftarrow w - α\,g/(ε+\sqrt r)`.

    Source: PyTorch's ``Adagrad`` with ``initial_accumulator_value``.
    """

    title, name, memory = "AdaGrad from r₀", "adagrad-from", 1

    lr: float = alpha(0.01)
    r0: float = hyperparameter(0.1, "[0, inf)", "where r begins")
    eps: float = epsilon(1e-10)

    def init(self, w: Params) -> State:
        return {"r": each(lambda z: z + self.r0, tree.zeros(w))}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        r = each(lambda r, g: r + g * g, s["r"], g)
        w = each(lambda w, g, r: w - self.lr * g / (self.eps + jnp.sqrt(r)), w, g, r)
        return w, {"r": r}, loss


@rule
class AdaGradInside(Rule):
    r"""AdaGrad from :math:`r_0`, ε inside the root: :math:`w \leftarrow w - α\,g/\sqrt{r+ε}`.

    Source: Optax's ``adagrad`` and Keras' ``Adagrad``. Optax moves nothing where r is 0.
    """

    title, name, memory = "AdaGrad, ε inside", "adagrad-inside", 1

    lr: float = alpha(0.001)
    r0: float = hyperparameter(0.1, "[0, inf)", "where r begins")
    eps: float = epsilon(1e-7)

    def init(self, w: Params) -> State:
        return {"r": each(lambda z: z + self.r0, tree.zeros(w))}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        r = each(lambda r, g: r + g * g, s["r"], g)
        w = each(lambda w, g, r: w - self.lr * g / jnp.sqrt(r + self.eps), w, g, r)
        return w, {"r": r}, loss


@rule
class RMSPropMomentum(Rule):
    r"""RMSProp whose steps have momentum: :math:`p \leftarrow βp + g/(ε+\sqrt r),\ w \leftarrow w - αp`.

    Source: PyTorch's ``RMSprop`` with ``momentum``.
    """

    title, name, memory = "RMSProp with momentum", "rmsprop-momentum", 2

    lr: float = alpha(0.01)
    rho: float = forgetting(0.99, "memory ρ of the squared gradient")
    eps: float = epsilon(1e-8)
    beta: float = forgetting(0.9, "momentum β")

    def init(self, w: Params) -> State:
        return {"r": tree.zeros(w), "p": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        r = each(lambda r, g: self.rho * r + (1 - self.rho) * g * g, s["r"], g)
        p = each(lambda p, g, r: self.beta * p + g / (self.eps + jnp.sqrt(r)), s["p"], g, r)
        return each(lambda w, p: w - self.lr * p, w, p), {"r": r, "p": p}, loss


@rule
class RMSPropCentred(Rule):
    r"""RMSProp by the deviation, with momentum: :math:`p \leftarrow βp + g/(ε+\sqrt{r-m⊙m}),\ w \leftarrow w - αp`.

    m is the average of the gradient. Source: Graves (2013); PyTorch's ``RMSprop`` with ``centered``.
    """

    title, name, memory = "RMSProp centred, with momentum", "rmsprop-centred-momentum", 3

    lr: float = alpha(0.01)
    rho: float = forgetting(0.99, "memory ρ of gradient and square")
    eps: float = epsilon(1e-8)
    beta: float = forgetting(0.0, "momentum β")

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "r": tree.zeros(w), "p": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m = each(lambda m, g: self.rho * m + (1 - self.rho) * g, s["m"], g)
        r = each(lambda r, g: self.rho * r + (1 - self.rho) * g * g, s["r"], g)

        def average(p, g, m, r):
            return self.beta * p + g / (self.eps + jnp.sqrt(r - m * m))

        p = each(average, s["p"], g, m, r)
        return each(lambda w, p: w - self.lr * p, w, p), {"m": m, "r": r, "p": p}, loss


@rule
class RMSPropInside(Rule):
    r"""RMSProp, ε inside the root, α inside the momentum: :math:`p \leftarrow βp + αg/\sqrt{r+ε},\ w \leftarrow w - p`.

    Source: Optax's ``rmsprop`` and Keras' ``RMSprop``.
    """

    title, name, memory = "RMSProp, ε inside", "rmsprop-inside", 2

    lr: float = alpha(0.001)
    rho: float = forgetting(0.9, "memory ρ of the squared gradient")
    eps: float = epsilon(1e-7)
    beta: float = forgetting(0.0, "momentum β")

    def init(self, w: Params) -> State:
        return {"r": tree.zeros(w), "p": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        r = each(lambda r, g: self.rho * r + (1 - self.rho) * g * g, s["r"], g)
        p = each(lambda p, g, r: self.beta * p + self.lr * g / jnp.sqrt(r + self.eps), s["p"], g, r)
        return each(lambda w, p: w - p, w, p), {"r": r, "p": p}, loss


@rule
class RMSPropCentredInside(Rule):
    r"""The same by the deviation: :math:`p \leftarrow βp + αg/\sqrt{r-m⊙m+ε},\ w \leftarrow w - p`.

    Source: Optax's ``rmsprop`` and Keras' ``RMSprop`` with ``centered``.
    """

    title, name, memory = "RMSProp centred, ε inside", "rmsprop-centred-inside", 3

    lr: float = alpha(0.001)
    rho: float = forgetting(0.9, "memory ρ of gradient and square")
    eps: float = epsilon(1e-7)
    beta: float = forgetting(0.0, "momentum β")

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "r": tree.zeros(w), "p": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m = each(lambda m, g: self.rho * m + (1 - self.rho) * g, s["m"], g)
        r = each(lambda r, g: self.rho * r + (1 - self.rho) * g * g, s["r"], g)

        def average(p, g, m, r):
            return self.beta * p + self.lr * g / jnp.sqrt(r - m * m + self.eps)

        p = each(average, s["p"], g, m, r)
        return each(lambda w, p: w - p, w, p), {"m": m, "r": r, "p": p}, loss


@rule
class FTRL(Rule):
    r"""Follow the regularised leader: what all gradients so far together ask for.

    .. math::
        n' = n + g⊙g,\quad z \leftarrow z + g + 2κw - \frac{n'^q - n^q}{α}\,w,\quad
        w \leftarrow \frac{\operatorname{clip}(z, -λ_1, λ_1) - z}{(n'^q + β)/α + 2λ_2}

    Source: McMahan et al. (2013), where q is 1/2; Keras' ``Ftrl``.
    """

    title, name, memory = "FTRL", "ftrl", 2

    lr: float = alpha(0.001)
    power: float = hyperparameter(0.5, "[0, inf)", "power q of the squares")
    r0: float = hyperparameter(0.1, "[0, inf)", "where n begins")
    l1: float = hyperparameter(0.0, "[0, inf)", "λ₁, below which weights are 0")
    l2: float = hyperparameter(0.0, "[0, inf)", "λ₂, which draws weights to 0")
    shrink: float = hyperparameter(0.0, "[0, inf)", "κ, an L2 penalty in the gradient alone")
    beta: float = hyperparameter(0.0, "[0, inf)", "β, added to the root of the squares")

    def init(self, w: Params) -> State:
        return {"n": each(lambda z: z + self.r0, tree.zeros(w)), "z": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        n = each(lambda n, g: n + g * g, s["n"], g)

        def asked(z, g, w, n, old):
            return z + g + 2 * self.shrink * w - (n**self.power - old**self.power) / self.lr * w

        def led(z, n):
            least = (n**self.power + self.beta) / self.lr + 2 * self.l2
            return (jnp.clip(z, -self.l1, self.l1) - z) / least

        z = each(asked, s["z"], g, w, n, s["n"])
        return each(led, z, n), {"n": n, "z": z}, loss


@rule
class AdafactorFalling(Adafactor):
    r"""Adafactor with the paper's step size: :class:`uzviz.rules.Adafactor` with :math:`\min(α, 1/\sqrt t)` for α.

    Source: Shazeer & Stern (2018), algorithm 4; Keras' ``Adafactor``.
    """

    title, name = "Adafactor, falling", "adafactor-falling"

    lr: float = alpha(0.001)

    def rate(self, t: Any) -> Any:
        return jnp.minimum(self.lr, t**-0.5)


@rule
class AdafactorBounded(AdafactorFalling):
    r"""Adafactor with the paper's step size, bounded from below instead of ε in its squares, and with decay.

    .. math::
        V = R C^{\mathsf T}/\max(ε, \mathrm{mean}(R)),\quad U = g/\max(ε, \sqrt V),\quad
        w \leftarrow (1-αλ)w - \min(α, 1/\sqrt t)\,\max(10^{-3}, \mathrm{rms}(w))\;U/\max(1, \mathrm{rms}(U)/d)

    ε is that of the numbers' type where it is given as 0. Source: PyTorch's ``Adafactor``.
    """

    title, name = "Adafactor, bounded", "adafactor-bounded"

    lr: float = alpha(0.01)
    eps: float = epsilon(0.0)
    decay: float = hyperparameter(0.0, "[0, inf)", "decay λ")

    def squares(self, g: Any) -> Any:
        return g * g

    def scaled(self, g: Any, rows: Any, columns: Any) -> Any:
        least = jnp.where(self.eps == 0, jnp.finfo(g.dtype).eps, self.eps)
        if g.ndim > 1:
            mean = jnp.maximum(rows.mean(-1), least)[..., None, None]
            rows = rows[..., None] * columns[..., None, :] / mean
        return g / jnp.sqrt(jnp.maximum(rows, least * least))

    def moved(self, rate: Any, w: Any, g: Any, rows: Any, columns: Any) -> Any:
        return super().moved(rate, w, g, rows, columns) - self.lr * self.decay * w
