"""The runs of a folder as the board follows them."""

import math
import os
import shutil
import threading
import time

import numpy as np
import pytest

import uzviz as uz
from uzviz.board import store as board_store
from uzviz.board.folders import Folders
from uzviz.board.refusals import Refusal
from uzviz.board.store import Store
from uzviz.log import held, is_held
from uzviz.log.training import MADE


def until(condition, seconds=20.0):
    """Wait for what the reading thread will do."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def write(folder, values, first=0, tag="loss", **own):
    with uz.Log(folder, hyperparameters=own or None) as log:
        steps = np.arange(first, first + len(values))
        log.columns(steps, {tag: np.array(values, np.float32)}, 1.7e9 + steps)


@pytest.fixture
def opened():
    stores = []

    def opened(folder):
        stores.append(Store(folder))
        until(lambda: all_read(stores[-1]))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


def all_read(store):
    found = store.runs(0, "")
    reading = found["reading"]
    return found["known"] and reading["done"] == reading["total"]


def lines(store):
    return {line["name"]: line for line in store.runs(0, "")["runs"]}


def values_of(store, number):
    (run,) = store.present([number])
    found = run and run.points("loss")
    return found and found[1].value.tolist()


def age(folder, seconds):
    """Let a run's files be as old as this."""
    then = time.time() - seconds
    for path in folder.iterdir():
        os.utime(path, (then, then))


def test_runs_and_tags_have_numbers_that_stay(tmp_path, opened):
    write(tmp_path / "a", [1, 2], lr=0.1, rule="adam")
    write(tmp_path / "b" / "c", [3], tag="accuracy")
    store = opened(tmp_path)
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


def test_a_folder_that_is_a_run_itself(tmp_path, opened):
    write(tmp_path, [1, 2])
    assert list(lines(opened(tmp_path))) == ["."]


def test_what_changed_after_a_cursor(tmp_path, opened):
    write(tmp_path / "a", [1])
    write(tmp_path / "b", [1])
    store = opened(tmp_path)
    cursor = store.cursor
    assert store.runs(cursor, "")["runs"] == []
    write(tmp_path / "b", [2], first=1, tag="new")
    until(lambda: store.cursor > cursor)
    news = store.runs(cursor, "")
    assert [line["name"] for line in news["runs"]] == ["b"]
    assert [tag["name"] for tag in news["tags"]] == ["new"]


def test_a_point_is_there_when_its_write_is_told(tmp_path, opened):
    folder = tmp_path / "a"
    log = uz.Log(folder)
    log.scalars(0, {"loss": 1.0})
    log.flush()
    store = opened(tmp_path)
    run = store.run(0)
    told = threading.Event()
    with store.listening(told.set):
        for step in range(1, 4):
            told.clear()
            log.scalars(step, {"loss": float(step)})
            log.flush()
            assert told.wait(20)
            assert len(run.points("loss")[1].step) == step + 1
    log.close()


