"""Which paths are kept, within the memory given, and how they are got back."""

from __future__ import annotations

import warnings
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from uzviz import log, records, tree
from uzviz.checks import whole
from uzviz.engine import MOST_SNAPSHOTS, Plan
from uzviz.errors import InputError, shown
from uzviz.problems import Problem, key_for

MEMORY = 64_000_000
"""Bytes that a logged run's path takes at most, or those of a logged race's final together."""
ENOUGH = 40
"""In a final, snapshots of each path before there are paths of further seeds."""


def memory_of(given: int | None, logged: bool) -> int:
    """The bytes allowed; unless they are given, 64 MB where there is a log.

    Raises
    ------
    InputError
        for what is no number of bytes.
    """
    if given is not None and not whole(given, 0, 2**53):
        raise InputError(
            f"The memory of paths is {shown(given)} bytes, but must be a whole number; 0 keeps none."
        )
    return int(given) if given is not None else MEMORY * logged


def of_run(problem: Problem, plan: Plan, memory: int) -> tuple[tuple[int, ...], str]:
    """The steps whose parameters are kept, and how many in words; none and "" without memory."""
    if not memory:
        return (), ""
    w = _parameters(problem)
    most = _fitting(w, memory)
    if most < 2:
        return (), _none(w, memory)
    steps, all_ = plan.snapshots(most), plan.snapshots()
    fewer = f", since {_size(memory)} hold no more" * (len(steps) < len(all_))
    each = _size(log.path_size(w, 2) - log.path_size(w, 1))
    return tuple(steps), f"Path: {len(steps)} snapshots of {each} each{fewer}."


def of_final(problem: Problem, entrants: int, seeds: int, memory: int) -> tuple[int, int, str]:
    """From how many of its first seeds the final keeps each entrant's path, of how many snapshots at
    most, and both in words; 0, 0 and "" without memory.

    The memory is shared evenly; where it gives less than 40 snapshots a path, there are paths of fewer
    seeds, of one at least.
    """
    if not memory:
        return 0, 0, ""
    w = _parameters(problem)

    def each(seeds: int) -> int:
        return _fitting(w, memory // (entrants * seeds))

    kept = bisect_right(range(2, seeds + 1), -ENOUGH, key=lambda n: -each(n)) + 1
    if (most := each(kept)) < 2:
        return 0, 0, _none(w, memory // entrants)
    few = "" if kept == seeds else f" of the first {kept} of {seeds} seeds"
    fewer = f", since {_size(memory)} hold no more" * (most < MOST_SNAPSHOTS)
    return kept, most, f"Paths of the final's tuned lanes{few}: up to {most} snapshots each{fewer}."


def collected(problem: Problem, kept: Sequence[records.Snapshot]) -> records.Path | None:
    """The path of snapshots in memory; None without any."""
    if not kept:
        return None
    rows = {name: np.stack([s.w[name] for s in kept]) for name in kept[0].w}
    return _path(problem, np.array([s.step for s in kept]), rows)


class Finals:
    """The paths of a race that is not logged, from what it says."""

    def __init__(self) -> None:
        self._seeds: tuple[int, ...] = ()
        self._found: dict[tuple[str, int], list[records.Snapshot]] = {}

    def add(self, record: records.RaceRecord) -> None:
        """Take in what is said."""
        match record:
            case records.Stage():
                self._seeds = record.seeds
            case records.Piece():
                for place, path in record.paths.items():
                    self._found[record.entrant, self._seeds[place]] = path
            case _:
                pass

    def path(self, problem: Problem, entrant: str, seed: int) -> records.Path | None:
        """That of a lane; None where it was not kept."""
        return collected(problem, self._found.get((entrant, seed), []))


def logged(problem: Problem, folder: Path, planned: bool = False) -> records.Path | None:
    """The path in a run's folder; None without one, with a warning where one was to be kept."""
    if (found := log.read_path(folder)) is not None:
        return _path(problem, *found)
    if planned:
        warnings.warn(f"The path of {folder} is lost: its file can't be read.", stacklevel=3)
    return None


def _path(problem: Problem, steps: np.ndarray, rows: dict[str, np.ndarray]) -> records.Path:
    like = {"w": jax.eval_shape(problem.init, key_for(0, "init"))}
    return records.Path(steps, tree.stacked(like, rows)["w"])


def _parameters(problem: Problem) -> dict[str, Any]:
    """Shapes and types of the parameters, by their paths."""
    return tree.paths({"w": jax.eval_shape(problem.init, key_for(0, "init"))})


def _fitting(w: dict[str, Any], memory: int) -> int:
    """The snapshots that fit, as many as a path has at most."""
    counts = range(1, MOST_SNAPSHOTS + 1)
    return bisect_right(counts, memory, key=lambda n: log.path_size(w, n))


def _none(w: dict[str, Any], memory: int) -> str:
    need = _size(log.path_size(w, 2))
    return f"Path: none, since its start and end take {need} and {_size(memory)} are allowed."


def _size(count: int) -> str:
    """Bytes as people say them."""
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count} bytes"
