"""The page of scalars in a real browser, as people use it; the other pages: test_board_pages.py."""

import csv
import io
import json
import math
import re

import numpy as np
import pytest
from board import (
    SETTLED,
    WINDOW,
    board,
    card,
    damaged,
    eventually,
    hover,
    number,
    settled,
    until,
    window_of,
)
from PIL import Image
from playwright.sync_api import expect

import uzviz as uz

STEPS = 400
POINTS = 300_000
SPIKE = 123_457


def curve(run, tag):
    steps = np.arange(STEPS)
    noise = np.random.default_rng(100 * run + tag).normal(0, 0.05, STEPS)
    return (np.exp(-steps / (60 + 20 * run)) + 0.1 * tag + noise).astype(np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four runs of two rules, with three series each; one of them has a spike and numbers that are none."""
    folder = tmp_path_factory.mktemp("runs")
    for i in range(4):
        own = {"rule": ["adam", "gd"][i % 2], "lr": 10.0 ** -(i + 1)}
        with uz.Log(folder / own["rule"] / f"seed-{i // 2}", hyperparameters=own) as log:
            values = {
                f"{tag}": curve(i, t) for t, tag in enumerate(["train/loss", "train/accuracy"])
            }
            values["validation/loss"] = curve(i, 2)
            if i == 0:
                values["validation/loss"][200] = 99.0
                values["validation/loss"][[300, 301, 302]] = [math.nan, math.inf, -math.inf]
            log.columns(np.arange(STEPS), values, 1.7e9 + 2.0 * np.arange(STEPS))
    return folder


def smoothed(y, s):
    last, shown = 0.0, []
    for k, value in enumerate(y, 1):
        last = s * last + (1 - s) * float(value)
        shown.append(last / (1 - s**k))
    return shown


def downloaded(page, tag, format_, place):
    """Where a file is that a chart's menu gives."""
    menu = card(page, tag).locator("details.menu")
    menu.locator("summary").click()
    with page.expect_download() as caught:
        menu.get_by_role("button", name=format_).click()
    caught.value.save_as(place / "file")
    return place / "file"


def test_it_opens_with_runs_and_charts(opened):
    page = opened()
    names = page.locator(".run-rows .run-name").all_inner_texts()
    assert names == ["adam/seed-0", "adam/seed-1", "gd/seed-0", "gd/seed-1"]
    assert page.locator("article.card").count() == 3
    assert page.locator(".group h2").all_inner_texts() == ["train\n2", "validation\n1"]
    assert page.title().startswith("Scalars")


def test_runs_and_tags_are_filtered(opened):
    page = opened()
    page.get_by_label("Filter runs").fill("adam/.*[01]$")
    page.get_by_label("Filter tags").fill("^train/(loss)")
    names = page.locator(".run-rows .run-name")
    expect(names).to_have_text(["adam/seed-0", "adam/seed-1"])
    expect(page.locator("article.card")).to_have_count(1)
    settled(page)
    assert set(hover(page, "train/loss", 0.5)) == {"adam/seed-0", "adam/seed-1"}
    page.get_by_label("Filter runs").fill("(")
    expect(page.locator(".runs-panel .error")).to_contain_text("not a regular expression")
    page.get_by_label("Filter runs").fill("")
    page.get_by_label("Conditions").fill("lr<0.005, rule=gd")
    expect(names).to_have_text(["gd/seed-1"])


def test_values_under_the_cursor_are_those_of_the_file(opened):
    found = hover(opened(), "train/loss", 0.5)
    assert len(found) == 4
    for i, name in enumerate(["adam/seed-0", "gd/seed-0", "adam/seed-1", "gd/seed-1"]):
        row = found[name]
        step = int(row["Step"])
        assert abs(step - STEPS / 2) < 10
        assert number(row["Value"]) == pytest.approx(curve(i, 0)[step], rel=1e-3)
        assert number(row["Smoothed"]) == pytest.approx(smoothed(curve(i, 0), 0.6)[step], rel=1e-3)


def test_smoothing_is_a_debiased_average(opened):
    page = opened()
    slider = page.get_by_role("slider", name="Smoothing")
    slider.fill("0.95")
    expect(page).to_have_url(re.compile("smooth=0.95"))
    settled(page)
    row = hover(page, "train/loss", 0.25)["adam/seed-0"]
    step = int(row["Step"])
    assert number(row["Smoothed"]) == pytest.approx(smoothed(curve(0, 0), 0.95)[step], rel=1e-3)


def test_a_drag_zooms_and_a_link_shows_the_same(opened, visit):
    page = opened()
    box = card(page, "train/loss").locator(".u-over").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.25 * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], y, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile("zoom="))
    settled(page)
    first = int(hover(page, "train/loss", 0.02)["adam/seed-0"]["Step"])
    last = int(hover(page, "train/loss", 0.98)["adam/seed-0"]["Step"])
    assert 95 <= first <= 108
    assert 192 <= last <= 202
    again = visit(page.url, **WINDOW)
    again.wait_for_selector(SETTLED)
    assert int(hover(again, "train/loss", 0.02)["adam/seed-0"]["Step"]) == first
    card(again, "train/loss").locator(".u-over").dblclick()
    settled(again)
    assert int(hover(again, "train/loss", 0.98)["adam/seed-0"]["Step"]) > 380


