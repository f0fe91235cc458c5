"""The network playground: it is uz.train, whatever is set, and the page shows it."""

from dataclasses import replace
from urllib.parse import unquote

import jax
import numpy as np
import pytest
from board import eventually
from playing import readout, trouble

import uzviz as uz
from uzviz import scenes
from uzviz.errors import InputError
from uzviz.problems import SHAPES
from uzviz.rules import NAMES
from uzviz.scenes import SCENES, Moment, classifiers, read
from uzviz.scenes.lecture.network import BATCHES, EXAMPLE, SHARES, begun, problem_of

SCENE = SCENES["network"]


@pytest.fixture
def frame(x64):
    def frame(part="training", first=0, last=0, viewer="", **given):
        return scenes.frame("network", part, given, Moment(viewer, first, last))

    return frame


def numbers(w):
    return np.concatenate([np.ravel(x) for x in jax.tree.leaves(w)])


RUNS = [
    ({}, "circles", uz.GradientDescent(lr=0.1)),
    ({"data": "spirals", "rule": "sam", "radius": 0.1, "batch": "30", "start": 4}, "spirals",
     uz.SAM(lr=0.1, rho=0.1)),
    ({"rule": "adam", "lr": 0.03, "b1": 0.8, "batch": "1"}, "circles", uz.Adam(lr=0.03, b1=0.8)),
    ({"rule": "rmsprop", "lr": 0.01, "rho": 0.8, "share": "80", "loss": "brier", "batch": "all"},
     "circles", uz.RMSProp(lr=0.01, rho=0.8)),
]  # fmt: skip


@pytest.mark.parametrize(("given", "name", "rule"), RUNS)
def test_it_is_training_to_the_last_bit(frame, given, name, rule):
    settings = read(SCENE.controls, given)
    share = int(settings["share"]) / 100
    problem = uz.problems.classify(
        name, settings["hidden"], activation="tanh", init="xavier", loss=settings["loss"],
        split=(share, (1 - share) / 2, (1 - share) / 2),
    )  # fmt: skip
    problem = replace(problem, split_seed=0)
    batch = "all" if settings["batch"] == "all" else int(settings["batch"])
    trained = uz.train(
        problem, rule, batch=batch, epochs=4 * rule.gradients, seed=settings["start"]
    )
    steps = trained.step
    found = frame(last=steps, **given)
    assert np.array_equal(found["weights"], numbers(trained.w))
    assert found["epoch"] == 4
    for part, parts in (("train", ["train"]), ("test", ["validation", "test"])):
        for metric in ("loss", "accuracy"):
            mean = np.mean([trained.results[f"{p}/{metric}"] for p in parts])
            exact = 1e-12 if metric == "loss" else 1e-6  # uz.train counts in float32
            assert found[f"{part}_{metric}"] == pytest.approx(mean, rel=exact)


def test_the_start_stays_until_another_is_asked_for(frame):
    start = frame()["weights"]
    for given in ({"lr": 1.0}, {"batch": "1"}, {"loss": "brier"}, {"data_seed": 3},
                  *({"rule": rule} for rule in NAMES)):  # fmt: skip
        assert np.array_equal(frame(**given)["weights"], start)
    frame(last=30)
    assert np.array_equal(frame()["weights"], start)
    assert not np.array_equal(frame(start=1)["weights"], start)
    before, after = (frame("points", start=start)["x"] for start in (0, 1))
    assert np.array_equal(before, after)


def test_what_is_no_architecture_compiles_nothing(frame, caplog):
    plain = {"hidden": [5], "batch": "10"}
    for share in SHARES:  # what each share's number of rows costs: a copy to the device
        frame(share=share)
    frame(last=20, **plain)
    with jax.log_compiles():
        for given in ({"lr": 0.5}, {"noise": 1.0}, {"data": "moons"}, {"start": 7}, {"speed": "10"},
                      {"data_seed": 8}, {"share": "90"}, {"share": "10"}):  # fmt: skip
            for last in (0, 1, 3, 40):
                frame(last=last, **plain, **given)
        assert "Compiling" not in caplog.text
        frame(last=20, **plain | {"hidden": [6]})
        assert "Compiling" in caplog.text


@pytest.mark.parametrize("share", SHARES)
def test_no_epoch_has_a_rest(x64, share):
    problem = problem_of(read(SCENE.controls, {"share": share}))
    assert problem.sizes[0] == 3 * int(share)
    assert all(problem.sizes[0] % int(batch) == 0 for batch in BATCHES[:-1])
    assert sum(problem.sizes) == 300


def test_the_maps_are_the_units_answers(frame):
    given = {"features": ["x", "xy", "siny"], "hidden": [3, 2], "rule": "adam"}
    found = frame(last=30, **given)
    settings = read(SCENE.controls, given)
    walker = begun(settings)
    walker.ahead(30)
    where = classifiers.places(((-6, 6), (-6, 6)))
    assert where[0] == pytest.approx([-5.9, -5.9])
    assert where[1] == pytest.approx([-5.7, -5.9])
    data = (classifiers.features_of(where, given["features"]), np.zeros(3600))
    x = problem_of(settings).prepare(walker.places.feed.statistics, data).x
    hidden = np.tanh(x @ walker.carry.w.layers[0].weight.T + walker.carry.w.layers[0].bias)
    probability = np.asarray(jax.nn.sigmoid(jax.vmap(walker.carry.w)(x)[:, 0]))
    assert found["probability"].ravel() == pytest.approx(probability, abs=1e-6)
    middle = np.asarray(hidden).reshape(60, 60, 3)[1::3, 1::3]
    assert found["maps"][:3] == pytest.approx(np.moveaxis(middle, -1, 0), abs=1e-6)
    assert found["maps"].shape == (5, 20, 20)
    inputs = frame("points")["inputs"]
    assert inputs[0, 0] == pytest.approx(np.linspace(-5.7, 5.7, 20))


