"""Tables: what a file or an array holds, or one sentence that says why it cannot be used."""

import csv
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uzviz.errors import InputError
from uzviz.problems import frames, tables
from uzviz.problems.sources import load

TARGET = "y"


def read(tmp_path, text, target=TARGET, task=None):
    path = tmp_path / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return frames.from_csv(str(path), target, task)


def refusal(function, *arguments):
    """The sentence that refuses these arguments, or None."""
    try:
        function(*arguments)
    except InputError as error:
        return str(error)
    return None


REFUSED = {
    "empty": ("", "is empty"),
    "blank lines": ("\n\n", "is empty"),
    "header only": ("a,y\n", "no rows"),
    "one column": ("y\n1\n2\n", "one column"),
    "too few fields": ("a,y\n1,2\n3\n", "line 3 has 1 fields"),
    "too many fields": ("a,y\n1,2\n3,4,5\n", "line 3 has 3 fields"),
    "missing value": ("a,y\n1,2\n,4\n", "missing values in column 'a' (1 of 2)"),
    "missing target value": ("a,y\n1,x\n2,\n3,x\n4,z\n", "missing values in column 'y'"),
    "missing target": ("a,b\n1,2\n", "Unknown column"),
    "one class": ("a,y\n1,x\n2,x\n3,x\n", "one class only (x)"),
    "one number": ("a,y\n1,.5\n2,.5\n3,.5\n", "same value"),
    "infinite": ("a,y\n1,0\ninf,1\n2,0\n3,1\n", "Column 'a'"),
    "beyond any float": (f"a,y\n1,0\n{10**400},1\n2,0\n3,1\n", "Column 'a'"),
    "beyond float32": ("a,y\n1,0\n1e300,1\n2,0\n3,1\n", "Column 'a'"),
    "infinite target": ("a,y\n1,.1\n2,inf\n3,.2\n", "infinite"),
    "unnamed column": ("a,,y\n1,2,3\n", "Column 2"),
    "twice the same column": ("a,a,y\n1,2,3\n", "two columns 'a'"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00", "no text in UTF-8"),
    "open quotes": ('a,y\n1,"x\n', "is no CSV from line 2"),
    "ids": ("a,y\n" + "".join(f"{i},n{i}\n" for i in range(50)), "too many for classes"),
    "one bad number": (
        "a,y\n" + "".join(f"{i / 7},{i % 2}\n" for i in range(40)) + "7..1,0\n",
        "holds numbers, but also '7..1'",
    ),
    "texts without end": (
        "a,y\n" + "".join(f"t{i},{i % 2}\n" for i in range(101)),
        "101 different",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(tmp_path, case):
    text, says = REFUSED[case]
    message = refusal(read, tmp_path, text)
    assert says in message
    assert "\n" not in message
    assert message.rstrip("?").endswith(".") or message.endswith("?")


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(InputError, match="no file"):
        frames.from_csv(str(tmp_path / "none.csv"), "y")
    with pytest.raises(InputError, match="is a folder"):
        frames.from_csv(str(tmp_path), "y")


TAKEN = {
    "texts": ("a,y\n" + "1,cat\n2,dog\n" * 4, ["cat", "dog"]),
    "booleans": ("a,y\n" + "1,False\n2,True\n" * 4, ["False", "True"]),
    "whole numbers": ("a,y\n" + "1,3\n2,7\n" * 4, ["3", "7"]),
    "a byte order mark": ("\ufeffa,y\n" + "1,cat\n2,dog\n" * 4, ["cat", "dog"]),
    "Windows' ends of lines": ("a,y\r\n" + "1,cat\r\n2,dog\r\n" * 4, ["cat", "dog"]),
    "blank lines": ("a,y\n\n" + "1,cat\n\n2,dog\n" * 4, ["cat", "dog"]),
    "spaces after commas": ("a, y\n" + "1, cat\n2, dog\n" * 4, ["cat", "dog"]),
    "commas in quotes": ("a,y\n" + '1,"c,t"\n2,dog\n' * 4, ["c,t", "dog"]),
}


@pytest.mark.parametrize("case", TAKEN)
def test_classes_of_a_file(tmp_path, case):
    text, classes = TAKEN[case]
    table = read(tmp_path, text)
    assert table.classes == classes
    assert table.x.tolist() == [[1.0], [2.0]] * 4
    assert table.y.tolist() == [0, 1] * 4


def test_more_than_twenty_whole_numbers_are_a_number(tmp_path):
    table = read(tmp_path, "a,y\n" + "".join(f"{i},{i % 21}\n" for i in range(63)))
    assert table.classes is None
    assert table.y.tolist() == [i % 21 for i in range(63)]


def test_task_overrides(tmp_path):
    text = "a,y\n" + "1,3\n2,7\n" * 4
    assert read(tmp_path, text, task="regress").classes is None
    many = "a,y\n" + "".join(f"{i},{(i % 21) / 2}\n" for i in range(63))
    assert read(tmp_path, many).classes is None
    assert len(read(tmp_path, many, task="classify").classes or []) == 21
    with pytest.raises(InputError, match="holds texts"):
        read(tmp_path, "a,y\n" + "1,cat\n2,dog\n" * 4, task="regress")


def test_texts_among_the_features_become_indicators(tmp_path):
    table = read(tmp_path, "colour,size,y\nred,1,0\nblue,2,1\nred,3,0\nblue,4,1\n")
    assert sorted(map(tuple, table.x.tolist())) == [(1, 0, 1), (2, 1, 0), (3, 0, 1), (4, 1, 0)]


CELL = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=8)


@given(
    names=st.lists(CELL.filter(lambda t: t.strip()), min_size=2, max_size=4, unique_by=str.strip),
    rows=st.lists(st.floats(-1e6, 1e6, width=32), min_size=12, max_size=12),
)
def test_whatever_pandas_writes_is_read_back(tmp_path_factory, names, rows):
    names = [name.strip() for name in names]
    values = np.reshape(
        np.array(rows, np.float32)[: 12 // len(names) * len(names)], (-1, len(names))
    )
    path = tmp_path_factory.mktemp("tables") / "t.csv"
    pd.DataFrame(values, columns=names).to_csv(path, index=False, quoting=csv.QUOTE_MINIMAL)
    if np.ptp(values[:, -1]) == 0:
        assert "same value" in refusal(frames.from_csv, str(path), names[-1], "regress")
        return
    table = frames.from_csv(str(path), names[-1], "regress")
    assert np.array_equal(table.x, values[:, :-1])
    assert np.array_equal(table.y, values[:, -1])


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "t.csv"
    path.write_text(text, encoding="utf-8", errors="ignore", newline="")
    for target in {"no such column", *re.split(r"[,\n\r]", text)}:
        said = refusal(frames.from_csv, str(path), target)
        assert said is None or "\n" not in said


X, Y = np.arange(12.0).reshape(6, 2), np.array([0, 1, 0, 1, 0, 1])
ARRAYS = {
    "a vector": (np.arange(6.0), Y, "shape"),
    "no rows": (np.empty((0, 2)), np.empty(0), "shape"),
    "too few targets": (X, Y[:5], "one target for each of 6"),
    "two targets": (X, np.stack([Y, Y], 1), "one target for each of 6"),
    "NaN": (np.where(X == 3, np.nan, X), Y, "missing, infinite"),
    "texts": (X.astype(str), Y, "must hold numbers"),
    "objects": (np.array([[object()] * 2] * 6), Y, "must hold numbers"),
    "complex": (X.astype(complex), Y, "must hold numbers"),
    "ragged": ([[1, 2], [3]] * 3, Y, "different lengths"),
    "missing target": (X, [0, 1, None, 1, 0, 1], "missing values"),
    "masked": (np.ma.masked_greater(X, 5), Y, "masked"),
    "dates": (X, np.array(["2026-01-01"] * 6, "datetime64[D]"), "must hold numbers"),
}


@pytest.mark.parametrize("case", ARRAYS)
def test_arrays_that_cannot_be_used_are_refused(case):
    x, y, says = ARRAYS[case]
    with pytest.raises(InputError, match=says):
        tables.from_arrays(x, y)


@pytest.mark.parametrize(
    "make", [list, tuple, np.asarray, pd.Series, lambda v: np.reshape(v, (-1, 1))]
)
@pytest.mark.parametrize("texts", [False, True])
def test_targets_of_any_kind(make, texts):
    given_ = ["no", "yes"] * 3 if texts else [0, 1] * 3
    table = tables.from_arrays(pd.DataFrame(X), make(given_))
    assert table.classes == (["no", "yes"] if texts else ["0", "1"])
    assert table.y.tolist() == [0, 1] * 3


def test_images_become_rows():
    assert tables.from_arrays(np.ones((6, 4, 4)), Y).x.shape == (6, 16)


def test_names_of_data():
    assert load("digits", None).x.shape == (1797, 64)
    assert load("digits", "regress").classes is None
    with pytest.raises(InputError, match="Unknown data set 'digit': did you mean digits"):
        load("digit", None)
    with pytest.raises(InputError, match="names no target"):
        load("house.csv", None)
    with pytest.raises(InputError, match="given as list"):
        load([1, 2], None)  # pyright: ignore[reportArgumentType]


def test_a_column_may_have_a_colon_in_its_name(tmp_path):
    (tmp_path / "t.csv").write_text("a,b:c\n" + "1,x\n2,y\n" * 3)
    assert load(f"{tmp_path}/t.csv:b:c", None).classes == ["x", "y"]
