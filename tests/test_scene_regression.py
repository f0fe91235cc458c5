"""Slide 39: what the scene shows of a line is what `uz.train` makes of it, and what its page says."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from playing import readout, slide

import uzviz as uz
from uzviz import rules, scenes
from uzviz.engine import programs
from uzviz.scenes import Moment

PART = ("n", "slope", "intercept", "noise", "seed")
DEFAULT = {
    name: c["default"] for name, c in scenes.SCENES["regression"].described()["controls"].items()
}


@pytest.fixture
def frame(x64):
    def frame(part, first=0, last=0, viewer="", **given):
        return scenes.frame("regression", part, given, Moment(viewer, first, last))

    return frame


def problem(**given):
    settings = DEFAULT | given
    return uz.problems.linear(start=settings["start"], **{name: settings[name] for name in PART})


@pytest.mark.parametrize(
    ("rule", "batch", "size", "given"),
    [
        ("gd", "some", 30, {}),
        ("momentum", "one", 1, {"n": 20, "seed": 3}),
        ("adam", "all", 50, {"n": 50, "alpha": 0.1, "start": [3.0, -2.0]}),
        ("sam", "some", 7, {"n": 45, "noise": 0.2, "slope": -1.0}),
    ],
)
def test_it_is_training_to_the_last_bit(frame, rule, batch, size, given):
    steps = 70
    given |= {"rule": rule, "batch": batch, "size": size}
    cost = rules.NAMES[rule].gradients
    trained = uz.train(
        problem(**given), rules.named(rule, lr=given.get("alpha", 0.01)), batch=size,
        gradients=cost * size * steps * 2, seed=given.get("seed", 0),
    )  # fmt: skip
    first, rest = frame("descent", 0, 25, **given), frame("descent", 25, steps, **given)
    seen = np.concatenate([first["seen"], rest["seen"]])
    assert np.array_equal(seen, trained.loss[:steps])
    assert len(rest["w"]) == len(rest["cost"]) == steps - 25
    assert np.array_equal(rest["w"][-1], rest["now"])


def test_the_last_parameters_are_trainings(frame):
    trained = uz.train(problem(), uz.GradientDescent(), batch=30, epochs=4)
    found = frame("descent", 0, 40)
    assert np.array_equal(found["now"], trained.w)
    assert found["cost"][-1] == pytest.approx(trained.results["train/loss"], rel=1e-14)
    assert found["epoch"] == 4
    assert found["gradients"] == 1200


def test_the_batch_that_is_shown_is_the_one_that_was_used(frame):
    x, y = (frame("ground")[name] for name in "xy")
    seen_rows = []
    for step in range(1, 11):
        found = frame("descent", step - 1, step)
        rows = found["used"]
        b, w = frame("descent", 0, step - 1, viewer="before")["now"]
        assert np.mean((w * x[rows] + b - y[rows]) ** 2) == pytest.approx(found["seen"][-1])
        seen_rows += rows.tolist()
    assert sorted(seen_rows) == list(range(300))  # an epoch visits each example once
    later = frame("descent", 10, 11)["used"]
    assert set(later) != set(seen_rows[:30])  # and the next one in another order


def test_all_means_all_whatever_n_is(frame):
    for n in (20, 300, 800):
        found = frame("descent", 0, 3, n=n, batch="all")
        assert found["batch"] == n == len(found["used"])
        losses = [frame("descent", n=n, batch="all")["cost"][0], *found["cost"][:-1]]
        assert np.allclose(found["seen"], losses, rtol=1e-12)
    assert frame("descent", n=20, size=30)["batch"] == 20


def test_the_ground_is_the_loss(frame):
    found = frame("ground", n=50, seed=5, slope=-1.5)
    batch = (jnp.asarray(found["x"]), jnp.asarray(found["y"]))
    loss = jax.jit(lambda w: problem().loss(w, batch, None))
    axis = np.linspace(*found["ends"], found["values"].shape[0])
    for i, j in [(0, 0), (80, 3), (40, 40), (12, 77)]:
        assert found["values"][j, i] == pytest.approx(float(loss(np.array([axis[i], axis[j]]))))
    slope, intercept = np.polyfit(found["x"], found["y"], 1)
    assert found["best"] == pytest.approx([intercept, slope])
    assert found["least"] == pytest.approx(float(loss(np.array(found["best"]))))
    assert found["true"] == pytest.approx(float(loss(np.array([-1.0, -1.5]))))
    assert found["least"] < found["true"]
    curvature = np.linalg.eigvalsh(jax.hessian(loss)(jnp.zeros(2)))[-1]
    assert found["bound"] == pytest.approx(2 / curvature)


def test_what_diverges_says_so_and_is_over(frame):
    found = frame("descent", 0, 4000, batch="all", alpha=0.8)
    assert not found["alive"]
    assert found["over"]


def test_no_slider_compiles_anew(frame):
    frame("descent", 0, 2)
    frame("ground")
    compiled = (programs.solo_steps, programs.solo_evaluation, programs.initial)
    before = [program._cache_size() for program in compiled]
    for given in [{"alpha": 0.1}, {"slope": 1.0}, {"noise": 0.1}, {"seed": 8}, {"start": [1, 1]}]:
        frame("descent", 0, 2, **given)
        frame("ground", **given)
    assert [program._cache_size() for program in compiled] == before


def test_the_page_trains_and_says_what_is_used(played, frame):
    page = played("regression", "set=n%3A20,batch%3Aall,alpha%3A0.1")
    assert readout(page).startswith("after 0 steps")
    assert "batch of 20" in readout(page)
    before = readout(page)
    page.get_by_role("button", name="One step").click()
    text = readout(page, but=before)
    assert text.startswith("after 1 steps (epoch 1, 20 gradients of examples)")
    j = frame("descent", 0, 1, n=20, batch="all", alpha=0.1)["j"]
    assert f"J = {j:.4g}" in text
    slide(page, "n", 40)
    assert "batch of 40" in readout(page, but=text)


def test_the_start_and_the_true_line_are_dragged(played):
    page = played("regression")
    for name in ("Start", "True line"):
        before = readout(page)
        page.get_by_role("button", name=name, exact=True).press("ArrowRight")
        page.get_by_role("button", name="One step").click()
        assert readout(page, but=before)
    before = page.url
    page.get_by_role("button", name="New true line").click()
    page.wait_for_url(lambda url: url != before and "seed" in url)
