"""Initialisation (slide 5): how signals go through a network that starts in five ways, and how it trains."""

from __future__ import annotations

import math
from contextlib import ExitStack
from functools import lru_cache, partial
from typing import Any

import equinox as eqx
import jax
import numpy as np

from uzviz import engine, problems, rules
from uzviz.engine import Walker
from uzviz.problems import Problem
from uzviz.problems.networks import ACTIVATIONS, INITIALISATIONS, MLP
from uzviz.scenes.controls import Choice, Number, Whole
from uzviz.scenes.scene import Frame, Moment, Scene, Settings, Training
from uzviz.scenes.trainings import Trainings

BATCH = 64
LOOKED_AT = 256
"""Training examples whose signals are shown."""
BINS = 61
MOST_STEPS = 3000
NET = ("depth", "width", "activation")
RUN = (*NET, "rule", "alpha", "seed")
START = Moment("the start", 0, 0)
TRAININGS = Trainings(most=12 * len(INITIALISATIONS))


@lru_cache(maxsize=16)
def digits(depth: int, width: int, activation: str) -> tuple[Problem, Any]:
    """The digits by a network, and their examples on the device."""
    problem = problems.classify("digits", [width] * depth, activation=activation, init="large")
    return problem, engine.on_device(problem)


@lru_cache(maxsize=64)
def unscaled(depth: int, width: int, activation: str, seed: int) -> MLP:
    """The start whose weights are standard normal."""
    problem, _ = digits(depth, width, activation)
    return jax.tree.map(np.array, engine.start_point(problem, seed))


def start(net: MLP, init: str) -> MLP:
    """The start of another deviation: it is so many times the standard one."""
    deviation = INITIALISATIONS[init]
    scaled = [deviation(*layer.weight.shape[::-1]) * layer.weight for layer in net.layers]
    net = jax.tree.map(np.array, net)
    return eqx.tree_at(lambda m: [layer.weight for layer in m.layers], net, scaled)


def walker(settings: Settings, init: str) -> Walker:
    """A training, at its start."""
    depth, width, activation = (settings[name] for name in NET)
    problem, rows = digits(depth, width, activation)
    rule = rules.tuned(settings["rule"], settings["alpha"])
    budget = MOST_STEPS * BATCH * rule.gradients
    plan = engine.planned(problem.sizes[0], BATCH, rule.gradients, gradients=budget)
    lanes = engine.Lanes(problem, rule, (settings["seed"],), plan, rows)
    return Walker(lanes, start(unscaled(depth, width, activation, settings["seed"]), init))


def together(stack: ExitStack, settings: Settings, moment: Moment) -> dict[str, Walker]:
    """The five trainings at the moment's first step; those that begin share what a seed brings."""
    run = tuple(str(settings[name]) for name in RUN)
    begun: list[Walker] = []

    def begin(init: str) -> Walker:
        net = unscaled(*(settings[name] for name in NET), settings["seed"])
        begun.append(begun[0].again(start(net, init)) if begun else walker(settings, init))
        return begun[-1]

    return {
        init: stack.enter_context(TRAININGS.at(moment, (run, init), partial(begin, init)))
        for init in INITIALISATIONS
    }


def training(settings: Settings, moment: Moment) -> Frame:
    """All five: the losses that steps saw, what is made of validation; and the signals of one."""
    if moment.last:
        return trained(settings, moment)
    return begun(*(settings[name] for name in (*NET, "seed", "look")))


@lru_cache(maxsize=64)
def begun(depth: int, width: int, activation: str, seed: int, look: str) -> Frame:
    """The start, in which no rule has a share yet."""
    net = {"depth": depth, "width": width, "activation": activation}
    return trained({**net, "seed": seed, "look": look, "rule": "gd", "alpha": 1.0}, START)


def trained(settings: Settings, moment: Moment) -> Frame:
    with ExitStack() as stack:
        here = together(stack, settings, moment)
        seen = [one.ahead(moment.last - one.at) for one in here.values()]
        found = [one.evaluated(("validation",)) for one in here.values()]
        at, chosen = max(one.at for one in here.values()), here[settings["look"]]
        values = [[f[f"validation/{name}"] for f in found] for name in ("loss", "accuracy")]
        return {
            "seen": np.stack(seen, axis=1),
            "evaluated": np.array([[at, *values[0], *values[1]]]),
            "alive": [bool(one.carry.alive) for one in here.values()],
            "over": at >= MOST_STEPS,
            **signals(chosen, settings),
        }


