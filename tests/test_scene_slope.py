"""Slides 26 to 29: balls on curves, the minima they come to, formulas of one's own, and the page."""

import numpy as np
import pytest
from playing import readout, slide, trouble

import uzviz as uz
from uzviz.engine import walk as walks
from uzviz.errors import InputError
from uzviz.problems import formula
from uzviz.scenes import SCENES
from uzviz.scenes.lecture import slope

SCENE = SCENES["slope"]


def trained(rule, start, steps=200, text="sin x + x^2/10"):
    return float(uz.train(formula(text, start=[start]), rule, gradients=steps).w[0])


@pytest.mark.parametrize("name", slope.RULES)
def test_the_heavy_ball_is_where_training_comes_to(frame, name):
    beta = {slope.BETAS[name]: 0.8} if name in slope.BETAS else {}
    rule = uz.rules.named(name, lr=0.05, **beta)
    found = frame("balls", rule=name, beta=0.8)
    assert found["x"][-1] == pytest.approx(trained(rule, 7.0), rel=1e-10)


def test_the_light_balls_are_too(frame):
    found = frame("balls", balls=7)
    starts = np.linspace(-8, 8, 9)[1:-1]
    assert found["w"][:, 0] == pytest.approx(starts)
    for i in (0, 3, 6):
        wanted = trained(uz.Momentum(lr=0.05, beta=0.9), starts[i])
        assert found["w"][i, -1] == pytest.approx(wanted, rel=1e-5)


def test_momentum_passes_the_barrier_at_which_descent_is_stuck(frame):
    ground, balls, plain = (frame(part) for part in ("ground", "balls", "plain"))
    assert ground["minima"] == pytest.approx([-1.306440, 3.837467], abs=1e-6)
    assert ground["lowest"] == [True, False]
    assert (balls["ends"], plain["ends"]) == (0, 1)
    assert balls["x"].min() < 1.97 < balls["x"].max()
    assert plain["x"][-1] == pytest.approx(trained(uz.GradientDescent(lr=0.05), 7.0))
    assert frame("balls", beta=0)["x"] == pytest.approx(plain["x"])


def test_balls_come_to_the_minimum_of_their_valley(frame):
    given = {"rule": "gd", "formula": "x^4 - 8x^2 + 16", "low": -3, "high": 3, "alpha": 0.01}
    found = frame("balls", **given, balls=40)
    sides = np.where(found["w"][:, 0] < 0, 0, 1)
    assert (found["valley"] == sides).all()
    assert found["w"][:, -1] == pytest.approx(np.where(sides, 2, -2), abs=1e-3)


def test_balls_that_leave_or_diverge_have_no_valley(frame):
    cubic = SCENE.presets["cubic"]
    found = frame("balls", **{**cubic, "rule": "gd"})
    begins = found["w"][:, 0]
    assert (found["valley"][begins < -1e-3] == -1).all()
    assert (found["valley"][begins > 1e-3] == 0).all()
    wild = frame("balls", formula="x^4", alpha=1.0, rule="gd", start=[5.0])
    assert wild["ends"] == -1
    assert not wild["alive"]
    assert frame("balls", formula="ln x", start=[-1.0])["valley"][0] == -1


@pytest.mark.parametrize("name", slope.LABS)
def test_the_labs_curves_have_their_minima(frame, name):
    given = SCENE.presets[name]
    found = frame("ground", **given)
    wanted = {
        "sine": 2, "stuck": 2, "shifted": 1, "two": 1, "cubic": 1, "cosine": 2, "bump": 1, "quartic": 2,
        "logarithm": 1, "waves": 5, "ledge": 1, "exponential": 1, "double": 2, "sixth": 1,
    }  # fmt: skip
    assert len(found["minima"]) == wanted[name]
    ball = frame("balls", **given)
    assert ball["alive"]
    assert ball["ends"] >= 0


def test_what_is_no_curve_is_refused(frame):
    with pytest.raises(InputError, match="has y in it"):
        frame("ground", formula="x*y")
    for part in ("ground", "balls", "plain"):
        with pytest.raises(InputError, match="cannot be read"):
            frame(part, formula="x.__class__")
        with pytest.raises(InputError, match="must go from a number to a larger one"):
            frame(part, low=3, high=2)


def test_a_drag_compiles_nothing(frame):
    frame("balls")
    program = walks._program(formula("sin x + x^2/10").formulas)
    before = program._cache_size()
    for given in (
        {"start": [2.0]},
        {"alpha": 0.1},
        {"beta": 0.5},
        {"balls": 9},
        {"steps": 9},
        {"low": -9},
    ):
        frame("balls", **given)
    assert program._cache_size() == before


def test_the_page_shows_one_ball_through_and_one_stuck(played):
    page = played("slope")
    said = readout(page)
    assert "the heavy ball is at x = −1.306, f = −0.7946 (ends in a global minimum)" in said
    assert "gradient descent at x = 3.838 (ends in a local minimum)" in said
    slide(page, "beta", 0)
    assert "the heavy ball is at x = 3.838" in readout(page)


def test_a_typed_curve_is_drawn_and_what_is_none_is_refused(played):
    page = played("slope")
    field = page.get_by_role("textbox", name="Curve f(x)")

    def typed(text):
        before = readout(page)
        field.fill(text)
        field.press("Enter")
        return before

    before = typed("(x-1)^2")
    assert "the heavy ball is at x = 1" in readout(page, but=before)
    said = readout(page)
    for hostile in ("__import__('os')", "x.__class__", "lambda: x", "x**", "(x := 3)", "9" * 190):
        typed(hostile)
        page.locator(".trouble", has_text="formula").wait_for()
        assert trouble(page).startswith("The formula")
        assert readout(page) == said
        typed("(x-1)^2")
        page.locator(".trouble.visually-hidden").wait_for(state="attached")


def test_the_heavy_ball_is_dragged(played):
    page = played("slope")
    grip = page.get_by_role("button", name="Heavy ball", exact=True)
    before, box = readout(page), grip.bounding_box()
    page.mouse.move(box["x"] + 11, box["y"] + 11)
    page.mouse.down()
    page.mouse.move(box["x"] - 200, box["y"] + 61, steps=4)
    page.mouse.up()
    assert readout(page, but=before)
