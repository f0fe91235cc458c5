"""The loop: records, bits, freezing, probes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz import engine, records
from uzviz.engine import programs
from uzviz.errors import InputError

X = np.random.default_rng(0).normal(size=(100, 5)).astype(np.float32)
Y = (X @ np.arange(5) > 0).astype(int)


@pytest.fixture(scope="module")
def small():
    return uz.problems.classify((X, Y), hidden=[7])


def trained(problem, rule, batch=10, epochs=3.0, **options):
    """All records of a run."""
    n = len(problem.split(0).train)
    plan = engine.planned(n, batch, rule.gradients, epochs=epochs)
    lanes = engine.Lanes(problem, rule, (0,), plan, engine.on_device(problem))
    return list(engine.run(lanes, **options))


def same_bits(a, b):
    return jax.tree.all(jax.tree.map(lambda x, y: bool(jnp.array_equal(x, y)), a, b))


def test_records_come_from_start_to_end(small):
    said = trained(small, uz.Adam())
    assert isinstance(said[0], records.Start)
    assert isinstance(said[-1], records.End)
    losses = [r for r in said if isinstance(r, records.Steps)]
    assert [r.first for r in losses] == list(np.cumsum([1] + [len(r.loss) for r in losses[:-1]]))
    assert sum(len(r.loss) for r in losses) == said[0].steps == said[-1].step
    points = [r for r in said if isinstance(r, records.Evaluation)]
    assert [p.epoch for p in points] == [0, 1, 2, 3]
    assert [p.gradients for p in points] == [0, 60, 120, 180]
    assert {"train/loss", "validation/accuracy", "test/loss"} <= set(points[-1].values)
    assert "test/loss" not in points[1].values


def test_steps_are_the_rules_own(small):
    """The engine against a plain Python loop over the same batches."""
    rule, seed = uz.Momentum(lr=0.1), 3
    run = uz.train(small, rule, batch=8, epochs=2, seed=seed)
    f = jax.value_and_grad(lambda w, batch: small.loss(w, batch, None))
    step = jax.jit(lambda w, s, t, batch: rule.step(lambda w: f(w, batch), w, s, t))
    split = small.split(seed)
    statistics = small.fit((X[split.train], Y[split.train]))
    sampler = engine.plan.Sampler(split.train, seed)
    w = engine.start_point(small, seed)
    s, t = rule.init(w), 0
    for e in range(2):
        order = sampler.epoch(e)
        for at in range(0, 60, 8):
            rows = order[at : at + 8]
            batch = small.prepare(statistics, (X[rows], Y[rows].astype(np.int32)))
            t += 1
            w, s, loss = step(w, s, t, batch)
            assert float(loss) == pytest.approx(float(run.loss[t - 1]), rel=1e-5)
    for a, b in zip(jax.tree.leaves(w), jax.tree.leaves(run.w), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_the_same_seed_gives_the_same_bits(small):
    a, b, c = (uz.train(small, uz.Adam(), batch=10, epochs=3, seed=seed) for seed in (1, 1, 2))
    assert same_bits(a.w, b.w)
    assert np.array_equal(a.loss, b.loss)
    assert not np.array_equal(a.loss, c.loss)


def test_window_length_changes_no_bit(small):
    """A clock that runs fast makes windows of a single step, one that stands still long ones."""
    ticks = iter(range(10**6))
    slow = trained(small, uz.Adam(), epochs=20, clock=lambda: 10.0 * next(ticks))
    whole = trained(small, uz.Adam(), epochs=20)
    count = [sum(isinstance(r, records.Steps) for r in said) for said in (slow, whole)]
    assert count[0] > 3 * count[1]
    assert same_bits(slow[-1].w, whole[-1].w)


@pytest.mark.parametrize("rule", [uz.GradientDescent(), uz.Adam(), uz.SAM()])
def test_a_probe_changes_no_bit(small, rule):
    with_, without = (
        uz.train(small, rule, batch=10, epochs=3, probe=p, every=5)
        for p in (["gradient-norm", "update-ratio"], [])
    )
    assert with_.probed
    assert same_bits(with_.w, without.w)
    assert np.array_equal(with_.loss, without.loss)


def test_batches_from_one_to_all(small):
    for batch, steps in [(1, 60), (7, 9), (60, 1), ("all", 1)]:
        run = uz.train(small, uz.GradientDescent(), batch=batch, epochs=2)
        assert run.step == 2 * steps
        assert run.start.last_batch == (60 % run.start.batch or run.start.batch)


def test_the_last_batch_is_divided_by_its_real_size():
    """One epoch of batch GD by hand: a mean over 4 examples, then a mean over the last 2."""
    data = np.arange(10, dtype=np.float32)
    problem = uz.Problem(
        init=lambda key: jnp.zeros(()),
        loss=lambda w, batch, key: jnp.mean((w - batch) ** 2) / 2,
        data=data,
    )
    run = uz.train(problem, uz.GradientDescent(lr=0.5), batch=4, epochs=1)
    order = engine.plan.Sampler(problem.split(0).train, 0).epoch(0)
    w = 0.5 * data[order[:4]].mean()
    w += 0.5 * (data[order[4:]].mean() - w)
    assert float(run.w) == pytest.approx(w, rel=1e-6)


def test_a_loss_that_is_not_finite_freezes_the_run():
    problem = uz.problems.quadratic([1.0], start=[1.0])
    run = uz.train(problem, uz.GradientDescent(lr=1e30), gradients=50)
    assert run.status == "diverged"
    assert run.step < 50
    assert np.isfinite(run.loss[0])
    assert not np.isfinite(run.loss[-1])


def test_the_loss_key_serves_dropout():
    """A loss that returns its noise: other every step, the same for the same seed, none at test."""
    problem = uz.Problem(
        init=lambda key: jnp.zeros(2),
        loss=lambda w, batch, key: (w**2).sum() + (0 if key is None else jax.random.normal(key)),
    )
    a, b, c = (uz.train(problem, uz.GradientDescent(), gradients=20, seed=s) for s in (0, 0, 1))
    assert len(set(a.loss.tolist())) == 20
    assert np.array_equal(a.loss, b.loss)
    assert not np.array_equal(a.loss, c.loss)
    assert a.results["test/loss"] == 0


def test_evaluation_in_blocks_is_the_mean_over_all():
    rng = np.random.default_rng(0)
    data = rng.normal(size=4000).astype(np.float32)
    problem = uz.Problem(
        init=lambda key: jnp.zeros(()), loss=lambda w, batch, key: jnp.mean(batch), data=data
    )
    assert 2 * programs.BLOCK < problem.sizes[0] < 3 * programs.BLOCK
    run = uz.train(problem, uz.GradientDescent(), batch="all", epochs=1)
    train = data[problem.split(0).train]
    assert run.results["train/loss"] == pytest.approx(float(train.mean()), abs=1e-7)


def test_numbers_recompile_nothing(small):
    uz.train(small, uz.Adam(lr=1e-3), batch=10, epochs=2)
    before = programs.solo_steps._cache_size()
    uz.train(small, uz.Adam(lr=1e-2, b1=0.5), batch=10, epochs=2, seed=9)
    assert programs.solo_steps._cache_size() == before


def test_integer_parameters_are_refused():
    problem = uz.Problem(init=lambda key: jnp.arange(3), loss=lambda w, batch, key: w.sum())
    with pytest.raises(InputError, match="floating-point"):
        uz.train(problem, uz.Adam())


@pytest.mark.parametrize(
    "wrong",
    [
        {"seed": -1},
        {"seed": 0.5},
        {"sampling": "shuffle"},
        {"probe": ["gradient"]},
        {"every": 0},
        {"epochs": 0},
        {"batch": 0},
        {"batch": 61},
        {"epochs": 1, "gradients": 10},
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(small, wrong):
    with pytest.raises(InputError) as error:
        uz.train(small, uz.Adam(), **wrong)
    assert str(error.value)[0].isupper()
    assert "\n" not in str(error.value)


def test_a_class_is_no_rule(small):
    with pytest.raises(InputError, match="rule"):
        uz.train(small, uz.Adam)


def test_a_run_that_leaves_the_numbers_in_its_last_step_diverged():
    problem = uz.problems.quadratic([1.0], start=[1.0])
    run = uz.train(problem, uz.GradientDescent(lr=1e30), gradients=1)
    assert np.isfinite(run.loss).all()
    assert run.status == "diverged"


@pytest.mark.parametrize("kind", ["Steps", "Evaluation"])
def test_an_interrupted_run_keeps_what_it_reached(small, kind):
    """Ctrl-C while a record is taken: the weights are those after the steps that were made."""

    def interrupt(record):
        if type(record).__name__ == kind and getattr(record, "step", 99) > 0:
            raise KeyboardInterrupt

    run = uz.train(small, uz.Adam(), batch=10, epochs=90, on_record=interrupt)
    assert run.status == "interrupted"
    assert 0 < run.end.step < run.start.steps
    part = uz.train(small, uz.Adam(), batch=10, gradients=run.end.step * 10, epochs=None)
    assert part.end.step == run.end.step
    assert all(map(np.array_equal, jax.tree.leaves(part.w), jax.tree.leaves(run.w)))


def test_an_interrupt_before_the_start_is_known_is_nobodys_run(small, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("uzviz.engine.loop.evaluated", interrupt)
    with pytest.raises(KeyboardInterrupt):
        uz.train(small, uz.Adam(), epochs=1)


@pytest.mark.parametrize("wrong", [{"seed": 0.0}, {"seed": True}, {"every": 2.0}, {"batch": 32.0}])
def test_whole_numbers_are_whole(small, wrong):
    with pytest.raises(InputError, match="whole number"):
        uz.train(small, uz.Adam(), epochs=1, **wrong)