def test_points_are_those_that_are_trained_on(frame):
    found = frame("points", data="moons", noise=1.0, data_seed=2, share="30")
    x, _ = SHAPES["moons"](noise=1.0, seed=2)
    assert np.array_equal(found["x"], x)
    assert found["training"].sum() == 90
    problem = problem_of(read(SCENE.controls, {"data": "moons", "data_seed": 2, "share": "30"}))
    assert np.array_equal(np.flatnonzero(found["training"]), np.sort(problem.split(99).train))


def test_ones_own_points_are_learned(frame):
    found = frame("points", data="own")
    assert found["x"].tolist() == [row[:2] for row in EXAMPLE]
    low, high = np.transpose(found["ends"])
    assert (found["x"] > low).all()
    assert (found["x"] < high).all()
    assert frame(last=3, data="own")["epoch"] > 0  # of 8 examples, of which the batch takes all
    assert frame(last=40, data="own", batch="5", share="70")["epoch"] > 0
    with pytest.raises(InputError, match=r"third numbers of own .* 0 or 1"):
        frame("points", data="own", own=[[0, i, 2] for i in range(12)])
    with pytest.raises(InputError, match="third numbers of own"):
        frame("points", data="own", own=[[0, i, 1] for i in range(12)])
    with pytest.raises(InputError, match=r"own is .* 12 to 300 points"):
        frame("points", data="own", own=[[0, 0, 1]] * 301)


def accuracy(frame, preset, last, part="test"):
    found = frame(last=last, **SCENE.presets[preset])
    return found[f"{part}_accuracy"]


def test_presets_do_what_they_say(frame):
    for preset in ("begin", "squares"):
        assert accuracy(frame, preset, 3000) > 0.95
    for preset in ("flat", "zero"):
        assert accuracy(frame, preset, 3000) < 0.7
    assert accuracy(frame, "spirals", 2400) > 0.9 > 0.7 > accuracy(frame, "spirals-gd", 2400)
    assert frame(last=3000, **SCENE.presets["large"])["train_loss"] > 0.3
    adam, gd = (frame(**SCENE.presets[name])["weights"] for name in ("spirals", "spirals-gd"))
    assert np.array_equal(adam, gd)


def test_a_diverged_training_is_over(frame):
    found = frame(last=300, activation="relu", rule="momentum", lr=1e6, loss="binary-cross-entropy")
    assert found["over"] == (not found["alive"])


@pytest.fixture
def played_network(played):
    return lambda settings="": played("network", f"set={settings}")


def test_the_page_trains_and_shows_the_librarys_numbers(played_network, frame):
    page = played_network()
    assert readout(page).startswith("Step 0, epoch 0")
    page.get_by_role("button", name="One step").click()
    said = readout(page, but=readout(page))
    readout(page, has="Step 15,")
    found = frame(last=15)
    assert f"{100 * found['test_accuracy']:.3g} %" in readout(page)
    page.get_by_role("button", name="Play").click()
    eventually(page, lambda: _beyond(page, 300))
    page.get_by_role("button", name="Pause").click()
    assert said != readout(page)
    page.get_by_role("button", name="To the start").click()
    readout(page, has="Step 0,")


def _step(page):
    return int(readout(page).split(",")[0].removeprefix("Step "))


def _beyond(page, step):
    assert _step(page) > step


def test_layers_and_features_are_changed_on_the_picture(played_network):
    page = played_network("hidden%3A%5B2%5D")
    page.get_by_role("button", name="One layer more").click()
    page.get_by_role("button", name="layer 2, neuron 2").wait_for()
    page.get_by_role("button", name="One neuron more: layer 2").click()
    page.get_by_role("button", name="layer 2, neuron 3").focus()
    told = page.locator(".told")
    eventually(
        page, lambda: _says(told, "layer 2, neuron 3 · bias: 0 · weights: layer 1, neuron 1:")
    )
    page.get_by_role("button", name="Feature sin x").press("Enter")
    eventually(page, lambda: _holds(page, "features:"))
    assert page.get_by_role("button", name="Feature sin x").get_attribute("aria-pressed") == "true"
    _holds(page, "hidden:[2,3]")


def _holds(page, setting):
    assert setting in unquote(page.url)


def _says(element, text):
    assert text in element.inner_text()


def test_ones_own_file_is_read_and_kept_in_the_address(played_network):
    page = played_network()
    rows = "\n".join(f"{i},{i % 5},{'yes' if i % 2 else 'no'}" for i in range(20))
    field = page.locator("input[type=file]")
    field.set_input_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    eventually(page, lambda: _holds(page, "data:own"))
    _holds(page, "[18,3,0],[19,4,1]]")
    field.set_input_files({"name": "bad.csv", "mimeType": "text/csv", "buffer": b"1,2\n"})
    page.locator(".trouble:not(.visually-hidden)").wait_for()
    assert trouble(page).startswith("Line 1 of the file does not have three fields")
