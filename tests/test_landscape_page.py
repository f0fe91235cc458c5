"""The page of landscapes in real Chromium: what logs hold, however hostile, and what is computed for it."""

import json
import math
import re
import struct
from pathlib import Path

import numpy as np
import pytest
from board import WITHOUT_WEBGL, colours, eventually, number, settled, until
from playwright.sync_api import expect

import uzviz as uz
from uzviz.log.landscapes import LandscapeLog
from uzviz.records import Map, Projection, Tile

SURFACE, CONTOURS = "canvas.turned", ".grounds .panel:nth-child(2) canvas"
AXE = Path(__file__).parent.parent / "web/node_modules/axe-core/axe.min.js"
SIDE = 21
HTML = "<img src=/ onerror=window.harmed=1>"
DIRECTIONS = {"kind": "random", "seed": 3, "normalise": "filter"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run whose ground has a hole, hostile ones, one without a landscape, and one that can be computed
    with."""
    folder = tmp_path_factory.mktemp("lands")
    started(folder / "adam", rule="adam")
    at = np.linspace(-1, 1, SIDE)
    x, y = np.meshgrid(at, at, indexing="ij")
    bowl = 1 + x**2 + 3 * y**2
    bowl[(x > 0.55) & (y > 0.55)] = math.nan
    path = np.linspace([0.8, -0.8], [0, 0], 30)
    trail = Projection(path, np.linspace(2, 0, 30), 0.75, np.linspace(6, 1, 30), np.ones(30))
    measured = {
        "loss": {"train": 1.0},
        "roughness": {"minima": 1, "variation": 0.25, "nonconvex": 0.125},
        "barriers": {"sam": 0.5},
        "curvature": {
            "top": [[6.0, 0.01]], "bottom": [[2.0, 0.01]], "converged": True, "trace": [8.0, 0.1],
            "density": {"ends": [1.0, 7.0], "values": [0.1, 0.5, 1e-5, 0.1, 0.7, 0.1], "width": 0.1, "small": 0.25},
            "sharpness": {"value": [6.0, 0.01], "threshold": 20.0},
            "along": {"label": "adam", "points": [[s, 3.0 + s / 10, 0.1, 20.0] for s in range(30)], "threshold": 20.0},
        },
    }  # fmt: skip
    maps = {"train/loss": bowl, "train/accuracy": np.exp(-bowl)}
    landed(folder / "adam", "bowl", (at, at), maps, {"adam": trail}, measured)
    line = {"train/loss": 1 + at**2, "validation/loss": 1.2 + at**2, "train/accuracy": -(at**2)}
    landed(folder / "adam", "line", (at,), line, {}, {})
    hostile(folder / "hostile")
    started(folder / "a-none")
    started(folder / "none")
    valley = uz.problems.quadratic([1.0, 4.0], start=[1.0, 1.0])
    uz.train(valley, uz.GradientDescent(lr=0.1), gradients=20, log=folder / "valley")
    return folder


def started(folder, **own):
    with uz.Log(folder, hyperparameters=own) as log:
        log.scalars(0, {"loss": 1.0})


def landed(folder, name, axes, maps, paths, measured, **facts):
    """Write a landscape as if it had been computed."""
    own = {
        "problem": {"kind": "classify", "data": "digits"}, "parameters": 2410, "parts": ["train"],
        "examples": {"train": 1024}, "directions": DIRECTIONS, **facts,
    }  # fmt: skip
    log = LandscapeLog(folder, 0, {"name": name}, Map(own, axes))
    places = np.arange(math.prod(len(a) for a in axes))
    log.tile(Tile(places, {k: x.ravel().astype(np.float32) for k, x in maps.items()}))
    for label, found in paths.items():
        log.path(label, found)
    log.measured(measured)
    log.close()


def hostile(folder):
    """Two points a side, all holes, 400,000 points of a line, and labels that are HTML or very long."""
    started(folder)
    two, nothing = np.array([0.0, 1e-300]), np.full((2, 2), math.nan)
    point = Projection(np.zeros((1, 2)), np.zeros(1), math.nan)
    labels = {HTML: point, "a" * 10_000: point}
    maps = {"train/loss": nothing, HTML: nothing, "a" * 10_000: nothing}
    landed(folder, HTML, (two, two), maps, labels, {"loss": 7})
    far = np.linspace(-1e300, 1e300, 400_000)
    landed(folder, "far", (far,), {"train/loss": np.sin(np.arange(400_000.0))}, {}, {})
    flat = np.zeros((2, 700))
    wide = np.linspace(0, 1, 700)
    landed(folder, "flat", (two, wide), {"train/loss": flat}, {}, {}, directions=[], examples=None)
    landed(folder, "point", (np.zeros(3), wide), {"train/loss": np.zeros((3, 700))}, {}, {})


def seen(page, selector=SURFACE):
    """The picture of a canvas."""
    settled(page)
    return page.locator(selector).evaluate("(canvas) => canvas.toDataURL()")


def shades(page, selector=SURFACE):
    """How many of a picture's pixels have each colour; what is seen through is none."""
    settled(page)
    return page.locator(selector).evaluate(
        """(shown) => {
          const canvas = document.createElement('canvas');
          [canvas.width, canvas.height] = [shown.width, shown.height];
          const pen = canvas.getContext('2d');
          pen.drawImage(shown, 0, 0);
          const all = new Uint32Array(pen.getImageData(0, 0, shown.width, shown.height).data.buffer);
          const found = {};
          for (const pixel of all) if (pixel >>> 24 === 255) {
            const key = '#' + [0, 8, 16].map((k) => ((pixel >> k) & 255).toString(16).padStart(2, '0')).join('');
            found[key] = (found[key] ?? 0) + 1;
          }
          return found;
        }"""
    )


def shown(opened, settings="", **options):
    """The page with its ground drawn."""
    page = opened(f"page=landscape&{settings}", **options)
    page.locator(".view-buttons").wait_for()
    settled(page)
    return page


def figures(page):
    return dict(
        page.locator(".honest dl div").evaluate_all(
            "(rows) => rows.map((row) => [...row.children].map((cell) => cell.innerText.trim()))"
        )
    )


def point(page, selector, across, down):
    """Put the mouse on shares of a canvas's width and height."""
    page.locator(selector).scroll_into_view_if_needed()
    box = page.locator(selector).bounding_box()
    page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])


