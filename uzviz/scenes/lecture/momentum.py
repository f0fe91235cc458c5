"""Momentum (slide 35): the path of a heavy ball down a bent ravine, and where α and β let it converge."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from uzviz import engine, problems
from uzviz.rules import Momentum, named
from uzviz.scenes import grounds
from uzviz.scenes.controls import Point, Whole, hyperparameter
from uzviz.scenes.scene import Frame, Part, Scene, Settings

RAVINE = problems.PLANES["ravine"]
MOST_STEPS = 600
ALPHA, BETA = (0.0, 0.008), (0.0, 0.99)
MAP = 67
"""Places of the map along each of its sides."""


CURVATURES = tuple(np.linalg.eigvalsh([[162.0, -240.0], [-240.0, 360.0]]).tolist())
"""Flat and steep: the eigenvalues of the Hessian at the minimum, 2eeᵀ + 40uuᵀ, e = (1, 0), u = (−2, 3)."""


def optimum(low: float, high: float) -> tuple[float, float]:
    """The heavy ball's best α = (2/(√λ₁+√λₙ))² and β = ((√κ−1)/(√κ+1))², κ = λₙ/λ₁, between these
    curvatures. Source: Polyak (1964)."""
    low, high = math.sqrt(low), math.sqrt(high)
    return (2 / (low + high)) ** 2, ((high - low) / (high + low)) ** 2


def bound(beta: Any) -> Any:
    """The α below which the heavy ball converges along the steepest direction: 2(1+β)/λₙ."""
    return 2 * (1 + beta) / CURVATURES[1]


BEST = optimum(*CURVATURES)


def ground(_: Settings) -> Frame:
    x, y = RAVINE.domain
    return {
        "values": grounds.over_plane(RAVINE.value, x, y), "x": x, "y": y,
        "minima": RAVINE.minima, "least": RAVINE.least,
    }  # fmt: skip


def path(settings: Settings) -> Frame:
    rule = Momentum(lr=settings["alpha"], beta=settings["beta"])
    start, steps = np.array([settings["start"]]), settings["steps"]
    found = engine.paths(RAVINE(), [rule], start, MOST_STEPS)
    w, loss = found.w[0, : steps + 1], found.loss[0, : steps + 1]
    near = engine.stability(rule, CURVATURES)
    return {
        "w": w, "loss": loss, "end": w[-1].tolist(), "last": float(loss[-1]),
        "alive": bool(found.alive[0, steps]), "rate": float(near.rate),
        "swings": bool(near.swings),
        "bound": bound(settings["beta"]),
    }  # fmt: skip


def modes(settings: Settings) -> Frame:
    """How far each eigenvector of the quadratic at the minimum still is, having begun at 1."""
    rule = Momentum(lr=settings["alpha"], beta=settings["beta"])
    quadratic = problems.quadratic(CURVATURES)
    found = engine.paths(quadratic, [rule], np.ones((1, 2)), MOST_STEPS)
    return {"w": found.w[0, : settings["steps"] + 1]}


def plane(_: Settings) -> Frame:
    """The rate for every α and β: what the map shows."""
    alpha, beta = np.linspace(*ALPHA, MAP), np.linspace(*BETA, MAP)
    rule = replace(named("momentum"), lr=np.maximum(alpha, 1e-9)[None], beta=beta[:, None])
    found = engine.stability(rule, CURVATURES)
    return {
        "rate": found.rate.astype(np.float32), "swings": found.swings,
        "alpha": ALPHA, "beta": BETA, "best": BEST,
        "bound": np.stack([bound(beta), beta], axis=1),
    }  # fmt: skip


SCENE = Scene(
    name="momentum",
    title="Momentum",
    slides="34–35",
    formulas=(
        r"p \leftarrow \beta p + \nabla f(w),\qquad w \leftarrow w - \alpha p",
        r"f(x, y) = (1-x)^2 + 20\,(3y - x^2)^2",
    ),
    controls={
        "alpha": hyperparameter(Momentum, "lr", 0.0, 0.006, default=0.003),
        "beta": hyperparameter(Momentum, "beta", 0.0, 0.99, default=0.74),
        "start": Point(RAVINE.start),
        "steps": Whole(150, 1, MOST_STEPS),
    },
    parts={
        "ground": Part(ground, ()),
        "path": Part(path, ("alpha", "beta", "start", "steps")),
        "modes": Part(modes, ("alpha", "beta", "steps")),
        "map": Part(plane, ()),
    },
    presets={
        "lecture": {},
        "plain": {"beta": 0.0},
        "heavy": {"beta": 0.95},
        "optimal": {"alpha": BEST[0], "beta": BEST[1]},
        "diverging": {"alpha": 0.006, "beta": 0.3},
    },
)
