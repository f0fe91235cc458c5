"""What is measured where training stops for it: evaluations, probes, pictures, snapshots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import records
from uzviz.engine import programs
from uzviz.engine.lanes import Places
from uzviz.engine.rows import Streamed, at_once, given
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
    """What is found at w, once the device has it."""
    lanes, plan = places.lanes, places.lanes.plan
    block = programs.block_of(_bytes(lanes.rows))
    means = {part: _means(places, w, part, block) for part in parts}

    def said() -> records.Evaluation:
        values: dict[str, np.ndarray] = {}
        for part, found in means.items():
            n = places.index[part].shape[-1]
            pooled = {name: _pooled([x[name] for x in found], n, block) for name in found[0]}
            shown = lanes.problem.summary(pooled)
            values.update({f"{part}/{name}": value for name, value in shown.items()})
        return records.Evaluation(step, plan.examples(step) / plan.n, plan.spent(step), values)

    return said


def _bytes(rows: Any) -> int:
    """Of one example; 0 without data."""
    if isinstance(rows, Streamed):
        return rows.bytes
    return sum(x.nbytes // len(x) for x in jax.tree.leaves(rows))


def _means(places: Places, w: Any, part: str, block: int) -> list[dict[str, jax.Array]]:
    """Means of blocks of a part, [blocks], of lanes [seeds, settings, blocks]; of examples in a file, read and
    evaluated some blocks at a time."""
    lanes, index = places.lanes, places.index[part]
    evaluate = programs.solo_evaluation if lanes.solo else programs.lane_evaluation
    n = index.shape[-1]
    step = at_once(lanes.rows, block, len(lanes.seeds)) or n
    found: list[dict[str, jax.Array]] = []
    for first in range(0, n, step):
        cut = index if step >= n else index[..., first : first + step]
        rows, own = given(lanes.rows, cut)
        if len(found) > 1:  # no more is read than the device is about to need
            jax.block_until_ready(found[-2])
        found.append(evaluate(lanes.problem.formulas, block, w, places.feed.statistics, rows, own))
    return found


def _pooled(means: Sequence[jax.Array], n: int, block: int) -> np.ndarray:
    """The mean over n examples of means over blocks of them."""
    x = np.concatenate([np.asarray(each) for each in means], axis=-1)
    sizes = np.full(x.shape[-1], block)
    sizes[-1] = n - block * (len(sizes) - 1)
    kept = x.dtype if jnp.issubdtype(x.dtype, jnp.floating) else np.float32
    with np.errstate(invalid="ignore"):
        return ((x.astype(float) * sizes).sum(axis=-1) / n).astype(kept)


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
                                 *given(lanes.rows, index), step + 1, key)  # fmt: skip

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
    rows = places.lanes.rows
    index = places.index["validation"][: programs.block_of(_bytes(rows))]
    batch, taken = programs.solo_examples(
        problem.formulas, places.feed.statistics, *given(rows, index)
    )
    found = problem.pictures(w, batch, taken)
    if not isinstance(found, dict) or not all(map(_is_pictures, found.values())):
        raise InputError(
            f"pictures of {problem.name} returned {shown(found)}, but must return a dict of Pictures: "
            "images [images, height, width] or with channels, and a caption for each or none."
        )
    return [partial(records.Pictured, step, name, *p) for name, p in found.items()]
