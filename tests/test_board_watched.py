"""One run as the board follows it: its files, its points, what it was made with, its damage."""

import os
import shutil
import threading

import numpy as np
from stores import lines, until, values_of, write

import uzviz as uz
from uzviz.log.training import MADE


def test_a_point_is_there_when_its_write_is_told(tmp_path, following):
    folder = tmp_path / "a"
    log = uz.Log(folder)
    log.scalars(0, {"loss": 1.0})
    log.flush()
    store = following(tmp_path)
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


def test_points_that_became_void_change_the_generation(tmp_path, following):
    folder = tmp_path / "a"
    write(folder, [1, 2, 3, 4])
    store = following(tmp_path)
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


def test_files_have_their_own_sizes(tmp_path, following, monkeypatch):
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
    found = following(tmp_path).run(0).files()
    assert dict(found) == {name: size for name, size in sizes.items() if name[-1] != "0"}


def test_what_a_run_was_made_with_is_read_under_its_lock(tmp_path, following, monkeypatch):
    with uz.Log(tmp_path / "a") as log:
        log.tensor(0, MADE, np.array(['{"note": "why"}'], object))
    run = following(tmp_path).run(0)
    read, locked = run.log.event, []
    monkeypatch.setattr(
        run.log, "event", lambda entry: locked.append(run.lock.locked()) or read(entry)
    )
    assert run.made() == {"note": "why"}
    assert locked == [True]


def test_what_a_run_was_made_with_is_its_last_record_alone(tmp_path, following, monkeypatch):
    with uz.Log(tmp_path / "a") as log:
        log.tensor(0, MADE, np.zeros(3))
        log.tensor(1, MADE, np.array(['{"note": "why"}'], object))
    with uz.Log(tmp_path / "b") as log:
        log.tensor(0, MADE, np.zeros(3))
    with uz.Log(tmp_path / "c") as log:
        log.scalars(0, {MADE: 1.0})
    store = following(tmp_path)
    a, b, c = (store.run(lines(store)[name]["id"]) for name in "abc")
    read, entries = a.log.event, []
    monkeypatch.setattr(a.log, "event", lambda entry: entries.append(entry.step) or read(entry))
    assert a.made() == {"note": "why"}
    assert entries == [1]
    assert b.made() == c.made() == {}
    monkeypatch.setattr("uzviz.board.watched.LARGEST_MADE", 10)
    assert a.made() == {}
    assert entries == [1]


def test_damage_is_counted(tmp_path, following):
    write(tmp_path / "a", [1, 2, 3])
    (file,) = (tmp_path / "a").iterdir()
    data = bytearray(file.read_bytes())
    data[-3] ^= 1
    file.write_bytes(data)
    write(tmp_path / "b", [1])
    found = lines(following(tmp_path))
    assert found["a"]["damage"] > 0
    assert found["b"]["damage"] == 0


def test_a_file_that_breaks_the_reader_stops_no_other(tmp_path, following, monkeypatch):
    from uzviz.log import files

    whole = files.EventFile._take

    def broken(self, piece, *rest):
        if self.path.parent.name == "a":
            raise RuntimeError("nobody foresaw this")
        return whole(self, piece, *rest)

    monkeypatch.setattr(files.EventFile, "_take", broken)
    write(tmp_path / "a", [1])
    write(tmp_path / "b", [1])
    store = following(tmp_path)
    found = lines(store)
    (file,) = (tmp_path / "a").iterdir()
    assert found["a"]["damage"] == file.stat().st_size
    assert found["b"]["tags"]
    monkeypatch.setattr(files.EventFile, "_take", whole)
    write(tmp_path / "a", [2], first=1)
    until(lambda: lines(store)["a"]["damage"] == 0)
    assert store.run(found["a"]["id"]).points("loss")[1].value.tolist() == [1, 2]


def test_a_record_longer_than_the_memory_is_passed_over(tmp_path, following, monkeypatch):
    from uzviz.log import files

    monkeypatch.setattr(files, "PIECE", 1 << 10)
    monkeypatch.setattr(files, "MOST", 1 << 12)
    with uz.Log(tmp_path / "a") as log:
        log.scalars(0, {"loss": 1.0})
        log.flush()
        log.text(0, "long", "x" * (1 << 13))
        log.flush()
        log.scalars(1, {"loss": 2.0})
    store = following(tmp_path)
    line = lines(store)["a"]
    assert line["damage"] > 1 << 13
    assert store.run(0).points("loss")[1].value.tolist() == [1, 2]


def test_requests_see_no_half_of_a_run(tmp_path, following):
    """Steps and values have one length whenever they are asked for, while the run grows."""
    folder = tmp_path / "a"
    log = uz.Log(folder)
    log.scalars(0, {"loss": 0.0})
    log.flush()
    store = following(tmp_path)
    run = store.run(0)
    for first in range(1, 20_000, 1000):
        steps = np.arange(first, first + 1000)
        log.columns(steps, {"loss": steps.astype(np.float32)}, 1.7e9 + steps)
        log.flush()
        run_points = run.points("loss")[1]
        assert len(run_points.step) == len(run_points.wall) == len(run_points.value)
        assert np.array_equal(run_points.step, run_points.value)
    log.close()
