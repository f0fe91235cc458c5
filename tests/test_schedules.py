"""Schedules against Optax and by hand; runs on a schedule are those of its numbers."""

import json

import jax
import numpy as np
import optax
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import uzviz as uz
from uzviz import schedules
from uzviz.errors import InputError
from uzviz.hyper import declared
from uzviz.schedules import NAMES, Cosine, InverseTime, WarmUpCosine

T = 200
AT = np.arange(1, T + 1)
at = jax.jit(lambda schedule, t: schedule(t))
"""Compiled once for a schedule's form: its numbers are data."""


def judged(schedule, t):
    """What a schedule of Optax says at each step."""
    return np.asarray(jax.jit(jax.vmap(schedule))(t))


@pytest.fixture(autouse=True)
def _float64(x64):
    """Compared to the last digits."""


def test_cosine_is_that_of_optax():
    judge = optax.cosine_decay_schedule(0.3, T)
    assert np.allclose(at(Cosine(0.3, T), AT), judged(judge, AT - 1))


def test_warm_up_rises_over_a_twentieth_and_then_falls_as_optax():
    ours = np.asarray(at(WarmUpCosine(0.3, T), AT))
    assert np.allclose(ours[:10], 0.3 * AT[:10] / 10)
    judge = optax.cosine_decay_schedule(0.3, T - 10)
    assert np.allclose(ours[10:], judged(judge, AT[10:] - 11))
    assert ours.max() == pytest.approx(0.3)


def test_inverse_time_ends_near_a_tenth():
    ours = at(InverseTime(0.3, T), AT)
    assert ours[0] == pytest.approx(0.3)
    assert ours[-1] == pytest.approx(0.3 / (1 + 9 * (T - 1) / T))


