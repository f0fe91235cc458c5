"""Losses against SciPy and NumPy, at the edges where naive formulas break."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit, huber, log_softmax
from scipy.stats import bernoulli
from sklearn.metrics import hinge_loss

import uzviz as uz
from uzviz import losses
from uzviz.problems import LOSSES

compiled = functools.cache(jax.jit)


def exact(loss, *arguments):
    """A loss in float64."""
    with jax.enable_x64(True):
        return float(compiled(loss)(*map(np.asarray, arguments)))


def slope(loss):
    """Its gradient, as one program."""
    return jax.jit(jax.grad(loss))


FEW = settings(max_examples=25)
"""Each of six numbers or more, all of which have to be right."""
FINITE = st.floats(-50, 50)
NUMBERS = arrays(float, 6, elements=FINITE)
"""Always as many, so that nothing is compiled twice."""
LOGITS = arrays(float, (6, 3), elements=FINITE)
THREE, TWO = (arrays(int, 6, elements=st.integers(0, n - 1)) for n in (3, 2))


@FEW
@given(LOGITS, THREE)
def test_softmax_cross_entropy(z, y):
    wanted = -np.mean(log_softmax(z, axis=1)[np.arange(len(y)), y])
    assert exact(losses.softmax_cross_entropy, z, y) == pytest.approx(wanted, rel=1e-12, abs=1e-12)


@FEW
@given(arrays(float, 6, elements=st.floats(-30, 30)), TWO)
def test_binary_cross_entropy(z, y):
    wanted = -np.mean(bernoulli.logpmf(y, 1 / (1 + np.exp(-z))))
    assert exact(losses.binary_cross_entropy, z, y) == pytest.approx(wanted, rel=1e-3, abs=1e-12)


@FEW
@given(arrays(float, 6, elements=st.floats(-700, 700)), TWO)
def test_brier(z, y):
    wanted = np.mean((expit(z) - y) ** 2)
    assert exact(losses.brier, z, y) == pytest.approx(wanted, rel=1e-12, abs=1e-15)


@FEW
@given(LOGITS, THREE, st.floats(0, 1))
def test_smoothed_labels_are_a_mixture_with_all_classes(z, y, smoothing):
    p = (1 - smoothing) * np.eye(3)[y] + smoothing / 3
    wanted = pytest.approx(-np.mean(np.sum(p * log_softmax(z, axis=1), 1)), rel=1e-10, abs=1e-12)
    assert exact(losses.categorical_cross_entropy, z, p) == wanted
    assert exact(losses.smoothed_cross_entropy, z, y, smoothing) == wanted
    assert np.allclose(losses.smoothed(np.eye(3)[y], smoothing), p, atol=1e-6)


@FEW
@given(LOGITS, THREE)
def test_hinges_are_those_of_scikit_learn(z, y):
    wanted = hinge_loss(y, z, labels=[0, 1, 2])
    assert exact(losses.multiclass_hinge, z, y) == pytest.approx(wanted, rel=1e-12, abs=1e-12)
    y = np.arange(6) % 2
    assert exact(losses.hinge, z[:, 0], y) == pytest.approx(hinge_loss(y, z[:, 0]), rel=1e-12)


@FEW
@given(NUMBERS, NUMBERS, st.floats(0.1, 30))
def test_robust_losses(p, y, delta):
    wanted = np.mean(huber(delta, p - y))
    assert exact(losses.huber, p, y, delta) == pytest.approx(wanted, rel=1e-12, abs=1e-15)
    wanted = np.mean(np.log(np.cosh(p - y)))
    assert exact(losses.log_cosh, p, y) == pytest.approx(wanted, rel=1e-12, abs=1e-14)


def test_robust_losses_stay_finite_and_pull_no_harder_than_one():
    far, y = np.array([1e30, -1e30], np.float32), np.zeros(2, np.float32)
    for loss in (losses.huber, losses.log_cosh):
        value, pull = jax.jit(jax.value_and_grad(loss))(far, y)
        assert np.isfinite(value)
        np.testing.assert_allclose(pull, [0.5, -0.5])
        curvature = slope(jax.grad(lambda d, loss=loss: loss(d[None], y[:1])))
        assert float(curvature(np.float32(0))) == pytest.approx(1)  # as that of d²/2


def test_at_a_margin_of_one_there_is_no_pull():
    assert np.array_equal(slope(losses.hinge)(np.array([1.0, -1.0]), np.array([1, 0])), [0, 0])
    g = slope(losses.multiclass_hinge)
    assert not np.any(g(np.array([[2.0, 1.0, 1.0]]), np.array([0])))
    assert g(np.array([[1.0, 2.0, 2.0]]), np.array([0])).tolist() == [[-1, 0.5, 0.5]]


@pytest.mark.parametrize("name", [*LOSSES["regress"], "l1-distance", "l2-distance"])
@FEW
@given(NUMBERS, NUMBERS)
def test_a_loss_of_numbers_is_even_and_least_where_they_agree(name, p, y):
    loss = losses.NAMES[name]
    assert exact(loss, y, y) == pytest.approx(0, abs=1e-15)
    assert exact(loss, p, y) >= -1e-15
    assert exact(loss, p, y) == pytest.approx(exact(loss, y, p), rel=1e-12)


@pytest.mark.parametrize("name", [*LOSSES["regress"], "l1-distance", "l2-distance"])
def test_the_subgradient_at_nothing_is_nothing(name):
    y = jnp.array([3.0, -1.0])
    assert np.array_equal(slope(losses.NAMES[name])(y, y), [0, 0])


@FEW
@given(LOGITS, THREE, st.floats(-100, 100))
def test_a_loss_of_classes_is_the_same_if_all_logits_move(z, y, shift):
    for name in ("cross-entropy", "smoothed-cross-entropy", "multiclass-hinge"):
        loss = losses.NAMES[name]
        assert exact(loss, z + shift, y) == pytest.approx(exact(loss, z, y), rel=1e-9, abs=1e-9)


POINTS = np.random.default_rng(0).normal(size=(60, 2))


@pytest.mark.parametrize(("task", "name"), [(t, n) for t, names in LOSSES.items() for n in names])
def test_every_loss_trains(task, name):
    y = (POINTS[:, 0] > 0).astype(int) if task == "classify" else POINTS @ [1.0, -2.0]
    problem = getattr(uz.problems, task)((POINTS, y), hidden=[], loss=name)
    batch = problem.prepare(problem.fit(problem.data), tuple(map(jnp.asarray, problem.data)))
    like = jax.eval_shape(problem.init, jax.eval_shape(lambda: jax.random.key(0)))
    f = jax.value_and_grad(lambda w: problem.loss(w, batch, None))

    @jax.jit
    def step(w):
        loss, g = f(w)
        return loss, jax.tree.map(lambda w, g: w - 0.3 * g, w, g)

    first, w = step(jax.tree.map(lambda x: np.zeros(x.shape, x.dtype), like))
    for _ in range(30):
        last, w = step(w)
    assert last < 0.7 * first


@FEW
@given(NUMBERS, NUMBERS)
def test_squares_and_absolutes(p, y):
    assert exact(losses.mse, p, y) == pytest.approx(np.mean((p - y) ** 2), rel=1e-12)
    assert exact(losses.mae, p, y) == pytest.approx(np.mean(np.abs(p - y)), rel=1e-12)


def test_two_logits_or_one_are_the_same_loss():
    z, y = np.array([0.3, -2.0, 5.0]), np.array([1, 0, 0])
    two = np.stack([np.zeros(3), z], 1)
    one = exact(losses.binary_cross_entropy, z, y)
    assert exact(losses.softmax_cross_entropy, two, y) == pytest.approx(one, rel=1e-12)


def test_large_logits_stay_finite():
    z = np.array([[1000.0, -1000.0]], np.float32)
    assert float(jax.jit(losses.binary_cross_entropy)(z[0], np.array([0, 1]))) == 1000
    loss, g = jax.jit(jax.value_and_grad(losses.softmax_cross_entropy))(z, np.array([1]))
    assert float(loss) == 2000
    assert np.allclose(g, [[1, -1]])


def test_a_loss_is_a_mean_so_that_batches_of_any_size_compare():
    p, y = np.arange(4.0), np.zeros(4)
    for loss in (losses.mse, losses.mae):
        assert exact(loss, np.tile(p, 3), np.tile(y, 3)) == pytest.approx(exact(loss, p, y))


@FEW
@given(NUMBERS, NUMBERS)
def test_distances_are_what_the_means_are_means_of(p, y):
    n = len(p)
    assert exact(losses.l2_distance, p, y) == pytest.approx(np.linalg.norm(p - y), rel=1e-12)
    assert exact(losses.l1_distance, p, y) == pytest.approx(n * np.mean(np.abs(p - y)), rel=1e-12)
    assert exact(losses.l2_distance, p, y) ** 2 / n == pytest.approx(exact(losses.mse, p, y))


def test_the_gradient_of_a_distance_has_length_one_or_is_nothing():
    y = np.array([3.0, -1.0, 2.0])
    g = slope(losses.l2_distance)
    assert np.linalg.norm(g(np.array([1.0, 5.0, 2.0]), y)) == pytest.approx(1)
    assert np.array_equal(g(y, y), [0, 0, 0])
    assert np.array_equal(slope(losses.l1_distance)(np.array([9.0, -1.0, 2.0]), y), [1, 0, 0])
