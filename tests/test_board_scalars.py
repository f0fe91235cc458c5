"""Series of scalars, as the board sends them."""

import json
import math
import threading
import time

import numpy as np
import pytest
from answers import HOLE, POINTS, SPIKE, curve, event, log_two

import uzviz as uz
from uzviz.board import scalars
from uzviz.board.wire import Wire
from uzviz.log import values


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


def test_scalars_that_claim_to_be_many_are_damage(board, tmp_path):
    many = values._value("many", "scalars", np.zeros(()))
    many.tensor.tensor_content = b""
    many.tensor.tensor_shape.dim.add(size=1 << 27)
    event(tmp_path / "a", many)
    assert board().runs["a"]["damage"] > 0
    with pytest.raises(ValueError, match="a scalar has the shape"):
        values.scalar_of(many)


def test_walls_that_are_infinite_are_data(board, tmp_path):
    with uz.Log(tmp_path / "a") as log:
        log.columns(np.arange(20), {"loss": np.arange(20.0)}, np.full(20, np.inf))
    (found,), _ = board().series(["a"], ["loss"], "&points=5&by=relative&from=0&to=9")
    assert found["total"] == 20
    assert found["origin"] is None


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
