"""A training that is walked: each of its steps, the examples they saw, and what is measured there."""

import jax
import numpy as np
import pytest

from uzviz import engine, problems, rules
from uzviz.engine import Walker, programs

N, BATCH, STEPS = 25, 10, 9


def lanes(problem, steps=STEPS):
    plan = engine.planned(N, BATCH, 1, gradients=steps * BATCH)
    return engine.Lanes(problem, rules.named("momentum"), (3,), plan, engine.on_device(problem))


@pytest.fixture
def problem(x64):
    return problems.linear(N, spread=1.0)


def test_one_by_one_it_comes_to_the_same_bits(problem):
    at_once, stepped = Walker(lanes(problem)), Walker(lanes(problem))
    seen = at_once.ahead(7)
    w, losses = stepped.path(7)
    assert np.array_equal(losses, seen)
    assert np.array_equal(w[-1], at_once.w)
    assert w.shape == (7, 2)
    assert stepped.path(0)[0].shape == (0, 2)


def test_another_one_begins_where_it_is_told_to(problem):
    first = Walker(lanes(problem))
    first.ahead(4)
    other, alone = first.again(np.ones(2)), Walker(lanes(problem), np.ones(2))
    assert np.array_equal(other.ahead(STEPS), alone.ahead(STEPS))
    assert np.array_equal(other.w, alone.w)
    rest = Walker(lanes(problem)).ahead(STEPS)[4:]
    assert np.array_equal(first.ahead(STEPS - 4), rest)  # which the other has not moved


def test_it_ends_with_its_plan(problem):
    walker = Walker(lanes(problem))
    w, seen = walker.path(10**6)
    assert len(w) == len(seen) == walker.at == walker.places.lanes.plan.steps


def test_a_batch_is_what_its_step_saw(problem):
    walker = Walker(lanes(problem))
    before = [walker.w, *walker.path(STEPS)[0]]
    again = Walker(lanes(problem)).ahead(STEPS)
    for step in range(1, STEPS + 1):
        rows = walker.batch(step)
        assert len(rows) == (5 if step % 3 == 0 else 10)
        batch = tuple(v[rows] for v in problem.rows)
        assert problem.loss(before[step - 1], batch, None) == pytest.approx(again[step - 1])


def test_other_parameters_are_evaluated(problem):
    walker = Walker(lanes(problem))
    rows = problem.split(3).train
    batch = tuple(v[rows] for v in problem.rows)
    for w in (walker.w, np.zeros(2)):
        found = walker.evaluated(("train",), w)["train/loss"]
        assert found == pytest.approx(float(problem.loss(w, batch, None)))


def test_a_measure_sees_parameters_and_examples_and_compiles_once(problem):
    walker = Walker(lanes(problem))
    before = programs.solo_over._cache_size()
    for index in ([0, 1, 2], [7, 3, 9]):
        w, (x, y) = walker.measured(both, np.array(index))
        assert np.array_equal(w, walker.w)
        assert np.array_equal(x, problem.rows[0][index])
        assert np.array_equal(y, problem.rows[1][index])
        walker.ahead(1)
    assert programs.solo_over._cache_size() == before + 1
    assert all(isinstance(leaf, np.ndarray) for leaf in jax.tree.leaves((w, x, y)))


def both(w, batch):
    return w, batch
