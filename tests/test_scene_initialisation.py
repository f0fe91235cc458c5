"""Slide 5: five starts, trained as `uz.train` trains them; what vanishes, saturates and stays alike."""

import numpy as np
import pytest
from playing import readout

import uzviz as uz
from uzviz import rules, scenes
from uzviz.engine import programs
from uzviz.problems.networks import INITIALISATIONS
from uzviz.scenes import Moment
from uzviz.scenes.lecture import initialisation

SMALL = {"depth": 2, "width": 8, "activation": "tanh"}
DEEP = {"depth": 5, "width": 128}


@pytest.fixture
def frame(x64):
    def frame(last=0, first=0, **given):
        return scenes.frame("initialisation", "training", SMALL | given, Moment("", first, last))

    return frame


@pytest.mark.parametrize("init", INITIALISATIONS)
def test_each_is_training_to_the_last_bit(frame, init):
    steps, batch = 18, initialisation.BATCH
    problem = uz.problems.classify("digits", hidden=[8, 8], activation="tanh", init=init)
    rule = rules.named("gd", lr=0.1)
    trained = uz.train(problem, rule, batch=batch, gradients=steps * batch, seed=4)
    found = frame(steps, seed=4)
    k = list(INITIALISATIONS).index(init)
    assert np.array_equal(found["seen"][:, k], trained.loss[:steps])
    _, *evaluated = found["evaluated"][0]
    assert evaluated[k] == trained.results["validation/loss"]
    assert evaluated[5 + k] == trained.results["validation/accuracy"]


def sizes(frame, **given):
    found = frame(**given)
    return found["sums"], found["flow"], *found["wanted"]


def test_small_vanishes_large_explodes_he_keeps_the_scale_of_relu(frame):
    net = {"depth": 5, "width": 64, "activation": "relu"}
    sums, flow, *_ = sizes(frame, **net, look="small")
    assert sums[-1] < 1e-6 * sums[0]
    assert flow[0] < 1e-6 * flow[-1]
    sums, flow, *_ = sizes(frame, **net, look="large")
    assert sums[-1] > 1e3 * sums[0]
    assert flow[0] > 1e2 * flow[-1]
    sums, flow, *_ = sizes(frame, **net, look="he")
    assert (sums / sums[0] > 0.6).all()
    assert (sums / sums[0] < 1.6).all()


def test_measured_is_near_theory(frame):
    for activation, look in [("relu", "he"), ("tanh", "xavier"), ("tanh", "large")]:
        sums, flow, expected, wanted = sizes(frame, **DEEP, activation=activation, look=look)
        assert np.allclose(sums, expected, rtol=0.25)
        assert np.allclose(flow, wanted, rtol=0.25)


def test_large_saturates_tanh(frame):
    outputs = frame(**DEEP, look="large")["outputs"]
    assert outputs.shape[0] == 5
    beyond = outputs[1:, [*range(3), *range(-3, 0)]].sum(1)  # |h| > 0.9
    assert (beyond > 0.7).all()


def test_zero_stays_alike(frame):
    frame(40, look="zero")
    with initialisation.TRAININGS.at(
        Moment("zero", 0, 0), "zero",
        lambda: initialisation.walker(SMALL | {"rule": "gd", "alpha": 0.1, "seed": 0}, "zero"),
    ) as walker:  # fmt: skip
        walker.ahead(40)
        first, second, output = walker.w.layers
    assert not first.weight.any()
    assert not second.weight.any()
    assert not output.weight.any()
    assert output.bias.any()


def test_shares_are_of_all_numbers(frame):
    for look in INITIALISATIONS:
        found = frame(look=look)
        for name in ("outputs", "gradients"):
            assert np.allclose(found[name].sum(1), 1, rtol=1e-5)


def test_an_architecture_compiles_once(frame):
    frame(2)
    compiled = (programs.solo_steps, programs.solo_evaluation, programs.initial, programs.solo_over)
    before = [program._cache_size() for program in compiled]
    for look in INITIALISATIONS:
        frame(2, look=look, seed=9, alpha=0.3)
    assert [program._cache_size() for program in compiled] == before


def test_the_page_shows_all_five_and_the_sizes_of_one(played):
    page = played("initialisation", "set=depth%3A2,width%3A8,look%3Asmall,activation%3Atanh")
    text = readout(page)
    assert text.startswith("validation after 0 steps: Zero 2.303")
    table = page.locator("table[data-readout]")
    assert table.locator("tbody tr").count() == 3
    for steps, look in ((0, "large"), (10, "small")):
        if steps:  # the second press comes while the first is computed
            page.get_by_role("button", name="One step").dblclick()
            text = readout(page, f"validation after {steps} steps", but=text)
        before = table.inner_text()
        page.get_by_label("Look into").select_option(look)
        page.wait_for_function(
            "t => document.querySelector('table[data-readout]').innerText !== t", arg=before
        )
