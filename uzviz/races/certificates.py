"""How lanes died: the last steps of some of them again, and the cause in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from uzviz import engine
from uzviz.engine import Replay
from uzviz.problems import Problem
from uzviz.races import heats
from uzviz.races.group import Group
from uzviz.races.heats import Entry
from uzviz.records import Cause

MOST = 3
"""Certificates for an entrant: for its smallest settings of the tuned hyperparameter that died."""
GROWN = 10.0
"""A layer grows if its weights' norm rises that many times within the last steps."""


@dataclass(frozen=True)
class Certificate:
    """How one lane died."""

    stage: str
    """Where it died: "heats" or "final"."""
    entrant: str
    settings: dict[str, float]
    seed: int
    step: int
    """The step whose loss was not finite, or above start + 10·|start|."""
    cause: str
    """In words."""
    overflow: str | None
    """The first operation of the forward pass that made numbers not finite of finite ones."""
    steps: list[dict[str, Any]]
    """The last steps: loss; by layer, norms of gradient, weights and update; length of the step,
    slope and curvature along it."""
    why: Cause | None = None
    """The cause as a kind and its numbers; None in logs that have none."""

    @property
    def sentence(self) -> str:
        """The certificate in words."""
        tried = ", ".join(f"{name}={value:g}" for name, value in self.settings.items())
        return f"{self.entrant} ({tried}, seed {self.seed}) died at step {self.step}: {self.cause}"


def of_group(
    problem: Problem, rows: Any, stage: str, group: Group, settings: Sequence[int]
) -> list[Certificate]:
    """Certificates of an entrant's lanes, for one seed of each of the first settings that died."""
    died = [i for i in settings if group.diverged[:, i].any()]
    tuned = group.settings.get(group.axis or "", np.zeros(group.lanes))
    died.sort(key=lambda i: tuned[i])
    found = []
    for i in died[:MOST]:
        s = int(np.flatnonzero(group.diverged[:, i])[0])
        lanes, seed, setting = _as_raced(problem, rows, group, s, i)
        step = int(group.died[s, i])
        seen = engine.replay(lanes, seed, setting, step)
        tried = {k: float(v[i]) for k, v in group.settings.items() if k in group.tried}
        why = cause(seen)
        found.append(
            Certificate(stage, group.title, tried, group.seeds[s], step, said(why, seen.overflow),
                        seen.overflow, [x._asdict() for x in seen.steps], why)
        )  # fmt: skip
    return found


def _as_raced(
    problem: Problem, rows: Any, group: Group, seed: int, setting: int
) -> tuple[engine.Lanes, int, int]:
    """The lanes that were trained in one program with this one, and its place among them."""
    ends = np.cumsum(group.rounds)
    number = int(np.searchsorted(ends, setting, side="right"))
    first, last = int(ends[number]) - group.rounds[number], int(ends[number])
    settings = {k: v[first:last] for k, v in group.settings.items()}
    nudged = tuple(i - first for i in group.nudged)
    shape = group.shapes[number]
    entry = Entry(group.entrant, settings, group.plan, group.schedule, nudged, shape=shape)
    for piece in heats.pieces([entry], heats.shapes_of(problem), len(group.seeds)):
        inside = piece.settings.start <= setting - first < piece.settings.stop
        if inside and piece.seeds.start <= seed < piece.seeds.stop:
            lanes = heats.lanes_of(problem, rows, entry, piece, group.seeds, shape)
            return lanes, seed - piece.seeds.start, setting - first - piece.settings.start
    raise AssertionError("Every lane belongs to a piece.")


def cause(seen: Replay) -> Cause:
    """Why a lane died, from its last steps."""
    if not seen.batch_finite:
        return Cause(kind="bad batch", step=0, times=0.0, layer="")
    steep = [x for x in seen.steps if _overshoot(x) > 1]
    if steep:
        worst = max(steep, key=_overshoot)
        return Cause(kind="step too long", step=worst.step, times=_overshoot(worst), layer="")
    layer, growth = _growth(seen)
    if growth > GROWN:
        return Cause(
            kind="layer grew",
            step=len(seen.steps) - 1,
            times=growth if math.isfinite(growth) else None,
            layer=layer,
        )
    return Cause(kind="overflow" if seen.overflow else "not seen", step=0, times=0.0, layer="")


def said(why: Cause, overflow: str | None) -> str:
    """A cause in words."""
    step, layer = why["step"], why["layer"]
    times = "∞" if why["times"] is None else f"{why['times']:.3g}"
    last = f"; first overflow in {overflow}" if overflow else ""
    match why["kind"]:
        case "bad batch":
            return "its batch holds numbers that are not finite"
        case "step too long":
            return (
                f"step size above the stability threshold: step {step} was {times} times as long "
                f"as the longest that lowers the loss of its batch along it{last}"
            )
        case "layer grew":
            return f"layer {layer} grew {times} times in {step} steps{last}"
        case "overflow":
            return f"overflow in {overflow}"
        case "not seen":
            return "its loss left the range, and no single cause was seen in its last steps"


def _overshoot(x: engine.Step) -> float:
    """How long a step was, in units of the longest that does not raise its quadratic model."""
    if not (math.isfinite(x.length * x.curvature) and x.slope < 0 < x.curvature):
        return 0.0
    return x.length * x.curvature / (-2 * x.slope)


def _growth(seen: Replay) -> tuple[str, float]:
    first, last = seen.steps[0].weight, seen.steps[-1].weight
    grown = {name: last[name] / max(first[name], 1e-30) for name in first}
    layer = max(grown, key=lambda name: grown[name] if math.isfinite(grown[name]) else math.inf)
    return layer, grown[layer] if math.isfinite(grown[layer]) else math.inf