def test_who_listens_is_told_seldom_while_runs_are_read_and_at_once_when_all_are(
    tmp_path, opened, monkeypatch
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


def test_points_that_became_void_change_the_generation(tmp_path, opened):
    folder = tmp_path / "a"
    write(folder, [1, 2, 3, 4])
    store = opened(tmp_path)
    run = store.run(0)
    before, points = run.points("loss")
    assert points.value.tolist() == [1, 2, 3, 4]
    with uz.Log(folder, resumed_at=2) as log:
        log.scalars(2, {"loss": 9.0})
    until(lambda: run.points("loss")[1].value.tolist() == [1, 2, 9])
    assert run.points("loss")[0] != before
    again = run.points("loss")[0]
    shutil.rmtree(folder)
    write(folder, [5])
    until(lambda: values_of(store, 0) == [5])
    assert store.run(0).points("loss")[0] not in (before, again)


def test_a_run_that_is_gone_on_with_is_read_as_soon_as_its_new_file_is_found(
    tmp_path, opened, monkeypatch
):
    """However seldom runs are looked at that have ended."""
    monkeypatch.setattr(board_store, "QUIET", (1000.0, 0.001))
    write(tmp_path / "a", [1, 2])
    write(tmp_path / "b", [1, 2])
    store = opened(tmp_path)
    assert {line["status"] for line in lines(store).values()} == {"finished"}
    write(tmp_path / "a", [3], first=2)
    until(lambda: store.run(0).points("loss")[1].value.tolist() == [1, 2, 3], 5)


def test_a_run_that_has_not_ended_is_looked_at_often_however_long_it_was_silent(
    tmp_path, opened, monkeypatch
):
    monkeypatch.setattr(board_store, "QUIET", (1000.0, 0.001))
    with held(tmp_path / "a"), uz.Log(tmp_path / "a") as log:
        log.tensor(0, MADE, np.array(["{}"], object))
        log.scalars(0, {"loss": 1.0})
        log.flush()
        age(tmp_path / "a", 10_000)
        store = opened(tmp_path)
        assert lines(store)["a"]["status"] == "running"
        log.scalars(1, {"loss": 2.0})
        log.flush()
        until(lambda: store.run(0).points("loss")[1].value.tolist() == [1, 2], 5)


def test_files_have_their_own_sizes(tmp_path, opened, monkeypatch):
    """Also where one of them can't be looked at."""
    for i, size in enumerate((1, 200, 3)):
        folder = tmp_path / str(i)
        write(folder, range(size))
        (file,) = folder.iterdir()
        (tmp_path / "a").mkdir(exist_ok=True)
        file.rename(tmp_path / "a" / f"events.tfevents.{i}")
        folder.rmdir()
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "a").iterdir()}
    stat = os.stat

    def broken(path, *rest, **more):
        if str(path).endswith(".0"):
            raise PermissionError(13, "Permission denied", path)
        return stat(path, *rest, **more)

    monkeypatch.setattr("uzviz.board.watched.os.stat", broken)
    found = opened(tmp_path).run(0).files()
    assert dict(found) == {name: size for name, size in sizes.items() if name[-1] != "0"}


def test_what_a_run_was_made_with_is_read_under_its_lock(tmp_path, opened, monkeypatch):
    with uz.Log(tmp_path / "a") as log:
        log.tensor(0, MADE, np.array(['{"note": "why"}'], object))
    run = opened(tmp_path).run(0)
    read, locked = run.log.event, []
    monkeypatch.setattr(
        run.log, "event", lambda entry: locked.append(run.lock.locked()) or read(entry)
    )
    assert run.made() == {"note": "why"}
    assert locked == [True]


def test_what_a_run_was_made_with_is_its_last_record_alone(tmp_path, opened, monkeypatch):
    with uz.Log(tmp_path / "a") as log:
        log.tensor(0, MADE, np.zeros(3))
        log.tensor(1, MADE, np.array(['{"note": "why"}'], object))
    with uz.Log(tmp_path / "b") as log:
        log.tensor(0, MADE, np.zeros(3))
    with uz.Log(tmp_path / "c") as log:
        log.scalars(0, {MADE: 1.0})
    store = opened(tmp_path)
    a, b, c = (store.run(lines(store)[name]["id"]) for name in "abc")
    read, entries = a.log.event, []
    monkeypatch.setattr(a.log, "event", lambda entry: entries.append(entry.step) or read(entry))
    assert a.made() == {"note": "why"}
    assert entries == [1]
    assert b.made() == c.made() == {}
    monkeypatch.setattr("uzviz.board.watched.LARGEST_MADE", 10)
    assert a.made() == {}
    assert entries == [1]


def test_our_own_tags_are_not_listed(tmp_path, opened):
    with uz.Log(tmp_path / "a") as log:
        log.scalars(0, {"loss": 1.0, "progress/epoch": 0.0})
        log.tensor(0, "uzviz/secret", np.zeros(3))
        log.tensor(0, "mine", np.zeros(3))
    store = opened(tmp_path)
    tags = store.runs(0, "")["tags"]
    assert sorted((t["name"], t["kind"]) for t in tags) == [
        ("loss", "scalars"),
        ("mine", "tensors"),
    ]


def test_one_name_of_two_kinds_is_two_tags(tmp_path, opened):
    write(tmp_path / "a", [1], tag="x")
    with uz.Log(tmp_path / "b") as log:
        log.text(0, "x", "words")
    store = opened(tmp_path)
    assert {(t["name"], t["kind"]) for t in store.runs(0, "")["tags"]} == {
        ("x", "scalars"), ("x", "text"),
    }  # fmt: skip


