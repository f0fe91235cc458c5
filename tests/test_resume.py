"""Trainings in the log: read back as they were, and resumed to the bit after any death."""

import json
import os
import subprocess
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz import log
from uzviz.cli.app import main
from uzviz.errors import InputError
from uzviz.log import checkpoints

OPTIONS = {"epochs": 12, "batch": 83, "probe": ["gradient-norm"], "every": 7}


@pytest.fixture(scope="module")
def digits():
    return uz.problems.classify("digits", hidden=[8])


@pytest.fixture(scope="module")
def whole(digits):
    """The run that never stopped."""
    return uz.train(digits, uz.Momentum(lr=1e-2), schedule="cosine", **OPTIONS)


def assert_same(a, b):
    """Two runs are equal to the bit."""
    assert a.status == b.status
    assert np.array_equal(a.loss, b.loss)
    pairs = zip(jax.tree.leaves(a.w), jax.tree.leaves(b.w), strict=True)
    assert all(np.array_equal(x, y) for x, y in pairs)
    for ours, theirs in ((a.evaluations, b.evaluations), (a.probed, b.probed)):
        assert [x.step for x in ours] == [y.step for y in theirs]
        for x, y in zip(ours, theirs, strict=True):
            assert x.values.keys() == y.values.keys()
            assert jax.tree.all(jax.tree.map(np.array_equal, dict(x.values), dict(y.values)))
    assert [e.epoch for e in a.evaluations] == [e.epoch for e in b.evaluations]
    assert [e.gradients for e in a.evaluations] == [e.gradients for e in b.evaluations]


def test_a_log_changes_no_bit_and_is_read_back(digits, whole, tmp_path):
    run = uz.train(digits, uz.Momentum(lr=1e-2), schedule="cosine", log=tmp_path / "a", note="Цілий",
                   checkpoint_every=0, **OPTIONS)  # fmt: skip
    assert_same(run, whole)
    logged = uz.read(tmp_path / "a")
    assert_same(logged.training(), whole)
    assert logged.rule() == uz.rules.scheduled(uz.Momentum(lr=1e-2), "cosine", whole.start.steps)
    again = uz.train(logged.problem(), uz.Momentum(lr=1e-2), schedule="cosine", **OPTIONS)
    assert_same(again, whole)
    ((_, (card,)),) = logged.only.text("card")
    assert card.startswith("Цілий")
    assert digits.checksum in card
    assert logged.only.hyperparameters["lr"] == 1e-2
    assert logged.only.status == "finished"
    progress = logged.only.scalars("progress/gradients")
    assert progress.value[-1] == whole.evaluations[-1].gradients


def test_states_kept_are_the_last_and_the_best(digits, tmp_path):
    run = uz.train(digits, uz.Momentum(lr=0.3), log=tmp_path, checkpoint_every=0, **OPTIONS)
    losses = [float(e.values["validation/loss"]) for e in run.evaluations[1:]]
    best = checkpoints.best(tmp_path)
    assert best.facts["validation/loss"] == pytest.approx(min(losses), rel=1e-6)
    assert len(checkpoints.steps(tmp_path)) == checkpoints.LAST
    assert checkpoints.newest(tmp_path).step == run.start.steps
    found = uz.train(
        digits, uz.Momentum(lr=0.3), **{**OPTIONS, "epochs": 1 + int(np.argmin(losses))}
    )
    kept = uz.tree.restored(found.w, best.tensors)
    pairs = zip(jax.tree.leaves(kept), jax.tree.leaves(found.w), strict=True)
    assert all(np.array_equal(x, y) for x, y in pairs)


@pytest.mark.parametrize("at", [1, 8])
def test_a_run_broken_off_goes_on_to_the_same_bits(digits, whole, tmp_path, at):
    seen = []

    def stop(record):
        seen.append(record)
        if len(seen) == at:
            raise KeyboardInterrupt

    run = uz.train(
        digits, uz.Momentum(lr=1e-2), schedule="cosine", log=tmp_path, on_record=stop, **OPTIONS
    )
    assert run.status == "interrupted"
    assert uz.read(tmp_path).only.status == "interrupted"
    assert uz.read(tmp_path).training().step == run.step
    assert_same(uz.resume(tmp_path), whole)
    assert_same(uz.resume(tmp_path), whole)
    assert_same(uz.read(tmp_path).training(), whole)


