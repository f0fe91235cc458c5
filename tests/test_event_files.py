"""Event files of other writers, and files whose records are whole but make no sense."""

import contextlib
import importlib.util
import json
import os
import shutil
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import uzviz as uz
from uzviz.errors import InputError
from uzviz.log import frames, schema

FIXTURES = Path(__file__).parent / "fixtures"
_spec = importlib.util.spec_from_file_location("made", FIXTURES / "make_event_files.py")
made = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(made)


@pytest.mark.parametrize("name", ["pytorch", "tensorboardx", "tf1", "tf2"])
def test_files_of_other_writers_are_read_as_they_were_meant(name):
    runs = uz.read(FIXTURES / name)
    assert not runs.damage
    run = runs["."]
    losses = run.scalars("train/loss")
    assert losses.step.tolist() == list(made.STEPS)
    assert losses.value == pytest.approx([made.loss(step) for step in made.STEPS])
    assert np.all(losses.wall > 1.7e9)
    ((step, histogram),) = run.histograms("weights")
    assert step == 7
    assert np.sum(histogram.counts) == len(made.NUMBERS)
    assert histogram.edges[0] == pytest.approx(made.NUMBERS[0])
    assert histogram.edges[-1] == pytest.approx(made.NUMBERS[-1])
    tags = {kind: tag for tag, kind in run.tags.items()}
    ((step, (picture,)),) = run.images(tags["images"])
    assert step == 8
    assert np.array_equal(picture.pixels(), made.PICTURE)
    assert run.text(tags["text"]) == [(9, [made.WORDS])]


@pytest.mark.parametrize("name", ["pytorch", "tensorboardx"])
def test_hyperparameters_of_other_writers(name):
    run = uz.read(FIXTURES / name)["hparams"]
    assert run.hyperparameters == made.HYPERPARAMETERS
    assert run.scalars("test/loss").value.tolist() == [0.25]
    assert run.status == "finished"


def test_keras_and_the_graphs_of_others():
    runs = uz.read(FIXTURES / "keras")
    assert list(runs) == ["train", "validation"]
    for run in runs.values():
        assert run.scalars("epoch_loss").value.tolist() == [4.0, 4.0]
        assert run.scalars("epoch_loss").step.tolist() == [0, 1]
    kernel = runs["train"].histograms("sequential/dense/kernel/histogram")
    assert [np.sum(h.counts) for _, h in kernel] == [2, 2]
    names = {node.name for node in uz.read(FIXTURES / "tf1").only.graph.nodes}
    assert {"number", "train/loss"} <= names
    nodes = uz.read(FIXTURES / "pytorch")["."].graph.nodes
    assert any(node.shapes == ((4, 2),) for node in nodes)


