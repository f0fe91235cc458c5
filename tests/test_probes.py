"""Probes against a brute-force twin."""

import jax
import numpy as np
import pytest

import uzviz as uz
from uzviz import engine, probes

X = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
Y = X @ np.array([1.0, -2.0, 0.5, 3.0]) + 0.1


@pytest.fixture(scope="module")
def problem():
    return uz.problems.regress((X, Y.astype(np.float32)), hidden=[6])


RULE = uz.GradientDescent(lr=0.1)


@pytest.fixture(scope="module")
def run(problem):
    """Of twelve steps."""
    named = ["gradient-norm", "update-ratio", "weights", "gradients", "updates"]
    return uz.train(problem, RULE, batch=10, epochs=4, probe=named, every=5)


def first(run):
    """What was measured before the first step, by probe."""
    return [p.values for p in run.probed if p.step == 0]


def norm(*leaves):
    return np.sqrt(sum(float((np.asarray(x, np.float64) ** 2).sum()) for x in leaves))


def test_probes_measure_the_first_step_by_hand(problem, run):
    split = problem.split(0)
    rows = engine.plan.Sampler(split.train, 0).epoch(0)[:10]
    statistics = problem.fit(jax.tree.map(lambda x: x[split.train], problem.data))
    batch = problem.prepare(statistics, jax.tree.map(lambda x: x[rows], problem.data))
    w = engine.start_point(problem, 0)
    f = jax.jit(jax.value_and_grad(lambda w: problem.loss(w, batch, None)))
    g = f(w)[1]
    after = jax.jit(lambda w: RULE.step(f, w, RULE.init(w), 1)[0])(w)
    norms, ratios, *_ = first(run)
    assert list(norms) == ["layers/0", "layers/1"]
    for i, name in enumerate(norms):
        layer = g.layers[i]
        assert norms[name] == pytest.approx(norm(layer.weight, layer.bias), rel=1e-4)
        old, new = w.layers[i], after.layers[i]
        moved = norm(new.weight - old.weight, new.bias - old.bias)
        assert ratios[name] == pytest.approx(moved / norm(old.weight, old.bias), rel=1e-4)


def test_probes_run_before_the_first_step_and_every_so_many(run):
    assert [p.step for p in run.probed] == [step for step in (0, 5, 10) for _ in range(5)]


def test_a_probe_of_ones_own(problem):
    run = uz.train(
        problem, RULE, batch=10, epochs=1,
        probe={"loss": lambda w, s, oracle, key: {"here": oracle(w)[0]}},
    )  # fmt: skip
    assert run.probed[0].values["here"] == pytest.approx(run.loss[0], rel=1e-5)


def test_histograms_count_every_finite_number_where_it_belongs():
    x = np.random.default_rng(1).normal(size=5000).astype(np.float32)
    edges, counts = probes.histogram(np.concatenate([x, [np.nan, np.inf, -np.inf]]))
    edges, counts = np.asarray(edges, float), np.asarray(counts)
    assert counts.sum() == 5000
    assert edges[[0, -1]] == pytest.approx([x.min(), x.max()])
    assert np.allclose(np.diff(edges), (x.max() - x.min()) / 30, rtol=1e-4)
    below, slack = np.cumsum(counts)[:-1], 1e-5
    for edge, n in zip(edges[1:-1], below, strict=True):
        assert (x < edge - slack).sum() <= n <= (x <= edge + slack).sum()


@pytest.mark.parametrize("value", [0.0, 3.0, -1e30, 1e8])
def test_a_histogram_of_one_value_has_a_width(value):
    edges, counts = probes.histogram(np.full(7, value, np.float32))
    assert np.all(np.diff(np.asarray(edges)) > 0)
    assert np.asarray(counts).max() == 7
    assert edges[0] < value < edges[-1]


def test_a_histogram_of_extremes_and_of_nothing_finite():
    largest = np.finfo(np.float32).max
    edges, counts = probes.histogram(np.array([-largest, 0.0, largest], np.float32))
    assert np.asarray(counts)[[0, 15, -1]].tolist() == [1, 1, 1]
    assert np.isfinite(edges).all()
    edges, counts = probes.histogram(np.array([np.nan, np.inf], np.float32))
    assert np.asarray(counts).sum() == 0
    assert np.isfinite(edges).all()


def test_histograms_of_weights_gradients_and_updates_are_those_of_the_layers(problem, run):
    w, g, d = (values["layers/0"] for values in first(run)[2:])
    start = engine.start_point(problem, 0)
    own = np.concatenate([np.ravel(x) for x in (start.layers[0].weight, start.layers[0].bias)])
    assert w.edges[[0, -1]] == pytest.approx([own.min(), own.max()])
    assert w.counts.sum() == g.counts.sum() == d.counts.sum() == own.size
    assert d.edges == pytest.approx(-0.1 * g.edges[::-1], rel=1e-2, abs=1e-6)
