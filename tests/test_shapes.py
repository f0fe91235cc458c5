"""Points in a plane: seeded, of two classes, and apart where there is no noise."""

import numpy as np
import pytest

import uzviz as uz
from uzviz.errors import InputError
from uzviz.problems import SHAPES


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_its_seeds_and_has_two_halves(name):
    x, y = SHAPES[name](n=101, seed=3)
    again, other = SHAPES[name](n=101, seed=3), SHAPES[name](n=101, seed=4)
    assert x.shape == (101, 2)
    assert y.tolist() == [i % 2 for i in range(101)]
    assert np.array_equal(x, again[0])
    assert not np.allclose(x, other[0])
    assert abs(SHAPES[name](noise=0)[0]).max() <= 5.5


@pytest.mark.parametrize("name", SHAPES)
def test_noise_moves_points_along_one_line(name):
    still, near, far = (SHAPES[name](noise=noise)[0] for noise in (0, 1, 2))
    assert np.allclose(far - still, 2 * (near - still))
    assert np.std(near - still) == pytest.approx(1, rel=0.1)


def test_shapes_are_where_they_say():
    x, y = SHAPES["circles"](noise=0)
    radius = np.hypot(*x.T)
    assert radius[y == 1].max() <= 2.5
    assert radius[y == 0].min() >= 3.5
    x, y = SHAPES["xor"](noise=0)
    assert ((x[:, 0] * x[:, 1] > 0) == (y == 1)).all()
    assert {tuple(s) for s in np.sign(x)} == {(1, 1), (1, -1), (-1, 1), (-1, -1)}
    x, y = SHAPES["blobs"](n=10_000, noise=0)
    assert x[y == 1].mean() == pytest.approx(2, abs=0.05)
    assert x[y == 0].std(axis=0) == pytest.approx([0.8, 0.8], abs=0.05)
    x, y = SHAPES["spirals"](noise=0)
    radius = np.hypot(*x.T)
    turned = np.angle((x[:, 0] + 1j * x[:, 1]) * np.exp(-0.7j * np.pi * radius))
    assert np.allclose(abs(turned[y == 0]), 0, atol=1e-9)
    assert np.allclose(abs(turned[y == 1]), np.pi)
    x, y = SHAPES["moons"](noise=0)
    assert np.allclose(np.hypot(x[y == 0, 0] + 1.6, x[y == 0, 1] + 0.8), 3.2)
    assert np.allclose(np.hypot(x[y == 1, 0] - 1.6, x[y == 1, 1] - 0.8), 3.2)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"n": 3}, "from 4"),
        ({"n": 2.5}, "from 4"),
        ({"seed": -1}, "whole number from 0"),
        ({"noise": -0.1}, "from 0"),
        ({"noise": float("nan")}, "from 0"),
        ({"noise": True}, "from 0"),
    ],
)
def test_what_no_shape_has_is_refused_in_a_sentence(wrong, sentence):
    for shape in SHAPES.values():
        with pytest.raises(InputError, match=sentence):
            shape(**wrong)


def test_shapes_are_data_by_name():
    problem = uz.problems.classify("spirals", (8,), loss="brier")
    x, y = SHAPES["spirals"]()
    assert problem.name == "spirals"
    assert np.array_equal(problem.data[0], x.astype(np.float32))
    assert np.array_equal(problem.data[1], y)
    assert uz.problems.restored(problem.spec, None, problem.checksum).checksum == problem.checksum
    with pytest.raises(InputError, match="did you mean spirals"):
        uz.problems.classify("spiral")
