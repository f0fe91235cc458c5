"""Paths: which snapshots are kept, that they change no bit, and that a kill, a full disk or damage costs
no more than it must."""

import os
import subprocess
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import uzviz as uz
from uzviz import engine, log
from uzviz.api import paths as planning
from uzviz.cli.app import main
from uzviz.engine.plan import FREE_STOPS, STEPS_A_STOP, Plan
from uzviz.errors import InputError
from uzviz.log import checkpoints, paths

OPTIONS = {"epochs": 6, "batch": 83, "probe": ["gradient-norm"]}
RACE = {"lr": [1e-3, 1e-1], "seeds": 1, "final_seeds": 8, "epochs": 1, "batch": 83,
        "search": "random:2"}  # fmt: skip

PLANS = st.builds(
    lambda n, part, epochs: Plan(n, max(1, int(n * part)), 1, int(epochs * n)),
    st.integers(1, 30_000),
    st.floats(0, 1),
    st.floats(1, 3000),
)


@pytest.fixture(scope="module")
def digits():
    return uz.problems.classify("digits", hidden=[8])


@pytest.fixture(scope="module")
def flat():
    """Quicker to compile, for races."""
    return uz.problems.classify("digits", hidden=[])


@pytest.fixture(scope="module")
def logged(digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "a"
    return uz.train(digits, uz.Adam(lr=1e-2), log=folder, **OPTIONS), folder


@pytest.fixture
def copied(logged, tmp_path):
    """The same run in a folder to spoil."""
    subprocess.run(["cp", "-r", logged[1], tmp_path / "a"], check=True)
    return tmp_path / "a"


def assert_equal(a, b):
    """Two paths are equal to the bit."""
    assert np.array_equal(a.steps, b.steps)
    assert jax.tree.all(jax.tree.map(np.array_equal, a.w, b.w))


@given(PLANS, st.integers(2, 200))
def test_steps_rise_from_the_start_to_the_end_and_stop_training_seldom(plan, most):
    kept = plan.snapshots(most)
    assert len(kept) <= most
    assert (kept[0], kept[-1]) == (0, plan.steps)
    assert np.all(np.diff(kept) > 0)
    alone = {*kept} - {0, *plan.evaluations()}
    assert len(alone) <= max(FREE_STOPS, plan.steps // STEPS_A_STOP)


@given(st.integers(3, 7), st.integers(50, 200), st.sampled_from([1, 10, 100]))
def test_each_decade_has_as_many_steps(decades, most, every):
    plan = Plan(every, 1, 1, 10**decades)
    kept = np.array(plan.snapshots(most))
    late = kept[np.diff(kept, prepend=0) > 1]
    counts = [
        np.sum((late > edge / 10) & (late <= edge)) for edge in 10.0 ** np.arange(3, decades + 1)
    ]
    assert max(counts[1:], default=0) <= 1.3 * min(counts[1:], default=0) + 2


def test_fewer_than_two_snapshots_are_no_path():
    assert [Plan(10, 1, 1, 20).snapshots(most) for most in (0, 1)] == [[], []]
    assert Plan(1, 1, 1, 1).snapshots() == [0, 1]


def test_a_path_changes_no_bit_and_goes_through_what_shorter_runs_reach(digits, logged):
    run, folder = logged
    plain = uz.train(digits, uz.Adam(lr=1e-2), **OPTIONS)
    assert plain.path is None
    assert np.array_equal(plain.loss, run.loss)
    assert jax.tree.all(jax.tree.map(np.array_equal, plain.w, run.w))
    for at, w in ((0, engine.start_point(digits, 0)), (-1, run.w)):
        assert jax.tree.all(
            jax.tree.map(lambda x, y, at=at: np.array_equal(x[at], y), run.path.w, w)
        )
    at = 9
    shorter = uz.train(digits, uz.Adam(lr=1e-2), batch=83, gradients=83 * int(run.path.steps[at]))
    assert jax.tree.all(jax.tree.map(lambda x, y: np.array_equal(x[at], y), run.path.w, shorter.w))
    kept = uz.train(digits, uz.Adam(lr=1e-2), path_memory=10**6, **OPTIONS)
    assert_equal(kept.path, run.path)
    assert_equal(uz.read(folder).own.path(), run.path)
    assert_equal(uz.read(folder).training().path, run.path)


def test_what_is_kept_is_said(logged):
    run, folder = logged
    assert run.path_words == f"Path: {len(run.path.steps)} snapshots of 2.46 kB each."
    ((_, (card,)),) = uz.read(folder).only.text("card")
    assert run.path_words in card
    assert uz.read(folder).training().path_words == run.path_words


@pytest.mark.parametrize("parts", [2, 3, 17])
def test_the_memory_given_is_never_exceeded(digits, tmp_path, parts):
    memory = int(parts * 2480 + 800)
    run = uz.train(digits, uz.Adam(), **{**OPTIONS, "epochs": 2}, log=tmp_path, path_memory=memory)
    assert paths.place(tmp_path).stat().st_size <= memory
    assert parts - 1 <= len(run.path.steps) <= parts
    assert f"since {memory / 1e3:.3g} kB hold no more" in run.path_words


def test_a_net_too_large_for_two_snapshots_keeps_none_and_says_so(digits, tmp_path):
    run = uz.train(digits, uz.Adam(), **{**OPTIONS, "epochs": 1}, log=tmp_path, path_memory=3000)
    assert run.path is None
    assert run.path_words.startswith("Path: none, since its start and end take")
    assert not paths.place(tmp_path).exists()
    assert (
        uz.train(
            digits, uz.Adam(), **{**OPTIONS, "epochs": 1}, log=tmp_path / "b", path_memory=0
        ).path_words
        == ""
    )


@pytest.mark.parametrize("memory", [-1, 1.5, "64MB", True])
def test_memory_that_is_no_number_of_bytes_is_refused(digits, memory):
    with pytest.raises(InputError, match="The memory of paths is"):
        uz.train(digits, uz.Adam(), path_memory=memory)


@pytest.mark.parametrize("size", ["abc", "-3", "64XB", "", "1e9"])
def test_sizes_that_are_none_are_one_sentence(size, tmp_path, capsys):
    assert main(["train", "digits", "--log", str(tmp_path / "a"), f"--path-memory={size}"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"uzviz: --path-memory is '{size}', but must be a size such as 64MB")
    assert said.count("\n") == 1
    assert main(["race", "digits", "--path-memory", "1MB"]) == 2
    assert "give --log too" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_a_run_broken_off_and_resumed_has_the_same_bytes(digits, logged, tmp_path):
    def stop(record):
        if isinstance(record, uz.records.Steps) and record.first > 30:
            raise KeyboardInterrupt

    run = uz.train(digits, uz.Adam(lr=1e-2), log=tmp_path, on_record=stop, **OPTIONS)
    assert run.path.steps[-1] <= run.step
    assert_equal(uz.resume(tmp_path).path, logged[0].path)
    assert paths.place(tmp_path).read_bytes() == paths.place(logged[1]).read_bytes()


COMMAND = [sys.executable, "-m", "uzviz", "train"]
LONG = {**OPTIONS, "epochs": 199}
"""The most epochs of which each has a point of the curves: they take the programs of a few."""


def test_a_run_that_was_killed_ends_with_the_same_bytes(digits, tmp_path):
    folder = tmp_path / "a"
    sizes = ["--hidden", "8", "--epochs", "199", "--batch", "83", "--rule", "adam", "--lr", "0.01"]
    options = ["--log", str(folder), "--checkpoint-every", "0.02", "--probe", "gradient-norm"]
    process = subprocess.Popen([*COMMAND, "digits", *sizes, *options], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not checkpoints.steps(folder) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(np.random.default_rng().uniform(0, 0.3))
    process.kill()
    process.wait()
    uz.resume(folder)
    judge = uz.train(digits, uz.Adam(lr=0.01), **LONG, log=tmp_path / "b")
    assert paths.place(folder).read_bytes() == paths.place(tmp_path / "b").read_bytes()
    assert_equal(uz.read(folder).own.path(), judge.path)


def test_a_diverged_run_ends_its_path_where_it_stands(tmp_path):
    steep = uz.problems.quadratic([1.0], start=[1.0])
    run = uz.train(steep, uz.GradientDescent(lr=1e5), gradients=100, log=tmp_path)
    assert run.status == "diverged"
    assert run.path.steps[-1] == run.end.step < 100
    assert run.path.w[-1] == run.w
    before = paths.place(tmp_path).read_bytes()
    assert_equal(uz.resume(tmp_path).path, run.path)
    assert paths.place(tmp_path).read_bytes() == before


def test_a_damaged_snapshot_is_passed_over_with_a_sentence(logged, copied):
    data = bytearray(paths.place(copied).read_bytes())
    data[-10] ^= 1
    paths.place(copied).write_bytes(data)
    with pytest.warns(UserWarning, match="1 of its [0-9]+ snapshots are passed over"):
        found = uz.read(copied).own.path()
    assert np.array_equal(found.steps, logged[0].path.steps[:-1])


@pytest.mark.parametrize("left", [0, 5, 300, 5000])
def test_a_file_cut_short_is_passed_over_with_a_sentence(copied, left):
    paths.place(copied).write_bytes(paths.place(copied).read_bytes()[:left])
    with pytest.warns(UserWarning, match="is no path that is understood"):
        assert uz.read(copied).own.path() is None


@pytest.mark.parametrize(
    "head",
    [
        b"5",
        b"[]",
        b'{"step": 5}',
        b"[" * 100_000,
        b'{"step": {"dtype": "I64", "shape": [1, 1e999], "data_offsets": [0, 8]}}',
    ],
)
def test_a_file_that_is_something_else_is_passed_over_with_a_sentence(tmp_path, head):
    path = paths.place(tmp_path)
    path.parent.mkdir()
    path.write_bytes(len(head).to_bytes(8, "little") + head + bytes(100))
    with pytest.warns(UserWarning, match="is no path that is understood"):
        assert paths.read(tmp_path) is None


def test_a_file_that_is_gone_is_a_sentence_too(copied):
    paths.place(copied).unlink()
    run = uz.read(copied).training()
    with pytest.warns(UserWarning, match="is lost"):
        assert run.path is None


def test_a_path_lost_before_a_resume_begins_anew(digits, tmp_path):
    def stop(record):
        if isinstance(record, uz.records.Steps) and record.first > 30:
            raise KeyboardInterrupt

    run = uz.train(digits, uz.Adam(lr=1e-2), log=tmp_path, on_record=stop, **OPTIONS)
    paths.place(tmp_path).unlink()
    with pytest.warns(UserWarning, match="is lost or damaged"):
        again = uz.resume(tmp_path)
    assert again.status == "finished"
    assert run.step < again.path.steps[0] < again.path.steps[-1] == again.step


def test_a_full_disk_costs_the_path_and_not_the_training(digits, logged, tmp_path, monkeypatch):
    def full(file, data, offset):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.warns(RuntimeWarning, match="No space left") as found:
        run = uz.train(digits, uz.Adam(lr=1e-2), log=tmp_path, **OPTIONS)
    assert len(found) == 1
    assert np.array_equal(run.loss, logged[0].loss)
    monkeypatch.undo()


def test_runs_logged_before_there_were_paths_have_none():
    assert log.path_of({"start": {}}) == ((), "")


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16])
def test_parameters_of_any_type_and_shape_come_back(tmp_path, dtype):
    problem = uz.Problem(
        init=lambda key: {"a": jnp.ones((2, 3), dtype), "b": [jnp.ones(()), jnp.zeros(3, dtype)]},
        loss=lambda w, batch, key: sum(
            jnp.sum(jnp.square(x.astype(float))) for x in jax.tree.leaves(w)
        ),
    )
    run = uz.train(problem, uz.GradientDescent(lr=0.1), gradients=10, log=tmp_path)
    assert np.array_equal(run.path.steps, np.arange(11))
    shapes = jax.tree.map(lambda x: (x.shape, x.dtype), run.path.w)
    assert shapes == jax.tree.map(lambda x: ((11, *x.shape), x.dtype), run.w)
    assert jax.tree.all(jax.tree.map(lambda x, y: np.array_equal(x[-1], y), run.path.w, run.w))


def test_others_read_the_file(logged):
    from safetensors.numpy import load_file

    run, folder = logged
    found = load_file(paths.place(folder))
    assert np.array_equal(found["step"], run.path.steps)
    assert np.array_equal(found["w/layers/0/weight"], run.path.w.layers[0].weight)


def test_a_finals_paths_are_those_of_solo_runs(flat, tmp_path):
    rules = ["gd", "adam"]
    race = uz.race(flat, rules, log=tmp_path / "a", **RACE)
    plain = uz.race(flat, rules, **RACE)
    assert plain.table(lanes=True).equals(race.table(lanes=True))
    assert plain.path_words == ""
    with pytest.raises(InputError, match="This race kept none"):
        plain.path("adam", 1)
    few = uz.race(flat, rules, path_memory=2 * 3 * 90_000, **RACE)
    assert "of the first 2 of 8 seeds" in few.path_words
    with pytest.raises(InputError, match="no path of adam from seed 4"):
        few.path("adam", 4)
    group = race.finals[1].group
    lr = float(group.settings["lr"][0])
    solo = uz.train(flat, uz.Adam(lr=lr), epochs=1, batch=83, seed=4, path_memory=10**6).path
    lane = race.path("adam", 4)
    assert_equal(few.path("adam", 1), race.path("adam", 1))
    assert np.array_equal(lane.steps, solo.steps)
    near = jax.tree.map(lambda x, y: np.allclose(x, y, atol=1e-5), lane.w, solo.w)
    assert jax.tree.all(near)
    runs = uz.read(tmp_path / "a")
    assert_equal(runs["final/adam/seed-4"].path(), lane)
    assert_equal(runs.race().path("Adam", 4), lane)
    assert runs["final-nudged/adam/seed-4"].path() is None
    assert len([*(tmp_path / "a").rglob("path.safetensors")]) == 2 * 8
    with pytest.raises(InputError, match="no path of adam from seed 99"):
        race.path("adam", 99)


def test_a_races_memory_is_shared_by_its_lanes(digits):
    whole = log.path_size(planning._parameters(digits), 200)
    assert planning.of_final(digits, 7, 20, 140 * whole)[:2] == (20, 200)
    for memory in (3_000_000, 300_000, 40_000):
        seeds, most, words = planning.of_final(digits, 7, 20, memory)
        assert 1 <= seeds <= 20
        assert 2 <= most < 200
        assert seeds == 1 or most >= planning.ENOUGH
        assert 7 * seeds * log.path_size(planning._parameters(digits), most) <= memory
        assert "hold no more" in words
    assert planning.of_final(digits, 7, 20, 1000)[:2] == (0, 0)


def test_a_race_resumed_has_the_same_paths(flat, tmp_path):
    calls = []

    def stop(done, total, stage):
        calls.append(stage)
        if stage == "final" and calls.count("final") == 2:
            raise KeyboardInterrupt

    uz.race(flat, ["gd", "adam"], log=tmp_path / "a", on_progress=stop, **RACE)
    found = uz.resume(tmp_path / "a")
    whole = uz.race(flat, ["gd", "adam"], log=tmp_path / "b", **RACE)
    assert found.path_words == whole.path_words
    for seed in whole.finals[0].group.seeds:
        lane = log.lane_of(tmp_path / "b", "gd", seed)
        ours = log.lane_of(tmp_path / "a", "gd", seed)
        assert paths.place(ours).read_bytes() == paths.place(lane).read_bytes()
