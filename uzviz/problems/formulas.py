"""Problems that people write as formulas, such as x^4 - 4x^3 + 4x^2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz.errors import InputError, shown
from uzviz.problems.notation import VARIABLES, Expression, expression, variables
from uzviz.problems.problem import Problem
from uzviz.problems.surfaces import surface

WHOLE = 64
"""Powers that are made of products, as far as this one: exact, and below 0 too."""


def _size(x: jax.Array) -> jax.Array:
    """|x|, whose slope at 0 is taken as 0; jnp.abs has 1 there."""
    return x * jnp.sign(x)


_DONE: dict[str, Callable[..., jax.Array]] = {
    "+": jnp.add, "-": jnp.subtract, "*": jnp.multiply, "/": jnp.divide, "^": jnp.power,
    "negative": jnp.negative, "sin": jnp.sin, "cos": jnp.cos, "tan": jnp.tan, "exp": jnp.exp,
    "log": jnp.log, "sqrt": jnp.sqrt, "abs": _size, "tanh": jnp.tanh, "sinh": jnp.sinh,
    "cosh": jnp.cosh,
}  # fmt: skip


@dataclass(frozen=True)
class Formula:
    """A function of w = (x,) or (x, y): two are equal, and share what is compiled, if their
    expressions are.

    All numbers are floats: 9^9^9 is inf, 1/0 too, and log(-1) is NaN.
    """

    expression: Expression
    size: int
    """How many numbers w has."""

    @classmethod
    def of(cls, text: str) -> Formula:
        """What a text says; see :func:`uzviz.problems.notation.expression`."""
        found = expression(text)
        seen = variables(found)
        if not seen:
            raise InputError(
                f"The formula '{shown(text)}' is a constant, but must have x in it, or x and y."
            )
        return cls(found, 1 + VARIABLES.index(max(seen)))

    def __call__(self, w: jax.Array) -> jax.Array:
        return _value(self.expression, w)


def _value(tree: Expression, w: jax.Array) -> jax.Array:
    if isinstance(tree, str):
        return w[VARIABLES.index(tree)]
    if not isinstance(tree, tuple):
        return jnp.asarray(tree, w.dtype)
    operation, *parts = tree
    if operation == "^" and (whole := _whole(parts[1])) is not None:
        return jax.lax.integer_pow(_value(parts[0], w), whole)
    return _DONE[operation](*(_value(part, w) for part in parts))


def _whole(exponent: Expression) -> int | None:
    """A power as a small whole number; None if it is none."""
    if isinstance(exponent, tuple) and exponent[0] == "negative":
        below = _whole(exponent[1])
        return None if below is None else -below
    if isinstance(exponent, float) and exponent.is_integer() and exponent <= WHOLE:
        return int(exponent)
    return None


def formula(text: str, start: Sequence[float] | None = None, spread: float = 0.0) -> Problem:
    """A formula of x, or of x and y, minimised: ``formula("x^4 - 4x^3 + 4x^2", start=[3])``.

    The start is all ones unless given; a seed moves it by normal noise of standard deviation
    ``spread``.

    Raises
    ------
    InputError
        for a text that is no formula, with what is allowed; see
        :func:`uzviz.problems.notation.expression`.
    """
    f = Formula.of(text)
    point: Any = [1.0] * f.size if start is None else start
    if np.shape(point) != (f.size,):
        raise InputError(
            f"The start of {shown(text)} is {shown(start)}, but must be "
            f"{'a number x' if f.size == 1 else 'two numbers x,y'}."
        )
    spec = {"kind": "formula", "text": text}
    return surface(f, point, spread=spread, name=text, spec=spec)
