"""Pictures of what a network has learned, where its examples are images."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

MOST_EXAMPLES = 32
MOST_UNITS = 64


class Pictures(NamedTuple):
    """Images that are seen together."""

    images: np.ndarray
    """[images, height, width] or [images, height, width, channels]"""
    captions: list[str]
    """One under each, or none at all."""
    signed: bool = False
    """Whether zero is the middle of the scale, and not its end."""


def first_layer(weight: Any, pixels: tuple[int, ...]) -> Pictures:
    """The weights [units, features] of the first units, each as an image."""
    x = np.asarray(weight)[:MOST_UNITS]
    return Pictures(x.reshape(len(x), *pixels), [], signed=True)


def misclassified(
    x: Any, truth: Any, guess: Any, loss: Any, pixels: tuple[int, ...], classes: list[str]
) -> Pictures:
    """The wrongly classified examples of the highest loss, with what they are and are taken for.

    Parameters
    ----------
    x
        Examples [n, features] as they were given, before they are standardised.
    truth, guess
        Numbers of classes [n].
    """
    x, truth, guess, loss = (np.asarray(a) for a in (x, truth, guess, loss))
    wrong = np.flatnonzero(truth != guess)
    worst = wrong[np.argsort(-loss[wrong], kind="stable")][:MOST_EXAMPLES]
    captions = [f"{classes[int(truth[i])]} → {classes[int(guess[i])]}" for i in worst]
    return Pictures(x[worst].reshape(len(worst), *pixels), captions)
