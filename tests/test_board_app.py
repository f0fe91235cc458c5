"""What each address of the board answers, of logs as hostile as they can be."""

import asyncio
import csv
import io
import json
import math
import os
import re
import shutil
import struct
import threading
import time

import numpy as np
import pytest
from asgi import Client

import uzviz as uz
from uzviz.board import markdown, media, scalars
from uzviz.board.app import RaceResults, application
from uzviz.board.store import Store
from uzviz.board.wire import Wire
from uzviz.log import frames, schema, values
from uzviz.records import Graph, Histogram, Node

POINTS = 10_000
SPIKE, HOLE = 4321, 7777


def curve():
    y = np.sin(np.arange(POINTS) / 300).astype(np.float32)
    y[SPIKE], y[HOLE] = 50, np.nan
    return y


def event(folder, *found, step=0, name="events.out.tfevents.1"):
    """Write one record of values as they are, past everything that a log checks."""
    folder.mkdir(parents=True, exist_ok=True)
    record = schema.Event(wall_time=1.7e9, step=step, summary={"value": list(found)})
    with open(folder / name, "ab") as file:
        file.write(frames.framed(record.SerializeToString()))


def images(tag, *parts):
    return values._value(tag, "images", np.array(parts, object))


def words(tag, *texts):
    return values._value(tag, "text", np.array([t.encode() for t in texts], object))


@pytest.fixture
def board(tmp_path):
    """A client of a board on tmp_path, with its runs' and tags' numbers by their names."""
    stores = []

    class Board(Client):
        def __init__(self, **options):
            stores.append(Store(tmp_path))
            self.store = stores[-1]
            self.app = application(self.store, **options)
            super().__init__(self.app)
            end = time.monotonic() + 20
            while time.monotonic() < end:
                found = self("/api/runs").json()
                reading = found["reading"]
                if found["known"] and reading["done"] == reading["total"]:
                    break
                time.sleep(0.01)
            self.runs = {run["name"]: run for run in found["runs"]}
            self.tags = {tag["name"]: tag["id"] for tag in found["tags"]}

        def of(self, what, run, tag, more=""):
            address = f"/api/{what}?run={self.runs[run]['id']}&tag={self.tags[tag]}{more}"
            return self(address)

        def series(self, runs, tags, more=""):
            ids = ",".join(str(self.runs[name]["id"]) for name in runs)
            numbers = ",".join(str(self.tags[name]) for name in tags)
            return unpacked(self(f"/api/scalars?runs={ids}&tags={numbers}{more}"))

    yield Board
    for store in stores:
        store.close()


def unpacked(answer):
    """Series with their columns, and how many columns were sent."""
    assert answer.status == 200, answer.text
    data = answer.content
    (size,) = struct.unpack_from("<I", data)
    header = json.loads(data[4 : 4 + size])
    assert (4 + size) % 8 == 0
    columns = []
    for column in header["columns"]:
        start = 4 + size + column["offset"]
        assert start % 8 == 0
        columns.append(np.frombuffer(data, f"<{column['type']}", column["length"], start))
    names = ("step", "wall", "value", "axis", "smoothed")
    named = [
        {**s, **{n: None if s[n] is None else columns[s[n]] for n in names}}
        for s in header["series"]
    ]
    return named, len(columns)


def log_two(folder):
    steps = np.arange(POINTS)
    for name in ("a", "b"):
        with uz.Log(folder / name, hyperparameters={"rule": name}) as log:
            both = {"loss": curve(), "accuracy": curve() + 1, "progress/epoch": steps / 100}
            log.columns(steps, both, 1.7e9 + steps)
            log.scalars(5, {"test/loss": 0.5})


def test_whole_series_and_equal_columns_once(board, tmp_path):
    log_two(tmp_path)
    series, sent = board().series(
        ["a", "b"], ["loss", "accuracy", "test/loss"], "&points=20000&axis=epoch"
    )
    assert len(series) == 6
    assert sent <= 2 + 1 + 4 + 1 + 4 + 2
    loss = series[0]
    assert loss["whole"]
    assert loss["total"] == POINTS
    assert loss["first"] == 0
    assert loss["smoothed"] is None
    assert np.array_equal(loss["step"], np.arange(POINTS))
    assert np.array_equal(loss["wall"], 1.7e9 + np.arange(POINTS))
    assert np.array_equal(loss["value"], curve(), equal_nan=True)
    assert np.allclose(loss["axis"], np.arange(POINTS) / 100)
    assert series[2]["axis"].tolist() == pytest.approx([0.05])
    assert board().series(["a"], ["loss"])[0][0]["axis"] is None


