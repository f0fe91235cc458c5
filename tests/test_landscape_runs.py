"""Landscapes of runs and races: computed, logged, read back without JAX, broken off and gone on with."""

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz.cli.app import main
from uzviz.errors import InputError
from uzviz.log import checkpoints

SMALL = {"size": 7, "examples": 64}
MINE = """
import jax.numpy as jnp
import uzviz as uz

def made(n, loss):
    return uz.Problem(init=lambda key: jnp.full(n, 2.0), loss=lambda w, batch, key: loss(w), name="mine")

def bowl(): return made(3, lambda w: (jnp.arange(1, 4) * w**2).sum() / 2)
def longer(): return made(4, lambda w: (w**2).sum())
def along(w): return 0 * w + jnp.asarray([1.0, 0, 0])
one = 3
def nowhere(): return made(3, lambda w: (w * jnp.nan).sum())
"""


@pytest.fixture(scope="module")
def digits():
    return uz.problems.classify("digits", hidden=[])


@pytest.fixture(scope="module")
def logged(digits, tmp_path_factory):
    """A folder with trainings and a race; nothing is written in it."""
    folder = tmp_path_factory.mktemp("runs")
    uz.train(digits, uz.Adam(), batch=83, epochs=2, probe=[], log=folder / "adam")
    hills = uz.problems.quadratic([1, 2, 3, 4])
    for lr, name in ((0.1, "gd"), (0.05, "other")):
        uz.train(hills, uz.GradientDescent(lr=lr), gradients=20, probe=[], log=folder / name)
    uz.race(
        hills,
        ["gd", "momentum"],
        lr=[1e-2],
        seeds=8,
        final_seeds=8,
        gradients=20,
        log=folder / "race",
    )
    return folder


@pytest.fixture
def runs(logged, tmp_path):
    """A copy of it."""
    return shutil.copytree(logged, tmp_path / "runs")


def assert_same(a, b):
    """Two landscapes are equal to the bit."""
    assert all(x.tobytes() == y.tobytes() for x, y in zip(a.axes, b.axes, strict=True))
    assert {k: x.tobytes() for k, x in a.values.items()} == {
        k: x.tobytes() for k, x in b.values.items()
    }
    assert a.done.tobytes() == b.done.tobytes()
    assert list(a.paths) == list(b.paths)
    for label, path in a.paths.items():
        pairs = zip(path, b.paths[label], strict=True)
        assert all(np.asarray(x).tobytes() == np.asarray(y).tobytes() for x, y in pairs)
    assert a.facts == b.facts


READ = """
import json, sys, uzviz as uz
found = uz.read(sys.argv[1]).only.landscapes
print(json.dumps({name: one.to_dict() for name, one in found.items()}))
print(*[x.tobytes().hex() for x in found["random"].values.values()])
assert not {"jax", "matplotlib"} & set(sys.modules)
"""


def test_a_run_is_mapped_logged_and_read_back_without_jax(digits, runs):
    run = uz.read(runs / "adam").training()
    land = uz.landscape(runs / "adam", **SMALL)
    ground = land.grid.ground
    assert ground.seed == run.start.seeds[0]
    assert land.loss[3, 3] == pytest.approx(ground.loss(run.w), rel=1e-5)
    assert land.measured["loss"]["train"] == ground.loss(run.w)
    path = land.paths["adam"]
    assert path.loss[0] == pytest.approx(ground.loss(jax.tree.map(lambda x: x[0], run.path.w)))
    assert path.coordinates[-1] == pytest.approx([0, 0])
    assert path.distance[-1] == 0
    assert_same(uz.read(runs / "adam").only.landscapes["random"], land)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(runs / "adam")], check=True, capture_output=True, text=True
    )
    told, data = done.stdout.splitlines()
    assert json.loads(told)["random"] == json.loads(json.dumps(land.to_dict()))
    assert data.split() == [x.tobytes().hex() for x in land.values.values()]
    assert uz.read(runs / "adam").only.status == "finished"
    assert_same(uz.landscape(run, **SMALL, beside=runs / "adam", name="x"), _with_twin(land))


def _with_twin(land):
    """The landscape, its path called by the rule's name and then by the folder's."""
    land.paths = {"adam": land.paths["adam"], "adam-2": land.paths["adam"]}
    return land


