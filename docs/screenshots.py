"""`make screenshots`: pictures of the board, one of each page, and of each scene, by a real browser."""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "tests"))

from board import board, scenes_served, settled  # noqa: E402 - beside the tests
from browser import FLAGS, chrome  # noqa: E402

from uzviz.scenes import SCENES  # noqa: E402
from uzviz.scenes.scene import Training  # noqa: E402

SAMPLE = ROOT / "runs/sample"
WINDOW = {"width": 1280, "height": 800}
VIEWS = {
    "scalars": "page=scalars&runs=race/final/&group=rule&colour=rule&tags=step|validation&logy=step/loss,validation/loss",
    "histograms": "page=histograms",
    "images": "page=images",
    "text": "page=text",
    "graph": "page=graph",
    "hyperparameters": "page=hyperparameters&runs=race/final/&colour=rule&view=parallel",
    "race": "page=race",
    "runs": "page=runs",
}


def small(picture: bytes) -> bytes:
    """With 256 colours: a fifth of the bytes, and no difference to be seen."""
    made = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
            made, "PNG", optimize=True
        )
    return made.getvalue()


def keep(picture: bytes, file: Path) -> None:
    made = small(picture)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(made)
    print(f"{file.relative_to(ROOT)}, {len(made):,} bytes")


def pages(browser: Browser) -> None:
    with board(SAMPLE) as address:
        for name, settings in VIEWS.items():
            page = browser.new_page(viewport=WINDOW, color_scheme="light", locale="en-GB")
            page.goto(f"{address}#{settings}")
            page.wait_for_selector("body[data-settled=true]")
            keep(page.screenshot(animations="disabled"), ROOT / f"docs/board/{name}.png")
            page.close()


def scenes(browser: Browser) -> None:
    """Each scene's pictures; a training after it has gone on for a while."""
    with scenes_served() as address:
        for name, scene in SCENES.items():
            page = browser.new_page(viewport=WINDOW, color_scheme="light", locale="en-GB")
            page.goto(f"{address}#page=play&scene={name}")
            page.wait_for_selector(f"[data-scene={name}] .pictures canvas", timeout=60_000)
            settled(page)
            if any(isinstance(part, Training) for part in scene.parts.values()):
                page.locator(".transport .main-button").click()
                page.wait_for_timeout(8000)
                page.locator(".transport .main-button").click()
                settled(page)
            keep(page.screenshot(full_page=True), ROOT / f"docs/play/{name}.png")
            page.close()


def main() -> None:
    path = chrome()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        pages(browser)
        scenes(browser)
        browser.close()


if __name__ == "__main__":
    main()
