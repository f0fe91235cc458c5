"""Images seen together, on one sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

SIDE = 56
"""Pixels that the shorter side of an image has at least, enlarged by a whole number."""
GAP, LINE = 4, 14
"""Pixels between images, and of a caption."""
PAPER, INK = 255, 40


def sheet(images: np.ndarray, captions: Sequence[str], signed: bool) -> np.ndarray:
    """Images [n, height, width] or [n, height, width, channels] as one, [height, width, 3] of uint8.

    All share one scale: from black, the smallest number, to white, the largest; or, where zero is the
    middle, from red over white to blue.
    """
    colours = _diverging(images) if signed else _grey(images)
    n, height, width = colours.shape[:3]
    times = max(1, -(-SIDE // min(height, width)))
    colours = colours.repeat(times, axis=1).repeat(times, axis=2)
    height, width = colours.shape[1:3]
    line = LINE if captions else 0
    columns = math.ceil(math.sqrt(n * (height + line + GAP) / (width + GAP)))
    rows = -(-n // columns)
    size = rows * (height + line + GAP) + GAP, columns * (width + GAP) + GAP
    made = np.full((*size, 3), PAPER, np.uint8)
    corners = []
    for i, image in enumerate(colours):
        y = GAP + i // columns * (height + line + GAP)
        x = GAP + i % columns * (width + GAP)
        made[y : y + height, x : x + width] = image
        corners.append((x + width // 2, y + height))
    return _written(made, captions, corners) if captions else made


def _written(
    sheet: np.ndarray, captions: Sequence[str], places: Sequence[tuple[int, int]]
) -> np.ndarray:
    from PIL import Image, ImageDraw

    image = Image.fromarray(sheet)
    draw = ImageDraw.Draw(image)
    for words, place in zip(captions, places, strict=True):
        draw.text(place, words, fill=(INK, INK, INK), font=_font(), anchor="ma")
    return np.asarray(image)


@lru_cache(maxsize=1)
def _font() -> Any:
    """DejaVu Sans, which Matplotlib brings and which knows Latin, Greek and Cyrillic."""
    import matplotlib
    from PIL import ImageFont

    path = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    return ImageFont.truetype(str(path), 11)


def _grey(images: np.ndarray) -> np.ndarray:
    x = np.nan_to_num(np.asarray(images, float), posinf=0.0, neginf=0.0)
    low, high = x.min(), x.max()
    shade = np.round(255 * (x - low) / (high - low or 1)).astype(np.uint8)
    shade = shade[..., None] if shade.ndim == 3 else shade[..., :3]
    return np.broadcast_to(shade, (*shade.shape[:3], 3))


RED, BLUE = np.array([178.0, 24, 43]), np.array([33.0, 102, 172])


def _diverging(images: np.ndarray) -> np.ndarray:
    """One channel; of several, their mean."""
    x = np.nan_to_num(np.asarray(images, float), posinf=0.0, neginf=0.0)
    x = x.mean(axis=-1) if x.ndim == 4 else x
    share = (x / (np.abs(x).max() or 1))[..., None]
    return np.round(255 + np.abs(share) * (np.where(share < 0, RED, BLUE) - 255)).astype(np.uint8)