def test_what_is_asked_for_again_is_read_and_another_has_a_name_of_its_own(runs):
    first = uz.landscape(runs / "gd", dimensions=1, size=9)
    files = sorted((runs / "gd").iterdir())
    again = uz.landscape(runs / "gd", dimensions=1, size=9, on_tile=fail)
    assert_same(again, first)
    assert sorted((runs / "gd").iterdir()) == files
    uz.landscape(runs / "gd", dimensions=1, size=5)
    assert {n: x.shape for n, x in uz.read(runs / "gd").landscapes.items()} == {
        "random": (9,), "random-2": (5,),
    }  # fmt: skip
    with pytest.raises(InputError, match=r"called random, with other size: give another name"):
        uz.landscape(runs / "gd", dimensions=1, size=5, name="random")
    more = uz.landscape(runs / "gd", dimensions=1, size=9, name="random", beside=runs / "other")
    assert list(more.paths) == ["gd", "other"]
    uz.landscape(runs / "gd", dimensions=1, size=3, log=False)
    assert list(uz.read(runs / "gd").landscapes) == ["random", "random-2"]


def fail(tile):
    pytest.fail("nothing is to be computed")


def stop(tile):
    raise KeyboardInterrupt


def test_ctrl_c_leaves_what_is_done_and_the_rest_is_the_same_bits(runs):
    options = {"directions": "path", "size": 21}
    whole = uz.landscape(runs / "gd", **options, log=False)
    part = uz.landscape(runs / "gd", **options, on_tile=stop)
    assert part.interrupted
    assert 0 < part.done.sum() < part.done.size
    kept = uz.read(runs / "gd").landscapes["path"]
    assert np.array_equal(kept.done, part.done)
    assert np.array_equal(kept.loss[kept.done], whole.loss[kept.done])
    tiles = []
    assert_same(uz.landscape(runs / "gd", **options, on_tile=tiles.append), whole)
    assert sum(len(t.places) for t in tiles) < part.done.size
    assert_same(uz.read(runs / "gd").landscapes["path"], whole)
    assert whole.facts["directions"]["explained"][0] > 0.5


KILLED = """
import time, sys, uzviz as uz
uz.landscape(sys.argv[1], directions="hessian", size=21, on_tile=lambda tile: time.sleep(60))
"""


def test_a_killed_landscape_goes_on_to_the_same_bytes(runs):
    folder = runs / "gd"
    before = len(list(folder.glob("*tfevents*")))
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(folder)])
    deadline = time.monotonic() + 60
    while len(list(folder.glob("*tfevents*"))) == before or not _points(folder):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = _points(folder)
    options = {"directions": "hessian", "size": 21}
    tiles = []
    land = uz.landscape(folder, **options, on_tile=tiles.append)
    assert kept + sum(len(t.places) for t in tiles) == land.done.size
    assert_same(land, uz.landscape(folder, **options, log=False))
    assert_same(uz.read(folder).landscapes["hessian"], land)


def _points(folder):
    return sum(int(x.done.sum()) for x in uz.read(folder).landscapes.values())


def test_a_training_that_goes_on_from_before_voids_what_was_around_its_later_steps(runs):
    folder = runs / "gd"
    uz.landscape(folder, dimensions=1, size=3)
    last, step = checkpoints.steps(folder)[-1], checkpoints.newest(folder).step
    with uz.Log(folder, resumed_at=step) as log:
        log.scalars(step, {"step/loss": 1.0})
    assert uz.read(folder).landscapes == {}
    assert last.exists()


def test_all_entrants_of_a_final_are_on_one_ground(runs):
    race = uz.read(runs / "race").race()
    land = uz.landscape(runs / "race", **SMALL)
    assert land.directions.kind == "path"
    assert list(land.paths) == ["gd", "momentum"]
    winner = race.winner.entrant.name
    assert land.paths[winner].distance[-1] == pytest.approx(0, abs=1e-6)
    assert_same(uz.read(runs / "race").landscapes["path"], land)
    seed = race.finals[0].group.seeds[1]
    other = uz.landscape(runs / "race", **SMALL, final_seed=seed, centre="gd", log=False)
    assert other.grid.ground.seed == seed
    assert other.paths["gd"].coordinates[-1] == pytest.approx([0, 0], abs=1e-6)
    lane = uz.landscape(
        runs / "race" / "final" / "gd" / f"seed-{seed}",
        dimensions=1,
        size=3,
        examples=64,
        curvature=True,
    )
    (gd,) = [f.group for f in race.finals if f.group.entrant.name == "gd"]
    known = 2 / float(gd.settings["lr"][0])
    assert lane.measured["curvature"]["sharpness"]["threshold"] == pytest.approx(known)
    assert lane.loss[1] == pytest.approx(other.measured["loss"]["train"], rel=1e-5)
    assert list(lane.paths) == ["gd"]
    made = uz.read(runs / "race" / "final" / "gd" / f"seed-{seed}").landscapes["random"].begun
    assert made["step"] == gd.plan.steps
    with pytest.raises(InputError, match="those of the final are from"):
        uz.landscape(runs / "race", final_seed=999)
    assert uz.read(runs / "race").race().sentences == race.sentences