STEPS = np.arange(T)
JUDGES = {
    "step:gamma=0.5,every=0.1": optax.exponential_decay(1.0, T // 10, 0.5, staircase=True),
    "exponential:end=0.02": optax.exponential_decay(1.0, T, 0.02),
    "polynomial:power=2,end=0.1": optax.polynomial_schedule(1.0, 0.1, 2, T),
    "polynomial": optax.linear_schedule(1.0, 0.0, T),
    "cosine:end=0.1": optax.cosine_decay_schedule(1.0, T, alpha=0.1),
    "one-cycle": optax.cosine_onecycle_schedule(T, 1.0),
    "one-cycle:rise=0.5,start=0.1,end=0.01": optax.cosine_onecycle_schedule(T, 1.0, 0.5, 10, 10),
    "cosine-restarts:cycles=4": optax.sgdr_schedule(
        [{"init_value": 1.0, "peak_value": 1.0, "warmup_steps": 0, "decay_steps": T // 4}] * 4
    ),
    "warmup:rise=0.1": lambda count: optax.linear_schedule(0.0, 1.0, T // 10)(count + 1),
    "constant until 0.25 then polynomial": optax.join_schedules(
        [optax.constant_schedule(1.0), optax.linear_schedule(1.0, 0.0, 3 * T // 4)], [T // 4]
    ),
}


@pytest.mark.parametrize("text", JUDGES)
def test_optax_has_the_same(text):
    ours = at(schedules.made(text, 0.3, T), STEPS + 1)
    assert np.allclose(ours, 0.3 * judged(JUDGES[text], STEPS), rtol=1e-12, atol=1e-15)


def test_those_that_optax_has_not_are_by_hand():
    """Budget 10: a rise of two steps, a plateau, a fall over four; triangles of ten steps."""
    wsd = schedules.made("warmup-stable-decay:rise=0.2,fall=0.4,end=0.2", 2.0, 10)
    assert np.allclose(at(wsd, AT[:10]), [1, 2, 2, 2, 2, 2, 2, 1.6, 1.2, 0.8])
    cyclic = schedules.made("cyclic:cycles=2,low=0.2", 1.0, 20)
    up = [0.2, 0.36, 0.52, 0.68, 0.84]
    assert np.allclose(at(cyclic, AT[:20]), [*up, 1, *up[:0:-1]] * 2)
    product = schedules.made("warmup:rise=0.5 * step:gamma=0.5,every=0.5", 1.0, 4)
    assert np.allclose(at(product, AT[:4]), [0.5, 1, 0.5, 0.5])
    turns = schedules.made("warmup:rise=1 until 0.4 then cosine", 1.0, 5)
    assert np.allclose(at(turns, AT[:5]), [0.5, 1, *at(Cosine(1.0, 3), AT[:3])])


@st.composite
def shapes(draw):
    """A name, and each of its numbers anywhere in its range."""
    name = draw(st.sampled_from(list(NAMES)))
    own = {k: h for k, h in declared(NAMES[name]).items() if k not in ("value", "horizon")}
    numbers = {}
    for k, h in own.items():
        low, high = h.interval.ends
        number = draw(st.floats(max(low, 0.0 if h.interval.holds(low) else 1e-3), min(high, 50)))
        if h.interval.holds(number):
            numbers[k] = number
    return name, numbers


@settings(max_examples=30, deadline=None)
@given(shapes(), st.integers(1, 300), st.floats(1e-6, 1e3))
def test_a_schedule_lies_between_zero_and_its_value_and_stays_after_the_budget(shape, steps, value):
    name, numbers = shape
    made = NAMES[name](value, steps, **numbers)
    found = np.asarray(at(made, np.round(np.linspace(1, steps, 100))))
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (found <= value * (1 + 1e-9)).all()
    after = np.asarray(at(made, np.linspace(2 * steps, 9 * steps, 100)))
    assert np.isfinite(after).all()
    assert (after >= -1e-12).all()
    assert (after <= value * (1 + 1e-9)).all()


SMOOTH = [n for n in NAMES if n not in ("step", "cosine-restarts", "inverse-root")]


@pytest.mark.parametrize("name", SMOOTH)
def test_without_a_jump_twice_the_steps_halve_the_changes(name):
    changes = [
        np.abs(np.diff(at(NAMES[name](1.0, n), np.arange(1, 1001))[:n])).max() for n in (500, 1000)
    ]
    assert changes[1] <= 0.51 * changes[0] + 1e-12


ENDS = {
    "constant": (1, 1), "exponential": (1, 0.01), "inverse-time": (1, 0.1), "polynomial": (1, 0),
    "cosine": (1, 0), "warmup": (0, 1), "warmup-cosine": (0, 0), "warmup-stable-decay": (0, 0),
    "one-cycle": (0.04, 4e-6), "cyclic": (0.1, 0.1), "step": (1, 0.1**3), "cosine-restarts": (1, 0),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
def test_they_begin_and_end_where_they_say(name):
    n = 10**5
    found = np.asarray(at(NAMES[name](1.0, n), np.array([1, n])))
    assert found == pytest.approx(ENDS[name], abs=3e-4)


@pytest.mark.parametrize("name", NAMES)
def test_side_by_side_is_one_after_another(name):
    values, steps = np.array([0.1, 0.2]), np.array([10.0, 40.0])
    both = schedules.made(name, values, steps)
    together = jax.jit(jax.vmap(lambda s: s(7)))(both)
    alone = [at(schedules.made(name, v, n), 7) for v, n in zip(values, steps, strict=True)]
    assert np.allclose(together, alone, rtol=1e-12)


@pytest.mark.parametrize("text", [*NAMES, *JUDGES, "warmup * cosine until 0.5 then step:gamma=0.3"])
def test_what_is_told_of_it_makes_it_again(text):
    made = schedules.made(text, 0.3, 50)
    told = json.loads(json.dumps(schedules.described(made)))
    assert np.array_equal(at(schedules.restored(told), AT), at(made, AT))


TRAINED = ["inverse-root", "one-cycle", "warmup:rise=1 until 0.1 then cosine"]


@pytest.mark.parametrize("text", TRAINED)
def test_gd_on_a_schedule_multiplies_by_one_minus_alpha(text):
    problem = uz.problems.quadratic([1.0], start=[1.0])
    run = uz.train(problem, uz.GradientDescent(lr=0.1), schedule=text, gradients=T)
    wanted = np.prod(1 - np.asarray(at(schedules.made(text, 0.1, T), AT)))
    assert float(run.w[0]) == pytest.approx(wanted, rel=1e-9)


def test_any_hyperparameter_goes_by_a_schedule_of_its_name(tmp_path):
    """In a training, and in a race for those that have it; kept in the log."""
    problem = uz.problems.quadratic([1.0], start=[1.0])
    text = "beta=step:gamma=0.5,every=0.5; cosine"
    run = uz.train(problem, uz.Momentum(lr=0.1), schedule=text, gradients=T, log=tmp_path)
    by_hand = uz.Momentum(lr=Cosine(0.1, T), beta=schedules.Step(0.9, T, 0.5, 0.5))
    assert float(run.w[0]) == float(uz.train(problem, by_hand, gradients=T).w[0])
    kept = uz.read(tmp_path).rule()
    assert kept == uz.rules.scheduled(uz.Momentum(lr=0.1), text, T)
    assert uz.rules.schedule_for(uz.Momentum(), ["m", "momentum"], "m.beta=step") == "beta=step"
    assert uz.rules.schedule_for(uz.Adam(), ["adam"], "momentum.beta=step; cosine") == "cosine"
    with pytest.raises(InputError, match="nobody in the race has a beta"):
        uz.race(problem, ["adam"], schedule="beta=step", gradients=5)


def test_a_schedule_may_stand_in_any_field():
    problem = uz.problems.quadratic([1.0], start=[1.0])
    rule = uz.Momentum(lr=Cosine(0.1, T), beta=Cosine(0.9, T))
    run = uz.train(problem, rule, gradients=T)
    p, w = 0.0, 1.0
    for lr, beta in zip(*(at(Cosine(x, T), AT).tolist() for x in (0.1, 0.9)), strict=True):
        p = beta * p + w
        w -= lr * p
    assert float(run.w[0]) == pytest.approx(w, rel=1e-9)
    assert run.start.hyperparameters == {"lr": 0.1, "beta": 0.9}


def test_a_schedule_is_data():
    assert jax.tree.leaves(Cosine(0.1, 5, 0.2)) == [0.1, 5, 0.2]
    assert isinstance(Cosine(0.1, 5), schedules.Schedule)


def test_what_cannot_be_used_is_refused():
    for wrong in [lambda: Cosine(0.0, 5), lambda: Cosine(0.1, 0), lambda: Cosine(np.nan, 5)]:
        with pytest.raises(InputError, match="must lie in"):
            wrong()
    problem = uz.problems.quadratic()
    with pytest.raises(InputError, match="on a schedule already"):
        uz.train(problem, uz.Adam(lr=Cosine(0.1, 5)), schedule="cosine")
    with pytest.raises(InputError, match="did you mean cosine"):
        uz.train(problem, uz.Adam(), schedule="cosin")
    for wrong, said in [
        ("step:gama=2", "did you mean gamma"),
        ("step:gamma=x", "'x' in the schedule 'step:gamma=x' must be a number"),
        ("cosine:end", "end of the schedule 'cosine:end' has no value"),
        ("cosine:end=0,end=0.1", "is given twice"),
        ("lr=step; cosine", "lr of Adam has two schedules"),
        ("step:gamma=2", "gamma .* is"),
        ("cosine until 1.5 then step", "must be in \\(0, 1\\)"),
        ("cosine; cosine", "two schedules of the tuned"),
        ("beta=cosine", "Unknown hyperparameter of adam 'beta'"),
        (None, "Unknown schedule"),
    ]:
        with pytest.raises(InputError, match=said):
            uz.train(problem, uz.Adam(), schedule=wrong)


def test_inverse_root_asks_for_no_budget():
    assert np.allclose(schedules.InverseRoot(0.3)(AT), 0.3 / np.sqrt(AT))
