"""Losses (slides 6–14): what predictions cost, as a distance and as a mean, and the slopes they are taught by."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import engine, losses
from uzviz.scenes.controls import Points, Whole
from uzviz.scenes.scene import Frame, Part, Scene, Settings

LOSSES = {
    "l2": losses.l2_distance,
    "mse": losses.mse,
    "l1": losses.l1_distance,
    "mae": losses.mae,
}
"""Of predictions ŷ and targets y."""
TARGETS = np.array([1.0, 2.0, 1.5, 3.0, 2.5])
LABELS = np.array([1, 1, 0, 0])
RANGE = (-1.0, 5.0)
"""What of ŷ is drawn."""
CHANCES = (0.001, 0.999)
"""What of a probability is drawn: at 0 and 1 a wrong answer costs without end."""
LINE = 301


def all_losses(guess: jax.Array, y: jax.Array) -> jax.Array:
    """The four of predictions, [losses]."""
    return jnp.stack([f(guess, y) for f in LOSSES.values()])


def of_chance(p: jax.Array, y: Any) -> jax.Array:
    """Binary cross-entropy of a probability, by way of its logit."""
    return of_logit(jnp.log(p) - jnp.log1p(-p), y)


def of_logit(z: jax.Array, y: Any) -> jax.Array:
    return losses.binary_cross_entropy(z[None], y)


def values(settings: Settings) -> Frame:
    """The four losses, and the slope of each in every prediction, [losses, examples]."""
    guess = [y for _, y in settings["predictions"]]
    value, slope = engine.slopes(all_losses, [guess], TARGETS)
    return {
        "slopes": slope[0], "targets": TARGETS, "losses": list(LOSSES), "values": value[0].tolist(),
    }  # fmt: skip


def slices(settings: Settings) -> Frame:
    """Each loss and its slope as one prediction moves and the others stay, [losses, places]."""
    which, places = settings["example"] - 1, np.linspace(*RANGE, LINE)
    guess = np.tile([y for _, y in settings["predictions"]], (LINE, 1))
    guess[:, which] = places
    value, slope = engine.slopes(all_losses, guess, TARGETS)
    return {
        "places": places, "values": value.T, "slopes": slope[:, :, which].T,
        "losses": list(LOSSES), "example": which + 1, "target": float(TARGETS[which]), "range": RANGE,
    }  # fmt: skip


def entropy(settings: Settings) -> Frame:
    """Of each example its cross-entropy, and its slopes in the probability and in the logit."""
    p = np.clip([p for (p,) in settings["chances"]], *CHANCES)
    own = np.arange(len(p))
    both = [engine.slopes(of_chance, p, y) for y in (0, 1)]  # each example by either label
    loss, by_chance = (np.stack([x[i] for x in both])[LABELS, own] for i in (0, 1))
    z = np.log(p) - np.log1p(-p)
    by_logit = np.stack([engine.slopes(of_logit, z, y)[1] for y in (0, 1)])[LABELS, own]
    return {
        "chances": p, "labels": LABELS, "loss": loss, "by_chance": by_chance, "by_logit": by_logit,
        "mean": float(loss.mean()),
    }  # fmt: skip


def curves(_: Settings) -> Frame:
    """Cross-entropy and its slope over all probabilities, [labels 0 and 1, places]."""
    places = np.linspace(*CHANCES, LINE)
    found = [engine.slopes(of_chance, places, y) for y in (0, 1)]
    logits = np.log(places) - np.log1p(-places)
    by_logit = np.stack([engine.slopes(of_logit, logits, y)[1] for y in (0, 1)])
    return {
        "places": places, "by_logit": by_logit, "values": np.stack([v for v, _ in found]),
        "slopes": np.stack([g for _, g in found]), "range": CHANCES,
    }  # fmt: skip


SCENE = Scene(
    name="losses",
    title="Losses",
    slides="6–14",
    formulas=(
        r"d_2 = \|\hat y - y\|_2,\quad \mathrm{MSE} = \frac1n \sum_i (\hat y_i - y_i)^2",
        r"d_1 = \sum_i |\hat y_i - y_i|,\quad \mathrm{MAE} = \frac1n \sum_i |\hat y_i - y_i|",
        r"\mathrm{BCE} = -\frac1n \sum_i \bigl[ y_i \ln \hat y_i + (1-y_i) \ln (1-\hat y_i) \bigr]",
    ),
    controls={
        "predictions": Points(((1, 1.6), (2, 1.2), (3, 1.5), (4, 2.0), (5, 4.2)), 5, 5),
        "example": Whole(5, 1, 5),
        "chances": Points(((0.8,), (0.35,), (0.15,), (0.9,)), 4, 4, most=1.0),
    },
    parts={
        "values": Part(values, ("predictions",)),
        "slices": Part(slices, ("predictions", "example")),
        "entropy": Part(entropy, ("chances",)),
        "curves": Part(curves, ()),
    },
    presets={
        "mixed": {},
        "right": {
            "predictions": [[i + 1, y] for i, y in enumerate(TARGETS.tolist())],
            "chances": [[0.99], [0.99], [0.01], [0.01]],
        },
        "outlier": {"predictions": [[1, 1.2], [2, 1.9], [3, 1.6], [4, 2.9], [5, -1.0]]},
        "sure": {"chances": [[0.95], [0.9], [0.05], [0.999]]},
    },
)
