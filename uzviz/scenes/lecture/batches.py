"""Batches (slides 31–33): gradients of mini-batches scatter about the gradient of all examples, the less the
larger they are; and at equal cost many rough steps beat a few exact ones."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import jax
import numpy as np

from uzviz import engine, problems
from uzviz.engine import Lanes, Walker
from uzviz.problems import Problem, generator_for
from uzviz.rules import GradientDescent
from uzviz.scenes import grounds
from uzviz.scenes.controls import Choice, Number, Point, Whole, hyperparameter
from uzviz.scenes.scene import Frame, Part, Scene, Settings
from uzviz.scenes.several import soonest

EXAMPLES = 240
ALIKE = np.full(EXAMPLES, 1 / EXAMPLES)
SIZES = (1, 2, 4, 8, 16, 30, 60, 120, 240)
"""Sizes of batches that leave no example over."""
DRAWN = 400
"""Mini-batches in the cloud."""
ENDS = (-5.0, 5.0)
"""Of b and of W."""
SHOWN = 400
"""Places of a path that are shown, at most."""
MOST_EPOCHS = 10
DATA = ("noise", "seed")
KINDS = ("all", "some", "one")


@lru_cache(8)
def line(noise: float, seed: int) -> Problem:
    """Points about a line; its parameters are (b, W)."""
    made = problems.linear(EXAMPLES, noise=noise, seed=seed)
    return replace(made, split_seed=seed)


def _of(settings: Settings) -> Problem:
    return line(settings["noise"], settings["seed"])


def training_part(problem: Problem) -> Any:
    """The examples that are trained on."""
    rows = problem.split(0).train  # of whatever seed: the problem has one split
    return jax.tree.map(lambda x: x[rows], problem.data)


def gradients(problem: Problem, w: Any) -> np.ndarray:
    """The gradient of every example at w, [examples, 2]. That of a batch is their mean, since its loss is
    the mean of theirs."""
    return engine.slopes(grounds.each_loss(problem.formulas), [w], training_part(problem))[1][0]


@lru_cache(2)
def orders(seed: int, many: int = DRAWN) -> np.ndarray:
    """Orders of the examples, [many, examples]: the first few of each are a mini-batch, drawn without putting back."""
    draw = generator_for(seed, "batches")
    return draw.permuted(np.tile(np.arange(EXAMPLES), (many, 1)), axis=1)


def variance(each: np.ndarray, size: Any) -> Any:
    r""":math:`E‖g_B - g‖^2 = \frac{\operatorname{tr} Σ}{B}\,\frac{n-B}{n-1}`, Σ the covariance of the
    gradients of single examples: drawn without putting back, the whole has none. Source: Cochran, Sampling
    Techniques (1977), theorem 2.2."""
    trace = each.var(axis=0).sum()
    return trace / size * (EXAMPLES - size) / (EXAMPLES - 1)


def ellipse(each: np.ndarray, size: int) -> np.ndarray:
    """One standard deviation of such batches about the gradient of all examples, as points around it."""
    angles = np.linspace(0, 2 * np.pi, 65)
    covariance = np.cov(each.T, bias=True) * (EXAMPLES - size) / (EXAMPLES - 1) / size
    lengths, axes = np.linalg.eigh(covariance)
    circle = np.stack([np.cos(angles), np.sin(angles)])
    return each.mean(axis=0) + (axes @ (np.sqrt(np.maximum(lengths, 0))[:, None] * circle)).T


def ground(settings: Settings) -> Frame:
    problem = _of(settings)
    batch = training_part(problem)
    values = grounds.over_plane(problem.loss, ENDS, ENDS, 61, (batch, None))
    design = np.stack([np.ones(EXAMPLES), np.asarray(batch[0])], axis=1)
    best = np.linalg.lstsq(design, np.asarray(batch[1]), rcond=None)[0]
    least = float(engine.values(problem.loss, best[None], batch, None)[0])
    return {"values": values, "ends": ENDS, "best": best.tolist(), "least": least}


def cloud(settings: Settings) -> Frame:
    """Gradients of many mini-batches at one point, about the gradient of all examples."""
    each = gradients(_of(settings), settings["at"])
    size = int(settings["batch"])
    found = each[orders(settings["seed"])[:, :size]].mean(axis=1)
    whole = each.mean(axis=0)
    return {
        "each": found, "whole": whole.tolist(), "size": size,
        "ellipse": ellipse(each, size), "radius": float(np.sqrt(variance(each, size))),
        "measured": float(np.sqrt(((found - whole) ** 2).sum(axis=1).mean())),
        "downhill": float((found @ whole > 0).mean()),
    }  # fmt: skip


def spread(settings: Settings) -> Frame:
    """The variance for every size of batch: of those drawn, and in theory."""
    each = gradients(_of(settings), settings["at"])
    whole = each.mean(axis=0)
    sizes = np.array(SIZES[:-1])
    drawn = np.take(each, orders(settings["seed"])[:, : sizes[-1]], axis=0)
    # Each size holds the batch of the size before.
    found = np.add.reduceat(drawn, [0, *sizes[:-1]], axis=1).cumsum(axis=1) / sizes[:, None]
    return {
        "sizes": sizes, "theory": variance(each, sizes),
        "measured": ((found - whole) ** 2).sum(axis=-1).mean(axis=0),
    }  # fmt: skip


def walker(problem: Problem, size: int, alpha: float, epochs: int, start: Any, seed: int) -> Walker:
    """Gradient descent by batches of this size, from a start."""
    plan = engine.planned(EXAMPLES, size, 1, epochs=epochs)
    lanes = Lanes(problem, GradientDescent(lr=alpha), (seed,), plan, engine.on_device(problem))
    return Walker(lanes, np.asarray(start, float))


def race(settings: Settings) -> Frame:
    """Batch GD, mini-batches and SGD over as many gradients of examples, with the same step size."""
    problem, start = _of(settings), settings["at"]
    batch = training_part(problem)
    found: Frame = {"spent": {}, "end": {}, "steps": {}}

    def walked(size: int) -> np.ndarray:
        here = walker(problem, size, settings["alpha"], settings["epochs"], start, settings["seed"])
        return here.path(here.places.lanes.plan.steps)[0]

    sizes = (EXAMPLES, int(settings["batch"]), 1)
    for kind, size, w in zip(KINDS, sizes, soonest(walked, sizes), strict=True):
        w = np.concatenate([np.array([start]), w])
        shown = np.unique(np.linspace(0, len(w) - 1, SHOWN).astype(int))
        # As many places for any number of steps, so that one program serves.
        places = w[np.resize(shown, SHOWN)]
        cost, _ = engine.slopes(grounds.shared_loss(problem.formulas), places, batch, ALIKE)
        found |= {f"{kind}_w": w[shown], f"{kind}_cost": cost[: len(shown)]}
        found[f"{kind}_spent"] = shown * size
        found["end"][kind], found["steps"][kind] = float(cost[len(shown) - 1]), len(w) - 1
    return found


SCENE = Scene(
    name="batches",
    title="Batches",
    slides="31–33",
    formulas=(
        r"g_B = \frac1B \sum_{i \in B} \nabla \ell_i(w),\qquad \mathbb E\, g_B = g",
        r"\mathbb E\,\lVert g_B - g \rVert^2 = \frac{\operatorname{tr} \Sigma}{B}\cdot\frac{n-B}{n-1}",
    ),
    controls={
        "batch": Choice("8", [str(size) for size in SIZES]),
        "alpha": hyperparameter(GradientDescent, "lr", 0.001, 0.3, default=0.03, scale="log"),
        "epochs": Whole(2, 1, MOST_EPOCHS),
        "noise": Number(1.0, 0.0, 4.0, interval="[0, 1e3]"),
        "seed": Whole(0, 0, 99),
        "at": Point((-4.0, -3.0)),
    },
    parts={
        "ground": Part(ground, DATA),
        "cloud": Part(cloud, (*DATA, "at", "batch")),
        "spread": Part(spread, (*DATA, "at")),
        "race": Part(race, (*DATA, "at", "batch", "alpha", "epochs")),
    },
    presets={
        "lecture": {},
        "single": {"batch": "1"},
        "large": {"batch": "60"},
        "close": {"at": [-1.0, 1.9], "batch": "1"},
        "noisy": {"noise": 4.0, "batch": "1", "alpha": 0.1, "epochs": 10},
    },
)  # fmt: skip
