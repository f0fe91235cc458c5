"""Slide 44: Adam at the worst point, AMSGrad at the best, and settings with which neither is wrong."""

from dataclasses import replace

import numpy as np
import pytest
from playing import readout

import uzviz as uz
from uzviz import engine, problems
from uzviz.scenes import SCENES
from uzviz.scenes.lecture.adam_fails import critical
from uzviz.schedules import InverseRoot

SCENE = SCENES["adam-fails"]


def by_rule(found, what):
    return dict(zip(found["rules"], found[what], strict=True))


def test_its_walks_are_those_of_the_engine(frame):
    """Where each rule ends by the theorem, and by usual memories, is tested there."""
    given = {"c": 4.0, "alpha": 0.2, "b1": 0.3, "b2": critical(4.0), "rounds": 300}
    found, problem = frame("walks", **given), problems.one_in_three(4.0)
    best = float(engine.costs(problem, problem.best, 300).sum())
    for rule in (
        uz.AdamUncorrected(b1=0.3, b2=critical(4.0)),
        uz.Adam(b1=0.3, b2=critical(4.0)),
        uz.AMSGrad(b1=0.3, b2=critical(4.0)),
        uz.GradientDescent(),
    ):
        name = uz.rules.name_of(rule)
        wanted = engine.online(problem, replace(rule, lr=InverseRoot(0.2)), np.ones(1), 300)
        np.testing.assert_allclose(by_rule(found, "x")[name], wanted.w[0], rtol=1e-12)
        paid = (wanted.paid[0, -1] - best) / 300
        assert by_rule(found, "averages")[name] == pytest.approx(paid, rel=1e-9)


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
