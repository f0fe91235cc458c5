"""A map of the ground: losses and more at the points of a grid, coarse to fine, as they are computed.

How many points are computed side by side follows from sizes alone and is kept by who goes on with a map, so that
one that was broken off ends in the bits of one that was not. How many of such groups are made before they are
said follows the clock and changes no bit.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import engine, tree
from uzviz.checks import numbers, whole
from uzviz.errors import InputError, named, shown
from uzviz.landscapes.affine import Program
from uzviz.landscapes.directions import Directions, check_like
from uzviz.landscapes.ground import Given, Ground, batch_of
from uzviz.landscapes.measures import AT_EACH, MAPS, Values, each, means
from uzviz.records import Tile
from uzviz.tree import Tree

SIDE = {"cpu": (16, 1 << 20)}
"""Points computed side by side, and bytes of the largest values that they make: on a CPU what stays in a core's
cache, elsewhere 256 MiB."""
WIDE = (1 << 12, 1 << 28)
GROUPS = 256
"""Groups that a program has room for before it says what they are."""
FIRST = 4
SECONDS = 1.0
"""Of groups that are said together: what is affine is computed anew for them."""
MEMORY = 4 << 30
"""Bytes that a map may take, unless more are allowed."""
MOST_POINTS = 1 << 24


@dataclass(frozen=True, eq=False)
class Grid:
    """What is mapped: a ground, around w, at w + Σ aᵢ dᵢ for all coordinates a of a rectangle.

    Parameters
    ----------
    axes
        The coordinates along each direction, rising: made by :func:`coordinates`.
    maps
        Beside the loss of the ground's parts: "metrics", theirs too; "gradient-norm", ‖∇L‖ of the training
        part; "curvature", its Hessian's smallest and largest eigenvalue after ``lanczos`` steps at each point.
    width
        Points side by side; what sizes make of it unless given by a map that is gone on with.
    memory
        Bytes it may take.

    Raises
    ------
    InputError
        for axes, maps and directions that cannot be used, and a map that will not fit.
    """

    ground: Ground
    w: Tree
    directions: Directions
    axes: tuple[np.ndarray, ...]
    maps: Sequence[str] = ("metrics",)
    lanczos: int = 10
    width: int | None = None
    memory: int = MEMORY

    def __post_init__(self) -> None:
        if len(self.axes) != len(self.directions.vectors):
            raise InputError(
                f"There are {len(self.axes)} axes for {len(self.directions.vectors)} directions: give one "
                "for each."
            )
        for name in self.maps:
            named("map", name, dict.fromkeys(MAPS))
        if not whole(self.lanczos, 1, 1000):
            raise InputError(
                f"The Lanczos steps are {shown(self.lanczos)}, but must be a whole number from 1 to 1,000."
            )
        for d in self.directions.vectors:
            check_like(self.w, d, "A direction")
        if self.points > MOST_POINTS or self.needed > self.memory:
            raise InputError(
                f"A map of {' × '.join(str(len(a)) for a in self.axes)} points of {self.parameters:,} "
                f"parameters takes {_size(self.needed)}, but {_size(self.memory)} and {MOST_POINTS:,} points "
                "are allowed: give fewer points, or examples, or more memory."
            )
        object.__setattr__(self, "width", self.width or self._side)

    @property
    def shape(self) -> tuple[int, ...]:
        """Points along each axis."""
        return tuple(len(a) for a in self.axes)

    @property
    def points(self) -> int:
        """Points of the whole grid."""
        return math.prod(self.shape)

    @property
    def parameters(self) -> int:
        """How many numbers w holds."""
        return tree.size(self.w)

    @cached_property
    def order(self) -> np.ndarray:
        """The places of all points in the raveled grid, [points], coarse to fine."""
        return coarse_to_fine(self.shape)

    @cached_property
    def needed(self) -> int:
        """Bytes that the map takes, by its largest arrays."""
        item = jnp.result_type(float).itemsize
        held = self.points * item * (8 + 2 * len(self.maps))
        workers = engine.workers()
        beside = workers * (self.width or self._side)
        copies = 1 + len(self.directions.vectors) + beside
        copies += workers * (self.lanczos + 4) if "curvature" in self.maps else 0
        return held + copies * self.parameters * item + beside * 4 * self._widest

    @property
    def values(self) -> Callable[[Tree, Any], dict[str, jax.Array]]:
        """What is a mean over examples."""
        return Values(self.ground.formulas, "metrics" in self.maps)

    @cached_property
    def _program(self) -> list[Program]:
        """The losses of the parts, as programs of a block."""
        f = self.values
        abstract = jax.tree.map(
            lambda x: jax.ShapeDtypeStruct(jnp.shape(x), jnp.result_type(x)), self.w
        )
        return [
            Program.of(f, abstract, jax.eval_shape(
                partial(batch_of, self.ground.formulas), self.ground.statistics, examples.first))
            for examples in self.ground.of.values()
        ]  # fmt: skip

    @cached_property
    def _widest(self) -> int:
        return max(program.widest() for program in self._program)

    @cached_property
    def _side(self) -> int:
        """Points side by side, from sizes alone.

        Kernels of convolutions that differ from point to point make a CPU's convolutions of many groups, at a
        third of the pace: such points are computed one by one.
        """
        backend = jax.default_backend()
        if backend == "cpu" and any(program.moves_kernels() for program in self._program):
            return 1
        most, room = SIDE.get(backend, WIDE)
        return max(1, min(most, room // self._widest, self.points))

    @property
    def facts(self) -> dict[str, Any]:
        """What it holds fixed: names and numbers that JSON can hold."""
        return {
            **self.ground.facts,
            "parameters": self.parameters,
            "directions": self.directions.facts,
            "maps": list(self.maps),
            "lanczos": int(self.lanczos),
            "width": self.width,
        }


def coordinates(span: Any, size: int) -> np.ndarray:
    """Coordinates [size], evenly from ``span[0]`` to ``span[1]``, or from −span to span.

    Each is (low · (size − 1 − i) + high · i)/(size − 1), by itself; with an odd size the middle is among
    them.

    Raises
    ------
    InputError
        for a span that doesn't rise and fewer than 2 points.
    """
    if not whole(size, 2, MOST_POINTS):
        raise InputError(
            f"The size is {shown(size)}, but must be a whole number of points from 2 to {MOST_POINTS:,}."
        )
    given = numbers([-span, span] if isinstance(span, (int, float)) else span)
    if given is None or len(given) != 2 or not given[0] < given[1]:
        raise InputError(
            f"The span is {shown(span)}, but must be a number above 0, or two that rise, as (-1, 1)."
        )
    i = np.arange(size)
    return (given[0] * i[::-1] + given[1] * i) / (size - 1)


def levels(n: int) -> list[np.ndarray]:
    """Which of n points the grids of an axis have, the coarsest first: the middle, every 2ᵏ-th from it, and both
    ends. Each holds the one before it, the last holds all."""
    middle, found, stride = (n - 1) // 2, [np.arange(n)], 2
    while len(found[-1]) > 9:
        places = np.arange(n)
        ends = (places == 0) | (places == n - 1)
        found.append(places[ends | ((places - middle) % stride == 0)])
        stride *= 2
    return found[::-1]


def coarse_to_fine(shape: Sequence[int]) -> np.ndarray:
    """An order of all points of a grid, as places in the raveled one: those of its coarsest grid first, row by
    row, then what each finer one adds. A grid of 51 × 51 is first seen with 81 points."""
    each = [levels(n) for n in shape]
    found, seen = [], np.zeros(tuple(shape), bool)
    for level in range(max(len(x) for x in each)):
        # A shorter axis is at its finest while the longer goes on.
        index = np.ix_(*[x[min(level, len(x) - 1)] for x in each])
        new = np.zeros_like(seen)
        new[index] = True
        found.append(np.flatnonzero(new & ~seen))
        seen |= new
    return np.concatenate(found)


def mapped(
    grid: Grid,
    known: Iterable[Tile] = (),
    clock: Callable[[], float] | None = time.perf_counter,
) -> Iterator[Tile]:
    """Compute a map, and say its tiles as they are there, coarse to fine.

    Points of ``known`` tiles are not computed again: what is said beside them is, bit by bit, what would have been
    said without a break.
    """
    done = np.zeros(grid.points, bool)
    for tile in known:
        done[tile.places] = True
    width, order = int(grid.width or 1), grid.order
    # Groups are cut of the whole order, so that a point always has the same neighbours in its program.
    groups = [order[i : i + width] for i in range(0, len(order), width)]
    todo = [g for g in groups if not done[g].all()]
    workers = engine.workers()
    most, at = FIRST, 0
    while at < len(todo):
        some = todo[at : at + most]
        began = clock() if clock else 0.0
        # One thread compiles; then each core has a share.
        shares = 1 if at == 0 else min(workers, len(some))
        parts = [some[i::shares] for i in range(shares)]
        made = engine.together(partial(_computed, grid), parts)
        yield _joined(parts, made)
        spent = clock() - began if clock else 0.0
        # The first was compiled, and says nothing about the pace.
        wanted = most if at == 0 else int(len(some) * SECONDS / max(spent, 1e-6))
        room = workers * GROUPS
        most = room if clock is None else max(1, min(wanted, 8 * most, room))
        at += len(some)


def _joined(parts: Sequence[Sequence[np.ndarray]], made: Sequence[dict[str, np.ndarray]]) -> Tile:
    """A tile of the maps of groups; what the last of all was filled with is left out."""
    places = [np.concatenate(groups) for groups in parts]
    cut = [
        {name: x[: len(here)] for name, x in values.items()}
        for here, values in zip(places, made, strict=True)
    ]
    values = {name: np.concatenate([part[name] for part in cut]) for name in cut[0]}
    return Tile(np.concatenate(places), values)


def _computed(grid: Grid, groups: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """All maps at the points of these groups, [groups · width]."""
    width, ground = int(grid.width or 1), grid.ground
    # The last group of all may be shorter: it is filled with points that are thrown away.
    filled = [np.resize(g, width) for g in groups]
    place = np.unravel_index(np.stack(filled), grid.shape)
    points = np.zeros((GROUPS, width, len(grid.axes)))
    points[: len(groups)] = np.stack([a[i] for a, i in zip(grid.axes, place, strict=True)], -1)
    dtype = jnp.result_type(*jax.tree.leaves(grid.w))
    given = jnp.asarray(points, dtype), len(groups)
    w = tree.placed(grid.w)
    vectors = grid.directions.vectors
    found: dict[str, np.ndarray] = {}
    for part in ground.parts:
        examples = Given(ground.statistics, ground.of[part])
        made = means(grid.values, ground.formulas, w, vectors, examples, *given)
        summed = _flat(made, len(groups))
        if "metrics" in grid.maps:
            summed = ground.problem.summary(summed)
        found.update({f"{part}/{name}": x for name, x in summed.items()})
    for name in [name for name in grid.maps if name in AT_EACH]:
        measure = AT_EACH[name](int(grid.lanczos))
        measured = each(ground.formulas, measure, w, vectors, ground.train, *given)
        found.update(_flat(measured, len(groups)))
    return found


def _flat(values: dict[str, jax.Array], groups: int) -> dict[str, np.ndarray]:
    return {name: np.asarray(x)[:groups].ravel() for name, x in values.items()}


def _size(n: int) -> str:
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB")):
        if n >= unit / 2:
            return f"{n / unit:.1f} {name}"
    return f"{n:,} bytes"
