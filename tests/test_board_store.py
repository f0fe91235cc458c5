"""The runs of a folder as the board lists them: numbers, tags, what changed, how they fare."""

import math
import shutil
import threading
import time

import numpy as np
import pytest
from stores import age, all_read, lines, until, write

import uzviz as uz
from uzviz.board import store as board_store
from uzviz.board.refusals import Refusal
from uzviz.board.store import Store
from uzviz.log import held, is_held
from uzviz.log.training import MADE


def test_runs_and_tags_have_numbers_that_stay(tmp_path, following):
    write(tmp_path / "a", [1, 2], lr=0.1, rule="adam")
    write(tmp_path / "b" / "c", [3], tag="accuracy")
    store = following(tmp_path)
    found = lines(store)
    assert list(found) == ["a", "b/c"]
    assert found["a"]["hyperparameters"] == {"lr": 0.1, "rule": "adam"}
    assert found["a"]["status"] == "finished"
    assert {tag["name"] for tag in store.runs(0, "")["tags"]} == {"loss", "accuracy"}
    number = found["a"]["id"]
    cursor = store.cursor
    shutil.rmtree(tmp_path / "a")
    until(lambda: store.runs(cursor, "")["gone"] == [number])
    with pytest.raises(Refusal, match="no run"):
        store.run(number)
    assert store.present([number]) == [None]
    write(tmp_path / "a", [1])
    until(lambda: "a" in lines(store) and lines(store)["a"]["read"])
    assert lines(store)["a"]["id"] == number
    assert store.runs(cursor, "")["gone"] == []


def test_a_folder_that_is_a_run_itself(tmp_path, following):
    write(tmp_path, [1, 2])
    assert list(lines(following(tmp_path))) == ["."]


def test_what_changed_after_a_cursor(tmp_path, following):
    write(tmp_path / "a", [1])
    write(tmp_path / "b", [1])
    store = following(tmp_path)
    cursor = store.cursor
    assert store.runs(cursor, "")["runs"] == []
    write(tmp_path / "b", [2], first=1, tag="new")
    until(lambda: store.cursor > cursor)
    news = store.runs(cursor, "")
    assert [line["name"] for line in news["runs"]] == ["b"]
    assert [tag["name"] for tag in news["tags"]] == ["new"]


def test_our_own_tags_are_not_listed(tmp_path, following):
    with uz.Log(tmp_path / "a") as log:
        log.scalars(0, {"loss": 1.0, "progress/epoch": 0.0})
        log.tensor(0, "uzviz/secret", np.zeros(3))
        log.tensor(0, "mine", np.zeros(3))
    store = following(tmp_path)
    tags = store.runs(0, "")["tags"]
    assert sorted((t["name"], t["kind"]) for t in tags) == [
        ("loss", "scalars"),
        ("mine", "tensors"),
    ]


def test_one_name_of_two_kinds_is_two_tags(tmp_path, following):
    write(tmp_path / "a", [1], tag="x")
    with uz.Log(tmp_path / "b") as log:
        log.text(0, "x", "words")
    store = following(tmp_path)
    assert {(t["name"], t["kind"]) for t in store.runs(0, "")["tags"]} == {
        ("x", "scalars"), ("x", "text"),
    }  # fmt: skip


def test_status_of_runs_of_others(tmp_path, following):
    for name, status in [("done", "finished"), ("lost", "diverged"), ("cut", "interrupted")]:
        log = uz.Log(tmp_path / name)
        log.scalars(0, {"loss": 1.0})
        log.close(status)
    logs = {name: uz.Log(tmp_path / name) for name in ("now", "long ago")}
    for log in logs.values():
        log.scalars(0, {"loss": 1.0})
        log.flush()
    age(tmp_path / "long ago", 3600)
    found = {name: line["status"] for name, line in lines(following(tmp_path)).items()}
    assert found == {
        "done": "finished", "lost": "diverged", "cut": "interrupted", "now": "running",
        "long ago": "dead",
    }  # fmt: skip
    for log in logs.values():
        log.close()


