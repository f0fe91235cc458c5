"""Walks: the steps of a training to the last bit, kept; and what a rule is on a parabola."""

import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz import engine, problems
from uzviz.engine import Lanes, Walker, programs


def walker(problem, rule, batch, epochs, seed=0, **more):
    n = problem.sizes[0]
    plan = engine.planned(n, batch, rule.gradients, epochs=epochs)
    return Walker(Lanes(problem, rule, (seed,), plan, engine.on_device(problem)), **more)


@pytest.mark.parametrize("batch", [1, 7, 8, "all"])
@pytest.mark.parametrize("rule", [uz.Adam(lr=0.01), uz.SAM(lr=0.01)])
def test_a_walk_is_a_training_to_the_last_bit(batch, rule):
    problem = problems.linear(40)
    trained = uz.train(problem, rule, batch=batch, epochs=6)
    here = walker(problem, rule, batch, 6)
    seen = [here.ahead(n) for n in (1, 2, 5, 10_000)]
    assert np.array_equal(here.w, trained.w)
    kept = walker(problem, rule, batch, 6)
    first, losses = kept.path(3)
    rest, more = kept.path(10_000)
    w = np.concatenate([first, rest])
    assert np.array_equal(w[-1], trained.w)
    assert np.array_equal(np.concatenate([losses, more]), np.concatenate(seen))
    assert len(w) == kept.at == here.at
    assert kept.path(5)[0].shape == (0, 2)


def test_a_walk_begins_where_it_is_told():
    here = walker(problems.linear(40), uz.GradientDescent(lr=0.1), 8, 1, w=np.array([1.0, 2.0]))
    assert here.w.tolist() == [1.0, 2.0]
    there = uz.train(
        problems.linear(40, start=[1.0, 2.0]), uz.GradientDescent(lr=0.1), batch=8, epochs=1
    )
    here.ahead(5)
    assert np.array_equal(here.w, there.w)


def test_problems_with_the_same_formulas_share_their_programs():
    walker(problems.linear(40), uz.Adam(lr=0.01), 8, 1).ahead(5)
    before = programs.solo_steps._cache_size()
    walker(problems.linear(40, noise=3.0, seed=5), uz.Adam(lr=0.02), 8, 1).ahead(5)
    assert programs.solo_steps._cache_size() == before


def test_paths_are_trainings_side_by_side(x64):
    beale = problems.beale()
    rules = [uz.Momentum(lr=a, beta=b) for a, b in [(0.005, 0.9), (0.001, 0.5)]]
    starts = np.array([[0.7, 1.4], [0.7, 1.4]])
    found = engine.paths(beale, rules, starts, 50)
    for i, rule in enumerate(rules):
        assert np.allclose(found.w[i, -1], uz.train(beale, rule, gradients=50).w, rtol=1e-12)
    assert found.w.shape == (2, 51, 2)
    assert np.allclose(found.loss[0, 0], float(beale.loss(jnp.array([0.7, 1.4]), None, None)))
    with pytest.raises(uz.InputError, match="one kind"):
        engine.paths(beale, [uz.Adam(), uz.GradientDescent()], starts, 5)


def test_a_path_that_leaves_the_numbers_stays_where_it_was(x64):
    found = engine.paths(
        problems.rosenbrock(), [uz.GradientDescent(lr=1.0)], np.array([[-1.5, 2.5]]), 40
    )
    last = int(found.alive[0].sum())
    assert 0 < last < 40
    assert (found.w[0, last:] == found.w[0, last]).all()


# Theory: GD converges iff αλ < 2, the heavy ball iff αλ < 2(1+β), Nesterov iff αλ < 2(1+β)/(1+2β).
@pytest.mark.parametrize(
    ("rule", "limit"),
    [
        (uz.GradientDescent(lr=1.0), 2.0),
        (uz.Momentum(lr=1.0, beta=0.9), 3.8),
        (uz.Momentum(lr=1.0, beta=0.5), 3.0),
        (uz.Nesterov(lr=1.0, beta=0.9), 3.8 / 2.8),
    ],
)
def test_thresholds_on_a_parabola(x64, rule, limit):
    assert engine.stability(rule, [0.999 * limit]).rate < 1
    assert engine.stability(rule, [1.001 * limit]).rate > 1


def test_the_rate_is_that_of_the_walk(x64):
    for rule in (uz.Momentum(lr=0.1, beta=0.7), uz.Nesterov(lr=0.05, beta=0.6)):
        found = engine.paths(problems.quadratic([1.0, 7.0]), [rule], np.ones((1, 2)), 400)
        away = np.linalg.norm(found.w[0], axis=-1)
        measured = (away[400] / away[200]) ** (1 / 200)
        assert measured == pytest.approx(float(engine.stability(rule, [1.0, 7.0]).rate), rel=5e-3)


def test_what_swings(x64):
    stability = engine.stability
    assert not stability(uz.GradientDescent(lr=0.5), [1.0]).swings
    assert stability(uz.GradientDescent(lr=1.5), [1.0]).swings
    # The heavy ball's roots are complex iff (1 + β − αλ)² < 4β.
    assert not stability(uz.Momentum(lr=0.01, beta=0.5), [1.0]).swings
    assert stability(uz.Momentum(lr=0.5, beta=0.5), [1.0]).swings