@pytest.mark.parametrize("format_", ["CSV", "JSON"])
def test_a_download_holds_every_point(opened, folder, tmp_path, format_):
    text = downloaded(opened(), "train/loss", format_, tmp_path).read_text()
    found = {}
    if format_ == "CSV":
        for row in csv.DictReader(text.splitlines()):
            found.setdefault(row["run"], []).append(float(row["value"]))
    else:
        found = {one["run"]: [row[2] for row in one["rows"]] for one in json.loads(text)}
    assert len(found) == 4
    for run in uz.read(folder).values():
        assert np.array_equal(np.float32(found[run.name]), run.scalars("train/loss").value)


@pytest.mark.parametrize("format_", ["SVG", "PNG"])
def test_a_chart_is_saved_as_a_picture(opened, tmp_path, format_):
    page = opened()
    data = downloaded(page, "train/loss", format_, tmp_path).read_bytes()
    if format_ == "PNG":
        image = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
        chart = int(card(page, "train/loss").locator("canvas").evaluate("(c) => c.clientHeight"))
        title, legend = image[:24], image[24 + chart :]
        for texts in (title, legend):
            assert (texts.max(axis=2) < 120).sum() > 50
        coloured = legend.max(axis=2) - legend.min(axis=2) > 60
        assert coloured.sum() > 4 * 80
    else:
        assert data.count(b"<path") > 8
        assert b"adam/seed-1" in data
        assert b"NaN" not in data


def test_not_finite_values_and_spikes_are_seen(opened):
    page = opened("smooth=0&inliers=0")
    found = hover(page, "validation/loss", 200 / (STEPS - 1))["adam/seed-0"]
    assert (number(found["Value"]), found["Step"]) == (99, "200")
    page = opened(f"smooth=0&{window_of('validation/loss', (299, 303), (0, 1))}")
    shares = (0.25, 0.5, 0.75)
    seen = [hover(page, "validation/loss", s)["adam/seed-0"]["Value"] for s in shares]
    assert seen == ["NaN", "∞", "−∞"]


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """The board of one run of more points than a chart is given, and its values: every third step from 1
    on, a hundredth of a second apart, one of them far above the others."""
    folder = tmp_path_factory.mktemp("long")
    values = np.random.default_rng(0).normal(0, 1, POINTS).astype(np.float32)
    values[SPIKE] = 1e4
    with uz.Log(folder / "long") as log:
        log.columns(3 * np.arange(POINTS) + 1, {"loss": values}, 1.7e9 + np.arange(POINTS) / 100)
    with board(folder) as address:
        yield address, values


def test_a_long_run_is_drawn_by_fewer_points(visit, long):
    page = visit(long[0], **WINDOW)
    until(page, "window.uzviz.points() > 0")
    page.wait_for_selector(SETTLED)
    assert 1000 <= page.evaluate("window.uzviz.points()") < POINTS


@pytest.mark.parametrize("axis", ["step", "relative"])
@pytest.mark.parametrize("smooth", [0, 0.9])
def test_a_zoom_refines_to_every_point(visit, long, axis, smooth):
    address, values = long
    indices = np.arange(SPIKE - 3, SPIKE + 6)
    x = 3 * indices + 1 if axis == "step" else indices / 100
    half = (x[1] - x[0]) / 2
    window = window_of("loss", (x[0] - half, x[-1] + half), (-1e4, 2e4))
    page = visit(f"{address}#smooth={smooth}&axis={axis}&{window}", **WINDOW)
    page.wait_for_selector(SETTLED)

    def every_point():
        shares = (np.arange(9) + 0.5) / 9
        rows = [hover(page, "loss", share).get("long", {}) for share in shares]
        assert [row.get("Step") for row in rows] == [str(3 * i + 1) for i in indices]
        return rows

    rows = eventually(page, every_point)
    found = [number(row["Value"]) for row in rows]
    assert found == pytest.approx(values[indices].tolist(), rel=1e-3)
    shown = smoothed(values[: indices[-1] + 1], smooth)[indices[0] :]
    assert [number(row["Smoothed"]) for row in rows] == pytest.approx(shown, rel=1e-3)


