"""Plain gradient descent, its two momenta, and the descent that looks at the worst neighbour.

Sorted by complexity.
"""

from __future__ import annotations

import jax.numpy as jnp

from uzviz import tree
from uzviz.hyper import hyperparameter
from uzviz.rules.base import Oracle, Params, Rule, State, rule
from uzviz.tree import each


@rule
class GradientDescent(Rule):
    r"""Gradient descent: :math:`w \leftarrow w - α g`.

    With all examples in a batch it is batch GD, with one it is SGD, between them mini-batch GD:
    the batch belongs to the sampling, not to the rule. Source: Cauchy (1847), Robbins & Monro
    (1951). PyTorch, Optax and Keras do the same under the name SGD.
    """

    title = "GD"
    memory = 0

    lr: float = hyperparameter(0.01, "(0, inf)", "step size α")

    def init(self, w: Params) -> State:
        return {}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        w = each(lambda w, g: w - self.lr * g, w, g)
        return w, s, loss

    def threshold(self):
        """2/α: a step is 1 − αλ."""
        return 2 / self.lr


@rule
class Momentum(Rule):
    r"""Heavy ball: :math:`p \leftarrow βp + g,\; w \leftarrow w - αp,\; p_0 = 0`.

    Source: Polyak (1964). PyTorch and Optax do the same. Keras keeps the velocity
    :math:`v = -αp`, which is the same only while α is constant.
    """

    title = "momentum"
    memory = 1

    lr: float = hyperparameter(0.01, "(0, inf)", "step size α")
    beta: float = hyperparameter(0.9, "[0, 1)", "momentum β")

    def init(self, w: Params) -> State:
        return {"p": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        p = each(lambda p, g: self.beta * p + g, s["p"], g)
        w = each(lambda w, p: w - self.lr * p, w, p)
        return w, {"p": p}, loss

    def threshold(self):
        """2(1 + β)/α. Source: Polyak (1964)."""
        return 2 * (1 + self.beta) / self.lr


@rule
class Nesterov(Rule):
    r"""Nesterov's momentum: the gradient is asked where the momentum leads.

    .. math:: g = ∇f(w - αβp),\quad p \leftarrow βp + g,\quad w \leftarrow w - αp

    Source: Nesterov (1983), in the form of Sutskever et al. (2013). PyTorch, Optax and Keras keep
    the look-ahead point :math:`w - αβp` as their parameters, so that they need the gradient at
    their own point only; the trajectories are the same, read at that point.
    """

    title = "Nesterov"
    memory = 1

    lr: float = hyperparameter(0.01, "(0, inf)", "step size α")
    beta: float = hyperparameter(0.9, "[0, 1)", "momentum β")

    def init(self, w: Params) -> State:
        return {"p": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(each(lambda w, p: w - self.lr * self.beta * p, w, s["p"]))
        p = each(lambda p, g: self.beta * p + g, s["p"], g)
        w = each(lambda w, p: w - self.lr * p, w, p)
        return w, {"p": p}, loss

    def threshold(self):
        """2(1 + β)/(α(1 + 2β)). Source: Cohen et al. (2021), appendix B."""
        return 2 * (1 + self.beta) / (self.lr * (1 + 2 * self.beta))


@rule
class SAM(Rule):
    r"""Sharpness-aware minimisation: descend by the gradient at the worst point nearby.

    .. math:: g = ∇f\bigl(w + ρ\, ∇f(w)/‖∇f(w)‖\bigr),\quad w \leftarrow w - αg

    Two gradients a step. At a stationary point the neighbour is ``w`` itself. Source: Foret et
    al. (2021), algorithm 1. Optax's SAM steps once in every two calls; PyTorch and Keras have
    none among their optimizers.
    """

    title = "SAM"
    gradients = 2
    memory = 0

    lr: float = hyperparameter(0.01, "(0, inf)", "step size α")
    rho: float = hyperparameter(0.05, "[0, inf)", "radius ρ of the neighbourhood")

    def init(self, w: Params) -> State:
        return {}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        length = tree.norm(g)
        scale = self.rho / jnp.where(length > 0, length, 1)
        _, g = f(each(lambda w, g: w + scale * g, w, g))
        w = each(lambda w, g: w - self.lr * g, w, g)
        return w, s, loss
