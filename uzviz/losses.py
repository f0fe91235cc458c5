"""Losses: each a mean over the batch, and the two distances that MSE and MAE are means of. Where there is
no gradient, the subgradient is 0. ``NAMES`` is the one table of names."""

from __future__ import annotations

import math
from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int


def softmax_cross_entropy(logits: Float[Array, "b c"], y: Int[Array, " b"]) -> Float[Array, ""]:
    r"""Sparse cross-entropy, :math:`-\frac1b \sum_i \ln \mathrm{softmax}(z_i)_{y_i}`, in nats, from logits z.

    ``y`` are numbers of classes; by :func:`smoothed_cross_entropy` they are not quite believed.
    Source: Bridle (1990).
    """
    chosen = jnp.take_along_axis(logits, y[:, None], axis=-1)[:, 0]
    return jnp.mean(jax.nn.logsumexp(logits, axis=-1) - chosen)


def categorical_cross_entropy(
    logits: Float[Array, "b c"], p: Float[Array, "b c"]
) -> Float[Array, ""]:
    r"""Cross-entropy against distributions, :math:`-\frac1b \sum_i \sum_c p_{ic} \ln \mathrm{softmax}(z_i)_c`.

    Each row of ``p`` sums to 1; rows of a single 1 give :func:`softmax_cross_entropy`.
    """
    surprise = jax.nn.logsumexp(logits, axis=-1, keepdims=True) - logits
    return jnp.mean(jnp.sum(p * surprise, axis=-1))


def smoothed(p: Float[Array, "b c"], smoothing: float) -> Float[Array, "b c"]:
    r"""Labels that are less sure, :math:`(1-ε) p + ε/c` of c classes. Source: Szegedy et al. (2016)."""
    return (1 - smoothing) * p + smoothing / p.shape[-1]


def smoothed_cross_entropy(
    logits: Float[Array, "b c"], y: Int[Array, " b"], smoothing: float = 0.1
) -> Float[Array, ""]:
    r"""Cross-entropy against smoothed labels, :math:`-\frac1b \sum_i [(1-ε) \ln q_{i y_i} +
    \frac{ε}{c} \sum_k \ln q_{ik}]`, q the softmax of the logits: what :func:`categorical_cross_entropy` is of
    :func:`smoothed` labels, without making them. Source: Szegedy et al. (2016), section 7.
    """
    surprise = jax.nn.logsumexp(logits, axis=-1) - jnp.mean(logits, axis=-1)
    return (1 - smoothing) * softmax_cross_entropy(logits, y) + smoothing * jnp.mean(surprise)


def binary_cross_entropy(logits: Float[Array, " b"], y: Int[Array, " b"]) -> Float[Array, ""]:
    r""":math:`-\frac1b \sum_i [y_i \ln ŷ_i + (1-y_i) \ln(1-ŷ_i)]`, ŷ the sigmoid of the logit."""
    return jnp.mean(jax.nn.softplus(logits) - y * logits)


def brier(logits: Float[Array, " b"], y: Int[Array, " b"]) -> Float[Array, ""]:
    r""":math:`\frac1b \sum_i (ŷ_i - y_i)^2`, ŷ the sigmoid of the logit: the mean squared error of
    probabilities. Source: Brier (1950)."""
    return jnp.mean((jax.nn.sigmoid(logits) - y) ** 2)


def hinge(logits: Float[Array, " b"], y: Int[Array, " b"]) -> Float[Array, ""]:
    r""":math:`\frac1b \sum_i \max(0, 1 - s_i z_i)`, s = 2y − 1 the side of the class: support vector machines'.

    At the kink, where the margin is 1, the subgradient is 0. Source: Cortes & Vapnik (1995).
    """
    return jnp.mean(jax.nn.relu(1 - (2 * y - 1) * logits))