def test_columns_that_agree_in_three_places_alone_are_told_apart():
    wire, nan = Wire(), np.array([0, np.nan, 2], np.float32)
    even, other = np.array([0, 1, 2, 3, 4.0]), np.array([0, 1.5, 2, 3, 4.0])
    columns = [even, even.copy(), other, even.astype(np.float32), nan, even[:0], even[:0].copy()]
    assert [wire.add("value", "f8", x) for x in columns] == [0, 0, 1, 2, 3, 4, 4]
    assert wire.add("step", "f8", even) == 5
    packed = wire.packed([])
    header = 4 + int.from_bytes(packed[:4], "little")
    kept = [even, other, even, nan, even[:0], even]
    for column, wanted in zip(json.loads(packed[4:header])["columns"], kept, strict=True):
        at = header + column["offset"]
        found = np.frombuffer(packed, "<f8", column["length"], at)
        assert np.array_equal(found, wanted, equal_nan=True)


def test_a_run_without_the_tag_gives_no_series(board, tmp_path):
    for name in ("x", "y"):
        with uz.Log(tmp_path / name) as log:
            log.scalars(0, {name: 1.0})
            log.text(0, "words", "some")
    series, _ = board().series(["x", "y"], ["x", "words"])
    assert len(series) == 1


def test_only_what_is_new_is_sent(board, tmp_path):
    log_two(tmp_path)
    client = board()
    (before,), _ = client.series(["a"], ["loss"], "&points=20000")
    known = f"&points=20000&have={POINTS}&generations={before['generation']}"
    (same,), _ = client.series(["a"], ["loss"], known)
    assert same["first"] == POINTS
    assert len(same["value"]) == 0
    (part,), _ = client.series(["a"], ["loss"], known.replace(f"={POINTS}&", f"={POINTS - 3}&"))
    assert part["step"].tolist() == [POINTS - 3, POINTS - 2, POINTS - 1]
    (void,), _ = client.series(["a"], ["loss"], known.replace("generations=", "generations=9"))
    assert void["first"] == 0
    assert len(void["value"]) == POINTS
    assert client("/api/scalars?runs=0&tags=0&have=1,2&generations=1,2").status == 400


def test_the_axis_is_of_all_points_where_only_later_ones_are_sent(board, tmp_path):
    """What is told later of a run's progress gives earlier points their places."""
    with uz.Log(tmp_path / "a") as log:
        log.columns(np.arange(6), {"loss": np.arange(6.0)}, np.arange(6.0))
        log.columns(np.array([0, 3]), {"progress/epoch": np.array([0.0, 3.0])}, np.arange(2.0))
    client = board()
    (before,), _ = client.series(["a"], ["loss"], "&axis=epoch")
    assert before["axis"].tolist() == pytest.approx([0, 1, 2, 3, math.nan, math.nan], nan_ok=True)
    with uz.Log(tmp_path / "a") as log:
        log.scalars(6, {"loss": 6.0, "progress/epoch": 6.0})
    known = f"&axis=epoch&have=6&generations={before['generation']}"
    end = time.monotonic() + 20
    while time.monotonic() < end:
        (after,), _ = client.series(["a"], ["loss"], known)
        if after["total"] == 7:
            break
        time.sleep(0.01)
    assert after["first"] == 6
    assert after["value"].tolist() == [6]
    assert after["axis"].tolist() == pytest.approx([0, 1, 2, 3, 4, 5, 6])
    (same,), _ = client.series(["a"], ["loss"], known.replace("have=6", "have=7"))
    assert len(same["value"]) == 0
    assert same["axis"].tolist() == after["axis"].tolist()


