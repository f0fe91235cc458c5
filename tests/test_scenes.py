"""What every scene must be: alive at every end of its settings, and deaf to what is none."""

import json
import math
import re
import threading
import time
from pathlib import Path
from runpy import run_path

import numpy as np
import pytest

from uzviz import rules, scenes
from uzviz.board import wire
from uzviz.errors import InputError
from uzviz.scenes import SCENES, Moment, soonest
from uzviz.scenes.controls import Number, Whole, Wholes
from uzviz.scenes.scene import Training
from uzviz.scenes.several import SHORT

ROOT = Path(__file__).parent.parent
BEGIN = Moment("viewer", 0, 0)
WILD = [
    math.nan,
    math.inf,
    1e308,
    -1e308,
    None,
    "",
    "NaN",
    [],
    [[]],
    {},
    "a" * 10_000,
    True,
    10**400,
]
PARTS = [(name, part) for name, scene in SCENES.items() for part in scene.parts]


@pytest.fixture(autouse=True)
def _in_float64(x64):
    """As the process that computes scenes has it."""


def framed(name, part, given=None, moment=BEGIN):
    return scenes.frame(name, part, given or {}, moment)


def finite(frame):
    """Whether the pictures' arrays hold numbers; holes are NaN, and not all is a hole."""
    arrays = [v for v in frame.values() if isinstance(v, np.ndarray) and v.size]
    return all(np.isfinite(a).any() for a in arrays)


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_a_part_begins(name, part):
    frame = framed(name, part)
    assert finite(frame)
    assert len(wire.frame(frame)) > 0
    kinds = {v.dtype.kind for v in frame.values() if isinstance(v, np.ndarray)}
    assert kinds <= set("fiub")


@pytest.mark.parametrize("name", SCENES)
def test_presets_can_be_played(name):
    for preset in SCENES[name].presets.values():
        for part in SCENES[name].parts:
            assert finite(framed(name, part, preset))


BRINGS = [
    (name, setting, option)
    for name, scene in SCENES.items()
    for setting, control in scene.controls.items()
    for option in getattr(control, "brings", ())
]


@pytest.mark.parametrize(("name", "setting", "option"), BRINGS)
def test_what_a_choice_brings_can_be_set(name, setting, option):
    controls = SCENES[name].controls
    brought = controls[setting].brings[option]
    found = scenes.read(controls, {setting: option, **brought})
    assert {key: found[key] for key in brought} == dict(brought)


ENDS = [
    (name, setting, end)
    for name, scene in SCENES.items()
    for setting, control in scene.controls.items()
    if isinstance(control, (Number, Whole))
    for end in (control.low, control.high)
]


@pytest.mark.parametrize(("name", "setting", "end"), ENDS)
def test_the_ends_of_a_slider_are_drawn_or_refused_in_a_sentence(name, setting, end):
    scene = SCENES[name]
    for part, what in scene.parts.items():
        if setting in what.uses:
            answer = answered(name, part, {setting: end})
            if isinstance(answer, str):  # an end that the slider touches and the rule does not take
                assert scene.controls[setting].interval[0] == "("
                assert setting in answer


@pytest.mark.parametrize("wild", WILD, ids=lambda w: repr(w)[:12])
@pytest.mark.parametrize("name", SCENES)
def test_wild_values_are_refused_in_a_sentence_or_drawn(name, wild):
    scene = SCENES[name]
    for setting in scene.controls:
        part = next(p for p, what in scene.parts.items() if setting in (*what.uses, *shows(what)))
        answer = answered(name, part, {setting: wild})
        if isinstance(answer, str):
            assert len(answer) < 1000
            assert setting in answer
        else:
            empty = wild == [] and isinstance(scene.controls[setting], Wholes)
            assert wild is True or isinstance(wild, str) or empty


def answered(name, part, given):
    """A frame's bytes, or the sentence that refuses it."""
    try:
        return wire.frame(framed(name, part, given))
    except InputError as error:
        return str(error)


def shows(part):
    return part.shows if isinstance(part, Training) else ()


