"""Network playground (slides 3–5): a small network learns to tell two classes of points apart."""

from __future__ import annotations

import json
from typing import Any

import jax
import numpy as np

from uzviz import engine, problems, rules
from uzviz.engine import Lanes, Walker
from uzviz.hyper import declared
from uzviz.problems import networks
from uzviz.rules import Rule
from uzviz.scenes import classifiers
from uzviz.scenes.classifiers import FEATURES
from uzviz.scenes.controls import (
    Choice,
    Number,
    Points,
    Several,
    Switch,
    Whole,
    Wholes,
    hyperparameter,
)
from uzviz.scenes.scene import Frame, Moment, Part, Scene, Settings, Training
from uzviz.scenes.trainings import Trainings

OWN = "own"
LEAST_OWN, MOST_OWN = 12, 300
MOST_SEED = 9999
MOST_EPOCHS, MOST_STEPS = 5000, 1_000_000
WINDOW = 26
"""Epochs that one call of the program has room for."""
SHARES = tuple(str(percent) for percent in range(10, 100, 10))
BATCHES = ("1", "2", "5", "10", "30", "all")
"""They go into 30, as the training parts of 300 points do for all shares: no epoch has a rest, and
another share needs no other program."""
SPEEDS = ("step", "1", "3", "10")
"""Epochs a frame."""

_trainings = Trainings()

EXAMPLE = [
    [x, y, label]
    for label, row in ((0, (-3, -1, 1, 3)), (1, (-2, 0, 2, 4)))
    for x in row
    for y in (label - 2, 2 * label)
]

DATA = ("data", "own", "noise", "share", "data_seed")
RULE = ("rule", "lr", "beta", "rho", "b1", "b2", "decay", "radius")
TRAINED = (*DATA, "features", "hidden", "activation", "init", "loss", *RULE, "batch", "start")


def fields_of(rule: str) -> dict[str, str]:
    """The settings that a rule has, by the names of its own fields: ρ is a radius to SAM alone, and who finds its
    step size is given none."""
    cls = rules.NAMES[rule]
    renamed = {"rho": "radius"} if rule == "sam" else {}
    found = {field: renamed.get(field, field) for field in declared(cls)}
    given = set(RULE) - ({"lr"} if cls.tuned is None else set())
    return {field: setting for field, setting in found.items() if setting in given}


def rule_of(settings: Settings) -> Rule:
    name = settings["rule"]
    return rules.named(name, **{f: settings[s] for f, s in fields_of(name).items()})


def points_of(settings: Settings) -> classifiers.Points:
    if settings["data"] == OWN:
        return classifiers.of_ones_own("own", settings["own"])
    return classifiers.of_shape(settings["data"], settings["noise"], settings["data_seed"])


def problem_of(settings: Settings) -> problems.Problem:
    return classifiers.problem(
        points_of(settings), settings["features"], settings["hidden"],
        activation=settings["activation"], init=settings["init"], loss=settings["loss"],
        share=int(settings["share"]) / 100, seed=settings["data_seed"],
    )  # fmt: skip


def batch_of(settings: Settings) -> int | str:
    return "all" if settings["batch"] == "all" else int(settings["batch"])


