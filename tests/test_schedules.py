"""Schedules against Optax and by hand; runs on a schedule are those of its numbers."""

import jax
import numpy as np
import optax
import pytest

import uzviz as uz
from uzviz import schedules
from uzviz.errors import InputError
from uzviz.schedules import NAMES, Cosine, InverseTime, WarmUpCosine

T = 200
AT = np.arange(1, T + 1)


@pytest.fixture(autouse=True)
def _float64(x64):
    """Compared to the last digits."""


def test_cosine_is_that_of_optax():
    judge = optax.cosine_decay_schedule(0.3, T)
    assert np.allclose(Cosine(0.3, T)(AT), [judge(t - 1) for t in AT])


def test_warm_up_rises_over_a_twentieth_and_then_falls_as_optax():
    ours = np.asarray(WarmUpCosine(0.3, T)(AT))
    assert np.allclose(ours[:10], 0.3 * AT[:10] / 10)
    judge = optax.cosine_decay_schedule(0.3, T - 10)
    assert np.allclose(ours[10:], [judge(t - 11) for t in AT[10:]])
    assert ours.max() == pytest.approx(0.3)


def test_inverse_time_ends_near_a_tenth():
    ours = InverseTime(0.3, T)(AT)
    assert ours[0] == pytest.approx(0.3)
    assert ours[-1] == pytest.approx(0.3 / (1 + 9 * (T - 1) / T))


@pytest.mark.parametrize("name", [n for n in NAMES if n != "constant"])
@pytest.mark.parametrize("steps", [1, 2, 3, 50])
def test_a_schedule_starts_above_zero_and_never_exceeds_its_value(name, steps):
    values = np.asarray(NAMES[name](1.0, steps)(np.arange(1, steps + 1)))
    assert values[0] > 0
    assert (values <= 1 + 1e-12).all()
    assert (values >= 0).all()


@pytest.mark.parametrize("name", [n for n in NAMES if n != "constant"])
def test_gd_on_a_schedule_multiplies_by_one_minus_alpha(name):
    problem = uz.problems.quadratic([1.0], start=[1.0])
    run = uz.train(problem, uz.GradientDescent(lr=0.1), schedule=name, gradients=T)
    wanted = np.prod(1 - np.asarray(NAMES[name](0.1, T)(AT)))
    assert float(run.w[0]) == pytest.approx(wanted, rel=1e-9)


def test_a_schedule_may_stand_in_any_field():
    problem = uz.problems.quadratic([1.0], start=[1.0])
    rule = uz.Momentum(lr=Cosine(0.1, T), beta=Cosine(0.9, T))
    run = uz.train(problem, rule, gradients=T)
    p, w = 0.0, 1.0
    for t in AT:
        p = float(Cosine(0.9, T)(t)) * p + w
        w -= float(Cosine(0.1, T)(t)) * p
    assert float(run.w[0]) == pytest.approx(w, rel=1e-9)
    assert run.start.hyperparameters == {"lr": 0.1, "beta": 0.9}


def test_a_schedule_is_data():
    assert len(jax.tree.leaves(Cosine(0.1, 5))) == 2
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


def test_inverse_root_asks_for_no_budget():
    assert np.allclose(schedules.InverseRoot(0.3)(AT), 0.3 / np.sqrt(AT))
