"""Data in files: the same bits as in memory, and memory for a window of them alone."""

import json
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz import records
from uzviz.engine import lanes, rows
from uzviz.errors import InputError
from uzviz.problems import Mapped
from uzviz.problems.mapped import joined, standard

N, D = 2400, 6
RNG = np.random.default_rng(0)
X = RNG.integers(0, 256, (N, 2, 3), np.uint8)
Y = (X.reshape(N, D).astype(float) @ np.arange(D) > 1900).astype(int)


@pytest.fixture(scope="module")
def problems(tmp_path_factory):
    """The same data in memory and in a file, with the same test set in a second one."""
    folder = tmp_path_factory.mktemp("data")
    np.save(folder / "x.npy", X)
    np.save(folder / "held.npy", X[:300])
    x, held = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("x", "held"))
    made = uz.problems.classify
    return {
        "memory": made((X, Y, X[:300], Y[:300]), hidden=[]),
        "file": made((x, Y, held, Y[:300]), hidden=[]),
    }


@pytest.fixture
def windows(monkeypatch):
    """Windows of few rows, so that there are many."""
    for module in (rows, lanes):
        monkeypatch.setattr(module, "WINDOW", 4 * (D + 1) * 200)


def same(a, b):
    return jax.tree.all(jax.tree.map(lambda x, y: bool(jnp.array_equal(x, y)), a, b))


def test_trained_from_a_file_all_bits_are_those_of_memory(problems, windows):
    runs = {
        name: uz.train(problem, uz.Momentum(lr=0.01), batch=32, epochs=2, probe=["gradient-norm"], every=40)
        for name, problem in problems.items()
    }  # fmt: skip
    one, two = runs["memory"], runs["file"]
    assert isinstance(problems["file"].data[0], Mapped)
    assert problems["file"].checksum == problems["memory"].checksum
    assert same(one.w, two.w)
    assert np.array_equal(one.loss, two.loss)
    assert [e.values for e in one.evaluations] == [e.values for e in two.evaluations]
    assert same([p.values for p in one.probed], [p.values for p in two.probed])


def missed(w, batch, key):
    """A loss that is quickly compiled."""
    return jnp.mean((batch[0] @ w / 100 - batch[1]) ** 2)


def test_raced_from_a_file_all_bits_are_those_of_memory(problems, windows):
    """Lanes, evaluations, and how those died that did."""

    def raced(kind):
        data = tuple(problems[kind].data)
        problem = uz.Problem(init=lambda key: jnp.zeros(D), loss=missed, data=data, name="squares")
        race = uz.race(problem, ["gd"], lr=[1e-2, 1e30], seeds=2, final_seeds=1, epochs=1, batch=60)
        return json.dumps(race.to_dict()["entrants"]), [c.sentence for c in race.certificates]

    (one, died), (two, also) = map(raced, problems)
    assert one == two
    assert died == also != []


def test_broken_off_and_resumed_from_a_file_all_bits_are_the_same(problems, windows, tmp_path):
    def stop(record):
        if isinstance(record, records.Steps) and record.first > 40:
            raise KeyboardInterrupt

    given = {"batch": 32, "epochs": 2, "probe": ["gradient-norm"], "every": 40}
    whole = uz.train(problems["memory"], uz.Momentum(lr=0.01), **given)
    uz.train(
        problems["file"],
        uz.Momentum(lr=0.01),
        **given,
        log=tmp_path / "a",
        checkpoint_every=0,
        on_record=stop,
    )
    assert uz.read(tmp_path / "a").own.status == "interrupted"
    again = uz.resume(tmp_path / "a", problem=problems["file"])
    assert same(whole.w, again.w)
    assert np.array_equal(whole.loss, again.loss)
    land = uz.landscape(tmp_path / "a", problem=problems["file"], size=3, examples=64)
    assert np.isfinite(land.loss).all()


def test_a_batch_too_large_to_be_read_at_once_is_refused(problems, monkeypatch):
    monkeypatch.setattr(rows, "MOST_BATCH", 4 * (D + 1) * 100)
    for call in (
        lambda: uz.train(problems["file"], uz.Adam(), batch=101),
        lambda: uz.race(problems["file"], ["gd@all"]),
    ):
        with pytest.raises(InputError, match="in batches of 100 at most"):
            call()


LIMITED = """
import resource, sys
import numpy as np
import uzviz as uz

def train(n):
    x = np.lib.format.open_memmap(sys.argv[1], "w+", np.uint8, (n, 784))
    x[:: max(1, n // 500)] = np.arange(784) % 251
    x.flush()
    problem = uz.problems.classify((np.load(sys.argv[1], mmap_mode="r"), np.arange(n) % 2), [])
    return uz.train(problem, uz.GradientDescent(), batch=128, gradients=128 * 200)

# Parts are whole windows, so that all is compiled, and all threads have begun.
train(5 * 10_240)
used = next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmData"))
resource.setrlimit(resource.RLIMIT_DATA, ((used << 10) + (300 << 20),) * 2)
try:
    np.ones((20 * 10_240, 784), np.float32)
except MemoryError:
    print(train(20 * 10_240).status)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bound no memory")
def test_data_larger_than_the_memory_are_trained_on(tmp_path):
    """640 MB in float32, 385 of them trained on, where a process may have 300 MB more."""
    command = [sys.executable, "-c", LIMITED, str(tmp_path / "x.npy")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == "finished\n", done.stderr


def test_statistics_are_those_of_numpy():
    x = RNG.normal(5, 3, (1000, 4)).astype(np.float32)
    mean, deviation = standard(x)
    assert np.allclose(mean, x.mean(0, dtype=float), rtol=1e-12)
    assert np.allclose(deviation, x.std(0, dtype=float), rtol=1e-12)


def test_views_read_rows_and_nothing_else():
    X = RNG.integers(0, 256, (N, D), np.uint8)
    x = Mapped([X], np.float32)
    assert np.array_equal(x[5:9], X[5:9].astype(np.float32))
    assert np.array_equal(x[-1], X[-1])
    view = x.at(np.array([7, 3, 3]))
    assert view.shape == (3, D)
    assert np.array_equal(np.asarray(view.at(np.array([2, 0]))), X[[3, 7]])
    both = joined(view, X[:2].astype(np.float32))
    assert np.array_equal(both[:], X[[7, 3, 3, 0, 1]])
    with pytest.raises(IndexError):
        x[N]
