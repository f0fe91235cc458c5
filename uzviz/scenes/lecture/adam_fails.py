"""Where Adam fails (slide 44): an online problem on which it goes to the worst point, and where it does not.

Source: Reddi, Kale & Kumar, On the Convergence of Adam and Beyond (2018), theorem 1.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from uzviz import engine, problems, rules
from uzviz.engine import Rounds
from uzviz.rules import AdamUncorrected, declared
from uzviz.scenes.controls import Number, Whole, hyperparameter
from uzviz.scenes.scene import Frame, Part, Scene, Settings
from uzviz.scenes.several import soonest
from uzviz.schedules import InverseRoot

SHOWN = ("adam-uncorrected", "adam", "amsgrad", "gd")
MOST_ROUNDS = 3000
MAP = 33
"""Places of the map along each of its sides."""
MAPPED = 1500
"""Rounds that each of its walks makes."""
MEMORIES = ((0.0, 0.99), (0.0, 0.999))
"""What of β₁ and of β₂ is mapped."""


def proved(c: float) -> float:
    """The average regret that the theorem proves for who stays at the worst point: 2(C − 2)/3."""
    return 2 * (c - 2) / 3


def critical(c: float) -> float:
    """The theorem's β₂ = 1/(1 + C²)."""
    return 1 / (1 + c * c)


def walks(settings: Settings) -> Frame:
    problem, rounds = problems.one_in_three(settings["c"]), settings["rounds"]

    def walked(name: str) -> Rounds:
        own = {k: settings[k] for k in ("b1", "b2") if k in declared(rules.NAMES[name])}
        rule = replace(rules.named(name, **own), lr=InverseRoot(settings["alpha"]))
        return engine.online(problem, rule, np.ones(1), MOST_ROUNDS)

    found = soonest(walked, SHOWN)
    x = [walk.w[0, : rounds + 1] for walk in found]
    paid = [walk.paid[0, : rounds + 1] for walk in found]
    best = np.cumsum(engine.costs(problem, problem.best, MOST_ROUNDS))[:rounds]
    regret = (np.array(paid)[:, 1:] - best) / np.arange(1, rounds + 1)
    return {
        "x": np.array(x), "regret": regret, "rules": SHOWN, "ends": [float(w[-1]) for w in x],
        "averages": regret[:, -1].tolist(), "proved": proved(settings["c"]),
        "critical": critical(settings["c"]),
    }  # fmt: skip


def plane(settings: Settings) -> Frame:
    """Adam's average regret without correction for every β₁ and β₂, as a share of the one proved, [β₂, β₁]."""
    problem = problems.one_in_three(settings["c"])
    b1, b2 = np.meshgrid(*(np.linspace(*ends, MAP) for ends in MEMORIES))
    plain = rules.named("adam-uncorrected")
    rule = replace(plain, lr=InverseRoot(settings["alpha"]), b1=b1.ravel(), b2=b2.ravel())
    paid = engine.online(problem, rule, np.ones(MAP * MAP), MAPPED, every=MAPPED).paid[:, -1]
    regret = (paid - engine.costs(problem, problem.best, MOST_ROUNDS)[:MAPPED].sum()) / MAPPED
    share = regret / proved(settings["c"])
    return {
        "share": share.reshape(MAP, MAP).astype(np.float32),
        "b1": MEMORIES[0], "b2": MEMORIES[1], "critical": critical(settings["c"]),
    }  # fmt: skip


SCENE = Scene(
    name="adam-fails",
    title="Where Adam fails",
    slides="44",
    formulas=(
        r"f_t(x) = \begin{cases} Cx & t \bmod 3 = 1 \\ -x & t \bmod 3 \ne 1 \end{cases},\qquad x \in [-1, 1],\qquad \alpha_t = \frac{\alpha}{\sqrt t}",
        r"R_T = \frac{1}{T} \sum_{t=1}^{T} \bigl( f_t(x_t) - f_t(-1) \bigr)",
    ),
    controls={
        "c": Number(3.0, 2.5, 10.0, interval="(2, 1e4]"),
        "b1": hyperparameter(AdamUncorrected, "b1", 0.0, 0.99, default=0.0),
        "b2": hyperparameter(AdamUncorrected, "b2", 0.0, 0.999, default=critical(3.0)),
        "alpha": hyperparameter(AdamUncorrected, "lr", 0.01, 1.0, default=0.5, scale="log"),
        "rounds": Whole(900, 3, MOST_ROUNDS),
    },
    parts={
        "walks": Part(walks, ("c", "b1", "b2", "alpha", "rounds")),
        "map": Part(plane, ("c", "alpha")),
    },
    presets={
        "theorem": {},
        "larger": {"c": 10.0, "b2": critical(10.0), "alpha": 0.1},
        "usual": {"b1": 0.9, "b2": 0.999},
        "shorter": {"b1": 0.9, "b2": 0.9},
        "edge": {"b1": 0.0, "b2": 0.5},
    },
)
