"""Landscapes, as users call them: around a run, a race's final, or any parameters of a problem."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import jax
import numpy as np

from uzviz import landscapes
from uzviz.api.grounds import Point, curvature_at, kinds_of, point_of, span_of
from uzviz.api.interrupts import held_back
from uzviz.api.places import Place, mark
from uzviz.checks import whole
from uzviz.errors import InputError, shown
from uzviz.landscapes import Directions, Landscape
from uzviz.landscapes.grids import MEMORY
from uzviz.landscapes.landscape import EXAMPLES
from uzviz.log import LandscapeLog, LoggedLandscape
from uzviz.problems import Problem
from uzviz.records import Tile
from uzviz.tree import Tree

EIGENVALUES = 5
"""Of either end of a spectrum, unless told otherwise."""
MOST_EIGENVALUES = 50
"""Half of what the products with the Hessian can tell apart."""

Progress = Callable[[int, int, str], object]


def landscape(
    run: Any,
    w: Tree | None = None,
    *,
    problem: Problem | None = None,
    directions: str | Directions | Sequence[Tree] | Callable[[Tree], Sequence[Tree]] | None = None,
    towards: Any = (),
    beside: Any = (),
    at: str = "last",
    final_seed: int | None = None,
    centre: str | None = None,
    dimensions: int | None = None,
    size: int | Sequence[int] = 51,
    span: Any = None,
    normalise: str = "filter",
    seed: int = 0,
    examples: int | None = EXAMPLES,
    parts: Sequence[str] = ("train", "validation"),
    maps: Sequence[str] = ("metrics",),
    lanczos: int = 10,
    curvature: bool = False,
    eigenvalues: int = EIGENVALUES,
    memory: int = MEMORY,
    name: str | None = None,
    log: bool = True,
    on_progress: Progress = lambda done, total, stage: None,
    on_tile: Callable[[Tile], object] = lambda tile: None,
) -> Landscape:
    r"""The loss around a trained network, with the path that led there.

    .. math:: L(w + a\,d_0 + b\,d_1)

    Of a logged run it is written into the run's log, tile by tile: asked for again it is read, or gone on
    with where it was broken off, to the same bits. ``landscape(problem, w)`` is that of any loss over any
    pytree, around the problem's start unless w is given.

    Parameters
    ----------
    run
        A run that :func:`train` gave, the folder of a logged one or what :func:`read` gives; that of a race
        shows the paths of all entrants' tuned lanes from one seed, a lane's its own. Or a problem.
    problem
        The run's, if it is one of your own.
    directions
        "random" (as unless given), "path" (as of a race), "hessian", "axes", one or two pytrees like the
        parameters, or a function that makes these of w.
    towards
        One other run or two, instead: the straight line to the first, or the plane through both.
    beside
        Further runs of the same problem, whose paths are shown too.
    at
        The "last" parameters, or the "best" by validation loss.
    final_seed, centre
        Of a race: the seed of its final, the first unless given, and the entrant whose end is the centre, the
        winner unless given.
    dimensions, size, span
        2, or 1 towards one run; points along each direction; from where to where, ±1 along
        random and Hessian directions, what holds the paths along others.
    normalise, seed
        Of random directions: "filter", "layer" or "none".
    examples, parts
        How many of each part of the run's own split, the first; None takes all.
    maps
        Beside losses: "metrics", "gradient-norm", "curvature" (after ``lanczos`` steps at each point).
    curvature, eigenvalues
        Whether to find the Hessian's eigenvalues, so many of either end, the density of all, their trace and
        the sharpness at the centre too, and the sharpness along the path, at 25 of its points.
    memory
        Bytes it may take.
    name
        Tells several in one log apart; the kind of directions unless given, with a number where another has it.
    log
        Whether a logged run's is written into its log.
    on_progress, on_tile
        Called with the points done, those there are and what is going on; with every tile as it comes.

    Returns
    -------
    Landscape
        With ``plot()``, ``loss``, ``values``, ``axes``, ``paths``, ``facts`` and ``to_dict()``; after Ctrl-C
        with the points that were done, and ``interrupted``.

    Raises
    ------
    InputError
        for anything that cannot be used, before anything is computed, and where the loss is finite nowhere.
    """
    if not whole(eigenvalues, 1, MOST_EIGENVALUES):
        raise InputError(
            f"The eigenvalues asked for are {shown(eigenvalues)}, but must be a whole number from 1 to "
            f"{MOST_EIGENVALUES}."
        )
    point = point_of(run, w, problem=problem, at=at, final_seed=final_seed, centre=centre)
    usual = kinds_of(point)[0]
    ends = [point_of(other, problem=point.problem) for other in _listed(towards)]
    _add_paths(
        point, [*ends, *(point_of(other, problem=point.problem) for other in _listed(beside))]
    )
    kind, along = _along(point, directions, ends, dimensions, usual)
    grid_of = {
        "dimensions": 2 if dimensions is None else dimensions, "size": size, "normalise": normalise, "seed": seed, "examples": examples,
        "parts": tuple(parts), "maps": tuple(maps), "lanczos": lanczos,
    }  # fmt: skip
    asked = {
        **grid_of, "span": span, "at": at, "beside": sorted(point.paths),
        "directions": kind if isinstance(along, str) or along is None else [kind, mark(along.vectors)],
    }  # fmt: skip
    folder = point.folder if log else None
    place = Place(point, folder, name, kind, _plain(asked), _loss(point, folder, examples, parts))
    with place.held():
        found = place.found()
        grid = landscapes.planned(
            point.problem, point.w, split_seed=point.seed, memory=memory, paths=point.paths,
            span=span_of(kind, span),
            directions=along if found is None else place.directions(found) or along, **grid_of,
        )  # fmt: skip
        if found is not None:
            grid = replace(grid, axes=found.axes, width=found.fixed["width"])
        land = Landscape(grid)
        work = _Work(land, point, ends, place.written(land, found), on_progress, on_tile)
        work.do(found, eigenvalues if curvature else 0)
    return land


def _listed(given: Any) -> list[Any]:
    """One or several as a list."""
    return list(given) if isinstance(given, (list, tuple)) else [given]


def _add_paths(point: Point, others: Sequence[Point]) -> None:
    """The paths of other runs, or their ends, each under a label of its own."""
    for other in others:
        own = other.paths or {other.label: _stacked(other.w)}
        for label, path in own.items():
            free = (label, *(f"{label}-{i}" for i in range(2, 1000)))
            point.paths[next(name for name in free if name not in point.paths)] = path


def _stacked(w: Tree) -> Tree:
    return jax.tree.map(lambda x: np.asarray(x)[None], w)


def _along(
    point: Point, directions: Any, ends: Sequence[Point], dimensions: int | None, usual: str
) -> tuple[str, str | Directions | None]:
    """The directions' kind, and they themselves where they are there already."""
    if ends and directions is not None:
        raise InputError("Directions and runs to look towards are given: leave one out.")
    if callable(directions):
        directions = _made(directions, point.w)
    if ends:
        along = landscapes.towards(point.w, *(end.w for end in ends))
    elif directions is None or isinstance(directions, str):
        return directions or usual, directions or usual
    elif isinstance(directions, Directions):
        along = directions
    elif jax.tree.structure(directions) == jax.tree.structure(point.w):
        along = landscapes.own(point.w, directions)
    elif isinstance(directions, (list, tuple)):
        along = landscapes.own(point.w, *directions)
    else:
        raise InputError(
            f"The directions are {shown(directions)}, but must be a kind of them, or one or two pytrees "
            "like the parameters."
        )
    if dimensions not in (None, count := len(along.vectors)):
        raise InputError(
            f"The dimensions are {shown(dimensions)}, but the directions given are {count}: leave the dimensions out."
        )
    return along.kind, along