def value(page):
    """What is told of the point that is looked at."""
    return page.locator(".value b").first.inner_text()


def test_the_figures_are_on_the_screen(opened):
    found = figures(shown(opened, "run=adam"))
    assert found["Directions"] == "random"
    assert found["Seed"] == "3"
    assert found["Points"] == f"{SIDE} × {SIDE}, {SIDE**2} / {SIDE**2}"
    assert found["Examples"].replace("\u202f", "") == "train 1024"
    assert found["Holes"] == "25"
    assert found["Loss at the centre"] == "train 1"
    assert found["Barrier towards sam"] == "0.5"
    assert found["Path of adam"] == "75 % in the plane, 2 away at the farthest"
    assert found["Preconditioned sharpness"] == "6 ± 0.01; threshold of the rule: 20"
    assert found["Ruggedness"].startswith("minima inside: 1")


def test_it_opens_on_a_run_with_a_landscape_and_says_which_have_one(opened):
    page = opened("page=landscape")
    choice = page.get_by_role("combobox", name="Run", exact=True)
    expect(choice).to_have_value("adam")
    groups = choice.locator("optgroup").evaluate_all(
        "(all) => all.map((one) => [one.label, [...one.children].map((run) => run.value)])"
    )
    assert groups == [
        ["With a landscape", ["adam", "hostile"]],
        ["Without one", ["a-none", "none", "valley"]],
    ]


def test_the_spectrum_is_drawn(opened):
    page = shown(opened, "run=adam", color_scheme="light")
    drawn = shades(page, "figure:has(figcaption:text('Spectrum')) canvas")
    look = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent')")
    assert drawn.get(look.strip(), 0) > 100
    assert figures(page)["Largest eigenvalues"] == "6 ± 0.01"
    expect(page.locator(".beside")).to_contain_text("hundredth of the largest: 25 %")


def test_a_landscape_grows_on_the_page_as_it_is_computed(opened, folder):
    at = np.linspace(-1, 1, SIDE)
    started(folder / "growing")
    own = Map({"directions": DIRECTIONS, "parts": ["train"], "examples": {}}, (at, at))
    log = LandscapeLog(folder / "growing", 0, {"name": "growing"}, own)
    values = np.add.outer(at**2, at**2).ravel().astype(np.float32)
    first, rest = np.split(np.arange(SIDE**2), [100])
    log.tile(Tile(first, {"train/loss": values[first]}))
    page = shown(opened, "run=growing")
    eventually(page, lambda: has_points(page, f"100 / {SIDE**2}"))
    part = seen(page)
    log.tile(Tile(rest, {"train/loss": values[rest]}))
    log.close()
    eventually(page, lambda: has_points(page, f"{SIDE**2} / {SIDE**2}"))
    assert seen(page) != part


