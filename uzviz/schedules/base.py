"""What a schedule is: a hyperparameter that depends on t."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax

from uzviz.hyper import check, hyperparameter


@dataclass(frozen=True)
class Schedule:
    """The value of a hyperparameter at step t, from 1 to the ``horizon``, the budget's steps.

    A schedule is a pytree: its numbers are data, so that a race is a ``vmap`` over schedules as well.
    Shares of the budget are shares of the horizon.
    """

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
