"""Slope (slides 26–29): balls roll down any curve, each to a minimum, and momentum carries over barriers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from uzviz import engine
from uzviz.errors import InputError, shown
from uzviz.problems import Formula, Valleys, formula, valleys
from uzviz.rules import GradientDescent, Rule, named
from uzviz.scenes import grounds
from uzviz.scenes.controls import Choice, Number, Point, Text, Whole, hyperparameter
from uzviz.scenes.scene import Frame, Part, Scene, Settings

MOST_STEPS, MOST_BALLS = 600, 120
BETAS = {"momentum": "beta", "nesterov": "beta", "rmsprop": "rho", "adam": "b1"}
"""What β is of each rule that has one: its momentum, or how long it remembers."""
RULES = ("gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
KEPT = 64
"""Curves whose minima are kept."""


def curve(text: str) -> Formula:
    """A formula of x alone."""
    found = Formula.of(text)
    if found.size != 1:
        raise InputError(f"The formula '{shown(text)}' has y in it, but a curve has x alone.")
    return found


@lru_cache(maxsize=KEPT)
def seen(text: str, low: float, high: float) -> Valleys:
    """The minima of a formula between two ends."""
    return valleys(curve(text), low, high)


def shown_of(settings: Settings) -> list[Any]:
    """What all parts are of: those of two curves or views are not shown together."""
    return [settings[name] for name in ("formula", "low", "high")]


def valleys_of(settings: Settings) -> Valleys:
    return seen(*shown_of(settings))


def ground(settings: Settings) -> Frame:
    """The curve and its minima."""
    found, ends = valleys_of(settings), (settings["low"], settings["high"])
    xs, values = grounds.over_line(curve(settings["formula"]), ends)
    return {
        "of": shown_of(settings), "x": xs, "values": values, "ends": ends,
        "minima": [float(x) for x in found.at], "least": [float(v) for v in found.value],
        "lowest": [bool(b) for b in found.lowest],
    }  # fmt: skip


def rule_of(settings: Settings) -> Rule:
    """The rule with α, and β where it has one."""
    name = settings["rule"]
    beta = {BETAS[name]: settings["beta"]} if name in BETAS else {}
    return named(name, lr=settings["alpha"], **beta)


def rolled(settings: Settings, rule: Rule, starts: np.ndarray) -> engine.Path:
    problem = formula(settings["formula"])
    return engine.paths(problem, [rule] * len(starts), starts[:, None], MOST_STEPS)


def where(settings: Settings, path: engine.Path) -> np.ndarray:
    """The valley in which each ball ends; -1 for those that left the view or the numbers."""
    steps = settings["steps"]
    found = valleys_of(settings).of(path.w[:, steps, 0])
    return np.where(path.alive[:, steps], found, -1)


def balls(settings: Settings) -> Frame:
    """The heavy ball, and many light ones from places all over the view."""
    valleys_of(settings)  # refuses a view that is none
    last, count = settings["steps"] + 1, settings["balls"]
    starts = np.full(1 + MOST_BALLS, settings["start"][0])
    starts[1 : 1 + count] = np.linspace(settings["low"], settings["high"], count + 2)[1:-1]
    path = rolled(settings, rule_of(settings), starts)
    ends = where(settings, path)
    return {
        "w": grounds.drawn(path.w[1 : 1 + count, :last, 0]),
        "loss": grounds.drawn(path.loss[1 : 1 + count, :last]),
        "valley": ends[1 : 1 + count].astype(np.int32),
        **ball(settings, path, ends),
    }  # fmt: skip


def plain(settings: Settings) -> Frame:
    """The same ball without a memory: gradient descent with the same α."""
    path = rolled(settings, GradientDescent(lr=settings["alpha"]), np.array(settings["start"]))
    return ball(settings, path, where(settings, path))


def ball(settings: Settings, path: engine.Path, ends: np.ndarray) -> Frame:
    """Where the first ball was at every step, and where it ended."""
    last = settings["steps"] + 1
    return {
        "of": shown_of(settings), "x": path.w[0, :last, 0], "y": path.loss[0, :last], "ends": int(ends[0]),
        "alive": bool(path.alive[0, last - 1]),
    }  # fmt: skip


def preset(text: str, low: float, high: float, start: float, **more: Any) -> Settings:
    return {"formula": text, "low": low, "high": high, "start": [start], **more}


LABS = {
    "sine": {},
    "stuck": {"beta": 0.0},
    "shifted": preset("(x+1)^2 + 1", -6, 4, 3.0),
    "two": preset("(x-2)^2 + 1", -3, 7, -2.0),
    "cubic": preset("x^3 - 3x^2 + 2", -1.5, 4, 0.1),
    "cosine": preset("cos x + x^2/5", -6, 6, 5.5),
    "bump": preset("e^(-x^2) + x^2", -2.5, 2.5, 2.0),
    "quartic": preset("x^4 - 4x^3 + 4x^2", -1, 3, 2.9, alpha=0.005),
    "logarithm": preset("ln(x^2 + 1) + x^2/2", -5, 5, 4.0),
    "waves": preset("x sin x + x^2/10", -12, 12, 7.9, alpha=0.02, beta=0.95, steps=400),
    "ledge": preset("x^3 - 6x^2 + 9x + 1", -0.5, 5, 1.1),
    "exponential": preset("e^x - 2x", -4, 3, -3.0),
    "double": preset("x^4 - 8x^2 + 16", -3.5, 3.5, 3.2, alpha=0.005),
    "sixth": preset("(x-1)^6 + 0.5(x-1)^2", -1, 3, -0.9, alpha=0.005),
}
"""The curves of the lecture's labs; the first is what the scene begins with."""

MOVED = ("formula", "low", "high", "alpha", "start", "steps")

SCENE = Scene(
    name="slope",
    title="Down the slope",
    slides="26–29",
    formulas=(r"w \leftarrow w - \alpha \nabla f(w)", r"p \leftarrow \beta p + \nabla f(w),\qquad w \leftarrow w - \alpha p"),
    controls={
        "formula": Text("sin x + x^2/10"),
        "low": Number(-8.0, -20.0, 0.0),
        "high": Number(8.0, 0.5, 20.0),
        "rule": Choice("momentum", RULES),
        "alpha": hyperparameter(GradientDescent, "lr", 1e-4, 1.0, default=0.05, scale="log"),
        "beta": Number(0.9, 0.0, 0.99, interval="[0, 1)"),
        "start": Point((7.0,)),
        "balls": Whole(40, 1, MOST_BALLS),
        "steps": Whole(200, 1, MOST_STEPS),
    },
    parts={
        "ground": Part(ground, ("formula", "low", "high")),
        "balls": Part(balls, (*MOVED, "rule", "beta", "balls")),
        "plain": Part(plain, MOVED),
    },
    presets=LABS,
    check=valleys_of,
)  # fmt: skip
