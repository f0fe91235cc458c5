"""The log of any training loop: read by TensorBoard's own reader and by ours; nothing lost."""

import itertools
import multiprocessing
import subprocess
import sys
import threading
import time
import warnings

import numpy as np
import pytest

import uzviz as uz
from uzviz.errors import InputError
from uzviz.log import writer
from uzviz.records import Histogram


@pytest.fixture
def judge():
    """TensorBoard's reader of one run, every point of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    def read(folder):
        kinds = ("scalars", "tensors", "images", "histograms")
        found = EventAccumulator(str(folder), size_guidance=dict.fromkeys(kinds, 0))
        found.Reload()
        return found

    return read


def test_tensorboard_reads_every_scalar(tmp_path, judge):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(500, 3)).astype(np.float32)
    values[7] = [np.nan, np.inf, -np.inf]
    with uz.Log(tmp_path / "a") as log:
        for step, row in enumerate(values):
            named = dict(zip(["train/loss", "b", "Втрата"], row, strict=True))
            log.scalars(step, named, epoch=step / 10, gradients=32 * step)
    theirs, ours = judge(tmp_path / "a"), uz.read(tmp_path)["a"]
    for i, tag in enumerate(["train/loss", "b", "Втрата"]):
        events, points = theirs.Scalars(tag), ours.scalars(tag)
        assert np.array_equal([e.value for e in events], values[:, i], equal_nan=True)
        assert np.array_equal(points.value, values[:, i], equal_nan=True)
        assert [e.step for e in events] == points.step.tolist() == list(range(500))
        assert [e.wall_time for e in events] == points.wall.tolist()
    assert theirs.Scalars("progress/gradients")[-1].value == 32 * 499
    assert np.allclose(ours.scalars("progress/epoch").value, np.arange(500) / 10)


def test_tensorboard_reads_the_other_kinds(tmp_path, judge):
    from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
    from tensorboard.util import tensor_util

    x = np.random.default_rng(0).normal(size=1000)
    picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    with uz.Log(tmp_path) as log:
        log.histogram(3, "weights", np.append(x, np.nan))
        log.image(4, "numbers", picture)
        log.text(5, "note", "**so** it went")
        log.tensor(6, "grid", np.arange(6.0).reshape(2, 3))
    theirs = EventAccumulator(str(tmp_path))
    theirs.Reload()
    (event,) = theirs.Tensors("weights")
    rows = tensor_util.make_ndarray(event.tensor_proto)
    counts, edges = np.histogram(x, 30)
    assert np.array_equal(rows, np.stack([edges[:-1], edges[1:], counts], axis=-1))
    plugin = {
        t: theirs.SummaryMetadata(t).plugin_data.plugin_name for t in theirs.Tags()["tensors"]
    }
    assert plugin["weights"] == "histograms"
    assert plugin["numbers"] == "images"
    assert plugin["note"] == "text"
    run = uz.read(tmp_path).only
    assert run.tags == {
        "weights": "histograms",
        "numbers": "images",
        "note": "text",
        "grid": "tensors",
    }
    ((step, found),) = run.histograms("weights")
    assert step == 3
    assert np.array_equal(found.counts, counts)
    assert np.array_equal(found.edges, edges)
    ((_, (image,)),) = run.images("numbers")
    assert np.array_equal(image.pixels(), picture)
    assert run.text("note") == [(5, ["**so** it went"])]
    assert np.array_equal(run.tensors("grid")[0][1], np.arange(6.0).reshape(2, 3))


def test_tensorboards_hparams_page_lists_runs_with_metrics(tmp_path):
    from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
    from tensorboard.context import RequestContext
    from tensorboard.plugins import base_plugin
    from tensorboard.plugins.hparams import backend_context, list_session_groups
    from tensorboard.plugins.hparams.api_pb2 import ListSessionGroupsRequest

    for lr in (0.1, 0.2):
        hyperparameters = {"lr": lr, "rule": "adam", "nesterov": True}
        with uz.Log(tmp_path / f"{lr}", hyperparameters=hyperparameters, metrics=["loss"]) as log:
            log.scalars(1, {"loss": 10 * lr})
    multiplexer = plugin_event_multiplexer.EventMultiplexer().AddRunsFromDirectory(str(tmp_path))
    multiplexer.Reload()
    provider = data_provider.MultiplexerDataProvider(multiplexer, str(tmp_path))
    backend = backend_context.Context(base_plugin.TBContext(data_provider=provider))
    request, context = ListSessionGroupsRequest(slice_size=9), RequestContext()
    metadata = backend.hparams_metadata(context, "")
    experiment = backend.experiment_from_metadata(context, "", True, metadata, [])
    assert {h.name for h in experiment.hparam_infos} == {"lr", "rule", "nesterov"}
    assert [m.name.tag for m in experiment.metric_infos] == ["loss"]
    request.col_params.add(hparam="lr")
    request.col_params.add(metric=experiment.metric_infos[0].name)
    request.allowed_statuses.extend([0, 1, 2, 3])
    answer = list_session_groups.Handler(context, backend, "", request).run()
    groups = answer.session_groups
    found = {g.hparams["lr"].number_value: g.metric_values[0].value for g in groups}
    assert found == pytest.approx({0.1: 1.0, 0.2: 2.0})
    assert {s.status for g in groups for s in g.sessions} == {1}
    runs = uz.read(tmp_path)
    assert runs["0.1"].hyperparameters == {"lr": 0.1, "rule": "adam", "nesterov": True}
    assert runs["0.1"].status == "finished"


def test_what_goes_on_from_a_step_voids_what_lay_beyond(tmp_path, judge):
    with uz.Log(tmp_path) as log:
        for step in range(10):
            log.scalars(step, {"loss": step})
    with uz.Log(tmp_path, resumed_at=6) as log:
        for step in range(6, 12):
            log.scalars(step, {"loss": 100 + step})
    wanted = [*range(6), *range(106, 112)]
    assert uz.read(tmp_path).only.scalars("loss").value.tolist() == wanted
    assert [e.value for e in judge(tmp_path).Scalars("loss")] == wanted


def test_a_growing_run_is_followed(tmp_path):
    log = uz.Log(tmp_path / "a")
    log.scalars(1, {"loss": 1.0})
    log.flush()
    runs = uz.read(tmp_path)
    assert runs["a"].scalars("loss").step.tolist() == [1]
    assert runs["a"].status == "running"
    log.scalars(2, {"loss": 2.0})
    log.flush()
    uz.Log(tmp_path / "b").scalars(1, {"x": 0.0})
    deadline = time.monotonic() + 5
    while "b" not in runs and time.monotonic() < deadline:
        time.sleep(0.1)
        runs.refresh()
    assert runs["a"].scalars("loss").step.tolist() == [1, 2]
    log.close()
    for file in runs["b"].files:
        file.unlink()
    runs.refresh()
    assert list(runs) == ["a"]


KILLED = """
import sys, time, uzviz as uz
log = uz.Log(sys.argv[1])
for step in range(10**9):
    log.scalars(step, {"loss": step, "time": time.time() - 1.7e9})
    print(step, flush=True)
    time.sleep(.001)
