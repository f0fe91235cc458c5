"""Slide 35: the heavy ball's path, its map and its modes, and the page that shows them."""

import jax
import numpy as np
import pytest
from playing import readout, slide

import uzviz as uz
from uzviz.scenes import SCENES
from uzviz.scenes.lecture.momentum import BEST, CURVATURES, RAVINE

SCENE = SCENES["momentum"]


def test_the_lectures_numbers(frame):
    found = frame("path")
    assert np.round(found["end"], 3).tolist() == [0.905, 0.273]
    assert found["last"] == pytest.approx(0.0091, abs=5e-5)
    assert frame("path", beta=0)["last"] == pytest.approx(1.177, abs=5e-4)


def test_it_is_where_training_comes_to(frame):
    rule = uz.Momentum(lr=0.003, beta=0.74)
    trained = uz.train(RAVINE(), rule, gradients=150)
    assert frame("path")["end"] == pytest.approx(np.asarray(trained.w).tolist(), rel=1e-12)


def test_curvatures_are_the_hessians(x64):
    hessian = jax.jit(jax.hessian(RAVINE.value))(np.array(RAVINE.minima[0]))
    assert np.allclose(np.linalg.eigvalsh(hessian), CURVATURES, rtol=1e-12)
    assert CURVATURES[1] == pytest.approx(520.6, abs=0.05)


def test_the_map_has_its_border_where_theory_has_it(frame):
    found = frame("map")
    alphas, betas = (np.linspace(*found[n], found["rate"].shape[0]) for n in ("alpha", "beta"))
    inside = alphas[None] < 2 * (1 + betas[:, None]) / CURVATURES[1]
    away = abs(alphas[None] / (2 * (1 + betas[:, None]) / CURVATURES[1]) - 1) > 1e-3
    converges = found["rate"] < 1
    moves = alphas[None] > 0
    assert (converges == inside)[away & moves].all()


def test_the_optimum_is_polyaks(frame):
    kappa = np.sqrt(CURVATURES[1] / CURVATURES[0])
    rate = frame("path", alpha=BEST[0], beta=BEST[1])["rate"]
    assert rate == pytest.approx((kappa - 1) / (kappa + 1), rel=1e-6)
    for alpha, beta in [(1.02, 1), (0.98, 1), (1, 1.02), (1, 0.98)]:
        assert frame("path", alpha=alpha * BEST[0], beta=beta * BEST[1])["rate"] > rate


def test_the_modes_fall_as_the_rate_says(frame):
    found = frame("modes", alpha=0.003, beta=0.74, steps=600)["w"]
    rate = frame("path")["rate"]
    falls = abs(found[500, 0] / found[300, 0]) ** (1 / 200)
    assert falls == pytest.approx(rate, rel=1e-3)


def test_the_page_shows_the_lectures_numbers(played):
    page = played("momentum")
    assert readout(page).startswith("after 150 steps: (0.9046, 0.2725), f = 0.009107")
    slide(page, "beta", 0)
    assert "f = 1.177" in readout(page)
    page.get_by_role("link", name="Too large a step").click()
    page.locator("[data-readout]", has_text="diverges").wait_for()


def test_a_point_is_dragged_by_mouse_and_keyboard(played):
    page = played("momentum")
    grip = page.get_by_role("button", name="Start", exact=True)
    before, box = readout(page), grip.bounding_box()
    page.mouse.move(box["x"] + 11, box["y"] + 11)
    page.mouse.down()
    page.mouse.move(box["x"] + 211, box["y"] + 61, steps=4)
    page.mouse.up()
    assert readout(page, but=before)
    before = readout(page)
    grip.press("ArrowRight")
    assert readout(page, but=before)
