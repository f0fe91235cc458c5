"""How signals go through a network: activations forward, gradients back, by layer; and what theory
expects of them at the start."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import losses
from uzviz.problems.networks import ACTIVATIONS, INITIALISATIONS, MLP
from uzviz.problems.supervised import Example


class Signals(NamedTuple):
    """Of some examples, by layer, the output's last: [examples, units] each."""

    sums: list[jax.Array]
    """z = Wh + b."""
    gradients: list[jax.Array]
    """∂ℒ/∂z of each example's own cross-entropy ℒ."""

    def outputs(self, activation: str) -> list[jax.Array]:
        """What each layer hands on, φ(z); of the last, z itself."""
        return [*map(ACTIVATIONS[activation], self.sums[:-1]), self.sums[-1]]


def signals(w: MLP, batch: Example) -> Signals:
    """The signals of a classifier with softmax on these examples."""

    def total(nudges: list[jax.Array]) -> tuple[jax.Array, list[jax.Array]]:
        z = jax.vmap(w.sums)(batch.x, nudges)
        return len(batch.x) * losses.softmax_cross_entropy(z[-1], batch.y), z

    like = jax.eval_shape(jax.vmap(w.sums), batch.x)
    still = [jnp.zeros(z.shape, z.dtype) for z in like]
    gradients, sums = jax.grad(total, has_aux=True)(still)
    return Signals(sums, gradients)


class Expected(NamedTuple):
    """Root mean squares by layer, as the theory of wide layers has them."""

    sums: list[float]
    gradients: list[float]


def expected(
    sizes: Sequence[int], activation: str, init: str, square: float, end: float
) -> Expected:
    r"""What :func:`signals` should measure at the start.

    .. math::
        q_l = n_{l-1} σ_l^2\, E[φ(\sqrt{q_{l-1}}\, ξ)^2], \qquad
        p_l = n_{l+1} σ_{l+1}^2\, E[φ'(\sqrt{q_l}\, ξ)^2]\, p_{l+1}, \qquad ξ \sim N(0, 1)

    are the mean squares of z and of ∂ℒ/∂z; :math:`q_1 = n_0 σ_1^2` times ``square``, the mean square of
    the inputs, and ``end`` is the mean square of ∂ℒ/∂z at the output. Xavier keeps them where φ is the
    identity, He where it is ReLU. Source: Poole et al. (2016), Schoenholz et al. (2017).
    """
    phi, slope = _compiled(activation)
    gain = [
        n_in * INITIALISATIONS[init](n_in, n_out) ** 2 for n_in, n_out in pairwise(sizes)
    ]  # fmt: skip
    q = [gain[0] * square]
    for factor in gain[1:]:
        q.append(factor * _mean_square(phi, q[-1]))
    p = [end]
    back = [n_out * INITIALISATIONS[init](n_in, n_out) ** 2 for n_in, n_out in pairwise(sizes)]
    for factor, below in zip(back[:0:-1], q[-2::-1], strict=True):
        p.append(factor * _mean_square(slope, below) * p[-1])
    return Expected([math.sqrt(v) for v in q], [math.sqrt(v) for v in reversed(p)])


@cache
def _compiled(activation: str) -> tuple[Callable[..., jax.Array], Callable[..., jax.Array]]:
    """φ and φ′ of many numbers."""
    phi = ACTIVATIONS[activation]
    return jax.jit(phi), jax.jit(jax.vmap(jax.grad(phi)))


XI = np.linspace(-8, 8, 4000)  # none of them 0, where activations may have kinks
WEIGHTS = np.exp(-(XI**2) / 2) / np.exp(-(XI**2) / 2).sum()


def _mean_square(f: Callable[..., jax.Array], variance: float) -> float:
    """E[f(√variance ξ)²], by the trapezoidal rule."""
    return float(WEIGHTS @ np.asarray(f(math.sqrt(variance) * XI), float) ** 2)
