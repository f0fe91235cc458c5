"""The loss around a point, of any problem: planned, computed, looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from uzviz import engine, tree
from uzviz.errors import InputError, named, shown
from uzviz.landscapes import directions as along
from uzviz.landscapes.directions import Directions
from uzviz.landscapes.grids import MEMORY, Grid, coordinates, mapped
from uzviz.landscapes.ground import Ground
from uzviz.landscapes.planes import project
from uzviz.landscapes.ruggedness import Roughness, roughness
from uzviz.problems import Problem
from uzviz.records import Map, Tile
from uzviz.tree import Tree

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EXAMPLES = 1024
"""Examples of each part, unless it is said."""
MARGIN = 0.1
"""Of a path's extent, on either side."""


class Landscape(Map):
    """The loss around a point, with the grid and the directions that it is computed on."""

    def __init__(self, grid: Grid):
        super().__init__(grid.facts, grid.axes)
        self.grid = grid
        self.interrupted = False
        """Whether Ctrl-C ended it."""

    @property
    def directions(self) -> Directions:
        """What the axes are."""
        return self.grid.directions

    @property
    def roughness(self) -> Roughness:
        """How rugged :attr:`loss` is."""
        return roughness(self.loss)

    def figures(self) -> dict[str, Any]:
        """The loss of each part at the centre and how rugged the ground is, as JSON can hold them."""
        ground = self.grid.ground
        losses = {part: ground.loss(self.grid.w, part) for part in ground.parts}
        return {"loss": losses, "roughness": self.roughness._asdict()}

    def plot(self, name: str | None = None) -> Figure:
        """Contours of a map, or curves along one direction, with the paths; holes where nothing is finite."""
        from uzviz.landscapes.picture import draw

        chosen = name or f"{self.grid.ground.parts[0]}/loss"
        named("map", chosen, self.values)
        return draw(self, chosen)

    def __repr__(self) -> str:
        shape = " × ".join(map(str, self.shape))
        return (
            f"Landscape({self.grid.ground.problem.name}, {self.directions.kind} directions, {shape}, "
            f"{int(self.done.sum()):,} points done)"
        )


def _random(ground: Ground, w: Tree, count: int, seed: int, normalise: str) -> Directions:
    return along.random(w, count, seed=seed, normalise=normalise)


def _curved(ground: Ground, w: Tree, count: int, seed: int, normalise: str) -> Directions:
    return along.curved(ground, w, ("top", "bottom")[:count], seed=seed)


def _axes(ground: Ground, w: Tree, count: int, seed: int, normalise: str) -> Directions:
    return along.axes(w)


DIRECTIONS: dict[str, Callable[[Ground, Tree, int, int, str], Directions]] = {
    "random": _random,
    "hessian": _curved,
    "axes": _axes,
}
"""Directions by name; "path" is that of the paths given."""


def planned(
    problem: Problem,
    w: Tree | None = None,
    *,
    directions: str | Directions | None = None,
    dimensions: int = 2,
    size: int | Sequence[int] = 51,
    span: Any = None,
    normalise: str = "filter",
    seed: int = 0,
    examples: int | None = EXAMPLES,
    parts: Sequence[str] = ("train", "validation"),
    maps: Sequence[str] = ("metrics",),
    lanczos: int = 10,
    paths: Mapping[str, Tree] | None = None,
    split_seed: int = 0,
    width: int | None = None,
    memory: int = MEMORY,
) -> Grid:
    """The grid that :func:`around` computes, which says what is asked for and refuses what cannot be."""
    if dimensions not in (1, 2):
        raise InputError(f"The dimensions are {shown(dimensions)}, but must be 1 or 2.")
    ground = Ground(problem, split_seed, examples, parts)
    start = engine.start_point(problem, split_seed)
    w = start if w is None else w
    along.check_like(start, w, "The point")
    if not all(np.isfinite(np.asarray(x, float)).all() for x in tree.paths(w).values()):
        raise InputError("The point holds parameters that are not finite: choose another.")
    chosen = _directions(ground, w, directions, dimensions, seed, normalise, paths or {})
    count = len(chosen.vectors)
    sizes = [size] * count if not isinstance(size, Sequence) else list(size)
    spans = _spans(w, chosen, span, paths or {})
    if len(sizes) != count:
        raise InputError(
            f"The size is {shown(size)}, but must be one number, or one for each of {count} directions."
        )
    made = tuple(coordinates(s, n) for s, n in zip(spans, sizes, strict=True))
    return Grid(ground, w, chosen, made, tuple(maps), lanczos, width, memory)


