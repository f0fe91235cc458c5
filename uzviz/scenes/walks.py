"""Several rules on one plane from one start: what the scenes that compare rules share."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from uzviz import engine, problems, rules
from uzviz.problems import Plane
from uzviz.rules import Rule
from uzviz.scenes import grounds
from uzviz.scenes.controls import Choice, Number, Several, hyperparameter
from uzviz.scenes.scene import Frame, Settings
from uzviz.scenes.several import soonest

MOST_STEPS = 2000
FAR = 10
"""Who is farther from the middle of the plane's view than so many of its halves has diverged."""
ALPHA = (1e-6, 2.0)

TUNED = {name: cls for name, cls in rules.NAMES.items() if cls.tuned is not None}
"""The rules that have a step size to set; the others find theirs."""

SUITED = {
    "valley": (0.4, 0.05, 0.1),
    "ravine": (0.003, 0.003, 0.1),
    "saddle": (0.05, 0.02, 0.05),
    "barrier": (0.005, 0.005, 0.1),
    "matyas": (0.2, 0.1, 0.5),
    "mccormick": (0.02, 0.02, 0.1),
    "rosenbrock": (0.001, 0.001, 0.1),
    "beale": (0.005, 0.005, 0.1),
    "himmelblau": (0.01, 0.01, 0.1),
    "styblinski-tang": (0.01, 0.02, 0.2),
    "goldstein-price": (1e-5, 2e-6, 0.1),
    "rastrigin": (0.001, 0.005, 0.1),
    "ackley": (0.02, 0.02, 0.1),
}
"""Step sizes at which something can be seen on each plane: of plain descent, of the momenta, and of the
rules that scale the gradient; what others need is the same on all."""


def alphas(plane: str) -> dict[str, float]:
    """A step size for every rule that has one, suited to the plane, as settings."""
    plain, heavy, scaled = SUITED[plane]
    own = dict.fromkeys(("gd", "sam", "polyak-average", "schedule-free"), plain)
    own |= dict.fromkeys(("momentum", "nesterov"), heavy)
    own |= {"adadelta": 1.0, "lars": 2.0, "muon": 2.0}
    return {f"alpha_{name}": own.get(name, scaled) for name in TUNED}


def brought(plane: str) -> Settings:
    """What a plane brings: its own start and step sizes."""
    return {"start": list(problems.PLANES[plane].start), **alphas(plane)}


def on(plane: str, **settings: object) -> Settings:
    """A preset on a plane, with what that brings."""
    return {"plane": plane, **brought(plane), **settings}


def plane_choice(default: str) -> Choice:
    return Choice(
        default, tuple(problems.PLANES), {name: brought(name) for name in problems.PLANES}
    )


def rule_choice(*default: str) -> Several:
    return Several(default, tuple(rules.NAMES), least=1)


def alpha_numbers(plane: str) -> dict[str, Number]:
    """The control of each step size; the default suits this plane."""
    return {
        f"alpha_{name}": hyperparameter(
            cls, "lr", *ALPHA, default=alphas(plane)[f"alpha_{name}"], scale="log"
        )
        for name, cls in TUNED.items()
    }


def chosen(settings: Settings) -> dict[str, Rule]:
    """The rules that are chosen, with their step sizes."""
    return {
        name: rules.tuned(name, settings.get(f"alpha_{name}", 1.0)) for name in settings["rules"]
    }


def ground(settings: Settings) -> Frame:
    """The plane: its values over its view, and its minima."""
    plane = problems.PLANES[settings["plane"]]
    x, y = plane.domain
    return {
        "values": grounds.over_plane(plane.value, x, y), "x": x, "y": y,
        "minima": plane.minima, "least": plane.least, "name": plane.name,
    }  # fmt: skip


def walked(settings: Settings, walkers: Mapping[str, Rule]) -> Frame:
    """Where each rule went from the start, [rules, steps + 1, 2], and what it cost there.

    ``above`` is the cost above that of the minimum; ``diverged`` is the first step after which a rule
    had no finite cost or was far out of the view, None if it never was.
    """
    plane, shown = problems.PLANES[settings["plane"]], settings["steps"] + 1
    start = np.array([settings["start"]])
    found = soonest(
        lambda rule: engine.paths(plane(), [rule], start, MOST_STEPS), list(walkers.values())
    )
    w = np.stack([path.w[0, :shown] for path in found])
    loss = np.stack([path.loss[0, :shown] for path in found])
    lost = ~np.stack([path.alive[0, :shown] for path in found]) | _far(plane, w)
    return {
        "names": list(walkers),
        "w": w, "loss": loss, "above": loss - plane.least,
        "diverged": [first(row) for row in lost],
    }  # fmt: skip


def arrivals(plane: Plane, w: np.ndarray, near: float) -> list[int | None]:
    """After how many steps each path, [paths, steps + 1, 2], first was so near to a global minimum."""
    with np.errstate(over="ignore", invalid="ignore"):  # who diverged is infinitely far away
        away = np.linalg.norm(w[:, :, None] - np.array(plane.minima), axis=-1).min(-1)
    return [first(row) for row in away <= near]


def first(truths: np.ndarray) -> int | None:
    """The place of the first that is true; None if none is."""
    return int(truths.argmax()) if truths.any() else None


def _far(plane: Plane, w: np.ndarray) -> np.ndarray:
    low, high = np.array(plane.domain).T
    with np.errstate(over="ignore", invalid="ignore"):
        near = abs(w - (low + high) / 2) <= FAR * (high - low) / 2
    return ~near.all(-1)
