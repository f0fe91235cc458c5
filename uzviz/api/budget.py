"""What training and racing ask first."""

from __future__ import annotations

from uzviz import engine
from uzviz.checks import whole
from uzviz.errors import InputError, shown
from uzviz.problems import Problem
from uzviz.races import Batch

EPOCHS = 20
GRADIENTS = 300
"""The budget of a problem without data, unless one is given."""
BATCH = 32


def check(problem: Problem, seed: int) -> None:
    if not isinstance(problem, Problem):
        raise InputError(
            f"The problem is {shown(problem)}, but must be a Problem, such as classify('digits')."
        )
    engine.check(problem)
    if not whole(seed, 0):
        raise InputError(
            f"The seed is {shown(seed)}, but must be a whole number from 0 to {2**31 - 1}."
        )


def budget(
    problem: Problem, epochs: float | None, gradients: int | None
) -> tuple[float | None, int | None]:
    if epochs is None and gradients is None:
        return (None, GRADIENTS) if problem.data is None else (EPOCHS, None)
    return epochs, gradients


def batch_of(n: int, batch: Batch | None) -> Batch:
    return min(BATCH, n) if batch is None else batch
