"""What the process beside the board computes: grounds around runs, and particles on them."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import jax
import numpy as np

from uzviz import engine, landscapes, log, rules, tree
from uzviz.api.exploring import MOST_STEPS, SIZES, Asked
from uzviz.api.grounds import Point, kinds_of, point_of, span_of
from uzviz.api.places import REMADE, named_tree
from uzviz.api.reading import TrainedRun
from uzviz.board import landscapes as frames
from uzviz.board import wire
from uzviz.board.folders import Folders
from uzviz.board.messages import About, Bounds, RuleOf
from uzviz.errors import InputError, shown
from uzviz.landscapes import Directions, Ground, Landscape
from uzviz.landscapes.landscape import EXAMPLES
from uzviz.problems import BUNDLED, SHAPES, Problem
from uzviz.records import plain
from uzviz.tree import Tree

T = TypeVar("T")
COARSE = 81
"""Points of the coarsest grid, which are said together."""
SECONDS = 0.3
"""Of points of a surface that are said together."""
MOST_PARAMETERS = 5_000_000
KEPT = 8


@dataclass
class _Slot:
    lock: threading.Lock = field(default_factory=threading.Lock)
    made: Any = None


class _Kept:
    """The last few things of a kind, made once each; who waits for one keeps nobody from another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, _Slot] = OrderedDict()

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            slot = self._found.setdefault(key, _Slot())
            self._found.move_to_end(key)
            if len(self._found) > KEPT:
                self._found.popitem(last=False)
        with slot.lock:
            if slot.made is None:
                slot.made = make()
            return slot.made


_points, _grounds = _Kept(), _Kept()


@dataclass(frozen=True, eq=False)
class _Stage:
    """A plane through a ground, on which particles go; ``land`` where its surface is made here."""

    point: Point
    ground: Ground
    w: Tree
    directions: Directions
    land: Landscape | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held while the land grows."""


def answer(job: str, asked: Asked, *arguments: Any) -> Any:
    """Work of the process; what is wrong is said without a path of this machine."""
    try:
        return JOBS[job](asked, *arguments)
    except InputError as error:
        last = Path(asked.name).name
        folder = os.path.join(asked.root, asked.name)
        raise InputError(
            str(error).replace(folder, last).replace(asked.root.rstrip(os.sep), "")
        ) from None


def _about(asked: Asked) -> dict[str, Any]:
    point = _point(asked)
    rule = point.rule
    if rule is None or not rules.ours(rules.name_of(rule)):  # one of the user's own
        rule = rules.named("gd")
    found: About = {
        "parameters": tree.size(point.w),
        "examples": point.problem.sizes[0] if point.problem.data is not None else 0,
        "batch": point.batch,
        "most_steps": MOST_STEPS,
        "sizes": list(SIZES),
        "entrants": list(point.entrants),
        "centre": point.label,
        "directions": kinds_of(point),
        "rules": [_described(name) for name in dict.fromkeys([*rules.NAMES, rules.name_of(rule)])],
        "rule": rules.name_of(rule),
        "set": {name: float(x) for name, x in rules.values(rule.at(1)).items()},
    }
    return plain(found)


def _described(name: str) -> RuleOf:
    rule = rules.named(name)
    numbers: dict[str, Bounds] = {}
    for own, h in rules.declared(rule).items():
        low, high = h.interval.ends
        numbers[own] = {
            "default": h.default, "low": low, "high": high, "interval": h.interval.text,
            "meaning": h.meaning,
        }  # fmt: skip
    return {"name": name, "hyperparameters": numbers, "tuned": rule.tuned}


def _surface(asked: Asked, have: int) -> bytes:
    """The points after the first ``have`` in the order of the grid: those that are there, else some more."""
    stage = _stage(asked)
    if (land := stage.land) is None:
        raise InputError("A logged landscape is read from its log: ask for it there.")
    with stage.lock:
        # Of a ground that was given up meanwhile, the points that the page has are made again.
        while have >= int(land.done.sum()) and not land.done.all():
            _grow(land)
        done, values = int(land.done.sum()), {name: x.ravel() for name, x in land.values.items()}
        facts = {**land.facts, "measured": land.figures() if land.done.all() else {}}
    places = land.grid.order[min(have, done) : done]
    axes = {f"axis{i}": np.asarray(a, float) for i, a in enumerate(land.axes)}
    new = {f"values{i}": np.asarray(x[places], np.float32) for i, x in enumerate(values.values())}
    said = {"maps": list(values), "total": land.done.size, "have": done, "facts": facts}
    return wire.frame({**axes, **new, **said, "places": places.astype(np.int32)})


def _grow(land: Landscape) -> None:
    """Compute on, for a part of a second."""
    until = time.perf_counter() + SECONDS
    for tile in landscapes.mapped(land.grid, [land.known]):
        land.add(tile)
        if time.perf_counter() > until and land.done.sum() >= COARSE:
            break


def _paths(asked: Asked) -> bytes:
    stage = _stage(asked)
    found = {
        label: landscapes.project(stage.w, stage.directions, path, stage.ground)
        for label, path in stage.point.paths.items()
    }
    return wire.frame(frames.paths(found))


def _particle(
    asked: Asked, place: Any, name: str, given: Any, batch: int, steps: int, mode: str
) -> bytes:
    if not isinstance(given, dict):
        raise InputError(
            f"The rule's numbers are {shown(given)}, but must be numbers by their names."
        )
    stage = _stage(asked)
    rule = rules.named(name, **given)
    rules.check_numbers(rule)
    if len(stage.directions.vectors) != 2:
        raise InputError("Particles go on a ground of two directions, but this one has another.")
    if mode == "plane":
        found = landscapes.bound(stage.ground, stage.w, stage.directions, place, rule, steps)
    else:
        size = batch or stage.point.batch
        found = landscapes.free(stage.ground, stage.w, stage.directions, place, rule, size, steps)
    return wire.frame({**found._asdict(), "rule": name})


JOBS: dict[str, Callable[..., Any]] = {
    "about": _about,
    "surface": _surface,
    "paths": _paths,
    "particle": _particle,
}


def _point(asked: Asked) -> Point:
    key = asked.root, asked.name, asked.state, asked.centre
    return _points.of(key, partial(_point_made, asked))


def _point_made(asked: Asked) -> Point:
    """The run's parameters, of a problem that is small enough."""
    run, problem = _opened(asked)
    engine.check(problem)
    count = tree.size(jax.eval_shape(problem.init, jax.random.key(0)))
    if count > MOST_PARAMETERS:
        raise InputError(
            f"The run has {count:,} parameters, but the board computes with {MOST_PARAMETERS:,} at most: use "
            "uzviz landscape."
        )
    return point_of(run, problem=problem, centre=asked.centre or None)


