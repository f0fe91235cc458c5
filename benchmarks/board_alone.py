"""The board by itself, in real Chromium: how soon it answers, and what it takes.

1,000 runs, one series of ten million points, a run that grows, an idle board, fifty pages.
"""

from __future__ import annotations

import re
import statistics
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
from boards import PAINTED, TAGS, arrive, chromium, curves, options, our_board, room, served
from report import machine

import uzviz as uz


def make_ours(folder: Path, runs: int, steps: int, tags: int) -> None:
    draw = np.random.default_rng(0)
    for i, values in enumerate(curves(draw, runs, steps, tags)):
        own = {"lr": float(10 ** draw.uniform(-4, 0)), "rule": ["adam", "gd", "lion"][i % 3]}
        with uz.Log(folder / f"run{i:04d}", hyperparameters=own) as log:
            named = dict(zip(TAGS[:tags], values.T, strict=True))
            log.columns(np.arange(steps), named, 1.7e9 + np.arange(steps))


def memory(pid: int, kind: str = "VmHWM") -> float:
    """Megabytes of a process."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{kind}:\s+(\d+)", text)[1]) / 1e3  # type: ignore[index]


def memory_below(pid: int) -> float:
    """The most megabytes that a process started by another has taken."""
    below = [file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/children")]
    return max(memory(int(child)) for children in below for child in children.split())


def processor(pid: int) -> float:
    """Seconds of a core that a process has used, by the scheduler's own count."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


ANSWER = """async ([act, value]) => {
  const settled = () => new Promise((done) => {
    const look = () => document.body.dataset.settled === 'true' ? done() : requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(look));
  });
  const input = document.querySelector(act);
  const before = window.uzviz.drawn();
  const began = performance.now();
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, value);
  input.dispatchEvent(new Event('input', {bubbles: true}));
  while (window.uzviz.drawing() || window.uzviz.drawn() === before) {
    await new Promise((r) => setTimeout(r));
    if (performance.now() - began > 5000) break;
  }
  await new Promise((r) => requestAnimationFrame(() => setTimeout(r)));
  const spent = performance.now() - began;
  await settled();
  return spent;
}"""
"""Milliseconds from an input to the frame in which all charts in view are drawn anew."""


def thousand(browser: Any, folder: Path) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    with served(our_board(folder, 6301)) as (process, began):
        arrive(page, 6301)
        page.wait_for_selector(".run-rows li:nth-child(20)")
        listed = time.perf_counter() - began
        page.wait_for_selector(PAINTED, timeout=60_000)
        settled = time.perf_counter() - began
        client = page.context.new_cdp_session(page)
        client.send("HeapProfiler.collectGarbage")
        heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
        slider = ".slide input[type=range]"
        smooth = [page.evaluate(ANSWER, [slider, v]) for v in ("0.2", "0.8", "0.5", "0.9", "0.3")]
        search = ".runs-panel input[type=search]"
        regex = [
            page.evaluate(ANSWER, [search, v]) for v in ("run0[0-4]", "7$", "run0.*1", "[357]$")
        ]
        page.evaluate(ANSWER, [search, ""])
        hover = hovering(page)
        print("\n1,000 runs × 10 tags × 1,000 steps, our own files, cache warm")
        print(f"  run list {listed:.2f} s, all charts in view {settled:.2f} s")
        print(f"  server {memory(process.pid):.0f} MB, page {heap:.0f} MB of JavaScript")
        print(f"  smoothing {statistics.median(smooth):.0f} ms {list(map(round, smooth))}")
        print(f"  regex {statistics.median(regex):.0f} ms {list(map(round, regex))}")
        print(
            f"  hover {statistics.median(hover):.1f} ms, 95 % below {np.quantile(hover, 0.95):.1f}"
        )
        idle(page, process.pid)
    page.close()


def hovering(page: Any) -> list[float]:
    """Milliseconds of work that each move of the mouse over a chart makes."""
    box = page.locator(".card .u-over").first.bounding_box()
    return page.evaluate(
        """async ({x, y, width, height}) => {
          const over = document.querySelector('.card .u-over'), found = [];
          for (let i = 0; i < 60; i++) {
            const at = {clientX: x + 10 + (width - 20) * i / 60, clientY: y + height / 2, bubbles: true};
            const began = performance.now();
            over.dispatchEvent(new MouseEvent(i ? 'mousemove' : 'mouseenter', at));
            document.body.offsetHeight;
            await Promise.resolve();
            found.push(performance.now() - began);
            await new Promise((r) => requestAnimationFrame(r));
          }
          return found.slice(1);
        }""",
        box,
    )


