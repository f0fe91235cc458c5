"""A convolutional network on pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from uzviz.checks import numbers
from uzviz.errors import InputError, named, shown
from uzviz.problems import networks, pictures
from uzviz.problems.networks import ACTIVATIONS, INITIALISATIONS, MLP
from uzviz.problems.pictures import Pictures
from uzviz.problems.problem import Problem
from uzviz.problems.supervised import CLASSIFICATION, Data, classifier, load

SIDE = 3
MOST_CHANNELS = 4096


class Kernels(eqx.Module):
    """A 3 × 3 convolution with a bias a channel, zeros around the picture."""

    weight: jax.Array
    """[out, in, 3, 3]"""
    bias: jax.Array

    def __init__(self, n_in: int, n_out: int, initialisation: str, key: jax.Array):
        deviation = INITIALISATIONS[initialisation](SIDE**2 * n_in, SIDE**2 * n_out)
        self.weight = deviation * jax.random.normal(key, (n_out, n_in, SIDE, SIDE))
        self.bias = jnp.zeros(n_out)

    def __call__(self, x: jax.Array) -> jax.Array:
        """Of pictures [n, in, height, width]."""
        z = jax.lax.conv_general_dilated(x, self.weight, (1, 1), "SAME")
        return z + self.bias[:, None, None]


def halved(x: jax.Array) -> jax.Array:
    """The largest of every 2 × 2 pixels of [n, channels, height, width]; an odd last row or column goes."""
    n, channels, height, width = x.shape
    x = x[:, :, : height // 2 * 2, : width // 2 * 2]
    return x.reshape(n, channels, height // 2, 2, width // 2, 2).max((3, 5))


class CNN(eqx.Module):
    """Convolutions with an activation and 2 × 2 pooling behind each, then a perceptron."""

    convolutions: list[Kernels]
    head: MLP

    def __call__(self, x: jax.Array) -> jax.Array:
        """Logits [n, classes] of pictures [n, channels, height, width]."""
        for i, convolution in enumerate(self.convolutions):
            with jax.named_scope(f"convolutions/{i}"):
                x = halved(ACTIVATIONS[self.head.activation](convolution(x)))
        return jax.vmap(self.head)(x.reshape(len(x), -1))


@dataclass(frozen=True)
class Start:
    """``init(key)`` of such a network: equal, for what is compiled, if its numbers and names are."""

    channels: tuple[int, ...]
    """Those of the pictures first."""
    head: networks.Start

    def __call__(self, key: jax.Array) -> CNN:
        *keys, last = jax.random.split(key, len(self.channels))
        pairs = zip(self.channels[:-1], self.channels[1:], keys, strict=True)
        convolutions = [Kernels(n_in, n_out, self.head.init, key) for n_in, n_out, key in pairs]
        return CNN(convolutions, self.head(last))


@dataclass(frozen=True)
class Logits:
    """Outputs [n, classes] for rows of pictures [height, width, channels]."""

    pixels: tuple[int, ...]

    def __call__(self, w: CNN, x: jax.Array) -> jax.Array:
        return w(jnp.moveaxis(x.reshape(-1, *self.pixels), -1, 1))


def cnn(
    data: Data = "digits",
    channels: Sequence[int] = (16, 32),
    hidden: Sequence[int] = (64,),
    *,
    activation: str = "relu",
    init: str = "he",
    loss: str = "cross-entropy",
    split: Sequence[float] = (0.6, 0.2, 0.2),
) -> Problem:
    r"""Classes of pictures by a convolutional network; accuracy is its metric.

    .. math:: x \leftarrow \max_{2×2} φ(W * x + b)

    for every number of ``channels``, W of 3 × 3 pixels; then a perceptron. Source: LeCun et al. (1998), with
    maxima where they have means.

    Parameters
    ----------
    data
        "digits", other data of pictures, or arrays (X [examples, height, width] or [examples, height, width,
        channels], y [examples]).
    channels
        Of each convolution; each halves height and width.
    hidden, activation, init, loss, split
        As for :func:`uzviz.problems.classify`; ``loss`` is one of several logits.

    Raises
    ------
    InputError
        for data that are no pictures, or too small for so many convolutions, and for numbers that cannot be used.
    """
    table = load(data, "classify")
    found = numbers(channels)
    if (
        found is None
        or not len(found)
        or any(c != round(c) or not 1 <= c <= MOST_CHANNELS for c in found)
    ):
        raise InputError(
            f"The channels are {shown(channels)}, but must be whole numbers from 1 to {MOST_CHANNELS:,}, "
            "such as [16, 32]."
        )
    least = 2 ** len(found)
    if not table.pixels or min(table.pixels[:2]) < least:
        raise InputError(
            f"The examples have shape {list(table.pixels or table.x.shape[1:])}, but must be pictures "
            f"[height, width] or [height, width, channels] of {least} × {least} pixels at least."
        )
    severals = {name: cost for name, cost in CLASSIFICATION.items() if name in SEVERAL}
    cost = named("loss of several logits", loss, severals)
    pixels, widths = (*table.pixels, 1)[:3], tuple(map(int, found))
    height, width = (side // least for side in pixels[:2])
    ends = [height * width * widths[-1], len(table.classes or [])]
    start = Start((pixels[2], *widths), networks.starts(ends, hidden, activation, init))
    spec = {
        "kind": "cnn", "data": table.name, "channels": list(widths), "hidden": list(start.head.sizes[1:-1]),
        "activation": activation, "init": init, "loss": loss, "split": np.asarray(split).tolist(),
    }  # fmt: skip
    return classifier(table, start, Logits(pixels), cost, split, spec, _first_layer)


SEVERAL = ("cross-entropy", "smoothed-cross-entropy", "multiclass-hinge")
"""Losses of a logit a class."""


def _first_layer(w: CNN) -> dict[str, Pictures]:
    """The first kernels, where they are of pictures without colours or with three."""
    kernels = np.moveaxis(np.asarray(w.convolutions[0].weight), 1, -1)
    shape = (SIDE, SIDE) if kernels.shape[-1] == 1 else kernels.shape[1:]
    if kernels.shape[-1] not in {1, 3}:
        return {}
    return {"first-layer": pictures.first_layer(kernels.reshape(len(kernels), -1), shape)}
