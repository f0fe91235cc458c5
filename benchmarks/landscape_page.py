"""The board's landscape in real Chromium without a GPU: how soon a ground stands, how smoothly it is turned."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from board_alone import memory_below
from boards import arrive, chromium, options, our_board, room, served
from report import machine

import uzviz as uz

PORT = 6340
SIZES = (51, 201)
SECONDS = 4
TRIES = 5
STANDS = """async () => {
  while (!(window.uzviz && window.uzviz.painted() > 1)) await new Promise((done) => setTimeout(done, 10));
}"""
TURN = """async (seconds) => {
  const canvas = document.querySelector("canvas.turned");
  const press = () => canvas.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true}));
  const frame = () => new Promise(requestAnimationFrame);
  for (let i = 0; i < 10; i++) { press(); await frame(); }
  const [before, began] = [window.uzviz.painted(), performance.now()];
  let longest = 0;
  for (let last = began; last < began + 1000 * seconds; ) {
    press();
    await frame();
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  return [(window.uzviz.painted() - before) / (performance.now() - began) * 1000, longest];
}"""
"""Pictures a second while it is turned at each frame, and the longest time between two."""


def made(folder: Path) -> None:
    digits = uz.problems.classify("digits", hidden=[32])
    uz.train(digits, uz.Adam(), epochs=5, probe=[], log=folder / "a")
    for size in SIZES:
        uz.landscape(folder / "a", size=size, name=f"of-{size}")


def show(page: Any, place: str) -> float:
    """Seconds until a surface is painted."""
    page.goto("about:blank")
    began = time.perf_counter()
    page.goto(f"http://127.0.0.1:{PORT}/#page=landscape&run=a&{place}", wait_until="commit")
    page.evaluate(STANDS)
    return time.perf_counter() - began


def main() -> None:
    given = options(__doc__).parse_args()
    machine()
    with room(given.data) as folder, TemporaryDirectory() as cache, chromium() as browser:
        if not (folder / "a").is_dir():
            made(folder)
        for when in ("the first time", "again"):
            with served(our_board(folder, PORT), cache):
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                arrive(page, PORT)
                page.wait_for_selector("body[data-settled=true]")
                cold = show(page, "computed=1")
                print(f"computed by a new server, first coarse surface, {when}: {cold:.2f} s")
                page.close()
        with served(our_board(folder, PORT), cache) as (process, _):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            arrive(page, PORT)
            page.wait_for_selector("body[data-settled=true]")
            show(page, "computed=1")
            kept = [show(page, "land=of-51") for _ in range(TRIES)]
            seeds = range(1, TRIES + 1)
            warm = [show(page, f"computed=1&asked=seed%3A{seed}") for seed in seeds]
            print(f"logged, 51 × 51: {statistics.median(kept):.2f} s until it stands")
            print(f"computed, first coarse surface: {statistics.median(warm):.2f} s")
            for size in SIZES:
                show(page, f"land=of-{size}")
                page.wait_for_selector("body[data-settled=true]")
                rate, longest = page.evaluate(TURN, SECONDS)
                print(f"{size} × {size}: {rate:.0f} frames/s, {longest:.0f} ms between two at most")
            print(f"process that computes: {memory_below(process.pid):.0f} MB at most")


if __name__ == "__main__":
    main()
