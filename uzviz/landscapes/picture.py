"""The picture of a landscape: contours with paths, or curves along one direction."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator

from uzviz.landscapes.landscape import Landscape

COLOURS = ["#D55E00", "#56B4E9", "#CC79A7", "#009E73", "#F0E442", "#0072B2"]
"""Okabe and Ito's, for all kinds of sight."""
LEVELS = 24
LOGARITHMIC = 20
"""Positive values that span more times than this are drawn by their logarithm."""


def draw(landscape: Landscape, name: str) -> Figure:
    """A map with all that has to be known to read it."""
    figure = Figure(figsize=(8, 6.4), layout="constrained", facecolor="white")
    axes = figure.subplots()
    (_curves if landscape.done.ndim == 1 else _contours)(figure, axes, landscape, name)
    axes.set_title(_title(landscape, name), fontsize=10)
    if landscape.paths or landscape.done.ndim == 1:
        axes.legend(frameon=False, fontsize=8)
    return figure


def _title(landscape: Landscape, name: str) -> str:
    facts = landscape.facts
    part = name.partition("/")[0]
    n = facts["examples"].get(part)
    of = f", {n:,} examples" if n else ""
    shares = landscape.directions.facts.get("explained")
    seen = f", {', '.join(f'{x:.0%}' for x in shares)} of the path's variance" if shares else ""
    holes = f"; {facts['holes']} points are not finite" if facts["holes"] else ""
    kind = landscape.directions.kind
    return f"{landscape.grid.ground.problem.name}: {name}{of}\n{kind} directions{seen}{holes}"


def _contours(figure: Figure, axes: Any, landscape: Landscape, name: str) -> None:
    values = landscape.values[name]
    finite = np.ma.masked_invalid(values.astype(float)).T
    axes.set_facecolor("#cccccc")  # what shows through the holes
    a, b = landscape.axes
    if finite.count() and float(finite.max()) > float(finite.min()):
        low, high = float(finite.min()), float(finite.max())
        logarithmic = low > 0 and high / low > LOGARITHMIC
        levels = np.geomspace(low, high, LEVELS) if logarithmic else np.linspace(low, high, LEVELS)
        norm = LogNorm(low, high) if logarithmic else None
        filled = axes.contourf(a, b, finite, levels, cmap="cividis", norm=norm)
        axes.contour(a, b, finite, levels[::2], colors="white", linewidths=0.4, alpha=0.6)
        bar = figure.colorbar(filled, ax=axes, label=name)
        bar.locator = LogLocator(subs=(1, 2, 5)) if logarithmic else MaxNLocator(8)
        bar.update_ticks()
    for place, (label, path) in enumerate(landscape.paths.items()):
        colour = COLOURS[place % len(COLOURS)]
        x, y = path.coordinates.T
        axes.plot(
            x, y, color=colour, linewidth=1.6, label=f"{label}, {path.explained:.0%} in the plane"
        )
        axes.plot(x[-1:], y[-1:], color=colour, marker="o", markersize=5, markeredgecolor="white")
    if a[0] <= 0 <= a[-1] and b[0] <= 0 <= b[-1]:
        axes.plot([0], [0], marker="+", color="white", markersize=9, markeredgewidth=1.6)
    axes.set(xlim=(a[0], a[-1]), ylim=(b[0], b[-1]), xlabel="direction 1", ylabel="direction 2")


def _curves(figure: Figure, axes: Any, landscape: Landscape, name: str) -> None:
    (a,) = landscape.axes
    what = name.rpartition("/")[2]
    same = [n for n in landscape.values if n.rpartition("/")[2] == what]
    for place, other in enumerate(same):
        line = np.where(np.isfinite(landscape.values[other]), landscape.values[other], np.nan)
        axes.plot(a, line, label=other, color=COLOURS[place % len(COLOURS)], linewidth=1.8)
    for place, (label, path) in enumerate(landscape.paths.items()):
        colour = COLOURS[(len(same) + place) % len(COLOURS)]
        x = path.coordinates[:, 0]
        axes.plot(
            x, path.loss, ".", color=colour, label=f"{label}, {path.explained:.0%} on the line"
        )
    axes.axvline(0, color="#999999", linewidth=0.8)
    axes.grid(True, color="#dddddd", linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set(xlabel="direction 1", ylabel=what)
