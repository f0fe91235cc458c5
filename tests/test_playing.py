"""Scenes as the page asks for them, from notebooks and from the command line."""

import json
import multiprocessing
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import numpy as np
import pytest
from answers import frames_of
from asgi import Client
from board import eventually, settled
from playing import readout, slide, trouble
from playwright.sync_api import expect

import uzviz as uz
from uzviz.api import boards
from uzviz.api.playing import Scenes, fragment
from uzviz.board.app import application
from uzviz.board.store import Store
from uzviz.cli.app import main
from uzviz.scenes import SCENES


@pytest.fixture(scope="module")
def scenes():
    made = Scenes()
    yield made
    made.close()


@pytest.fixture
def ask(scenes):
    store = Store(None)
    yield Client(application(store, play=scenes))
    store.close()


def frames_address(scene="momentum", settings="{}", parts='{"path": [0, 0]}'):
    return f"/api/play/frames?scene={scene}&settings={quote(settings)}&parts={quote(parts)}"


def test_the_page_is_told_of_all_scenes(ask):
    found = ask("/api/play/scenes").json()
    assert [scene["name"] for scene in found] == list(SCENES)


def test_a_frame_arrives_as_it_was_made(ask):
    answer = ask(frames_address(settings='{"alpha": 0.003, "steps": 20}'))
    assert answer.headers["cache-control"] == "no-store"
    ((arrays, facts),) = frames_of(answer.content)
    assert arrays["w"].shape == (21, 2)
    assert arrays["w"].dtype == np.float64
    assert arrays["w"][0].tolist() == [-1.21, 0.853]
    assert arrays["w"][-1].tolist() == facts["end"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (frames_address("nothing"), "Unknown scene 'nothing': choose one of "),
        (frames_address(settings="{"), "must be JSON"),
        (frames_address(settings="[" * 50_000), "must be JSON"),
        (frames_address(settings='{"alpha":' + 500 * "[" + 500 * "]" + "}"), "nested too deeply"),
        (frames_address(settings="x" * 100_001), "of at most 100,000 characters"),
        (frames_address("x" * 41), "of at most 40 characters"),
        (frames_address(parts=""), "but must be JSON: names"),
        (frames_address(parts="{"), "but must be JSON: names"),
        (frames_address(parts="[" * 900), "but must be JSON: names"),
        (frames_address(parts='["path"]'), "but must be JSON: names"),
        (frames_address(parts='{"path": [-1, 0]}'), "each with two whole numbers"),
        (frames_address(parts='{"path": [0, 1e999]}'), "each with two whole numbers"),
        (frames_address(parts='{"path": [0, 999999999999]}'), "from 0 to 1,000,000"),
        (frames_address(parts='{"path": [true, 0]}'), "each with two whole numbers"),
        (frames_address(parts="x" * 1001), "of at most 1,000 characters"),
        ("/api/play/frames?parts={%22path%22:[0,0]}", "Unknown scene ''"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(ask, address, said):
    answer = ask(address)
    assert answer.status in (400, 422)
    assert said in answer.json()["error"]
    assert answer.json()["error"].endswith(".")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('{"alpha": NaN}', "alpha is nan"),
        ('{"alpha": 1e999}', "alpha is inf"),
        ('{"alpha": "0.1"}', "alpha is 0.1, but must be one number"),
        ('{"steps": 601}', "from 1 to 600"),
        ('{"start": [1]}', "must be 2 numbers"),
        ('{"nothing": 1}', "Unknown setting"),
        ("7", "must be names with values"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(ask, settings, said):
    (refused,) = frames_of(ask(frames_address(settings=settings)).content)
    assert said in refused
    assert refused.endswith(".")


def test_each_part_is_made_of_its_own_settings_or_refused_by_itself(ask):
    asked = frames_address(settings='{"steps": 601}', parts='{"path":[0,0],"map":[0,0],"x":[0,0]}')
    path, drawn, unknown = frames_of(ask(asked).content)
    assert "from 1 to 600" in path
    ((arrays, facts),) = frames_of(ask(frames_address(parts='{"map": [0, 0]}')).content)
    assert drawn[1] == facts
    assert drawn[0].keys() == arrays.keys()
    assert all(np.array_equal(drawn[0][name], arrays[name], equal_nan=True) for name in arrays)
    assert "Unknown part of momentum 'x'" in unknown


def test_there_is_nothing_else(ask):
    assert ask("/api/play/").status == 404
    assert ask("/api/play/frame").status == 404
    assert ask("/api/play/scenes", method="POST").status == 405


def test_scenes_are_behind_the_guard(ask):
    assert ask("/api/play/scenes", host="evil.example").status == 403
    assert ask("/api/play/scenes", origin="http://evil.example").status == 403
    assert ask("/api/play/scenes", sec_fetch_site="cross-site").status == 403


def test_a_board_without_scenes_says_so(tmp_path):
    store = Store(tmp_path)
    assert Client(application(store))("/api/play/scenes").status == 404
    store.close()


def test_a_process_that_ended_is_started_anew_and_the_page_told(ask, scenes):
    assert ask("/api/play/scenes").status == 200
    os.kill(scenes.worker.pid, signal.SIGKILL)
    said = [ask(frames_address()) for _ in range(3)]
    assert [a.status for a in said][-1] == 200
    for answer in said:
        if answer.status != 200:
            assert answer.status == 503
            assert answer.json()["error"] == (
                "The process that computes has ended, and is started anew."
            )


def test_five_people_play_at_once(ask):
    addresses = [frames_address(settings=json.dumps({"beta": b / 100})) for b in range(50)]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(ask, addresses))
    assert {a.status for a in answers} == {200}
    for b, answer in enumerate(answers):
        alone = frames_of(ask(addresses[b]).content)[0][1]
        assert frames_of(answer.content)[0][1] == alone


def test_a_scene_in_a_notebook(monkeypatch):
    for name in list(os.environ):
        if name in boards.REMOTE or name.startswith("VSCODE_"):
            monkeypatch.delenv(name)
    shown = uz.play("momentum", alpha=0.001, start=[0, 0.5])
    html = shown._repr_html_()
    assert "#page=play&amp;scene=momentum&amp;set=alpha%3A0.001,start%3A%5B0%2C0.5%5D" in html
    assert 'height="900"' in html
    assert shown.address in repr(shown)
    again = uz.play()
    assert again.address.split("#")[0] == shown.address.split("#")[0]
    with pytest.raises(uz.InputError, match="did you mean momentum"):
        uz.play("momentun")
    with pytest.raises(uz.InputError, match="Unknown setting 'gamma'"):
        uz.play("momentum", gamma=1)
    with pytest.raises(uz.InputError, match="must be one number"):
        uz.play("momentum", alpha="fast")
    with pytest.raises(uz.InputError, match="height"):
        uz.play("momentum", height=3)


def test_an_address_holds_numpys_numbers_as_well():
    given = {"alpha": np.float32(0.5), "start": np.array([1.0, 2.0])}
    assert fragment("momentum", given).endswith("set=alpha%3A0.5,start%3A%5B1.0%2C2.0%5D")


def test_the_command_lists_scenes(capsys, tmp_path):
    assert main(["play", "--list", "--json", str(tmp_path / "scenes.json")]) == 0
    said = capsys.readouterr().out
    for name, scene in SCENES.items():
        assert f"{name}  {scene.title} (slides {scene.slides})" in said
    assert "--set alpha=0.003  from 0 to 0.006, or any in (0, inf)" in said
    assert "a list of at most 6 whole numbers, each from 1 to 8" in said
    listed = json.loads((tmp_path / "scenes.json").read_text())
    assert [row["name"] for row in listed] == list(SCENES)
    assert main(["play", "momentum", "--list"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("momentum  ")
    assert "losses  " not in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["momentun"], "did you mean momentum"),
        (["momentum", "--set", "alpha"], "must be name=value"),
        (["momentum", "--set", "alpha=x"], "alpha is x"),
        (["momentum", "--set", "start=[true,0.5]"], "start is"),
        (["network", "--set", "own=" + 5000 * "["], "own is"),
        (["--set", "alpha=1"], "Unknown scene ''"),
        (["momentum", "--json", "x.json"], "give --list too"),
        (["momentun", "--list"], "did you mean momentum"),
        (["momentum", "--list", "--set", "alpha=1"], "leave out --set"),
        (["momentum", "--port", "99999"], "port"),
        (["slope", "--set", "formula=lambda: 1"], "formula"),
        (["slope", "--set", "formula=x+y"], "a curve has x alone"),
    ],
)
def test_bad_input_ends_with_a_sentence(arguments, said, capsys):
    assert main(["play", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_without_a_folder_the_page_has_scenes_alone(played):
    page = played("momentum")
    assert page.locator(".bar nav a").all_inner_texts() == ["Play"]
    assert page.locator(".scene-list li").count() == len(SCENES)


def test_a_process_killed_over_a_drag_is_said_on_the_page_and_comes_back(visit, complaints):
    page = visit(uz.play("momentum").address)
    page.wait_for_selector(".pictures canvas")
    settled(page)
    first = readout(page)
    processes = multiprocessing.active_children()
    for process in processes:
        os.kill(process.pid, signal.SIGSTOP)  # at work when it ends
    with page.expect_request("**/api/play/frames**"):
        page.locator("[data-control=alpha]").press("ArrowRight")
    for process in processes:
        process.kill()
    said = "The process that computes has ended, and is started anew."
    eventually(page, lambda: has_words(trouble(page), said))
    assert all("503" in complaint for complaint in complaints)
    complaints.clear()
    page.locator("[data-control=alpha]").press("ArrowRight")
    readout(page, but=first)
    expect(page.locator(".trouble:not(.visually-hidden)")).to_have_count(0)


def has_words(text, words):
    assert words in text


def test_wild_values_leave_the_picture_and_say_why(played):
    page = played("momentum", "set=alpha%3A0.003")
    before = readout(page)
    for wild in ("NaN", "1e308", "", "-1", "<img src=x onerror=alert(1)>"):
        slide(page, "alpha", wild)
        assert eventually(page, lambda: trouble(page)).startswith("alpha is"), wild
        assert readout(page) == before, wild
        slide(page, "alpha", 0.003)
        settled(page)
        assert page.locator(".trouble.visually-hidden").count() == 1, wild


def test_a_link_holds_the_settings_and_presets_are_links(played):
    page = played("momentum", "set=alpha%3A0.001,beta%3A0.5")
    assert page.locator("[data-control=alpha]").get_attribute("aria-valuetext") == "0.001"
    page.get_by_role("link", name="Without momentum").click()
    eventually(page, lambda: _has(page.url, "set=beta%3A0"))
    page.get_by_role("link", name="As in the lecture").click()
    eventually(page, lambda: _has_not(page.url, "set="))


def _has(text, part):
    assert part in text


def _has_not(text, part):
    assert part not in text


def test_the_clock_plays_pauses_and_steps_by_keys(played):
    page = played("momentum")
    output = page.locator(".transport output")
    assert output.inner_text() == "Step 150 / 150"
    page.locator(".transport button").first.focus()
    page.keyboard.press("ArrowLeft")
    eventually(page, lambda: _has(output.inner_text(), "Step 0 /"))
    page.keyboard.press("ArrowRight")
    eventually(page, lambda: _has(output.inner_text(), "Step 1 /"))
    assert readout(page).startswith("after 1 steps")
    page.get_by_role("button", name="Play").click()
    eventually(page, lambda: _has(output.inner_text(), "Step 150 /"))


@pytest.mark.parametrize(("button", "head"), [("PNG", b"\x89PNG"), ("GIF", b"GIF89a")])
def test_a_scene_is_saved_as_a_picture_and_as_a_film(played, button, head, tmp_path):
    page = played("momentum", "set=steps%3A12")
    with page.expect_download(timeout=60_000) as saved:
        page.get_by_role("button", name=button).click()
    data = (tmp_path / "saved").absolute()
    saved.value.save_as(data)
    assert saved.value.suggested_filename == f"momentum.{button.lower()}"
    assert data.read_bytes()[: len(head)] == head
    assert data.stat().st_size > 5_000


def test_every_word_of_every_scene_is_there_in_both_languages(played):
    """Words do not wait for what is drawn, which is never computed here."""
    page = played("momentum")
    page.route("**/api/play/frames*", lambda _: None)
    links, chosen = page.locator(".scene-list a"), page.locator(".preferences select").first
    named = ".presets a, .settings .field > span, .settings .check > span, .settings legend"
    for k, (name, scene) in enumerate(SCENES.items()):
        links.nth(k).click()
        eventually(page, lambda name=name: _has(page.url, f"scene={name}"))
        for language in ("en", "uk"):
            chosen.select_option(language)
            page.wait_for_selector(f"html[lang={language}] [data-scene={name}]")
            eventually(page, lambda s=scene, lang=language: _worded(page, named, s, lang))


def _worded(page, named, scene, language):
    controls = page.locator(".settings [data-control]").evaluate_all(
        "all => all.map((one) => one.dataset.control)"
    )
    assert controls
    assert {*controls} <= scene.controls.keys(), scene
    waiting = {"en": "Computing …", "uk": "Обчислюється …"}[language]
    assert page.locator(".pictures").get_attribute("data-waiting") == waiting
    assert page.locator(".presets a").count() == len(scene.presets)
    assert page.locator(".formula math").count() >= len(scene.formulas), scene
    seen = {*page.locator(named).all_inner_texts()}
    untold = seen & {*scene.controls, *scene.presets}
    assert not untold if language == "uk" else not any("_" in word for word in untold), scene
    letters = [c for c in page.locator(".about").inner_text() if c.isalpha()]
    cyrillic = sum("а" <= c.lower() <= "ї" or c in "ґҐ" for c in letters) / len(letters)
    assert (cyrillic > 0.8) == (language == "uk"), scene


def test_formulas_have_a_font_that_can_draw_roots(played):
    page = played("adaptive")
    assert page.locator(".formula msqrt").count() >= 2
    fonts = page.evaluate(
        "document.fonts.ready.then((all) => [...all].map((f) => `${f.family} ${f.status}`))"
    )
    assert "Noto Sans Math loaded" in [font.replace('"', "") for font in fonts]


def test_a_scene_is_soon_there(visit, stage):
    """Loosely: how soon, benchmarks/play.py measures."""
    began = time.monotonic()
    page = visit(f"{stage}#page=play&scene=momentum")
    page.wait_for_selector("[data-readout]")
    assert time.monotonic() - began < 20