def _loss(point: Point, folder: Any, examples: int | None, parts: Sequence[str]) -> float | None:
    """The loss at the centre, of a user's own function, by which it is known again in a log."""
    if folder is None or point.problem.spec:
        return None
    ground = landscapes.Ground(point.problem, point.seed, examples, parts)
    return ground.loss(point.w)


def _made(directions: Callable[[Tree], Any], w: Tree) -> Any:
    """What a user's function makes of w."""
    try:
        inspect.signature(directions).bind(w)
    except (TypeError, ValueError) as error:
        raise InputError(f"The directions are made by a function of w alone: {error}.") from None
    return directions(w)


def _plain(asked: dict[str, Any]) -> dict[str, Any]:
    """What was asked for as JSON gives it back."""
    return json.loads(json.dumps(asked, default=lambda x: getattr(x, "tolist", lambda: repr(x))()))


@dataclass
class _Work:
    """What there is to do for a landscape, one thing after another."""

    land: Landscape
    point: Point
    ends: Sequence[Point]
    written: LandscapeLog | None
    on_progress: Progress
    on_tile: Callable[[Tile], object]

    def do(self, found: LoggedLandscape | None, eigenvalues: int) -> None:
        """All that isn't done already, until Ctrl-C."""
        land = self.land
        if found is not None:
            land.add(found.known)
            land.paths.update(found.paths)
            land.measured.update(found.measured)
        try:
            with held_back() as check:
                try:
                    for _ in chain(self._tiles(), self._paths(), self._figures(eigenvalues)):
                        check()
                except KeyboardInterrupt:
                    land.interrupted = True
        finally:
            if self.written is not None:
                self.written.close()

    def _tiles(self) -> Iterator[None]:
        land = self.land
        for tile in landscapes.mapped(land.grid, [land.known]):
            land.add(tile)
            if self.written is not None:
                self.written.tile(tile)
            self.on_tile(tile)
            self.on_progress(int(land.done.sum()), land.done.size, "map")
            yield
        if not np.isfinite(land.loss).any():
            raise InputError(
                "The loss is finite at no point of this map: give a smaller span, or another point."
            )

    def _paths(self) -> Iterator[None]:
        land, grid = self.land, self.land.grid
        missing = [label for label in self.point.paths if label not in land.paths]
        for i, label in enumerate(missing):
            self.on_progress(i, len(missing), "paths")
            points, part = self.point.paths[label], grid.ground.parts[0]
            found = landscapes.project(grid.w, grid.directions, points, grid.ground, part)
            land.paths[label] = found
            if self.written is not None:
                self.written.path(label, found)
            yield

    def _figures(self, eigenvalues: int) -> Iterator[None]:
        land, grid, known = self.land, self.land.grid, dict(self.land.measured)
        if "loss" not in known:
            land.measured.update(land.figures())
            yield
        if "barriers" not in known and self.ends:
            lines = [landscapes.interpolation(grid.ground, grid.w, end.w) for end in self.ends]
            pairs = zip(self.ends, lines, strict=True)
            land.measured["barriers"] = {end.label: line.barrier for end, line in pairs}
            yield
        if eigenvalues and known.get("curvature", {}).get("asked") != eigenvalues:
            self.on_progress(0, 1, "curvature")
            land.measured["curvature"] = curvature_at(self.point, grid.ground, eigenvalues)
        if land.measured != known and self.written is not None:
            self.written.measured(land.measured)
        yield
