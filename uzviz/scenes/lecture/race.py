"""Race on a surface (slide 45): the rules from one start, each with its step size and how that decays."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from uzviz import problems, rules
from uzviz.rules import Rule, Schedule
from uzviz.scenes import walks
from uzviz.scenes.controls import Choice, Number, Point, Whole
from uzviz.scenes.scene import Frame, Part, Scene, Settings

PLANE = "himmelblau"


def entrants(settings: Settings) -> dict[str, Rule]:
    """The chosen rules, their step sizes on the schedules that are set, over all steps."""
    return {
        name: rules.scheduled(rule, settings.get(f"decay_{name}", "constant"), settings["steps"])
        for name, rule in walks.chosen(settings).items()
    }


def step_sizes(rule: Rule, steps: int) -> np.ndarray:
    """α of the steps 1 … steps, as the rule has it, NaN of one that finds its own; made for as many as
    there can be, so that JAX has one shape to prepare for."""
    alpha = np.nan if rule.tuned is None else vars(rule)[rule.tuned]
    found = alpha(jnp.arange(1.0, walks.MOST_STEPS + 1)) if isinstance(alpha, Schedule) else alpha
    return np.broadcast_to(np.asarray(found, float), (walks.MOST_STEPS,))[:steps]


def paths(settings: Settings) -> Frame:
    racing = entrants(settings)
    found = walks.walked(settings, racing)
    plane = problems.PLANES[settings["plane"]]
    return found | {
        "alpha": np.stack([step_sizes(rule, settings["steps"]) for rule in racing.values()]),
        "reached": walks.arrivals(plane, found["w"], settings["near"]),
    }


NUMBERS = walks.alpha_numbers(PLANE)
SCHEDULES = ("constant", "cosine", "warmup-cosine", "inverse-time", "inverse-root")
DECAYS = {f"decay_{name}": Choice("constant", SCHEDULES) for name in walks.TUNED}

SCENE = Scene(
    name="race",
    title="Race on a surface",
    slides="45",
    formulas=(
        r"\alpha_t = \frac{\alpha}{1 + 9\,(t - 1)/T}",
        r"\alpha_t = \frac{\alpha}{2}\Bigl(1 + \cos\frac{\pi (t - 1)}{T}\Bigr)",
    ),
    controls={
        "plane": walks.plane_choice(PLANE),
        "rules": walks.rule_choice("gd", "momentum", "rmsprop", "adam"),
        **{
            key: control
            for name in walks.TUNED
            for key, control in (
                (f"alpha_{name}", NUMBERS[f"alpha_{name}"]),
                (f"decay_{name}", DECAYS[f"decay_{name}"]),
            )
        },
        "steps": Whole(200, 1, walks.MOST_STEPS, "log"),
        "near": Number(0.1, 1e-3, 2.0, "log", "(0, 1e6]"),
        "start": Point(problems.PLANES[PLANE].start),
    },
    parts={
        "ground": Part(walks.ground, ("plane",)),
        "paths": Part(paths, ("plane", "rules", *NUMBERS, *DECAYS, "steps", "near", "start")),
    },
    presets={
        "lecture": {},
        "hill": {"start": [-0.27, -0.92]},
        "decaying": {"alpha_rmsprop": 0.5, "decay_rmsprop": "inverse-time"},
        "rosenbrock": walks.on("rosenbrock", steps=1000),
        "styblinski-tang": walks.on("styblinski-tang"),
        "goldstein-price": walks.on("goldstein-price", steps=500),
        "rastrigin": walks.on("rastrigin"),
    },
)
