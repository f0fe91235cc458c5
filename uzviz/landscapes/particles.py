"""Particles: where a rule goes from a point of a plane, in the whole space or bound to the plane."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import engine, tree
from uzviz.checks import whole
from uzviz.engine import Lanes, Plan, Walker
from uzviz.errors import InputError, shown
from uzviz.landscapes.directions import Directions
from uzviz.landscapes.ground import Given, Ground, loss_of
from uzviz.landscapes.planes import at, point, project
from uzviz.problems import Formulas, Problem
from uzviz.rules import Rule
from uzviz.tree import Tree

MOST_STEPS = 5000
TOGETHER, MOST_NUMBERS = 64, 1 << 24
"""Points of a particle that are held and looked at together, and their parameters: at most so many."""
LENGTHS = (128, 512, 2048, MOST_STEPS)
"""Steps of the programs of bound particles: of fewer, the rest is cut off."""


class Particle(NamedTuple):
    """Where a particle went."""

    coordinates: np.ndarray
    """[steps + 1, directions], of its projections."""
    distance: np.ndarray
    """[steps + 1]: Euclidean, from the plane."""
    loss: np.ndarray
    """[steps + 1]: of the ground's training part, at the particle."""
    shown: np.ndarray
    """[steps + 1]: at its projections, on the ground below it."""
    died: int | None
    """The step whose loss was not finite, at which it stopped."""


def free(
    ground: Ground,
    w: Tree,
    directions: Directions,
    place: Any,
    rule: Rule,
    batch: int,
    steps: int,
    sampling: str = "reshuffle",
) -> Particle:
    """The training from a point of a plane, step by step as :func:`uzviz.train` makes it, from the ground's
    seed on its problem's whole training part, in batches.

    Parameters
    ----------
    place
        Coordinates of the start, [directions].

    Raises
    ------
    InputError
        for steps and places that cannot be used.
    """
    start = _start(w, directions, place, steps)
    n = ground.problem.sizes[0]
    if not whole(batch, 1, n):
        raise InputError(f"The batch is {shown(batch)}, but must be a whole number from 1 to {n}.")
    plan = Plan(n, int(batch), rule.gradients, budget=0)
    plan = replace(plan, budget=plan.spent(int(steps)))
    rows = engine.on_device(ground.problem)
    walker = Walker(
        Lanes(ground.problem, rule, (int(ground.seed),), plan, rows, sampling), start, (1, plan.full)
    )  # fmt: skip
    most = max(1, min(TOGETHER, MOST_NUMBERS // tree.size(w)))
    seen, points, died = [], [start], None
    for step in range(1, int(steps) + 1):
        if not np.isfinite(walker.ahead(1)).all():
            died = step
            break
        if len(points) == most:
            seen.append(_seen(ground, w, directions, points, most))
            points = []
        points.append(walker.w)
    seen.append(_seen(ground, w, directions, points, most))
    coordinates, distance, loss, below = map(np.concatenate, zip(*seen, strict=True))
    return Particle(coordinates, distance, loss, below, died)


@dataclass(frozen=True)
class _Plane:
    """The loss within a plane as a function of the coordinates; what it lies in is the batch."""

    formulas: Formulas

    def __call__(self, a: jax.Array, batch: Any, key: Any) -> jax.Array:
        w, vectors, given = batch
        return loss_of(self.formulas, given)(point(w, vectors, a))


def bound(
    ground: Ground, w: Tree, directions: Directions, place: Any, rule: Rule, steps: int
) -> Particle:
    """A particle that a rule moves by the coordinates alone, on the loss of the ground's training part: all of
    its examples at each step.

    Raises
    ------
    InputError
        for steps and places that cannot be used.
    """
    _start(w, directions, place, steps)
    start = np.asarray(place, jnp.result_type(*jax.tree.leaves(w)))
    plane = Problem(init=lambda key: jnp.asarray(start), loss=_Plane(ground.formulas), name="plane")
    batch = w, directions.vectors, Given(ground.statistics, ground.of["train"])
    length = next(n for n in LENGTHS if n >= steps)
    found = engine.paths(plane, [rule], start[None], length, batch)
    alive = np.asarray(found.alive[0, : steps + 1])
    died = None if alive.all() else int(np.argmin(alive))
    end = int(steps) + 1 if died is None else died
    coordinates = np.asarray(found.w[0, :end], np.float64)
    loss = np.asarray(found.loss[0, :end])
    return Particle(coordinates, np.zeros(end), loss, loss, died)


def _start(w: Tree, directions: Directions, place: Any, steps: Any) -> Tree:
    """The point of a plane; refuses what is none."""
    if not whole(steps, 1, MOST_STEPS):
        raise InputError(
            f"The steps are {shown(steps)}, but must be a whole number from 1 to {MOST_STEPS:,}."
        )
    found = np.asarray(place, np.float64)
    if found.shape != (len(directions.vectors),) or not np.isfinite(found).all():
        raise InputError(
            f"The place is {shown(place)}, but must be {len(directions.vectors)} finite coordinates."
        )
    return jax.tree.map(lambda x: np.asarray(x[0]), at(w, directions, found[None]))


def _seen(
    ground: Ground, w: Tree, directions: Directions, points: list[Tree], most: int
) -> tuple[np.ndarray, ...]:
    """Coordinates, distances and losses of some points, and the losses below them."""
    path = jax.tree.map(lambda *x: np.stack(x), *points)
    found = project(w, directions, path)
    below = at(w, directions, found.coordinates)
    losses = [_losses(ground, place, most) for place in (path, below)]
    return found.coordinates, found.distance, *losses


def _losses(ground: Ground, points: Tree, most: int) -> np.ndarray:
    """Losses at stacked points, by one program however many there are, up to ``most``."""
    n = len(jax.tree.leaves(points)[0])
    return ground.losses(jax.tree.map(lambda x: np.resize(x, (most, *x.shape[1:])), points))[:n]