def multiclass_hinge(logits: Float[Array, "b c"], y: Int[Array, " b"]) -> Float[Array, ""]:
    r""":math:`\frac1b \sum_i \max(0, 1 + \max_{c \ne y_i} z_{ic} - z_{i y_i})`: the best of the others must be 1
    below. At the kink the subgradient is 0; of equal others each has its share. Source: Crammer & Singer (2001).
    """
    own = jax.nn.one_hot(y, logits.shape[-1], dtype=bool)
    others = jnp.max(jnp.where(own, -jnp.inf, logits), axis=-1)
    chosen = jnp.take_along_axis(logits, y[:, None], axis=-1)[:, 0]
    return jnp.mean(jax.nn.relu(1 + others - chosen))


def mse(prediction: Float[Array, " b"], y: Float[Array, " b"]) -> Float[Array, ""]:
    r"""Mean squared error, :math:`\frac1b \sum_i (ŷ_i - y_i)^2`."""
    return jnp.mean((prediction - y) ** 2)


def mae(prediction: Float[Array, " b"], y: Float[Array, " b"]) -> Float[Array, ""]:
    r"""Mean absolute error, :math:`\frac1b \sum_i |ŷ_i - y_i|`."""
    return jnp.mean(_size(prediction - y))


def huber(
    prediction: Float[Array, " b"], y: Float[Array, " b"], delta: float = 1.0
) -> Float[Array, ""]:
    r"""Mean of d²/2 where :math:`|d| \le δ`, of :math:`δ(|d| - δ/2)` beyond, d = ŷ − y: outliers pull no harder
    than δ. Source: Huber (1964). Near 0 it is half of the squared error.
    """
    d = prediction - y
    near = jnp.abs(d) <= delta
    inside = jnp.where(near, d, 0)  # so that no square overflows in what isn't chosen
    return jnp.mean(jnp.where(near, inside**2 / 2, delta * (jnp.abs(d) - delta / 2)))


def log_cosh(prediction: Float[Array, " b"], y: Float[Array, " b"]) -> Float[Array, ""]:
    r""":math:`\frac1b \sum_i \ln \cosh(ŷ_i - y_i)`: about d²/2 near 0 and |d| − ln 2 far away, with the slope tanh d.

    From :math:`\ln(e^d + e^{-d}) - \ln 2`, which does not overflow. Source: Green (1990).
    """
    d = prediction - y
    return jnp.mean(jnp.logaddexp(d, -d) - math.log(2))


def l2_distance(prediction: Float[Array, " b"], y: Float[Array, " b"]) -> Float[Array, ""]:
    r"""The Euclidean distance, :math:`\sqrt{\sum_i (ŷ_i - y_i)^2}`: no mean, it grows with the batch.

    Its gradient has length 1 wherever it has one, so that steps of one size never settle.
    """
    squares = jnp.sum((prediction - y) ** 2)
    return jnp.where(squares > 0, jnp.sqrt(jnp.where(squares > 0, squares, 1)), squares)


def l1_distance(prediction: Float[Array, " b"], y: Float[Array, " b"]) -> Float[Array, ""]:
    r"""The Manhattan distance, :math:`\sum_i |ŷ_i - y_i|`: no mean, it grows with the batch."""
    return jnp.sum(_size(prediction - y))


NAMES: dict[str, Callable[..., Array]] = {
    "cross-entropy": softmax_cross_entropy,
    "smoothed-cross-entropy": smoothed_cross_entropy,
    "categorical-cross-entropy": categorical_cross_entropy,
    "binary-cross-entropy": binary_cross_entropy,
    "brier": brier,
    "hinge": hinge,
    "multiclass-hinge": multiclass_hinge,
    "mse": mse,
    "mae": mae,
    "huber": huber,
    "log-cosh": log_cosh,
    "l2-distance": l2_distance,
    "l1-distance": l1_distance,
}
"""By name: of classes, of numbers, and the two distances."""


def _size(d: Array) -> Array:
    return jnp.where(d == 0, 0, jnp.abs(d))  # JAX's own slope of |d| at 0 is 1
