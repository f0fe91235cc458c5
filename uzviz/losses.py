"""Losses: each a mean over the batch, with subgradient 0 where there is no gradient."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int


def softmax_cross_entropy(logits: Float[Array, "b c"], y: Int[Array, " b"]) -> Float[Array, ""]:
    r""":math:`-\frac1b \sum_i \ln \mathrm{softmax}(z_i)_{y_i}`, in nats, from logits z."""
    chosen = jnp.take_along_axis(logits, y[:, None], axis=-1)[:, 0]
    return jnp.mean(jax.nn.logsumexp(logits, axis=-1) - chosen)


def binary_cross_entropy(logits: Float[Array, " b"], y: Int[Array, " b"]) -> Float[Array, ""]:
    r""":math:`-\frac1b \sum_i [y_i \ln ŷ_i + (1-y_i) \ln(1-ŷ_i)]`, ŷ the sigmoid of the logit."""
    return jnp.mean(jax.nn.softplus(logits) - y * logits)


def brier(logits: Float[Array, " b"], y: Int[Array, " b"]) -> Float[Array, ""]:
    r""":math:`\frac1b \sum_i (ŷ_i - y_i)^2`, ŷ the sigmoid of the logit: the mean squared error of
    probabilities. Source: Brier (1950)."""
    return jnp.mean((jax.nn.sigmoid(logits) - y) ** 2)


def mse(prediction: Float[Array, " b"], y: Float[Array, " b"]) -> Float[Array, ""]:
    r"""Mean squared error, :math:`\frac1b \sum_i (ŷ_i - y_i)^2`."""
    return jnp.mean((prediction - y) ** 2)


def mae(prediction: Float[Array, " b"], y: Float[Array, " b"]) -> Float[Array, ""]:
    r"""Mean absolute error, :math:`\frac1b \sum_i |ŷ_i - y_i|`."""
    d = prediction - y
    return jnp.mean(jnp.where(d == 0, 0, jnp.abs(d)))  # JAX's own slope of |d| at 0 is 1
