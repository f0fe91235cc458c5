"""Regressions by name: of a polynomial to points, and the logistic and softmax ones of a table."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import losses, tree
from uzviz.checks import numbers, whole
from uzviz.errors import InputError, shown
from uzviz.problems.formulas import Formula
from uzviz.problems.problem import Problem, generator_for
from uzviz.problems.supervised import Data, classify
from uzviz.problems.surfaces import start_at

MOST_DEGREE = 100
MOST_EXAMPLES = 1_000_000


def powers(w: jax.Array, batch: tuple[jax.Array, jax.Array], key: jax.Array | None) -> jax.Array:
    r""":math:`J(w) = \frac1n \sum_i (\sum_k w_k x_i^k - y_i)^2` of w = (w₀, w₁, …)."""
    x, y = batch
    return losses.mse(jnp.polyval(w[::-1], x), y)


def polynomial(
    degree: int = 5,
    n: int = 300,
    *,
    truth: str = "sin(3x)",
    noise: float = 0.2,
    x: Sequence[float] = (-1.0, 1.0),
    seed: int = 0,
    spread: float = 0.0,
) -> Problem:
    r"""A polynomial by mean squared error; its parameters are the coefficients of 1, x, x², …, from 0.

    .. math:: y_i = \text{truth}(x_i) + \text{noise}\, ε_i, \quad ε_i \sim N(0, 1)

    Powers of x resemble each other, so that its Hessian is ill-conditioned, the more the higher the degree.

    Parameters
    ----------
    n
        Examples of the training part; validation and test have a third of that each.
    truth
        A formula of x, as :func:`uzviz.problems.formula` reads it.
    x
        The ends between which x is drawn, evenly.
    seed
        Draws x and ε.

    Raises
    ------
    InputError
        for numbers that cannot be used.
    """
    if not whole(degree, 1, MOST_DEGREE):
        raise InputError(
            f"The degree is {shown(degree)}, but must be a whole number from 1 to {MOST_DEGREE}."
        )
    if not whole(n, 1, MOST_EXAMPLES):
        raise InputError(
            f"polynomial has {shown(n)} examples, but must have a whole number from 1 to "
            f"{MOST_EXAMPLES:,}."
        )
    if numbers([noise]) is None or noise < 0:
        raise InputError(f"The noise of polynomial is {shown(noise)}, but must be 0 or more.")
    ends = numbers(x)
    if ends is None or len(ends) != 2 or not ends[0] < ends[1]:
        raise InputError(
            f"x of polynomial goes over {shown(x)}, but must have a low and a high end."
        )
    if not whole(seed, 0):
        raise InputError(
            f"The seed of polynomial is {shown(seed)}, but must be a whole number from 0."
        )
    line = Formula.of(truth)
    if line.size != 1:
        raise InputError(f"The truth is '{shown(truth)}', but must be a formula of x alone.")
    init = start_at([0.0] * (int(degree) + 1), spread, "polynomial")
    held = max(1, round(n / 3))
    places = generator_for(seed, "x").uniform(ends[0], ends[1], n + 2 * held)
    values = np.asarray(jax.vmap(line)(tree.placed(places[:, None])), float)
    if not np.isfinite(values).all():
        raise InputError(
            f"The truth '{shown(truth)}' is not finite everywhere from {ends[0]:g} to {ends[1]:g}: choose "
            "another view."
        )
    drawn = generator_for(seed, "noise").standard_normal(len(values))
    return Problem(
        init=init, loss=powers, data=(places, values + float(noise) * drawn), ratio=(n, held, held),
        name="polynomial",
        spec={
            "kind": "polynomial", "degree": int(degree), "n": int(n), "truth": truth, "noise": float(noise),
            "x": ends.tolist(), "seed": int(seed), "spread": init.spread,
        },
    )  # fmt: skip


def logistic(data: Data, split: Sequence[float] = (0.6, 0.2, 0.2)) -> Problem:
    """Logistic regression: two classes of a table by one linear unit and binary cross-entropy, from 0.

    Convex. ``data`` and ``split`` as for :func:`uzviz.problems.classify`, which it is without hidden layers.
    """
    return classify(data, [], init="zero", loss="binary-cross-entropy", split=split)


def softmax(data: Data = "digits", split: Sequence[float] = (0.6, 0.2, 0.2)) -> Problem:
    """Softmax regression: classes of a table by one linear unit each and cross-entropy, from 0.

    Convex. ``data`` and ``split`` as for :func:`uzviz.problems.classify`, which it is without hidden layers.
    """
    return classify(data, [], init="zero", split=split)
