"""Slides 23 and 25: the surrogate and its minimum, the four regimes, the sweep, and the page."""

import numpy as np
import pytest
from playing import readout, slide, trouble

import uzviz as uz
from uzviz.engine import walk as walks
from uzviz.problems import formula, quadratic
from uzviz.scenes import SCENES
from uzviz.scenes.lecture import step_size

SCENE = SCENES["step-size"]


def test_the_lectures_numbers(frame):
    assert frame("walk")["w"][-1] == pytest.approx(0.023438, abs=6e-7)
    assert frame("walk", gamma=1.1)["gamma"] == 1.1
    assert frame("walk", gamma=1.1)["w"][-1] == pytest.approx(25.798902, abs=5e-7)


@pytest.mark.parametrize("curvature", [0.5, 2.0])
@pytest.mark.parametrize("curve", step_size.CURVES)
def test_it_is_where_training_comes_to(frame, curve, curvature):
    text = step_size.CURVES[curve].problem.name
    given = {"curve": curve, "lambda": curvature, "gamma": 0.1, "start": [3.0], "steps": 20}
    trained = uz.train(
        formula(f"{curvature}({text})", start=[3.0]), uz.GradientDescent(lr=0.1), gradients=20
    )
    found = frame("walk", **given)
    assert found["w"][-1] == pytest.approx(np.asarray(trained.w)[0], rel=1e-12)
    assert found["loss"][:-1] == pytest.approx(np.asarray(trained.loss), rel=1e-12)


def test_the_parabola_is_the_quadratic_problem(frame):
    trained = uz.train(quadratic([3.0], [6.0]), uz.GradientDescent(lr=0.25), gradients=8)
    assert frame("walk", **{"lambda": 3.0})["w"][-1] == pytest.approx(np.asarray(trained.w)[0])


@pytest.mark.parametrize("curve", step_size.CURVES)
def test_the_surrogate_touches_the_loss_and_its_minimum_is_the_next_step(frame, curve):
    given = {"curve": curve, "gamma": 0.2, "start": [2.5], "steps": 5}
    found, ground = frame("walk", **given), frame("ground", curve=curve, start=[2.5])
    xs = ground["x"]
    for t in range(5):
        w, loss, g = (found[name][t] for name in ("w", "loss", "g"))
        here = step_size.surrogate(w, loss, g, 0.2, xs)
        assert found["surrogate"][t] == pytest.approx(here, rel=1e-5, abs=1e-5)
        a, b, c = np.polyfit(xs, here, 2)
        assert -b / (2 * a) == pytest.approx(found["w"][t + 1], abs=1e-8)
        assert c - b**2 / (4 * a) == pytest.approx(found["next"][t], abs=1e-8)
        assert step_size.surrogate(w, loss, g, 0.2, w) == loss
        rise = (found["tangent"][t][1] - found["tangent"][t][0]) / (xs[-1] - xs[0])
        assert rise == pytest.approx(g, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("curve", step_size.CURVES)
def test_every_curve_has_curvature_lambda_at_its_minimum(curve, x64):
    import jax
    import jax.numpy as jnp

    f = step_size.CURVES[curve].problem.loss.f
    at = jnp.array([2.0 if curve == "two" else 0.0])
    assert float(jax.grad(f)(at)[0]) == pytest.approx(0, abs=1e-12)
    assert float(jax.hessian(f)(at)[0, 0]) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize(
    ("gamma", "regime", "factor"),
    [(0.2, "below", 0.6), (0.5, "optimal", 0), (0.8, "above", -0.6), (1, "edge", -1), (1.1, "beyond", -1.2)],
)  # fmt: skip
def test_regimes(frame, gamma, regime, factor):
    found = frame("walk", gamma=gamma)
    assert found["regime"] == regime
    assert found["factor"] == pytest.approx(factor)
    assert found["rate"] == pytest.approx(abs(factor))
    assert found["w"] == pytest.approx(6 * factor ** np.arange(9.0), abs=1e-12)


def test_the_sweep_is_the_walk_for_every_step_size(frame):
    found = frame("sweep", steps=12)
    assert found["optimal"] == 0.5
    assert found["bound"] == 1
    for i in (0, 100, 160, 240):
        wanted = frame("walk", gamma=float(found["gamma"][i]), steps=12)["loss"][-1]
        assert found["loss"][i] == pytest.approx(wanted, rel=1e-9, abs=1e-300)
    falls = found["loss"] < found["first"]
    inside = found["gamma"] < found["bound"]
    assert (falls == inside).all()


def test_the_four_regimes_are_walks(frame):
    found = frame("regimes", **{"lambda": 4.0})
    for i, share in enumerate(step_size.REGIMES.values()):
        assert found["gamma"][i] == pytest.approx(share / 4)
        assert found["w"][i] == pytest.approx(6 * (1 - share) ** np.arange(9.0), abs=1e-12)


def test_a_drag_compiles_nothing(frame):
    frame("walk")
    program = walks._program(step_size.CURVES["parabola"].problem.formulas)
    before = program._cache_size()
    for given in ({"gamma": 0.3}, {"lambda": 3.0}, {"start": [1.0]}, {"steps": 30}):
        frame("walk", **given)
    assert program._cache_size() == before


def test_the_page_shows_the_lectures_numbers(played):
    page = played("step-size")
    assert readout(page).startswith("after 8 steps: w = 0.02344, L = 0.0005493")
    slide(page, "gamma", 1.1)
    assert "w = 25.8," in readout(page)
    assert "γ > 2/λ" in readout(page)
    slide(page, "gamma", "much")
    assert "gamma" in trouble(page)
    assert "w = 25.8" in readout(page)
    slide(page, "gamma", 0.5)
    assert "w = 0," in readout(page)


def test_a_press_on_a_regime_takes_its_step_size(played):
    page = played("step-size")
    page.get_by_role("img", name="γₒₚₜ < γ < 2γₒₚₜ").click()
    page.locator("[data-readout]", has_text="it swings and comes closer").wait_for()
    field = page.locator(".settings .slide:has([data-control=gamma]) input[type=text]")
    assert field.input_value() == "0.8"


def test_step_size_and_start_are_dragged(played):
    page = played("step-size")
    for name in ("Chosen γ", "Start"):
        before = readout(page)
        page.get_by_role("button", name=name, exact=True).press("ArrowLeft")
        assert readout(page, but=before)


def test_a_start_that_is_none_is_refused_and_the_scene_goes_on(played):
    page = played("step-size")
    page.evaluate("location.hash = '#page=play&scene=step-size&set=start%3A5'")
    page.locator(".trouble", has_text="start is 5").wait_for()
    before = readout(page)
    page.get_by_role("button", name="Start", exact=True).press("ArrowLeft")
    page.locator(".trouble:not(.visually-hidden)").wait_for(state="detached")
    assert readout(page, but=before).startswith("after 8 steps")
