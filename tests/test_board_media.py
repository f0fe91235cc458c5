"""Histograms, images and graphs, as the board sends them."""

import math
import struct

import numpy as np
import pytest
from answers import event, images, words

import uzviz as uz
from uzviz.board import media
from uzviz.log import frames, schema, values
from uzviz.records import Graph, Histogram, Node


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
