"""The straight line: its data, its loss over the plane, and that its numbers are data to what is compiled."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz import engine
from uzviz.api.catalogue import problem_named
from uzviz.engine import programs
from uzviz.errors import InputError
from uzviz.problems import linear, restored


def part(problem, name="train", seed=0):
    rows = getattr(problem.split(seed), name)
    return tuple(v[rows] for v in problem.data)


@pytest.mark.parametrize("n", [1, 2, 20, 299, 300, 800])
def test_it_trains_on_as_many_examples_as_were_asked_for(n):
    assert linear(n).sizes == (n, max(1, round(n / 3)), max(1, round(n / 3)))


def test_data_are_a_line_and_noise():
    x, y = linear(3000, slope=0.5, intercept=2, noise=0).data
    assert np.allclose(y, 0.5 * x + 2)
    assert x.min() > -1
    assert x.max() < 3
    assert abs(x.mean() - 1) < 0.1
    again, noisy = linear(3000, slope=-3, intercept=1, noise=0.7).data
    assert np.array_equal(again, x)  # neither line nor noise draws other numbers
    assert np.std(noisy - (-3 * x + 1)) == pytest.approx(0.7, rel=0.05)
    assert not np.array_equal(linear(3000, seed=1).data[0], x)


def test_descent_comes_to_least_squares(x64):
    problem = linear(50)
    run = uz.train(problem, uz.GradientDescent(lr=0.2), batch="all", epochs=500)
    x, y = part(problem)
    slope, intercept = np.polyfit(x, y, 1)
    assert np.asarray(run.w) == pytest.approx([intercept, slope], rel=1e-9)
    assert run.loss[-1] == pytest.approx(np.mean((slope * x + intercept - y) ** 2), rel=1e-9)


def test_batch_descent_converges_below_two_over_the_largest_curvature(x64):
    problem = linear(40)
    batch = tuple(map(jnp.asarray, part(problem)))
    hessian = jax.hessian(lambda w: problem.loss(w, batch, None))(jnp.zeros(2))
    bound = 2 / np.linalg.eigvalsh(hessian)[-1]
    for factor, converges in [(0.99, True), (1.01, False)]:
        rule = uz.GradientDescent(lr=factor * bound)
        loss = uz.train(problem, rule, batch="all", epochs=900).loss
        assert (loss[-1] < loss[0]) == converges


def test_no_number_compiles_anew():
    def trained(alpha, **numbers):
        uz.train(linear(30, **numbers), uz.GradientDescent(lr=alpha), batch=10, epochs=2)

    trained(0.01)
    compiled = (programs.solo_steps, programs.solo_evaluation)
    before = [program._cache_size() for program in compiled]
    trained(0.02, slope=1.5, intercept=0.25, noise=0.3, seed=7, x=(0, 1))
    assert [program._cache_size() for program in compiled] == before


def test_the_start_is_that_which_was_given():
    assert np.array_equal(engine.start_point(linear(9, start=(1, 2)), 0), [1, 2])
    moved = [engine.start_point(linear(9, spread=1.0), seed) for seed in range(2)]
    assert not np.array_equal(*moved)


def test_it_is_known_by_name_and_made_again_from_its_spec():
    made = problem_named("linear", start=[1, 2])
    assert list(made.init.point) == [1, 2]
    again = restored(json.loads(json.dumps(made.spec)), None, made.checksum)
    assert again.spec == made.spec
    with pytest.raises(InputError, match="no option 'hidden'"):
        problem_named("linear", hidden=[3])


@pytest.mark.parametrize(
    "options",
    [
        {"n": 0}, {"n": 2.5}, {"n": 10**9}, {"slope": np.nan}, {"noise": -1}, {"noise": "a"},
        {"x": (1, 1)}, {"x": (1,)}, {"x": 3}, {"seed": -1}, {"start": (1,)}, {"start": (1, np.inf)},
        {"spread": -1},
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(options):
    with pytest.raises(InputError, match="must"):
        linear(**options)
