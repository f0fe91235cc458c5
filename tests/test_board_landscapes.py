"""Landscapes as the board sends them: out of logs, however hostile, and computed for its page."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import numpy as np
import pytest
from answers import Asked, event, frame_of

import uzviz as uz
from uzviz.api.exploring import Grounds
from uzviz.log import values

DEEP = '{"lr":' + 500 * "[" + 500 * "]" + "}"
WORDS = "/api/ground/{job}?run={run}&viewer=a{more}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A training with a landscape, and a race."""
    folder = tmp_path_factory.mktemp("runs")
    digits = uz.problems.classify("digits", hidden=[])
    uz.train(digits, uz.Momentum(lr=0.05), batch=83, epochs=2, probe=[], log=folder / "a")
    uz.landscape(folder / "a", size=7, examples=64, curvature=True)
    plane = uz.problems.quadratic([1.0, 2.0], spread=0.1)
    options = {"lr": [0.1], "seeds": 8, "final_seeds": 8, "gradients": 20}
    uz.race(plane, ["gd", "adam"], log=folder / "race", **options)
    return folder


@pytest.fixture(scope="module")
def grounds():
    made = Grounds()
    yield made
    made.close()


@pytest.fixture
def ask(folder, grounds):
    asked = Asked(folder, ground=grounds.app)
    yield asked
    asked.store.close()


def ground(ask, job, run="a", more=""):
    return ask(WORDS.format(job=job, run=ask.runs[run]["id"], more=more))


def arrays_of(answer):
    assert answer.status == 200, answer.text
    return frame_of(answer.content)


def test_the_process_is_there_before_it_is_asked(ask, grounds):
    assert ask("/api/ground/wake").status == 204
    assert grounds.worker.pid is not None


def test_what_a_log_holds_arrives(ask, folder):
    number = ask.runs["a"]["id"]
    logged = uz.read(folder)["a"].landscapes["random"]
    (line,) = ask(f"/api/landscapes?run={number}").json()["landscapes"]
    assert line == {"name": "random", "shape": [7, 7], "done": 49, "directions": "random"}
    arrays, facts = arrays_of(ask(f"/api/landscape?run={number}&number=0"))
    for i, name in enumerate(facts["maps"]):
        np.testing.assert_array_equal(arrays[f"map{i}"], logged.values[name].astype(np.float32))
    for i, axis in enumerate(logged.axes):
        np.testing.assert_array_equal(arrays[f"axis{i}"], axis)
    assert arrays["done"].all()
    path = logged.paths["a"]
    np.testing.assert_array_equal(arrays["path0/coordinates"], path.coordinates)
    np.testing.assert_array_equal(arrays["path0/shown"], path.shown)
    (said,) = facts["paths"]
    assert (said["label"], said["explained"]) == ("a", path.explained)
    along = facts["facts"]["measured"]["curvature"]["along"]
    assert along["points"][0][0] == 0
    assert along["threshold"] == pytest.approx(2 * 1.9 / 0.05)
    assert ask(f"/api/landscape?run={number}&number=1").status == 404
    assert ask(f"/api/landscapes?run={ask.runs['race']['id']}").json() == {"landscapes": []}


def tensors(folder, tag, facts, **arrays):
    """A record such as a landscape's, past everything that a log checks."""
    told = values.tensor(tag, np.array([json.dumps(facts)], object))
    event(folder, told, *(values.tensor(f"{tag}/{name}", x) for name, x in arrays.items()))


BEGUN = {"name": "random", "begun": 1}
HUGE = {"axis/0": np.zeros(1 << 14), "axis/1": np.zeros(1 << 14)}


@pytest.mark.parametrize(
    ("facts", "arrays"),
    [
        ({"begun": BEGUN, "facts": {}}, HUGE),
        ({"begun": BEGUN, "facts": {}}, {"axis/0": np.array([b"<b>"], object)}),
        ({"begun": BEGUN, "facts": []}, {"axis/0": np.zeros(2)}),
        ({"begun": {"name": ["x"]}, "facts": {}}, {"axis/0": np.zeros(2)}),
        ({"begun": 3, "facts": {}}, {}),
        ([[]], {}),
        ({"begun": BEGUN, "facts": {"parts": [7]}}, {"axis/0": np.zeros((2, 2))}),
    ],
    ids=["huge", "words", "list", "name", "number", "nothing", "flat"],
)
def test_hostile_landscapes_are_a_sentence_or_data(tmp_path, facts, arrays):
    tensors(tmp_path / "x", "uzviz/landscape", facts, **arrays)
    asked = Asked(tmp_path)
    number = asked.runs["x"]["id"]
    for path in (f"/api/landscapes?run={number}", f"/api/landscape?run={number}&number=0"):
        answer = asked(path)
        assert answer.status in {200, 404, 422}
        assert str(tmp_path) not in answer.text
    asked.store.close()


