"""Many runs: lane-steps a second of `uz.race` beside PyTorch one after another and a bare `vmap`.

The race has its own shape: 13 step sizes × 10 seeds, each seed with its split and its batches, and
the final that follows; the bare loops have the shape of the heats. Then
what a person waits for: the default race, `uzviz --help` and `import uzviz`, as processes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

import numpy as np
import peers
from report import best, machine, measure, report
from train import examples

import uzviz as uz

SIZES, BATCH, EPOCHS, SEEDS = [64, 32, 10], 32, 100, 10
STEP_SIZES = uz.log_range(1e-4, 1, 13)


def lanes(repeats: int) -> str:
    """Ours, a bare vmap flat and nested, and one PyTorch lane, whose rate is that of many in turn."""
    x, y = examples(64, None)
    problem = uz.problems.classify((x, y), hidden=[32])
    rows = [problem.split(seed).train for seed in range(SEEDS)]
    train = problem.split(0).train

    def ours() -> int:
        race = uz.race(problem, [uz.Adam()], lr=STEP_SIZES, seeds=SEEDS, epochs=EPOCHS, batch=BATCH)
        groups = [*race.groups, *(final.group for final in race.finals)]
        return sum(group.plan.steps * int(group.done.sum()) for group in groups)

    def bare(nested: bool) -> peers.Train:
        return peers.jax_vmap(SIZES, BATCH, np.stack(rows), (x, y), EPOCHS, STEP_SIZES, nested)

    contestants = {
        "ours": ours,
        "vmap, flat": bare(False),
        "vmap, nested": bare(True),
        "PyTorch, 1 thread": peers.torch_fused(SIZES, BATCH, (x[train], y[train]), EPOCHS),
        "PyTorch, 2 threads": peers.torch_fused(SIZES, BATCH, (x[train], y[train]), EPOCHS, 2),
    }
    variants = {
        "bare vmap": ["vmap, flat", "vmap, nested"],
        "PyTorch": ["PyTorch, 1 thread", "PyTorch, 2 threads"],
    }
    found = best(measure(contestants, repeats), variants)
    return report("race 64-32-10, 13 × 10", "lane-steps/s", found)


WAIT = """
import resource, subprocess, sys, time
began = time.perf_counter()
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(status, time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Started by a small process, since a child's peak memory begins with its parent's."""


def waited(what: str, command: list[str], repeats: int, cache: str = "") -> list[str]:
    """Seconds and peak memory of a process, medians; no peer. Each has a new folder for what is kept, if it isn't
    given one."""
    seconds, peak = [], []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            whole = [sys.executable, "-c", WAIT, *command]
            environment = {**os.environ, "UZVIZ_CACHE": cache or folder}
            said = subprocess.run(
                whole, cwd=folder, capture_output=True, text=True, check=True, env=environment
            )
        status, took, memory = said.stdout.split()
        if status != "0":
            sys.exit(f"{what} ended with {status}.")
        seconds.append(float(took))
        peak.append(float(memory) / 1024)
    values = [("s", statistics.median(seconds)), ("MiB", statistics.median(peak))]
    for unit, value in values:
        print(f"{what}: {value:,.3g} {unit}")
    return [
        json.dumps({"case": what, "unit": unit, "ours": round(value, 3), "peers": {},
                    "ratio_to_best_peer": None})
        for unit, value in values
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    machine()
    lines = [lanes(repeats)]
    print()
    python = sys.executable
    race = [python, "-m", "uzviz", "race", "digits"]
    with tempfile.TemporaryDirectory() as cache:
        lines += waited("uzviz race digits, for the first time", race, 1, cache)
        lines += waited("uzviz race digits, again", race, 3, cache)
    lines += waited("uzviz --help", [python, "-m", "uzviz", "--help"], repeats)
    lines += waited("import uzviz", [python, "-c", "import uzviz"], repeats)
    lines += waited("python itself", [python, "-c", ""], repeats)
    print("\n" + "\n".join(lines))


if __name__ == "__main__":
    main()