def test_what_a_drawing_needs_of_a_long_series(board, tmp_path):
    log_two(tmp_path)
    client = board()
    (drawn,), _ = client.series(["a"], ["loss"], "&points=500&smooth=0.9&axis=epoch")
    assert not drawn["whole"]
    assert drawn["total"] == POINTS
    assert len(drawn["value"]) <= 500
    assert {0, SPIKE, HOLE, POINTS - 1} <= set(drawn["step"].tolist())
    assert np.all(np.diff(drawn["step"]) > 0)
    place = drawn["step"].astype(int)
    assert np.array_equal(drawn["value"], curve()[place], equal_nan=True)
    assert np.allclose(drawn["axis"], place / 100)
    whole = scalars.display.smoothed(curve(), 0.9)
    assert np.array_equal(drawn["smoothed"], whole[place], equal_nan=True)
    (near,), _ = client.series(["a"], ["loss"], "&points=500&from=4300.5&to=4400.5")
    assert near["step"].tolist() == list(range(4300, 4402))
    assert near["first"] == 4300
    assert near["origin"] == 1.7e9
    for by, low, high in [
        ("wall", 1.7e9 + 10, 1.7e9 + 20), ("relative", 10, 20), ("epoch", 0.0995, 0.2005),
    ]:  # fmt: skip
        (near,), _ = client.series(["a"], ["loss"], f"&points=500&by={by}&from={low}&to={high}")
        assert near["step"].tolist() == pytest.approx(list(range(9, 22)))


def test_large_smoothed_series_are_remembered(board, tmp_path, monkeypatch):
    monkeypatch.setattr(scalars, "LARGE", 100)
    log_two(tmp_path)
    calls = []
    whole = scalars.display.smoothed
    monkeypatch.setattr(scalars.display, "smoothed", lambda x, s: calls.append(s) or whole(x, s))
    client = board()
    for s in (0.5, 0.5, 0.1, 0.2, 0.3, 0.4):
        client.series(["a"], ["loss"], f"&points=500&smooth={s}")
    assert calls == [0.5, 0.1, 0.2, 0.3, 0.4]


def test_what_is_remembered_is_bounded(monkeypatch):
    """What was asked for last stays."""
    monkeypatch.setattr(scalars, "MOST_KEPT", 3 * (8000 + scalars.KEY))
    kept, made = scalars.Kept(), []

    def ask(name, size=1000):
        return kept.once((name,), lambda: made.append(name) or np.zeros(size))

    for name in "abcadab":
        ask(name)
    assert made == ["a", "b", "c", "d", "b"]
    assert ask("a") is ask("a")
    ask("huge", 10_000)
    assert kept.bytes == 0
    assert kept.once(("flag",), lambda: True)
    assert kept.bytes == scalars.KEY


def test_what_is_remembered_is_counted_once_by_threads():
    kept = scalars.Kept()

    def ask():
        for i in range(200):
            kept.once((i % 7,), lambda: np.zeros(10))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept.bytes == 7 * (80 + scalars.KEY)


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


def test_too_many_at_once_are_refused(board, tmp_path, monkeypatch):
    log_two(tmp_path)
    client = board()
    many = ",".join(["0"] * (scalars.MOST_RUNS + 1))
    assert client(f"/api/scalars?runs={many}&tags=0").status == 400
    some = ",".join(["0"] * 500)
    answer = client(f"/api/scalars?runs={some}&tags={some}")
    assert answer.status == 400
    assert "200,000 series" in answer.json()["error"]
    monkeypatch.setattr(scalars, "MOST_POINTS", 25_000)
    copied = []
    add = scalars.Wire.add
    monkeypatch.setattr(scalars.Wire, "add", lambda *given: copied.append(1) or add(*given))
    asked = f"/api/scalars?runs=0,1,0&tags={client.tags['loss']}&points=20000"
    answer = client(asked)
    assert answer.status == 400
    assert "ask for fewer" in answer.json()["error"]
    assert len(copied) == 2 * 3  # of the two series that there was room for
    generations = [client.store.run(i).points("loss")[0] for i in (0, 1, 0)]
    had = f"&have={POINTS},{POINTS},{POINTS}&generations={','.join(map(str, generations))}"
    assert client(asked + had).status == 200
    assert client(asked + had + "&axis=epoch").status == 400


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


def test_histograms(board, tmp_path):
    with uz.Log(tmp_path / "a") as log:
        for step in range(30):
            log.histogram(step, "w", Histogram([0.0, 1.0, 2.0], [step, 1]))
    client = board()
    found = client.of("histograms", "a", "w", "&most=4").json()
    assert found["total"] == 30
    assert [h["step"] for h in found["found"]] == [0, 10, 19, 29]
    assert found["found"][-1]["edges"] == [0, 1, 2]
    assert found["found"][-1]["counts"] == [29, 1]