def test_a_board_alone_computes_nothing(folder):
    asked = Asked(folder)
    assert ground(asked, "about").status == 404
    asked.store.close()


def test_what_can_be_asked_is_said(ask):
    about = ground(ask, "about").json()
    assert (about["parameters"], about["batch"], about["examples"]) == (650, 83, 1079)
    assert (about["rule"], about["set"]) == (
        "momentum",
        {"lr": pytest.approx(0.05), "beta": pytest.approx(0.9)},
    )
    assert about["directions"] == ["random", "path", "hessian"]
    assert [rule["name"] for rule in about["rules"]] == list(uz.rules.NAMES)
    race = ground(ask, "about", "race").json()
    assert race["entrants"] == ["gd", "adam"]
    assert race["directions"] == ["axes"]
    lane = next(name for name in ask.runs if name.startswith("race/final/adam/"))
    assert ground(ask, "about", lane).json()["rule"] == "adam"


def test_a_surface_comes_coarse_to_fine_and_is_the_map(ask, folder):
    have, found = 0, None
    while found is None or have < found.size:
        arrays, facts = arrays_of(ground(ask, "surface", more=f"&size=33&have={have}"))
        shape = len(arrays["axis0"]), len(arrays["axis1"])
        found = np.full(shape, np.nan, np.float32) if found is None else found
        at = facts["maps"].index("train/loss")
        found.ravel()[arrays["places"]] = arrays[f"values{at}"]
        if have == 0:
            first = np.unravel_index(arrays["places"][:81], shape)
            assert [len(set(x.tolist())) for x in first] == [9, 9]
        assert facts["have"] == have + len(arrays["places"])
        have = facts["have"]
    judge = uz.landscape(folder / "a", size=33, log=False)
    np.testing.assert_array_equal(found, judge.values["train/loss"].astype(np.float32))
    assert facts["facts"]["measured"]["roughness"] == judge.roughness._asdict()
    again, _ = arrays_of(ground(ask, "surface", more="&size=33&have=0"))
    assert len(again["places"]) == found.size
    _, after = arrays_of(ground(ask, "surface", more="&size=33&seed=7&have=500"))
    assert after["have"] > 500  # of a ground that nobody has begun, as after a crash
    paths, said = arrays_of(ground(ask, "paths", more="&size=33"))
    np.testing.assert_allclose(paths["path0/coordinates"], judge.paths["a"].coordinates)
    assert said["paths"][0]["label"] == "a"


def test_particles_go_on_logged_ground_and_on_new(ask, folder):
    for more in ("&number=0", ""):
        for mode in ("free", "plane"):
            asked = f"{more}&x=.5&y=-.5&rule=gd&set=%7B%22lr%22%3A0.1%7D&steps=20&mode={mode}"
            arrays, facts = arrays_of(ground(ask, "particle", more=asked))
            assert arrays["coordinates"].shape == (21, 2)
            assert arrays["coordinates"][0] == pytest.approx([0.5, -0.5], abs=1e-6)
            assert facts == {"rule": "gd", "died": None}
            assert arrays["loss"][-1] < arrays["loss"][0]
            assert (arrays["distance"].max() == 0) == (mode == "plane")
    dead, facts = arrays_of(ground(ask, "particle", more="&rule=gd&set=%7B%22lr%22%3A1e38%7D"))
    assert facts["died"] == len(dead["loss"])