"""


def test_a_killed_run_loses_a_second_at_most(tmp_path):
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    written = []
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        watcher = threading.Thread(
            target=lambda: written.extend(time.monotonic() for _ in process.stdout)
        )
        watcher.start()
        time.sleep(4)
        process.kill()
        watcher.join()
    run = uz.read(tmp_path).only
    steps = run.scalars("loss").step
    assert steps.tolist() == list(range(len(steps)))
    assert run.damage == []
    assert written[-1] - written[len(steps)] <= 1.0


def test_what_is_added_before_python_exits_is_written(tmp_path):
    code = "import sys, uzviz as uz; uz.Log(sys.argv[1]).scalars(1, {'loss': 2.0})"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert uz.read(tmp_path).only.scalars("loss").value.tolist() == [2.0]


def child(log, folder, number):
    log.scalars(10 + number, {"loss": float(number)})
    log.close()


@pytest.mark.filterwarnings("ignore:.*fork")
def test_forked_children_write_files_of_their_own(tmp_path):
    log = uz.Log(tmp_path)
    log.scalars(1, {"loss": 0.0})
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=child, args=(log, tmp_path, i)) for i in (1, 2)]
    for process in children:
        process.start()
    for process in children:
        process.join()
        assert process.exitcode == 0
    log.scalars(2, {"loss": 5.0})
    log.close()
    run = uz.read(tmp_path).only
    assert len(run.files) == 3
    points = run.scalars("loss")
    assert sorted(zip(points.step.tolist(), points.value.tolist(), strict=True)) == [
        (1, 0.0), (2, 5.0), (11, 1.0), (12, 2.0),
    ]  # fmt: skip


def test_two_writers_in_one_folder(tmp_path):
    logs = [uz.Log(tmp_path), uz.Log(tmp_path)]
    threads = [
        threading.Thread(target=lambda i=i: [logs[i].scalars(s, {f"{i}": s}) for s in range(2000)])
        for i in (0, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for log in logs:
        log.close()
    run = uz.read(tmp_path).only
    assert all(run.scalars(f"{i}").step.tolist() == list(range(2000)) for i in (0, 1))


def test_many_threads_may_write_one_log(tmp_path):
    with uz.Log(tmp_path) as log:
        threads = [
            threading.Thread(target=lambda i=i: [log.scalars(s, {f"{i}": s}) for s in range(500)])
            for i in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    run = uz.read(tmp_path).only
    assert all(run.scalars(f"{i}").step.tolist() == list(range(500)) for i in range(4))


FULL = """
import resource, signal, sys, warnings, uzviz as uz
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
log = uz.Log(sys.argv[1])
with warnings.catch_warnings(record=True) as found:
    warnings.simplefilter("always")
    for step in range(2000):
        log.scalars(step, {"loss": step})
        if step % 100 == 0:
            log.flush()
    log.close()
