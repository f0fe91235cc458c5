"""Slide 45: the rules raced from one start, with decaying step sizes, and the page that shows it."""

import jax
import numpy as np
import pytest
from board import eventually, settled
from playing import readout, slide

import uzviz as uz
from uzviz import problems
from uzviz.engine import walk
from uzviz.scenes import SCENES
from uzviz.scenes.lecture.race import SCHEDULES

LECTURE = ["himmelblau", "styblinski-tang", "rosenbrock", "goldstein-price", "beale", "mccormick",
           "matyas", "rastrigin"]  # fmt: skip
SCENE = SCENES["race"]
GRADIENTS = jax.jit(jax.vmap(jax.grad(problems.himmelblau.value)))


def brought(plane):
    return {"plane": plane, **SCENE.controls["plane"].brings[plane]}


def test_every_surface_of_the_lecture_is_there():
    assert set(LECTURE) <= set(SCENE.controls["plane"].options)


@pytest.mark.parametrize("plane", problems.PLANES)
def test_gd_stays_in_view_with_what_a_plane_brings(frame, plane):
    found = frame("paths", rules=["gd"], steps=2000, **brought(plane))
    assert found["diverged"] == [None]
    assert found["loss"][0, -1] < found["loss"][0, 0]
    under = frame("ground", plane=plane)
    assert np.isfinite(under["values"]).all()
    assert under["values"].min() >= under["least"] - 1e-5 * max(1, abs(under["least"]))


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_it_is_where_training_comes_to(frame, schedule):
    steps = 80
    given = {"rules": ["gd"], "decay_gd": schedule, "steps": steps, "start": [1, 1]}
    rule = uz.GradientDescent(lr=given.setdefault("alpha_gd", 0.008))
    problem = problems.himmelblau(start=[1, 1])
    trained = uz.train(problem, rule, gradients=steps, schedule=schedule)
    end = frame("paths", **given)["w"][0, -1]
    assert end == pytest.approx(np.asarray(trained.w), rel=1e-12)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_step_sizes_are_those_that_are_used(frame, schedule):
    """A step of GD is as long as α times the gradient."""
    found = frame("paths", rules=["gd"], decay_gd=schedule, steps=20)
    w, alpha = found["w"][0], found["alpha"][0]
    g = np.asarray(GRADIENTS(w[:-1]))
    assert w[1:] == pytest.approx(w[:-1] - alpha[:, None] * g, abs=1e-12)


def test_arrivals_are_the_first_steps_so_near(frame):
    found = frame("paths", near=0.1)
    minima = np.array(problems.himmelblau.minima)
    for w, step in zip(found["w"], found["reached"], strict=True):
        away = np.linalg.norm(w[:, None] - minima, axis=-1).min(-1)
        assert away[step] <= 0.1
        assert (away[:step] > 0.1).all()
    assert frame("paths", near=1e-12, steps=5)["reached"] == [None] * 4


def test_no_number_compiles_anew(frame):
    decays = {"decay_gd": "cosine", "decay_adam": "inverse-time"}
    frame("paths", **decays)
    program = walk._program(problems.himmelblau().formulas)
    before = program._cache_size()
    frame("paths", **decays, alpha_gd=0.003, alpha_adam=0.3, start=[1.0, -1.0], steps=77, near=0.5)
    assert program._cache_size() == before > 0


def test_the_page_shows_who_came_where_and_isolates_one(played):
    page = played("race")
    found = readout(page)
    assert "After step 200" in found
    assert "(3.584, −1.848)" in found
    button = page.get_by_role("button", name="Adam", exact=True)
    whole = ink(page)
    button.focus()
    settled(page)
    assert page.locator("[data-rule].faded").count() == 3
    assert ink(page) != whole
    button.blur()
    settled(page)
    assert ink(page) == whole


def test_the_page_plays_steps_and_says_who_diverged(played):
    page = played("race")
    page.get_by_role("button", name="To the start").click()
    readout(page, has="After step 0")
    page.get_by_role("button", name="One step").click()
    readout(page, has="After step 1")
    page.get_by_role("button", name="Play", exact=True).click()
    readout(page, has="After step 200")
    slide(page, "alpha_gd", 1)
    row = page.locator("[data-rule=gd]")
    eventually(page, lambda: row_says(row, "step 2"))


def row_says(row, text):
    assert text in row.inner_text()


def ink(page):
    return page.locator(".pictures canvas").first.evaluate("(canvas) => canvas.toDataURL()")