def test_a_run_grows_while_one_watches(visit, tmp_path):
    with (
        uz.Log(tmp_path / "growing") as log,
        board(tmp_path) as address,
        visit(address) as page,
    ):
        page.get_by_text("no run in this folder").wait_for()
        log.scalars(0, {"loss": 1.0})
        page.wait_for_selector("article.card")
        for step in range(1, 20):
            log.scalars(step, {"loss": 1 / step})
        until(page, "window.uzviz.points() === 20")
        assert page.locator(".status.running").count() == 1
        log.scalars(20, {"other": 1.0})
        page.wait_for_selector("article[data-tag=other]")
        log.close("finished")
        page.wait_for_selector(".run-rows .status.finished")


def test_damage_is_told(visit, tmp_path):
    with uz.Log(tmp_path / "hurt") as log:
        for step in range(50):
            log.scalars(step, {"loss": 1.0})
    damaged(tmp_path / "hurt")
    with board(tmp_path) as address, visit(address) as page:
        page.wait_for_selector(".badge.damage")
        assert re.fullmatch(
            r"\d+ bytes could not be read", page.get_attribute(".badge.damage", "title")
        )
        page.wait_for_selector(SETTLED)
        assert page.evaluate("window.uzviz.points()") == 49


def test_three_hundred_runs(visit, tmp_path):
    for i in range(300):
        with uz.Log(tmp_path / f"run-{i}", hyperparameters={"lr": float(i)}) as log:
            log.columns(np.arange(100), {"loss": np.full(100, 1.0 + i)}, 1.7e9 + np.arange(100))
    with board(tmp_path) as address, visit(address, **WINDOW) as page:
        until(page, "window.uzviz.points() === 30000")
        page.wait_for_selector(SETTLED)
        rows = page.locator(".run-rows li").count()
        assert 20 < rows < 80
        expect(page.locator(".runs-panel .tools .count")).to_have_text("300 / 300")
        page.locator(".run-rows").evaluate("(e) => e.scrollTo(0, e.scrollHeight)")
        page.locator(".run-rows").get_by_text("run-299", exact=True).wait_for()
        found = hover(page, "loss", 0.5)
        assert len(found) == 14
        assert "286" in card(page, "loss").locator(".tooltip p").inner_text()


def test_dark_and_ukrainian_by_the_browser_and_by_choice(opened):
    page = opened(locale="uk-UA", color_scheme="dark")
    assert page.locator("html").get_attribute("lang") == "uk"
    assert page.get_by_role("link", name="Скаляри").is_visible()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_label("Тема").select_option("light")
    page.get_by_label("Мова").select_option("en")
    expect(page.get_by_role("link", name="Scalars")).to_be_visible()
    expect(page).to_have_url(re.compile("lang=en.*theme=light"))
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark


def test_by_keyboard_alone(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "plot":
            break
    page.keyboard.press("ArrowRight")
    expect(page.locator(".tooltip")).to_have_count(1)
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile("zoom="))
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("zoom="))


def test_bands_over_runs_that_share_a_hyperparameter(opened):
    page = opened("group=rule")
    found = hover(page, "train/loss", 0.5)
    assert set(found) == {"rule=adam", "rule=gd"}
    assert {row["n"] for row in found.values()} == {"2"}


def test_a_base_run_is_nothing_to_itself(opened):
    page = opened("base=adam%2Fseed-0&smooth=0")
    found = hover(page, "train/loss", 0.5)
    assert number(found["adam/seed-0"]["Value"]) == 0
    step = int(found["gd/seed-0"]["Step"])
    difference = float(curve(1, 0)[step]) - float(curve(0, 0)[step])
    assert number(found["gd/seed-0"]["Value"]) == pytest.approx(difference, rel=1e-3, abs=1e-6)


def test_cards_are_pinned_and_moved(opened):
    page = opened()
    card(page, "train/loss").get_by_role("button", name="Pin").click()
    expect(page.locator(".group h2").first).to_contain_text("Pinned")
    expect(page.locator("article.card")).to_have_count(4)

    cards = page.locator(".group").nth(1).locator("article")
    expect(cards).to_have_count(2)
    order = cards.evaluate_all("(all) => all.map((a) => a.dataset.tag)")
    page.locator(".group").nth(1).get_by_role("button", name="Move down").first.click()
    expect(cards.first).to_have_attribute("data-tag", order[1])
    expect(cards.last).to_have_attribute("data-tag", order[0])


def test_a_phone_has_the_runs_in_a_drawer(opened):
    page = opened(viewport={"width": 390, "height": 800}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.get_by_label("Filter runs").is_visible()
    page.get_by_role("button", name="Runs and filters").click()
    page.get_by_label("Filter runs").wait_for(state="visible")
