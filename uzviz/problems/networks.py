"""Networks, from Equinox's layers, and how their weights start."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import equinox as eqx
import jax
import jax.numpy as jnp

from uzviz.checks import numbers
from uzviz.errors import InputError, named, shown

ACTIVATIONS: dict[str, Callable[[jax.Array], jax.Array]] = {
    "relu": jax.nn.relu,
    "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid,
    "gelu": jax.nn.gelu,
    "silu": jax.nn.silu,
}

INITIALISATIONS: dict[str, Callable[[int, int], float]] = {
    "zero": lambda n_in, n_out: 0.0,
    "small": lambda n_in, n_out: 0.01,
    "large": lambda n_in, n_out: 1.0,
    "xavier": lambda n_in, n_out: math.sqrt(2 / (n_in + n_out)),
    "he": lambda n_in, n_out: math.sqrt(2 / n_in),
}
"""Standard deviation of a layer's normal weights. Xavier: Glorot & Bengio (2010); He: He et al.
(2015). Biases start at zero."""


MOST_UNITS = 1_000_000
MOST_PARAMETERS = 2**31 - 1

Normal = Callable[[tuple[int, ...]], jax.Array]
"""Gives standard normal numbers in a shape, others at every call."""


def normal_numbers(key: jax.Array, most: int) -> Normal:
    """So many standard normal numbers, cut into what is asked for: a drawing of its own for each layer takes
    longer to compile than a network's loss."""
    # Behind the barrier no compiler joins a deviation to the normal's own factor: starts of one key are
    # multiples of one another, to the last bit.
    drawn = jax.lax.optimization_barrier(jax.random.normal(key, (most,)))
    used = 0

    def normal(shape: tuple[int, ...]) -> jax.Array:
        nonlocal used
        first, used = used, used + math.prod(shape)
        return drawn[first:used].reshape(shape)

    return normal


class MLP(eqx.Module):
    """A multilayer perceptron: linear layers with an activation between them."""

    layers: list[eqx.nn.Linear]
    activation: str = eqx.field(static=True)

    def __init__(self, sizes: Sequence[int], activation: str, initialisation: str, key: jax.Array):
        self.activation = activation
        normal = normal_numbers(key, sum(n_in * n_out for n_in, n_out in pairwise(sizes)))
        deviation = INITIALISATIONS[initialisation]
        self.layers = [
            linear(deviation(n_in, n_out) * normal((n_out, n_in)))
            for n_in, n_out in pairwise(sizes)
        ]

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.sums(x)[-1]

    def sums(self, x: jax.Array, nudges: Sequence[jax.Array] | None = None) -> list[jax.Array]:
        """What each layer sums up, z = Wh + b, before its activation; the last is the output.

        ``nudges`` are added to the sums, one for each layer: the gradient at nudges of 0 is that in z.
        """
        found = []
        for i, layer in enumerate(self.layers):
            with jax.named_scope(f"layers/{i}"):
                z = layer(x) if nudges is None else layer(x) + nudges[i]
                found.append(z)
                if i < len(self.layers) - 1:
                    x = ACTIVATIONS[self.activation](z)
        return found

    def outputs(self, x: jax.Array) -> list[jax.Array]:
        """What every layer makes of ``x``; the last has no activation."""
        *hidden, last = self.sums(x)
        return [*map(ACTIVATIONS[self.activation], hidden), last]


def linear(weight: jax.Array) -> eqx.nn.Linear:
    """A linear layer of this weight [out, in]; its bias starts at zero."""
    n_out, n_in = weight.shape
    return eqx.tree_at(
        lambda m: (m.weight, m.bias), _unfilled(n_in, n_out), (weight, jnp.zeros(n_out))
    )


@cache
def _unfilled(n_in: int, n_out: int) -> eqx.nn.Linear:
    """A layer without numbers: drawing Equinox's own, to be replaced, would take most of a start's tracing."""
    return jax.eval_shape(lambda: eqx.nn.Linear(n_in, n_out, key=jax.random.key(0)))


@dataclass(frozen=True)
class Start:
    """``init(key)`` of a perceptron: equal, for what is compiled, if its sizes and names are."""

    sizes: tuple[int, ...]
    activation: str
    init: str

    def __call__(self, key: jax.Array) -> MLP:
        return MLP(self.sizes, self.activation, self.init, key)


def starts(ends: Sequence[int], hidden: Sequence[int], activation: str, init: str) -> Start:
    """``init(key)`` of a perceptron: ``ends`` are its inputs and outputs.

    Raises
    ------
    InputError
        for names nobody knows and layers without units.
    """
    units = numbers(hidden)
    if units is None or any(u != round(u) or not 1 <= u <= MOST_UNITS for u in units):
        raise InputError(
            f"The hidden layers are {shown(hidden)}, but must be whole numbers of units from 1 to "
            f"{MOST_UNITS:,}, such as [64, 32]."
        )
    named("activation", activation, ACTIVATIONS)
    named("initialisation", init, INITIALISATIONS)
    sizes = (ends[0], *map(int, units), ends[1])
    parameters = sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))
    if parameters > MOST_PARAMETERS:
        raise InputError(
            f"The hidden layers {shown(hidden)} make {parameters:,} parameters, but "
            f"{MOST_PARAMETERS:,} are the most: make them smaller."
        )
    return Start(sizes, activation, init)
