"""Slide 44: Adam at the worst point, AMSGrad at the best, and settings with which neither is wrong."""

import numpy as np
import pytest
from playing import readout

from uzviz import scenes
from uzviz.scenes import Moment
from uzviz.scenes.lecture.adam_fails import critical


@pytest.fixture
def frame(x64):
    return lambda part, **given: scenes.frame("adam-fails", part, given, Moment("", 0, 0))


def by_rule(found, what):
    return dict(zip(found["rules"], found[what], strict=True))


@pytest.mark.parametrize(("c", "average"), [(3.0, 0.669), (4.0, 1.335), (10.0, 5.334)])
def test_the_theorem(frame, c, average):
    found = frame("walks", c=c, b2=critical(c), alpha=0.1, rounds=3000)
    assert by_rule(found, "ends")["adam-uncorrected"] == pytest.approx(1)
    assert by_rule(found, "averages")["adam-uncorrected"] == pytest.approx(average, abs=2e-3)
    assert found["proved"] == pytest.approx(2 * (c - 2) / 3)


def test_amsgrad_goes_to_the_best_point(frame):
    found = frame("walks", rounds=3000)
    assert by_rule(found, "ends")["amsgrad"] < -0.99
    assert by_rule(found, "ends")["gd"] < -0.9


@pytest.mark.parametrize("b2", [0.9, 0.99, 0.999])
def test_no_failure_with_usual_memories(frame, b2):
    ends = by_rule(frame("walks", b1=0.9, b2=b2, rounds=3000), "ends")
    assert max(ends.values()) < -0.9


def test_the_map_is_what_the_walks_say(frame):
    share = frame("map")["share"]
    assert share[3, 0] > 0.95  # β₁ = 0, β₂ near 1/10
    assert share[-1, -4] < 0.1  # .9 and .999
    b2 = float(np.linspace(0, 0.999, share.shape[0])[16])
    found = frame("walks", b2=b2, rounds=1500)
    wanted = by_rule(found, "averages")["adam-uncorrected"] / found["proved"]
    assert share[16, 0] == pytest.approx(wanted, rel=1e-6)


def test_the_page_shows_failure_and_none(played):
    page = played("adam-fails")
    assert "Adam without correction x = 1," in readout(page)
    page.get_by_role("link", name="Usual memories").click()
    page.locator("[data-readout]", has_text="Adam without correction x = −1").wait_for()