print([str(w.message) for w in found])
"""


def test_a_full_disk_warns_once_and_leaves_a_readable_log(tmp_path):
    command = [sys.executable, "-c", FULL, str(tmp_path / "a")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.count("cannot be written (File too large)") == 1
    run = uz.read(tmp_path)["a"]
    assert run.damage == []
    steps = run.scalars("loss").step.tolist()
    assert len(steps) > 100
    assert steps == sorted(set(steps))


def three_more(log):
    for step in range(2, 5):
        log.scalars(step, {"loss": 1.0})
        log.flush()
    log.close()


def test_a_lost_folder_warns_once_and_training_goes_on(tmp_path):
    folder = tmp_path / "a"
    log = uz.Log(folder)
    log.scalars(1, {"loss": 1.0})
    log.flush()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    with pytest.warns(RuntimeWarning, match="it is gone") as found:
        three_more(log)
    assert len(found) == 1


def test_a_folder_that_cannot_be_made_warns_once(tmp_path):
    (tmp_path / "file").write_text("")
    log = uz.Log(tmp_path / "file" / "a")
    with pytest.warns(RuntimeWarning, match="cannot be written") as found:
        three_more(log)
    assert len(found) == 1


def test_who_adds_faster_than_the_disk_takes_waits(tmp_path, monkeypatch):
    """The queue is bounded: memory stays small, and nothing is dropped."""
    monkeypatch.setattr(writer, "MOST_WAITING", 100)
    most = 0
    with uz.Log(tmp_path) as log:
        for step in range(5000):
            log.scalars(step, {"a": step, "b": step})
            most = max(most, log._writer._size)
    assert most <= 102
    assert uz.read(tmp_path).only.scalars("b").step.tolist() == list(range(5000))


def test_many_steps_in_bounded_memory(tmp_path):
    code = (
        "import sys, resource, uzviz as uz\n"
        "log = uz.Log(sys.argv[1])\n"
        "def memory(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for step in range(500_000):\n"
        "    log.scalars(step, {'loss': step})\n"
        "    if step == 200_000: first = memory()\n"
        "log.close()\n"
        "print(first, memory())\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    first, last = map(int, subprocess.run(command, capture_output=True, check=True).stdout.split())
    assert last < 1.2 * first
    points = uz.read(tmp_path).only.scalars("loss")
    assert np.array_equal(points.step, np.arange(500_000))
    assert np.array_equal(points.value, np.arange(500_000, dtype=np.float32))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda log: log.scalars("1", {"a": 1.0}), "step"),
        (lambda log: log.scalars(1.5, {"a": 1.0}), "step"),
        (lambda log: log.scalars(1, {"a": "much"}), "must be one number"),
        (lambda log: log.scalars(1, {"a": np.zeros(3)}), "must be one number"),
        (lambda log: log.scalars(1, {3: 1.0}), "must be a text"),
        (lambda log: log.image(1, "a", np.zeros(3)), "height"),
        (lambda log: log.image(1, "a", np.zeros((3, 3, 2))), "channels"),
        (lambda log: log.image(1, "a", np.array([["a"]])), "numbers"),
        (lambda log: log.text(1, "", "a"), "tag"),
        (lambda log: log.tensor(1, "a", np.zeros(1, np.complex64)), "complex64"),
    ],
)
def test_what_cannot_be_logged_is_refused_in_a_sentence(tmp_path, call, says):
    with uz.Log(tmp_path / "a") as log, pytest.raises(InputError, match=says):
        call(log)
    assert not (tmp_path / "a").exists()


def test_a_log_needs_a_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file"):
        uz.Log(tmp_path / "file")
    with pytest.raises(InputError, match="number, a text or a boolean"):
        uz.Log(tmp_path / "a", hyperparameters={"lr": [1]})
    with pytest.raises(InputError, match="no folder"):
        uz.read(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds 0 runs"):
        _ = uz.read(tmp_path).only


def test_the_log_needs_no_jax(tmp_path):
    code = (
        "import sys, uzviz as uz\n"
        "with uz.Log(sys.argv[1]) as log: log.scalars(1, {'a': 1.0}); log.histogram(1, 'h', [1., 2.])\n"
        "assert 'jax' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


def test_a_closed_writer_takes_nothing_more(tmp_path):
    log = uz.Log(tmp_path)
    log.close()
    with pytest.raises(InputError, match="closed"):
        log.scalars(1, {"a": 1.0})


def test_a_file_that_goes_on_is_read_after_all_others(tmp_path, judge, monkeypatch):
    monkeypatch.setattr(writer, "_numbers", itertools.count(9))
    with uz.Log(tmp_path) as log:
        for step in range(10):
            log.scalars(step, {"loss": step})
    with uz.Log(tmp_path, resumed_at=6) as log:
        log.scalars(6, {"loss": 106})
    wanted = [*range(6), 106]
    assert uz.read(tmp_path).only.scalars("loss").value.tolist() == wanted
    assert [e.value for e in judge(tmp_path).Scalars("loss")] == wanted


def test_a_child_of_a_resumed_log_voids_nothing(tmp_path):
    with uz.Log(tmp_path) as log:
        log.scalars(1, {"loss": 1.0})
    log = uz.Log(tmp_path, resumed_at=2)
    log.scalars(2, {"loss": 2.0})
    log.flush()
    child = multiprocessing.get_context("fork").Process(
        target=lambda: log.scalars(3, {"child": 3.0})
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # JAX and Python warn of forks beside threads
        child.start()
    child.join()
    log.close()
    run = uz.read(tmp_path).only
    assert run.scalars("loss").value.tolist() == [1.0, 2.0]
    assert run.scalars("child").value.tolist() == [3.0]


def test_two_processes_in_one_folder(tmp_path):
    code = """
