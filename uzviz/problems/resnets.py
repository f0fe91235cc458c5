"""Residual networks of convolutions, with skips and without: slide and paper in one switch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from uzviz.checks import whole
from uzviz.errors import InputError, shown
from uzviz.problems.networks import Normal, linear, normal_numbers
from uzviz.problems.problem import Problem
from uzviz.problems.supervised import CLASSIFICATION, Data, classifier, load

STAGES = 3
MOST_WIDTH = 1024
GROUPS = 4
"""Groups of channels that are normalised together, at most."""


class Convolution(eqx.Module):
    """A 3 × 3 convolution without bias and the group normalisation behind it.

    Group normalisation (Wu & He, 2018) takes mean and variance of a group's channels in one picture, so
    that a loss is a mean over examples and no running averages lie beside the parameters.
    """

    weight: jax.Array
    """[out, in, 3, 3], normal of variance 2/(9 · in): He et al. (2015)."""
    scale: jax.Array
    bias: jax.Array
    groups: int = eqx.field(static=True)

    def __init__(self, n_in: int, n_out: int, normal: Normal):
        self.weight = math.sqrt(2 / (9 * n_in)) * normal((n_out, n_in, 3, 3))
        self.scale, self.bias = jnp.ones(n_out), jnp.zeros(n_out)
        self.groups = math.gcd(n_out, GROUPS)

    def __call__(self, x: jax.Array, stride: int = 1) -> jax.Array:
        """Of pictures [n, in, height, width], padded by zeros."""
        z = jax.lax.conv_general_dilated(x, self.weight, (stride, stride), ((1, 1), (1, 1)))
        grouped = z.reshape(len(z), self.groups, -1)
        mean = grouped.mean(-1, keepdims=True)
        variance = grouped.var(-1, keepdims=True)
        z = ((grouped - mean) / jnp.sqrt(variance + 1e-5)).reshape(z.shape)
        return z * self.scale[:, None, None] + self.bias[:, None, None]


class Block(eqx.Module):
    """Two convolutions, and what came in added before the last activation if there are skips."""

    first: Convolution
    second: Convolution

    def __call__(self, x: jax.Array, skips: bool, stride: int = 1) -> jax.Array:
        z = self.second(jax.nn.relu(self.first(x, stride)))
        return jax.nn.relu(z + _shortcut(x, z.shape[1], stride) if skips else z)


def _shortcut(x: jax.Array, channels: int, stride: int) -> jax.Array:
    """Every ``stride``-th pixel, with channels of zeros behind: option A of He et al., no parameters."""
    return jnp.pad(
        x[:, :, ::stride, ::stride], ((0, 0), (0, channels - x.shape[1]), (0, 0), (0, 0))
    )


class ResNet(eqx.Module):
    """A convolution, three stages of blocks that double the channels and halve the picture, the mean
    over pixels, and a linear layer."""

    stem: Convolution
    stages: list[list[Block]]
    head: eqx.nn.Linear
    skips: bool = eqx.field(static=True)

    def __init__(
        self, channels: int, classes: int, width: int, n: int, skips: bool, key: jax.Array
    ):
        normal = normal_numbers(key, _most(channels, classes, width, n))
        self.stem = Convolution(channels, width, normal)
        self.stages, n_in = [], width
        for stage in range(STAGES):
            n_out, blocks = width << stage, []
            for _ in range(n):
                first = Convolution(n_in, n_out, normal)
                blocks.append(Block(first, Convolution(n_out, n_out, normal)))
                n_in = n_out
            self.stages.append(blocks)
        self.head = linear(math.sqrt(1 / n_in) * normal((classes, n_in)))
        self.skips = skips

    def __call__(self, x: jax.Array) -> jax.Array:
        """Logits [n, classes] of pictures [n, channels, height, width]."""
        x = jax.nn.relu(self.stem(x))
        for stage, (first, *rest) in enumerate(self.stages):
            x = first(x, self.skips, 2 if stage else 1)
            if rest:
                x = self._equal(rest, x)
        return jax.vmap(self.head)(x.mean((2, 3)))

    def _equal(self, blocks: Sequence[Block], x: jax.Array) -> jax.Array:
        """Blocks of one shape, one after another: compiled once, however many there are."""
        stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)
        return jax.lax.scan(lambda x, block: (block(x, self.skips), None), x, stacked)[0]


def _most(channels: int, classes: int, width: int, n: int) -> int:
    """How many numbers are drawn: those of all kernels and of the linear layer."""
    widths = [width << stage for stage in range(STAGES)]
    stages = sum(9 * (b * a + (2 * n - 1) * b * b) for a, b in pairwise([width, *widths]))
    return 9 * channels * width + stages + widths[-1] * classes


@dataclass(frozen=True)
class Start:
    """``init(key)`` of a residual network: equal, for what is compiled, if its numbers are."""

    channels: int
    classes: int
    width: int
    n: int
    skips: bool

    def __call__(self, key: jax.Array) -> ResNet:
        return ResNet(self.channels, self.classes, self.width, self.n, self.skips, key)


@dataclass(frozen=True)
class Logits:
    """Outputs [n, classes] of a residual network for rows of pictures [height, width, channels]."""

    pixels: tuple[int, ...]

    def __call__(self, w: ResNet, x: jax.Array) -> jax.Array:
        return w(jnp.moveaxis(x.reshape(-1, *self.pixels), -1, 1))


def residual(
    data: Data = "digits",
    depth: int = 20,
    *,
    skips: bool = True,
    width: int = 4,
    split: Sequence[float] = (0.6, 0.2, 0.2),
) -> Problem:
    r"""Classes of pictures by a residual network; accuracy is its metric.

    .. math:: x \leftarrow \mathrm{relu}(x + F(x)), \quad
              F(x) = \mathrm{norm}(W_2 * \mathrm{relu}(\mathrm{norm}(W_1 * x)))

    and, with ``skips=False``, :math:`x \leftarrow \mathrm{relu}(F(x))` with as many parameters. Three
    stages of (depth − 2)/6 blocks have ``width``, twice and four times as many channels. Source: He et
    al. (2016), section 4.2, with group normalisation (Wu & He, 2018) in place of the batch's.

    Parameters
    ----------
    data
        "digits", or arrays (X [examples, height, width] or [examples, height, width, channels],
        y [examples]).
    depth
        Layers with weights, 6n + 2: 8, 14, 20, …, 56.
    width
        Channels of the first stage; the paper's CIFAR networks have 16.
    split
        Shares of training, validation and test.

    Raises
    ------
    InputError
        for data that are no pictures, and numbers that cannot be used.
    """
    table = load(data, "classify")
    if not table.pixels or min(table.pixels[:2]) < 4:
        raise InputError(
            f"The examples have shape {list(table.pixels or table.x.shape[1:])}, but must be pictures "
            "[height, width] or [height, width, channels] of 4 × 4 pixels at least."
        )
    if not whole(depth, 8, 1202) or (depth - 2) % 6:
        raise InputError(
            f"The depth is {shown(depth)}, but must be 6n + 2 layers, such as 8, 20 or 56."
        )
    if not isinstance(skips, bool):
        raise InputError(f"skips is {shown(skips)}, but must be True or False.")
    if not whole(width, 1, MOST_WIDTH):
        raise InputError(
            f"The width is {shown(width)}, but must be a whole number of channels from 1 to "
            f"{MOST_WIDTH:,}."
        )
    pixels = (*table.pixels, 1)[:3]
    classes = len(table.classes or [])

    network = {"depth": int(depth), "skips": skips, "width": int(width)}
    shares = np.asarray(split).tolist()
    spec = {"kind": "residual", "data": table.name, **network, "split": shares}
    init = Start(pixels[2], classes, int(width), (int(depth) - 2) // 6, skips)
    return classifier(table, init, Logits(pixels), CLASSIFICATION["cross-entropy"], split, spec)
