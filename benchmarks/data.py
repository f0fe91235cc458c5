"""Data in a file beside data in memory: steps a second of `uz.train` at 784-512-512-10, batch 128.

The file lies in the system's page cache: what is measured is what streaming costs, not a disk. Processors' time
is told too, since others' work lengthens it less. With `--larger` a file of 4 GB is trained on by a process
that may have 1 GB of memory of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from report import machine, report

import uzviz as uz

HIDDEN, BATCH, EXAMPLES, EPOCHS = [512, 512], 128, 20_000, 4
SPLIT = (0.9, 0.05, 0.05)
LARGE, ROWS, LIMIT = "--in-the-limit", 1_340_000, 1 << 30


def pictures(path: Path, n: int, dtype: type) -> None:
    """Random pixels, written in blocks."""
    x = np.lib.format.open_memmap(path, "w+", dtype, (n, 784))
    rng = np.random.default_rng(0)
    for first in range(0, n, 10_000):
        x[first : first + 10_000] = rng.integers(0, 256, x[first : first + 10_000].shape, np.uint8)
    x.flush()


def compared(folder: Path, dtype: type, repeats: int) -> str:
    """One line: steps a second from a file of this type, which are ours, and from memory."""
    pictures(folder / "x.npy", EXAMPLES, dtype)
    y = np.arange(EXAMPLES) % 10
    x = np.load(folder / "x.npy", mmap_mode="r")
    made = {
        name: uz.problems.classify((data, y), HIDDEN, split=SPLIT)
        for name, data in {"memory": np.array(x), "ours": x}.items()
    }
    runs = {
        name: lambda problem=problem: uz.train(problem, uz.Adam(), batch=BATCH, epochs=EPOCHS).step
        for name, problem in made.items()
    }
    case = f"784-512-512-10, {np.dtype(dtype)} in the file"
    clocks = {"steps/s": time.perf_counter, "steps/s of processors' time": time.process_time}
    found = measured(runs, clocks, repeats)
    return "\n".join(report(case, unit, found[unit]) for unit in clocks)


def measured(
    runs: dict[str, Callable[[], int]], clocks: dict[str, Callable[[], float]], repeats: int
) -> dict[str, dict[str, list[float]]]:
    """Steps by every clock, in turn; the first call of each run, compiling, is apart."""
    found = {unit: {name: [] for name in runs} for unit in clocks}
    for repeat in range(repeats + 1):
        for name, train in runs.items():
            began = {unit: clock() for unit, clock in clocks.items()}
            steps = train()
            for unit, clock in clocks.items():
                if repeat:
                    found[unit][name].append(steps / (clock() - began[unit]))
    return found


def limited(path: str) -> None:
    """Train on a file of 4 GB, where all of the process's own memory has to fit into 1 GB."""
    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT))
    x = np.load(path, mmap_mode="r")
    began = time.perf_counter()
    problem = uz.problems.classify((x, np.arange(len(x)) % 10), [32], split=SPLIT)
    run = uz.train(problem, uz.Adam(), batch=1024, epochs=1)
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    found = {name: status[name].strip() for name in ("RssAnon", "VmData")}
    found |= {"status": run.status, "steps": run.step, "seconds": time.perf_counter() - began}
    print(json.dumps({"file, GB": x.nbytes / 1e9, "limit, GB": LIMIT / 1e9, **found}))


def larger(folder: Path) -> None:
    """Make that file, show that its features do not fit, and train on it."""
    path = folder / "large.npy"
    pictures(path, ROWS, np.float32)
    subprocess.run([sys.executable, __file__, LARGE, str(path)], check=True)
    os.unlink(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--larger", action="store_true", help="4 GB under a limit of 1 GB")
    parser.add_argument(LARGE, dest="path", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.path:
        limited(given.path)
        return
    machine()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        lines = [compared(folder, dtype, given.repeats) for dtype in (np.float32, np.uint8)]
        print("\n" + "\n".join(lines), flush=True)
        if given.larger:
            larger(folder)


if __name__ == "__main__":
    main()
