"""IDX files: read to the last number, or one sentence that says why not."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from test_tables import refusal

from uzviz.errors import InputError
from uzviz.problems import idx
from uzviz.problems.idx import TYPES, from_folder, read
from uzviz.problems.sources import load

RNG = np.random.default_rng(0)


def packed(x):
    """The bytes of an IDX file, by the format's description and not by our reader."""
    code = {np.dtype(t).newbyteorder("="): c for c, t in TYPES.items()}[x.dtype]
    head = bytes([0, 0, code, x.ndim]) + b"".join(struct.pack(">I", n) for n in x.shape)
    return head + x.astype(x.dtype.newbyteorder(">")).tobytes()


def written(folder, part, n, classes=3, ending="", label="-idx"):
    """A set of pictures of 3 × 4 pixels and their labels, as MNIST's files are named."""
    x = RNG.integers(0, 256, (n, 3, 4), np.uint8)
    y = (np.arange(n) % classes).astype(np.uint8)
    for kind, dims, values in (("images", 3, x), ("labels", 1, y)):
        data = packed(values)
        path = folder / f"{part}-{kind}{label}{dims}-ubyte{ending}"
        path.write_bytes(gzip.compress(data) if ending else data)
    return x, y


@given(
    x=st.sampled_from(sorted(TYPES)).flatmap(
        lambda code: arrays.arrays(
            np.dtype(TYPES[code]).newbyteorder("="),
            arrays.array_shapes(max_dims=4, max_side=5),
            elements={"allow_nan": False} if code > 12 else None,
        )
    ),
    zipped=st.booleans(),
)
def test_whatever_is_written_is_read_back(tmp_path_factory, x, zipped):
    path = tmp_path_factory.mktemp("idx") / "x"
    path.write_bytes(gzip.compress(packed(x)) if zipped else packed(x))
    found = read(path)
    assert found.dtype == x.dtype
    assert np.array_equal(found, x)


WHOLE = packed(RNG.integers(0, 256, (20, 3, 4), np.uint8))


@given(data=st.one_of(st.binary(max_size=60), st.integers(0, len(WHOLE) - 1).map(lambda n: WHOLE[:n]),
                      st.binary(min_size=1, max_size=9).map(lambda more: WHOLE + more)), zipped=st.booleans())  # fmt: skip
def test_any_bytes_are_read_or_refused_in_a_sentence(tmp_path_factory, data, zipped):
    path = tmp_path_factory.mktemp("any") / "x"
    path.write_bytes(gzip.compress(data) if zipped else data)
    if (said := refusal(read, path)) is None:
        assert packed(read(path)) == data
    else:
        assert "\n" not in said
        assert said.endswith(".")


BROKEN = {
    "nothing": (b"", "magic number is missing"),
    "a picture": (b"\x89PNG\r\n\x1a\n" * 9, "magic number is 89504e47"),
    "another type": (b"\0\0\x07\x01" + b"\0\0\0\x01x", "magic number"),
    "no sizes": (b"\0\0\x08\x03\0\0", "says that it holds"),
    "truncated": (WHOLE[:-1], "has 239"),
    "more than it says": (WHOLE + b"x", "has more"),
    "a claim beyond any memory": (b"\0\0\x08\x04" + b"\xff" * 16 + b"x", "has 1:"),
    "half a gzip": (gzip.compress(WHOLE)[:-9], "no whole gzip"),
    "a gzip with a wrong checksum": (gzip.compress(WHOLE)[:-8] + b"\0" * 8, "no whole gzip"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_refused(tmp_path, case):
    data, says = BROKEN[case]
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(InputError, match=says):
        read(tmp_path / "x")


@pytest.mark.parametrize(("ending", "label"), [("", "-idx"), (".gz", "-idx"), ("", ".idx")])
def test_a_folder_with_both_sets_has_an_official_test_part(tmp_path, ending, label):
    x, y = written(tmp_path, "train", 30, ending=ending, label=label)
    held, held_y = written(tmp_path, "t10k", 12, ending=ending, label=label)
    table = from_folder(tmp_path, "classify")
    assert np.array_equal(table.x, x.reshape(30, 12))
    assert np.array_equal(table.y, y)
    assert np.array_equal(table.test[0], held.reshape(12, 12))
    assert np.array_equal(table.test[1], held_y)
    assert (table.pixels, table.unit, table.classes) == ((3, 4), 255.0, ["0", "1", "2"])
    assert load(f"idx:{tmp_path}", None).name == load(str(tmp_path), None).name == f"idx:{tmp_path}"


def test_a_test_set_alone_is_data_like_any_other(tmp_path):
    written(tmp_path, "t10k", 12, ending=".gz")
    assert from_folder(tmp_path).test is None


def test_what_is_unpacked_is_read_rather_than_its_archive(tmp_path):
    written(tmp_path, "train", 30)
    for path in list(tmp_path.iterdir()):
        (tmp_path / f"{path.name}.gz").write_bytes(b"no gzip")
    assert len(from_folder(tmp_path).x) == 30


def broken_folders(folder):
    folder.mkdir()
    yield folder / "none", "no folder"
    yield folder, "no IDX files"
    written(folder, "train", 30)
    (folder / "train-labels-idx1-ubyte").rename(folder / "kept")
    yield folder, "no labels of its train set"
    (folder / "train-labels-idx1-ubyte").write_bytes(packed(np.zeros(29, np.uint8)))
    yield folder, "belong together"
    (folder / "kept").rename(folder / "train-labels-idx1-ubyte")
    written(folder, "t10k", 12, classes=4)
    yield folder, "classes that no other example has"
    written(folder, "emnist-train", 9)
    yield folder, "several data sets"


def test_folders_that_cannot_be_used(tmp_path):
    for folder, says in broken_folders(tmp_path / "broken"):
        with pytest.raises(InputError, match=says):
            from_folder(folder)


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path, monkeypatch):
    def fails(*_):
        raise OSError(5, "Input/output error")

    (tmp_path / "x").write_bytes(WHOLE)
    monkeypatch.setattr(idx, "_array", fails)
    with pytest.raises(InputError, match="Input/output error"):
        read(tmp_path / "x")
