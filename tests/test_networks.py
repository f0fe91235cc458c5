"""Networks: the start that was asked for, and the forward pass against NumPy."""

import jax
import numpy as np
import pytest

from uzviz.problems.networks import ACTIVATIONS, INITIALISATIONS, starts

PAPERS = {
    "zero": lambda n, m: 0.0,
    "small": lambda n, m: 0.01,
    "large": lambda n, m: 1.0,
    "xavier": lambda n, m: (2 / (n + m)) ** 0.5,
    "he": lambda n, m: (2 / n) ** 0.5,
}


@pytest.mark.parametrize("init", INITIALISATIONS)
def test_the_deviation_of_every_layer(init):
    net = starts([300, 200], [400], "relu", init)(jax.random.key(0))
    for layer in net.layers:
        m, n = layer.weight.shape
        error = 4 * PAPERS[init](n, m) / np.sqrt(2 * n * m)
        assert np.std(layer.weight) == pytest.approx(PAPERS[init](n, m), abs=error)
        assert not np.any(layer.bias)


def test_layers_start_differently_and_seeds_too():
    make = starts([5, 5], [5], "relu", "he")
    a, b = make(jax.random.key(0)), make(jax.random.key(1))
    assert not np.array_equal(a.layers[0].weight, a.layers[1].weight)
    assert not np.array_equal(a.layers[0].weight, b.layers[0].weight)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_forward_pass(activation):
    net = starts([4, 2], [6, 3], activation, "he")(jax.random.key(3))
    x = np.linspace(-1, 1, 4)
    h = x
    for layer in net.layers[:-1]:
        h = np.asarray(ACTIVATIONS[activation](np.asarray(layer.weight) @ h + layer.bias))
    out = np.asarray(net.layers[-1].weight) @ h + net.layers[-1].bias
    assert np.allclose(net(jax.numpy.asarray(x)), out, rtol=1e-6)


def test_he_keeps_the_scale_through_relus_and_small_loses_it():
    """He et al. (2015): the second moment of activations stays; at 0.01 it falls layer by layer."""
    x = jax.random.normal(jax.random.key(1), (200, 256))

    def last(init):
        net = starts([256, 256], [256] * 8, "relu", init)(jax.random.key(0))
        return float(np.mean(jax.vmap(net)(x) ** 2))

    assert 0.2 < last("he") / 2 < 5
    assert last("small") < 1e-10
