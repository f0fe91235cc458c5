"""Losses against SciPy and NumPy, at the edges where naive formulas break."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, log_softmax
from scipy.stats import bernoulli

from uzviz import losses


def exact(loss, *arguments):
    """A loss in float64."""
    with jax.enable_x64(True):
        return float(loss(*map(jnp.asarray, arguments)))


FINITE = st.floats(-50, 50)
PAIRS = st.lists(st.tuples(FINITE, FINITE), min_size=1, max_size=8)


@given(st.lists(st.tuples(FINITE, FINITE, FINITE, st.integers(0, 2)), min_size=1, max_size=8))
def test_softmax_cross_entropy(rows):
    z, y = np.array([r[:3] for r in rows]), np.array([r[3] for r in rows])
    wanted = -np.mean(log_softmax(z, axis=1)[np.arange(len(y)), y])
    assert exact(losses.softmax_cross_entropy, z, y) == pytest.approx(wanted, rel=1e-12, abs=1e-12)


@given(st.lists(st.tuples(st.floats(-30, 30), st.integers(0, 1)), min_size=1, max_size=8))
def test_binary_cross_entropy(rows):
    z, y = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    wanted = -np.mean(bernoulli.logpmf(y, 1 / (1 + np.exp(-z))))
    assert exact(losses.binary_cross_entropy, z, y) == pytest.approx(wanted, rel=1e-3, abs=1e-12)


@given(st.lists(st.tuples(st.floats(-700, 700), st.integers(0, 1)), min_size=1, max_size=8))
def test_brier(rows):
    z, y = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    wanted = np.mean((expit(z) - y) ** 2)
    assert exact(losses.brier, z, y) == pytest.approx(wanted, rel=1e-12, abs=1e-15)


@given(PAIRS)
def test_squares_and_absolutes(pairs):
    p, y = np.array(pairs).T
    assert exact(losses.mse, p, y) == pytest.approx(np.mean((p - y) ** 2), rel=1e-12)
    assert exact(losses.mae, p, y) == pytest.approx(np.mean(np.abs(p - y)), rel=1e-12)


def test_two_logits_or_one_are_the_same_loss():
    z, y = np.array([0.3, -2.0, 5.0]), np.array([1, 0, 0])
    two = np.stack([np.zeros(3), z], 1)
    one = exact(losses.binary_cross_entropy, z, y)
    assert exact(losses.softmax_cross_entropy, two, y) == pytest.approx(one, rel=1e-12)


def test_large_logits_stay_finite():
    z = jnp.array([[1000.0, -1000.0]])
    assert float(losses.softmax_cross_entropy(z, jnp.array([1]))) == 2000
    assert float(losses.binary_cross_entropy(z[0], jnp.array([0, 1]))) == 1000
    g = jax.grad(lambda z: losses.softmax_cross_entropy(z, jnp.array([1])))(z)
    assert np.allclose(g, [[1, -1]])


def test_a_loss_is_a_mean_so_that_batches_of_any_size_compare():
    p, y = np.arange(4.0), np.zeros(4)
    for loss in (losses.mse, losses.mae):
        assert float(loss(np.tile(p, 3), np.tile(y, 3))) == pytest.approx(float(loss(p, y)))


def test_the_subgradient_at_nothing_is_nothing():
    g = jax.grad(losses.mae)(jnp.zeros(2), jnp.zeros(2))
    assert np.array_equal(g, [0, 0])


@given(PAIRS)
def test_distances_are_what_the_means_are_means_of(pairs):
    p, y = np.array(pairs).T
    n = len(p)
    assert exact(losses.l2_distance, p, y) == pytest.approx(np.linalg.norm(p - y), rel=1e-12)
    assert exact(losses.l1_distance, p, y) == pytest.approx(n * np.mean(np.abs(p - y)), rel=1e-12)
    assert exact(losses.l2_distance, p, y) ** 2 / n == pytest.approx(exact(losses.mse, p, y))


def test_the_gradient_of_a_distance_has_length_one_or_is_nothing():
    y = jnp.array([3.0, -1.0, 2.0])
    g = jax.grad(losses.l2_distance)
    assert float(jnp.linalg.norm(g(jnp.array([1.0, 5.0, 2.0]), y))) == pytest.approx(1)
    assert np.array_equal(g(y, y), [0, 0, 0])
    assert np.array_equal(jax.grad(losses.l1_distance)(y.at[0].set(9), y), [1, 0, 0])