import sys, uzviz as uz
with uz.Log(sys.argv[1]) as log:
    for step in range(1000):
        log.scalars(step, {sys.argv[2]: step})
"""
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in "ab"
    ]
    assert [p.wait() for p in processes] == [0, 0]
    run = uz.read(tmp_path).only
    assert all(run.scalars(tag).value.tolist() == list(range(1000)) for tag in "ab")


@pytest.mark.parametrize("status", ["finished", "diverged", "interrupted"])
def test_the_log_says_how_it_ended_without_hyperparameters_too(tmp_path, status):
    log = uz.Log(tmp_path)
    log.scalars(1, {"loss": 1.0})
    log.flush()
    assert uz.read(tmp_path).only.status == "running"
    log.close(status)
    said = {"diverged": "failed"}.get(status, status)
    assert uz.read(tmp_path).only.status == said


def test_a_closed_log_that_has_written_takes_nothing_more(tmp_path):
    log = uz.Log(tmp_path)
    log.scalars(1, {"loss": 1.0})
    log.close()
    log.close()
    with pytest.raises(InputError, match="is closed"):
        log.scalars(2, {"loss": 1.0})


def test_what_the_thread_cannot_write_is_said_and_stops_nobody(tmp_path, monkeypatch):
    def broken(waiting):
        raise ValueError("no such layout")

    with uz.Log(tmp_path) as log:
        log.scalars(1, {"loss": 1.0})
        log.flush()
        with monkeypatch.context() as patched:
            patched.setattr(writer, "_bytes_of", broken)
            log.scalars(2, {"loss": 2.0})
            with pytest.warns(RuntimeWarning, match="no such layout"):
                log.flush()
        log.scalars(3, {"loss": 3.0})
    assert uz.read(tmp_path).only.scalars("loss").value.tolist() == [1.0, 3.0]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda log: log.scalars(1, {"\ud800": 1.0}), "tag"),
        (lambda log: log.scalars(1, {"": 1.0}), "tag"),
        (lambda log: log.scalars(1, None), "by their tags"),
        (lambda log: log.scalars(1, {"a": 10**400}), "must be one number"),
        (lambda log: log.scalars(1, {"a": "1"}), "must be one number"),
        (lambda log: log.scalars(1, {"a": 1.0}, epoch="x"), "must be one number"),
        (lambda log: log.columns(np.arange(3), {"a": np.zeros((3, 2))}, np.zeros(3)), "columns"),
        (lambda log: log.columns(np.arange(3), {"a": np.zeros(2)}, np.zeros(3)), "columns"),
        (lambda log: log.columns(np.arange(3) / 2, {"a": np.zeros(3)}, np.zeros(3)), "columns"),
        (lambda log: log.histogram(1, "h", "abc"), "cannot be counted"),
        (lambda log: log.histogram(1, "h", [1.0, 2.0], bins=0), "cannot be counted"),
        (lambda log: log.histogram(1, "h", Histogram(np.zeros((3, 3)), np.zeros((2, 3)))), "edge"),
        (lambda log: log.text(1, "t", "\ud800"), "must be a text"),
        (lambda log: log.tensor(1, "x", np.array([3], object)), "other things"),
        (lambda log: log.graph(None), "graph"),
        (lambda log: log.close("well"), "choose one of"),
    ],
)
def test_odd_values_are_refused_and_lose_nothing_else(tmp_path, call, says):
    with uz.Log(tmp_path / "a") as log:
        log.scalars(0, {"good": 1.0})
        with pytest.raises(InputError, match=says):
            call(log)
    assert uz.read(tmp_path).only.scalars("good").value.tolist() == [1.0]


@pytest.mark.parametrize(
    "options",
    [
        {"folder": None},
        {"folder": "a\0b"},
        {"hyperparameters": 3},
        {"hyperparameters": {"a": None}},
        {"hyperparameters": {"a": "\ud800"}},
        {"hyperparameters": {"a": 10**400}},
        {"metrics": "loss"},
        {"metrics": [1]},
        {"group": 1},
        {"resumed_at": 1.5},
    ],
)
def test_odd_settings_of_a_log_are_refused(tmp_path, options):
    with pytest.raises(InputError):
        uz.Log(**{"folder": tmp_path, **options})


def test_numpys_numbers_are_numbers(tmp_path):
    hyperparameters = {"a": np.float32(0.5), "b": np.int64(3), "c": np.bool_(True)}
    with uz.Log(tmp_path, hyperparameters=hyperparameters) as log:
        log.scalars(np.int64(1), {"x": np.float32(2.0)})
        log.histogram(1, "h", [1e300])
        log.histogram(1, "i", np.full(9, 2.0**70))
    run = uz.read(tmp_path).only
    assert run.hyperparameters == {"a": 0.5, "b": 3.0, "c": True}
    assert np.sum(run.histograms("i")[0][1].counts) == 9
