"""Slides 6–14: what predictions cost, their slopes, and the page where predictions are dragged."""

import jax
import numpy as np
import pytest
from playing import readout

from uzviz import losses
from uzviz.scenes import SCENES
from uzviz.scenes.lecture.losses import LABELS, LOSSES, TARGETS

SCENE = SCENES["losses"]


GUESS = [1.6, 1.2, 1.5, 2.0, 4.2]


def test_values_and_slopes_are_the_librarys(frame):
    found = frame("values")
    d = np.array(GUESS) - TARGETS
    wanted = [np.linalg.norm(d), np.mean(d**2), abs(d).sum(), abs(d).mean()]
    assert found["values"] == pytest.approx(wanted, rel=1e-12)
    for i, f in enumerate(LOSSES.values()):
        np.testing.assert_allclose(
            found["slopes"][i], jax.jit(jax.grad(f))(np.array(GUESS), TARGETS), rtol=1e-12
        )
    assert found["slopes"][2].tolist() == [1, -1, 0, -1, 1]


def test_at_the_targets_all_is_nothing(frame):
    found = frame("values", predictions=[[i, y] for i, y in enumerate(TARGETS.tolist())])
    assert found["values"] == [0, 0, 0, 0]
    assert not found["slopes"].any()


def test_slices_go_through_the_prediction(frame):
    at = frame("values")
    found = frame("slices", example=5)
    for i in range(4):
        seen = np.interp(GUESS[4], found["places"], found["values"][i])
        assert seen == pytest.approx(at["values"][i], abs=1e-3)
        small = np.gradient(found["values"][i], found["places"])
        smooth = abs(found["places"] - TARGETS[4]) > 0.05
        np.testing.assert_allclose(found["slopes"][i][smooth][1:-1], small[smooth][1:-1], atol=2e-2)


def test_cross_entropy_and_its_slopes(frame):
    found = frame("entropy")
    p = np.array([0.8, 0.35, 0.15, 0.9])
    wanted = -(LABELS * np.log(p) + (1 - LABELS) * np.log(1 - p))
    np.testing.assert_allclose(found["loss"], wanted, rtol=1e-12)
    assert found["mean"] == pytest.approx(wanted.mean())
    np.testing.assert_allclose(found["by_logit"], p - LABELS, rtol=1e-10)
    np.testing.assert_allclose(found["by_chance"], (p - LABELS) / (p * (1 - p)), rtol=1e-10)


def test_wrong_answers_cost_at_both_labels(frame):
    """The brackets that the lecture lacks would reward them."""
    for label, wrong in ((1, 0), (0, -1)):
        assert frame("curves")["values"][label][wrong] > 6.9
    assert float(losses.binary_cross_entropy(np.array([7.0]), np.array([0]))) > 6.9


def test_a_prediction_is_dragged(played):
    page = played("losses")
    before = readout(page)
    assert before.startswith("L2 = 2.211, MSE = 0.978, L1 = 4.1, MAE = 0.82")
    page.get_by_role("button", name="Prediction 5", exact=True).first.press("ArrowUp")
    assert readout(page, but=before)


def test_predictions_that_are_right_cost_nothing(played):
    page = played("losses")
    page.get_by_role("link", name="All right").click()
    page.locator("[data-readout]", has_text="L2 = 0, MSE = 0, L1 = 0, MAE = 0").wait_for()
