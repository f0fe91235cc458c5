"""What each address of the board answers; what stands in series, media and texts: the files beside."""

import csv
import io
import os
import threading

import numpy as np
import pytest
from answers import HOLE, POINTS, SPIKE, curve, log_two

import uzviz as uz
from uzviz.board.downloads import Download
from uzviz.log import frames, schema
from uzviz.records import Histogram

BAD = [
    "runs?since=-1", "runs?since=x", "runs?since=9e9", "runs?since=99999999999999999999",
    "scalars", "scalars?runs=0", "scalars?runs=&tags=0", "scalars?runs=0,&tags=0",
    "scalars?runs=a&tags=0", "scalars?runs=-1&tags=0", "scalars?runs=٣&tags=0",
    "scalars?runs=0&tags=0&points=4", "scalars?runs=0&tags=0&points=99999999999",
    "scalars?runs=0&tags=0&points=1e3", "scalars?runs=0&tags=0&axis=year",
    "scalars?runs=0&tags=0&by=__class__", "scalars?runs=0&tags=0&from=nan",
    "scalars?runs=0&tags=0&to=inf", "scalars?runs=0&tags=0&from=" + "1" * 400,
    "scalars?runs=0&tags=0&smooth=1", "scalars?runs=0&tags=0&smooth=-0.1",
    "scalars?runs=0&tags=0&have=1", "scalars?runs=0&tags=0&have=x&generations=1",
    "histograms?run=0&tag=0&most=0", "histograms?run=0&tag=0&most=100000", "histograms?run=0",
    "text?run=0&tag=0&most=1000000", "image?run=0&tag=0", "image?run=0&tag=0&index=0&number=-1",
    "download?tag=0&runs=0&format=exe", "download?runs=0", "graph", "facts?run=", "race?run=../..",
    "facts?run=/etc/passwd", "facts?run=%2e%2e%2f",
]  # fmt: skip


@pytest.mark.parametrize("address", BAD)
def test_numbers_out_of_bounds_are_refused(board, tmp_path, address):
    log_two(tmp_path)
    answer = board()(f"/api/{address}")
    assert answer.status == 400
    assert answer.json()["error"].endswith(".")
    assert len(answer.content) < 1000


@pytest.mark.parametrize(
    "address",
    ["facts?run=77", "scalars?runs=77&tags=0", "scalars?runs=0&tags=77", "graph?run=0",
     "race?run=0", "histograms?run=0&tag=0", "images?run=0&tag=0", "text?run=0&tag=0",
     "image?run=0&tag=0&index=0&number=0", "download?tag=77&runs=0", "nothing"],
)  # fmt: skip
def test_what_is_not_there_is_a_sentence(board, tmp_path, address):
    log_two(tmp_path)
    answer = board()(f"/api/{address}")
    assert answer.status == 404
    assert answer.json()["error"].endswith(".")


NAMES = [
    "<script>alert(1)</script>",
    "a b&c=d",
    "кривá",
    "..%2f..",
    "=cmd|' /C calc'!A1",
    '"x',
    "‮evil",
]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_data(board, tmp_path, name):
    run = name.replace("/", "∕")
    with uz.Log(tmp_path / run, hyperparameters={name: name}) as log:
        log.scalars(0, {name: 1.0})
    client = board()
    assert client.runs[run]["hyperparameters"] == {name: name}
    answer = client("/api/runs")
    assert answer.headers["content-type"] == "application/json"
    found = client(f"/api/download?tag={client.tags[name]}&runs=0")
    disposition = found.headers["content-disposition"]
    assert disposition.isascii()
    assert set('<>"\\/;\r\n') & set(disposition[len('attachment; filename="') : -1]) == set()
    assert list(csv.reader(io.StringIO(found.text)))[1][0] == run


def test_names_that_are_no_unicode_are_data(board, tmp_path):
    name = os.fsdecode(b"\xff\xfe run")
    with uz.Log(tmp_path / name) as log:
        log.scalars(0, {"loss": 1.0})
    client = board()
    assert client.runs[name]["read"]
    assert client("/api/download?tag=0&runs=0&format=csv").status == 200
    assert client("/api/facts?run=0").status == 200
    for what, status in [("graph?run=0", 404), ("race?run=0", 404), ("histograms?run=0&tag=0", 404),
                         ("images?run=0&tag=0", 404), ("text?run=0&tag=0", 404)]:  # fmt: skip
        answer = client(f"/api/{what}")
        assert answer.status == status
        assert r"\udcff\udcfe run holds no" in answer.json()["error"]