def idle(page: Any, server: int) -> None:
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")

    def busy() -> float:
        found = client.send("Performance.getMetrics")["metrics"]
        return next(m["value"] for m in found if m["name"] == "TaskDuration")

    time.sleep(3)
    before, page_before, began = processor(server), busy(), time.perf_counter()
    time.sleep(10)
    spent = time.perf_counter() - began
    print(f"  idle: server {100 * (processor(server) - before) / spent:.2f} % of a core, "
          f"page {100 * (busy() - page_before) / spent:.2f} %")  # fmt: skip


def ten_million(browser: Any, folder: Path) -> None:
    n = 10_000_000
    draw = np.random.default_rng(0)
    with uz.Log(folder / "long") as log:
        for first in range(0, n, 1_000_000):
            steps = np.arange(first, first + 1_000_000)
            noise = np.sin(steps / 3e5) + draw.normal(0, 0.1, len(steps))
            log.columns(steps, {"loss": noise}, 1.7e9 + steps / 1e3)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    with served(our_board(folder, 6302)) as (process, _):
        arrive(page, 6302)
        page.wait_for_selector(PAINTED, timeout=120_000)
        times, zooms = [], []
        for _ in range(5):
            page.goto("about:blank")
            began = time.perf_counter()
            page.goto("http://127.0.0.1:6302/", wait_until="commit")
            page.wait_for_selector(PAINTED)
            times.append(time.perf_counter() - began)
            zooms.append(zoom(page))
        print("\none series of 10 M points, once read")
        print(f"  page opened and drawn {statistics.median(times):.2f} s")
        print(f"  zoom refined {statistics.median(zooms):.0f} ms {list(map(round, zooms))}; "
              f"server {memory(process.pid):.0f} MB")  # fmt: skip
    page.close()


ZOOM = """() => {
  const before = window.uzviz.refined();
  window.zoomed = new Promise((done) => addEventListener('mouseup', async () => {
    const began = performance.now();
    while (window.uzviz.refined() === before || window.uzviz.drawing()) {
      await new Promise((r) => setTimeout(r));
      if (performance.now() - began > 10000) return done(NaN);
    }
    await new Promise((r) => requestAnimationFrame(() => setTimeout(r)));
    done(performance.now() - began);
  }, {once: true, capture: true}));
}"""


def zoom(page: Any) -> float:
    """Milliseconds from the end of a drag over a twentieth of a chart to its refined drawing."""
    box = page.locator(".card .u-over").first.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.4 * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.45 * box["width"], y, steps=3)
    page.evaluate(ZOOM)
    page.mouse.up()
    return page.evaluate("window.zoomed")


def live(browser: Any, folder: Path, pages: int) -> None:
    """From a point's logging to its being on the page; then with many pages at once."""
    with uz.Log(folder / "live") as log:
        log.scalars(0, {"loss": 1.0})
        time.sleep(1)  # it is on the disk by then
        with served(our_board(folder, 6303)):
            opened = [browser.new_page() for _ in range(pages)]
            for page in opened:
                arrive(page, 6303)
            for page in opened:
                page.wait_for_selector(PAINTED, timeout=60_000)
            late = []
            for step in range(1, 11):
                log.scalars(step, {"loss": 1 / (1 + step)})
                began = time.perf_counter()
                for page in opened:
                    while page.evaluate("window.uzviz.points()") <= step:
                        time.sleep(0.01)
                late.append(time.perf_counter() - began)
                time.sleep(0.37)
            print(f"\na point on {pages} page{'s' if pages > 1 else ''} {statistics.median(late):.2f} s "
                  f"after it was logged, at most {max(late):.2f}")  # fmt: skip
            for page in opened:
                page.close()


def weight(folder: Path) -> None:
    """What a first visit loads, gzipped."""
    import gzip

    with served(our_board(folder, 6304)):
        deadline = time.time() + 20
        while time.time() < deadline:
            try:
                index = urllib.request.urlopen("http://127.0.0.1:6304/").read()
                break
            except OSError:
                time.sleep(0.1)
        parts = [index]
        for name in re.findall(rb'(?:src|href)="\./([^"]+)"', index):
            parts.append(urllib.request.urlopen(f"http://127.0.0.1:6304/{name.decode()}").read())
        print(f"\nfirst load: {sum(len(gzip.compress(p)) for p in parts) / 1e3:.0f} KB gzipped")


def main() -> None:
    chosen = options(__doc__).parse_args()
    machine()
    with room(chosen.data) as kept, room(None) as place, chromium() as browser:
        if not (kept / "thousand").exists():
            make_ours(kept / "thousand", 1000, 1000, 10)
        weight(kept / "thousand")
        thousand(browser, kept / "thousand")
        ten_million(browser, place / "ten")
        live(browser, place / "one", 1)
        live(browser, place / "fifty", 50)


if __name__ == "__main__":
    main()
