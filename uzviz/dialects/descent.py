"""Momentum as other libraries write it, and step sizes from signs.

Sorted by complexity.
"""

from __future__ import annotations

import jax.numpy as jnp

from uzviz import tree
from uzviz.hyper import hyperparameter
from uzviz.rules import Oracle, Params, Rule, State, rule
from uzviz.tree import each


@rule
class Falling(Rule):
    r"""Descent with decay, whose step size falls: :math:`η_t = α\,(1+λα(t-1))^{-c},\ w \leftarrow (1-λη_t)w - η_t g`.

    The average of w that PyTorch keeps beside is no part of a step: :class:`uzviz.rules.PolyakAverage` has one.
    Source: Polyak & Juditsky (1992); PyTorch's ``ASGD``.
    """

    title, name, memory = "descent of ASGD", "descent-falling", 0

    lr: float = hyperparameter(0.01, "(0, inf)", "step size α")
    decay: float = hyperparameter(1e-4, "[0, inf)", "decay λ, by which α falls too")
    power: float = hyperparameter(0.75, "[0, inf)", "power c of its fall")

    def init(self, w: Params) -> State:
        return {}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        size = self.lr * (1 + self.decay * self.lr * (t - 1)) ** -self.power
        return each(lambda w, g: (1 - self.decay * size) * w - size * g, w, g), s, loss


@rule
class Dampened(Rule):
    r"""Heavy ball with a dampened gradient: :math:`p \leftarrow βp + (1-τ)g,\ w \leftarrow w - αp`.

    The first p is g, undampened. Source: PyTorch's ``SGD`` with ``dampening``; Optax and Keras have none.
    """

    title, name, memory = "dampened momentum", "momentum-dampened", 1

    lr: float = hyperparameter(0.001, "(0, inf)", "step size α")
    beta: float = hyperparameter(0.9, "[0, 1)", "momentum β")
    dampening: float = hyperparameter(0.0, "[0, 1]", "dampening τ of the gradient")

    def init(self, w: Params) -> State:
        return {"p": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        share = jnp.where(t == 1, 1.0, 1 - self.dampening)
        p = each(lambda p, g: self.beta * p + share * g, s["p"], g)
        return each(lambda w, p: w - self.lr * p, w, p), {"p": p}, loss


@rule
class NesterovAtW(Rule):
    r"""Nesterov's momentum at the point where its gradient is: :math:`p \leftarrow βp + g,\ w \leftarrow w - α(g + βp)`.

    w is the look-ahead point of :class:`uzviz.rules.Nesterov`. Source: PyTorch's ``SGD`` with
    ``nesterov``, and Optax's; Keras keeps the velocity.
    """

    title, name, memory = "Nesterov at w", "nesterov-at-w", 1

    lr: float = hyperparameter(0.001, "(0, inf)", "step size α")
    beta: float = hyperparameter(0.9, "[0, 1)", "momentum β")

    def init(self, w: Params) -> State:
        return {"p": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        p = each(lambda p, g: self.beta * p + g, s["p"], g)
        w = each(lambda w, g, p: w - self.lr * (g + self.beta * p), w, g, p)
        return w, {"p": p}, loss


@rule
class Velocity(Rule):
    r"""Heavy ball whose velocity holds the step sizes of its time: :math:`v \leftarrow βv - αg,\ w \leftarrow w + v`.

    Source: Keras' ``SGD`` with ``momentum``. The heavy ball of PyTorch and Optax while α is constant.
    """

    title, name, memory = "velocity", "velocity", 1

    lr: float = hyperparameter(0.01, "(0, inf)", "step size α")
    beta: float = hyperparameter(0.9, "[0, 1)", "momentum β")

    def init(self, w: Params) -> State:
        return {"v": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        v = each(lambda v, g: self.beta * v - self.lr * g, s["v"], g)
        return each(lambda w, v: w + v, w, v), {"v": v}, loss


@rule
class NesterovVelocity(Rule):
    r"""The same, looked ahead: :math:`v \leftarrow βv - αg,\ w \leftarrow w + βv - αg`.

    Source: Keras' ``SGD`` with ``nesterov``.
    """

    title, name, memory = "Nesterov velocity", "nesterov-velocity", 1

    lr: float = hyperparameter(0.01, "(0, inf)", "step size α")
    beta: float = hyperparameter(0.9, "[0, 1)", "momentum β")

    def init(self, w: Params) -> State:
        return {"v": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        v = each(lambda v, g: self.beta * v - self.lr * g, s["v"], g)
        w = each(lambda w, v, g: w + self.beta * v - self.lr * g, w, v, g)
        return w, {"v": v}, loss


@rule
class RpropLate(Rule):
    r"""Rprop that makes each step one step late; the first moves nothing.

    .. math::
        u_t = η_t\operatorname{sign}(g_t),\quad u_t = 0 \text{ where } g_t u_{t-1} < 0,\quad
        w \leftarrow w - u_{t-1},\quad \text{or } w \text{ where } g_t u_{t-1} < 0 \text{ or } u_t u_{t-1} < 0

    Source: Optax's ``rprop``.
    """

    title, name, memory = "Rprop of Optax", "rprop-late", 2

    lr: float = hyperparameter(0.01, "(0, inf)", "first step size η")
    down: float = hyperparameter(0.5, "(0, 1)", "factor η⁻ after a change of sign")
    up: float = hyperparameter(1.2, "(1, inf)", "factor η⁺ while the sign stays")
    least: float = hyperparameter(1e-6, "(0, inf)", "smallest step size")
    most: float = hyperparameter(50.0, "(0, inf)", "largest step size")

    def init(self, w: Params) -> State:
        return {"u": tree.zeros(w), "eta": each(lambda z: z + self.lr, tree.zeros(w))}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)

        def sized(eta, g, u):
            new = jnp.clip(eta * jnp.where(g * u > 0, self.up, self.down), self.least, self.most)
            return jnp.where(g * u == 0, eta, new)

        eta = each(sized, s["eta"], g, s["u"])
        new = each(lambda g, u, eta: jnp.where(g * u < 0, 0.0, eta * jnp.sign(g)), g, s["u"], eta)
        w = each(lambda w, g, u: w - jnp.where(g * u < 0, 0.0, u), w, g, s["u"])
        return w, {"u": new, "eta": eta}, loss
