"""Points of a landscape a second: ours beside the package loss-landscapes, a plain JAX loop and a plain `vmap`.

Everybody has the network, the examples and two directions beforehand and computes the loss at the points of a
square; ours says its tiles. A peer that takes long is given fewer points.
Then what a person waits for: `around` of the digits' network, 51 × 51, from the call on; and what recording a path
costs a logged training.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from peers import torch_device
from report import best, machine, measure, report
from train import examples

import uzviz as uz
from uzviz import engine, landscapes

SPLIT = (0.9, 0.05, 0.05)
CASES = {
    "784-128-10, 512 examples": (784, 128, 512, 51, 21),
    "784-128-10, 10,000 examples": (784, 128, 10_000, 31, 7),
    "64-32-10, 1,079 examples": (64, 32, 1079, 51, 15),
    "residual 20 layers, 128 examples": (64, 0, 128, 7, 0),
}
"""Inputs, hidden units (0: convolutions), examples; points along an edge for JAX and for loss-landscapes."""


def made(features: int, hidden: int, mnist: Path | None) -> Any:
    """The problem, of enough examples."""
    if not hidden:
        return uz.problems.residual("digits", 20)
    x, y = examples(features, mnist)
    if features == 64:
        return uz.problems.classify("digits", hidden=[hidden])
    # MNIST's test set has 10,000, of which a split takes some away: its first are there twice.
    x, y = (np.concatenate([a, a[:1500]]) for a in (x, y))
    return uz.problems.classify((x, y), hidden=[hidden], split=SPLIT)


def plain(problem: Any, grid: landscapes.Grid, n: int) -> dict[str, Callable[[], int]]:
    """The loops that one writes in JAX: a compiled loss in a loop, and a `vmap` of each row."""
    ground, w, (d, e) = grid.ground, grid.w, grid.directions.vectors
    rows = problem.split(0).train[:n]
    picked = jax.tree.map(lambda x: jnp.asarray(x[rows]), problem.data)
    batch = problem.prepare(ground.statistics, picked)

    def loss(a, b, batch):
        return problem.loss(jax.tree.map(lambda w, d, e: w + a * d + b * e, w, d, e), batch, None)

    one, row = jax.jit(loss), jax.jit(jax.vmap(loss, in_axes=(None, 0, None)))
    along_a, along_b = (jnp.asarray(x, jnp.float32) for x in grid.axes)
    few = along_a[: max(1, len(along_a) // 10)]

    def serial() -> int:
        for a in few:
            for b in along_b:
                last = one(a, b, batch)
        last.block_until_ready()
        return len(few) * len(along_b)

    def side_by_side() -> int:
        for a in few:
            last = row(a, along_b, batch)
        last.block_until_ready()
        return len(few) * len(along_b)

    return {"JAX loop": serial, "JAX vmap": side_by_side}


def package(
    sizes: list[int], problem: Any, grid: landscapes.Grid, n: int, steps: int, threads: int
):
    """loss-landscapes on PyTorch: a random plane with filters normalised."""
    import loss_landscapes
    import torch
    from loss_landscapes.metrics import Loss
    from torch import nn

    rows = problem.split(0).train[:n]
    picked = jax.tree.map(lambda x: jnp.asarray(x[rows]), problem.data)
    batch = problem.prepare(grid.ground.statistics, picked)
    device = torch_device()
    x, y = (
        torch.from_numpy(v).to(device) for v in (np.array(batch.x), np.array(batch.y, np.int64))
    )
    net = nn.Sequential(nn.Linear(*sizes[:2]), nn.ReLU(), nn.Linear(*sizes[1:])).to(device)
    metric = Loss(nn.CrossEntropyLoss(), x, y)

    def plane() -> int:
        torch.set_num_threads(threads)
        loss_landscapes.random_plane(net, metric, 1, steps, "filter", deepcopy_model=True)
        return steps * steps

    return plane


def case(name: str, repeats: int, mnist: Path | None) -> str:
    """Measure one case; returns its line of JSON."""
    features, hidden, n, size, steps = CASES[name]
    problem = made(features, hidden, mnist)
    grid = landscapes.planned(problem, size=size, examples=n, parts=("train",), maps=())
    assert grid.ground.of["train"].n == n

    def ours() -> int:
        return sum(len(tile.places) for tile in landscapes.mapped(grid))

    contestants = {"ours": ours, **plain(problem, grid, n)}
    variants = {}
    if steps:
        sizes = [features, hidden, 10]
        variants = {"loss-landscapes": [f"loss-landscapes, {t} threads" for t in (1, 2)]}
        for threads, variant in enumerate(variants["loss-landscapes"], 1):
            contestants[variant] = package(sizes, problem, grid, n, steps, threads)
    return report(name, "points/s", best(measure(contestants, repeats), variants))


def waited(repeats: int) -> str:
    """Seconds of `around`, all of it, once it is compiled; no peer."""
    problem = uz.problems.classify("digits", hidden=[32])
    w, seconds = engine.start_point(problem, 0), []
    for _ in range(repeats + 1):
        began = time.perf_counter()
        landscapes.around(problem, w, size=51)
        seconds.append(time.perf_counter() - began)
    what, value = (
        "around, digits 64-32-10, 51 × 51, train and validation",
        statistics.median(seconds[1:]),
    )
    print(f"\n{what}: {value:.2f} s; the first, compiling, {seconds[0]:.1f} s")
    return json.dumps({"case": what, "unit": "s", "ours": round(value, 3), "peers": {}, "ratio_to_best_peer": None})  # fmt: skip


def recorded(name: str, problem: Any, epochs: int, repeats: int) -> str:
    """Seconds of a logged training with and without its path, in turn, once it is compiled."""
    seconds: dict[str, list[float]] = {"with": [], "without": []}
    for attempt in range(repeats + 1):
        for which, memory in (("without", 0), ("with", None)):
            with tempfile.TemporaryDirectory() as folder:
                began = time.perf_counter()
                uz.train(
                    problem,
                    uz.Adam(),
                    epochs=epochs,
                    probe=[],
                    path_memory=memory,
                    log=f"{folder}/run",
                )
                if attempt:
                    seconds[which].append(time.perf_counter() - began)
    with_, without = (statistics.median(seconds[which]) for which in ("with", "without"))
    print(
        f"\npath of {name}: {without:.3f} s without, {with_:.3f} with, {with_ / without - 1:+.1%}"
    )
    return json.dumps({"case": f"path of {name}", "unit": "s", "ours": round(with_, 3), "peers": {"without": round(without, 3)}, "ratio_to_best_peer": round(with_ / without, 3)})  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", choices=CASES, action="append")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--mnist", type=Path, help="a folder with MNIST's test set in IDX files")
    given = parser.parse_args()
    machine()
    lines = [case(name, given.repeats, given.mnist) for name in given.case or CASES]
    lines.append(waited(given.repeats))
    digits = uz.problems.classify("digits", hidden=[32])
    lines.append(recorded("64-32-10, 20 epochs", digits, 20, given.repeats))
    lines.append(recorded("64-32-10, 200 epochs", digits, 200, given.repeats))
    wide = made(784, 128, given.mnist)
    lines.append(recorded("784-128-10, 5 epochs", wide, 5, given.repeats))
    print("\n" + "\n".join(lines))


if __name__ == "__main__":
    main()
