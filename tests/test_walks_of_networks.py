"""A walk is a run that can be looked at on the way."""

from dataclasses import replace

import jax
import numpy as np
import pytest

import uzviz as uz
from uzviz import engine
from uzviz.engine import programs
from uzviz.problems import PARTS, SHAPES

RULE = uz.Momentum(lr=0.05)


def lanes(n=61, batch=7):
    problem = uz.problems.classify(SHAPES["moons"](n=n), [5], loss="binary-cross-entropy")
    plan = engine.planned(problem.sizes[0], batch, 1, epochs=3)
    return engine.Lanes(problem, RULE, (2,), plan, engine.on_device(problem))


def trained(walk):
    return uz.train(walk.problem, RULE, batch=walk.plan.batch, epochs=3, seed=2)


def same_bits(a, b):
    return all(map(np.array_equal, jax.tree.leaves(a), jax.tree.leaves(b)))


@pytest.mark.parametrize("room", [(0, 0), (4, 20)])
def test_a_walk_is_a_run_to_the_last_bit_whatever_room_it_has(room):
    walk = lanes()
    run, walker = trained(walk), engine.Walker(walk, room=room)
    seen = np.concatenate([walker.ahead(steps) for steps in (1, 2, 9, 1000)])
    assert walker.at == walk.plan.steps
    assert np.array_equal(seen, run.loss)
    assert same_bits(walker.carry.w, run.w)
    assert {k: float(v) for k, v in walker.evaluated().items()} == run.results
    assert walker.ahead(1).size == 0


def test_examples_by_themselves_have_the_means_of_their_parts():
    walker = engine.Walker(lanes())
    walker.ahead(5)
    each, whole = walker.each(), walker.evaluated()
    for part in PARTS:
        rows = walker.places.index[part]
        for name in ("loss", "accuracy"):
            assert each[name][rows].mean() == pytest.approx(whole[f"{part}/{name}"], rel=1e-5)


def test_rows_of_ones_own_are_prepared_as_the_examples_are():
    walker = engine.Walker(lanes())
    rows = jax.tree.map(lambda x: x[:9], walker.places.lanes.problem.rows)
    batch = walker.places.lanes.problem.prepare(walker.places.feed.statistics, rows)
    logits = walker.over(lambda w, batch: jax.vmap(w)(batch.x), rows)
    assert logits == pytest.approx(np.asarray(jax.vmap(walker.carry.w)(batch.x)), abs=1e-6)


def test_walks_with_the_same_room_share_their_program():
    walk = lanes(n=120, batch=6)
    few = replace(walk.problem, ratio=(0.3, 0.5, 0.2))
    short = replace(walk, problem=few, plan=engine.planned(few.sizes[0], 6, 1, epochs=3))
    assert short.plan.full < walk.plan.full
    engine.Walker(walk, room=(2, 20)).ahead(3)
    made = programs.solo_steps._cache_size()
    engine.Walker(short, room=(2, 20)).ahead(3)
    assert programs.solo_steps._cache_size() == made