def test_a_training_of_ours_that_nobody_holds_is_dead(tmp_path, following, monkeypatch):
    monkeypatch.setattr(board_store, "TEND", (0.05, 1.0))
    folder = tmp_path / "a"
    log = uz.Log(folder)
    log.tensor(0, MADE, np.array(["{}"], object))
    log.scalars(0, {"loss": 1.0})
    log.flush()
    age(folder, 60)
    with held(folder):
        store = following(tmp_path)
        assert lines(store)["a"]["status"] == "running"
        assert is_held(folder)
    assert not is_held(folder)
    until(lambda: lines(store)["a"]["status"] == "dead")
    with held(folder):
        until(lambda: lines(store)["a"]["status"] == "running")
    log.close()
    assert is_held(tmp_path / "nowhere") is None


def test_who_asks_whether_a_folder_is_held_stands_in_nobodys_way(tmp_path):
    stop = threading.Event()

    def ask():
        while not stop.is_set():
            is_held(tmp_path)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    got = 0
    try:
        for _ in range(50):
            with held(tmp_path):
                got += is_held(tmp_path) is True
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert got == 50
    assert is_held(tmp_path) is False


def test_hyperparameters_that_are_not_finite_are_texts(tmp_path, following):
    write(tmp_path / "a", [math.nan], clip=math.inf)
    store = following(tmp_path)
    assert lines(store)["a"]["hyperparameters"] == {"clip": "inf"}
    assert store.run(0).results(["loss", "other"]) == [None, None]


def test_an_empty_folder_and_one_that_goes_away(tmp_path, following):
    folder = tmp_path / "runs"
    folder.mkdir()
    store = following(folder)
    assert store.runs(0, "")["reading"] == {"done": 0, "total": 0}
    write(folder / "a", [1])
    until(lambda: "a" in lines(store))
    shutil.rmtree(folder)
    until(lambda: lines(store) == {})


def test_who_listens_is_told_seldom_while_runs_are_read_and_at_once_when_all_are(
    tmp_path, following, monkeypatch
):
    monkeypatch.setattr(board_store, "HUSH_READING", 1000.0)
    for i in range(30):
        write(tmp_path / str(i), [1, 2])
    listed, store, told = threading.Event(), None, []
    read = board_store.Watched.read

    def slowly(run):
        listed.wait(20)
        time.sleep(0.01)
        return read(run)

    monkeypatch.setattr(board_store.Watched, "read", slowly)
    store = Store(tmp_path)
    with store.listening(lambda: told.append(store.runs(0, "")["reading"]["done"])):
        listed.set()
        until(lambda: all_read(store))
        until(lambda: told and told[-1] == 30, 5)
    store.close()
    assert len(told) <= 2


def test_a_run_that_is_gone_on_with_is_read_as_soon_as_its_new_file_is_found(
    tmp_path, following, monkeypatch
):
    """However seldom runs are looked at that have ended."""
    monkeypatch.setattr(board_store, "QUIET", (1000.0, 0.001))
    write(tmp_path / "a", [1, 2])
    write(tmp_path / "b", [1, 2])
    store = following(tmp_path)
    assert {line["status"] for line in lines(store).values()} == {"finished"}
    write(tmp_path / "a", [3], first=2)
    until(lambda: store.run(0).points("loss")[1].value.tolist() == [1, 2, 3], 5)


def test_a_run_that_has_not_ended_is_looked_at_often_however_long_it_was_silent(
    tmp_path, following, monkeypatch
):
    monkeypatch.setattr(board_store, "QUIET", (1000.0, 0.001))
    with held(tmp_path / "a"), uz.Log(tmp_path / "a") as log:
        log.tensor(0, MADE, np.array(["{}"], object))
        log.scalars(0, {"loss": 1.0})
        log.flush()
        age(tmp_path / "a", 10_000)
        store = following(tmp_path)
        assert lines(store)["a"]["status"] == "running"
        log.scalars(1, {"loss": 2.0})
        log.flush()
        until(lambda: store.run(0).points("loss")[1].value.tolist() == [1, 2], 5)
