"""Functions of two numbers, with the part of the plane worth a look, and their minima."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz.errors import InputError, shown
from uzviz.problems.problem import Problem
from uzviz.problems.surfaces import surface

Pair = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Plane:
    """A function of x and y. Called, it is a problem that starts at ``start``, which a seed moves by
    normal noise of standard deviation ``spread``."""

    name: str
    equation: str
    f: Callable[[Any, Any], jax.Array]
    start: Pair
    domain: tuple[Pair, Pair]
    """What of x and of y is worth a look."""
    minima: tuple[Pair, ...]
    """Its global ones."""
    least: float = 0.0
    """Its value there."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "__doc__", self.equation)

    def value(self, w: jax.Array) -> jax.Array:
        """f at w = (x, y)."""
        return self.f(w[0], w[1])

    def __call__(self, start: Sequence[float] | None = None, spread: float = 0.0) -> Problem:
        point = self.start if start is None else start
        if np.shape(point) != (2,):
            raise InputError(
                f"The start of {self.name} is {shown(start)}, but must be two numbers x,y."
            )
        return surface(self.value, point, spread=spread, name=self.name, spec={"kind": self.name})


def _beale(x: Any, y: Any) -> Any:
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def _goldstein_price(x: Any, y: Any) -> Any:
    s = x + y + 1
    a = 1 + s**2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    d = 2 * x - 3 * y
    return a * (30 + d**2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2))


def _styblinski_tang(x: Any, y: Any) -> Any:
    return (x**4 - 16 * x**2 + 5 * x + y**4 - 16 * y**2 + 5 * y) / 2


def _rastrigin(x: Any, y: Any) -> Any:
    return 20 + x**2 + y**2 - 10 * (jnp.cos(2 * jnp.pi * x) + jnp.cos(2 * jnp.pi * y))


def _ackley(x: Any, y: Any) -> Any:
    r2 = (x**2 + y**2) / 2
    r = jnp.where(r2 > 0, jnp.sqrt(jnp.where(r2 > 0, r2, 1)), 0)  # no slope at the tip
    waves = (jnp.cos(2 * jnp.pi * x) + jnp.cos(2 * jnp.pi * y)) / 2
    return 20 + jnp.e - 20 * jnp.exp(-r / 5) - jnp.exp(waves)


PLANES = {
    plane.name: plane
    for plane in (
        Plane(
            "valley", "A narrow valley, x²/8 + 2y²; minimum 0 at (0, 0).",
            lambda x, y: x**2 / 8 + 2 * y**2, (-2.0, -2.0), ((-2.5, 2.5), (-2.5, 2.5)), ((0.0, 0.0),),
        ),
        Plane(
            "ravine",
            "A bent ravine, (1−x)² + 20(3y−x²)²; minimum 0 at (1, ⅓). Source: the first figure of Goh, Why "
            "Momentum Really Works (2017).",
            lambda x, y: (1 - x) ** 2 + 20 * (3 * y - x**2) ** 2, (-1.21, 0.853),
            ((-2.0, 2.0), (-0.267, 1.067)), ((1.0, 1 / 3),),
        ),
        Plane(
            "saddle", "A saddle between two valleys, x²/2 + y⁴/4 − y²/2; minima −¼ at (0, ±1).",
            lambda x, y: x**2 / 2 + y**4 / 4 - y**2 / 2, (-1.8, 0.001), ((-2.0, 2.0), (-1.6, 1.6)),
            ((0.0, 1.0), (0.0, -1.0)), -0.25,
        ),
        Plane(
            "barrier",
            "A barrier before the lower valley, (x²−1)² + 3x/10 + y²; minimum −0.305429 at (−1.035555, 0).",
            lambda x, y: (x**2 - 1) ** 2 + 0.3 * x + y**2, (1.8, 1.0), ((-2.0, 2.0), (-1.5, 1.5)),
            ((-1.035555, 0.0),), -0.305429,
        ),
        Plane(
            "matyas", "Matyas's function, 0.26(x²+y²) − 0.48xy; minimum 0 at (0, 0).",
            lambda x, y: 0.26 * (x**2 + y**2) - 0.48 * x * y, (-8.0, 2.0),
            ((-10.0, 10.0), (-10.0, 10.0)), ((0.0, 0.0),),
        ),
        Plane(
            "mccormick",
            "McCormick's function, sin(x+y) + (x−y)² − 1.5x + 2.5y + 1; minimum −1.913223 at (−0.547198, "
            "−1.547198) of this part of the plane.",
            lambda x, y: jnp.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1, (3.0, 3.0),
            ((-1.5, 4.0), (-3.0, 4.0)), ((-0.5471976, -1.5471976),), -1.9132230,
        ),
        Plane(
            "rosenbrock", "Rosenbrock's valley, (1−x)² + 100(y−x²)²; minimum 0 at (1, 1).",
            lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2, (-1.5, 2.5), ((-2.0, 2.0), (-1.0, 3.0)),
            ((1.0, 1.0),),
        ),
        Plane(
            "beale",
            "Beale's function, (1.5−x+xy)² + (2.25−x+xy²)² + (2.625−x+xy³)²; minimum 0 at (3, ½).",
            _beale, (0.7, 1.4), ((-2.25, 4.5), (-2.25, 2.25)), ((3.0, 0.5),),
        ),
        Plane(
            "himmelblau",
            "Himmelblau's function, (x²+y−11)² + (x+y²−7)²; four minima of 0, one at (3, 2).",
            lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2, (0.0, 0.0),
            ((-5.0, 5.0), (-5.0, 5.0)),
            ((3.0, 2.0), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)),
        ),
        Plane(
            "styblinski-tang",
            "Styblinski and Tang's function, ½Σ(z⁴ − 16z² + 5z) over z = x, y; minimum −78.332331 at "
            "(−2.903534, −2.903534).",
            _styblinski_tang, (4.0, 0.5), ((-5.0, 5.0), (-5.0, 5.0)), ((-2.903534, -2.903534),),
            -78.3323314,
        ),
        Plane(
            "goldstein-price",
            "Goldstein and Price's function, (1 + (x+y+1)²(19−14x+3x²−14y+6xy+3y²)) (30 + "
            "(2x−3y)²(18−32x+12x²+48y−36xy+27y²)); minimum 3 at (0, −1).",
            _goldstein_price, (-0.5, 1.2), ((-2.0, 2.0), (-2.0, 2.0)), ((0.0, -1.0),), 3.0,
        ),
        Plane(
            "rastrigin",
            "Rastrigin's function, 20 + Σ(z² − 10 cos 2πz) over z = x, y; minimum 0 at (0, 0), and many "
            "local ones.",
            _rastrigin, (-3.6, 2.4), ((-5.12, 5.12), (-5.12, 5.12)), ((0.0, 0.0),),
        ),
        Plane(
            "ackley",
            "Ackley's function, 20 + e − 20 exp(−√((x²+y²)/2)/5) − exp((cos 2πx + cos 2πy)/2); minimum 0 "
            "at (0, 0), and many local ones.",
            _ackley, (-3.2, 2.3), ((-5.0, 5.0), (-5.0, 5.0)), ((0.0, 0.0),),
        ),
    )
}  # fmt: skip
"""By name, from the simplest on."""

rosenbrock, beale, himmelblau = (PLANES[name] for name in ("rosenbrock", "beale", "himmelblau"))
