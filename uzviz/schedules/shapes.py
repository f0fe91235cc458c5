"""The shapes that are one formula; x = (t − 1)/T is the share of the budget that is spent.

Sorted by complexity. After the budget they stay as they are at its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from uzviz.hyper import hyperparameter
from uzviz.schedules.base import Schedule
from uzviz.tree import pytree


def cosine(x: Any) -> jax.Array:
    """Half a cosine, from 1 at x = 0 to 0 at x = 1."""
    return (1 + jnp.cos(jnp.pi * x)) / 2


@pytree
@dataclass(frozen=True)
class Constant(Schedule):
    """:math:`α_t = α`, as a part of composed schedules; in a rule a plain number is the same."""

    def share(self, t: Any) -> jax.Array:
        return jnp.ones(jnp.shape(t))


@pytree
@dataclass(frozen=True)
class Step(Schedule):
    r""":math:`α_t = α\,γ^{⌊x/e⌋}`: a fall by the factor γ after every share e of the budget.

    Source: Krizhevsky, Sutskever & Hinton (2012). PyTorch: ``StepLR``. Optax:
    ``exponential_decay(staircase=True)``.
    """

    gamma: Any = hyperparameter(0.1, "(0, 1]", "factor γ of each fall")
    every: Any = hyperparameter(0.3, "(0, inf)", "share e of the budget between two falls")

    def share(self, t: Any) -> jax.Array:
        falls = jnp.floor(
            (t - 0.5) / (self.every * self.horizon)
        )  # t is whole: rounding can't miss
        return self.gamma**falls


@pytree
@dataclass(frozen=True)
class Exponential(Schedule):
    r""":math:`α_t = α\,e^x`: to the share e at the end of the budget.

    Source: Robbins & Monro (1951) for falling steps. PyTorch: ``ExponentialLR`` with
    :math:`γ = e^{1/T}`. Optax: ``exponential_decay``.
    """

    end: Any = hyperparameter(0.01, "(0, 1]", "share e left at the end")

    def share(self, t: Any) -> jax.Array:
        return self.end ** (jnp.minimum(t - 1, self.horizon) / self.horizon)


@pytree
@dataclass(frozen=True)
class InverseTime(Schedule):
    r""":math:`α_t = α/(1 + dx)`: at the end a tenth, with d = 9. Source: Robbins & Monro (1951)."""

    decay: Any = hyperparameter(9.0, "[0, inf)", "d, how far it falls: to 1/(1 + d)")

    def share(self, t: Any) -> jax.Array:
        return 1 / (1 + self.decay * jnp.minimum(t - 1, self.horizon) / self.horizon)


@pytree
@dataclass(frozen=True)
class InverseRoot(Schedule):
    r""":math:`α_t = α/\sqrt t`, for losses that come one after another: it asks for no budget.

    Source: Zinkevich (2003).
    """

    def share(self, t: Any) -> jax.Array:
        return 1 / jnp.sqrt(t)


@pytree
@dataclass(frozen=True)
class Polynomial(Schedule):
    r""":math:`α_t = α\,(e + (1-e)(1-x)^p)`: a straight line with p = 1.

    Source: Liu, Rabinovich & Berg (2015). PyTorch: ``PolynomialLR``. Optax: ``polynomial_schedule``.
    """

    power: Any = hyperparameter(1.0, "(0, inf)", "power p")
    end: Any = hyperparameter(0.0, "[0, 1]", "share e left at the end")

    def share(self, t: Any) -> jax.Array:
        left = 1 - jnp.minimum(t - 1, self.horizon) / self.horizon
        return self.end + (1 - self.end) * left**self.power


@pytree
@dataclass(frozen=True)
class Cosine(Schedule):
    r""":math:`α_t = α\,(e + (1-e)(1 + \cos πx)/2)`: half a cosine.

    Source: Loshchilov & Hutter (2017). PyTorch: ``CosineAnnealingLR``. Optax:
    ``cosine_decay_schedule``.
    """

    end: Any = hyperparameter(0.0, "[0, 1]", "share e left at the end")

    def share(self, t: Any) -> jax.Array:
        x = jnp.minimum(t - 1, self.horizon) / self.horizon
        return self.end + (1 - self.end) * cosine(x)


@pytree
@dataclass(frozen=True)
class CosineRestarts(Schedule):
    r""":math:`α_t = α\,(e + (1-e)(1 + \cos π(cx \bmod 1))/2)`: c cosines, each from the top.

    Source: Loshchilov & Hutter (2017). PyTorch: ``CosineAnnealingWarmRestarts``. Optax:
    ``sgdr_schedule``.
    """

    cycles: Any = hyperparameter(4.0, "(0, inf)", "how many cycles c the budget has")
    end: Any = hyperparameter(0.0, "[0, 1]", "share e left at the end of each")

    def share(self, t: Any) -> jax.Array:
        return self.end + (1 - self.end) * cosine(phase(t, self.horizon / self.cycles))


def phase(t: Any, period: Any) -> jax.Array:
    """The share of its cycle that is spent at step t; t is whole, so that rounding can't miss a start."""
    cycle = jnp.floor((t - 0.5) / period)
    return jnp.clip((t - 1) / period - cycle, 0, 1)


