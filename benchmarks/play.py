"""Scenes in real Chromium: how soon each is there, how soon it answers a drag, and what the process takes.

From an input until all pictures of the scene are drawn anew, and until they are on the screen, through the page and
the server.
"""

from __future__ import annotations

import statistics
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from board_alone import memory_below
from boards import arrive, chromium, served
from report import machine

from uzviz.scenes import SCENES

PORT = 6320
DRAGS = 12
READY = """async () => {
  const calm = () => window.uzviz.painted() > 0 && !window.uzviz.busy();
  for (let still = 0; still < 2; ) {
    still = calm() ? still + 1 : 0;
    await new Promise(requestAnimationFrame);
  }
}"""
DRAG = """async ([name, shares]) => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const found = [];
  for (const share of shares) {
    const input = document.querySelector(`[data-control="${name}"]`);
    const before = window.uzviz.painted();
    const value = Math.round(1000 * share);
    if (Number(input.value) === value) continue;
    const began = performance.now();
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, value);
    input.dispatchEvent(new Event('input', {bubbles: true}));
    while (window.uzviz.painted() === before || window.uzviz.busy()) {
      await new Promise((r) => setTimeout(r));
      if (performance.now() - began > 20000) break;
      if (performance.now() - began > 1000 && !window.uzviz.busy()) return found; // nothing shows it
    }
    const drawn = performance.now() - began;
    await frame();
    found.push([drawn, performance.now() - began]);
    for (let i = 0; i < 6; i++) await frame();
  }
  return found;
}"""
"""Milliseconds from each input until what it changes is drawn, and until the frame after that has begun, when it is
on the screen; one at a time, as people drag."""


STEADY = """async (name) => {
  const frame = () => new Promise(requestAnimationFrame);
  const input = document.querySelector(`[data-control="${name}"]`);
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  const [began, lasts] = [performance.now(), 2000];
  let [pictures, last] = [0, window.uzviz.painted()];
  for (let spent = 0; spent < lasts; spent = performance.now() - began) {
    set.call(input, Math.round(200 + (600 * spent) / lasts));
    input.dispatchEvent(new Event('input', {bubbles: true}));
    await frame();
    if (window.uzviz.painted() !== last) pictures++;
    last = window.uzviz.painted();
  }
  return (1000 * pictures) / lasts;
}"""
"""Frames with new pictures a second, while a slider is moved in every frame for two seconds."""


def uzviz_play() -> list[str]:
    return [str(Path(sys.executable).with_name("uzviz")), "play", "--port", str(PORT)]


def open_scene(page: Any, name: str) -> None:
    page.goto(f"http://127.0.0.1:{PORT}/#page=play&scene={name}")
    page.wait_for_selector(f"[data-scene={name}] .pictures canvas", timeout=60_000)
    page.evaluate(READY)


def uses(browser: Any, name: str) -> tuple[float, float]:
    """Seconds until a scene is drawn whose server has just started, its process included: for the first time, when
    all programs have to be compiled, and when another server does so afterwards."""
    with TemporaryDirectory() as cache:
        return use(browser, name, cache), use(browser, name, cache)


def use(browser: Any, name: str, cache: str) -> float:
    with served(uzviz_play(), cache):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        arrive(page, PORT)
        page.goto("about:blank")
        began = time.perf_counter()
        open_scene(page, name)
        spent = time.perf_counter() - began
        page.close()
    return spent


def drags(page: Any, name: str) -> tuple[float, float, float, str]:
    """Medians of all sliders of a scene until it is drawn and until it is shown, the worst until it is shown, and
    which that was."""
    found: dict[str, list[list[float]]] = {}
    shares = [0.1 + 0.8 * ((7 * i) % DRAGS) / DRAGS for i in range(DRAGS)]
    for control in page.locator("input[type=range][data-control]").all():
        setting = control.get_attribute("data-control")
        found[setting] = page.evaluate(DRAG, [setting, shares])
    drawn, shown = zip(*[pair for pairs in found.values() for pair in pairs], strict=True)
    worst = max(found, key=lambda setting: max((ms for _, ms in found[setting]), default=0))
    return statistics.median(drawn), statistics.median(shown), max(shown), worst


def steadily(page: Any) -> float:
    """New pictures a second while the first slider is dragged on and on."""
    setting = page.locator("input[type=range][data-control]").first.get_attribute("data-control")
    page.evaluate(STEADY, setting)
    return statistics.median(page.evaluate(STEADY, setting) for _ in range(3))


def five_people(browser: Any) -> float:
    """The median drag of one of five who play at once, each on the page of their own."""
    pages = [browser.new_context().new_page() for _ in range(5)]
    for page in pages:
        open_scene(page, "momentum")
    asked = f"http://127.0.0.1:{PORT}/api/play/frames?scene=momentum&parts=%7B%22path%22%3A%5B0%2C0%5D%7D"
    others = [f"{asked}&settings=%7B%22beta%22%3A0.{i}%7D" for i in range(1, 5)]
    ends = time.perf_counter() + 8

    def play(address: str) -> int:
        asked = 0
        while time.perf_counter() < ends:
            urllib.request.urlopen(address).read()
            asked += 1
            time.sleep(1 / 60)
        return asked

    with ThreadPoolExecutor(4) as pool:
        playing = [pool.submit(play, address) for address in others]
        found = pages[0].evaluate(DRAG, ["alpha", [i / 40 for i in range(1, 40)]])
        print(f"  the other four asked {sum(p.result() for p in playing)} times in 8 s")
    for page in pages:
        page.context.close()
    return statistics.median(shown for _, shown in found)


def main() -> None:
    machine()
    with chromium() as browser:
        print(
            f"{'scene':16} {'first use s':>12} {'again s':>9} {'drawn ms':>9} {'shown ms':>9} {'worst ms':>9} "
            f"{'a second':>9}  slowest setting"
        )
        all_uses = {name: uses(browser, name) for name in SCENES}
        with served(uzviz_play()) as (process, _):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            arrive(page, PORT)
            for name in SCENES:
                open_scene(page, name)
                drawn, shown, worst, setting = drags(page, name)
                steady = steadily(page)
                first, again = all_uses[name]
                print(
                    f"{name:16} {first:12.2f} {again:9.2f} {drawn:9.0f} {shown:9.0f} {worst:9.0f} {steady:9.0f}  {setting}"
                )
            print(f"five at once: {five_people(browser):.0f} ms a drag")
            print(f"process that computes: {memory_below(process.pid):.0f} MB at most")


if __name__ == "__main__":
    main()