def test_towards_another_run_there_is_a_barrier(runs):
    land = uz.landscape(runs / "gd", towards=runs / "other", size=7)
    other = uz.read(runs / "other").training()
    assert land.paths["other"].coordinates[-1] == pytest.approx([1.0])
    assert land.shape == (7,)
    assert land.axes[0][[0, -1]].tolist() == [-0.25, 1.25]
    assert land.measured["barriers"]["other"] >= 0
    best = uz.landscape(runs / "gd", at="best", towards=other, size=3, log=False)
    kept = checkpoints.best(runs / "gd").tensors
    assert np.array_equal(best.grid.w, kept["w"])


def test_any_loss_of_any_pytree():
    bowl = uz.Problem(init=lambda key: {"a": jnp.ones(3), "b": jnp.zeros(())},
                      loss=lambda w, batch, key: (w["a"] ** 2).sum() + w["b"] ** 2)  # fmt: skip
    land = uz.landscape(bowl, {"a": jnp.zeros(3), "b": jnp.zeros(())}, normalise="none", size=5)
    assert land.loss.min() == land.loss[2, 2] == 0
    own = uz.landscape(bowl, directions=[{"a": jnp.ones(3), "b": jnp.zeros(())}], size=3, span=1)
    assert own.loss.tolist() == [0, 3, 12]
    with pytest.raises(InputError, match="A direction has \\[2\\] at a"):
        uz.landscape(bowl, directions=[{"a": jnp.ones(2), "b": jnp.zeros(())}])
    with pytest.raises(InputError, match="The directions are 5, but must be a kind"):
        uz.landscape(bowl, directions=5)
    with pytest.raises(InputError, match="The dimensions are 0"):
        uz.landscape(bowl, directions="random", dimensions=0)
    with pytest.raises(InputError, match="Directions and runs"):
        uz.landscape(bowl, directions="random", towards=bowl)
    with pytest.raises(InputError, match="The run is 3, but must be a Run"):
        uz.landscape(3)


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A folder with a user's own function, and a run of it."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "my_problem.py").write_text(MINE)
    sys.modules.pop("my_problem", None)
    command = [
        "train",
        "--problem",
        "my_problem:bowl",
        "--rule",
        "gd",
        "--lr",
        "0.1",
        "--gradients",
        "40",
    ]
    with contextlib.chdir(folder):
        assert main([*command, "--log", "own"]) == 0
    return folder


