"""Why residual networks train: the ground of a deep network with and without its skips, on the digits.

After Li et al. (2018), figure 1. `python examples/skips.py` trains both from one start, maps the training loss
around their ends along the same random directions, normalised by filter, and draws skips.png.
"""

from __future__ import annotations

import argparse

import numpy as np
from matplotlib.figure import Figure

import uzviz as uz


def ground(depth: int, skips: bool, epochs: float, size: int) -> uz.api.Landscape:
    """The landscape around a residual network's end, or that of the same one without skips."""
    problem = uz.problems.residual("digits", depth, skips=skips)
    adam = uz.Adam(lr=1e-3)
    run = uz.train(problem, adam, batch=64, epochs=epochs, schedule="cosine", path_memory=0)
    land = uz.landscape(run, size=size, examples=128, parts=["train"])
    measured = land.roughness
    words = "with skips" if skips else "without skips"
    print(
        f"{depth} layers {words}: training loss {run.results['train/loss']:.3g}, accuracy "
        f"{run.results['test/accuracy']:.0%}; minima on the map: {measured.minima}, up and down "
        f"{measured.variation:.2g} times more than a slope"
    )
    return land


def drawn(lands: dict[str, uz.api.Landscape]) -> Figure:
    """Surfaces side by side, heights as logarithms."""
    figure = Figure(figsize=(6 * len(lands), 5), layout="constrained")
    for place, (title, land) in enumerate(lands.items(), 1):
        axes = figure.add_subplot(1, len(lands), place, projection="3d")
        a, b = np.meshgrid(*land.axes, indexing="ij")
        height = np.log10(np.where(np.isfinite(land.loss), land.loss, np.nan))
        axes.plot_surface(a, b, height, cmap="viridis", rcount=200, ccount=200, linewidth=0)
        axes.set(title=title, xlabel="direction 1", ylabel="direction 2", zlabel="log₁₀ loss")
        axes.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    return figure


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--depth", type=int, default=56, help="6n + 2 layers: 20, 56, …")
    given.add_argument("--epochs", type=float, default=30)
    given.add_argument("--size", type=int, default=41, help="points along a side of the map")
    asked = given.parse_args()
    lands = {
        f"{asked.depth} layers {words}": ground(asked.depth, skips, asked.epochs, asked.size)
        for skips, words in ((False, "without skips"), (True, "with skips"))
    }
    drawn(lands).savefig("skips.png", dpi=120)
    print("Drew skips.png.")


if __name__ == "__main__":
    main()