def has_points(page, told):
    assert figures(page)["Points"].endswith(told)


def test_the_surface_is_turned_lit_and_coloured(opened):
    page = shown(opened, "run=adam")
    first = seen(page)
    page.locator(SURFACE).press("ArrowRight")
    turned = seen(page)
    assert turned != first
    page.locator(SURFACE).press("0")
    assert seen(page) == first
    page.get_by_role("button", name="From above").click()
    assert seen(page) != first
    page.get_by_role("button", name="Reset the view").click()
    assert seen(page) == first
    page.get_by_role("slider", name="Sun (°)").fill("30")
    assert seen(page) != first
    page.get_by_label("Colours").select_option("cividis")
    expect(page).to_have_url(re.compile("palette=cividis.*sun=30"))
    again = shown(opened, page.url.partition("&")[2])
    assert seen(again) == seen(page)


def test_a_hole_shows_nothing(opened):
    page = shown(opened, "run=adam&levels=0")
    above, beside = point_at(page, 0.9, 0.9), point_at(page, -0.9, 0.9)
    assert above == "hole"
    assert number(beside) == pytest.approx(1 + 0.81 + 3 * 0.81, rel=0.02)
    page.locator(SURFACE).press("t")
    settled(page)
    seen_ = page.locator(SURFACE).evaluate(
        """(shown) => {
          const canvas = document.createElement('canvas');
          [canvas.width, canvas.height] = [shown.width, shown.height];
          const pen = canvas.getContext('2d');
          pen.drawImage(shown, 0, 0);
          const alpha = (x, y) => pen.getImageData(x * shown.width, y * shown.height, 1, 1).data[3];
          return [alpha(.7, .27), alpha(.3, .3), alpha(.5, .5)];
        }"""
    )
    assert seen_ == [0, 255, 255]


def point_at(page, x, y):
    """The value that is told at a point, under the mouse on the contours."""
    across, down = place(page, x, y)
    point(page, CONTOURS, across, down)
    settled(page)
    return value(page)


def place(page, x, y):
    """Shares of the contours' canvas at which a point lies, by what is told of two others."""
    low, high = (told_at(page, share) for share in (0.4, 0.7))
    return [0.4 + 0.3 * (v - a) / (b - a) for v, a, b in zip((x, y), low, high, strict=True)]


def told_at(page, share):
    point(page, CONTOURS, share, share)
    settled(page)
    text = page.locator(".value span").first.inner_text()
    return [number(v) for v in text.strip("()").split(", ")]


def test_both_pictures_say_what_is_under_the_mouse(opened):
    page = shown(opened, "run=adam")
    assert value(page) == "1"
    slices = "figure:has(figcaption:text('Slices')) canvas"
    first = seen(page, slices)
    point(page, SURFACE, 0.35, 0.55)
    settled(page)
    assert number(value(page)) > 1.05
    assert seen(page, slices) != first
    page.mouse.move(2, 2)
    settled(page)
    assert value(page) == "1"
    grip = page.locator(".grip")
    for _ in range(5):
        grip.press("ArrowRight")
    settled(page)
    assert number(value(page)) > 1.01
    expect(page).to_have_url(re.compile("point="))


def test_paths_have_their_rules_colour_and_are_ticked_off_and_lifted(opened):
    page = shown(opened, "run=adam&levels=0&palette=grey", color_scheme="light")
    colour = "#882255"
    before = shades(page, CONTOURS).get(colour, 0)
    assert before > 100
    assert shades(page).get(colour, 0) > 50
    draped = seen(page)
    page.get_by_label("Paths at their true loss").check()
    assert seen(page) != draped
    page.locator(".paths").get_by_label("adam").uncheck()
    assert shades(page, CONTOURS).get(colour, 0) == 0
    assert shades(page).get(colour, 0) == 0
    expect(page).to_have_url(re.compile("trueloss=1.*nopath=adam"))


def test_another_map_and_another_height(opened):
    page = shown(opened, "run=adam")
    first, above = seen(page), seen(page, CONTOURS)
    page.get_by_label("log height").uncheck()
    assert seen(page) != first
    page.locator("label:has-text('Height') select").select_option("train/accuracy")
    assert seen(page, CONTOURS) != above
    expect(page).to_have_url(re.compile("map=train%2Faccuracy.*logheight=0"))
    assert "train/accuracy" in figures(page)