COMMAND = [sys.executable, "-m", "uzviz", "train"]
LONG = {**OPTIONS, "epochs": 100, "every": 100}
SIZES = ["--hidden", "8", "--epochs", "100", "--batch", "83", "--rule", "momentum", "--lr", "0.01",
         "--schedule", "cosine", "--probe", "gradient-norm", "--every", "100"]  # fmt: skip


def killed(command, begun, later):
    """Whether a process was there to be killed, so many seconds after it had begun."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not begun() and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(later)
    process.kill()
    return process.wait() != 0


def test_a_run_killed_again_and_again_ends_at_the_same_bits(digits, tmp_path):
    """Once with states behind it, and once wherever chance has it."""
    folder, json_ = tmp_path / "a", tmp_path / "ours.json"
    states = ["--checkpoint-every", "0.02"]
    first = [*COMMAND, "digits", *SIZES, "--log", str(folder), *states]
    assert killed(first, lambda: checkpoints.steps(folder), 0)
    resume = ["--resume", str(folder)]
    logs = len(list(folder.glob("*tfevents*")))
    chance = np.random.default_rng().uniform(0, 0.6)
    killed(
        [*COMMAND, *resume, *states], lambda: len(list(folder.glob("*tfevents*"))) > logs, chance
    )
    assert main(["train", *resume, "--json", str(json_)]) == 0
    judge = uz.train(digits, uz.Momentum(lr=1e-2), schedule="cosine", **LONG)
    assert_same(uz.read(folder).training(), judge)
    ours = json.loads(json_.read_text())
    assert ours["loss"] == judge.loss.tolist()
    assert ours["status"] == "finished"
    assert uz.read(folder).damage == []
    points = uz.read(folder).only.scalars("step/loss")
    assert np.array_equal(points.step, np.arange(1, judge.step + 1))


def test_a_run_killed_before_its_first_state_starts_again(digits, whole, tmp_path):
    uz.train(digits, uz.Momentum(lr=1e-2), schedule="cosine", log=tmp_path, **OPTIONS)
    for path in checkpoints.steps(tmp_path):
        path.unlink()
    assert_same(uz.resume(tmp_path), whole)
    assert_same(uz.read(tmp_path).training(), whole)
    run = uz.read(tmp_path).only
    assert len(run.text("card")) == 1
    for tag, kind in run.tags.items():
        if kind == "scalars":
            assert np.all(np.diff(run.scalars(tag).step) > 0), tag


def test_a_damaged_state_is_passed_over(digits, whole, tmp_path):
    uz.train(
        digits, uz.Momentum(lr=1e-2), schedule="cosine", log=tmp_path, checkpoint_every=0, **OPTIONS
    )
    last = checkpoints.steps(tmp_path)[-1]
    last.write_bytes(last.read_bytes()[:100])
    assert_same(uz.resume(tmp_path), whole)


def test_a_pipe_in_place_of_a_state_is_passed_over(tmp_path):
    uz.train(
        uz.problems.quadratic(),
        uz.GradientDescent(lr=1e-3),
        gradients=9,
        log=tmp_path / "a",
        checkpoint_every=0,
    )
    last = checkpoints.steps(tmp_path / "a")[-1]
    with pytest.raises(OSError, match="no file"):
        checkpoints.load(last.parent)
    last.unlink()
    os.mkfifo(last)
    with pytest.raises(OSError, match="no file"):
        checkpoints.load(last)
    assert uz.resume(tmp_path / "a").status == "finished"


def test_a_diverged_run_is_read_and_resumed_as_such(tmp_path):
    steep = uz.problems.quadratic([1.0], start=[1.0])
    run = uz.train(steep, uz.GradientDescent(lr=1e10), gradients=50, log=tmp_path / "a")
    assert run.status == "diverged"
    assert uz.read(tmp_path / "a").only.status == "failed"
    assert_same(uz.resume(tmp_path / "a"), run)


def test_ones_own_problem_is_given_again(tmp_path):
    def problem(target=3.0):
        x = np.linspace(0, 1, 40, dtype=np.float32)
        return uz.Problem(
            init=lambda key: jnp.zeros(2),
            loss=lambda w, b, key: jnp.mean((w[0] + w[1] * b[0] - b[1]) ** 2),
            data=(x, target * x),
        )

    run = uz.train(problem(), uz.Momentum(), batch=7, epochs=3, log=tmp_path)
    with pytest.raises(InputError, match="one of your own"):
        uz.read(tmp_path).problem()
    with pytest.raises(InputError, match="one of your own"):
        uz.resume(tmp_path)
    with pytest.raises(InputError, match="not those of the run"):
        uz.resume(tmp_path, problem=problem(4.0))
    assert_same(uz.resume(tmp_path, problem=problem()), run)
    assert_same(uz.read(tmp_path).training(problem()), run)


def test_data_that_changed_are_refused(tmp_path):
    file = tmp_path / "data.csv"
    rows = [f"{i},{i % 7},{2 * i}" for i in range(60)]
    file.write_text("\n".join(["a,b,y", *rows]))
    small = uz.problems.regress(f"{file}:y", hidden=[])
    uz.train(small, uz.GradientDescent(), batch=36, epochs=1, log=tmp_path / "run")
    assert uz.read(tmp_path / "run").problem().name == f"{file}:y"
    file.write_text("\n".join(["a,b,y", *rows[:-1], "59,3,0"]))
    with pytest.raises(InputError, match="no longer those of the run"):
        uz.resume(tmp_path / "run")


def test_a_state_of_something_else_is_refused(digits, tmp_path):
    uz.train(digits, uz.Momentum(), **{**OPTIONS, "epochs": 2}, log=tmp_path)
    for path in checkpoints.steps(tmp_path)[-1:]:
        kept = checkpoints.load(path)
        first = next(name for name in kept.tensors if name.startswith("w/"))
        checkpoints.save(tmp_path, path.stem, {**kept.tensors, first: np.zeros(3)}, kept.facts)
    with pytest.raises(InputError, match=f"{first} should be float32"):
        uz.read(tmp_path).training()
    with pytest.raises(InputError, match="state of another problem or rule"):
        uz.resume(tmp_path)


def test_another_machine_is_said(digits, tmp_path, monkeypatch):
    def stop(record):
        if isinstance(record, uz.records.Steps):
            raise KeyboardInterrupt

    uz.train(digits, uz.Momentum(), **{**OPTIONS, "epochs": 5}, log=tmp_path, on_record=stop)
    monkeypatch.setattr(uz.log.card, "cores", lambda: 96)
    with pytest.warns(UserWarning, match="cores 96 instead of"):
        assert uz.resume(tmp_path).status == "finished"


def test_a_folder_with_a_run_is_not_written_over(digits, tmp_path):
    uz.train(digits, uz.Momentum(), **{**OPTIONS, "epochs": 1}, log=tmp_path)
    with pytest.raises(InputError, match="holds a run already"):
        uz.train(digits, uz.Momentum(), **{**OPTIONS, "epochs": 1}, log=tmp_path)
    with uz.Log(tmp_path / "other") as other:
        other.scalars(1, {"a": 1.0})
    with pytest.raises(InputError, match="holds no training of Uzviz"):
        uz.resume(tmp_path / "other")


def test_a_full_disk_keeps_the_state_before(tmp_path, digits, monkeypatch):
    real, calls = checkpoints._sync, []

    def full(path):
        calls.append(path)
        if len(calls) > 6:
            raise OSError(28, "No space left on device")
        real(path)

    monkeypatch.setattr(checkpoints, "_sync", full)
    with pytest.warns(RuntimeWarning, match="No space left") as found:
        run = uz.train(digits, uz.Momentum(), log=tmp_path, checkpoint_every=0, **OPTIONS)
    assert len(found) == 1
    assert run.status == "finished"
    monkeypatch.setattr(checkpoints, "_sync", real)
    kept = checkpoints.newest(tmp_path)
    assert 0 < kept.facts["step"] < run.start.steps
    assert not list((tmp_path / checkpoints.FOLDER).glob(".*"))
    assert_same(uz.resume(tmp_path), run)


def quadratic_run(folder=None, **options):
    """One that is finite in every step, and not at its last evaluation."""
    return uz.train(
        uz.problems.quadratic(), uz.GradientDescent(lr=1e10), gradients=2, log=folder, **options
    )


def test_a_run_read_back_ended_as_it_did(tmp_path):
    run = quadratic_run(tmp_path)
    assert uz.read(tmp_path).training().status == run.status
    assert uz.resume(tmp_path).status == run.status
    assert {"diverged": "failed"}.get(run.status, run.status) == uz.read(tmp_path).only.status


def test_another_rule_or_problem_is_refused_and_leaves_the_log_as_it_was(digits, tmp_path):
    run = uz.train(digits, uz.Momentum(lr=1e-2), log=tmp_path, **OPTIONS)
    before = sorted((p.name, p.stat().st_size) for p in tmp_path.rglob("*"))
    other = uz.problems.classify("digits", hidden=[8], activation="tanh")
    for wrong in ({"rule": uz.Momentum(lr=9.0)}, {"rule": uz.Adam()}, {"rule": "momentum"},
                  {"problem": other}, {"problem": "digits"}):  # fmt: skip
        with pytest.raises(InputError):
            uz.resume(tmp_path, **wrong)
    assert sorted((p.name, p.stat().st_size) for p in tmp_path.rglob("*")) == before
    assert_same(uz.resume(tmp_path, rule=uz.Momentum(lr=1e-2), problem=digits), run)


def test_a_state_whose_past_is_lost_is_not_gone_on_from(digits, whole, tmp_path):
    uz.train(
        digits, uz.Momentum(lr=1e-2), schedule="cosine", log=tmp_path, checkpoint_every=0, **OPTIONS
    )
    (file,) = tmp_path.glob("*tfevents*")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert_same(uz.resume(tmp_path), whole)


def test_a_bit_that_turned_in_a_state_is_noticed(digits, whole, tmp_path):
    uz.train(
        digits, uz.Momentum(lr=1e-2), schedule="cosine", log=tmp_path, checkpoint_every=0, **OPTIONS
    )
    newest = checkpoints.steps(tmp_path)[-1]
    for path in (newest, tmp_path / checkpoints.FOLDER / "best.safetensors"):
        data = bytearray(path.read_bytes())
        data[-50] ^= 1
        path.write_bytes(data)
    assert_same(uz.resume(tmp_path), whole)


def test_a_folder_in_which_another_process_trains_is_left_alone(digits, tmp_path):
    uz.train(digits, uz.Momentum(), **{**OPTIONS, "epochs": 1}, log=tmp_path)
    with log.held(tmp_path), pytest.raises(InputError, match="Another process"):
        uz.resume(tmp_path)
    assert uz.resume(tmp_path).status == "finished"


@pytest.mark.parametrize("name", ["train", "validation/x", "step", "uzviz", "", 3])
def test_probes_take_no_name_of_ours(digits, tmp_path, name):
    with pytest.raises(InputError, match="A probe is called"):
        uz.train(digits, uz.Momentum(), probe={name: lambda w, s, oracle, key: {}}, log=tmp_path)


@pytest.mark.parametrize("found", [None, 3, {"a": {"b": 1}}, {"a": None}])
def test_what_a_probe_returns_is_checked(digits, found):
    with pytest.raises(InputError, match="must return a dict"):
        uz.train(
            digits, uz.Momentum(), batch=83, epochs=1, probe={"p": lambda w, s, oracle, key: found}
        )


def test_parameters_of_one_path_are_refused_before_training(tmp_path):
    def init(key):
        return {"a/b": jnp.zeros(3), "a": {"b": jnp.zeros(3)}}

    problem = uz.Problem(init, lambda w, batch, key: jnp.sum(w["a/b"] ** 2 + w["a"]["b"]))
    with pytest.raises(InputError, match="the same path"):
        uz.train(problem, uz.Momentum(), gradients=3, log=tmp_path)


@pytest.mark.parametrize("words", ["not json", "{}", "[]", "3"])
def test_records_that_are_not_understood_are_sentences(tmp_path, words):
    with uz.Log(tmp_path) as other:
        other.tensor(0, "uzviz/run", np.array([words], object))
    with pytest.raises(InputError, match="understood"):
        uz.resume(tmp_path)
    with uz.Log(tmp_path) as other:
        other.tensor(0, "uzviz/race", np.array([words], object))
    with pytest.raises(InputError, match="understood"):
        uz.read(tmp_path).race()
