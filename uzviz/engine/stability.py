"""A rule on a parabola λw²/2, where each step is a linear map of w and the rule's state."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from uzviz.rules import Rule


class Stability(NamedTuple):
    """How a rule behaves on parabolas, for hyperparameters of any shape, […]."""

    rate: np.ndarray
    """By what factor a step shrinks the slowest direction in the long run: the largest spectral radius;
    from 1 on nothing converges."""
    swings: np.ndarray
    """Whether a direction swings: an eigenvalue of its map is complex or negative."""


@jax.jit
def step_matrices(rule: Rule, curvature: jax.Array) -> jax.Array:
    """The map of a step by the rule itself, [k, n, n], over w and the n − 1 numbers of its state; of
    hyperparameters and curvatures [k]."""

    def matrix(rule: Rule, curvature: jax.Array) -> jax.Array:
        w = jnp.zeros(())
        flat, restored = ravel_pytree((w, rule.init(w)))

        def step(flat: jax.Array) -> jax.Array:
            w, s = restored(flat)
            oracle = jax.value_and_grad(lambda w: curvature * w**2 / 2)
            return ravel_pytree(rule.step(oracle, w, s, jnp.ones(()))[:2])[0]

        return jax.jacfwd(step)(flat)

    return jax.vmap(matrix)(rule, curvature)


def stability(rule: Rule, curvatures: Any) -> Stability:
    """Of a rule whose step is linear on a parabola, such as GD and the two momenta, whose
    hyperparameters may be arrays that broadcast; in the directions of these curvatures.

    For f = λw²/2, GD's map is 1 − αλ; that of the heavy ball is [[1 − αλ, −αβ], [λ, β]].
    """
    leaves, structure = jax.tree.flatten(rule)
    shape = np.broadcast_shapes(*(np.shape(x) for x in leaves))
    flat = [jnp.asarray(np.broadcast_to(x, shape).ravel(), float) for x in leaves]
    whole = jax.tree.unflatten(structure, flat)
    found = [
        np.linalg.eigvals(np.asarray(step_matrices(whole, jnp.full(flat[0].shape, float(c)))))
        for c in curvatures
    ]
    rate = np.max([np.abs(e).max(-1) for e in found], axis=0)
    swings = np.any([((np.abs(e.imag) > 1e-9) | (e.real < 0)).any(-1) for e in found], axis=0)
    return Stability(rate.reshape(shape), swings.reshape(shape))
