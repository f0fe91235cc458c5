"""Functions of one number that the lecture's labs descend, with the part worth a look, and their minima."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from uzviz.errors import InputError, shown
from uzviz.problems.formulas import Formula
from uzviz.problems.problem import Problem
from uzviz.problems.surfaces import surface


@dataclass(frozen=True)
class Curve:
    """A function of x. Called, it is a problem that starts at ``start``, which a seed moves by normal noise
    of standard deviation ``spread``."""

    name: str
    text: str
    """As :func:`uzviz.problems.formula` reads it."""
    equation: str
    start: float
    domain: tuple[float, float]
    """What of x is worth a look."""
    minima: tuple[float, ...]
    """Where it is lowest there."""
    least: float
    """Its value there."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "__doc__", self.equation)

    @property
    def f(self) -> Formula:
        """The function, of w = (x,)."""
        return Formula.of(self.text)

    def __call__(self, start: Sequence[float] | None = None, spread: float = 0.0) -> Problem:
        point = [self.start] if start is None else start
        if np.shape(point) != (1,):
            raise InputError(f"The start of {self.name} is {shown(start)}, but must be one number.")
        return surface(self.f, point, spread=spread, name=self.name, spec={"kind": self.name})


CURVES = {
    curve.name: curve
    for curve in (
        Curve(
            "left-parabola", "(x+1)^2 + 1", "(x+1)² + 1; minimum 1 at −1.",
            3.0, (-5.0, 3.0), (-1.0,), 1.0,
        ),
        Curve(
            "right-parabola", "(x-2)^2 + 1", "(x−2)² + 1; minimum 1 at 2.",
            -2.0, (-2.0, 6.0), (2.0,), 1.0,
        ),
        Curve(
            "exponential", "e^x - 2x", "eˣ − 2x; minimum 2 − 2 ln 2 at ln 2: steep on the right, flat on the left.",
            -3.0, (-4.0, 3.0), (0.6931471806,), 0.6137056389,
        ),
        Curve(
            "log-bowl", "ln(x^2+1) + x^2/2", "ln(x²+1) + x²/2; minimum 0 at 0.",
            3.0, (-4.0, 4.0), (0.0,), 0.0,
        ),
        Curve(
            "flat-bowl", "e^(-x^2) + x^2", "exp(−x²) + x²; minimum 1 at 0, where it is as flat as x⁴/2.",
            2.0, (-3.0, 3.0), (0.0,), 1.0,
        ),
        Curve(
            "sixth-power", "(x-1)^6 + 0.5(x-1)^2",
            "(x−1)⁶ + ½(x−1)²; minimum 0 at 1. The labs' match of gradient descent and momentum.",
            3.0, (-1.0, 3.0), (1.0,), 0.0,
        ),
        Curve(
            "cubic", "x^3 - 3x^2 + 2", "x³ − 3x² + 2; a local minimum −2 at 2. It falls without end below −1.",
            3.0, (-0.9, 3.5), (2.0,), -2.0,
        ),
        Curve(
            "shifted-cubic", "x^3 - 6x^2 + 9x + 1",
            "x³ − 6x² + 9x + 1; a local minimum 1 at 3. It falls without end below 0.",
            1.5, (0.1, 5.0), (3.0,), 1.0,
        ),
        Curve(
            "two-wells", "x^4 - 4x^3 + 4x^2", "x⁴ − 4x³ + 4x² = x²(x−2)²; minima 0 at 0 and 2.",
            3.0, (-1.0, 3.0), (0.0, 2.0), 0.0,
        ),
        Curve(
            "double-well", "x^4 - 8x^2 + 16", "x⁴ − 8x² + 16 = (x²−4)²; minima 0 at −2 and 2.",
            0.5, (-3.0, 3.0), (-2.0, 2.0), 0.0,
        ),
        Curve(
            "sine-bowl", "sin x + x^2/10", "sin x + x²/10; minimum −0.794582 at −1.306440, and a local one at 3.837467.",
            7.0, (-8.0, 8.0), (-1.3064400084,), -0.7945823376,
        ),
        Curve(
            "cosine-bowl", "cos x + x^2/5", "cos x + x²/5; minima 0.376859 at ±2.125345.",
            5.0, (-6.0, 6.0), (-2.1253452, 2.1253452), 0.3768586101,
        ),
        Curve(
            "wave-bowl", "x*sin x + x^2/10", "x sin x + x²/10; minima −2.492064 at ±4.724057, and local ones.",
            9.0, (-12.0, 12.0), (-4.7240573, 4.7240573), -2.4920639768,
        ),
    )
}  # fmt: skip
"""By name, from the simplest on."""
