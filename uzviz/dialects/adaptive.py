"""Adaptive rules as other libraries write them: ε inside the root or before the correction, another start.

Sorted by complexity.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from uzviz import tree
from uzviz.hyper import hyperparameter
from uzviz.rules import Oracle, Params, Rule, State, rule
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
