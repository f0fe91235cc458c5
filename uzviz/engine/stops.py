"""What is measured where training stops for it: evaluations, probes, pictures, snapshots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import numpy as np

from uzviz import records
from uzviz.engine import programs
from uzviz.engine.lanes import Places
from uzviz.errors import InputError, shown
from uzviz.problems import Pictures, key_for

Probe = Callable[..., dict[str, jax.Array]]
Saying = Callable[[], records.Record | None]


@dataclass(frozen=True)
class Snapshots:
    """Which parameters of a run are kept as its path."""

    steps: tuple[int, ...]
    """As of :meth:`uzviz.engine.Plan.snapshots`."""
    seeds: int | None = None
    """Of lanes, those of the first setting from so many of the first seeds; None in a solo run."""


def snapped(w: Any, names: Sequence[str], step: int, seeds: int | None) -> Saying:
    """The parameters after a step, by the names of their leaves, copied where they are."""
    kept = jax.tree.leaves(programs.snapshot(w, seeds))
    if jax.default_backend() != "cpu":  # where the host reads the copy itself
        for leaf in kept:
            leaf.copy_to_host_async()
    return lambda: records.Snapshot(step, dict(zip(names, map(np.asarray, kept), strict=True)))


def evaluated(
    places: Places, w: Any, step: int, parts: Sequence[str]
) -> Callable[[], records.Evaluation]:
    lanes, plan = places.lanes, places.lanes.plan
    evaluate = programs.solo_evaluation if lanes.solo else programs.lane_evaluation
    means = {
        part: evaluate(
            lanes.problem.formulas, w, places.feed.statistics, lanes.rows, places.index[part]
        )
        for part in parts
    }

    def said() -> records.Evaluation:
        values: dict[str, np.ndarray] = {}
        for part, found in means.items():
            shown = lanes.problem.summary({name: np.asarray(x) for name, x in found.items()})
            values.update({f"{part}/{name}": value for name, value in shown.items()})
        return records.Evaluation(step, plan.examples(step) / plan.n, plan.spent(step), values)

    return said


def probed(
    places: Places, carry: programs.Carry, step: int, probes: Sequence[tuple[str, Probe]]
) -> list[Saying]:
    if not probes:
        return []
    lanes = places.lanes
    full, last = places.rows_of(window := lanes.plan.window(step, step + 1, 1))
    index = full[0, 0] if window.steps else last[0]
    key = jax.random.fold_in(key_for(lanes.seeds[0], "probe"), step)

    names, functions = zip(*probes, strict=True)
    found = programs.solo_probes(lanes.problem.formulas, functions, places.rule, carry, places.feed,
                                 lanes.rows, index, step + 1, key)  # fmt: skip

    for name, values in zip(names, found, strict=True):
        if not isinstance(values, dict) or not all(map(_is_measured, values.values())):
            raise InputError(
                f"The probe {shown(name)} returned {shown(values)}, but must return a dict of arrays "
                "or histograms."
            )

    def said(name: str, values: dict[str, Any]) -> records.Probed:
        return records.Probed(step, name, jax.tree.map(np.asarray, values))

    return [partial(said, name, values) for name, values in zip(names, found, strict=True)]


def _is_measured(value: Any) -> bool:
    return isinstance(value, records.Histogram) or hasattr(value, "shape")


def _is_pictures(value: Any) -> bool:
    if not isinstance(value, Pictures) or np.ndim(value.images) not in {3, 4}:
        return False
    shape = np.shape(value.images)
    drawable = len(shape) == 3 or shape[3] in {1, 3, 4}
    return drawable and 0 not in shape[1:] and len(value.captions) in {0, shape[0]}


def pictured(places: Places, w: Any, step: int) -> list[Saying]:
    """The problem's pictures of as many validation examples as are evaluated at once."""
    problem = places.lanes.problem
    if problem.pictures is None:
        return []
    index = places.index["validation"][: programs.BLOCK]
    batch, taken = programs.solo_examples(
        problem.formulas, places.feed.statistics, places.lanes.rows, index
    )
    found = problem.pictures(w, batch, taken)
    if not isinstance(found, dict) or not all(map(_is_pictures, found.values())):
        raise InputError(
            f"pictures of {problem.name} returned {shown(found)}, but must return a dict of Pictures: "
            "images [images, height, width] or with channels, and a caption for each or none."
        )
    return [partial(records.Pictured, step, name, *p) for name, p in found.items()]
