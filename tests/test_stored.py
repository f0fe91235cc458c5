"""Parquet, .npz and .npy: what they hold, or one sentence that says why it cannot be used."""

import io
import pickle
import sys
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pyarrow import parquet
from test_tables import refusal

from uzviz.errors import InputError
from uzviz.problems import Mapped, frames, stored
from uzviz.problems.sources import load

X = np.random.default_rng(0).normal(size=(12, 3))
Y = np.arange(12) % 2


class Trap:
    """What tells, if it is unpickled."""

    def __reduce__(self):
        return (pytest.fail, ("It was unpickled.",))


def npz(path, compressed=False, **given):
    (np.savez_compressed if compressed else np.savez)(path, **given)
    return str(path)


def test_the_arrays_of_an_archive(tmp_path):
    path = npz(tmp_path / "a.npz", x=X, y=Y)
    for name in (path, f"{path}:y"):
        table = load(name, "classify")
        assert np.array_equal(table.x, X.astype(np.float32))
        assert table.y.tolist() == Y.tolist()
        assert table.name == f"{path}:y"
    other = npz(tmp_path / "b.npz", pictures=X.reshape(12, 3, 1), label=Y, compressed=True)
    assert load(f"{other}:label", None).x.shape == (12, 3)
    parts = npz(tmp_path / "c.npz", x_train=X, y_train=Y, x_test=X[:4], y_test=Y[:4])
    table = load(parts, None)
    assert table.test[0].shape == (4, 3)
    assert table.test[1].tolist() == [0, 1, 0, 1]


ARCHIVES = {
    "no such array": ({"a": X, "b": X, "y": Y}, ":z", "Unknown array"),
    "no features": ({"a": X, "b": X, "y": Y}, ":y", "none is named x"),
    "no target": ({"x": X}, "", "Unknown array"),
    "objects": ({"x": X, "y": np.array([Trap()] * 12)}, "", "never unpickled"),
    "texts": ({"x": X.astype(str), "y": Y}, "", "must hold numbers"),
    "dates": (
        {"x": X, "y": np.array(["2026-01-01"] * 12, "datetime64[D]")},
        "",
        "must hold numbers",
    ),
    "NaN": ({"x": np.where(X > 1, np.nan, X), "y": Y}, "", "missing, infinite"),
    "nothing": ({"x": X[:0], "y": Y[:0]}, "", "some of each"),
    "ragged": ({"x": X, "y": Y[:5]}, "", "one target for each of 12"),
    "another test set": (
        {"x_train": X, "y_train": Y, "x_test": X[:, :2], "y_test": Y},
        "",
        "of one shape",
    ),
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_archives_that_cannot_be_used(tmp_path, case):
    given_, target, says = ARCHIVES[case]
    with pytest.raises(InputError, match=says) as refused:
        load(f"{npz(tmp_path / 'a.npz', **given_)}{target}", None)
    assert "\n" not in str(refused.value)


def whole(save, *given, **named):
    file = io.BytesIO()
    save(file, *given, **named)
    return file.getvalue()


NPZ, NPY = whole(np.savez_compressed, x=X, y=Y), whole(np.save, X)
PARQUET = whole(lambda file: pd.DataFrame({"a": range(12), "y": Y}).to_parquet(file))


def other_zip():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "no array")
    return file.getvalue()


BROKEN = {
    "a.npz": [b"", b"x" * 50, NPZ[:100], NPZ[:-30], NPY, other_zip(), pickle.dumps(Trap())],
    "a.npy": [b"", b"x" * 50, NPY[:40], NPY[:-1], NPZ, whole(np.save, np.array([Trap()])), pickle.dumps(Trap())],
    "a.parquet": [b"", b"x" * 50, PARQUET[:100], PARQUET[:-1], PARQUET[4:]],
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused_and_never_unpickled(tmp_path, name):
    np.save(tmp_path / "y.npy", Y)
    target = {"a.npz": "", "a.npy": f":{tmp_path}/y.npy", "a.parquet": ":y"}[name]
    with pytest.raises(InputError, match="no file"):
        load(f"{tmp_path / name}{target or ':y'}", None)
    for data in BROKEN[name]:
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError) as refused:
            load(f"{tmp_path / name}{target}", None)
        assert "\n" not in str(refused.value)
        assert str(refused.value).endswith((".", "?"))


@given(st.sampled_from([("a.npz", NPZ, ""), ("a.npy", NPY, "y.npy"), ("a.parquet", PARQUET, "y")]),
       st.integers(0, 2000), st.integers(0, 255))  # fmt: skip
