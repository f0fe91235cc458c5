"""What a training leaves in its folder besides scalars: histograms, pictures and the model's graph."""

import warnings

import jax
import numpy as np
import pytest

import uzviz as uz
from uzviz.log.sheets import sheet

EPOCHS = {"epochs": 4, "batch": 83}


@pytest.fixture(scope="module")
def digits():
    return uz.problems.classify("digits", hidden=[8])


@pytest.fixture(scope="module")
def folder(digits, tmp_path_factory):
    found = tmp_path_factory.mktemp("runs") / "a"
    uz.train(digits, uz.Adam(lr=1e-2), log=found, **EPOCHS)
    return found


@pytest.fixture(scope="module")
def theirs(folder):
    """TensorBoard's own view of the run, as its pages get it."""
    from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer

    multiplexer = plugin_event_multiplexer.EventMultiplexer(tensor_size_guidance={"histograms": 0})
    multiplexer.AddRunsFromDirectory(str(folder.parent))
    multiplexer.Reload()
    return data_provider.MultiplexerDataProvider(multiplexer, str(folder.parent))


def test_a_log_gets_histograms_of_every_layer(digits, folder, theirs):
    from tensorboard.context import RequestContext
    from tensorboard.data import provider

    run = uz.read(folder).only
    same = uz.train(
        digits, uz.Adam(lr=1e-2), probe=["weights", "gradients", "updates"], **EPOCHS
    ).probed
    found = theirs.read_tensors(
        RequestContext(), experiment_id="", plugin_name="histograms", downsample=1000,
        run_tag_filter=provider.RunTagFilter(runs=["a"]),
    )["a"]  # fmt: skip
    layers = ("layers/0", "layers/1")
    assert set(found) == {
        f"{kind}/{layer}" for kind in ("weights", "gradients", "updates") for layer in layers
    }
    for probed in same:
        for layer, histogram in probed.values.items():
            tag = f"{probed.probe}/{layer}"
            (read,) = (h for step, h in run.histograms(tag) if step == probed.step)
            assert np.array_equal(read.edges, histogram.edges)
            assert np.array_equal(read.counts, histogram.counts)
            (rows,) = (p.numpy for p in found[tag] if p.step == probed.step)
            assert np.array_equal(rows[:, 0], histogram.edges[:-1])
            assert np.array_equal(rows[:, 2], histogram.counts)
    assert len({p.step for p in same}) == len(run.images("pictures/first-layer"))


def test_probes_that_are_given_take_their_place(digits, tmp_path):
    uz.train(digits, uz.Adam(), log=tmp_path, probe=["gradient-norm"], every=20, **EPOCHS)
    run = uz.read(tmp_path).only
    assert "histograms" not in run.tags.values()
    assert run.scalars("gradient-norm/layers/0").step.tolist() == [0, 20, 40]


def test_pictures_show_the_worst_mistakes_and_the_first_layer(digits, folder, theirs):
    from tensorboard.context import RequestContext
    from tensorboard.data import provider

    run = uz.read(folder).training()
    split = digits.split(0)
    statistics = digits.fit(jax.tree.map(lambda x: x[split.train], digits.data))
    rows = jax.tree.map(lambda x: x[split.validation], digits.data)
    found = digits.pictures(run.w, digits.prepare(statistics, rows), rows)
    wrong, layer = found["misclassified"], found["first-layer"]
    accuracy = run.results["validation/accuracy"]
    assert len(wrong.images) == min(32, round((1 - accuracy) * len(split.validation)))
    digits_by_pixels = {x.tobytes(): int(y) for x, y in zip(*digits.data, strict=True)}
    truths = [digits_by_pixels[x.reshape(-1).tobytes()] for x in wrong.images]
    assert [int(c.split(" → ")[0]) for c in wrong.captions] == truths
    assert all(c.split(" → ")[0] != c.split(" → ")[1] for c in wrong.captions)
    weight = np.asarray(run.w.layers[0].weight)
    assert np.array_equal(layer.images, weight.reshape(8, 8, 8))

    listed = theirs.list_blob_sequences(
        RequestContext(), experiment_id="", plugin_name="images",
        run_tag_filter=provider.RunTagFilter(runs=["a"]),
    )["a"]  # fmt: skip
    assert set(listed) == {"pictures/misclassified", "pictures/first-layer"}
    logged = uz.read(folder).only
    step, (picture,) = logged.images("pictures/first-layer")[0]
    assert step == 0
    start = digits.init(uz.problems.key_for(0, "init"))
    first = np.asarray(start.layers[0].weight).reshape(8, 8, 8)
    assert np.array_equal(picture.pixels(), sheet(first, [], True))


def test_tensorboards_graph_page_gets_the_graph(digits, folder, theirs):
    from tensorboard.context import RequestContext
    from tensorboard.plugins import base_plugin

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tensorboard.plugins.graph import graphs_plugin
    plugin = graphs_plugin.GraphsPlugin(base_plugin.TBContext(data_provider=theirs))
    assert plugin.info_impl(RequestContext(), experiment="")["a"]["run_graph"]
    text, kind = plugin.graph_impl(RequestContext(), "a", None, False, "")
    assert kind == "text/x-protobuf"
    graph = uz.read(folder).only.graph
    assert text.count("node {") == len(graph.nodes)
    assert all(f'name: "{node.name}"' in text for node in graph.nodes)
    assert sum(n.parameters for n in graph.nodes) == 8 * 65 + 10 * 9
    assert next(n for n in graph.nodes if n.name == "layers/0/dot_general") == (
        "layers/0/dot_general", "dot_general", ("layers/0/weight", "batch/x"), ((8, 83),), "float32",
        0, 2 * 83 * 64 * 8,
    )  # fmt: skip


def test_images_given_as_arrays_are_pictured_and_tables_are_not(tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.uniform(size=(60, 5, 4, 3)), np.repeat(["кіт", "пес", "рак"], 20)
    least = {"rule": uz.GradientDescent(), "batch": 36, "epochs": 1, "every": 2}
    uz.train(uz.problems.classify((x, y), [4]), log=tmp_path / "images", **least)
    run = uz.read(tmp_path / "images").only
    ((_, (picture,)), *_) = run.images("pictures/misclassified")
    assert picture.height > 5
    uz.train(uz.problems.classify((x.reshape(60, -1), y), [4]), log=tmp_path / "table", **least)
    assert "images" not in uz.read(tmp_path / "table").only.tags.values()


def test_sheets_share_one_scale():
    images = np.array([[[0.0, 1.0]], [[2.0, np.nan]]])
    made = sheet(images, [], signed=False)
    assert made.shape[2] == 3
    levels = set(np.unique(made).tolist())
    assert levels == {0, 128, 255}
    signed = sheet(np.array([[[-2.0, 0.0, 2.0]]]), [], signed=True)
    side = signed.shape[0] // 2
    red, white, blue = (signed[side, x] for x in (10, signed.shape[1] // 2, -10))
    assert red[0] > red[2]
    assert blue[2] > blue[0]
    assert white.tolist() == [255, 255, 255]
    written = sheet(np.zeros((3, 2, 2, 1)), ["a", "б", "→"], signed=False)
    assert written.shape[0] > sheet(np.zeros((3, 2, 2, 1)), [], signed=False).shape[0]
