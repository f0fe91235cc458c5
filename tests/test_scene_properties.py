"""Slides 36–38: a barrier, a steady slope, a narrow valley, with and without momentum."""

import numpy as np
import pytest
from playing import readout

import uzviz as uz
from uzviz.scenes import SCENES
from uzviz.scenes.lecture.properties import BARRIER, SLOPE, VALLEY

SCENE = SCENES["properties"]


def test_momentum_passes_the_barrier_that_stops_descent(frame):
    found = frame("barrier", steps=400)
    assert found["plain"][-1, 0] == pytest.approx(0.96, abs=0.01)
    assert found["heavy"][-1, 0] == pytest.approx(-1.0356, abs=1e-3)
    assert frame("barrier", beta=0.5)["heavy"][-1, 0] > 0.9


def test_a_step_on_a_steady_slope_grows_to_alpha_over_one_minus_beta(frame):
    found = frame("slope", slope_start=[1e5, 0], slope_alpha=0.1, beta=0.9)
    assert found["heavy_stride"][-1] == pytest.approx(0.1 / (1 - 0.9), rel=1e-4)
    assert found["plain_stride"][-1] == pytest.approx(0.1, rel=1e-4)
    assert found["effective"] == pytest.approx(1.0)


def test_momentum_calms_swings_where_descent_is_near_its_limit(frame):
    found = frame("valley", steps=20)
    assert abs(found["plain"][1:, 1]).min() > 0.5  # from wall to wall, by −.94 a step
    ratios = found["plain"][1:, 1] / found["plain"][:-1, 1]
    assert ratios == pytest.approx(np.full(20, 1 - 0.485 * 4))
    assert abs(found["heavy"][-1, 1]) < 0.01
    wild = frame("valley", valley_alpha=0.55, steps=100)
    assert abs(wild["plain"][-1, 1]) > 1e3
    assert abs(wild["heavy"][-1, 1]) < 1e-3


def test_with_alpha_divided_by_ten_it_overshoots_less(frame):
    w = frame("advice", steps=400)["w"]
    assert w[:, 1].min() < w[:, 2].min() < w[:, 0].min()


@pytest.mark.parametrize(
    ("part", "problem", "alpha", "beta"),
    [
        ("barrier", BARRIER, 0.01, 0.9),
        ("slope", SLOPE, 0.1, 0.9),
        ("valley", VALLEY(), 0.485, 0.5),
    ],
)
def test_it_is_where_training_comes_to(frame, part, problem, alpha, beta):
    found = frame(part)
    for name, rule in {
        "plain": uz.GradientDescent(lr=alpha),
        "heavy": uz.Momentum(lr=alpha, beta=beta),
    }.items():
        trained = uz.train(problem, rule, gradients=100)
        assert np.allclose(found[name][-1], trained.w, rtol=1e-12, atol=0)


def test_the_page_says_where_both_end(played):
    page = played("properties")
    assert readout(page).startswith("Before the barrier, the two end at 0.9604 and −1.037;")
    page.get_by_role("link", name="Little momentum").click()
    readout(page, has="the two end at 0.9604 and 0.96")
