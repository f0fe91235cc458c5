"""Step size (slides 23, 25): what a step of gradient descent minimises, and how far it may go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import engine
from uzviz.problems import Formula, Problem
from uzviz.rules import GradientDescent
from uzviz.scenes import grounds
from uzviz.scenes.controls import Choice, Number, Point, Whole, hyperparameter
from uzviz.scenes.scene import Frame, Part, Scene, Settings

MOST_STEPS = 60
GAMMA, LAMBDA = (0.01, 10.0), (0.2, 5.0)
SWEEP = 241
"""Step sizes of the sweep, in even steps of the logarithm."""
REGIMES = {"below": 0.4, "optimal": 1.0, "above": 1.6, "beyond": 2.1}
"""Step sizes of the four regimes, in shares of 1/λ."""
PLACES = 161


@dataclass(frozen=True)
class Scaled:
    """λ f(w), λ being what is seen as the batch."""

    f: Callable[[jax.Array], jax.Array]

    def __call__(self, w: jax.Array, batch: jax.Array, key: jax.Array | None) -> jax.Array:
        return batch * self.f(w)


class Curve(NamedTuple):
    """A loss whose curvature at its minimum is λ."""

    problem: Problem
    view: tuple[float, float]


def curve(text: str, low: float, high: float) -> Curve:
    """A formula whose second derivative at its minimum is 1, seen between two ends."""
    loss = Scaled(Formula.of(text))
    return Curve(Problem(init=lambda key: jnp.ones(1), loss=loss, name=text), (low, high))


CURVES = {
    "parabola": curve("x^2/2", -8, 8),
    "steeper": curve("x^2/2 + x^4/8", -4, 4),
    "flatter": curve("ln(cosh(x))", -8, 8),
    "lopsided": curve("e^x - x - 1", -6, 3.5),
    "two": curve("(x^4 - 8x^2 + 16)/32", -4, 4),
}


def walked(settings: Settings, gammas: Any) -> engine.Path:
    """Gradient descent from the start with each of these step sizes."""
    rules = [GradientDescent(lr=float(gamma)) for gamma in gammas]
    starts = np.repeat([settings["start"]], len(rules), axis=0)
    problem = CURVES[settings["curve"]].problem
    return engine.paths(problem, rules, starts, MOST_STEPS, batch=settings["lambda"])


def view(settings: Settings) -> tuple[float, float]:
    """The ends of the picture: the curve's own, moved so that the start is seen."""
    low, high = CURVES[settings["curve"]].view
    (start,) = settings["start"]
    return min(low, start), max(high, start)


def shown_of(settings: Settings) -> list[Any]:
    """What all parts are of: those of two losses are not shown together."""
    return [settings["curve"], settings["lambda"]]


def ground(settings: Settings) -> Frame:
    """The loss between the ends of the picture."""
    ends = view(settings)
    loss = CURVES[settings["curve"]].problem.loss
    xs = np.linspace(*ends, PLACES)
    values = engine.values(loss, xs[:, None], settings["lambda"], None)
    return {"of": shown_of(settings), "x": xs, "values": values, "ends": ends}


def surrogate(w: Any, loss: Any, g: Any, gamma: float, at: Any) -> Any:
    """L̂(v) = L(w) + g(v−w) + (v−w)²/(2γ) at v: what a step of size γ from w minimises."""
    with np.errstate(all="ignore"):  # of a walk that has left the numbers
        return loss + g * (at - w) + (at - w) ** 2 / (2 * gamma)


def tangent(w: Any, loss: Any, g: Any, at: Any) -> Any:
    """L(w) + g(v−w) at v: the surrogate of an endless step."""
    return surrogate(w, loss, g, np.inf, at)


def walk(settings: Settings) -> Frame:
    gamma, steps, curvature = (settings[name] for name in ("gamma", "steps", "lambda"))
    found = walked(settings, [gamma])
    w, loss, g = (x[0, : steps + 1].reshape(-1, 1) for x in (found.w, found.loss, found.g))
    places = np.linspace(*view(settings), PLACES)
    near = engine.stability(GradientDescent(lr=gamma), [curvature])
    return {
        "of": shown_of(settings), "gamma": gamma, "w": w[:, 0], "loss": loss[:, 0], "g": g[:, 0],
        "surrogate": grounds.drawn(surrogate(w, loss, g, gamma, places)),
        "tangent": grounds.drawn(tangent(w, loss, g, places[[0, -1]])),
        "next": surrogate(w[:-1], loss[:-1], g[:-1], gamma, w[1:])[:, 0],
        "factor": 1 - gamma * curvature, "rate": float(near.rate),
        "regime": regime(gamma * curvature), "alive": bool(found.alive[0, steps]),
    }  # fmt: skip


def regime(share: float) -> str:
    """Which of the four a step size is, given as a share of 1/λ."""
    if abs(share - 1) < 1e-9:
        return "optimal"
    return "below" if share < 1 else "above" if share < 2 else "edge" if share == 2 else "beyond"


def sweep(settings: Settings) -> Frame:
    """The loss after the steps for every step size, and where theory puts its marks."""
    gammas = np.geomspace(*GAMMA, SWEEP)
    loss = walked(settings, gammas).loss
    optimal = 1 / settings["lambda"]
    return {
        "of": shown_of(settings), "gamma": gammas, "loss": loss[:, settings["steps"]], "first": float(loss[0, 0]),
        "ends": GAMMA, "optimal": optimal, "bound": 2 * optimal,
    }  # fmt: skip


def regimes(settings: Settings) -> Frame:
    """The four regimes from the same start."""
    gammas = np.array(list(REGIMES.values())) / settings["lambda"]
    found, last = walked(settings, gammas), settings["steps"] + 1
    return {
        "of": shown_of(settings), "w": found.w[:, :last, 0], "loss": found.loss[:, :last], "gamma": gammas,
        "names": list(REGIMES),
    }  # fmt: skip


WALKED = ("curve", "lambda", "start", "steps")

SCENE = Scene(
    name="step-size",
    title="Step size",
    slides="23–25",
    formulas=(
        r"\hat L(v) = L(w) + L'(w)\,(v - w) + \frac{(v - w)^2}{2\gamma}",
        r"w \leftarrow \arg\min_v \hat L(v) = w - \gamma L'(w)",
        r"L(w) = \tfrac{\lambda}{2} w^2:\quad w \leftarrow (1 - \gamma\lambda)\,w",
    ),
    controls={
        "curve": Choice("parabola", list(CURVES)),
        "gamma": hyperparameter(GradientDescent, "lr", *GAMMA, default=0.25, scale="log"),
        "lambda": Number(2.0, *LAMBDA, scale="log", interval="[1e-3, 1e3]"),
        "start": Point((6.0,)),
        "steps": Whole(8, 1, MOST_STEPS),
    },
    parts={
        "ground": Part(ground, ("curve", "lambda", "start")),
        "walk": Part(walk, ("gamma", *WALKED)),
        "sweep": Part(sweep, WALKED),
        "regimes": Part(regimes, WALKED),
    },
    presets={
        "below": {},
        "optimal": {"gamma": 0.5},
        "above": {"gamma": 0.8},
        "beyond": {"gamma": 1.1},
        "steeper": {"curve": "steeper", "gamma": 0.3, "start": [3.0]},
        "flatter": {"curve": "flatter", "gamma": 1.2, "lambda": 1.0, "steps": 20},
        "lopsided": {"curve": "lopsided", "gamma": 0.2, "lambda": 1.0, "start": [-5.0], "steps": 40},
        "two": {"curve": "two", "gamma": 0.4, "start": [3.5]},
    },
)  # fmt: skip
