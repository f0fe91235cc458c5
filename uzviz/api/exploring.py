"""Landscapes and particles that the board's page asks for, computed in a process of their own.

The page names runs and landscapes by numbers, and bounded numbers are all it sets. Nothing is written: who
wants to keep a landscape computes it by ``uzviz landscape``.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from uzviz.api.workers import Broke, TooLong, Worker
from uzviz.errors import InputError, shown

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from uzviz.api.grounds import Point
    from uzviz.board.guard import App
    from uzviz.board.queries import Query
    from uzviz.board.store import Store
    from uzviz.landscapes import Directions, Ground, Landscape
    from uzviz.tree import Tree

T = TypeVar("T")
IDLE, LIMIT = 600.0, 20.0
"""Seconds after which the process is ended: when nobody asks, and at work on one answer."""
MEMORY = 1 << 30
"""Bytes beyond which the process gives compiled programs back: a network's data and programs take half."""
COARSE = 81
"""Points of the coarsest grid, which are said together."""
SECONDS = 0.3
"""Of points of a surface that are said together."""
SIZES = (3, 201)
MOST_STEPS = 2000
MOST_PARAMETERS = 5_000_000
EXAMPLES = 1024
"""Of each part, as :func:`uzviz.landscape` takes unless it is said."""
KEPT = 4
LARGEST, MOST_SEED = 2**53, 2**31 - 1
NORMALISE = ("filter", "layer", "none")
OFFERED = ("random", "path", "hessian", "axes")


@dataclass(frozen=True)
class Asked:
    """A ground that is asked for; plain, so that it can be sent to the process and known again."""

    root: str
    name: str
    state: tuple[int, int]
    """Of its log: a run that went on is another ground."""
    number: int | None
    """The logged landscape; None for one that is made of what follows."""
    centre: str
    directions: str
    normalise: str
    size: int
    span: float | None
    seed: int


class Grounds:
    """Grounds around a board's runs; the process starts when it is first asked.

    A page has one request under way; another one is refused.
    """

    def __init__(self, *, idle: float = IDLE, limit: float = LIMIT):
        self.worker = Worker(_answer, idle=idle, limit=limit, memory=MEMORY)
        self._lock = threading.Lock()
        self._busy: set[str] = set()

    def close(self) -> None:
        """End the process."""
        self.worker.close()

    def app(self, store: Store) -> App:
        """The ASGI app of the runs in a store."""
        from starlette.applications import Starlette
        from starlette.routing import Route

        from uzviz.board.app import HANDLERS

        routes = [
            Route(f"/{name}", partial(_endpoint, self, store, name, of), methods=["GET"])
            for name, of in ARGUMENTS.items()
        ]
        return Starlette(routes=routes, exception_handlers=HANDLERS)

    def ask(self, viewer: str, *job: Any) -> Any:
        """The process's answer; a page that waits for one gets no other.

        Raises
        ------
        InputError
            for what cannot be computed.
        """
        from uzviz.board.refusals import Refusal

        with self._turn(viewer):
            try:
                return self.worker(*job)
            except TooLong:
                raise Refusal(
                    503,
                    f"This took longer than {self.worker.limit:g} s, so that the process that computes was "
                    "ended: ask for less, or use uzviz landscape.",
                ) from None
            except Broke:
                raise Refusal(
                    503, "The process that computes has ended, and is started anew."
                ) from None

    @contextmanager
    def _turn(self, viewer: str) -> Iterator[None]:
        """A page's turn, which it has to itself."""
        from uzviz.board.refusals import Refusal

        with self._lock:
            if viewer in self._busy:
                raise Refusal(
                    429, "This page's last request is still computed: wait until it is answered."
                )
            self._busy.add(viewer)
        try:
            yield
        finally:
            with self._lock:
                self._busy.discard(viewer)


def _endpoint(
    grounds: Grounds,
    store: Store,
    job: str,
    arguments_of: Callable[[Query], tuple[Any, ...]],
    request: Request,
) -> Response:
    from starlette.responses import JSONResponse, Response

    from uzviz.board.queries import Query

    query = Query(request.query_params)
    asked, arguments = _asked(store, query), arguments_of(query)
    found = grounds.ask(query.text("viewer", 40), job, asked, *arguments)
    if isinstance(found, bytes):
        return Response(found, media_type="application/octet-stream")
    return JSONResponse(found)


def _asked(store: Store, query: Query) -> Asked:
    run = store.run(query.whole("run", high=LARGEST))
    return Asked(
        str(run.log.folders.root),
        run.log.name,
        run.state,
        query.whole("number", high=LARGEST) if "number" in query else None,
        query.text("centre", 200),
        query.word("directions", OFFERED, "") or "",
        query.word("normalise", NORMALISE, "filter") or "filter",
        query.whole("size", 51, low=SIZES[0], high=SIZES[1]),
        query.real("span", 0.0) if "span" in query else None,
        query.whole("seed", 0, high=MOST_SEED),
    )


