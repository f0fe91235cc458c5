"""Regressions by name, against NumPy's and scikit-learn's."""

import jax
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import uzviz as uz
from uzviz.api.catalogue import problem_named
from uzviz.errors import InputError
from uzviz.problems import logistic, polynomial, restored, softmax

RNG = np.random.default_rng(0)
X = RNG.normal(size=(100, 2))
Y = (X @ [2.0, -1.0] + RNG.normal(size=100) > 0).astype(int)


def test_the_polynomial_comes_to_least_squares(x64):
    problem = polynomial(2, 60, truth="1 - x + 2x^2", noise=0.1)
    run = uz.train(problem, uz.GradientDescent(lr=0.5), batch="all", epochs=400)
    x, y = (v[problem.split(0).train] for v in problem.data)
    wanted = np.polynomial.polynomial.polyfit(x, y, 2)
    assert np.asarray(run.w) == pytest.approx(wanted, rel=1e-4)
    assert wanted == pytest.approx([1, -1, 2], abs=0.1)


def test_its_data_are_truth_and_noise():
    x, y = polynomial(3, 3000, truth="x", noise=0.5, x=(0, 2)).data
    assert np.std(y - x) == pytest.approx(0.5, rel=0.05)
    assert 0 <= x.min() < x.max() <= 2


def test_one_without_hidden_layers_is_scikit_learns(x64):
    """The gradient at scikit-learn's unregularised solution is 0."""
    problem = logistic((X, Y))
    rows = tuple(v[problem.split(0).train] for v in problem.data)
    batch = problem.prepare(problem.fit(rows), rows)
    judge = LogisticRegression(C=np.inf, tol=1e-10).fit(np.asarray(batch.x), rows[1])
    like = jax.eval_shape(problem.init, jax.eval_shape(lambda: jax.random.key(0)))
    w = jax.tree.unflatten(jax.tree.structure(like), [judge.coef_, judge.intercept_])
    g = jax.grad(problem.loss)(w, batch, None)
    assert all(np.abs(leaf).max() < 1e-5 for leaf in jax.tree.leaves(g))


def test_they_start_at_nothing_and_come_back_from_their_specs():
    for problem in (logistic("moons"), softmax("digits"), polynomial(3)):
        w = problem.init(jax.random.key(0))
        assert not any(np.any(leaf) for leaf in jax.tree.leaves(w))
        again = restored(problem.spec, None, problem.checksum)
        assert (again.formulas, again.spec) == (problem.formulas, problem.spec)
    assert problem_named("softmax").spec["loss"] == "cross-entropy"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"degree": 0}, "degree is 0"), ({"n": 0}, "0 examples"), ({"noise": -1}, "noise of polynomial"),
        ({"truth": "x + y"}, "x alone"), ({"truth": "ln x"}, "not finite everywhere"), ({"x": (1, 0)}, "low and a high"),
        ({"seed": -1}, "seed of polynomial"), ({"truth": "2"}, "constant"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(options, says):
    with pytest.raises(InputError, match=says):
        polynomial(**options)


def test_two_classes_are_needed():
    with pytest.raises(InputError, match="two classes"):
        logistic("digits")
    with pytest.raises(InputError, match="logistic needs data: give --data"):
        problem_named("logistic")
