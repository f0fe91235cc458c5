"""A straight line through points: the regression whose loss can be seen whole, over a plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax

from uzviz import losses
from uzviz.checks import numbers, whole
from uzviz.errors import InputError, shown
from uzviz.problems.problem import Problem, generator_for
from uzviz.problems.surfaces import start_at

MOST_EXAMPLES = 1_000_000


def squares(w: jax.Array, batch: tuple[jax.Array, jax.Array], key: jax.Array | None) -> jax.Array:
    r""":math:`J(b, W) = \frac1n \sum_i (W x_i + b - y_i)^2` of w = (b, W)."""
    x, y = batch
    return losses.mse(w[0] + w[1] * x, y)


def linear(
    n: int = 300,
    *,
    slope: float = 2.0,
    intercept: float = -1.0,
    noise: float = 1.0,
    x: Sequence[float] = (-1.0, 3.0),
    seed: int = 0,
    start: Sequence[float] = (-4.0, -4.0),
    spread: float = 0.0,
) -> Problem:
    r"""A line y = Wx + b by mean squared error; its parameters are w = (b, W), neither standardised.

    .. math:: y_i = \text{slope}\, x_i + \text{intercept} + \text{noise}\, ε_i, \quad ε_i \sim N(0, 1)

    Parameters
    ----------
    n
        Examples of the training part; validation and test have a third of that each.
    x
        The ends between which x is drawn, evenly.
    seed
        Draws x and ε, which neither line nor noise changes. What a training draws, split, start and
        order, follows from its own seed.
    start, spread
        Where (b, W) starts, and the deviation of the noise that a training's seed adds.

    Problems of any of these numbers share their compiled programs, but for the shapes that ``n`` gives.

    Raises
    ------
    InputError
        for numbers that cannot be used.
    """
    if not whole(n, 1, MOST_EXAMPLES):
        raise InputError(
            f"linear has {shown(n)} examples, but must have a whole number from 1 to "
            f"{MOST_EXAMPLES:,}."
        )
    line, ends = numbers([slope, intercept, noise]), numbers(x)
    if line is None or noise < 0:
        raise InputError(
            f"Slope, intercept and noise of linear are {shown([slope, intercept, noise])}, but must be "
            "three finite numbers, the last of them 0 or more."
        )
    if ends is None or len(ends) != 2 or not ends[0] < ends[1]:
        raise InputError(f"x of linear goes over {shown(x)}, but must have a low and a high end.")
    if not whole(seed, 0):
        raise InputError(f"The seed of linear is {shown(seed)}, but must be a whole number from 0.")
    init = start_at(start, spread, "linear")
    if len(init.point) != 2:
        raise InputError(f"The start of linear is {shown(start)}, but must be two numbers b,W.")
    held = max(1, round(n / 3))
    return Problem(
        init=init,
        loss=squares,
        data=_points(n + 2 * held, line.tolist(), ends.tolist(), int(seed)),
        ratio=(n, held, held),
        name="linear",
        spec={
            "kind": "linear", "n": int(n), "slope": float(slope), "intercept": float(intercept),
            "noise": float(noise), "x": ends.tolist(), "seed": int(seed), "start": list(init.point),
            "spread": init.spread,
        },
    )  # fmt: skip


def _points(n: int, line: list[float], ends: list[float], seed: int) -> tuple[Any, Any]:
    slope, intercept, noise = line
    low, high = ends
    x = generator_for(seed, "x").uniform(low, high, n)
    return x, slope * x + intercept + noise * generator_for(seed, "noise").standard_normal(n)
