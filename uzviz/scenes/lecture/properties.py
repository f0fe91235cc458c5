"""Three properties of momentum (slides 36–38): it passes barriers, speeds up on steady slopes, and calms
swings in narrow valleys. Each beside gradient descent with the same step size and start."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import engine, problems
from uzviz.problems import Problem
from uzviz.rules import GradientDescent, Momentum
from uzviz.scenes import grounds
from uzviz.scenes.controls import Number, Point, Whole, hyperparameter
from uzviz.scenes.scene import Frame, Part, Scene, Settings
from uzviz.scenes.several import soonest

VALLEY = problems.PLANES["valley"]
MOST_STEPS = 400
BARRIER_VIEW, SLOPE_VIEW = (-1.8, 2.0), (-4.0, 30.0)


def barrier(w: jax.Array) -> jax.Array:
    """The plane "barrier" along y = 0: minima near −1.04, the lower one, and 0.96."""
    return problems.PLANES["barrier"].f(w[0], 0.0)


def slope(w: jax.Array) -> jax.Array:
    """√(1 + x²) − 1: a slope of almost 1 that ends in a round bottom."""
    return jnp.sqrt(1 + w[0] ** 2) - 1


BARRIER = problems.surface(barrier, [1.8], name="barrier along a line")
SLOPE = problems.surface(slope, [28.0], name="steady slope")


def walks(problem: Problem, alpha: float, beta: float, start: Any, steps: int) -> Frame:
    """Every step of gradient descent, ``plain``, and of momentum, ``heavy``, and the loss there."""
    begin = np.array([start], float)
    rules = [GradientDescent(lr=alpha), Momentum(lr=alpha, beta=beta)]
    walked = soonest(lambda rule: engine.paths(problem, [rule], begin, MOST_STEPS), rules)
    found: Frame = {}
    for name, path in zip(("plain", "heavy"), walked, strict=True):
        found[name] = path.w[0, : steps + 1]
        found[f"{name}_loss"] = path.loss[0, : steps + 1]
    return found


def over_barrier(settings: Settings) -> Frame:
    x, y = grounds.over_line(barrier, BARRIER_VIEW)
    start = [settings["barrier_start"][0]]
    found = walks(BARRIER, settings["barrier_alpha"], settings["beta"], start, settings["steps"])
    return found | {"x": x, "y": y, "view": BARRIER_VIEW}


def down_slope(settings: Settings) -> Frame:
    x, y = grounds.over_line(slope, SLOPE_VIEW)
    start = [settings["slope_start"][0]]
    found = walks(SLOPE, settings["slope_alpha"], settings["beta"], start, settings["steps"])
    strides = {f"{name}_stride": abs(np.diff(found[name][:, 0])) for name in ("plain", "heavy")}
    return found | strides | {
        "x": x, "y": y, "view": SLOPE_VIEW, "alpha": settings["slope_alpha"],
        "effective": settings["slope_alpha"] / (1 - settings["beta"]),
    }  # fmt: skip


def along_valley(settings: Settings) -> Frame:
    start = settings["valley_start"]
    alpha, beta = settings["valley_alpha"], settings["valley_beta"]
    return walks(VALLEY(), alpha, beta, start, settings["steps"])


def valley_ground(_: Settings) -> Frame:
    x, y = VALLEY.domain
    return {"values": grounds.over_plane(VALLEY.value, x, y), "x": x, "y": y}


def advice(settings: Settings) -> Frame:
    """The way down the slope with β = .9 and α; with β = .99 and the same α; and with α divided by 10."""
    alpha, start, steps = settings["slope_alpha"], settings["slope_start"][:1], settings["steps"]
    pairs = [(alpha, 0.9), (alpha, 0.99), (alpha / 10, 0.99)]
    rules = [Momentum(lr=a, beta=b) for a, b in pairs]
    found = engine.paths(SLOPE, rules, np.array([start] * 3, float), MOST_STEPS)
    return {"w": found.w[:, : steps + 1, 0].T, "pairs": pairs}


def _alpha(default: float, low: float, high: float) -> Number:
    return hyperparameter(Momentum, "lr", low, high, default=default)


SCENE = Scene(
    name="properties",
    title="Three properties of momentum",
    slides="36–38",
    formulas=(
        r"p \leftarrow \beta p + g,\qquad w \leftarrow w - \alpha p",
        r"g_t = g:\qquad p_t \to \frac{g}{1-\beta},\qquad w_{t+1} - w_t \to -\frac{\alpha}{1-\beta}\,g",
    ),
    controls={
        "beta": hyperparameter(Momentum, "beta", 0.0, 0.99),
        "steps": Whole(100, 1, MOST_STEPS),
        "barrier_alpha": _alpha(0.01, 0.001, 0.1),
        "slope_alpha": _alpha(0.1, 0.01, 1.0),
        "valley_alpha": _alpha(0.485, 0.01, 0.6),
        "valley_beta": hyperparameter(Momentum, "beta", 0.0, 0.99, default=0.5),
        "barrier_start": Point((1.8, 0.0)),
        "slope_start": Point((28.0, 0.0)),
        "valley_start": Point(VALLEY.start),
    },
    parts={
        "barrier": Part(over_barrier, ("beta", "steps", "barrier_alpha", "barrier_start")),
        "slope": Part(down_slope, ("beta", "steps", "slope_alpha", "slope_start")),
        "valley": Part(along_valley, ("valley_beta", "steps", "valley_alpha", "valley_start")),
        "ground": Part(valley_ground, ()),
        "advice": Part(advice, ("steps", "slope_alpha", "slope_start")),
    },
    presets={
        "lecture": {},
        "light": {"beta": 0.5},
        "heavier": {"beta": 0.99, "valley_beta": 0.99, "steps": 400},
        "tenth": {
            "beta": 0.99, "valley_beta": 0.99, "steps": 400, "barrier_alpha": 0.001,
            "slope_alpha": 0.01, "valley_alpha": 0.0485,
        },
        "beyond": {"valley_alpha": 0.55},
    },
)  # fmt: skip