@pytest.fixture
def mine(own, tmp_path, monkeypatch):
    """A copy of it, as the current folder."""
    shutil.copytree(own, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    sys.modules.pop("my_problem", None)
    return ["landscape", "own", "--problem", "my_problem:bowl", "--size", "5"]


def test_the_command_prints_figures_and_writes_strict_json_and_a_picture(mine, tmp_path, capsys):
    capsys.readouterr()
    assert main([*mine, "--curvature", "--json", "l.json", "--maps", "gradient-norm"]) == 0
    said = capsys.readouterr().out
    for words in ("loss at the centre: train", "no holes", "path of own", "largest eigenvalues 3 ±", "smallest 1 ±",
                  "trace 6 ±", "sharpness 3 ±", "threshold of the rule: 20", "Drew landscape.png"):  # fmt: skip
        assert words in said
    assert (tmp_path / "landscape.png").read_bytes().startswith(b"\x89PNG")
    found = json.loads((tmp_path / "l.json").read_text(), parse_constant=pytest.fail)
    assert np.shape(found["maps"]["gradient-norm"]) == (5, 5)
    assert found["facts"]["measured"]["curvature"]["sharpness"]["threshold"] == 20
    assert len(found["facts"]["measured"]["curvature"]["top"]) == 2
    (tmp_path / "landscape.png").unlink()
    assert main([*mine, "--dimensions", "1", "--span", "-1,2", "--no-plot"]) == 0
    assert not (tmp_path / "landscape.png").exists()
    assert list(uz.read("own").landscapes) == ["random", "random-2"]


def test_the_command_looks_along_directions_of_ones_own(mine, tmp_path):
    asked = [
        "--directions",
        "my_problem:along",
        "--span",
        "1",
        "--parts",
        "train",
        "--json",
        "l.json",
    ]
    assert main([*mine, *asked, "--no-plot", "--no-log"]) == 0
    found = json.loads((tmp_path / "l.json").read_text())
    assert found["facts"]["directions"]["kind"] == "own"
    end = checkpoints.newest(tmp_path / "own").tensors["w"]
    losses = [(end + a * np.eye(3)[0]) ** 2 @ [1, 2, 3] / 2 for a in found["axes"][0]]
    assert list(found["maps"]) == ["train/loss"]
    assert found["maps"]["train/loss"] == pytest.approx(losses, rel=1e-5)


def test_ctrl_c_ends_the_command_with_130(mine, monkeypatch, capsys):
    from uzviz import landscapes

    whole = landscapes.mapped

    def broken(*given):
        yield next(whole(*given))
        raise KeyboardInterrupt

    monkeypatch.setattr(landscapes, "mapped", broken)
    assert main([*mine, "--size", "21", "--no-plot"]) == 130
    assert "the same command goes on" in capsys.readouterr().out
    monkeypatch.undo()


BAD = [
    (["nothing"], "nothing does not exist, but must be the folder of a run"),
    (["."], ". is not the folder of a run"),
    (["own"], "The problem is one of your own"),
    (["own", "--problem", "my_problem:longer"], "the state of another problem or rule"),
    (["own", "--problem", "my_problem:nowhere", "--size", "3"], "finite at no point"),
    (["own", "--problem", "my_problem:bowl", "--size", "3", "--name", "random"], "other loss at the centre"),
    (["own", "--problem", "my_problem:bowl", "--towards", "own"], "A direction has norm 0"),
    (["own", "--problem", "my_problem:bowl", "--towards", "four"], "is not the problem of the run"),
    (["own", "--problem", "my_problem:bowl", "--size", "100000"], "100000 × 100000 points of 3"),
    (["own", "--problem", "my_problem:bowl", "--memory", "1kB"], "1,000 bytes"),
    (["own", "--problem", "my_problem:bowl", "--size", "many"], "--size"),
    (["own", "--problem", "my_problem:bowl", "--span", "2,1"], "that rise"),
    (["own", "--problem", "my_problem:bowl", "--directions", "rand"], "random"),
    (["own", "--problem", "my_problem:bowl", "--directions", "my_problem:nothing"], "has no 'nothing'"),
    (["own", "--problem", "my_problem:bowl", "--directions", "my_problem:one"], "A direction has [] at w, but must have [3]"),
    (["own", "--problem", "my_problem:bowl", "--directions", "my_problem:bowl"], "a function of w alone"),
    (["own", "--problem", "my_problem:bowl", "--directions", "a b:c"], "no module has such a name"),
    (["own", "--problem", "my_problem:bowl", "--parts", "all"], "train, validation"),
    (["own", "--problem", "my_problem:bowl", "--curvature", "--eigenvalues", "0"], "from 1 to 50"),
    (["own", "--problem", "my_problem:bowl", "--eigenvalues", "3"], "without --curvature: give that too"),
    (["own", "--problem", "my_problem:bowl", "--lanczos", "3"], "give --maps curvature"),
    (["own", "--problem", "my_problem:bowl", "--size", "3", "--memory", "0"], "but 0 bytes"),
    (["own", "--problem", "my_problem:bowl", "--normalise", "filters"], "did you mean filter"),
    (["own", "--problem", "my_problem:bowl", "--examples", "few"], "'all'"),
    (["own", "--problem", "my_problem:bowl", "--maps", "loss"], "gradient-norm"),
    (["own", "--problem", "my_problem:bowl", "--at", "first"], "last, best"),
    (["own", "--problem", "my_problem:bowl", "--centre", "adam"], "this is none"),
    (["own", "--problem", "my_problem:bowl", "--dimensions", "3"], "must be 1 or 2"),
    (["own", "--problem", "my_problem:bowl", "--name", ""], "printable"),
    (["own", "--problem", "my_problem:bowl", "--plot", "l.gif"], ".png"),
    (["bare", "--problem", "my_problem:bowl"], "holds no checkpoint"),
]  # fmt: skip


def test_bad_input_is_one_sentence(mine, tmp_path, capsys):
    shutil.copytree("own", "bare")
    shutil.rmtree("bare/checkpoints")
    assert (
        main(["train", "quadratic", "--spectrum", "1,2,3,4", "--gradients", "5", "--log", "four"])
        == 0
    )
    for arguments, words in BAD:
        capsys.readouterr()
        assert main(["landscape", *arguments]) == 2, arguments
        said = capsys.readouterr().err
        assert words in said, (arguments, said)
        assert said.startswith("uzviz: ")
        assert said.count("\n") == 1
