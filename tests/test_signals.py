"""Signals through networks: the gradients of the loss they are, and the sizes that theory gives them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from uzviz.problems import expected, signals
from uzviz.problems.networks import ACTIVATIONS, INITIALISATIONS, starts
from uzviz.problems.supervised import Example

SIZES = [40, 150, 200, 150, 30]
X = np.random.default_rng(0).normal(size=(300, SIZES[0]))
Y = np.random.default_rng(1).integers(0, SIZES[-1], len(X))


def net(activation, init, seed=0):
    make = starts([SIZES[0], SIZES[-1]], SIZES[1:-1], activation, init)
    return make(jax.random.key(seed))


@jax.jit
def found(w):
    return signals(w, Example(jnp.asarray(X), jnp.asarray(Y)))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_make_those_of_the_weights(activation, x64):
    """∂J/∂W of a layer is the mean of ∂ℒ/∂z hᵀ, and that of its biases the mean of ∂ℒ/∂z."""
    w = net(activation, "xavier")
    seen = found(w)

    def cost(w):
        z = jax.vmap(w)(X)
        return -jnp.mean(jax.nn.log_softmax(z)[jnp.arange(len(Y)), Y])

    g = jax.jit(jax.grad(cost))(w)
    inputs = [X, *seen.outputs(activation)[:-1]]
    for layer, h, d in zip(g.layers, inputs, seen.gradients, strict=True):
        assert np.allclose(layer.weight, d.T @ h / len(X), atol=1e-12)
        assert np.allclose(layer.bias, d.mean(0), atol=1e-12)
    both = jax.jit(lambda w: (found(w).sums[-1], jax.vmap(w)(X)))
    assert np.array_equal(*both(w))


def size(v):
    return float(np.sqrt(np.mean(np.square(v))))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("init", INITIALISATIONS)
def test_sizes_are_those_of_theory(activation, init, x64):
    """On the average of some seeds, to a few shares of hundred: layers are not infinitely wide."""
    seen = [found(net(activation, init, seed)) for seed in range(6)]
    end = np.mean([size(s.gradients[-1]) ** 2 for s in seen])
    theory = expected(SIZES, activation, init, size(X) ** 2, float(end))
    for layer, (sums, gradients) in enumerate(zip(*theory, strict=True)):
        z = np.sqrt(np.mean([size(s.sums[layer]) ** 2 for s in seen]))
        g = np.sqrt(np.mean([size(s.gradients[layer]) ** 2 for s in seen]))
        assert z == pytest.approx(sums, rel=0.07)
        assert g == pytest.approx(gradients, rel=0.12)


def test_what_keeps_the_scale_and_what_loses_it(x64):
    wide = [100] * 9
    he = expected(wide, "relu", "he", 1.0, 1.0)
    assert he.sums == pytest.approx([np.sqrt(2)] * 8, rel=1e-9)
    assert he.gradients == pytest.approx([1.0] * 8, rel=1e-9)
    xavier = expected(wide, "relu", "xavier", 1.0, 1.0)
    assert xavier.sums == pytest.approx([2 ** (-k / 2) for k in range(8)], rel=1e-9)
    assert expected(wide, "tanh", "small", 1.0, 1.0).sums[-1] < 1e-7
    assert expected(wide, "relu", "large", 1.0, 1.0).sums[-1] > 1e6
    assert expected(wide, "tanh", "zero", 1.0, 1.0).sums == [0.0] * 8
    tanh = expected(wide, "tanh", "xavier", 0.01, 1.0)
    assert tanh.sums[-1] == pytest.approx(tanh.sums[0], rel=0.1)
