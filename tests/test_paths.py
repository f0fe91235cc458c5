"""Paths: every iterate, by programs that are shared and not kept for ever."""

from functools import lru_cache

import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz import engine, problems
from uzviz.engine import walk
from uzviz.problems import formula

GD = uz.GradientDescent(lr=0.25)


def path(problem, steps=8, batch=None, rule=GD):
    return engine.paths(problem, [rule], np.array([[6.0]]), steps, batch)


def test_a_path_ends_where_training_ends(x64):
    problem = formula("x^4/8 + x^2 - x", start=[6.0])
    for rule in (uz.Momentum(lr=0.01, beta=0.9), uz.Adam(lr=0.1), uz.AdaGrad(lr=0.5)):
        trained = uz.train(problem, rule, gradients=30)
        found = path(problem, 30, rule=rule)
        assert found.w[0, -1] == pytest.approx(np.asarray(trained.w), rel=1e-12)
        assert found.loss[0, :-1] == pytest.approx(np.asarray(trained.loss), rel=1e-12)


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


def test_a_batch_is_what_every_step_sees(x64):
    data = np.array([1.0, 2.0, 6.0, 3.0])
    problem = uz.Problem(
        init=lambda key: jnp.full(1, 6.0), loss=lambda w, batch, key: jnp.mean((w[0] - batch) ** 2)
    )
    found = path(problem, 20, batch=data)
    assert found.w[0, -1] == pytest.approx([3 + 3 * 0.5**20])
    moved = path(problem, 20, batch=data + 1)
    assert moved.w[0, -1] == pytest.approx([4 + 2 * 0.5**20])


def test_equal_formulas_share_a_program():
    walk._program.cache_clear()
    for text in ("x^2 + 1", "x² + 1.0", "x*x + 1"):
        path(formula(text))
    assert walk._program.cache_info().currsize == 2
    program = walk._program(formula("x**2 + 1").formulas)
    before = program._cache_size()
    path(formula("x^2+1"), rule=uz.GradientDescent(lr=0.1))
    assert program._cache_size() == before == 1


def test_programs_of_old_problems_are_given_up(monkeypatch):
    """Each takes some tens of memory maps, of which a process has a limit."""
    assert walk._program.cache_parameters()["maxsize"] == walk.MOST_PROBLEMS
    monkeypatch.setattr(walk, "_program", lru_cache(maxsize=6)(walk._program.__wrapped__))
    first = maps()
    for i in range(12):
        path(formula(f"x^2 + {i}"), steps=1)
    assert walk._program.cache_info().currsize == 6
    kept = (maps() - first) / 6
    before = maps()
    for i in range(6):
        path(formula(f"x^2 + {1000 + i}"), steps=1)
    assert maps() - before < 6 * kept / 2 + 20


def maps():
    """Pieces of the process's memory."""
    with open("/proc/self/maps") as found:
        return len(list(found))
