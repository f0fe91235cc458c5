"""The picture of a race: loss against step size, and the best curves."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from uzviz import verdicts
from uzviz.races.group import Group
from uzviz.races.result import Race

COLOURS = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#222222", "#999933"]
"""Okabe and Ito's colours for all kinds of sight; line styles tell them apart as well."""
STYLES = ["-", "--", "-.", ":"]


def draw(race: Race) -> Figure:
    """Three panels with a band from the lower to the upper quartile of the seeds."""
    figure = Figure(figsize=(15, 5.2), layout="constrained", facecolor="white")
    sizes, epochs, gradients = figure.subplots(1, 3)
    shown = [g for g in race.groups if g.complete.any() and np.isfinite(g.medians()).any()]
    for i, g in enumerate(shown):
        look: dict[str, Any] = {
            "color": COLOURS[i % len(COLOURS)],
            "linestyle": STYLES[i // 2 % len(STYLES)],
        }
        _step_sizes(sizes, g, look)
        steps = np.array(g.points)
        curve = g.curves["validation/loss"][g.complete][:, g.best]
        visited = np.array([g.plan.examples(s) / g.plan.n for s in steps])
        _band(epochs, visited, curve, g.title, look)
        spent = np.array([g.plan.spent(s) for s in steps])
        _band(gradients, spent[1:], curve[:, 1:], g.title, look)
    _finish(race, shown, sizes, epochs, gradients)
    seeds = max((int(g.complete.sum()) for g in shown), default=0)
    figure.suptitle(
        f"{race.problem}: {len(shown)} methods, median and quartiles of {seeds} seeds",
        fontsize=13,
        fontweight="bold",
    )
    handles, labels = epochs.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=8, frameon=False)
    return figure


def _band(axes: Any, x: np.ndarray, lanes: np.ndarray, label: str, look: dict[str, Any]) -> None:
    """Median and quartiles over the first axis; what is not finite is infinite."""
    lanes = np.where(np.isfinite(lanes), lanes, np.inf)
    low, high = np.quantile(lanes, [0.25, 0.75], axis=0, method="inverted_cdf")
    middle = np.array([verdicts.median(column) for column in lanes.T])
    middle, high = (np.where(np.isfinite(v), v, np.nan) for v in (middle, high))
    axes.fill_between(x, low, high, color=look["color"], alpha=0.15, linewidth=0)
    axes.plot(x, middle, label=label, linewidth=1.8, **look)


def _step_sizes(axes: Any, g: Group, look: dict[str, Any]) -> None:
    """The losses of the best setting's other hyperparameters over the step size."""
    order = g.along_step_size()
    if not len(order):
        return
    lr, score = g.settings["lr"][order], g.score()[:, order]
    _band(axes, lr, score, g.title, {"marker": "o", "markersize": 3, **look})
    best = g.settings["lr"][g.best], g.medians()[g.best]
    axes.plot(*best, marker="*", markersize=13, color=look["color"], markeredgecolor="white")


def _finish(race: Race, shown: list[Group], sizes: Any, epochs: Any, gradients: Any) -> None:
    what = "validation loss"
    sizes.set(title="Loss at the end of the budget", xlabel="step size", ylabel=what, xscale="log")
    epochs.set(title="Best step size, by epochs", xlabel="epochs", ylabel=what)
    gradients.set(
        title="Best step size, by gradients",
        xlabel="gradients of examples",
        ylabel=what,
        xscale="log",
    )
    lows = [np.quantile(g.score()[:, g.best], 0.25) for g in shown]
    starts = [float(np.median(g.start["validation/loss"][g.complete])) for g in shown]
    positive = bool(lows) and min(lows) > 0
    epochs.xaxis.set_major_locator(MaxNLocator(integer=True))
    for axes in (sizes, epochs, gradients):
        axes.grid(True, which="major", color="#dddddd", linewidth=0.7)
        axes.spines[["top", "right"]].set_visible(False)
        if positive:
            axes.set_yscale("log")
            axes.set_ylim(min(lows) * 0.8, max(starts) * 1.5)