def test_histograms_that_claim_more_than_they_hold(board, tmp_path):
    """A record of a hundred bytes says it has a hundred million numbers."""
    bomb = values._value("bomb", "histograms", np.zeros((1, 3)))
    bomb.tensor.tensor_content = b""
    bomb.tensor.double_val[:] = [1.0, 2.0]
    bomb.tensor.tensor_shape.dim[0].size = (1 << 27) // 3
    wrong = values._value("wrong", "histograms", np.zeros((1, 3)))
    wrong.tensor.tensor_shape.dim[0].size = -4
    good = values._value("half", "histograms", np.array([[0.0, 1.0, math.nan]]))
    half = values._value("half", "histograms", np.zeros((1, 3)))
    half.tensor.tensor_shape.dim[0].size = -4
    event(tmp_path / "a", bomb, wrong, good)
    event(tmp_path / "a", half, step=1)
    client = board()
    for tag in ("bomb", "wrong"):
        answer = client.of("histograms", "a", tag)
        assert answer.status == 422
        assert answer.json()["error"].endswith(".")
    (found,) = client.of("histograms", "a", "half").json()["found"]
    assert found["counts"] == [None]


def test_histograms_that_are_empty_are_not_filled(board, tmp_path):
    """A record of a few bytes says that it has a hundred thousand bins; a small one may be short."""
    empty = values._value("empty", "histograms", np.zeros((1, 3)))
    empty.tensor.tensor_content = b""
    empty.tensor.tensor_shape.dim[0].size = media.MOST_BINS
    short = values._value("short", "histograms", np.zeros((1, 3)))
    short.tensor.tensor_content = b""
    short.tensor.double_val[:] = [1.0, 2.0]
    deep = values._value("deep", "histograms", np.zeros((1, 3)))
    for _ in range(1000):
        deep.tensor.tensor_shape.dim.add(size=2**62)
    event(tmp_path / "a", empty, short, deep)
    client = board()
    assert client.of("histograms", "a", "empty").status == 422
    assert client.of("histograms", "a", "short").json()["found"][0]["counts"] == [2]
    answer = client.of("histograms", "a", "deep")
    assert answer.status == 422
    assert "1,002 dimensions" in answer.json()["error"]


def test_scalars_that_claim_to_be_many_are_damage(board, tmp_path):
    many = values._value("many", "scalars", np.zeros(()))
    many.tensor.tensor_content = b""
    many.tensor.tensor_shape.dim.add(size=1 << 27)
    event(tmp_path / "a", many)
    assert board().runs["a"]["damage"] > 0
    with pytest.raises(ValueError, match="a scalar has the shape"):
        values.scalar_of(many)


def test_an_answer_has_room_for_so_many_bins(board, tmp_path, monkeypatch):
    with uz.Log(tmp_path / "a") as log:
        for step in range(30):
            log.histogram(step, "w", Histogram([0.0, 1.0, 2.0], [step, 1]))
    client = board()
    monkeypatch.setattr(media, "MOST_BINS_AT_ONCE", 20)
    found = client.of("histograms", "a", "w").json()
    assert found["total"] == 30
    assert [h["step"] for h in found["found"]] == [0, 5, 10, 14, 19, 24, 29]


def test_an_answer_has_room_for_so_many_images(board, tmp_path, monkeypatch):
    monkeypatch.setattr(media, "MOST_PICTURES", 5)
    event(tmp_path / "a", images("many", b"1", b"1", *[b""] * 6))
    for step in range(4):
        event(tmp_path / "a", images("two", b"1", b"1", b"", b""), step=step)
    client = board()
    for address in ("images", "image"):
        answer = client.of(address, "a", "many", "&index=0&number=0")
        assert answer.status == 422
        assert "6 images" in answer.json()["error"]
    found = client.of("images", "a", "two").json()["found"]
    assert [(p["index"], p["number"]) for p in found] == [(0, 0), (0, 1), (3, 0), (3, 1)]


