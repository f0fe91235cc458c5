"""Probes against a brute-force twin."""

import jax
import numpy as np
import pytest

import uzviz as uz
from uzviz import engine

X = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
Y = X @ np.array([1.0, -2.0, 0.5, 3.0]) + 0.1


@pytest.fixture(scope="module")
def problem():
    return uz.problems.regress((X, Y.astype(np.float32)), hidden=[6])


def norm(*leaves):
    return np.sqrt(sum(float((np.asarray(x, np.float64) ** 2).sum()) for x in leaves))


def test_probes_measure_the_first_step_by_hand(problem):
    rule = uz.Adam(lr=0.01)
    run = uz.train(problem, rule, batch=10, epochs=2, probe=["gradient-norm", "update-ratio"])
    split = problem.split(0)
    rows = engine.plan.Sampler(split.train, 0).epoch(0)[:10]
    statistics = problem.fit(jax.tree.map(lambda x: x[split.train], problem.data))
    batch = problem.prepare(statistics, jax.tree.map(lambda x: x[rows], problem.data))
    w = engine.start_point(problem, 0)
    f = jax.value_and_grad(lambda w: problem.loss(w, batch, None))
    g = f(w)[1]
    after = rule.step(f, w, rule.init(w), 1)[0]
    norms, ratios = (p.values for p in run.probed if p.step == 0)
    assert list(norms) == ["layers/0", "layers/1"]
    for i, name in enumerate(norms):
        layer = g.layers[i]
        assert norms[name] == pytest.approx(norm(layer.weight, layer.bias), rel=1e-4)
        old, new = w.layers[i], after.layers[i]
        moved = norm(new.weight - old.weight, new.bias - old.bias)
        assert ratios[name] == pytest.approx(moved / norm(old.weight, old.bias), rel=1e-4)


def test_probes_run_before_the_first_step_and_every_so_many(problem):
    run = uz.train(problem, uz.Adam(), batch=10, epochs=4, probe=["gradient-norm"], every=5)
    assert [p.step for p in run.probed] == [0, 5, 10]


def test_a_probe_of_ones_own(problem):
    run = uz.train(
        problem, uz.Adam(), epochs=1,
        probe={"loss": lambda w, s, oracle, key: {"here": oracle(w)[0]}},
    )  # fmt: skip
    assert run.probed[0].values["here"] == pytest.approx(run.loss[0], rel=1e-5)
