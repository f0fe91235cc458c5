"""A board in a process of its own, as people start it; and its page, as they read it."""

import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.parse import quote

from playwright.sync_api import expect

SETTLED = "body[data-settled=true]"
WINDOW = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US"}
WITHOUT_WEBGL = """
const own = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind.startsWith('webgl') ? null : own.call(this, kind, ...more);
};
"""
PATIENCE = 30.0
"""Seconds until what should be seen is missed. How soon it is seen, benchmarks/board_alone.py measures."""

expect.set_options(timeout=1000 * PATIENCE)


def board(folder, *options):
    """The address of a board of a folder, on a free port."""
    return _served("board", str(folder), *options)


def scenes_served():
    """The address of the scenes alone."""
    return _served("play")


@contextmanager
def _served(*command):
    process = subprocess.Popen(
        [sys.executable, "-m", "uzviz", *command, "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline()
        yield next(word for word in line.split() if word.startswith("http")).partition("#")[0]
    finally:
        process.terminate()
        process.communicate(timeout=20)


def settled(page):
    """Wait until what was asked for is on the screen. Whatever the page puts off, it puts off for less
    than its own clock waits here, so that it has begun by then, on a slow machine too."""
    page.evaluate("new Promise((done) => setTimeout(() => requestAnimationFrame(done), 200))")
    page.wait_for_selector(SETTLED)


def until(page, expression):
    """Wait until an expression is true; Playwright's own waiting is refused by the page's policy."""
    end = time.monotonic() + PATIENCE
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"after {PATIENCE} s, this is not so: {expression}"
        page.wait_for_timeout(20)


def eventually(page, check):
    """What a check returns, as soon as none of its assertions fails."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > end:
                raise
        page.wait_for_timeout(50)


def window_of(tag, x, y):
    """A chart's window, as it stands in the address."""
    return "zoom=" + quote(":".join([quote(tag, ""), *(f"{v:.9g}" for v in (*x, *y))]), "")


def card(page, tag):
    return page.locator(f"article[data-tag='{tag}']")


def point(page, element, across, down=0.5):
    """Put the mouse on a place of an element, as shares of its width and height."""
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    x, y = box["x"] + across * box["width"], box["y"] + down * box["height"]
    page.mouse.move(x + 2, y)
    page.mouse.move(x, y)


def hover(page, tag, share):
    """Point at a share of a chart's width; the rows of its tooltip, by the heads of its columns."""
    home = card(page, tag)
    home.scroll_into_view_if_needed()  # it is drawn once it is seen
    point(page, home.locator(".u-over"), share)
    tooltip = home.locator(".tooltip")
    tooltip.wait_for()
    heads, *rows = cells(tooltip)
    return {row[1]: dict(zip(heads[2:], row[2:], strict=True)) for row in rows}


def cells(table):
    """The texts of a table, row by row, its heads first."""
    return table.locator("tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim()))"
    )


def colours(canvas):
    """How many colours there are on a canvas; none of what nothing is drawn on."""
    return canvas.evaluate(
        """(canvas) => {
          const {width, height} = canvas;
          if (!width || !height) return 0;
          const all = canvas.getContext('2d').getImageData(0, 0, width, height).data;
          return new Set(new Uint32Array(all.buffer).filter((pixel) => pixel >>> 24)).size;
        }"""
    )


def number(text):
    """A number as the page writes it."""
    return float(text.replace("−", "-").replace("∞", "inf").replace("\u202f", "").replace(",", ""))


def damaged(folder):
    """Turn over one byte in the middle of a run's file."""
    file = next(folder.glob("*tfevents*"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 255
    file.write_bytes(data)
