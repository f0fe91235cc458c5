"""Hyperparameters over time: a field of a rule that depends on t.

A schedule is a pytree: its numbers are data, so that a race is a ``vmap`` over schedules as well.
The engine asks a rule for itself at t (``Rule.at``) and hands plain numbers to the formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from uzviz.hyper import check, hyperparameter
from uzviz.tree import pytree

WARM_UP = 0.05
"""Share of the budget in which a warm-up rises."""
DECAY = 9.0
"""How far inverse time falls: at the end of the budget to 1/(1 + 9), a tenth."""


@dataclass(frozen=True)
class Schedule:
    """The value of a hyperparameter at step t, from 1 to the ``horizon``, the budget's steps."""

    value: Any = hyperparameter(0.01, "(0, inf)", "largest value")
    horizon: Any = hyperparameter(1, "[1, inf)", "steps of the budget")

    def __post_init__(self) -> None:
        check(self)

    def __call__(self, t: Any) -> jax.Array:
        """The value at step t."""
        return self.value * self.share(t)

    def share(self, t: Any) -> jax.Array:
        """What is left of the value at step t, from 0 to 1."""
        raise NotImplementedError


@pytree
@dataclass(frozen=True)
class Cosine(Schedule):
    """Half a cosine: α(1 + cos πx)/2 with x = (t − 1)/T. Source: Loshchilov & Hutter (2017)."""

    def share(self, t: Any) -> jax.Array:
        return (1 + jnp.cos(jnp.pi * (t - 1) / self.horizon)) / 2


@pytree
@dataclass(frozen=True)
class WarmUpCosine(Schedule):
    """α t/(0.05 T) over the first twentieth of the budget, then half a cosine to 0.

    Source: Goyal et al. (2017) for the rise.
    """

    def share(self, t: Any) -> jax.Array:
        rise = jnp.maximum(WARM_UP * self.horizon, 1.0)
        x = (t - 1 - rise) / jnp.maximum(self.horizon - rise, 1.0)
        return jnp.minimum(t / rise, (1 + jnp.cos(jnp.pi * jnp.clip(x, 0, 1))) / 2)


@pytree
@dataclass(frozen=True)
class InverseTime(Schedule):
    """α/(1 + 9x) with x = (t − 1)/T: at the end a tenth. Source: Robbins & Monro (1951)."""

    def share(self, t: Any) -> jax.Array:
        return 1 / (1 + DECAY * (t - 1) / self.horizon)


@pytree
@dataclass(frozen=True)
class InverseRoot(Schedule):
    """α/√t, for losses that come one after another: it asks for no budget. Source: Zinkevich (2003)."""

    def share(self, t: Any) -> jax.Array:
        return 1 / jnp.sqrt(t)


NAMES: dict[str, type[Schedule] | None] = {
    "constant": None,
    "cosine": Cosine,
    "warmup-cosine": WarmUpCosine,
    "inverse-time": InverseTime,
    "inverse-root": InverseRoot,
}
