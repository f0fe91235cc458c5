"""Alternating, medians, and one line of JSON a case."""

from __future__ import annotations

import json
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Mapping


def measure(contestants: Mapping[str, Callable[[], int]], repeats: int) -> dict[str, list[float]]:
    """Steps a second of every contestant, in turn; the first call of each, compiling, is apart. Each round has
    another order, so that nobody always comes after somebody whose threads still spin."""
    for train in contestants.values():
        train()
    found: dict[str, list[float]] = {name: [] for name in contestants}
    draw = random.Random(0)
    for _ in range(repeats):
        for name in draw.sample([*contestants], len(contestants)):
            began = time.perf_counter()
            steps = contestants[name]()
            found[name].append(steps / (time.perf_counter() - began))
    return found


def best(found: dict[str, list[float]], names: dict[str, list[str]]) -> dict[str, list[float]]:
    """Of several variants of a peer, the one with the best median, under the peer's name."""
    kept = dict(found)
    for name, variants in names.items():
        tried = {v: kept.pop(v) for v in variants}
        kept[name] = max(tried.values(), key=statistics.median)
    return kept


def report(case: str, unit: str, found: dict[str, list[float]]) -> str:
    """Print a table of one case; returns its line of JSON."""
    medians = {name: statistics.median(values) for name, values in found.items()}
    ours = medians.pop("ours")
    print(f"\n{case} ({unit})")
    for name, values in found.items():
        middle = statistics.median(values)
        spread = f"{min(values):,.0f} … {max(values):,.0f}"
        print(f"  {name:14} {middle:12,.0f}   [{spread}]   ours is {ours / middle:.2f} ×")
    ratio = ours / max(medians.values()) if medians else None
    peers = {name: round(value, 2) for name, value in medians.items()}
    line = {"case": case, "unit": unit, "ours": round(ours, 2), "peers": peers}
    return json.dumps({**line, "ratio_to_best_peer": ratio and round(ratio, 3)})


def machine() -> None:
    """Print what the figures were measured on."""
    import importlib.metadata as metadata

    import jax

    names = ("jax", "optax", "equinox", "torch", "keras", "scikit-learn", "numpy")
    installed = {d.name: d.version for d in metadata.distributions()}
    versions = ", ".join(f"{n} {installed[n]}" for n in names if n in installed)
    print(f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores, {jax.devices()[0].device_kind}, Python "
          f"{platform.python_version()}, {versions}")  # fmt: skip
