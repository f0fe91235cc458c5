"""Rules whose answer is an average: they train at points of their own, which are in the state.

Sorted by complexity.
"""

from __future__ import annotations

import jax.numpy as jnp

from uzviz import tree
from uzviz.hyper import hyperparameter
from uzviz.rules.adam import Adam
from uzviz.rules.base import Oracle, Params, Rule, State, rule
from uzviz.tree import each


@rule
class PolyakAverage(Rule):
    r"""Polyak averaging: gradient descent, answered by the mean of all its iterates.

    .. math:: z \leftarrow z - α\,∇f(z),\quad w \leftarrow w + (z - w)/t,\quad z_0 = w_0

    Source: Polyak & Juditsky (1992), Ruppert (1988). PyTorch's ASGD decays the step and begins to average
    later; Optax and Keras average exponentially only.
    """

    title = "Polyak averaging"
    memory = 1

    lr: float = hyperparameter(0.01, "(0, inf)", "step size α")

    def init(self, w: Params) -> State:
        return {"z": tree.copied(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(s["z"])
        z = each(lambda z, g: z - self.lr * g, s["z"], g)
        w = each(lambda w, z: w + (z - w) / t, w, z)
        return w, {"z": z}, loss

    def threshold(self):
        """2/α, where the iterates that are averaged no longer come near."""
        return 2 / self.lr


@rule
class Lookahead(Rule):
    r"""Lookahead: Adam goes k steps ahead, then the answer follows it a part of the way.

    .. math::
        z \leftarrow \mathrm{Adam}(z);\quad \text{each } k \text{ steps}\quad
        w \leftarrow w + σ\,(z - w),\; z \leftarrow w

    Adam's averages go on. Source: Zhang et al. (2019), algorithm 1, over Adam. Optax's does the same over any
    optimizer; PyTorch and Keras have none.
    """

    title = "Lookahead"
    memory = 3

    lr: float = hyperparameter(0.001, "(0, inf)", "step size α of Adam")
    b1: float = hyperparameter(0.9, "[0, 1)", "memory β₁ of the gradient")
    b2: float = hyperparameter(0.999, "[0, 1)", "memory β₂ of the squared gradient")
    eps: float = hyperparameter(1e-8, "[0, inf)", "ε, which keeps the division finite")
    part: float = hyperparameter(0.5, "(0, 1]", "part σ of the way that the answer follows")
    every: float = hyperparameter(5.0, "[1, inf)", "steps k from one time to the next")

    def init(self, w: Params) -> State:
        return {"z": tree.copied(w), "m": tree.zeros(w), "v": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        ahead = Adam(lr=self.lr, b1=self.b1, b2=self.b2, eps=self.eps)
        z, s, loss = ahead.step(f, s["z"], {"m": s["m"], "v": s["v"]}, t)
        now = t // self.every > (t - 1) // self.every
        w = each(lambda w, z: jnp.where(now, w + self.part * (z - w), w), w, z)
        z = each(lambda z, w: jnp.where(now, w, z), z, w)
        return w, {"z": z, **s}, loss


def mixed(w: Params, z: Params, beta) -> Params:
    """Where schedule-free rules ask for the gradient: y = βw + (1 − β)z."""
    return each(lambda w, z: beta * w + (1 - beta) * z, w, z)


def weighed(s: State, lr) -> tuple[State, object]:
    """The largest step size so far and the sum of its squares, with the share c of the newest in it."""
    top = jnp.maximum(s["top"], lr).astype(s["top"].dtype)
    total = (s["sum"] + top * top).astype(s["sum"].dtype)
    return {"top": top, "sum": total}, top * top / total


@rule
class ScheduleFree(Rule):
    r"""Schedule-free SGD: the mean of the iterates, which also pulls them on, in place of a schedule.

    .. math::
        y = βw + (1-β)z,\quad z \leftarrow z - α\,(∇f(y) + λy),\quad
        w \leftarrow (1-c)\,w + cz,\quad z_0 = w_0

    with c = α²/Σα² of the largest α so far, which is 1/t while α is constant; a warm-up of α is still of
    use. Source: Defazio et al. (2024), equations 3–5. Optax keeps y as its parameters and has w by
    `schedule_free_eval_params`; PyTorch and Keras (AdamW only) have none.
    """

    title = "schedule-free SGD"
    memory = 1

    lr: float = hyperparameter(0.1, "(0, inf)", "step size α")
    beta: float = hyperparameter(0.9, "[0, 1]", "part β of the mean in y")
    decay: float = hyperparameter(0.0, "[0, inf)", "decay λ of the weights")

    def init(self, w: Params) -> State:
        return {"z": tree.copied(w), "top": jnp.zeros(()), "sum": jnp.zeros(())}

    def step(self, f: Oracle, w: Params, s: State, t):
        y = mixed(w, s["z"], self.beta)
        loss, g = f(y)
        z = each(lambda z, y, g: z - self.lr * (g + self.decay * y), s["z"], y, g)
        weights, c = weighed(s, self.lr)
        return mixed(z, w, c), {"z": z, **weights}, loss


@rule
class ScheduleFreeAdamW(Rule):
    r"""Schedule-free AdamW: as schedule-free SGD, with each gradient divided by the root of its squares.

    .. math::
        v \leftarrow β_2 v + (1-β_2)\,g⊙g,\quad
        z \leftarrow z - α\bigl(g/(ε+\sqrt{\hat v}) + λy\bigr)

    with y, w and c as there, :math:`g = ∇f(y)`, :math:`\hat v = v/(1-β_2^t)`. Source: Defazio et al. (2024),
    algorithm 1. Optax and Keras keep y as their parameters; PyTorch has none.
    """

    title = "schedule-free AdamW"
    memory = 2

    lr: float = hyperparameter(0.0025, "(0, inf)", "step size α")
    beta: float = hyperparameter(0.9, "[0, 1]", "part β of the mean in y")
    b2: float = hyperparameter(0.999, "[0, 1)", "memory β₂ of the squared gradient")
    eps: float = hyperparameter(1e-8, "[0, inf)", "ε, which keeps the division finite")
    decay: float = hyperparameter(0.0, "[0, inf)", "decay λ of the weights")

    def init(self, w: Params) -> State:
        sums = {"top": jnp.zeros(()), "sum": jnp.zeros(())}
        return {"z": tree.copied(w), "v": tree.zeros(w), **sums}

    def step(self, f: Oracle, w: Params, s: State, t):
        y = mixed(w, s["z"], self.beta)
        loss, g = f(y)
        v = each(lambda v, g: self.b2 * v + (1 - self.b2) * g * g, s["v"], g)
        root = jnp.sqrt(1 - self.b2**t)
        a, eps = self.lr * root, self.eps * root

        def update(z, y, g, v):
            return z - a * g / (eps + jnp.sqrt(v)) - self.lr * self.decay * y

        z = each(update, s["z"], y, g, v)
        weights, c = weighed(s, self.lr)
        return mixed(z, w, c), {"z": z, "v": v, **weights}, loss
