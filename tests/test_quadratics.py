"""Quadratics of any spectrum, dimension and direction; and with noise in the gradient."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz.errors import InputError
from uzviz.problems import quadratic, restored

pytestmark = pytest.mark.usefixtures("x64")


def hessian(problem):
    f = jax.jit(jax.hessian(lambda w: problem.loss(w, None, None)))
    return np.asarray(f(np.zeros(len(problem.init.point))))


def test_the_spectrum_is_the_hessians_whichever_way_it_is_turned():
    for rotation in (None, 0, 1):
        problem = quadratic([1.0, 4.0, 9.0], rotation=rotation)
        found = hessian(problem)
        assert np.linalg.eigvalsh(found) == pytest.approx([1, 4, 9])
        assert np.allclose(found, np.diag([1, 4, 9])) == (rotation is None)


def test_seeds_turn_it_differently_and_evenly():
    turned = [quadratic(dimension=3, rotation=seed).loss.f.directions for seed in range(300)]
    assert not np.allclose(turned[0], turned[1])
    for q in turned[:5]:
        np.testing.assert_allclose(q.T @ q, np.eye(3), atol=1e-12)
    mean = np.mean(turned, axis=0)
    assert np.abs(mean).max() < 4 / np.sqrt(3 * 300)


def test_kappa_and_dimension_spread_it_evenly():
    found = np.diag(hessian(quadratic(kappa=1e4, dimension=5)))
    assert found.tolist() == pytest.approx([1, 10, 100, 1000, 10000])
    assert len(quadratic(dimension=40).init.point) == 40
    assert np.diag(hessian(quadratic(kappa=7))).tolist() == pytest.approx([1, 7])


@pytest.mark.parametrize(
    "options",
    [{"kappa": 1e3, "dimension": 6, "rotation": 4}, {"noise": 0.5}, {"spectrum": [1, 2, 3.5]}],
)
def test_equal_ones_share_programs_and_come_back(options):
    one, other = quadratic(**options), quadratic(**options)
    assert one.formulas == other.formulas
    again = restored(one.spec, None, "")
    assert (again.formulas, again.init, again.spec) == (one.formulas, one.init, one.spec)
    assert one.formulas != quadratic([2.0, 3.0]).formulas


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"kappa": 0.5}, "kappa is 0.5"), ({"kappa": "a"}, "kappa is a"), ({"dimension": 1}, "dimension is 1"),
        ({"dimension": 2.5}, "dimension is 2.5"), ({"spectrum": [1.0], "kappa": 3}, "one or the other"),
        ({"rotation": -1}, "rotation is -1"), ({"dimension": 3000, "rotation": 0}, "leave out the rotation"),
        ({"noise": -1}, "noise of quadratic is -1"), ({"noise": np.nan}, "noise of quadratic"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(options, says):
    with pytest.raises(InputError, match=says):
        quadratic(**options)


def test_noise_is_in_what_steps_see_and_not_in_what_is_evaluated():
    problem, w = quadratic([1.0, 10.0], noise=0.5), jnp.array([1.0, -2.0])
    keys = jax.random.split(jax.random.key(0), 4000)
    seen = np.asarray(jax.jit(jax.vmap(lambda key: jax.grad(problem.loss)(w, None, key)))(keys))
    np.testing.assert_allclose(seen.mean(0), [1, -20], atol=4 * 0.5 / np.sqrt(4000))
    np.testing.assert_allclose(seen.std(0), 0.5, rtol=0.05)
    assert float(problem.loss(w, None, None)) == 20.5


def test_descent_under_noise_settles_where_theory_says():
    """w ← (1 − αλ)w − ασξ has the variance ασ²/(λ(2 − αλ)): with λ = 1 the loss is half of that."""
    with jax.enable_x64(False):
        problem = quadratic([1.0] * 400, noise=1.0)
        run = uz.train(problem, uz.GradientDescent(lr=0.1), gradients=200)
    wanted = 400 / 2 * 0.1 / 1.9
    assert run.results["train/loss"] == pytest.approx(wanted, rel=4 * np.sqrt(2 / 400))
