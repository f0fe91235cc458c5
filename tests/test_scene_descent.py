"""Slide 30: rules from one start on contours and on the surface, and the page that shows them."""

import numpy as np
import pytest
from board import WITHOUT_WEBGL, eventually, settled, until
from playing import readout, slide, trouble

import uzviz as uz
from uzviz import problems
from uzviz.engine import walk
from uzviz.scenes import SCENES

CANVAS = "canvas.turned"
SCENE = SCENES["descent"]


def test_the_lectures_numbers(frame):
    found = frame("paths")
    assert found["names"] == ["gd", "momentum", "adagrad", "adam"]
    ends = [[2.59817, 0.38027], [3.0013, 0.50032], [2.13962, 0.18486], [2.97707, 0.4942]]
    assert np.round(found["w"][:, -1], 5).tolist() == ends
    assert found["loss"][:, -1] == pytest.approx([0.041692, 2.70e-7, 0.34215, 8.64e-5], rel=1e-3)


def test_the_film_is_gd_on_beale_as_the_lecture_has_it(frame):
    film = SCENE.presets["film"]
    found, under = frame("paths", **film), frame("ground", **film)
    assert found["names"] == ["gd"]
    assert found["w"][0, 0].tolist() == [0.7, 1.4]
    assert found["w"].shape == (1, 301, 2)
    assert (under["x"], under["y"]) == ((-2.25, 4.5), (-2.25, 2.25))
    assert found["loss"][0, -1] == pytest.approx(0.041692, rel=1e-4)


def test_in_the_valley_each_direction_shrinks_by_its_own_factor(frame):
    valley = SCENE.presets["narrow"]
    w = frame("paths", **valley)["w"][0]
    assert w[0].tolist() == [-2, -2]
    assert w[1:] / w[:-1] == pytest.approx(np.broadcast_to([0.9, -0.6], w[1:].shape), rel=1e-9)


@pytest.mark.parametrize(("alpha", "diverges"), [(0.49, False), (0.51, True)])
def test_in_the_valley_it_diverges_beyond_a_half(frame, alpha, diverges):
    preset = SCENE.presets["diverging"] | {"alpha_gd": alpha}
    step = frame("paths", **preset)["diverged"][0]
    assert (step is not None) == diverges


@pytest.mark.parametrize("name", ["gd", "momentum", "adagrad", "adam"])
def test_it_is_where_training_comes_to(frame, name):
    plane, steps, alpha = problems.PLANES["beale"], 120, 0.003
    given = {"rules": [name], f"alpha_{name}": alpha, "steps": steps, "start": [1, 1]}
    rule = uz.rules.named(name, lr=alpha)
    trained = uz.train(plane(start=[1, 1]), rule, gradients=steps)
    end = frame("paths", **given)["w"][0, -1]
    assert end == pytest.approx(np.asarray(trained.w), rel=1e-12)


def test_who_is_thrown_out_has_diverged_and_leaves_the_others_alone(frame):
    found = frame("paths", rules=["gd", "adam"], alpha_gd=1.0)
    assert found["diverged"][0] in range(1, 5)
    assert found["diverged"][1] is None
    assert found["loss"][1, -1] == pytest.approx(8.64e-5, rel=1e-3)


def test_no_number_compiles_anew(frame):
    frame("paths")
    program = walk._program(problems.beale().formulas)
    before = program._cache_size()
    frame("paths", alpha_gd=0.01, alpha_adam=0.3, start=[1.0, -1.0], steps=777)
    assert program._cache_size() == before > 0


def test_the_page_shows_the_lectures_numbers(played):
    page = played("descent")
    assert cells(page, "gd")[1:3] == ["(2.598, 0.3803)", "0.04169"]
    assert cells(page, "momentum")[1:3] == ["(3.001, 0.5003)", "2.7e−7"]
    assert cells(page, "adagrad")[1:3] == ["(2.14, 0.1849)", "0.3421"]
    assert cells(page, "adam")[1:3] == ["(2.977, 0.4942)", "8.641e−5"]
    page.get_by_role("link", name="The film of the lecture").click()
    until(page, "document.querySelectorAll('[data-rule]').length === 1")
    assert "(2.598, 0.3803)" in readout(page)
    slide(page, "alpha_gd", 0)
    assert trouble(page).startswith("alpha_gd is 0")
    assert "(2.598, 0.3803)" in readout(page)


def test_a_plane_brings_its_start_and_step_sizes(played):
    page = played("descent")
    page.locator("select[data-control=plane]").select_option("valley")
    settled(page)
    assert page.locator("[data-control=alpha_gd]").get_attribute("aria-valuetext") == "0.4"
    assert page.locator("[data-control=alpha_sam]").count() == 0
    page.get_by_label("SAM").check()
    page.locator("[data-control=alpha_sam]").wait_for()
    page.get_by_role("button", name="To the start").click()
    eventually(page, lambda: shows(page, "gd", "(−2, −2)"))


def test_the_surface_is_drawn_turned_and_given_back(played):
    page = played("descent")
    page.locator(".view-buttons").wait_for()
    settled(page)
    first = pixels(page)
    assert len(set(first)) > 50
    page.locator(CANVAS).press("ArrowRight")
    settled(page)
    turned = pixels(page)
    assert turned != first
    page.get_by_role("button", name="Reset the view").click()
    settled(page)
    assert pixels(page) == first
    box = page.locator(CANVAS).bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 130, steps=3)
    page.mouse.up()
    settled(page)
    assert pixels(page) not in (first, turned)
    page.evaluate(
        "window.kept = document.querySelector('canvas.turned').getContext('webgl2'); undefined"
    )
    page.locator(".scene-list a", has_text="34–35").click()
    until(page, "window.kept.isContextLost()")


def test_without_webgl_a_sentence_and_the_contours_are_there(visit, stage):
    page = visit(f"{stage}#page=play&scene=descent", before=WITHOUT_WEBGL)
    page.locator(".missing", has_text="WebGL").wait_for()
    assert "(2.598, 0.3803)" in readout(page)


def cells(page, rule):
    def found():
        texts = page.locator(f"[data-rule={rule}] > *").all_inner_texts()
        assert texts
        return [text.strip() for text in texts]

    return eventually(page, found)


def shows(page, rule, text):
    assert text in cells(page, rule)


def pixels(page):
    """Of the surface: what a picture or a film would have of it."""
    return page.locator(CANVAS).evaluate(
        """(canvas) => {
          const copy = document.createElement('canvas');
          [copy.width, copy.height] = [60, 50];
          const pen = copy.getContext('2d');
          pen.drawImage(canvas, 0, 0, 60, 50);
          return Array.from(new Uint32Array(pen.getImageData(0, 0, 60, 50).data.buffer));
        }"""
    )