@pytest.mark.parametrize("name", ["pytorch", "tensorboardx", "tf1", "tf2", "keras"])
def test_tensorboard_reads_the_same(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
        from tensorboard.util import tensor_util
    for run in uz.read(FIXTURES / name).values():
        theirs = EventAccumulator(str(run.folder))
        theirs.Reload()
        other = ("_hparams_", "__run_graph__", "step1")  # the last is a profile of PyTorch's
        tags = [t for t in theirs.Tags()["tensors"] if not t.startswith(other)]
        assert set(tags) == set(run.tags)
        for tag in tags:
            events = theirs.Tensors(tag)
            if run.tags[tag] == "scalars":
                points = run.scalars(tag)
                assert points.step.tolist() == [e.step for e in events]
                assert points.wall.tolist() == [e.wall_time for e in events]
                values = [tensor_util.make_ndarray(e.tensor_proto).item() for e in events]
                assert points.value.tolist() == pytest.approx(values, rel=1e-7)


def written(folder, *events):
    """A file of records with good checksums."""
    folder.mkdir(parents=True, exist_ok=True)
    data = [frames.framed(event.SerializeToString()) for event in events]
    (folder / "events.out.tfevents.1").write_bytes(b"".join(data))


def value(tag="x", plugin="", **tensor):
    metadata = {"plugin_data": {"plugin_name": plugin}} if plugin else {}
    return schema.Value(tag=tag, tensor=schema.Tensor(**tensor), metadata=metadata)


GOOD = schema.Value(tag="good", simple_value=1.5)
BAD = [
    value(plugin="scalars", dtype=1, tensor_shape={"dim": [{"size": 2}]}, float_val=[1.0, 2.0]),
    value(plugin="scalars", dtype=7, string_val=[b"one"]),
    value(plugin="scalars", dtype=99, float_val=[1.0]),
    value(plugin="scalars", dtype=1, tensor_content=b"\0\0\0"),
    value(plugin="scalars", dtype=1, tensor_shape={"dim": [{"size": -1}]}, float_val=[1.0]),
    schema.Value(tag="h", metadata={"plugin_data": {"plugin_name": "hparams", "content": b"\xff"}}),
]


@pytest.mark.parametrize("bad", BAD)
def test_a_value_that_makes_no_sense_is_lost_alone_and_reported(bad, tmp_path):
    record = schema.Event(wall_time=1.0, step=3, summary={"value": [bad, GOOD]})
    written(tmp_path, schema.Event(wall_time=0.0, file_version="brain.Event:2"), record)
    run = uz.read(tmp_path).only
    assert run.scalars("good").value.tolist() == [1.5]
    assert run.tags == {"good": "scalars"}
    first = len(
        frames.framed(schema.Event(wall_time=0.0, file_version="brain.Event:2").SerializeToString())
    )
    (lost,) = run.damage
    assert (lost.offset, lost.bytes) == (first, len(frames.framed(record.SerializeToString())))


@pytest.mark.parametrize(
    ("plugin", "tensor", "asked"),
    [
        ("text", {"dtype": 1, "float_val": [1.0]}, "text"),
        ("images", {"dtype": 1, "float_val": [1.0]}, "images"),
        ("images", {"dtype": 7, "string_val": [b"1"]}, "images"),
        ("images", {"dtype": 7, "string_val": [b"a", b"b", b"c"]}, "images"),
        ("histograms", {"dtype": 2, "double_val": [1.0, 2.0]}, "histograms"),
        ("histograms", {"dtype": 7, "string_val": [b"x"] * 3}, "histograms"),
        ("other", {"dtype": 3, "tensor_shape": {"dim": [{"size": 2**62}]}, "int_val": [1]}, "tensors"),
        ("other", {"dtype": 99}, "tensors"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_said_when_it_is_asked_for(plugin, tensor, asked, tmp_path):
    written(tmp_path, schema.Event(step=3, summary={"value": [value(plugin=plugin, **tensor)]}))
    run = uz.read(tmp_path).only
    with pytest.raises(InputError, match=r"x of .* at step 3 is not understood"):
        getattr(run, asked)("x")


def test_tensors_are_filled_up_by_their_last_number_as_tensorflow_does(tmp_path):
    shape = {"dim": [{"size": 2}, {"size": 3}]}
    tensors = [
        value("last", "o", dtype=2, tensor_shape=shape, double_val=[1.0, 2.0]),
        value("none", "o", dtype=3, tensor_shape=shape),
        value("one", "o", dtype=19, tensor_shape=shape, half_val=[0x3C00]),
        value("empty", "o", dtype=1, tensor_shape={"dim": [{"size": 0}]}),
        value("scalar", "scalars", dtype=1),
    ]
    written(tmp_path, schema.Event(step=1, summary={"value": tensors}))
    run = uz.read(tmp_path).only
    assert run.tensors("last")[0][1].tolist() == [[1.0, 2.0, 2.0], [2.0, 2.0, 2.0]]
    assert run.tensors("none")[0][1].tolist() == [[0, 0, 0], [0, 0, 0]]
    assert run.tensors("one")[0][1].tolist() == [[1.0] * 3] * 2
    assert run.tensors("empty")[0][1].shape == (0,)
    assert run.scalars("scalar").value.tolist() == [0.0]
    assert not run.damage


def test_images_that_are_none_are_sentences(tmp_path):
    image = schema.Value(tag="x", image={"width": 9, "height": 9, "encoded_image_string": b"GIF8"})
    written(tmp_path, schema.Event(step=1, summary={"value": [image]}))
    ((_, (picture,)),) = uz.read(tmp_path).only.images("x")
    with pytest.raises(InputError, match="cannot be decoded"):
        picture.pixels()


ints = st.integers(-(2**31), 2**31 - 1)
TENSORS = st.fixed_dictionaries(
    {},
    optional={
        "dtype": st.sampled_from([1, 2, 3, 7, 9, 10, 19, 22, 99]),
        "tensor_shape": st.fixed_dictionaries(
            {"dim": st.lists(st.fixed_dictionaries({"size": st.sampled_from([0, 1, 2, 3, -1, 2**62])}), max_size=3)}
        ),
        "tensor_content": st.binary(max_size=16),
        "float_val": st.lists(st.floats(width=32), max_size=4),
        "int_val": st.lists(ints, max_size=4),
        "half_val": st.lists(ints, max_size=4),
        "string_val": st.lists(st.binary(max_size=4), max_size=4),
    },
)  # fmt: skip
PLUGINS = st.sampled_from(["", "scalars", "histograms", "images", "text", "hparams", "uzviz"])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(PLUGINS, TENSORS, st.binary(max_size=6)), min_size=1, max_size=4))
def test_no_record_with_a_good_checksum_breaks_the_reader(tmp_path, parts):
    values = []
    for i, (plugin, tensor, content) in enumerate(parts):
        metadata = {"plugin_data": {"plugin_name": plugin, "content": content}}
        values.append({"tag": f"t{i}", "tensor": tensor, "metadata": metadata})
    shutil.rmtree(tmp_path / "run", ignore_errors=True)
    written(tmp_path / "run", schema.Event(step=1, summary={"value": [*values, GOOD]}))
    run = uz.read(tmp_path).only
    assert run.scalars("good").value.tolist() == [1.5]
    for tag, kind in run.tags.items():
        with contextlib.suppress(InputError):
            getattr(run, kind)(tag)
    assert run.hyperparameters is not None


def test_what_vanishes_while_it_is_read(tmp_path):
    with uz.Log(tmp_path / "a") as log:
        log.text(1, "note", "here")
        log.scalars(1, {"loss": 1.0})
    runs = uz.read(tmp_path)
    run = runs["a"]
    assert run.tags["note"] == "text"
    shutil.rmtree(tmp_path / "a")
    with pytest.raises(InputError, match="can no longer be read"):
        run.text("note")
    run.refresh()
    assert run.tags == {}
    runs.refresh()
    assert list(runs) == []


@pytest.fixture
def two_runs(tmp_path):
    for name, hyperparameters in (("a", {"lr": 0.1, "rule": "adam"}), ("б/c", {"lr": "auto"})):
        with uz.Log(tmp_path / "runs" / name, hyperparameters=hyperparameters) as log:
            for step in range(3):
                log.scalars(step, {"loss": [0.1, np.nan, np.inf][step], "n": step})
            log.text(0, "note", "not a number")
    return uz.read(tmp_path / "runs")


def test_a_frame_holds_every_point_with_the_hyperparameters_of_its_run(two_runs):
    table = two_runs.frame()
    assert list(table.columns) == [
        "run", "tag", "step", "wall", "value", "hyperparameter/lr", "hyperparameter/rule",
    ]  # fmt: skip
    assert len(table) == 12
    losses = table[(table.run == "a") & (table.tag == "loss")]
    assert np.array_equal(losses.value, np.float32([0.1, np.nan, np.inf]), equal_nan=True)
    assert set(table["hyperparameter/lr"]) == {"0.1", "auto"}
    assert table.loc[table.run == "б/c", "hyperparameter/rule"].isna().all()


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_an_export_is_the_frame(two_runs, kind, tmp_path):
    path = tmp_path / f"out.{kind}"
    two_runs.export(path)
    found = pd.read_parquet(path) if kind == "parquet" else pd.read_csv(path)
    table = two_runs.frame()
    assert list(found.columns) == list(table.columns)
    for column in table.columns:
        same = found[column].astype(table[column].dtype)
        both_missing = found[column].isna() & table[column].isna()
        assert ((same == table[column]) | both_missing).all(), column


def test_an_export_to_json_is_strict_and_whole(two_runs, tmp_path):
    two_runs.export(tmp_path / "out.json")
    text = (tmp_path / "out.json").read_text()
    found = json.loads(text, parse_constant=pytest.fail)["runs"]
    assert found["a"]["hyperparameters"] == {"lr": 0.1, "rule": "adam"}
    assert found["a"]["status"] == "finished"
    assert found["б/c"]["scalars"]["loss"]["value"] == [0.1, None, None]
    assert found["б/c"]["scalars"]["n"]["step"] == [0, 1, 2]


def test_an_export_says_what_it_cannot_do(two_runs, tmp_path):
    with pytest.raises(InputError, match="choose one of csv, json, parquet"):
        two_runs.export(tmp_path / "out.xlsx")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no event files"):
        uz.read(tmp_path / "empty").export(tmp_path / "out.csv")


def test_a_pipe_is_no_event_file(tmp_path):
    os.mkfifo(tmp_path / "events.tfevents.pipe")
    assert uz.read(tmp_path).only.tags == {}


def test_scalars_as_tensors_take_no_more_memory_than_others(tmp_path):
    values = [value("loss", "scalars", dtype=1, float_val=[i]) for i in range(3000)]
    bare = [value("loss", "", dtype=1, float_val=[i]) for i in range(3000)]
    events = [
        schema.Event(step=i, summary={"value": [v]})
        for i, v in enumerate([values[0], *bare[1:], *values])
    ]
    written(tmp_path, *events)
    run = uz.read(tmp_path).only
    assert run.tags == {"loss": "scalars"}
    assert run.scalars("loss").value.tolist() == [*range(3000)] * 2
    assert len(run._contents.scalars["loss"]) == 1
