"""The board beside TensorBoard (`--load_fast=true`), in real Chromium.

From the start of the server's process to what a person sees, found in screenshots, the same way for
both: a chart is painted once its rectangle holds as many coloured pixels as a line has. Then, of ours
alone: 1,000 runs, one series of ten million points, a run that grows, an idle board, fifty pages.
"""

from __future__ import annotations

import argparse
import io
import math
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from report import machine

import uzviz as uz

# Beside the tests.
sys.path.append(str(Path(__file__).parent.parent / "tests"))

from browser import FLAGS, chrome

TAGS = [f"{'loss' if i < 10 else 'metric'}/tag{i:02d}" for i in range(20)]
VIEW = {"width": 1600, "height": 3600}
COLOURED = 150
"""Coloured pixels of a rectangle from which on it shows lines."""
LONGEST = 90
"""Seconds after which a chart that is not painted counts as never painted."""
PAINTED = "body[data-settled=true]"


def curves(draw: np.random.Generator, runs: int, steps: int, tags: int) -> Iterator[np.ndarray]:
    """Falling, noisy curves [steps, tags], a run each."""
    for _ in range(runs):
        fall = np.exp(-np.arange(steps)[:, None] / draw.uniform(50, 300, tags))
        yield (fall + draw.normal(0, 0.02, (steps, tags))).astype(np.float32)


def make_theirs(folder: Path, runs: int, steps: int) -> None:
    import tensorboardX

    for i, values in enumerate(curves(np.random.default_rng(0), runs, steps, len(TAGS))):
        writer = tensorboardX.SummaryWriter(str(folder / f"run{i:03d}"))
        for step, row in enumerate(values.tolist()):
            for tag, value in zip(TAGS, row, strict=True):
                writer.add_scalar(tag, value, step)
        writer.close()


def make_ours(folder: Path, runs: int, steps: int, tags: int) -> None:
    draw = np.random.default_rng(0)
    for i, values in enumerate(curves(draw, runs, steps, tags)):
        own = {"lr": float(10 ** draw.uniform(-4, 0)), "rule": ["adam", "gd", "lion"][i % 3]}
        with uz.Log(folder / f"run{i:04d}", hyperparameters=own) as log:
            named = dict(zip(TAGS[:tags], values.T, strict=True))
            log.columns(np.arange(steps), named, 1.7e9 + np.arange(steps))


@contextmanager
def served(command: list[str]) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """A server's process, and when it was started."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process, began
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def our_board(folder: Path, port: int) -> list[str]:
    return [str(Path(sys.executable).with_name("uzviz")), "board", str(folder), "--port", str(port)]


def tensorboard(folder: Path, port: int) -> list[str]:
    return [str(Path(sys.executable).with_name("tensorboard")), "--logdir", str(folder), "--port",
            str(port), "--load_fast=true"]  # fmt: skip


def arrive(page: Any, port: int) -> None:
    """Open the page as soon as somebody answers."""
    end = time.perf_counter() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            if time.perf_counter() > end:
                raise
            time.sleep(0.01)
    page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")


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


def memory(pid: int, kind: str = "VmHWM") -> float:
    """Megabytes of a process."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{kind}:\s+(\d+)", text)[1]) / 1e3  # type: ignore[index]


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
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--data", type=Path, help="keep what is made here, for another time")
    chosen = options.parse_args()
    machine()
    path = chrome()
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        data = chosen.data or Path(place)
        if not (data / "theirs").exists():
            make_theirs(data / "theirs", 300, 500)
        if not (data / "thousand").exists():
            make_ours(data / "thousand", 1000, 1000, 10)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        weight(data / "thousand")
        beside(browser, data / "theirs", chosen.repeats)
        thousand(browser, data / "thousand")
        ten_million(browser, Path(place) / "ten")
        live(browser, Path(place) / "one", 1)
        live(browser, Path(place) / "fifty", 50)
        browser.close()


if __name__ == "__main__":
    main()