def _particle_of(query: Query) -> tuple[Any, ...]:
    from uzviz.api.playing import settings_of

    return (
        [query.real(name, 0.0) for name in ("x", "y")],
        query.text("rule", 40),
        settings_of(query.text("set", 2000)),
        query.whole("batch", 0, high=MOST_SEED),
        query.whole("steps", 300, low=1, high=MOST_STEPS),
        query.word("mode", ("free", "plane"), "free"),
    )


ARGUMENTS: dict[str, Callable[[Query], tuple[Any, ...]]] = {
    "about": lambda query: (),
    "surface": lambda query: (query.whole("have", 0, high=SIZES[1] ** 2),),
    "paths": lambda query: (),
    "particle": _particle_of,
}
"""What is asked beside the ground, by the jobs' names."""


class _Kept:
    """The last few things of a kind, made once each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, Any] = OrderedDict()

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            if key not in self._found:
                self._found[key] = make()
            self._found.move_to_end(key)
            while len(self._found) > KEPT:
                self._found.popitem(last=False)
            return self._found[key]


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


def _answer(job: str, asked: Asked, *arguments: Any) -> Any:
    """Work of the process; what is wrong is said without a path of this machine."""
    try:
        return JOBS[job](asked, *arguments)
    except InputError as error:
        last = Path(asked.name).name
        folder = os.path.join(asked.root, asked.name)
        raise InputError(str(error).replace(folder, last).replace(asked.root, "")) from None


def _about(asked: Asked) -> dict[str, Any]:
    from uzviz import rules, tree
    from uzviz.board.messages import About
    from uzviz.records import plain

    point = _point(asked)
    rule, batch = point.rule or rules.named("gd"), point.batch
    found: About = {
        "parameters": tree.size(point.w),
        "examples": point.problem.sizes[0] if point.problem.data is not None else 0,
        "batch": batch,
        "most_steps": MOST_STEPS,
        "sizes": list(SIZES),
        "entrants": list(point.entrants),
        "centre": point.label,
        "directions": _offered(point),
        "rules": [_described(name) for name in rules.NAMES],
        "rule": rules.name_of(rule),
        "set": {name: float(x) for name, x in rules.values(rule.at(1)).items()},
    }
    return plain(found)


def _described(name: str) -> Any:
    from uzviz import rules

    rule = rules.named(name)
    numbers = {}
    for own, h in rules.declared(rule).items():
        low, high = h.interval.ends
        numbers[own] = {"default": h.default, "low": low, "high": high, "interval": h.interval.text, "meaning": h.meaning}  # fmt: skip
    return {"name": name, "hyperparameters": numbers, "tuned": rule.tuned}


def _offered(point: Point) -> list[str]:
    """Kinds of directions, the one first that is taken unless it is said."""
    from uzviz import tree

    if tree.size(point.w) <= 2:
        return ["axes"]
    usual = ["random", "hessian"]
    if not point.paths:
        return usual
    return ["path", *usual] if len(point.paths) > 1 else ["random", "path", "hessian"]


def _surface(asked: Asked, have: int) -> bytes:
    """The points after the first ``have`` in the order of the grid: those that are there, else some more."""
    import numpy as np

    from uzviz.board import wire

    stage = _stage(asked)
    if (land := stage.land) is None:
        raise InputError("A logged landscape is read from its log: ask for it there.")
    with stage.lock:
        if have >= int(land.done.sum()):
            _grow(land)
        done, values = int(land.done.sum()), {name: x.ravel() for name, x in land.values.items()}
        facts = {**land.facts, "measured": _measured(land)}
    places = land.grid.order[min(have, done) : done]
    axes = {f"axis{i}": np.asarray(a, float) for i, a in enumerate(land.axes)}
    new = {f"values{i}": np.asarray(x[places], np.float32) for i, x in enumerate(values.values())}
    said = {"maps": list(values), "total": land.done.size, "have": done, "facts": facts}
    return wire.frame({**axes, **new, **said, "places": places.astype(np.int32)})


def _grow(land: Landscape) -> None:
    """Compute on, for a part of a second."""
    from uzviz.landscapes import mapped

    until = time.perf_counter() + SECONDS
    for tile in mapped(land.grid, [land.known]):
        land.add(tile)
        if time.perf_counter() > until and land.done.sum() >= COARSE:
            break


def _measured(land: Landscape) -> dict[str, Any]:
    """What is measured once all points are there."""
    if not land.done.all():
        return {}
    grid = land.grid
    losses = {part: grid.ground.loss(grid.w, part) for part in grid.ground.parts}
    return {"loss": losses, "roughness": land.roughness._asdict()}


def _paths(asked: Asked) -> bytes:
    from uzviz.board import landscapes as shown_as
    from uzviz.board import wire
    from uzviz.landscapes import project

    stage = _stage(asked)
    found = {
        label: project(stage.w, stage.directions, path, stage.ground)
        for label, path in stage.point.paths.items()
    }
    return wire.frame(shown_as.paths(found))


def _particle(
    asked: Asked, place: Any, name: str, given: Any, batch: int, steps: int, mode: str
) -> bytes:
    from uzviz import hyper, rules
    from uzviz.board import wire
    from uzviz.landscapes import bound, free

    if not isinstance(given, dict):
        raise InputError(
            f"The rule's numbers are {shown(given)}, but must be numbers by their names."
        )
    stage = _stage(asked)
    rule = rules.named(name, **given)
    hyper.check_numbers(rule)
    if len(stage.directions.vectors) != 2:
        raise InputError("Particles go on a ground of two directions, but this one has another.")
    if mode == "plane":
        found = bound(stage.ground, stage.w, stage.directions, place, rule, steps)
    else:
        size = batch or stage.point.batch
        found = free(stage.ground, stage.w, stage.directions, place, rule, size, steps)
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
    """The run's parameters. No link is followed out of the board's folder, and no file is opened that a log
    names."""
    from uzviz import engine, log, tree
    from uzviz.api.grounds import point_of
    from uzviz.api.reading import TrainedRun
    from uzviz.board.folders import Folders
    from uzviz.problems import SHAPES

    folders = Folders(asked.root)
    run = TrainedRun(asked.name, Path(asked.root, asked.name))
    race = run.of_race()
    for folder in {run.folder, run.folder if race is None else race.folder}:
        _check_links(folders, folder)
    if not log.holds_training(run) and race is None:
        raise InputError("This run holds no parameters of ours: a landscape needs them.")
    spec = log.LoggedRace(race).begun["problem"] if race else log.made_of(run)["start"]["problem"]
    data = spec.get("data", "digits") if isinstance(spec, dict) else None
    if data != "digits" and data not in SHAPES:
        raise InputError(
            f"The data of this run are {shown(data)}, and the board opens no file that a log names: use "
            "uzviz landscape, and look at what it writes here."
        )
    problem = run.problem()
    engine.check(problem)
    import jax

    count = tree.size(jax.eval_shape(problem.init, jax.random.key(0)))
    if count > MOST_PARAMETERS:
        raise InputError(
            f"The run has {count:,} parameters, but the board computes with {MOST_PARAMETERS:,} at most: use "
            "uzviz landscape."
        )
    return point_of(run, problem=problem, centre=asked.centre or None)


def _check_links(folders: Any, folder: Path) -> None:
    for parent, below, files in os.walk(folder):
        for name in (*below, *files):
            path = os.path.join(parent, name)
            if os.path.islink(path) and not folders.holds(path):
                raise InputError(
                    f"{folder.name} holds links that lead out of the board's folder: it is not read."
                )
    if not folders.holds(folder) and os.path.realpath(folder) != folders.root:
        raise InputError("The race of this run lies outside the board's folder.")


def _stage(asked: Asked) -> _Stage:
    return _grounds.of(asked, partial(_stage_made, asked))


def _stage_made(asked: Asked) -> _Stage:
    point = _point(asked)
    if asked.number is not None:
        return _logged(asked, point)
    from uzviz import landscapes
    from uzviz.api.landscapes import ALONE

    kind = asked.directions or _offered(point)[0]
    span = 1.0 if asked.span is None and kind in ALONE else asked.span
    grid = landscapes.planned(
        point.problem, point.w, directions=kind, normalise=asked.normalise, size=asked.size, span=span,
        seed=asked.seed, examples=EXAMPLES, paths=point.paths, split_seed=point.seed,
    )  # fmt: skip
    return _Stage(point, grid.ground, grid.w, grid.directions, landscapes.Landscape(grid))


def _logged(asked: Asked, point: Point) -> _Stage:
    """The plane of a landscape in the log, around what was its centre."""
    from uzviz import log, tree
    from uzviz.api.places import REMADE, named_tree
    from uzviz.landscapes import Ground, planned

    found = [*log.LoggedRun(asked.name, Path(asked.root, asked.name)).landscapes.values()]
    if asked.number is None or asked.number >= len(found):
        raise InputError(f"The run holds {len(found)} landscapes.")
    one = found[asked.number]
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
        from uzviz.landscapes import Directions

        return _Stage(
            point, ground, w, Directions(tuple(restored["directions"]), one.fixed["directions"])
        )
    grid = planned(
        point.problem, w, directions=kind, dimensions=count, normalise=given["normalise"], seed=given["seed"],
        size=3, examples=given["examples"], split_seed=one.fixed["seed"],
    )  # fmt: skip
    return _Stage(point, ground, w, grid.directions)
