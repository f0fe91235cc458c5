"""Functions with their slopes at many points."""

import jax.numpy as jnp
import numpy as np
import pytest

from uzviz import engine, losses

pytestmark = pytest.mark.usefixtures("x64")


def test_values_and_slopes_are_those_of_calculus():
    value, slope = engine.slopes(lambda w, a: a * w**2, [1.0, 2.0, -3.0], 0.5)
    assert value.tolist() == [0.5, 2.0, 4.5]
    assert slope.tolist() == [1.0, 2.0, -3.0]


def test_several_values_of_vectors():
    y = np.array([1.0, 2.0, 3.0])
    both = lambda w, y: jnp.stack([losses.mse(w, y), losses.l1_distance(w, y)])  # noqa: E731
    value, slope = engine.slopes(both, [[1.0, 3.0, 1.0], y], y)
    assert value.shape == (2, 2)
    np.testing.assert_allclose(slope[0], [[0, 2 / 3, -4 / 3], [0, 1, -1]])
    assert not slope[1].any()
