"""What is printed of a landscape: its figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from uzviz.cli.report import say

if TYPE_CHECKING:
    from uzviz.api import Landscape


def landscape(land: Landscape) -> None:
    """What it is made of, and what it shows."""
    facts = land.facts
    say(_made(land, facts))
    low, high = facts["range"] or (math.nan, math.nan)
    part = facts["parts"][0]
    holes = (
        "no holes" if not facts["holes"] else f"{facts['holes']:,} holes, where it is not finite"
    )
    centre = facts["measured"].get("loss", {})
    here = ", ".join(f"{name} {x:.4g}" for name, x in centre.items())
    say(f"loss at the centre: {here or 'not yet known'}")
    say(f"{part} loss: {low:.4g} to {high:.4g}, {holes}")
    rough = land.roughness
    say(
        f"minima inside: {rough.minima}; roughness: {rough.variation:.2g} times more up and down than a slope, "
        f"bends down at {_percent(rough.nonconvex)} of the points"
    )
    for label, path in facts["paths"].items():
        far = path["farthest"]
        share = _percent(path["explained"])
        say(
            f"path of {label}: {share} of its squared distance from the centre lies in the plane, {far:.3g} away at the farthest"
        )
    for label, barrier in facts["measured"].get("barriers", {}).items():
        say(f"barrier towards {label}: {barrier:.4g}")
    if "curvature" in facts["measured"]:
        _curvature(facts["measured"]["curvature"])


def _made(land: Landscape, facts: dict[str, Any]) -> str:
    along = facts["directions"]
    kind = f"{along['kind']} directions"
    if along["kind"] == "random":
        kind += f" of seed {along['seed']}, normalised by {along['normalise']}"
    if "explained" in along:
        shares = ", ".join(map(_percent, along["explained"]))
        kind += f", which explain {shares} of the paths' variance"
    shape = " × ".join(map(str, facts["shape"]))
    done = "" if land.done.all() else f", {facts['done']:,} points done"
    counts = ", ".join(f"{n:,} of {part}" for part, n in facts["examples"].items())
    span = ", ".join(f"{low:.3g} to {high:.3g}" for low, high in facts["span"])
    of = f"; examples: {counts}" if counts else ""
    name = land.grid.ground.problem.name
    return f"{name}: {kind}; {shape} points{done}, {span}; {facts['parameters']:,} parameters{of}"


def _curvature(found: dict[str, Any]) -> None:
    rough = "" if found["converged"] else " (not converged)"
    say(
        f"Hessian of the training loss: largest eigenvalues {_all(found['top'])}; smallest "
        f"{_all(found['bottom'])}{rough}; trace {_bounded(found['trace'])}"
    )
    small = _percent(found["density"]["small"])
    say(f"of all eigenvalues {small} are smaller in size than a hundredth of the largest")
    sharp = found["sharpness"]
    if sharp is None:
        say("preconditioned sharpness: not known, since the rule's state was not kept")
    else:
        threshold = "none known" if sharp["threshold"] is None else f"{sharp['threshold']:.4g}"
        say(
            f"preconditioned sharpness {_bounded(sharp['value'])}, of the Hessian as the rule scales its steps; "
            f"threshold of the rule: {threshold}"
        )
    if (along := found.get("along")) is not None:
        say(_along(along))


def _along(along: dict[str, Any]) -> str:
    """Sharpness on the way, and how often it was above what the rule allows on a parabola."""
    points = along["points"]
    values = [row[1] for row in points]
    low, high = min(values), max(values)
    told = f"sharpness along the path of {along['label']}: {low:.4g} to {high:.4g} at {len(points)} points"
    known = [row for row in points if row[3] is not None]
    if not known:
        return f"{told}, of the Hessian itself; threshold of the rule there: none known"
    above = sum(row[1] > row[3] for row in known)
    return f"{told}, above the rule's threshold at {above}"


def _all(pairs: list[list[float]]) -> str:
    return ", ".join(map(_bounded, pairs))


def _bounded(pair: list[float]) -> str:
    return f"{pair[0]:.4g} ± {pair[1]:.1g}"


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100 * share:.3g} %"