def _directions(ground: Ground, w: Tree, given: Any, count: int, seed: int, normalise: str, paths: Mapping[str, Tree]) -> Directions:  # fmt: skip
    if isinstance(given, Directions):
        return given
    if given is None:
        given = "axes" if tree.size(w) <= 2 else "random"
    if given == "path":
        if not paths:
            raise InputError(
                "The directions are those of a path, but no path is given: give paths."
            )
        rows = [along.flat_points(w, path) for path in paths.values()]
        return along.principal_of(w, np.concatenate(rows), count)
    make = named("kind of directions", given, {**DIRECTIONS, "path": _random})
    return make(ground, w, count, seed, normalise)


def _spans(w: Tree, chosen: Directions, span: Any, paths: Mapping[str, Tree]) -> list[Any]:
    """One for each direction: as given, else what holds the paths, else what suits the directions."""
    count = len(chosen.vectors)
    if span is not None:
        each = isinstance(span, Sequence) and len(span) == count and all(
            isinstance(s, Sequence) for s in span
        )  # fmt: skip
        return list(span) if each else [span] * count
    if chosen.kind == "towards":
        return _between(chosen)
    if not paths:
        return [1.0] * count
    seen = np.concatenate([project(w, chosen, path).coordinates for path in paths.values()])
    seen = np.concatenate([seen, np.zeros((1, count))])
    low, high = seen.min(0), seen.max(0)
    margin = MARGIN * np.maximum(high - low, 1e-3 * max(float((high - low).max()), 1e-9))
    return [(float(a), float(b)) for a, b in zip(low - margin, high + margin, strict=True)]


def _between(chosen: Directions) -> list[tuple[float, float]]:
    """What holds the runs that directions lead to, with a quarter of their extent on either side."""
    facts = chosen.facts
    # The second run lies off its own direction, which was made orthogonal to the first.
    beyond = facts.get("cosine", 0.0) * facts["norms"][-1] / facts["norms"][0]
    low, high = min(0.0, beyond), max(1.0, beyond)
    margin = (high - low) / 4
    return [(low - margin, high + margin), (-0.25, 1.25)][: len(chosen.vectors)]


def around(
    problem: Problem,
    w: Tree | None = None,
    *,
    on_tile: Callable[[Tile], object] = lambda tile: None,
    known: Sequence[Tile] = (),
    paths: Mapping[str, Tree] | None = None,
    **options: Any,
) -> Landscape:
    r"""The loss of any problem around a point.

    .. math:: L(w + a\,d_0 + b\,d_1)

    ``around(problem, w).plot()``; of a function of one's own: ``around(uz.Problem(init=…, loss=…), w)``.

    Parameters
    ----------
    w
        The point, a pytree like the problem's start; that start unless given.
    directions
        "random" (unless w is one or two numbers: then "axes"), "hessian", "path" (of ``paths``), or what a
        function of :mod:`uzviz.landscapes.directions` gives.
    dimensions
        1 or 2.
    size, span
        Points along each direction, 51, and from where to where, ±1 in units of the direction: one for all or
        one for each. Unless given, a path's extent is spanned.
    normalise, seed
        Of random directions: "filter", "layer" or "none".
    examples, parts
        How many of each part, the first in the random order of the split; None takes all.
    split_seed
        Of the run whose split it is.
    maps
        Beside losses: "metrics", alone unless given; "gradient-norm"; "curvature" (of ``lanczos`` steps at
        each point).
    paths
        Stacked parameters [points, …] by name: projected, with their losses.
    on_tile, known
        Called with every tile as it comes; tiles that need not be computed again.
    width, memory
        As in :class:`uzviz.landscapes.grids.Grid`.

    Raises
    ------
    InputError
        for what cannot be used, before anything is computed.
    """
    grid = planned(problem, w, paths=paths, **options)
    found = Landscape(grid)
    for tile in known:
        found.add(tile)
    for tile in mapped(grid, known):
        found.add(tile)
        on_tile(tile)
    for name, path in (paths or {}).items():
        part = grid.ground.parts[0]
        found.paths[name] = project(grid.w, grid.directions, path, grid.ground, part)
    return found
