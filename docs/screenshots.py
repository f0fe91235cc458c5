"""`make screenshots`: the README's pictures of the board, one of each page, by a real browser."""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "tests"))

from board import board  # noqa: E402 - beside the tests
from browser import FLAGS, chrome  # noqa: E402

SAMPLE = ROOT / "runs/sample"
PICTURES = ROOT / "docs/board"
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


def main() -> None:
    path = chrome()
    PICTURES.mkdir(exist_ok=True)
    with board(SAMPLE) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        window = {"width": 1280, "height": 800}
        for name, settings in VIEWS.items():
            page = browser.new_page(viewport=window, color_scheme="light", locale="en-GB")
            page.goto(f"{address}#{settings}")
            page.wait_for_selector("body[data-settled=true]")
            picture = small(page.screenshot(animations="disabled"))
            (PICTURES / f"{name}.png").write_bytes(picture)
            print(f"docs/board/{name}.png, {len(picture):,} bytes")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
