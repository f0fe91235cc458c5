"""Races in the log: read back as they were, and resumed with nothing done twice."""

import shutil
import subprocess
import sys
import time
import warnings

import numpy as np
import pytest

import uzviz as uz
from uzviz.errors import InputError

OPTIONS = {"lr": [1e-3, 1e-1, 1e3], "seeds": 2, "final_seeds": 8, "epochs": 2, "batch": 83}
RULES = ["gd", "momentum"]


@pytest.fixture(scope="module")
def digits():
    return uz.problems.classify("digits", hidden=[8])


@pytest.fixture(scope="module")
def logged(digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("log") / "race"
    return uz.race(digits, RULES, log=folder, note="перша", **OPTIONS), folder


def assert_same(a, b):
    """Two races are equal to the bit, but for what a clock measured."""
    assert a.table(lanes=True).equals(b.table(lanes=True))
    clock = ["µs a step"]
    assert a.table().drop(columns=clock).equals(b.table().drop(columns=clock))
    assert a.sentences == b.sentences
    assert a.certificates == b.certificates
    assert a.protocol == b.protocol


def test_a_log_changes_no_bit_and_is_read_back(digits, logged):
    race, folder = logged
    assert_same(uz.race(digits, RULES, **OPTIONS), race)
    again = uz.read(folder).race()
    assert_same(again, race)
    assert again.table().equals(race.table())
    assert again.certificates
    again.plot()
    assert not again.interrupted
    ((_, (card,)),) = uz.read(folder).own.text("card")
    assert card.startswith("перша")


def test_lanes_of_the_final_are_runs_with_hyperparameters_and_results(logged):
    race, folder = logged
    lanes = race.table(lanes=True)
    lanes = lanes[(lanes["stage"] == "final") & (lanes["entrant"] == "momentum")]
    runs = uz.read(folder)
    for _, lane in lanes[lanes["role"] == "tuned"].iterrows():
        run = runs[f"final/momentum/seed-{lane['seed']}"]
        assert run.hyperparameters["lr"] == lane["lr"]
        assert run.hyperparameters["seed"] == lane["seed"]
        assert run.results["test/loss"] == pytest.approx(lane["test/loss"], rel=1e-6)
        assert run.status == "finished"
        points = run.scalars("validation/loss")
        assert points.step.tolist() == race.finals[1].group.points
    assert len([n for n in runs if n.startswith("final/momentum/")]) == 8
    finals = [n for n in runs if n.startswith("final")]
    assert len(finals) == sum(f.group.done.size for f in race.finals)


def test_tensorboard_opens_a_race(logged):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tensorboard.backend.event_processing import plugin_event_multiplexer
    _, folder = logged
    found = plugin_event_multiplexer.EventMultiplexer().AddRunsFromDirectory(str(folder))
    found.Reload()
    assert set(found.Runs()) == set(uz.read(folder))
    (card,) = found.Tensors(".", "card")
    assert card.tensor_proto.string_val
    graph = found.GetAccumulator(".").Graph()
    assert {"layers/0/weight", "layers/1/dot_general", "batch/x"} <= {n.name for n in graph.node}


@pytest.mark.parametrize("at", [1, 9, 20])
def test_a_race_broken_off_goes_on_and_does_nothing_twice(digits, logged, tmp_path, at):
    calls = []

    def stop(done, total, stage):
        calls.append(done)
        if len(calls) == at:
            raise KeyboardInterrupt

    first = uz.race(digits, RULES, log=tmp_path, on_progress=stop, **OPTIONS)
    assert first.interrupted
    read = uz.read(tmp_path).race()
    assert read.interrupted
    assert read.table(lanes=True).equals(first.table(lanes=True)) or not read.groups
    known = len(uz.log.LoggedRace(uz.read(tmp_path).own).pieces)
    assert_same(uz.resume(tmp_path), logged[0])
    assert_same(uz.read(tmp_path).race(), logged[0])
    own = uz.read(tmp_path).own
    assert len(own.events("uzviz/piece")) == len(uz.log.LoggedRace(own).pieces)
    assert len(own.events("uzviz/piece")) >= known


RACE = [sys.executable, "-m", "uzviz", "race"]


def test_a_race_killed_again_and_again_ends_at_the_same_bits(digits, tmp_path):
    """Where in the race it is killed, chance decides. Each of 199 epochs has a point of the curves: more would
    take other programs than a few."""
    folder, kills = tmp_path / "a", 0
    sizes = ["--hidden", "8", "--rules", "gd", "--lr", "1e-3,1e-1,1e3", "--seeds", "2",
             "--final-seeds", "8", "--epochs", "199", "--batch", "83"]  # fmt: skip
    command = [*RACE, "digits", *sizes, "--no-plot", "--log", str(folder)]
    for _ in range(2):
        begun = len(list(folder.glob("*tfevents*")))
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while len(list(folder.glob("*tfevents*"))) == begun and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(np.random.default_rng().uniform(0, 0.7))
        process.kill()
        kills += process.wait() != 0
        command = [*RACE, "--resume", str(folder), "--no-plot"]
    assert kills
    judge = uz.race(digits, ["gd"], **{**OPTIONS, "epochs": 199})
    assert_same(uz.resume(folder), judge)
    assert_same(uz.read(folder).race(), judge)
    assert uz.read(folder).damage == []


def test_a_race_by_seconds_goes_on_with_the_steps_it_was_given(digits, tmp_path):
    calls = []

    def stop(done, total, stage):
        calls.append(stage)
        if stage == "heats" and calls.count("heats") == 2:
            raise KeyboardInterrupt

    options = {**OPTIONS, "epochs": None, "seconds": 0.01}
    first = uz.race(digits, RULES, log=tmp_path, on_progress=stop, **options)
    again = uz.resume(tmp_path)
    assert again.protocol["budgets"] == first.protocol["budgets"]
    assert [g.plan for g in again.groups] == [g.plan for g in first.groups]


def test_ones_own_rule_is_read_without_it_and_resumed_with_it(tmp_path):
    @uz.rules.rule
    class Half(uz.rules.Rule):
        memory, title = 0, "half steps"
        lr: float = uz.hyper.hyperparameter(0.01, "(0, inf)", "step size")

        def init(self, w):
            return {}

        def step(self, f, w, s, t):
            loss, g = f(w)
            return uz.tree.each(lambda w, g: w - self.lr / 2 * g, w, g), s, loss

    calls = []

    def stop(*_):
        calls.append(1)
        if len(calls) == 6:
            raise KeyboardInterrupt

    problem = uz.problems.quadratic([1.0], spread=0.1)
    options = {"lr": [0.1, 1.0], "seeds": 2, "final_seeds": 8, "gradients": 20}
    uz.race(problem, [Half(), "gd"], log=tmp_path, on_progress=stop, **options)
    read = uz.read(tmp_path).race()
    assert read.names == ["half steps", "GD"]
    with pytest.raises(InputError, match="Half is a rule of your own"):
        uz.resume(tmp_path)
    whole = uz.race(problem, [Half(), "gd"], **options)
    assert_same(uz.resume(tmp_path, entrants=[Half(), "gd"]), whole)
    assert_same(uz.read(tmp_path).race(), whole)


def test_a_training_is_no_race(digits, tmp_path):
    uz.train(uz.problems.quadratic(), uz.GradientDescent(), gradients=5, log=tmp_path / "run")
    with pytest.raises(InputError, match="holds no race"):
        uz.read(tmp_path / "run").race()
    with pytest.raises(InputError, match="not the folder of a run"):
        uz.resume(tmp_path)
    with pytest.raises(InputError, match="holds a run already"):
        uz.race(digits, RULES, log=tmp_path / "run", **OPTIONS)


def test_pieces_that_are_damaged_are_trained_again(digits, logged, tmp_path):
    race, folder = logged
    shutil.copytree(folder, tmp_path / "a")
    run = uz.read(tmp_path / "a").own
    places = dict(
        zip(uz.log.LoggedRace(run).pieces, run._contents.entries["uzviz/piece"], strict=True)
    )
    struck = next(entry for place, entry in places.items() if place[0] == "final")
    data = bytearray(struck.file.read_bytes())
    data[struck.offset + struck.size // 2] ^= 1
    struck.file.write_bytes(data)
    assert uz.read(tmp_path / "a").race().interrupted
    assert_same(uz.resume(tmp_path / "a"), race)
    again = uz.read(tmp_path / "a").race()
    assert not again.interrupted
    assert_same(again, race)


def test_other_entrants_or_another_problem_are_refused(digits, tmp_path):
    def stop(done, total, stage):
        raise KeyboardInterrupt

    uz.race(digits, RULES, log=tmp_path, on_progress=stop, **OPTIONS)
    for entrants in (["gd"], ["gd", uz.Momentum(beta=0.1)]):
        with pytest.raises(InputError, match="not those of the race"):
            uz.resume(tmp_path, entrants=entrants)
    other = uz.problems.classify("digits", hidden=[8], activation="tanh")
    with pytest.raises(InputError, match="is not the problem"):
        uz.resume(tmp_path, problem=other)


def test_an_entrants_name_stays_below_the_folder(tmp_path):
    problem = uz.problems.quadratic()
    rules = [uz.Entrant(uz.Adam(), None, "../../а b/.."), uz.Entrant(uz.Adam(lr=0.1), None, "b")]
    uz.race(
        problem, rules, log=tmp_path / "x" / "y", lr=[0.1, 0.2], seeds=1, final_seeds=8, gradients=5
    )
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
    assert [p.name for p in (tmp_path / "x").iterdir()] == ["y"]
    names = [p.name for p in (tmp_path / "x" / "y" / "final").iterdir()]
    assert len(names) == 2
    assert not any(n.startswith(".") for n in names)
