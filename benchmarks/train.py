"""One run: steps a second of `uz.train` beside PyTorch, Keras, scikit-learn and a bare scan.

Every contestant trains the same network with Adam on as many examples, for the same epochs. Ours
records what it records by default: every loss, the validation's curve, all parts at both ends.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from pathlib import Path

import numpy as np
import peers
from report import best, machine, measure, report

import uzviz as uz

CASES = {
    "64-32-10": (32, 1200),
    "784-128-10": (64, 120),
    "784-512-512-10": (128, 30),
    "784-2048-2048-10": (512, 20),
}
"""Batch and epochs, for a second of ours or more."""
SPLIT = (0.9, 0.05, 0.05)
"""Evaluating a validation part of this size after each epoch is 2 % of the work of training."""
SLOW = {"scikit-learn": 10, "keras": 4, "PyTorch": 12}
"""How many times fewer epochs a slow peer trains a call, where there are enough of them."""


def idx(folder: Path, name: str) -> np.ndarray:
    """An IDX file of bytes, gzipped or not."""
    found = next(iter(sorted(folder.glob(f"{name}*"))), None)
    if found is None:
        sys.exit(f"There is no {name} in {folder}: give a folder of MNIST's IDX files.")
    raw = (gzip.open if found.suffix == ".gz" else open)(found, "rb").read()
    dimensions = raw[3]
    shape = [int.from_bytes(raw[4 + 4 * i : 8 + 4 * i], "big") for i in range(dimensions)]
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def examples(features: int, mnist: Path | None) -> tuple[np.ndarray, np.ndarray]:
    """The digits, MNIST's test set from a folder, or numbers of the same shape."""
    if features == 64:
        from sklearn.datasets import load_digits

        x, y = load_digits(return_X_y=True)
        return x.astype(np.float32), y.astype(np.int32)
    if mnist:
        x, y = idx(mnist, "t10k-images"), idx(mnist, "t10k-labels")
        return x.reshape(len(x), -1).astype(np.float32) / 255, y.astype(np.int32)
    rng = np.random.default_rng(0)
    return rng.random((10_000, 784), np.float32), rng.integers(0, 10, 10_000).astype(np.int32)


def case(name: str, repeats: int, mnist: Path | None) -> str:
    """Measure one case; returns its line of JSON."""
    sizes = [int(n) for n in name.split("-")]
    batch, epochs = CASES[name]
    x, y = examples(sizes[0], mnist)
    problem = uz.problems.classify((x, y), hidden=sizes[1:-1], split=SPLIT)
    train = problem.split(0).train
    data = x[train], y[train]

    def ours() -> int:
        return uz.train(problem, uz.Adam(lr=peers.LR), batch=batch, epochs=epochs).step

    def fewer(peer: str) -> int:
        return max(1, epochs // SLOW[peer])

    contestants = {
        "ours": ours,
        "scan, (out, in)": peers.jax_scan(sizes, batch, data, epochs, True),
        "scan, (in, out)": peers.jax_scan(sizes, batch, data, epochs, False),
        "keras": peers.keras_jax(sizes, batch, data, fewer("keras")),
    }
    variants = {
        "PyTorch": ["PyTorch, 1 thread", "PyTorch, 2 threads"],
        "JAX scan": ["scan, (out, in)", "scan, (in, out)"],
    }
    for threads, variant in enumerate(variants["PyTorch"], 1):
        few = fewer("PyTorch")
        contestants[variant] = peers.torch_fused(sizes, batch, data, few, threads)
    if len(sizes) == 3:
        few = fewer("scikit-learn")
        contestants["scikit-learn"] = peers.scikit_learn(sizes, batch, data, few)
    return report(name, "steps/s", best(measure(contestants, repeats), variants))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", choices=CASES, action="append")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--mnist", type=Path, help="a folder with MNIST's test set in IDX files")
    given = parser.parse_args()
    machine()
    lines = [case(name, given.repeats, given.mnist) for name in given.case or CASES]
    print("\n" + "\n".join(lines))


if __name__ == "__main__":
    main()
