"""The board beside TensorBoard (`--load_fast=true`), in real Chromium.

From the start of the server's process to what a person sees, found in screenshots, the same way for
both: a chart is painted once its rectangle holds as many coloured pixels as a line has.
"""

from __future__ import annotations

import io
import math
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from boards import TAGS, arrive, chromium, curves, options, our_board, room, served
from PIL import Image
from report import machine

VIEW = {"width": 1600, "height": 3600}
COLOURED = 150
"""Coloured pixels of a rectangle from which on it shows lines."""
LONGEST = 90
"""Seconds after which a chart that is not painted counts as never painted."""


def make_theirs(folder: Path, runs: int, steps: int) -> None:
    import tensorboardX

    for i, values in enumerate(curves(np.random.default_rng(0), runs, steps, len(TAGS))):
        writer = tensorboardX.SummaryWriter(str(folder / f"run{i:03d}"))
        for step, row in enumerate(values.tolist()):
            for tag, value in zip(TAGS, row, strict=True):
                writer.add_scalar(tag, value, step)
        writer.close()


def tensorboard(folder: Path, port: int) -> list[str]:
    return [str(Path(sys.executable).with_name("tensorboard")), "--logdir", str(folder), "--port",
            str(port), "--load_fast=true"]  # fmt: skip


def coloured(page: Any, rectangles: list[dict[str, float]]) -> list[int]:
    """How many pixels of each rectangle are far from grey. A JPEG is made in a quarter of a PNG's time,
    so that looking disturbs less."""
    data = page.screenshot(type="jpeg", quality=70, timeout=150_000)
    shot = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    found = []
    for r in rectangles:
        x, y = max(0, int(r["x"])), max(0, int(r["y"]))
        part = shot[y : y + int(r["height"]), x : x + int(r["width"])]
        found.append(int((part.max(axis=2).astype(int) - part.min(axis=2) > 60).sum()))
    return found


RECTANGLES = """(selector) => [...document.querySelectorAll(selector)].map((e) => {
  const {x, y, width, height} = e.getBoundingClientRect(); return {x, y, width, height}; })"""


def painted(page: Any, selector: str, wanted: int, began: float, prepare: Callable[[], None]) -> tuple[float, float]:  # fmt: skip
    """Seconds until the first chart is painted, and until all are."""
    first = 0.0
    while True:
        prepare()
        found = coloured(page, page.evaluate(RECTANGLES, selector))
        now = time.perf_counter() - began
        lined = sum(n >= COLOURED for n in found)
        if lined and not first:
            first = now
        if lined >= wanted:
            return first, now
        if now > LONGEST:
            print(f"  given up at {lined} of {wanted} charts after {now:.0f} s")
            return first or math.inf, math.inf


def first_paint(browser: Any, command: list[str], port: int, ours: bool) -> tuple[float, float]:
    page = browser.new_page(viewport=VIEW)

    def select_all() -> None:
        """TensorBoard shows no run of more than forty until all are ticked."""
        if ours:
            return
        box = page.query_selector("runs-data-table th input[type=checkbox], tb-data-table-header-cell mat-checkbox input")  # fmt: skip
        if box is not None and not box.is_checked():
            box.click()

    try:
        with served(command) as (_, began):
            arrive(page, port)
            selector = ".card .plot" if ours else "card-view line-chart, scalar-card line-chart"
            return painted(page, selector, len(TAGS), began, select_all)
    finally:
        page.close()


def beside(browser: Any, folder: Path, repeats: int) -> None:
    found: dict[str, list[tuple[float, float]]] = {"Uzviz": [], "TensorBoard": []}
    for repeat in range(repeats + 1):
        for name in found:
            ours = name == "Uzviz"
            port = 6200 + 2 * repeat + ours
            command = (our_board if ours else tensorboard)(folder, port)
            times = first_paint(browser, command, port, ours)
            if repeat:  # the first round warms the cache of files
                found[name].append(times)
    print("\n300 runs × 20 tags × 500 steps, from the start of the process (s)")
    medians = {}
    for name, times in found.items():
        medians[name] = [statistics.median(t) for t in zip(*times, strict=True)]
        ranges = " ".join(f"[{min(t):.2f} … {max(t):.2f}]" for t in zip(*times, strict=True))
        print(f"  {name:12} first chart {medians[name][0]:.2f}, all 20 {medians[name][1]:.2f}   {ranges}")  # fmt: skip
    ratios = [b / a for a, b in zip(medians["Uzviz"], medians["TensorBoard"], strict=True)]
    print(f"  Uzviz is {ratios[0]:.1f} × sooner with the first, {ratios[1]:.1f} × with all")


def main() -> None:
    asked = options(__doc__)
    asked.add_argument("--repeats", type=int, default=3)
    chosen = asked.parse_args()
    machine()
    with room(chosen.data) as place, chromium() as browser:
        if not (place / "theirs").exists():
            make_theirs(place / "theirs", 300, 500)
        beside(browser, place / "theirs", chosen.repeats)


if __name__ == "__main__":
    main()
