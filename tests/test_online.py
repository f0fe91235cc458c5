"""Losses that come one a round: against plain loops, against training, and Reddi, Kale and Kumar's theorem."""

import math

import numpy as np
import pytest

import uzviz as uz
from uzviz import engine, problems
from uzviz.errors import InputError
from uzviz.schedules import InverseRoot

pytestmark = pytest.mark.usefixtures("x64")


def regret(problem, found, rounds):
    """The average of what the last path paid more than the best point."""
    return float(found.paid[-1, -1] - engine.costs(problem, problem.best, rounds).sum()) / rounds


def test_a_walk_is_a_plain_loop():
    alpha, b2, c = 0.5, 0.1, 3.0
    rule = uz.AdamUncorrected(lr=InverseRoot(alpha), b1=0.0, b2=b2, eps=0.0)
    found = engine.online(problems.one_in_three(c), rule, np.ones(1), 50)
    x, v, paid = 1.0, 0.0, 0.0
    for t in range(1, 51):
        g = c if t % 3 == 1 else -1.0
        paid += g * x
        v = b2 * v + (1 - b2) * g * g
        x = min(1.0, max(-1.0, x - alpha / math.sqrt(t) * g / math.sqrt(v)))
        assert found.w[0, t] == pytest.approx(x, rel=1e-12)
        assert found.g[0, t] == g
        assert found.s["v"][0, t] == pytest.approx(v, rel=1e-12)
        assert found.paid[0, t] == pytest.approx(paid, rel=1e-12)


def test_stretches_are_every_so_manieth_round():
    problem, rule = problems.rare((1.0, 10.0), (1, 5), noise=0.1), uz.Adam(lr=0.1)
    starts = np.array([[1.0, 1.0], [-2.0, 0.5]])
    each, some = (engine.online(problem, rule, starts, 60, every) for every in (1, 20))
    np.testing.assert_allclose(some.w, each.w[:, ::20], rtol=1e-12)
    np.testing.assert_allclose(some.paid, each.paid[:, ::20], rtol=1e-12)
    assert some.w.shape == (2, 4, 2)


def test_paths_have_a_number_each_or_share_one():
    problem = problems.one_in_three(4.0)
    rule = uz.AMSGrad(lr=InverseRoot(np.array([0.1, 0.5])), b1=0.0, b2=1 / 17)
    both = engine.online(problem, rule, np.ones(2), 90)
    for i, lr in enumerate((0.1, 0.5)):
        alone = uz.AMSGrad(lr=InverseRoot(lr), b1=0.0, b2=1 / 17)
        one = engine.online(problem, alone, np.ones(1), 90)
        np.testing.assert_allclose(both.w[i], one.w[0], rtol=1e-12)


def test_what_always_comes_is_trained_as_ever():
    spectrum = (1.0, 30.0)
    for rule in (uz.GradientDescent(lr=0.05), uz.Adam(lr=0.1), uz.AdaGrad(lr=0.5)):
        found = engine.online(problems.rare(spectrum), rule, np.ones((1, 2)), 40)
        trained = uz.train(problems.quadratic(spectrum), rule, gradients=40)
        np.testing.assert_allclose(found.w[0, -1], trained.w, rtol=1e-12)


def test_rare_terms_are_seen_now_and_then():
    problem = problems.rare((1.0, 1.0), (1, 4))
    g = engine.online(problem, uz.GradientDescent(lr=0.01), np.ones((1, 2)), 40).g[0, 1:]
    assert (g[:, 0] != 0).all()
    assert (g[:, 1] != 0).nonzero()[0].tolist() == list(range(3, 40, 4))