def begun(settings: Settings) -> Walker:
    problem, rule, batch = problem_of(settings), rule_of(settings), batch_of(settings)
    n = problem.sizes[0]
    if batch != "all":
        batch = min(int(batch), n)
    epoch = 1 if batch == "all" else -(-n // int(batch))
    epochs = min(MOST_EPOCHS, MOST_STEPS // epoch)
    plan = engine.planned(n, batch, rule.gradients, epochs=epochs * rule.gradients)
    lanes = Lanes(problem, rule, (settings["start"],), plan, engine.on_device(problem))
    return Walker(lanes, room=(WINDOW, 1 if batch == "all" else sum(problem.sizes) // plan.batch))


def points(settings: Settings) -> Frame:
    """The points, which of them are trained on, and what each feature makes of the plane."""
    found = points_of(settings)
    training = np.zeros(len(found.y), bool)
    # The split hangs on how many there are, and not on the network.
    plain = classifiers.problem(
        found, ["x"], (), activation="tanh", init="zero", loss="brier",
        share=int(settings["share"]) / 100, seed=settings["data_seed"],
    )  # fmt: skip
    training[plain.split(0).train] = True
    maps = classifiers.features_of(classifiers.places(found.ends), list(FEATURES))
    return {
        "x": found.x, "y": found.y, "training": training, "inputs": classifiers.thinned(maps),
        "ends": found.ends,
    }  # fmt: skip


def training(settings: Settings, moment: Moment) -> Frame:
    key = json.dumps([settings[name] for name in TRAINED])
    with _trainings.at(moment, key, lambda: begun(settings)) as walker:
        walker.ahead(moment.last - walker.at)
        return _seen(walker, settings, moment)


def _seen(walker: Walker, settings: Settings, moment: Moment) -> Frame:
    plan = walker.places.lanes.plan
    judged = _judged(walker)
    row = [walker.at / plan.epoch, *judged.values()]
    new = moment.last > moment.first or moment.first == 0
    alive = bool(walker.carry.alive)
    return {
        **_maps(walker, settings),
        "weights": np.concatenate([np.ravel(x) for x in jax.tree.leaves(walker.carry.w)]),
        "curve": np.array([row] if new else np.zeros((0, len(row)))),
        "features": settings["features"],
        "sizes": [len(settings["features"]), *settings["hidden"], 1],
        "epoch": row[0], **judged, "alive": alive, "step": walker.at,
        "over": not alive or walker.at >= plan.steps, "stride": _stride(walker, settings["speed"]),
        "fields": list(fields_of(settings["rule"]).values()),
    }  # fmt: skip


def _stride(walker: Walker, speed: str) -> int:
    """Steps to the next frame."""
    plan = walker.places.lanes.plan
    wanted = 1 if speed == "step" else int(speed) * plan.epoch
    return max(1, min(wanted, plan.steps - walker.at))


def _judged(walker: Walker) -> dict[str, float]:
    """Means over the points that are trained on and over all others."""
    each = walker.each()
    trained = np.zeros(len(each["loss"]), bool)
    trained[walker.places.index["train"]] = True
    return {
        f"{part}_{name}": float(each[name][rows].mean(dtype=float))
        for name in ("loss", "accuracy")
        for part, rows in (("train", trained), ("test", ~trained))
    }


def _maps(walker: Walker, settings: Settings) -> dict[str, Any]:
    where = classifiers.places(points_of(settings).ends)
    rows = classifiers.features_of(where, settings["features"])
    answers = walker.over(classifiers.answers, (rows, np.zeros(len(rows), np.int32)))
    probability = answers[:, -1].reshape(classifiers.LARGE, classifiers.LARGE)
    return {
        "probability": probability.astype(np.float32),
        "maps": classifiers.thinned(answers[:, :-1]),
    }


SPIRALS: Settings = {
    "data": "spirals", "noise": 0.1, "share": "80", "hidden": [8, 8, 8], "activation": "silu",
    "lr": 0.01, "speed": "3",
}  # fmt: skip

SCENE = Scene(
    name="network",
    title="Network playground",
    slides="3–5",
    formulas=(
        r"a^{(l)} = \varphi\bigl(W^{(l)} a^{(l-1)} + b^{(l)}\bigr),\qquad \hat y = \sigma(z)",
        r"J(W) = \frac1n \sum_i \mathcal{L}\bigl(y_i, \hat y_i\bigr)",
    ),
    controls={
        "data": Choice("circles", (*problems.SHAPES, OWN)),
        "own": Points(EXAMPLE, LEAST_OWN, MOST_OWN),
        "noise": Number(0.3, 0.0, 2.0, interval="[0, 100]"),
        "share": Choice("50", SHARES),
        "data_seed": Whole(0, 0, MOST_SEED),
        "features": Several(("x", "y"), tuple(FEATURES), least=1),
        "hidden": Wholes((4, 2), many=6, low=1, high=8),
        "activation": Choice("tanh", tuple(networks.ACTIVATIONS)),
        "init": Choice("xavier", tuple(networks.INITIALISATIONS)),
        "start": Whole(0, 0, MOST_SEED),
        "loss": Choice("binary-cross-entropy", ("binary-cross-entropy", "brier")),
        "rule": Choice("gd", tuple(rules.NAMES)),
        "lr": hyperparameter(rules.GradientDescent, "lr", 1e-4, 10, default=0.1, scale="log"),
        "beta": hyperparameter(rules.Momentum, "beta", 0, 0.99),
        "rho": hyperparameter(rules.RMSProp, "rho", 0, 0.999),
        "b1": hyperparameter(rules.Adam, "b1", 0, 0.99),
        "b2": hyperparameter(rules.Adam, "b2", 0, 0.9999),
        "decay": hyperparameter(rules.AdamW, "decay", 0, 1),
        "radius": hyperparameter(rules.SAM, "rho", 0, 1),
        "batch": Choice("10", BATCHES),
        "speed": Choice("1", SPEEDS),
        "log": Switch(False),
        "tested": Switch(True),
    },
    parts={
        "points": Part(points, DATA),
        "training": Training(training, TRAINED, ("speed", "log", "tested")),
    },
    presets={
        "begin": {},
        "spirals": {**SPIRALS, "rule": "adam"},
        "spirals-gd": SPIRALS,
        "flat": {"data": "xor", "hidden": []},
        "squares": {"features": ["x2", "y2"], "hidden": []},
        "large": {"activation": "relu", "lr": 3.0},
        "zero": {"init": "zero"},
    },
)  # fmt: skip
