"""What a landscape is around: a run in memory or on disk, a race, or any parameters of a problem; and how
the ground curves there."""

from __future__ import annotations

import os
import pathlib
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np

from uzviz import engine, landscapes, log, rules, tree
from uzviz.api import paths
from uzviz.api.budget import check
from uzviz.api.logged import restored
from uzviz.api.racing import race_of
from uzviz.api.reading import Runs, TrainedRun
from uzviz.errors import InputError, named, shown
from uzviz.landscapes import Ground
from uzviz.log import LoggedRace, LoggedRun
from uzviz.problems import Problem
from uzviz.races import Group, Race
from uzviz.records import Path, Run
from uzviz.rules import Rule
from uzviz.tree import Tree

AT = ("last", "best")
ALONE = ("random", "hessian")
"""Kinds of directions along which paths hardly move, so that they say nothing about the span."""
ALONG = 25
"""Points of a path at which the ground's curvature is found."""


@dataclass
class Point:
    """Parameters of a problem, and what is known of how they came about."""

    problem: Problem
    w: Tree
    label: str
    seed: int = 0
    """Of the split."""
    step: int = 0
    paths: dict[str, Tree] = field(default_factory=dict)
    """Stacked parameters [points, …], by labels."""
    steps: np.ndarray | None = None
    """At which its own path's points are; None without one."""
    folder: pathlib.Path | None = None
    """Of the log."""
    rule: Rule | None = None
    state: Any = None
    """The rule's, after ``step`` steps; None where it was not kept."""
    batch: int = 1
    entrants: Sequence[str] = ()
    """Of a race, whose ends can be the centre."""


def point_of(
    run: Any,
    w: Tree | None = None,
    *,
    problem: Problem | None = None,
    at: str = "last",
    final_seed: int | None = None,
    centre: str | None = None,
) -> Point:
    """What was given, whatever it is.

    Raises
    ------
    InputError
        for what is none of it, and for a run without parameters.
    """
    if at not in AT:
        raise InputError(f"The point is {shown(at)}, but must be one of {', '.join(AT)}.")
    if isinstance(run, (str, os.PathLike)):
        run = TrainedRun.at(pathlib.Path(run))
    found = run.own if isinstance(run, Runs) else run
    race = isinstance(found, Race) or (isinstance(found, LoggedRun) and log.holds_race(found))
    if not race and (final_seed is not None or centre is not None):
        raise InputError(
            "A seed of the final and a centre choose among the lanes of a race, but this is none: leave them out."
        )
    if w is not None and not isinstance(found, Problem):
        raise InputError("Parameters stand beside a problem alone: leave them out, or give it.")
    match found:
        case Problem():
            check(found, 0)
            given = engine.start_point(found, 0) if w is None else w
            return Point(found, tree.placed(given), found.name)
        case Race():
            if problem is None:
                raise InputError("A race in memory knows no problem: give it again, as problem=….")
            return _of_race(found, problem, None, at, final_seed, centre)
        case Run():
            return _of_run(found, problem, at)
        case LoggedRun() if race:
            own = restored(LoggedRace(found).begun, problem)
            return _of_race(race_of(found, own), own, found.folder, at, final_seed, centre)
        case TrainedRun():
            return _of_folder(found, problem, at)
    raise InputError(
        f"The run is {shown(found)}, but must be a Run, the folder of a logged one, what uz.read gives, or a "
        "problem."
    )


def kinds_of(point: Point) -> list[str]:
    """Kinds of directions that can be asked for; the one first that is taken unless it is said."""
    if tree.size(point.w) <= 2:
        return ["axes"]
    usual = ["random", "hessian"]
    if not point.paths:
        return usual
    return ["path", *usual] if len(point.paths) > 1 else ["random", "path", "hessian"]


def span_of(kind: str, given: Any) -> Any:
    """The span as given, or what suits directions along which paths hardly move; None where it follows from
    the paths."""
    return 1.0 if given is None and kind in ALONE else given


def _of_run(run: Run, problem: Problem | None, at: str) -> Point:
    if at == "best":
        raise InputError("The best parameters are kept in a log alone: give the folder of the run.")
    start = run.start
    facts = {
        "problem": start.problem,
        "split_seed": start.split_seed,
        "checksum": start.checksum,
    }
    own = restored(facts, problem)
    if run.w is None:
        raise InputError("The run holds no parameters: give one that has ended.")
    point = Point(
        own, run.w, start.rule, start.seeds[0], run.step, rule=_rule(start), batch=start.batch
    )
    return _with_path(point, run.path)