def test_files(opened):
    page = shown(opened, "run=adam")

    def saved(name):
        page.get_by_role("button", name="Download").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert download.value.suggested_filename.startswith("adam-landscape")
        return download.value.path().read_bytes()

    assert saved("PNG").startswith(b"\x89PNG")
    model = saved("GLB")
    magic, version, length = struct.unpack("<4sII", model[:12])
    assert (magic, version, length) == (b"glTF", 2, len(model))
    size = struct.unpack("<I", model[12:16])[0]
    told = json.loads(model[20 : 20 + size])
    assert [node["name"] for node in told["nodes"]][:2] == ["ground", "path 0"]
    cells_ = 2 * 20 * 20
    holes = told["accessors"][told["meshes"][0]["primitives"][0]["indices"]]["count"] // 3
    assert cells_ - 2 * 6 * 6 <= holes < cells_ - 2 * 4 * 4


def test_a_line_has_curves(opened):
    page = opened("page=landscape&run=adam&land=line")
    expect(page.locator(".grounds figcaption")).to_have_text(["Along the direction", "accuracy"])
    for k in range(2):
        eventually(page, lambda k=k: has(colours(page.locator(".grounds canvas").nth(k)), 20))
    expect(page.locator(SURFACE)).to_have_count(0)


def has(count, least):
    assert count > least


@pytest.mark.parametrize("name", ["", "far", "flat", "point"])
@pytest.mark.parametrize("lang", ["en", "uk"])
def test_hostile_logs_are_shown_or_said(opened, name, lang):
    viewport = {"width": 390, "height": 800}
    page = opened(f"page=landscape&run=hostile&land={name}&lang={lang}", viewport=viewport)
    expect(page.locator(".honest dl div").first).to_be_visible()
    settled(page)
    assert page.evaluate("window.harmed") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".error").count() == 0


def test_without_webgl_the_contours_are_there(visit, address):
    page = visit(f"{address}#page=landscape&run=adam", before=WITHOUT_WEBGL)
    expect(page.locator(".missing")).to_be_visible()
    eventually(page, lambda: has(colours(page.locator(CONTOURS)), 50))


@pytest.mark.parametrize("settings", ["run=adam", "run=adam&land=line"])
def test_axe_finds_nothing_serious(opened, settings):
    page = opened(f"page=landscape&{settings}", color_scheme="light", bypass_csp=True)
    expect(page.locator(".honest dl div").first).to_be_visible()
    page.add_script_tag(content=AXE.read_text())
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        settled(page)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        serious = [
            (v["id"], [n["html"][:200] for n in v["nodes"][:3]])
            for v in found
            if v["impact"] in {"serious", "critical"}
        ]
        assert serious == [], scheme


def test_a_run_without_a_landscape_says_how_to_get_one(opened):
    page = opened("page=landscape&run=none")
    expect(page.get_by_role("status").filter(has_text="No landscape of this run")).to_be_visible()
    expect(page.locator("code")).to_have_text("uzviz landscape runs/none")


def test_a_ground_is_computed_and_particles_descend_on_it(opened):
    page = opened("page=landscape&run=valley", color_scheme="light", reduced_motion="reduce")
    page.get_by_role("button", name="Compute one").click()
    page.locator(".view-buttons").wait_for()
    eventually(page, lambda: has(len(figures(page)["Ruggedness"]), 20))
    assert figures(page)["Points"].replace("\u202f", "") == "51 × 51, 2601 / 2601"
    expect(page.locator(".keep code")).to_have_text(
        "uzviz landscape runs/valley --directions axes --size 51"
    )
    canvas = page.locator(CONTOURS)
    before = shades(page, CONTOURS)
    canvas.click(position={"x": 100, "y": 100})
    particles = page.locator(".particles li")
    expect(particles).to_have_count(1)
    expect(particles.first).to_contain_text("→")
    expect(particles.first).to_contain_text("0 from the plane")
    swatch = particles.first.locator("i").evaluate(
        "(i) => '#' + getComputedStyle(i).backgroundColor.match(/\\d+/g).map((v) => (+v).toString(16).padStart(2, '0')).join('')"
    )
    until(page, "window.uzviz.busy() === false")
    assert shades(page, CONTOURS).get(swatch, 0) > before.get(swatch, 0) + 50
    page.get_by_label("Moves").select_option("plane")
    expect(page.locator(".particles")).to_contain_text("Bound to the plane")
    page.locator(".particles").get_by_label("lr").fill("1")
    page.locator(".particles").get_by_label("lr").press("Enter")
    page.locator(".grip").press("Enter")
    expect(particles).to_have_count(2)
    expect(particles.nth(1)).to_contain_text("diverged at step")
    page.get_by_role("button", name="Clear").click()
    expect(particles).to_have_count(0)
