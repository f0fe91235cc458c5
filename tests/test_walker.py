"""A training that is walked is a run: each of its steps, the examples they saw, and what is measured there."""

from dataclasses import replace

import jax
import numpy as np
import pytest

import uzviz as uz
from uzviz import engine, problems
from uzviz.engine import Lanes, Walker, programs
from uzviz.problems import PARTS, SHAPES

N, BATCH, STEPS = 25, 10, 9
RULE = uz.Momentum()


def lanes(problem, rule=RULE, batch=BATCH, seed=3, **budget):
    n = problem.sizes[0]
    plan = engine.planned(n, batch, rule.gradients, **(budget or {"gradients": STEPS * BATCH}))
    return Lanes(problem, rule, (seed,), plan, engine.on_device(problem))


def network(n=61, batch=7):
    problem = problems.classify(SHAPES["moons"](n=n), [5], loss="binary-cross-entropy")
    return lanes(problem, uz.Momentum(lr=0.05), batch, seed=2, epochs=3)


def same_bits(a, b):
    return all(map(np.array_equal, jax.tree.leaves(a), jax.tree.leaves(b)))


@pytest.fixture
def problem(x64):
    return problems.linear(N, spread=1.0)


@pytest.mark.parametrize(
    ("rule", "batch"),
    [*((uz.Adam(lr=0.01), batch) for batch in (1, 7, 8, "all")), (uz.SAM(lr=0.01), 7)],
)
def test_a_walk_is_a_training_to_the_last_bit(rule, batch):
    problem = problems.linear(40)
    trained = uz.train(problem, rule, batch=batch, epochs=6)
    here, kept = (Walker(lanes(problem, rule, batch, seed=0, epochs=6)) for _ in range(2))
    seen = [here.ahead(n) for n in (1, 2, 5, 10_000)]
    assert np.array_equal(here.w, trained.w)
    first, losses = kept.path(3)
    rest, more = kept.path(10_000)
    w = np.concatenate([first, rest])
    assert np.array_equal(w[-1], trained.w)
    assert np.array_equal(np.concatenate([losses, more]), np.concatenate(seen))
    assert len(w) == kept.at == here.at == here.places.lanes.plan.steps
    assert kept.path(5)[0].shape == (0, 2)


@pytest.mark.parametrize("room", [(0, 0), (4, 20)])
def test_a_walk_of_a_network_is_a_run_to_the_last_bit_whatever_room_it_has(room):
    walk = network()
    run = uz.train(walk.problem, walk.rule, batch=walk.plan.batch, epochs=3, seed=2)
    walker = Walker(walk, room=room)
    seen = np.concatenate([walker.ahead(steps) for steps in (1, 2, 9, 1000)])
    assert walker.at == walk.plan.steps
    assert np.array_equal(seen, run.loss)
    assert same_bits(walker.carry.w, run.w)
    assert {k: float(v) for k, v in walker.evaluated().items()} == run.results
    assert walker.ahead(1).size == 0


def test_a_walk_begins_where_it_is_told():
    gd = uz.GradientDescent(lr=0.1)
    here = Walker(lanes(problems.linear(40), gd, 8, seed=0, epochs=1), np.array([1.0, 2.0]))
    assert here.w.tolist() == [1.0, 2.0]
    there = uz.train(problems.linear(40, start=[1.0, 2.0]), gd, batch=8, epochs=1)
    here.ahead(5)
    assert np.array_equal(here.w, there.w)


def test_problems_with_the_same_formulas_share_their_programs():
    Walker(lanes(problems.linear(40), uz.Adam(lr=0.01), 8, epochs=1)).ahead(5)
    before = programs.solo_steps._cache_size()
    other = problems.linear(40, noise=3.0, seed=5)
    Walker(lanes(other, uz.Adam(lr=0.02), 8, epochs=1)).ahead(5)
    assert programs.solo_steps._cache_size() == before


def test_walks_with_the_same_room_share_their_program():
    walk = network(n=120, batch=6)
    few = replace(walk.problem, ratio=(0.3, 0.5, 0.2))
    short = replace(walk, problem=few, plan=engine.planned(few.sizes[0], 6, 1, epochs=3))
    assert short.plan.full < walk.plan.full
    Walker(walk, room=(2, 20)).ahead(3)
    made = programs.solo_steps._cache_size()
    Walker(short, room=(2, 20)).ahead(3)
    assert programs.solo_steps._cache_size() == made


def test_examples_by_themselves_have_the_means_of_their_parts():
    walker = Walker(network())
    walker.ahead(5)
    each, whole = walker.each(), walker.evaluated()
    for part in PARTS:
        rows = walker.places.index[part]
        for name in ("loss", "accuracy"):
            assert each[name][rows].mean() == pytest.approx(whole[f"{part}/{name}"], rel=1e-5)


def test_rows_of_ones_own_are_prepared_as_the_examples_are():
    walker = Walker(network())
    rows = jax.tree.map(lambda x: x[:9], walker.places.lanes.problem.rows)
    batch = walker.places.lanes.problem.prepare(walker.places.feed.statistics, rows)
    logits = walker.over(lambda w, batch: jax.vmap(w)(batch.x), rows)
    assert logits == pytest.approx(np.asarray(jax.vmap(walker.carry.w)(batch.x)), abs=1e-6)


def test_another_one_begins_where_it_is_told_to(problem):
    first = Walker(lanes(problem))
    first.ahead(4)
    other, alone = first.again(np.ones(2)), Walker(lanes(problem), np.ones(2))
    assert np.array_equal(other.ahead(STEPS), alone.ahead(STEPS))
    assert np.array_equal(other.w, alone.w)
    rest = Walker(lanes(problem)).ahead(STEPS)[4:]
    assert np.array_equal(first.ahead(STEPS - 4), rest)  # which the other has not moved


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
