"""What is measured on the way: ``probe(w, s, oracle, key) -> {name: array or Histogram}``.

``oracle(w)`` asks for the loss and gradient on the batch of the next step; ``oracle.step()`` gives
the parameters after that step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from uzviz import tree
from uzviz.records import Histogram

BINS = 30
"""Bins of a histogram, as many as TensorBoard draws."""


def gradient_norm(w: Any, s: Any, oracle: Any, key: jax.Array) -> dict[str, jax.Array]:
    """‖g‖ of each layer, for the gradient of the next batch at w."""
    _, g = oracle(w)
    return {layer: tree.norm(leaves) for layer, leaves in tree.layers(g).items()}


def update_ratio(w: Any, s: Any, oracle: Any, key: jax.Array) -> dict[str, jax.Array]:
    """‖Δw‖ / ‖w‖ of each layer, for the rule's next step; infinite where w is zero."""
    change, size = tree.layers(_update(w, oracle)), tree.layers(w)
    return {layer: tree.norm(change[layer]) / tree.norm(size[layer]) for layer in size}


def weights(w: Any, s: Any, oracle: Any, key: jax.Array) -> dict[str, Histogram]:
    """How the parameters of each layer are spread."""
    return _spread(w)


def gradients(w: Any, s: Any, oracle: Any, key: jax.Array) -> dict[str, Histogram]:
    """How the gradient of the next batch at w is spread in each layer."""
    return _spread(oracle(w)[1])


def updates(w: Any, s: Any, oracle: Any, key: jax.Array) -> dict[str, Histogram]:
    """How Δw of the rule's next step is spread in each layer."""
    return _spread(_update(w, oracle))


def histogram(x: jax.Array) -> Histogram:
    """Counts of the finite numbers of an array, in 30 bins as wide as each other from the least to
    the greatest."""
    x = jnp.ravel(x)
    finite = jnp.isfinite(x)
    low = jnp.min(x, where=finite, initial=jnp.inf)
    high = jnp.max(x, where=finite, initial=-jnp.inf)
    low, high = jnp.where(finite.any(), jnp.stack([low, high]), 0)
    margin = jnp.where(low == high, jnp.maximum(0.5, 1e-3 * jnp.abs(low)), 0)
    # A sixteenth of everything, so that neither the width of all float32 numbers overflows nor its
    # inverse underflows.
    low, high = (low - margin) / 16, (high + margin) / 16
    width = jnp.where(high > low, high - low, 1)
    share = (jnp.where(finite, x / 16, low) - low) / width
    place = jnp.clip((share * BINS).astype(int), 0, BINS - 1)
    counts = jnp.zeros(BINS, int).at[place].add(finite.astype(int))
    return Histogram(16 * jnp.linspace(low, high, BINS + 1), counts)


def _spread(x: Any) -> dict[str, Histogram]:
    return {
        layer: histogram(jnp.concatenate([jnp.ravel(leaf) for leaf in leaves]))
        for layer, leaves in tree.layers(x).items()
    }


def _update(w: Any, oracle: Any) -> Any:
    """Δw of the rule's next step."""
    return tree.each(jnp.subtract, oracle.step(), w)


NAMES: dict[str, Callable[..., dict[str, Any]]] = {
    "weights": weights,
    "gradients": gradients,
    "updates": updates,
    "gradient-norm": gradient_norm,
    "update-ratio": update_ratio,
}
