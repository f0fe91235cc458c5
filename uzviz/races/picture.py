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
    """Four panels, each with a band from the lower to the upper quartile of the seeds."""
    figure = Figure(figsize=(13, 9.6), layout="constrained", facecolor="white")
    (sizes, tries), (epochs, gradients) = figure.subplots(2, 2)
    groups = race.groups
    shown = [i for i, g in enumerate(groups) if g.complete.any() and np.isfinite(g.medians()).any()]
    for place, i in enumerate(shown):
        g, name = groups[i], race.names[i]
        look: dict[str, Any] = {
            "color": COLOURS[place % len(COLOURS)],
            "linestyle": STYLES[place // 2 % len(STYLES)],
        }
        _step_sizes(sizes, g, name, look)
        budget = race.best_of(i)
        _band(tries, np.arange(1, budget.shape[1] + 1), budget, name, look)
        lanes, curve = _curves(race, i)
        steps = lanes.points
        visited = np.array([lanes.plan.examples(s) / lanes.plan.n for s in steps])
        _band(epochs, visited, curve, name, look)
        spent = np.array([lanes.plan.spent(s) for s in steps])
        _band(gradients, spent[1:], curve[:, 1:], name, look)
    _finish([groups[i] for i in shown], (sizes, tries, epochs, gradients))
    figure.suptitle(_title(race, shown), fontsize=13, fontweight="bold")
    handles, labels = epochs.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=8, frameon=False)
    return figure


def _curves(race: Race, i: int) -> tuple[Group, np.ndarray]:
    """An entrant's validation loss at its best setting: of the final, else of the heats."""
    g, column = race.groups[i], race.groups[i].best
    if race.finals:
        g, column = race.finals[i].group, 0
    return g, g.curve("validation/loss")[g.complete][:, column]


def _title(race: Race, shown: list[int]) -> str:
    seeds = max((int(race.groups[i].complete.sum()) for i in shown), default=0)
    final = f", {len(race.finals[0].group.seeds)} in the final" if race.finals else ""
    return f"{race.problem}: {len(shown)} methods, median and quartiles of {seeds} seeds{final}"


def _band(axes: Any, x: np.ndarray, lanes: np.ndarray, label: str, look: dict[str, Any]) -> None:
    """Median and quartiles over the first axis; what is not finite is infinite."""
    lanes = np.where(np.isfinite(lanes), lanes, np.inf)
    low, high = np.quantile(lanes, [0.25, 0.75], axis=0, method="inverted_cdf")
    middle = np.array([verdicts.median(column) for column in lanes.T])
    middle, high = (np.where(np.isfinite(v), v, np.nan) for v in (middle, high))
    axes.fill_between(x, low, high, color=look["color"], alpha=0.15, linewidth=0)
    axes.plot(x, middle, label=label, linewidth=1.8, **look)


def _step_sizes(axes: Any, g: Group, name: str, look: dict[str, Any]) -> None:
    """The losses over the tuned hyperparameter, the others as in the best setting."""
    order = g.along_step_size()
    if not len(order):
        return
    tuned, score = g.settings[str(g.axis)], g.score()
    _band(axes, tuned[order], score[:, order], name, {"marker": "o", "markersize": 3, **look})
    best = tuned[g.best], g.medians()[g.best]
    axes.plot(*best, marker="*", markersize=13, color=look["color"], markeredgecolor="white")


def _finish(shown: list[Group], panels: tuple[Any, Any, Any, Any]) -> None:
    sizes, tries, epochs, gradients = panels
    validation, test = "validation loss", "test loss"
    sizes.set(title="Loss at the end of the budget", xlabel="step size", ylabel=validation)
    tries.set(title="Best of k random tries", xlabel="k", ylabel=f"expected {test}")
    epochs.set(title="Best setting, by epochs", xlabel="epochs", ylabel=validation)
    gradients.set(title="Best setting, by gradients", xlabel="gradients of examples")
    gradients.set(ylabel=validation)
    for axes in (sizes, gradients):
        axes.set_xscale("log")
    for axes in (tries, epochs):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    lows = [np.quantile(g.score()[:, g.best], 0.25) for g in shown]
    starts = [float(np.median(g.start["validation/loss"][g.complete])) for g in shown]
    positive = bool(lows) and min(lows) > 0
    for axes in panels:
        axes.grid(True, which="major", color="#dddddd", linewidth=0.7)
        axes.spines[["top", "right"]].set_visible(False)
        if positive:
            axes.set_yscale("log")
            axes.set_ylim(min(lows) * 0.8, max(starts) * 1.5)