@pytest.mark.parametrize(
    ("job", "more", "says"),
    [
        ("surface", "&size=2", "from 3 to 201"),
        ("surface", "&size=99999", "from 3 to 201"),
        ("surface", "&span=nan", "finite number"),
        ("surface", "&span=-1", "The span is -1.0"),
        ("surface", "&directions=sideways", "one of random, path"),
        ("surface", "&directions=axes", "axes"),
        ("surface", "&seed=-1", "whole number"),
        ("surface", "&number=0", "read from its log"),
        ("particle", "&number=7", "holds 1 landscapes"),
        ("surface", "&centre=adam", "is none: leave"),
        ("particle", "&rule=adm", "did you mean adam"),
        ("particle", "&rule=adam&set=[1]", "numbers by their names"),
        ("particle", "&rule=adam&set={", "must be JSON"),
        ("particle", "&rule=adam&steps=2001", "from 1 to 2,000"),
        ("particle", "&rule=adam&batch=99999", "from 1 to 1079"),
        ("particle", "&rule=adam&x=1e999", "finite"),
        ("particle", "&rule=adam&set=%7B%22lr%22%3A%22x%22%7D", "must be a number"),
        ("particle", "&rule=adam&set=%7B%22lr%22%3A%5B1%2C2%5D%7D", "must be"),
        ("particle", f"&rule=adam&set={quote(DEEP)}", "nested too deeply"),
        ("particle", "&rule=adam&mode=up", "one of free, plane"),
    ],
)
def test_what_cannot_be_computed_is_a_sentence(ask, folder, job, more, says):
    answer = ground(ask, job, more=more)
    assert answer.status in {400, 422}
    assert says in answer.json()["error"]
    assert str(folder) not in answer.text


def test_a_page_has_one_job_and_others_are_not_kept_waiting(ask, grounds):
    ground(ask, "about")
    more = "&size=201&directions=hessian&seed=5"
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(ground, ask, "surface", more=more)
        end = time.monotonic() + 10
        while not grounds._busy and time.monotonic() < end:
            time.sleep(0.005)
        refused = ground(ask, "about")
        other = ask(
            WORDS.format(job="about", run=ask.runs["a"]["id"], more="").replace(
                "viewer=a", "viewer=b"
            )
        )
        assert slow.result().status == 200
    assert (refused.status, other.status) == (429, 200)
    assert "still computed" in refused.json()["error"]
    assert ground(ask, "about").status == 200


def test_no_file_that_a_log_names_is_opened(grounds, tmp_path):
    (tmp_path / "secret.csv").write_text("x,y\n" + "1,2\n3,4\n" * 30)
    problem = uz.problems.regress(f"{tmp_path / 'secret.csv'}:y", [4])
    uz.train(problem, uz.GradientDescent(), epochs=1, probe=[], log=tmp_path / "runs" / "a")
    asked = Asked(tmp_path / "runs", ground=grounds.app)
    answer = ground(asked, "about")
    assert answer.status == 422
    assert "opens no file that a log names" in answer.json()["error"]
    asked.store.close()


def test_links_out_of_the_folder_are_not_followed_by_what_computes(grounds, folder, tmp_path):
    os.makedirs(tmp_path / "runs")
    os.symlink(folder / "a" / "checkpoints", tmp_path / "checkpoints")
    run = tmp_path / "runs" / "a"
    run.mkdir()
    for file in (folder / "a").glob("*tfevents*"):
        (run / file.name).write_bytes(file.read_bytes())
    os.symlink(folder / "a" / "checkpoints", run / "checkpoints")
    asked = Asked(tmp_path / "runs", ground=grounds.app)
    answer = ground(asked, "about")
    assert answer.status == 422
    assert "links that lead out" in answer.json()["error"]
    asked.store.close()


def test_a_run_that_is_nobodys_of_ours_is_refused(grounds, tmp_path):
    with uz.Log(tmp_path / "x") as log:
        log.scalars(0, {"loss": 1.0})
    asked = Asked(tmp_path, ground=grounds.app)
    answer = ground(asked, "surface", "x")
    assert answer.status == 422
    assert "no parameters of ours" in answer.json()["error"]
    asked.store.close()


def test_a_race_won_by_a_rule_of_ones_own_offers_one_of_ours(grounds, tmp_path):
    @uz.rules.rule
    class Half(uz.rules.Rule):
        memory = 0
        lr: float = uz.hyper.hyperparameter(0.01, "(0, inf)", "step size")

        def init(self, w):
            return {}

        def step(self, f, w, s, t):
            loss, g = f(w)
            return uz.tree.each(lambda w, g: w - self.lr / 2 * g, w, g), s, loss

    problem = uz.problems.quadratic([1.0, 2.0, 3.0], spread=0.1)
    options = {"lr": [0.1], "seeds": 1, "final_seeds": 1, "gradients": 20}
    uz.race(problem, [Half()], log=tmp_path / "race", **options)
    asked = Asked(tmp_path, ground=grounds.app)
    about = ground(asked, "about", "race").json()
    assert (about["rule"], about["entrants"]) == ("gd", ["Half"])
    asked.store.close()