def test_images(board, tmp_path):
    with uz.Log(tmp_path / "a") as log:
        for step in range(3):
            log.image(step, "seen", np.full((4, 6), step, np.uint8))
    client = board()
    found = client.of("images", "a", "seen").json()["found"]
    assert [(p["step"], p["index"], p["number"]) for p in found] == [
        (0, 0, 0),
        (1, 1, 0),
        (2, 2, 0),
    ]
    assert (found[0]["width"], found[0]["height"]) == (6, 4)
    answer = client.of("image", "a", "seen", "&index=2&number=0")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert client.of("image", "a", "seen", "&index=3&number=0").status == 404
    assert client.of("image", "a", "seen", "&index=2&number=1").status == 404


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HOSTILE = [
    SVG, b"<?xml version='1.0'?>" + SVG, b" " + SVG, b"<!doctype html><script>alert(1)</script>",
    b"%PDF-1.7", b"", b"RIFF....AVI ", b"\x00\x00\x00\x1cftypavif", b"II*\x00", b"\xef\xbb\xbf" + SVG,
]  # fmt: skip


@pytest.mark.parametrize("data", HOSTILE)
def test_what_is_no_image_is_not_served(board, tmp_path, data):
    event(tmp_path / "a", images("x", b"1", b"1", data))
    answer = board().of("image", "a", "x", "&index=0&number=0")
    assert answer.status == 415
    assert answer.headers["content-type"] == "application/json"


MAGIC = {
    b"GIF89a/*<script>alert(1)</script>*/=1;": "image/gif",
    b"\xff\xd8\xff\xe0<html><script>alert(1)</script>": "image/jpeg",
    b"BM=1;alert(1)//": "image/bmp",
    b"RIFF\x00\x00\x00\x00WEBP<svg onload=alert(1)>": "image/webp",
    b"\x89PNG\r\n\x1a\n<script>": "image/png",
}


@pytest.mark.parametrize(("data", "kind"), MAGIC.items())
def test_what_is_an_image_and_more_is_an_image_alone(board, tmp_path, data, kind):
    event(tmp_path / "a", images("x", b"1", b"1", data))
    answer = board().of("image", "a", "x", "&index=0&number=0")
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.content == data


def test_images_are_not_decoded(board, tmp_path):
    """A PNG of a few bytes says that it is 2³¹ pixels wide; so may the record around it."""
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 2**31 - 1, 2**31 - 1) + b"\x08\6"
    event(tmp_path / "a", images("x", b"99999999999999999999", b"-5", head))
    event(tmp_path / "a", images("y", b"9" * 5000, b"1", head))
    client = board()
    (found,) = client.of("images", "a", "x").json()["found"]
    assert (found["width"], found["height"]) == (media.MOST_SIDE, 0)
    assert client.of("image", "a", "x", "&index=0&number=0").content == head
    assert client.of("images", "a", "y").status == 422


@pytest.mark.parametrize("kind", ["images", "text", "histograms"])
def test_oversize_records_are_not_read(board, tmp_path, monkeypatch, kind):
    monkeypatch.setitem(media.LARGEST, kind, 1000)
    large = b"x" * 2000
    made = {
        "images": images("images", b"1", b"1", b"\x89PNG\r\n\x1a\n" + large),
        "text": words("text", "x" * 2000),
        "histograms": values._value("histograms", "histograms", np.zeros((100, 3))),
    }
    event(tmp_path / "a", made[kind])
    client = board()
    monkeypatch.setattr(client.store.run(0).log, "event", pytest.fail)
    answer = client.of(kind, "a", kind)
    assert answer.status == 422
    assert "bytes" in answer.json()["error"]


def test_an_oversize_graph_is_not_read(board, tmp_path, monkeypatch):
    log_graph(tmp_path / "a")
    client = board()
    monkeypatch.setattr(media, "LARGEST_GRAPH", 10)
    assert client("/api/graph?run=0").status == 422


def log_graph(folder):
    node = Node("layer/w", "parameter", ("x",), ((3, 4),), "float32", 12, 0)
    with uz.Log(folder) as log:
        log.graph(Graph((node,)))


def test_the_graph(board, tmp_path):
    log_graph(tmp_path / "a")
    client = board()
    assert client.runs["a"]["graph"]
    (node,) = client("/api/graph?run=0").json()["nodes"]
    assert node == {
        "name": "layer/w", "op": "parameter", "inputs": ["x"], "shapes": [[3, 4]],
        "dtype": "float32", "parameters": 12, "flops": 0,
    }  # fmt: skip


