"""Losses f₁, f₂, … that come one a round: what online learning minimises, over a set of points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz.checks import numbers, whole
from uzviz.errors import InputError, shown
from uzviz.problems.problem import Params, generator_for

REPEAT = 1024
"""Rounds after which noise is the same again."""


def everywhere(w: Params) -> Params:
    """No bounds."""
    return w


@dataclass(frozen=True)
class Online:
    """Rounds of losses. Those that share their functions share their programs, on whatever data.

    Parameters
    ----------
    loss
        ``loss(w, t, data) -> scalar``, what round t = 1, 2, … costs at w.
    data
        A pytree of the numbers that the loss is made of.
    start
        Where a walk begins.
    best
        The point that costs least over many rounds, against which regret is counted.
    project
        The nearest point of the set that w must be in.
    """

    name: str
    loss: Callable[[Params, Any, Any], jax.Array]
    data: Any
    start: Params
    best: Params
    project: Callable[[Params], Params] = everywhere


def _one_in_three(w: jax.Array, t: Any, data: dict[str, Any]) -> jax.Array:
    return jnp.where(t % 3 == 1, data["c"], -1.0) * w


def _to_interval(w: jax.Array) -> jax.Array:
    return jnp.clip(w, -1, 1)


def one_in_three(c: float = 3.0) -> Online:
    """Cx in the rounds 1, 4, 7, … and −x in the others, over [−1, 1]: the best point is −1, for the large
    gradient outweighs the two small ones.

    Source: Reddi, Kale & Kumar (2018), theorem 1: Adam with β₁ = 0, β₂ = 1/(1 + C²) goes to +1.

    Raises
    ------
    InputError
        for a C of 2 or less, with which −1 is not the best.
    """
    if numbers([c]) is None or c <= 2:
        raise InputError(f"C is {shown(c)}, but must be a number above 2.")
    return Online(
        "one-in-three", _one_in_three, {"c": float(c)}, np.array(1.0), np.array(-1.0), _to_interval
    )


def _rare(w: jax.Array, t: Any, data: dict[str, Any]) -> jax.Array:
    seen = t % data["every"] == 0
    noise = data["noise"][(t - 1) % REPEAT]
    return jnp.sum(jnp.where(seen, data["spectrum"] * w**2 / 2 + noise * w, 0))


def rare(
    spectrum: Sequence[float] = (1.0, 100.0),
    every: Sequence[int] = (1, 1),
    noise: float = 0.0,
    start: Sequence[float] | None = None,
    seed: int = 0,
) -> Online:
    """½ Σ λᵢ wᵢ², whose i-th term comes in every ``every[i]``-th round only, as the weights of rare features
    do; to each of its slopes normal noise of deviation ``noise`` is added, the same again
    after 1,024 rounds. The start is all ones unless given.

    Raises
    ------
    InputError
        for numbers that cannot be used, and for lists of different lengths.
    """
    curvatures = numbers(spectrum)
    if curvatures is None or not len(curvatures):
        raise InputError(
            f"spectrum of rare is {shown(spectrum)}, but must be a list of numbers, one a weight."
        )
    weights = len(curvatures)
    point = np.ones(weights) if start is None else numbers(start)
    if point is None or len(point) != weights:
        raise InputError(
            f"start of rare is {shown(start)}, but must be {weights} numbers, one a weight."
        )
    periods = numbers(every)
    if periods is None or len(periods) != weights or not all(whole(n) for n in every):
        raise InputError(
            f"every of rare is {shown(every)}, but must be {weights} whole numbers from 1 on, one a weight."
        )
    if numbers([noise]) is None or noise < 0:
        raise InputError(f"The noise of rare is {shown(noise)}, but must be 0 or more.")
    if not whole(seed, 0):
        raise InputError(f"The seed of rare is {shown(seed)}, but must be a whole number from 0.")
    drawn = noise * generator_for(seed, "noise").normal(size=(REPEAT, weights))
    data = {"spectrum": curvatures, "every": periods.astype(int), "noise": drawn}
    return Online("rare", _rare, data, point, np.zeros(weights))
