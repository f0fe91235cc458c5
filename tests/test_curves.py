"""Minima of curves, and their valleys."""

import math

import jax.numpy as jnp
import numpy as np
import pytest

from uzviz.errors import InputError
from uzviz.problems import Formula, valleys

# By hand, or the root of the derivative.
MINIMA = [
    ("x^4 - 4x^3 + 4x^2", (-1, 3), [0, 2], [True, True]),
    ("x^4 - 8x^2 + 16", (-3, 3), [-2, 2], [True, True]),
    ("sin x + x^2/10", (-8, 8), [-1.306440008, 3.837467107], [True, False]),
    ("x^3 - 6x^2 + 9x + 1", (-0.5, 5), [3], [False]),
    ("x^3 - 6x^2 + 9x + 1", (0.5, 5), [3], [True]),
    ("e^x - 2x", (-4, 3), [math.log(2)], [True]),
    ("abs(x - 0.3)", (-1, 1), [0.3], [True]),
    ("abs(x-1) + abs(x+1)", (-3, 3), [0], [True]),
    ("x - ln x", (-1, 3), [1], [True]),
    ("x + 1/x", (-3, 3), [1], [False]),
    ("1/x", (-1, 1), [], []),
    ("tan x", (-9, 9), [], []),
    ("ln x", (-1, 3), [], []),
    ("0x", (-1, 1), [], []),
    ("x", (-1, 1), [], []),
]


@pytest.mark.parametrize(("text", "ends", "at", "lowest"), MINIMA)
def test_minima(text, ends, at, lowest, x64):
    f = Formula.of(text)
    found = valleys(f, *ends)
    assert found.at.tolist() == pytest.approx(at, abs=1e-6)
    assert found.value.tolist() == pytest.approx(
        [float(f(jnp.array([float(x)]))) for x in at], abs=1e-9
    )
    assert found.lowest.tolist() == lowest


def test_many_minima_are_all_found(x64):
    found = valleys(Formula.of("cos(50x)"), -10, 10)
    wanted = [k * math.pi / 50 for k in range(-159, 160, 2)]
    assert found.at.tolist() == pytest.approx([w for w in wanted if abs(w) < 10], abs=1e-6)


def test_a_valley_goes_from_maximum_to_maximum(x64):
    found = valleys(Formula.of("x^4 - 8x^2 + 16"), -3, 3)
    assert found.left.tolist() == pytest.approx([-3, 0], abs=2e-3)
    assert found.right.tolist() == pytest.approx([0, 3], abs=2e-3)
    places = np.array([-3.1, -2.9, -0.1, 0.1, 2.9, 3.1, np.nan, np.inf])
    assert found.of(places).tolist() == [-1, 0, 0, 1, 1, -1, -1, -1]
    cubic = valleys(Formula.of("x^3 - 3x^2 + 2"), -1.5, 4)
    assert cubic.of(np.array([-0.5, 0.5, 3.5])).tolist() == [-1, 0, 0]
    assert valleys(Formula.of("x"), 0, 1).of(np.array([0.5])).tolist() == [-1]


@pytest.mark.parametrize(
    "ends", [(1, 1), (2, 1), (math.nan, 1), (0, math.inf), ("a", "b"), (None, 1)]
)
def test_views_that_are_none(ends):
    with pytest.raises(InputError, match="must go from a number to a larger one"):
        valleys(Formula.of("x^2"), *ends)