@pytest.mark.parametrize("name", SCENES)
def test_every_setting_is_used_and_every_use_is_a_setting(name):
    scene = SCENES[name]
    used = {s for part in scene.parts.values() for s in (*part.uses, *shows(part))}
    assert used == set(scene.controls)
    for preset in scene.presets.values():
        assert preset.keys() <= scene.controls.keys()


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_a_part_follows_from_the_settings_it_says_it_uses(name, part):
    """What is not used changes nothing, and a second look is the same to the last bit."""
    what = SCENES[name].parts[part]
    first = wire.frame(framed(name, part))
    for preset in SCENES[name].presets.values():
        others = {k: v for k, v in preset.items() if k not in (*what.uses, *shows(what))}
        assert wire.frame(framed(name, part, others)) == first


@pytest.mark.parametrize(
    ("name", "part"),
    [(n, p) for n, p in PARTS if isinstance(SCENES[n].parts[p], Training)],
)
def test_a_training_comes_to_the_same_in_one_stretch_and_in_several(name, part):
    whole = framed(name, part, {}, Moment("a", 0, 6))
    framed(name, part, {}, Moment("b", 0, 2))
    rest = framed(name, part, {}, Moment("b", 2, 6))
    again = framed(name, part, {}, Moment("c", 2, 6))  # begun anew, as after a crash
    assert wire.frame(rest) == wire.frame(again)
    for key, value in whole.items():
        if (
            isinstance(value, np.ndarray)
            and value.shape[:1] == (6,)
            and rest[key].shape[:1] == (4,)
        ):
            assert np.array_equal(value[2:], rest[key], equal_nan=True)
        elif isinstance(value, np.ndarray):
            assert np.array_equal(value, rest[key], equal_nan=True)


@pytest.mark.parametrize("name", SCENES)
def test_descriptions_are_strict_json(name):
    found = json.loads(json.dumps(SCENES[name].described(), allow_nan=False))
    assert found["name"] == name
    for control in found["controls"].values():
        assert control["default"] is not None


def test_names_nobody_knows_are_refused():
    with pytest.raises(InputError, match="did you mean momentum"):
        framed("momentun", "path")
    with pytest.raises(InputError, match="Unknown part of momentum 'pth'"):
        framed("momentum", "pth")
    with pytest.raises(InputError, match="Unknown setting 'gamma'"):
        framed("momentum", "path", {"gamma": 1})
    with pytest.raises(InputError, match="must be names with values"):
        framed("momentum", "path", [1])


def test_the_page_has_a_colour_for_every_rule():
    page = (ROOT / "web" / "src" / "play" / "rules.ts").read_text()
    block = re.search(r"const COLOURS = \{(.*?)\};", page, flags=re.DOTALL)
    assert block
    assert re.findall(r'^ *"?([\w-]+)"?: \d+,$', block[1], flags=re.MULTILINE) == list(rules.NAMES)


def test_the_list_of_scenes_by_slides_is_fresh():
    written = run_path(str(ROOT / "docs" / "scenes.py"))
    fresh = written["TARGET"].read_text() == written["text"]()
    assert fresh, "run: .venv/bin/python docs/scenes.py"


def test_what_is_short_is_made_in_turn_and_what_was_compiled_in_threads():
    def threads_of(seconds):
        def make(k):
            time.sleep(seconds[k])
            return threading.current_thread(), k

        found = soonest(make, range(4))
        assert [k for _, k in found] == [0, 1, 2, 3]
        return {thread for thread, _ in found[1:]}

    here = threading.current_thread()
    for _ in range(2):
        assert threads_of([0, 0, 0, 0]) == {here}
        assert here not in threads_of([2 * SHORT, SHORT, SHORT, SHORT])
    assert soonest(str, []) == []


def test_the_settings_of_other_parts_count_for_nothing():
    moment = Moment("", 0, 0)
    scene = SCENES["momentum"]
    with pytest.raises(InputError, match="from 1 to 600"):
        scene.frame("path", {"steps": 601}, moment)
    drawn = scene.frame("map", {"steps": 601}, moment)
    assert wire.frame(drawn) == wire.frame(scene.frame("map", {}, moment))
    with pytest.raises(InputError, match="Unknown setting"):
        scene.frame("map", {"nothing": 1}, moment)
