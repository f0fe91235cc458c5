"""Rules whose step in each tensor is in proportion to how large that is: for large batches.

Sorted by complexity. A layer is a tensor of the parameters; a tensor of zeros, or one whose update is 0,
takes the update as it is.
"""

from __future__ import annotations

import jax.numpy as jnp

from uzviz import tree
from uzviz.hyper import hyperparameter
from uzviz.rules.adam import moments, unbiased
from uzviz.rules.base import Oracle, Params, Rule, State, rule
from uzviz.tree import each


def trust(w, length, eta=1.0):
    """η‖w‖ over the length of an update; 1 where either is 0."""
    size = jnp.sqrt(jnp.vdot(w, w))
    known = (size > 0) & (length > 0)
    return jnp.where(known, eta * size / jnp.where(known, length, 1), 1)


def length(x):
    """‖x‖ of a tensor."""
    return jnp.sqrt(jnp.vdot(x, x))


@rule
class LARS(Rule):
    r"""LARS: momentum, whose step in a layer is a fixed share of the layer's size.

    .. math::
        p \leftarrow βp + α\,\frac{η\,‖w‖}{‖g‖ + λ‖w‖}\,(g + λw),\quad w \leftarrow w - p

    for each tensor. Source: You, Gitman & Ginsburg (2017), algorithm 1. Optax divides by ‖g + λw‖ instead,
    which is the same while λ = 0; PyTorch and Keras have none.
    """

    title = "LARS"
    memory = 1

    lr: float = hyperparameter(1.0, "(0, inf)", "step size α")
    beta: float = hyperparameter(0.9, "[0, 1)", "momentum β")
    eta: float = hyperparameter(0.001, "(0, inf)", "share η of a layer's size in a step")
    decay: float = hyperparameter(0.0, "[0, inf)", "decay λ of the weights")

    def init(self, w: Params) -> State:
        return {"p": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)

        def update(p, w, g):
            local = trust(w, length(g) + self.decay * length(w), self.eta)
            return self.beta * p + self.lr * local * (g + self.decay * w)

        p = each(update, s["p"], w, g)
        return each(lambda w, p: w - p, w, p), {"p": p}, loss


@rule
class LAMB(Rule):
    r"""LAMB: Adam's direction with decay, as long in each layer as the layer is large.

    .. math::
        u = \hat m/(ε+\sqrt{\hat v}) + λw,\quad w \leftarrow w - α\,\frac{‖w‖}{‖u‖}\,u

    for each tensor, with m, v and their corrections as in Adam. Source: You et al. (2020), algorithm 2, with
    φ(z) = z. Optax does the same, Keras with ε = 1e-7; PyTorch has none.
    """

    title = "LAMB"
    memory = 2

    lr: float = hyperparameter(0.001, "(0, inf)", "step size α")
    b1: float = hyperparameter(0.9, "[0, 1)", "memory β₁ of the gradient")
    b2: float = hyperparameter(0.999, "[0, 1)", "memory β₂ of the squared gradient")
    eps: float = hyperparameter(1e-6, "(0, inf)", "ε, which keeps the division finite")
    decay: float = hyperparameter(0.0, "[0, inf)", "decay λ of the weights")

    def init(self, w: Params) -> State:
        return {"m": tree.zeros(w), "v": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        m, v = moments(self.b1, self.b2, s, g)

        def update(w, m, v):
            u = m / (self.eps + jnp.sqrt(v)) + self.decay * w
            return w - self.lr * trust(w, length(u)) * u

        w = each(update, w, unbiased(m, self.b1, t), unbiased(v, self.b2, t))
        return w, {"m": m, "v": v}, loss