@pytree
@dataclass(frozen=True)
class Cyclic(Schedule):
    r""":math:`α_t = α\,(l + (1-l)(1 - |2(cx \bmod 1) - 1|))`: up and down c times.

    Source: Smith (2017). PyTorch: ``CyclicLR``, "triangular".
    """

    cycles: Any = hyperparameter(4.0, "(0, inf)", "how many cycles c the budget has")
    low: Any = hyperparameter(0.1, "(0, 1]", "share l where each begins and ends")

    def share(self, t: Any) -> jax.Array:
        up = 1 - jnp.abs(2 * phase(t, self.horizon / self.cycles) - 1)
        return self.low + (1 - self.low) * up


def rising(t: Any, rise: Any, horizon: Any) -> tuple[Any, Any]:
    """The steps of a warm-up, one at least, and how far it is at step t."""
    steps = jnp.maximum(rise * horizon, 1.0)
    return steps, jnp.minimum(t / steps, 1.0)


@pytree
@dataclass(frozen=True)
class WarmUp(Schedule):
    r""":math:`α_t = α\min(1, t/(rT))`: a rise over the share r of the budget, then constant.

    Source: Goyal et al. (2017). PyTorch: ``LinearLR``. Optax: ``linear_schedule``.
    """

    rise: Any = hyperparameter(0.05, "(0, inf)", "share r of the budget in which it rises")

    def share(self, t: Any) -> jax.Array:
        return rising(t, self.rise, self.horizon)[1]


@pytree
@dataclass(frozen=True)
class WarmUpCosine(Schedule):
    r""":math:`α_t = α\min(t/(rT), e + (1-e)(1 + \cos πx')/2)`: a rise, then half a cosine.

    x' is the share of what is left of the budget after the rise. Source: Goyal et al. (2017) for the
    rise. Optax: ``warmup_cosine_decay_schedule``.
    """

    rise: Any = hyperparameter(0.05, "(0, 1)", "share r of the budget in which it rises")
    end: Any = hyperparameter(0.0, "[0, 1]", "share e left at the end")

    def share(self, t: Any) -> jax.Array:
        steps, up = rising(t, self.rise, self.horizon)
        x = (t - 1 - steps) / jnp.maximum(self.horizon - steps, 1.0)
        return jnp.minimum(up, self.end + (1 - self.end) * cosine(jnp.clip(x, 0, 1)))


@pytree
@dataclass(frozen=True)
class WarmUpStableDecay(Schedule):
    r""":math:`α_t = α\min(1, t/(rT), e + (1-e)(1-x)/f)`: a rise, a plateau, a fall.

    Source: Hu et al. (2024).
    """

    rise: Any = hyperparameter(0.05, "(0, 1)", "share r of the budget in which it rises")
    fall: Any = hyperparameter(0.2, "(0, 1]", "share f of the budget in which it falls")
    end: Any = hyperparameter(0.0, "[0, 1]", "share e left at the end")

    def share(self, t: Any) -> jax.Array:
        left = 1 - jnp.minimum(t - 1, self.horizon) / self.horizon
        down = self.end + (1 - self.end) * jnp.minimum(left / self.fall, 1)
        return jnp.minimum(rising(t, self.rise, self.horizon)[1], down)


@pytree
@dataclass(frozen=True)
class OneCycle(Schedule):
    r"""From a start sα by half a cosine to α in the share r of the budget, by another to eα at its end.

    .. math::
        α_t = α\,(s + (1-s)(1 - \cos πx/r)/2)\ (x ≤ r),\quad
        α_t = α\,(e + (1-e)(1 + \cos π(x-r)/(1-r))/2)

    Source: Smith & Topin (2019). PyTorch: ``OneCycleLR``. Optax: ``cosine_onecycle_schedule``. Both: s
    is 1/25, and e is s/10,000. The momentum that may fall meanwhile is a schedule of its own.
    """

    rise: Any = hyperparameter(0.3, "(0, 1)", "share r of the budget in which it rises")
    start: Any = hyperparameter(0.04, "(0, 1]", "share s at the start")
    end: Any = hyperparameter(4e-6, "[0, 1]", "share e left at the end")

    def share(self, t: Any) -> jax.Array:
        x = jnp.minimum(t - 1, self.horizon) / self.horizon
        up = self.start + (1 - self.start) * (1 - cosine(x / self.rise))
        down = self.end + (1 - self.end) * cosine((x - self.rise) / (1 - self.rise))
        return jnp.where(x <= self.rise, up, down)
