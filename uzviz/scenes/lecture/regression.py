"""Regression (slide 39): a line through points by mean squared error, in data, over (b, W) and in time."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from uzviz import engine, problems, rules
from uzviz.engine import Walker
from uzviz.scenes import grounds
from uzviz.scenes.controls import Choice, Number, Point, Whole
from uzviz.scenes.scene import Frame, Moment, Part, Scene, Settings, Training
from uzviz.scenes.trainings import Trainings

ENDS = (-5.0, 5.0)
"""Of b and of W, over which the cost is drawn."""
PLACES = 81
MOST_STEPS, MOST_EXAMPLES = 5000, 1000
DATA = ("n", "slope", "intercept", "noise", "seed")
RUN = (*DATA, "start", "rule", "alpha", "batch", "size")
TRAININGS = Trainings()


def examples(settings: Settings) -> int:
    """Of a batch: no more than there are."""
    n = settings["n"]
    return {"one": 1, "some": min(settings["size"], n), "all": n}[settings["batch"]]


def walker(settings: Settings) -> Walker:
    """The training, at its start."""
    problem = problems.linear(**{name: settings[name] for name in DATA})
    rule = rules.tuned(settings["rule"], settings["alpha"])
    size, cost = examples(settings), rule.gradients
    plan = engine.planned(settings["n"], size, cost, gradients=MOST_STEPS * size * cost)
    lanes = engine.Lanes(problem, rule, (settings["seed"],), plan, engine.on_device(problem))
    return Walker(lanes, np.array(settings["start"]))


def cost(walker: Walker, w: Any) -> float:
    """J on all examples of the training part."""
    problem, rows = walker.places.lanes.problem, walker.places.samplers[0].rows
    examples = jax.tree.map(lambda x: np.resize(x[rows], MOST_EXAMPLES), problem.rows)
    shares = np.where(np.arange(MOST_EXAMPLES) < len(rows), 1 / len(rows), 0)
    return float(engine.slopes(grounds.shared_loss(problem.formulas), [w], examples, shares)[0][0])


def bowl(walker: Walker) -> tuple[float, np.ndarray, np.ndarray]:
    """J at 0, its gradient and its Hessian there. J is quadratic: its differences are exact."""
    e, f = np.eye(2)
    middle = cost(walker, 0 * e)
    up, down = (np.array([cost(walker, s * x) for x in (e, f)]) for s in (1, -1))
    gradient, own = (up - down) / 2, up + down - 2 * middle
    mixed = cost(walker, e + f) - middle - gradient.sum() - own.sum() / 2
    return middle, gradient, np.array([[own[0], mixed], [mixed, own[1]]])


def ground(settings: Settings) -> Frame:
    """The data, and J over the plane of (b, W)."""
    here = walker(settings | PLAIN)
    middle, gradient, hessian = bowl(here)
    w = np.stack(np.meshgrid(*[np.linspace(*ENDS, PLACES)] * 2), axis=-1)
    values = middle + w @ gradient + np.einsum("...i,ij,...j->...", w, hessian, w) / 2
    best = -np.linalg.lstsq(hessian, gradient, rcond=None)[0]
    truth = [settings["intercept"], settings["slope"]]
    x, y = here.places.lanes.problem.rows
    rows = here.places.samplers[0].rows
    return {
        "x": x[rows], "y": y[rows], "values": values.astype(np.float32), "ends": ENDS,
        "best": best.tolist(), "least": cost(here, best), "true": cost(here, truth),
        "bound": 2 / float(np.linalg.eigvalsh(hessian)[-1]),
    }  # fmt: skip


def descent(settings: Settings, moment: Moment) -> Frame:
    """Where (b, W) went; the loss that each step saw, and J on all examples after it."""
    key = tuple(map(str, (settings[name] for name in RUN)))
    with TRAININGS.at(moment, key, lambda: walker(settings)) as here:
        w, seen = here.path(moment.last - here.at)
        w = w if moment.last else here.w[None]
        plan, rows = here.places.lanes.plan, here.places.samplers[0].rows
        used = here.batch(here.at) if here.at else rows[:0]
        alive = bool(here.carry.alive)
        return {
            "w": w, "seen": seen, "cost": np.array([cost(here, one) for one in w]),
            "used": np.flatnonzero(np.isin(rows, used)), "now": here.w,
            "j": cost(here, here.w), "batch": plan.batch, "epoch": plan.examples(here.at) / plan.n,
            "gradients": plan.spent(here.at), "alive": alive,
            "over": not alive or here.at >= MOST_STEPS,
        }  # fmt: skip


CONTROLS = {
    "rule": Choice("gd", tuple(rules.NAMES)),
    "alpha": Number(0.01, 1e-4, 1.0, "log", "(0, 1e6]"),
    "batch": Choice("some", ("one", "some", "all")),
    "size": Whole(30, 1, 1000, "log"),
    "speed": Whole(1, 1, 30, "log"),
    "n": Whole(300, 2, MOST_EXAMPLES, "log"),
    "slope": Number(2.0, *ENDS),
    "intercept": Number(-1.0, *ENDS),
    "noise": Number(1.0, 0.0, 4.0, interval="[0, 1e6]"),
    "seed": Whole(0, 0, 999),
    "start": Point((-4.0, -4.0)),
}
PLAIN = {name: CONTROLS[name].default for name in ("start", "rule", "alpha")} | {"batch": "all"}
"""What a training needs beside its data where no step of it is made."""

SCENE = Scene(
    name="regression",
    title="Linear regression",
    slides="39",
    formulas=(
        r"\hat y = W x + b",
        r"J(b, W) = \frac1n \sum_{i=1}^n (W x_i + b - y_i)^2",
    ),
    controls=CONTROLS,
    parts={
        "ground": Part(ground, DATA),
        "descent": Training(descent, RUN, shows=("speed",)),
    },
    presets={
        "lecture": {},
        "one": {"batch": "one"},
        "all": {"batch": "all", "alpha": 0.1},
        "tiny": {"alpha": 1e-4, "speed": 30},
        "few": {"n": 20, "batch": "one", "alpha": 0.1},
        "many": {"n": 800, "alpha": 0.1},
        "diverging": {"batch": "all", "alpha": 0.4},
    },
)