def test_status_of_runs_of_others(tmp_path, opened):
    for name, status in [("done", "finished"), ("lost", "diverged"), ("cut", "interrupted")]:
        log = uz.Log(tmp_path / name)
        log.scalars(0, {"loss": 1.0})
        log.close(status)
    logs = {name: uz.Log(tmp_path / name) for name in ("now", "long ago")}
    for log in logs.values():
        log.scalars(0, {"loss": 1.0})
        log.flush()
    age(tmp_path / "long ago", 3600)
    found = {name: line["status"] for name, line in lines(opened(tmp_path)).items()}
    assert found == {
        "done": "finished", "lost": "diverged", "cut": "interrupted", "now": "running",
        "long ago": "dead",
    }  # fmt: skip
    for log in logs.values():
        log.close()


def test_a_training_of_ours_that_nobody_holds_is_dead(tmp_path, opened, monkeypatch):
    monkeypatch.setattr(board_store, "TEND", (0.05, 1.0))
    folder = tmp_path / "a"
    log = uz.Log(folder)
    log.tensor(0, MADE, np.array(["{}"], object))
    log.scalars(0, {"loss": 1.0})
    log.flush()
    age(folder, 60)
    with held(folder):
        store = opened(tmp_path)
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


def test_damage_is_counted(tmp_path, opened):
    write(tmp_path / "a", [1, 2, 3])
    (file,) = (tmp_path / "a").iterdir()
    data = bytearray(file.read_bytes())
    data[-3] ^= 1
    file.write_bytes(data)
    write(tmp_path / "b", [1])
    found = lines(opened(tmp_path))
    assert found["a"]["damage"] > 0
    assert found["b"]["damage"] == 0


def test_a_file_that_breaks_the_reader_stops_no_other(tmp_path, opened, monkeypatch):
    from uzviz.log import files

    whole = files.EventFile._take

    def broken(self, piece, *rest):
        if self.path.parent.name == "a":
            raise RuntimeError("nobody foresaw this")
        return whole(self, piece, *rest)

    monkeypatch.setattr(files.EventFile, "_take", broken)
    write(tmp_path / "a", [1])
    write(tmp_path / "b", [1])
    store = opened(tmp_path)
    found = lines(store)
    (file,) = (tmp_path / "a").iterdir()
    assert found["a"]["damage"] == file.stat().st_size
    assert found["b"]["tags"]
    monkeypatch.setattr(files.EventFile, "_take", whole)
    write(tmp_path / "a", [2], first=1)
    until(lambda: lines(store)["a"]["damage"] == 0)
    assert store.run(found["a"]["id"]).points("loss")[1].value.tolist() == [1, 2]


def test_links_that_lead_out_of_the_folder_are_not_followed(tmp_path, opened):
    write(tmp_path / "outside" / "run", [1])
    write(tmp_path / "runs" / "a", [1])
    (outside,) = (tmp_path / "outside" / "run").iterdir()
    (inside,) = (tmp_path / "runs" / "a").iterdir()
    (tmp_path / "runs" / "folder").symlink_to(tmp_path / "outside")
    for name, target in [("file", outside), ("own", inside), ("lost", tmp_path / "nothing")]:
        (tmp_path / "runs" / name).mkdir()
        (tmp_path / "runs" / name / "events.tfevents.1").symlink_to(target)
    (tmp_path / "runs" / "loop").symlink_to(tmp_path / "runs")
    assert list(lines(opened(tmp_path / "runs"))) == ["a", "own"]


def test_a_link_that_leads_nowhere_hides_nothing_else(tmp_path, opened):
    write(tmp_path / "a", [1])
    (tmp_path / "a" / "0.tfevents").symlink_to("0.tfevents")
    (tmp_path / "a" / "1.tfevents").symlink_to("x" * 300)
    (tmp_path / "0.tfevents").symlink_to("0.tfevents")
    write(tmp_path / "b", [1])
    assert list(lines(opened(tmp_path))) == ["a", "b"]