def _of_folder(run: TrainedRun, problem: Problem | None, at: str) -> Point:
    if not log.holds_training(run) and (race := run.of_race()) is not None:
        own = restored(LoggedRace(race).begun, problem)
        return _of_lane(run, race_of(race, own), own, at)
    made = log.made_of(run)
    start = log.start_of(made)
    own = restored(made["start"], problem)
    kept = log.newest(run.folder) if at == "last" else log.best(run.folder)
    if kept is None:
        raise InputError(
            f"{run.folder} holds no checkpoint that can be read ({at}): train with a log that keeps them."
        )
    point = Point(
        own, engine.start_point(own, start.seeds[0]), run.folder.absolute().name, start.seeds[0], kept.step,
        folder=run.folder, rule=_rule(start), batch=start.batch,
    )  # fmt: skip
    if at == "best":  # kept without a state
        point.w = tree.restored(point.w, kept.tensors)
        return _with_path(point, paths.logged(own, run.folder))
    like = {"w": point.w}
    if point.rule is not None:
        like["s"] = jax.eval_shape(point.rule.init, point.w)
    found = tree.restored(like, kept.tensors)
    point.w, point.state = found["w"], found.get("s")
    return _with_path(point, paths.logged(own, run.folder))


def _of_lane(run: TrainedRun, race: Race, problem: Problem, at: str) -> Point:
    """A lane of a race's final, which keeps its path and no state."""
    path = None if at == "best" else paths.logged(problem, run.folder)
    whole = None if path is None else _finite(path)
    if whole is None:
        raise InputError(
            f"{run.folder} holds no checkpoint ({at}): of a race's lanes, those with a path can be looked at."
        )
    label, seed = str(run.hyperparameters["entrant"]), int(run.hyperparameters["seed"])
    group = next((f.group for f in race.finals if f.group.entrant.name == label), None)
    end = jax.tree.map(lambda x: x[-1], whole.w)
    point = Point(problem, end, label, seed, int(whole.steps[-1]), folder=run.folder)
    if group is not None:
        point.rule, point.batch = _tuned(group), group.plan.batch
    return _with_path(point, whole)


def _tuned(group: Group) -> Rule:
    """The rule of a final's lanes, with the hyperparameters that the heats found and its schedule."""
    found = {name: float(values[0]) for name, values in group.settings.items()}
    return rules.scheduled(
        rules.replaced(group.entrant.rule, found), group.schedule, group.plan.steps
    )


def _of_race(
    race: Race,
    problem: Problem,
    folder: pathlib.Path | None,
    at: str,
    seed: int | None,
    centre: str | None,
) -> Point:
    """The lanes of one seed of the final; the winner's end is the centre."""
    if at == "best":
        raise InputError(
            "The final of a race keeps paths and no best parameters: leave out 'best'."
        )
    if not race.finals:
        raise InputError("The race has no final: give the folder of a run, or a race that has one.")
    entrants = [f.group.entrant.name for f in race.finals]
    seeds = race.finals[0].group.seeds
    if seed is not None and seed not in seeds:
        raise InputError(
            f"The seed is {shown(seed)}, but those of the final are from {seeds[0]} to {seeds[-1]}."
        )
    chosen = seeds[0] if seed is None else seed
    own = centre or race.winner.entrant.name
    named("entrant", own, dict.fromkeys(entrants))
    race.path(own, chosen)  # says why there is none
    kept = {name: race.find_path(name, chosen) for name in entrants}
    found = {name: _finite(path) for name, path in kept.items() if path is not None}
    lost = [name for name in entrants if found.get(name) is None]
    if lost:
        warnings.warn(f"There is no path of {', '.join(lost)} from seed {chosen}.", stacklevel=4)
    whole = {name: path for name, path in found.items() if path is not None}
    if own not in whole:
        raise InputError(f"The path of {own} is finite nowhere: choose another as the centre.")
    end = jax.tree.map(lambda x: x[-1], whole[own].w)
    group = race.finals[entrants.index(own)].group
    steps = whole[own].steps
    return Point(
        problem, end, own, int(chosen), int(steps[-1]), {name: path.w for name, path in whole.items()},
        steps=steps, folder=folder, rule=_tuned(group), batch=group.plan.batch, entrants=tuple(whole),
    )  # fmt: skip