def signals(here: Walker, settings: Settings) -> Frame:
    """Histograms of activations of the hidden layers and of gradients at all; sizes by layer, and what
    theory expects of them at the start."""
    _, found = looked_at(here)
    outputs, reach = histograms(found.outputs(settings["activation"])[:-1])
    gradients, back = histograms(found.gradients)
    wanted = theory(*(settings[name] for name in (*NET, "seed", "look")))
    return {
        "outputs": outputs, "reach": reach, "gradients": gradients, "back": back,
        "sums": sizes(found.sums), "flow": sizes(found.gradients),
        "wanted": np.array([wanted.sums, wanted.gradients]),
    }  # fmt: skip


def looked_at(here: Walker) -> tuple[np.ndarray, problems.Signals]:
    """Some training examples, and their signals."""
    return here.measured(_looked_at, here.places.samplers[0].rows[:LOOKED_AT])


def _looked_at(w: MLP, batch: Any) -> tuple[jax.Array, problems.Signals]:
    return batch.x, problems.signals(w, batch)


@lru_cache(maxsize=256)
def theory(depth: int, width: int, activation: str, seed: int, init: str) -> problems.Expected:
    """The sizes by layer that wide layers would have at this start."""
    given = {"depth": depth, "width": width, "activation": activation, "seed": seed}
    x, found = looked_at(walker(given | {"rule": "gd", "alpha": 1.0}, init))
    units = [x.shape[1], *[width] * depth, found.sums[-1].shape[1]]
    end = float(np.mean(found.gradients[-1] ** 2))
    return problems.expected(units, activation, init, float(np.mean(x**2)), end)


def sizes(layers: list[Any]) -> np.ndarray:
    """Root mean squares; infinite where a layer has left the numbers."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.array([np.sqrt(np.mean(np.square(v, dtype=float))) for v in layers])


def histograms(layers: list[Any]) -> tuple[np.ndarray, float]:
    """Shares of numbers between −reach and reach, [layers, bins], those beyond in the last bins; and the
    reach, which only one in two hundred of some layer is beyond."""
    far = max(float(np.quantile(np.abs(v), 0.995)) for v in layers)
    reach = rounded_up(far) if far > 0 else 1.0
    edges = np.linspace(-reach, reach, BINS + 1)
    counts = [np.histogram(np.clip(v, -reach, reach), edges)[0] / np.size(v) for v in layers]
    return np.array(counts, np.float32), reach


def rounded_up(x: float) -> float:
    """The next of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(x))
    return next(power * k for k in (1, 2, 5, 10) if power * k >= x * (1 - 1e-9))


SCENE = Scene(
    name="initialisation",
    title="Initialisation",
    slides="5",
    formulas=(
        r"z_l = W_l\, h_{l-1} + b_l, \quad h_l = \varphi(z_l), \quad W_l \sim N(0, \sigma^2)",
        r"\sigma^2_{\text{Xavier}} = \frac{2}{n_{l-1} + n_l}, \qquad \sigma^2_{\text{He}} = \frac{2}{n_{l-1}}",
    ),
    controls={
        "look": Choice("he", tuple(INITIALISATIONS)),
        "activation": Choice("relu", tuple(ACTIVATIONS)),
        "depth": Whole(4, 1, 10),
        "width": Whole(64, 2, 128),
        "rule": Choice("gd", tuple(rules.NAMES)),
        "alpha": Number(0.1, 1e-4, 1.0, "log", "(0, 1e6]"),
        "seed": Whole(0, 0, 999),
        "speed": Whole(5, 1, 50, "log"),
    },
    parts={"training": Training(training, RUN, shows=("look", "speed"))},
    presets={
        "lecture": {},
        "zero": {"look": "zero"},
        "small": {"look": "small"},
        "large": {"look": "large", "activation": "tanh"},
        "xavier": {"look": "xavier", "activation": "tanh"},
        "mismatch": {"look": "xavier", "depth": 10},
        "sigmoid": {"look": "xavier", "activation": "sigmoid"},
    },
)
