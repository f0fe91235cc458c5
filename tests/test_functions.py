"""The labs' functions of one number: their minima, their values, what of them is in view."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz.api.catalogue import problem_named
from uzviz.errors import InputError
from uzviz.problems import CURVES, restored, valleys

# Each written again, by NumPy, as the labs have it.
LABS = {
    "left-parabola": lambda x: (x + 1) ** 2 + 1,
    "right-parabola": lambda x: (x - 2) ** 2 + 1,
    "cubic": lambda x: x**3 - 3 * x**2 + 2,
    "sine-bowl": lambda x: np.sin(x) + x**2 / 10,
    "cosine-bowl": lambda x: np.cos(x) + x**2 / 5,
    "flat-bowl": lambda x: np.exp(-(x**2)) + x**2,
    "two-wells": lambda x: x**4 - 4 * x**3 + 4 * x**2,
    "log-bowl": lambda x: np.log(x**2 + 1) + x**2 / 2,
    "wave-bowl": lambda x: x * np.sin(x) + x**2 / 10,
    "shifted-cubic": lambda x: x**3 - 6 * x**2 + 9 * x + 1,
    "exponential": lambda x: np.exp(x) - 2 * x,
    "double-well": lambda x: x**4 - 8 * x**2 + 16,
    "sixth-power": lambda x: (x - 1) ** 6 + 0.5 * (x - 1) ** 2,
}


def test_they_are_those_of_the_labs():
    assert set(CURVES) == set(LABS)


@pytest.mark.parametrize("name", CURVES)
def test_values_minima_and_view(name, x64):
    curve = CURVES[name]
    xs = np.linspace(*curve.domain, 201)
    seen = np.asarray(jax.vmap(curve.f)(jnp.asarray(xs)[:, None]))
    np.testing.assert_allclose(seen, LABS[name](xs), rtol=1e-12, atol=1e-12)
    assert seen.min() >= curve.least - 1e-9
    assert curve.domain[0] <= curve.start <= curve.domain[1]
    for at in curve.minima:
        assert LABS[name](at) == pytest.approx(curve.least, abs=1e-9)
        assert float(jax.grad(curve.f)(jnp.array([at]))[0]) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", ["sine-bowl", "wave-bowl", "exponential"])
def test_no_lower_valley_is_in_view(name, x64):
    curve = CURVES[name]
    found = valleys(curve.f, *curve.domain)
    assert found.at[found.lowest].tolist() == pytest.approx(curve.minima, abs=1e-6)


def test_it_trains_by_name_and_comes_back_from_its_spec():
    problem = problem_named("sixth-power", start=[2.0])
    again = restored(problem.spec, None, "")
    assert again.spec == problem.spec
    assert again.formulas == problem.formulas
    run = uz.train(problem, uz.Momentum(lr=0.05, beta=0.5), gradients=200)
    assert float(run.w[0]) == pytest.approx(1, abs=1e-3)
    with pytest.raises(InputError, match="must be one number"):
        CURVES["cubic"](start=[1.0, 2.0])


def test_the_golden_numbers_of_the_labs_parabola(x64):
    """x² from 6, eight steps: the numbers stand in the lecture's labs."""
    for alpha, wanted in [(0.25, 0.0234375), (1.1, 25.798902)]:
        run = uz.train(problem_named("x^2", start=[6.0]), uz.GradientDescent(lr=alpha), gradients=8)
        assert float(run.w[0]) == pytest.approx(wanted, rel=1e-6)
    assert math.isfinite(float(run.loss[-1]))