def test_a_graph_whose_names_are_no_unicode(board, tmp_path):
    graph = schema.Graph(node=[{"name": "good", "op": "x"}]).SerializeToString()
    record = schema.Event(wall_time=1.0, graph_def=graph.replace(b"good", b"\xff\xfeod"))
    (tmp_path / "a").mkdir()
    framed = frames.framed(record.SerializeToString())
    (tmp_path / "a" / "events.out.tfevents.1").write_bytes(framed)
    answer = board()("/api/graph?run=0")
    assert answer.status in (200, 422)
    answer.json()


TEXT = """# Title <script>alert(1)</script>

| a | b |
|--:|---|
| **1** | <img src=x onerror=alert(1)> |

[good](https://example.org/?a=1&b=2) [mail](mailto:a@b.example) <https://auto.example>
[js](javascript:alert(1)) [data](data:text/html,<script>) [vb]( VBScript:x) [own](/api/runs)
[rel](../x) [js2](jAvAsCrIpT&#58;alert(1)) [title](https://a.example "\\" onmouseover=alert(1) x=\\"")
![picture](https://evil.example/pixel.png) <a href="javascript:alert(1)">raw</a>
<svg onload=alert(1)> <style>*{display:none}</style> <base href=//evil.example>
"""


def test_text_is_markdown_that_can_do_nothing(board, tmp_path):
    with uz.Log(tmp_path / "a") as log:
        log.text(3, "words", TEXT)
    (found,) = board().of("text", "a", "words").json()["found"]
    assert found["source"] == TEXT
    html = found["html"]
    assert found["step"] == 3
    assert "<strong>1</strong>" in html
    assert '<td align="right">' in html
    tags = set(re.findall(r"<\s*([a-z0-9]+)", html))
    assert tags <= {"h1", "p", "table", "thead", "tbody", "tr", "th", "td", "a", "strong"}
    links = re.findall(r"<a ([^>]*)>", html)
    assert len(links) == 5
    for link in links:
        assert link.startswith(('href="https://', 'href="mailto:'))
        assert 'rel="noopener noreferrer nofollow" target="_blank"' in link
    assert " style=" not in html


def test_a_table_without_a_head_has_none():
    """Empty cells are no head: who listens to a page hears them."""
    empty = markdown.html("| | |\n|---|--:|\n| a | 1 |\n\n| x |\n|---|\n| y |")
    assert empty.count("<thead>") == 1
    assert "<th></th>" not in empty
    assert '<td align="right">1</td>' in empty
    assert "<th>x</th>" in empty
    assert "<thead>" in markdown.html("| | y |\n|---|---|\n| 1 | 2 |")
    assert "<th>" not in markdown.html("> | |\n> |---|\n> | a |")