def test_noise_has_its_deviation_and_each_seed_its_own():
    """Over 20 seeds: of one, whose noise repeats, no number of rounds tells more than its 1,024 draws do."""
    still, rounds = uz.GradientDescent(lr=1e-12), 1024
    found = [
        engine.online(problems.rare((1.0, 1.0), noise=0.5, seed=s), still, np.ones((1, 2)), rounds)
        for s in range(20)
    ]
    noise = np.array([one.g[0, 1:] - 1 for one in found])
    error = 0.5 / math.sqrt(noise.size)
    assert abs(noise.mean()) < 3 * error
    assert abs(noise.std() - 0.5) < 3 * error / math.sqrt(2)
    assert not np.allclose(noise[0], noise[1])


def test_who_leaves_the_numbers_stays_where_that_was():
    found = engine.online(
        problems.rare((1e9, 1.0)), uz.GradientDescent(lr=1e9), np.ones((1, 2)), 40
    )
    assert not found.alive[0, -1]
    assert np.isfinite(found.w).all()


@pytest.mark.parametrize(("c", "average"), [(3.0, 0.669), (4.0, 1.335), (10.0, 5.334)])
def test_adam_goes_to_the_worst_point_and_amsgrad_to_the_best(c, average):
    problem, rounds = problems.one_in_three(c), 3000
    settings = {"lr": InverseRoot(0.1), "b1": 0.0, "b2": 1 / (1 + c * c)}
    adam = engine.online(problem, uz.AdamUncorrected(**settings), np.ones(1), rounds)
    assert adam.w[0, -1] == pytest.approx(1, abs=1e-6)
    assert regret(problem, adam, rounds) == pytest.approx(average, abs=2e-3)
    assert regret(problem, adam, rounds) == pytest.approx(2 * (c - 2) / 3, abs=3e-3)
    settings["lr"] = InverseRoot(0.5)
    amsgrad = engine.online(problem, uz.AMSGrad(**settings), np.ones(1), rounds)
    assert amsgrad.w[0, -1] < -0.99


@pytest.mark.parametrize("b2", [0.9, 0.99, 0.999])
@pytest.mark.parametrize("cls", [uz.AdamUncorrected, uz.Adam])
def test_with_usual_memories_adam_does_not_fail(cls, b2):
    rule = cls(lr=InverseRoot(0.5), b1=0.9, b2=b2)
    found = engine.online(problems.one_in_three(3.0), rule, np.ones(1), 3000)
    assert found.w[0, -1] < -0.99


def test_projections_hold_every_point():
    rule = uz.GradientDescent(lr=5.0)
    w = engine.online(problems.one_in_three(3.0), rule, np.ones(1), 30).w
    assert (abs(w) <= 1).all()


def test_numbers_are_data():
    """C, hyperparameters and starts recompile nothing."""
    from uzviz.engine import online

    def once(c, b2):
        rule = uz.Adam(lr=InverseRoot(0.1), b1=0.0, b2=b2)
        engine.online(problems.one_in_three(c), rule, np.ones(1), 77)

    once(3.0, 0.1)
    before = online.__globals__["_rounds"]._cache_size()
    once(5.0, 0.2)
    assert online.__globals__["_rounds"]._cache_size() == before


@pytest.mark.parametrize("c", [2.0, -1, math.nan, "a", None])
def test_a_constant_with_another_best_point_is_refused(c):
    with pytest.raises(InputError, match=r"C is .*, but must be a number above 2"):
        problems.one_in_three(c)


def test_what_is_no_rare_problem_is_refused():
    for wrong in [
        {"every": (1, 0)},
        {"every": (1,)},
        {"every": (1, 1.5)},
        {"every": 3},
        {"spectrum": 5},
        {"spectrum": ()},
        {"spectrum": (1.0, math.nan)},
        {"start": (1.0, 2.0, 3.0)},
    ]:
        with pytest.raises(InputError, match=f"{next(iter(wrong))} of rare"):
            problems.rare(**wrong)
    with pytest.raises(InputError, match="The noise of rare"):
        problems.rare(noise=-1)
    for seed in (-1, 0.5, "a"):
        with pytest.raises(InputError, match="The seed of rare"):
            problems.rare(seed=seed)
