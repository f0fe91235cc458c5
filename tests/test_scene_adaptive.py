"""Slides 40–43: a step size for each weight, and the page that shows it."""

import numpy as np
import pytest
from playing import readout, slide, trouble

import uzviz as uz
from uzviz import problems
from uzviz.scenes.lecture.adaptive import OPTIONS, SCENE, rule_of


def test_every_rule_is_where_training_comes_to(frame):
    found = frame("walks", rules=list(OPTIONS), steps=150)
    problem = problems.quadratic((0.01, 1.0), start=(-2.0, 2.0))
    settings = {name: control.default for name, control in SCENE.controls.items()}
    for name, end in zip(found["rules"], found["ends"], strict=True):
        trained = uz.train(problem, rule_of(name, settings), gradients=150)
        assert end == pytest.approx(np.asarray(trained.w).tolist(), rel=1e-10), name
        index = found["rules"].index(name)
        assert found["loss"][index, -1] == pytest.approx(
            float(problem.loss(trained.w, None, None)), rel=1e-10
        )


def test_gd_has_one_step_for_all_and_adagrads_shrinks(frame):
    gd, adagrad, rmsprop = frame("walks", rules=["gd", "adagrad", "rmsprop"])["sizes"]
    np.testing.assert_allclose(gd[1:], 0.1, rtol=1e-9)
    assert (np.diff(adagrad[1:], axis=0) <= 1e-15).all()
    assert (np.diff(rmsprop[40:60], axis=0) > 0).any()
    # The gradient that is 100 times smaller gets a step 100 times larger.
    assert adagrad[1, 0] / adagrad[1, 1] == pytest.approx(100, rel=1e-5)


def test_only_adaptive_rules_have_a_step_size_for_each_weight(frame):
    names = ["momentum", "adam-uncorrected", "adam", "amsgrad"]
    found = dict(zip(names, frame("walks", rules=names)["sizes"], strict=True))
    np.testing.assert_allclose(found["momentum"][1:], 0.1, rtol=1e-9)
    # The first gradients are .02 and 2, and √v̂ is their size.
    np.testing.assert_allclose(found["adam"][1], [5, 0.05], rtol=1e-5)
    np.testing.assert_allclose(
        found["adam-uncorrected"][1], found["adam"][1] / np.sqrt(1e-3), rtol=1e-4
    )
    assert (np.diff(found["amsgrad"][1:], axis=0) <= 1e-9).all()


def test_adagrads_squares_only_grow_and_rmsprops_forget(frame):
    kept = frame("walks", rules=["gd", "adagrad", "rmsprop"], noise=0.3, steps=400)["squares"]
    assert np.isnan(kept[0]).all()
    assert (np.diff(kept[1], axis=0) >= 0).all()
    assert (np.diff(kept[2], axis=0) < 0).any()
    assert kept[1, -1, 1] > 20 * kept[2, -1, 1]


@pytest.mark.parametrize("name", OPTIONS)
def test_the_terms_are_the_rules_own(frame, name):
    found = frame("terms", rule=name)
    terms = dict(zip(found["terms"], found["values"], strict=True))
    w = frame("walks", rules=[name])["w"][0]
    np.testing.assert_allclose(terms["Δw"][1:], np.diff(w, axis=0), rtol=1e-12)
    np.testing.assert_allclose(terms["g"][1:], w[:-1] * [0.01, 1], rtol=1e-12)
    assert len(terms) == 3 + uz.rules.NAMES[name].memory + 2 * (name == "adam")


def test_adams_terms_make_its_step(frame):
    found = frame("terms", rule="adam", alpha=0.05, steps=200)
    terms = dict(zip(found["terms"], found["values"], strict=True))
    made = -0.05 * terms["m̂"] / (1e-8 + np.sqrt(terms["v̂"]))
    np.testing.assert_allclose(terms["Δw"][1:], made[1:], rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("start", [[-2.0, 2.0], [2.0, 0.5]])
def test_adams_first_step_is_alpha_times_the_sign(frame, start):
    move = frame("terms", rule="adam", start=start)["values"][-2][1]
    np.testing.assert_allclose(move, -0.1 * np.sign(start), rtol=1e-5)
    raw = frame("terms", rule="adam-uncorrected", start=start)["values"][-2][1]
    np.testing.assert_allclose(abs(raw), 0.1 * 0.1 / np.sqrt(0.001), rtol=1e-4)


def test_rare_gradients_get_large_steps(frame):
    found = frame("walks", kappa=1.0, every=20, rules=["gd", "adagrad"])["sizes"]
    assert np.isnan(found[:, 1:20, 0]).all()
    assert found[1, 20, 0] > 2 * found[1, 20, 1]
    assert found[0, 20, 0] == pytest.approx(found[0, 20, 1])


def test_memory_is_the_rules_own(frame):
    found = frame("memory")
    assert dict(zip(found["rules"], found["numbers"], strict=True)) == {
        "gd": 0, "momentum": 1, "adagrad": 1, "rmsprop": 1, "adam-uncorrected": 2, "adam": 2,
        "amsgrad": 3,
    }  # fmt: skip


def test_the_page_shows_the_first_step_of_adam(played):
    page = played("adaptive", "set=steps%3A1")
    assert "Δw = (0.1, −0.1)" in readout(page)
    slide(page, "alpha", 0.05)
    assert "Δw = (0.05, −0.05)" in readout(page)
    assert "0.05" in page.locator("[data-term='Δw']").inner_text()


def test_the_page_refuses_a_wrong_number_and_keeps_its_picture(played):
    page = played("adaptive")
    before = readout(page)
    slide(page, "kappa", "NaN")
    assert "kappa is NaN" in trouble(page)
    assert readout(page) == before