def test_a_mistake_of_the_boards_own_is_a_sentence(board, tmp_path, monkeypatch):
    log_two(tmp_path)
    client = board()
    monkeypatch.setattr(client.store, "everything", lambda: 1 / 0)
    answer = client("/api/results")
    assert answer.status == 500
    assert "bug" in answer.json()["error"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_results(board, tmp_path, monkeypatch):
    log_two(tmp_path)
    client = board()
    found = client("/api/results").json()
    assert found["runs"] == [0, 1]
    names = {number: name for name, number in client.tags.items()}
    row = dict(zip((names[tag] for tag in found["tags"]), found["values"][0], strict=True))
    last = float(curve()[-1])
    assert row == pytest.approx({"loss": last, "accuracy": last + 1, "test/loss": 0.5})
    monkeypatch.setattr("uzviz.board.app.MOST_CELLS", 5)
    assert client("/api/results").status == 422


def test_facts_of_a_run(board, tmp_path):
    with uz.Log(tmp_path / "a") as log:
        log.text(0, "card", "| x | y |\n|---|---|\n| 1 | <b>2</b> |")
        log.scalars(0, {"loss": 1.0})
    (file,) = (tmp_path / "a").iterdir()
    with open(file, "ab") as opened:
        opened.write(b"no record at all, and longer than a header")
        opened.write(frames.framed(schema.Event(step=1).SerializeToString()))
    client = board()
    found = client("/api/facts?run=0").json()
    assert "<table>" in found["card"]
    assert "<b>" not in found["card"]
    assert found["note"] == ""
    assert found["files"] == [{"name": file.name, "bytes": file.stat().st_size}]
    (lost,) = found["damage"]
    assert lost["file"] == file.name
    assert lost["bytes"] == 42
    assert str(tmp_path) not in client("/api/facts?run=0").text


@pytest.mark.parametrize("said", ["[" * 200_000, '{"note": ' + "[" * 700 + "]" * 700 + "}", "1"])
def test_facts_that_are_hostile_are_none(board, tmp_path, said):
    with uz.Log(tmp_path / "a") as log:
        log.tensor(0, "uzviz/run", np.array([said], object))
    answer = board()("/api/facts?run=0")
    assert answer.status == 200
    assert answer.json()["note"] == ""


def test_no_answer_holds_a_path_of_the_machine(board, tmp_path):
    log_two(tmp_path)
    client = board()
    for address in (
        "runs",
        "facts?run=0",
        "results",
        "graph?run=0",
        "facts?run=9",
        "images?run=0&tag=0",
    ):
        assert str(tmp_path) not in client(f"/api/{address}").text
    (tmp_path / "a" / "x").mkdir()
    with uz.Log(tmp_path / "t") as log:
        log.text(0, "words", "some")
    other = board()
    (file,) = (tmp_path / "t").iterdir()
    file.unlink()
    answer = other.of("text", "t", "words")
    assert answer.status in (404, 422)
    assert str(tmp_path) not in answer.text


def test_a_download_is_the_whole_series(board, tmp_path):
    log_two(tmp_path)
    client = board()
    answer = client(f"/api/download?tag={client.tags['loss']}&runs=0,1&format=csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="loss.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 2 * POINTS
    assert {row["run"] for row in rows} == {"a", "b"}
    values_ = np.array([row["value"] for row in rows[:POINTS]], np.float32)
    assert np.array_equal(values_, curve(), equal_nan=True)
    assert [int(row["step"]) for row in rows[:3]] == [0, 1, 2]
    assert float(rows[2]["wall"]) == 1.7e9 + 2
    answer = client(f"/api/download?tag={client.tags['loss']}&runs=0,1&format=json")
    first, second = answer.json()
    assert first["run"] == "a"
    assert len(first["rows"]) == len(second["rows"]) == POINTS
    assert first["rows"][HOLE][2] is None
    assert first["rows"][SPIKE] == [1.7e9 + SPIKE, SPIKE, 50.0]


def test_a_download_of_histograms_and_texts(board, tmp_path):
    with uz.Log(tmp_path / "a") as log:
        for step in range(150):
            log.histogram(step, "w", Histogram([0.0, 1.0, 2.0], [step, 1]))
        log.text(3, "words", "one, two\n\n| a |")
    client = board()

    def got(tag, kind):
        return client(f"/api/download?tag={client.tags[tag]}&runs=0&format={kind}")

    rows = list(csv.DictReader(io.StringIO(got("w", "csv").text)))
    assert len(rows) == 2 * 150
    assert [rows[4][name] for name in ("run", "step", "left", "right", "count")] == [
        "a", "2", "0.0", "1.0", "2.0",
    ]  # fmt: skip
    (found,) = got("w", "json").json()
    assert found["columns"] == ["wall", "step", "edges", "counts"]
    assert found["rows"][7][1:] == [7, [0, 1, 2], [7, 1]]
    ((_, _, _, text),) = list(csv.reader(io.StringIO(got("words", "csv").text)))[1:]
    assert text == "one, two\n\n| a |"
    assert got("words", "json").json()[0]["rows"][0][1:] == [3, text]


def test_a_download_holds_one_large_record_at_once(board, tmp_path):
    with uz.Log(tmp_path / "a") as log:
        for step in range(20):
            log.text(step, "words", "x" * 10_000)
    client = board()
    tag = client.store.tag(client.tags["words"])
    for kind in ("csv", "json"):
        pieces = list(Download([client.store.run(0)], tag, kind).parts())
        assert len(pieces) > 20
        assert max(map(len, pieces)) < 11_000


def test_a_download_of_what_is_no_table_is_refused(board, tmp_path):
    with uz.Log(tmp_path / "a") as log:
        log.image(0, "seen", np.zeros((2, 2), np.uint8))
    client = board()
    answer = client(f"/api/download?tag={client.tags['seen']}&runs=0")
    assert answer.status == 400
    assert "images is no table" in answer.json()["error"]


def test_requests_that_come_at_once_are_all_answered(board, tmp_path):
    log_two(tmp_path)
    client = board()
    found = []

    def ask():
        found.append(client("/api/scalars?runs=0,1&tags=0,1").status)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [200] * 20