@pytest.mark.parametrize("piece", ["[", "[a](", "*a ", "`a", "> ", "|a"])
def test_hostile_markdown_takes_no_longer_than_it_may(piece):
    before = time.process_time()
    markdown.html(piece * (10**6 // len(piece)))
    assert time.process_time() - before < 5


def test_long_texts_share_the_room(board, tmp_path):
    with uz.Log(tmp_path / "a") as log:
        for step in range(10):
            log.text(step, "words", "word " * 10_000)
    found = board().of("text", "a", "words", "&most=4").json()
    assert found["total"] == 10
    assert [text["step"] for text in found["found"]] == [6, 7, 8, 9]
    assert all(len(text["source"]) <= markdown.MOST // 4 + 1 for text in found["found"])


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


def test_walls_that_are_infinite_are_data(board, tmp_path):
    with uz.Log(tmp_path / "a") as log:
        log.columns(np.arange(20), {"loss": np.arange(20.0)}, np.full(20, np.inf))
    (found,), _ = board().series(["a"], ["loss"], "&points=5&by=relative&from=0&to=9")
    assert found["total"] == 20
    assert found["origin"] is None


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


HOST = [("host", "127.0.0.1:6060")]


def race_of(folder):
    """A race's own run, and one lane of its final."""
    with uz.Log(folder / "race") as log:
        log.tensor(0, "uzviz/race", np.array([json.dumps({"note": "why"})], object))
    own = {"entrant": "adam", "role": "tuned", "seed": 3}
    with uz.Log(folder / "race" / "final" / "adam" / "seed-3", hyperparameters=own) as log:
        log.scalars(0, {"loss": 1.0})
    for name, seed in [("text", "no number"), ("lost", math.nan)]:
        with uz.Log(folder / "race" / name, hyperparameters={**own, "seed": seed}) as log:
            log.scalars(0, {"loss": 1.0})


def test_a_race_is_made_once_until_its_log_grows(board, tmp_path):
    race_of(tmp_path)
    asked = []
    client = board(races=lambda log: asked.append(log.folder) or {"x": math.nan})
    number = client.runs["race"]["id"]
    assert client.runs["race"]["race"]
    lane = client.runs["race/final/adam/seed-3"]["id"]
    for _ in range(2):
        found = client(f"/api/race?run={number}").json()
        assert found["race"] == {"x": None}
        assert found["lanes"] == [{"entrant": "adam", "role": "tuned", "seed": 3, "run": lane}]
    assert asked == [tmp_path / "race"]
    assert client(f"/api/facts?run={number}").json()["note"] == "why"
    with uz.Log(tmp_path / "race") as log:
        log.scalars(1, {"loss": 1.0})
    end = time.monotonic() + 20
    while len(asked) < 2 and time.monotonic() < end:
        client(f"/api/race?run={number}")
        time.sleep(0.05)
    assert len(asked) == 2


def test_who_asks_for_the_same_race_waits_for_one_and_keeps_no_other(board, tmp_path):
    race_of(tmp_path)
    asked, go = [], threading.Event()

    def slow(log):
        asked.append(log.name)
        assert go.wait(20)
        return {"x": 1}

    client = board(races=slow)
    address = f"/api/race?run={client.runs['race']['id']}"

    async def ask():
        races = [asyncio.create_task(client._ask(address, "GET", HOST)) for _ in range(60)]
        while not asked:
            await asyncio.sleep(0.01)
        races[0].cancel()
        other = await asyncio.wait_for(client._ask("/api/runs", "GET", HOST), 20)
        go.set()
        return other, await asyncio.gather(*races[1:])

    other, found = asyncio.run(ask())
    assert other.status == 200
    assert [answer.json()["race"] for answer in found] == [{"x": 1}] * 59
    assert asked == ["race"]


def test_a_race_that_grew_while_its_result_was_made_is_made_again(board, tmp_path, monkeypatch):
    race_of(tmp_path)
    asked, go = [], threading.Event()
    store = board().store
    run = next(run for run in store.everything()[0] if run.line["race"])

    def slow(log):
        asked.append(log.name)
        assert go.wait(20)
        return {"x": len(asked)}

    results = RaceResults(store, slow)

    async def ask():
        first = asyncio.create_task(results(run))
        while not asked:
            await asyncio.sleep(0.01)
        monkeypatch.setattr(type(run), "state", (-1, 0))
        later = [asyncio.create_task(results(run)) for _ in range(5)]
        await asyncio.sleep(0)
        go.set()
        return await asyncio.gather(first, *later)

    assert asyncio.run(ask()) == [{"x": 1}] + [{"x": 2}] * 5


def test_results_that_failed_are_made_again_and_those_of_gone_races_dropped(board, tmp_path):
    race_of(tmp_path / "one")
    race_of(tmp_path / "two")
    store = board().store
    races = {run.line["name"]: run for run in store.everything()[0] if run.line["race"]}
    asked = []

    def fails_once(log):
        asked.append(log.name)
        if len(asked) == 1:
            raise uz.InputError("It takes too long.")
        return {"x": 1}

    results = RaceResults(store, fails_once)
    with pytest.raises(uz.InputError, match="too long"):
        asyncio.run(results(races["one/race"]))
    assert asyncio.run(results(races["one/race"])) == {"x": 1}
    shutil.rmtree(tmp_path / "one")
    number = races["one/race"].line["id"]
    end = time.monotonic() + 20
    while store.present([number]) != [None] and time.monotonic() < end:
        time.sleep(0.01)
    asyncio.run(results(races["two/race"]))
    assert list(results._kept) == [races["two/race"].line["id"]]


def test_a_race_without_who_makes_results_is_a_sentence(board, tmp_path):
    race_of(tmp_path)
    client = board()
    assert client(f"/api/race?run={client.runs['race']['id']}").status == 404