def _rule(start: Any) -> Rule | None:
    """The rule; None for one that is not ours."""
    with suppress(InputError):
        return rules.restored(start.rule, start.hyperparameters, start.schedules)
    return None


def _with_path(point: Point, path: Path | None) -> Point:
    whole = None if path is None else _finite(path)
    if whole is not None:
        point.paths[point.label], point.steps = whole.w, whole.steps
    return point


def _finite(path: Path) -> Path | None:
    """The points that are finite; None where none is."""
    leaves = [
        np.isfinite(np.asarray(x, float)).reshape(len(x), -1).all(1)
        for x in jax.tree.leaves(path.w)
    ]
    good = np.logical_and.reduce(leaves)
    if not good.any():
        return None
    return Path(np.asarray(path.steps)[good], jax.tree.map(lambda x: x[good], path.w))


def curvature_at(point: Point, ground: Ground, count: int) -> dict[str, Any]:
    """How the training loss curves at the point: so many eigenvalues of either end of the Hessian's spectrum,
    its density and trace, and the sharpness beside the rule's threshold where both can be told; as JSON can
    hold it."""
    n = tree.size(point.w)
    ends = landscapes.eigenvalues(
        ground, point.w, top=min(count, (n + 1) // 2), bottom=min(count, n // 2)
    )
    trace = landscapes.trace(ground, point.w)
    top = _pairs(ends.top, ends.top_error)
    bottom = _pairs(ends.bottom, ends.bottom_error) or top
    return {
        "asked": count,
        "top": top,
        "bottom": bottom,
        "converged": ends.converged,
        "trace": [trace.mean, trace.error],
        "density": _density(point, ground),
        "sharpness": _sharpness(point, ground, top[0]),
        "along": _along(point, ground),
    }


def _pairs(values: np.ndarray, errors: np.ndarray) -> list[list[float]]:
    return [[float(v), float(e)] for v, e in zip(values, errors, strict=True)]


def _density(point: Point, ground: Ground) -> dict[str, Any]:
    """The density of the spectrum on even points between two ends, and the share of the eigenvalues that are
    smaller in size than a hundredth of the largest."""
    found = landscapes.density(ground, point.w)
    sizes = np.abs(found.nodes)
    small = found.weights[sizes < sizes.max() / 100].sum() / len(found.nodes)
    return {
        "ends": [float(found.x[0]), float(found.x[-1])],
        "values": [float(f"{value:.5g}") for value in found.density],
        "width": found.width,
        "small": float(small),
    }


def _along(point: Point, ground: Ground) -> dict[str, Any] | None:
    """The largest eigenvalue along the point's own path, beside the threshold that its rule had at each step:
    none is known of an adaptive rule, whose states on the way are not kept. None without a path."""
    if point.steps is None or len(point.steps) < 2:
        return None
    chosen = np.unique(np.linspace(0, len(point.steps) - 1, ALONG).round().astype(int))
    rule, found = point.rule, []
    for i in chosen:
        w = tree.placed(jax.tree.map(lambda x, i=i: x[i], point.paths[point.label]))
        ends = landscapes.eigenvalues(ground, w, top=1, bottom=0)
        step = int(point.steps[i])
        at = None if rule is None or rule.adaptive else rule.at(step + 1).threshold()
        threshold = None if at is None else float(at)
        found.append([step, float(ends.top[0]), float(ends.top_error[0]), threshold])
    each = {row[3] for row in found}
    return {
        "label": point.label,
        "points": found,
        "threshold": each.pop() if len(each) == 1 else None,
    }


def _sharpness(point: Point, ground: Ground, top: list[float]) -> dict[str, Any] | None:
    """The largest eigenvalue, of the preconditioned Hessian for an adaptive rule; None where that needs a
    state that was not kept."""
    rule = point.rule
    if rule is None or rule.at(1).threshold() is None:
        return {"value": top, "threshold": None}
    if rule.adaptive and (point.state is None or point.step < 1):
        return None
    t = max(point.step, 1)
    found = landscapes.sharpness(ground, point.w, rule, point.state, t)
    return {"value": [found.value, found.error], "threshold": found.threshold}