def _opened(asked: Asked) -> tuple[TrainedRun, Problem]:
    """A run and its problem. No link is followed out of the board's folder, and no file is opened that a log
    names."""
    folders = Folders(asked.root)
    run = TrainedRun(asked.name, Path(asked.root, asked.name))
    _check_links(folders, run.folder)
    if (race := run.of_race()) is not None:
        _check_links(folders, race.folder)
    elif not log.holds_training(run):
        raise InputError("This run holds no parameters of ours: a landscape needs them.")
    spec = log.LoggedRace(race).begun["problem"] if race else log.made_of(run)["start"]["problem"]
    data = spec.get("data", "digits") if isinstance(spec, dict) else None
    if data not in [*BUNDLED, *SHAPES]:
        raise InputError(
            f"The data of this run are {shown(data)}, and the board opens no file that a log names: use "
            "uzviz landscape, and look at what it writes here."
        )
    return run, run.problem()


def _check_links(folders: Folders, folder: Path) -> None:
    if not folders.holds(folder) and os.path.realpath(folder) != folders.root:
        raise InputError("The race of this run lies outside the board's folder.")
    for parent, below, files in os.walk(folder):
        for name in (*below, *files):
            path = os.path.join(parent, name)
            if os.path.islink(path) and not folders.holds(path):
                raise InputError(
                    f"{folder.name} holds links that lead out of the board's folder: it is not read."
                )


def _stage(asked: Asked) -> _Stage:
    return _grounds.of(asked, partial(_stage_made, asked))


def _stage_made(asked: Asked) -> _Stage:
    point = _point(asked)
    if asked.number is not None:
        return _logged(asked, point)
    kind = asked.directions or kinds_of(point)[0]
    grid = landscapes.planned(
        point.problem, point.w, directions=kind, normalise=asked.normalise, size=asked.size,
        span=span_of(kind, asked.span), seed=asked.seed, examples=EXAMPLES, paths=point.paths,
        split_seed=point.seed,
    )  # fmt: skip
    return _Stage(point, grid.ground, grid.w, grid.directions, landscapes.Landscape(grid))


def _logged(asked: Asked, point: Point) -> _Stage:
    """The plane of a landscape in the log, around what was its centre."""
    found = [*log.LoggedRun(asked.name, Path(asked.root, asked.name)).landscapes.values()]
    if asked.number is None or asked.number >= len(found):
        raise InputError(f"The run holds {len(found)} landscapes.")
    try:
        return _stage_of(asked, point, found[asked.number])
    except InputError:
        raise
    except (LookupError, TypeError, ValueError):
        raise InputError("The landscape is not understood.") from None


def _stage_of(asked: Asked, point: Point, one: log.LoggedLandscape) -> _Stage:
    name, given = one.begun["name"], one.begun["asked"]
    kept = log.kept_directions(Path(asked.root, asked.name), name)
    if kept is None:
        raise InputError(f"The centre of {name} is lost, so that nothing can go on its ground.")
    kind, count = one.fixed["directions"]["kind"], len(one.axes)
    vectors = 0 if kind in REMADE else count
    restored = tree.restored(named_tree(point.w, [point.w] * vectors), kept)
    ground = Ground(point.problem, one.fixed["seed"], given["examples"], tuple(given["parts"]))
    w = restored["centre"]
    if vectors:
        return _Stage(
            point, ground, w, Directions(tuple(restored["directions"]), one.fixed["directions"])
        )
    grid = landscapes.planned(
        point.problem, w, directions=kind, dimensions=count, normalise=given["normalise"], seed=given["seed"],
        size=3, examples=given["examples"], split_seed=one.fixed["seed"],
    )  # fmt: skip
    return _Stage(point, ground, w, grid.directions)