def test_a_folder_that_becomes_a_link_is_read_no_more(tmp_path, opened):
    write(tmp_path / "outside", [7])
    with uz.Log(tmp_path / "runs" / "a") as log:
        log.text(0, "words", "mine")
    store = opened(tmp_path / "runs")
    run = store.run(0)
    (own,) = (tmp_path / "runs" / "a").iterdir()
    (other,) = (tmp_path / "outside").iterdir()
    other.rename(other.with_name(own.name))
    shutil.rmtree(tmp_path / "runs" / "a")
    (tmp_path / "runs" / "a").symlink_to(tmp_path / "outside")
    with pytest.raises(uz.InputError, match="can no longer be read"):
        run.log.text("words")
    assert run.log.files == []
    until(lambda: lines(store) == {})


def test_pipes_and_devices_are_not_opened(tmp_path, opened):
    write(tmp_path / "a", [1])
    (tmp_path / "b").mkdir()
    os.mkfifo(tmp_path / "b" / "events.tfevents.1")
    os.mkfifo(tmp_path / "a" / "z.tfevents.2")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "tfevents").symlink_to("/dev/zero")
    assert list(lines(opened(tmp_path))) == ["a"]


def test_folders_are_listed_again_when_they_change(tmp_path):
    folders = Folders(tmp_path)
    assert folders.scan() == {}
    write(tmp_path / "a" / "b", [1])
    assert list(folders.scan()) == ["a/b"]
    for folder in (tmp_path, tmp_path / "a", tmp_path / "a" / "b"):
        os.utime(folder, (1e9, 1e9))
    folders.scan()
    write(tmp_path / "a" / "c", [1])
    assert list(folders.scan()) == ["a/b", "a/c"]
    assert not folders.holds(tmp_path)
    assert folders.holds(tmp_path / "a")
    assert not folders.holds(f"{tmp_path}-other/a")


def test_a_folder_that_cannot_be_read_hides_alone(tmp_path, opened, monkeypatch):
    """Said by the system, since root may read everything."""
    write(tmp_path / "a", [1])
    write(tmp_path / "b", [1])
    listed = os.scandir

    def scandir(path):
        if str(path).endswith("/b"):
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr("uzviz.board.folders.os.scandir", scandir)
    assert list(lines(opened(tmp_path))) == ["a"]


def test_a_record_longer_than_the_memory_is_passed_over(tmp_path, opened, monkeypatch):
    from uzviz.log import files

    monkeypatch.setattr(files, "PIECE", 1 << 10)
    monkeypatch.setattr(files, "MOST", 1 << 12)
    with uz.Log(tmp_path / "a") as log:
        log.scalars(0, {"loss": 1.0})
        log.flush()
        log.text(0, "long", "x" * (1 << 13))
        log.flush()
        log.scalars(1, {"loss": 2.0})
    store = opened(tmp_path)
    line = lines(store)["a"]
    assert line["damage"] > 1 << 13
    assert store.run(0).points("loss")[1].value.tolist() == [1, 2]


def test_requests_see_no_half_of_a_run(tmp_path, opened):
    """Steps and values have one length whenever they are asked for, while the run grows."""
    folder = tmp_path / "a"
    log = uz.Log(folder)
    log.scalars(0, {"loss": 0.0})
    log.flush()
    store = opened(tmp_path)
    run = store.run(0)
    for first in range(1, 20_000, 1000):
        steps = np.arange(first, first + 1000)
        log.columns(steps, {"loss": steps.astype(np.float32)}, 1.7e9 + steps)
        log.flush()
        run_points = run.points("loss")[1]
        assert len(run_points.step) == len(run_points.wall) == len(run_points.value)
        assert np.array_equal(run_points.step, run_points.value)
    log.close()


def test_hyperparameters_that_are_not_finite_are_texts(tmp_path, opened):
    write(tmp_path / "a", [math.nan], clip=math.inf)
    store = opened(tmp_path)
    assert lines(store)["a"]["hyperparameters"] == {"clip": "inf"}
    assert store.run(0).results(["loss", "other"]) == [None, None]


def test_an_empty_folder_and_one_that_goes_away(tmp_path, opened):
    folder = tmp_path / "runs"
    folder.mkdir()
    store = opened(folder)
    assert store.runs(0, "")["reading"] == {"done": 0, "total": 0}
    write(folder / "a", [1])
    until(lambda: "a" in lines(store))
    shutil.rmtree(folder)
    until(lambda: lines(store) == {})
