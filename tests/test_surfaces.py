"""Surfaces: their minima, their values, starts that seeds move."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import minimize, rosen

import uzviz as uz
from uzviz.engine import start_point
from uzviz.errors import InputError
from uzviz.problems import SURFACES

MINIMA = {
    "rosenbrock": [(1, 1)],
    "beale": [(3, 0.5)],
    "himmelblau": [(3, 2), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)],
    "quadratic": [(0, 0)],
}


def value(problem, w):
    return problem.loss(jnp.asarray(w, float), None, None)


@pytest.mark.parametrize(("name", "w"), [(n, w) for n, ws in MINIMA.items() for w in ws])
def test_minima(name, w):
    problem = SURFACES[name]()
    assert float(value(problem, w)) == pytest.approx(0, abs=1e-9)
    assert np.allclose(jax.grad(lambda w: value(problem, w))(jnp.asarray(w, float)), 0, atol=1e-3)


def test_every_surface_has_its_minimum_here():
    assert MINIMA.keys() == SURFACES.keys()


def test_rosenbrock_is_that_of_scipy():
    for w in [(-1.5, 2.5), (0.3, -2.0)]:
        assert float(value(SURFACES["rosenbrock"](), w)) == pytest.approx(rosen(w))


@pytest.mark.parametrize("name", SURFACES)
def test_scipy_descends_to_a_minimum_from_the_start(name):
    problem = SURFACES[name]()
    found = minimize(
        lambda w: float(value(problem, w)), start_point(problem, 0), method="Nelder-Mead"
    )
    assert min(np.linalg.norm(found.x - np.array(w)) for w in MINIMA[name]) < 1e-2


def test_the_quadratic_has_the_spectrum_asked_for():
    problem = uz.problems.quadratic([1.0, 4.0, 9.0])
    hessian = jax.hessian(lambda w: value(problem, w))(jnp.ones(3))
    assert np.allclose(np.linalg.eigvalsh(hessian), [1, 4, 9])


def test_spread_moves_the_start_by_seed():
    still, moved = uz.problems.beale(), uz.problems.beale(spread=0.5)
    assert np.allclose(start_point(still, 0), start_point(still, 1))
    starts = np.array([start_point(moved, seed) for seed in range(200)])
    assert np.allclose(starts.mean(0), [0.7, 1.4], atol=0.15)
    assert np.allclose(starts.std(0), 0.5, atol=0.1)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("beale", {"start": [1.0]}),
        ("beale", {"start": [1.0, np.nan]}),
        ("beale", {"start": "ab"}),
        ("beale", {"spread": -1}),
        ("beale", {"spread": np.inf}),
        ("quadratic", {"spectrum": []}),
        ("quadratic", {"spectrum": [1.0, np.inf]}),
        ("quadratic", {"spectrum": [1.0, 2.0], "start": [1.0]}),
        ("quadratic", {"spectrum": 3.0}),
    ],
)
def test_what_cannot_be_used_is_refused(name, options):
    with pytest.raises(InputError, match="must be"):
        SURFACES[name](**options)


def test_any_function_of_a_vector():
    problem = uz.problems.surface(lambda w: jnp.sum((w - 3) ** 2), [0.0, 0.0, 0.0])
    run = uz.train(problem, uz.GradientDescent(lr=0.1), gradients=200)
    assert np.allclose(run.w, 3)
