"""Surfaces: their minima, their values, starts that seeds move."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import differential_evolution, rosen

import uzviz as uz
from uzviz.engine import start_point
from uzviz.errors import InputError
from uzviz.problems import PLANES, SURFACES

MINIMA = {**{name: plane.minima for name, plane in PLANES.items()}, "quadratic": ((0, 0),)}


def value(problem, w):
    return problem.loss(jnp.asarray(w, float), None, None)


@pytest.mark.parametrize(("name", "w"), [(n, w) for n, ws in MINIMA.items() for w in ws])
def test_minima(name, w, x64):
    problem, least = SURFACES[name](), PLANES[name].least if name in PLANES else 0
    found, slope = jax.jit(jax.value_and_grad(lambda w: value(problem, w)))(np.array(w, float))
    assert float(found) == pytest.approx(least, abs=1e-6)
    assert np.allclose(slope, 0, atol=1e-3)


@pytest.mark.parametrize("name", PLANES)
def test_nothing_in_view_lies_below_the_minima(name, x64):
    plane = PLANES[name]
    xs, ys = (np.linspace(*ends, 201) for ends in plane.domain)
    seen = jax.jit(jax.vmap(lambda y: jax.vmap(lambda x: plane.f(x, y))(xs)))(ys)
    assert float(seen.min()) >= plane.least - 1e-6
    for point in (*plane.minima, plane.start):
        assert all(low <= z <= high for z, (low, high) in zip(point, plane.domain, strict=True))


# Published values, and each formula by hand at a point where no term vanishes.
@pytest.mark.parametrize(
    ("name", "w", "expected"),
    [
        ("goldstein-price", (1, 1), 1876),
        ("goldstein-price", (-0.6, -0.4), 30),
        ("goldstein-price", (1.8, 0.2), 84),
        ("goldstein-price", (1.2, 0.8), 840),
        ("beale", (1, 2), (1.5 + 1) ** 2 + (2.25 + 3) ** 2 + (2.625 + 7) ** 2),
        ("styblinski-tang", (1, 2), (1 - 16 + 5 + 16 - 64 + 10) / 2),
        ("mccormick", (1, -1), 0 + 4 - 1.5 - 2.5 + 1),
        ("matyas", (1, 2), 0.26 * 5 - 0.96),
        ("rastrigin", (0.5, 1), 20 + 1.25 + 10 - 10),
        ("ackley", (1, 1), 20 + np.e - 20 * np.exp(-0.2) - np.e),
        ("ravine", (0, 1), 1 + 180),
        ("valley", (2, 1), 2.5),
        ("saddle", (2, 2), 2 + 4 - 2),
        ("barrier", (2, 1), 9 + 0.6 + 1),
    ],
)
def test_values(name, w, expected, x64):
    assert float(value(SURFACES[name](), w)) == pytest.approx(expected, rel=1e-12)


def test_rosenbrock_is_that_of_scipy():
    for w in [(-1.5, 2.5), (0.3, -2.0)]:
        assert float(value(SURFACES["rosenbrock"](), w)) == pytest.approx(rosen(w))


@pytest.mark.parametrize("name", PLANES)
def test_scipy_finds_no_other_minimum(name, x64):
    plane = PLANES[name]
    seen = jax.jit(jax.vmap(plane.value, in_axes=-1))
    found = differential_evolution(
        lambda w: np.asarray(seen(w)), plane.domain, vectorized=True,
        updating="deferred", rng=0, tol=1e-10, popsize=30,
    )  # fmt: skip
    assert min(np.linalg.norm(found.x - np.array(w)) for w in plane.minima) < 1e-3
    assert found.fun == pytest.approx(plane.least, abs=1e-5)


def test_the_quadratic_has_the_spectrum_asked_for():
    problem = uz.problems.quadratic([1.0, 4.0, 9.0])
    hessian = jax.jit(jax.hessian(lambda w: value(problem, w)))(np.ones(3))
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
