"""What is measured on the way: ``probe(w, s, oracle, key) -> {name: array}``.

``oracle(w)`` asks for the loss and gradient on the batch of the next step; ``oracle.step()`` gives
the parameters after that step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from uzviz import tree


def gradient_norm(w: Any, s: Any, oracle: Any, key: jax.Array) -> dict[str, jax.Array]:
    """‖g‖ of each layer, for the gradient of the next batch at w."""
    _, g = oracle(w)
    return {layer: tree.norm(leaves) for layer, leaves in tree.layers(g).items()}


def update_ratio(w: Any, s: Any, oracle: Any, key: jax.Array) -> dict[str, jax.Array]:
    """‖Δw‖ / ‖w‖ of each layer, for the rule's next step; infinite where w is zero."""
    delta = tree.each(jnp.subtract, oracle.step(), w)
    change, size = tree.layers(delta), tree.layers(w)
    return {layer: tree.norm(change[layer]) / tree.norm(size[layer]) for layer in size}


NAMES: dict[str, Callable[..., dict[str, jax.Array]]] = {
    "gradient-norm": gradient_norm,
    "update-ratio": update_ratio,
}
