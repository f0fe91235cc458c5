"""Schedules of schedules: one after another, and products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from uzviz.errors import InputError, shown
from uzviz.hyper import hyperparameter
from uzviz.schedules.base import Schedule
from uzviz.schedules.shapes import Constant
from uzviz.tree import pytree

ONE = Constant(1.0)


@dataclass(frozen=True)
class Composed(Schedule):
    """Of two schedules, each with its value and horizon, of which the whole takes shares."""

    first: Any = ONE
    second: Any = ONE

    def __post_init__(self) -> None:
        super().__post_init__()
        for one in (self.first, self.second):
            if isinstance(one, (int, float, str)) or one is None:
                raise InputError(
                    f"A schedule is composed of {shown(one)}, but must be of schedules: Constant(x) "
                    "is that of a number."
                )


@pytree
@dataclass(frozen=True)
class Product(Composed):
    r""":math:`α_t = α\,a_t b_t`: a warm-up times a fall, say. PyTorch: ``ChainedScheduler``."""

    def share(self, t: Any) -> jax.Array:
        return self.first(t) * self.second(t)


@pytree
@dataclass(frozen=True)
class InTurn(Composed):
    r""":math:`α_t = α\,a_t` up to the step uT, then :math:`α\,b_{t-uT}`: the second begins anew.

    PyTorch: ``SequentialLR``. Optax: ``join_schedules``.
    """

    until: Any = hyperparameter(0.5, "(0, inf)", "share u of the budget that the first has")

    def share(self, t: Any) -> jax.Array:
        turn = jnp.round(self.until * self.horizon)
        after = jnp.maximum(t - turn, 1)
        return jnp.where(t <= turn, self.first(t), self.second(after))