def test_a_byte_that_changed_is_refused_or_a_number(tmp_path_factory, case, place, byte):
    name, data, target = case
    folder = tmp_path_factory.mktemp("bytes")
    np.save(folder / "y.npy", Y)
    place %= len(data)
    (folder / name).write_bytes(data[:place] + bytes([byte]) + data[place + 1 :])
    target = f":{folder}/{target}" if target.endswith("npy") else f":{target}" if target else ""
    assert "\n" not in (refusal(load, f"{folder / name}{target}", None) or "")


@given(arrays.arrays(st.sampled_from([np.uint8, np.int16, np.float16, np.float32, np.float64, ">f4", ">f8"]),
                     (8, 3), elements={"min_value": 0, "max_value": 100}))  # fmt: skip
def test_numbers_of_any_type_come_back_as_float32(tmp_path_factory, x):
    folder = tmp_path_factory.mktemp("types")
    np.savez(folder / "a.npz", x=x, y=Y[:8])
    np.save(folder / "x.npy", x)
    np.save(folder / "y.npy", Y[:8])
    for name in (f"{folder}/a.npz", f"{folder}/x.npy:{folder}/y.npy"):
        found = load(name, None).x
        assert found.dtype == np.float32
        assert np.array_equal(found, x.astype(np.float32))


def test_a_large_array_stays_in_its_file(tmp_path, monkeypatch):
    monkeypatch.setattr(stored, "IN_MEMORY", 100)
    np.save(tmp_path / "x.npy", X.reshape(12, 3, 1))
    np.save(tmp_path / "y.npy", np.array(["no", "yes"])[Y])
    table = load(f"{tmp_path}/x.npy:{tmp_path}/y.npy", None)
    assert isinstance(table.x, Mapped)
    assert np.array_equal(table.x[:], X.astype(np.float32))
    assert table.classes == ["no", "yes"]
    for wrong, says in ((np.asfortranarray(X), "column by column"), (np.where(X > 1, np.inf, X), "infinite"),
                        (X[:, 0], "some of each"), (X.astype(complex), "must hold numbers"), (X * 1e300, "beyond")):  # fmt: skip
        np.save(tmp_path / "x.npy", wrong)
        with pytest.raises(InputError, match=says):
            load(f"{tmp_path}/x.npy:{tmp_path}/y.npy", None)
    with pytest.raises(InputError, match="no target beside it"):
        load(f"{tmp_path}/x.npy", None)


FEW = settings(max_examples=20)
CELLS = st.lists(st.floats(-1e6, 1e6, width=32), min_size=8, max_size=8)


@FEW
@given(a=CELLS, b=st.lists(st.sampled_from(["red", "blue"]), min_size=8, max_size=8))
def test_a_parquet_file_is_read_as_its_csv(tmp_path_factory, a, b):
    folder = tmp_path_factory.mktemp("parquet")
    frame = pd.DataFrame({"a": a, "b": b, "c": [True, False] * 4, "y": ["u", "v"] * 4})
    frame.to_parquet(folder / "t.parquet", index=False)
    frame.to_csv(folder / "t.csv", index=False)
    one, two = (load(f"{folder}/t.{ending}:y", None) for ending in ("parquet", "csv"))
    assert np.array_equal(one.x, two.x)
    assert one.y.tolist() == two.y.tolist()
    assert one.classes == two.classes == ["u", "v"]


COLUMNS = {
    "lists": ({"a": [[1]] * 6, "y": [0, 1] * 3}, "holds list"),
    "dates": ({"a": pd.to_datetime(["2026-01-01"] * 6), "y": [0, 1] * 3}, "holds timestamp"),
    "missing": ({"a": [1.0, None] * 3, "y": [0, 1] * 3}, "missing values in column 'a'"),
    "no rows": ({"a": np.zeros(0), "y": np.zeros(0)}, "no rows"),
    "one column": ({"y": [0, 1]}, "one column"),
    "another target": ({"a": [1], "b": [2]}, "Unknown column"),
}


@pytest.mark.parametrize("case", COLUMNS)
def test_columns_that_cannot_be_used(tmp_path, case):
    columns, says = COLUMNS[case]
    parquet.write_table(pa.table(dict(columns)), tmp_path / "t.parquet")
    with pytest.raises(InputError, match=says):
        frames.from_parquet(str(tmp_path / "t.parquet"), "y")
    with pytest.raises(InputError, match="names no target"):
        load(str(tmp_path / "t.parquet"), None)


def test_without_pyarrow_a_sentence_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "t.parquet").write_bytes(PARQUET)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"install it, or uzviz\[parquet\]"):
        frames.from_parquet(str(tmp_path / "t.parquet"), "y")
