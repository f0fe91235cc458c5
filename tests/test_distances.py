"""The nine distances against SciPy and scikit-learn, the axioms of a metric, and their slopes."""

import itertools
import math

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial import distance as scipy
from sklearn.metrics.pairwise import haversine_distances

from uzviz import distances
from uzviz.errors import InputError

pytestmark = pytest.mark.usefixtures("x64")

FEW = settings(max_examples=30)
REAL = st.floats(-1e3, 1e3)
THREE = arrays(float, (3, 4), elements=REAL)
"""Three points of four numbers."""
SETS = arrays(bool, (3, 4))
WORDS = arrays(int, (3, 4), elements=st.integers(0, 3))
PLACES = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
ORDER = st.floats(1, 50)

COMPILED = {name: jax.jit(d) for name, d in distances.NAMES.items()}


def close(found, wanted):
    assert float(found) == pytest.approx(float(wanted), rel=1e-9, abs=1e-9)


@FEW
@given(THREE, ORDER)
def test_points_as_scipy(points, p):
    x, y, _ = points
    close(COMPILED["euclidean"](x, y), scipy.euclidean(x, y))
    close(COMPILED["manhattan"](x, y), scipy.cityblock(x, y))
    close(COMPILED["chebyshev"](x, y), scipy.chebyshev(x, y))
    if np.ptp(x - y) < 1e3 and p < 20:  # SciPy's powers stay finite
        close(COMPILED["minkowski"](x, y, p), scipy.minkowski(x, y, p))
    if min(np.linalg.norm(x), np.linalg.norm(y)) > 1e-6:
        close(COMPILED["cosine"](x, y), scipy.cosine(x, y))


@FEW
@given(SETS, WORDS)
def test_sets_and_words_as_scipy(sets, words):
    close(COMPILED["hamming"](*words[:2]), 4 * scipy.hamming(*words[:2]))
    close(COMPILED["jaccard"](*sets[:2]), scipy.jaccard(*sets[:2]))
    if sets[:2].any():
        close(COMPILED["dice"](*sets[:2]), scipy.dice(*sets[:2]))


@FEW
@given(PLACES, PLACES)
def test_places_as_scikit_learn(x, y):
    radians = np.radians([x[::-1], y[::-1]])
    wanted = haversine_distances(radians)[0, 1] * distances.EARTH
    # At the other side of the globe scikit-learn's arcsine has half the digits.
    assert float(COMPILED["haversine"](x, y)) == pytest.approx(wanted, rel=1e-7, abs=1e-6)


def test_well_known_numbers():
    assert float(COMPILED["euclidean"]([0, 0], [3, 4])) == 5
    assert float(COMPILED["manhattan"]([0, 0], [3, 4])) == 7
    assert float(COMPILED["chebyshev"]([0, 0], [3, 4])) == 4
    assert float(COMPILED["cosine"]([1, 0], [0, 2])) == 1
    assert float(COMPILED["cosine"]([1, 0], [-3, 0])) == 2
    assert int(COMPILED["hamming"]([1, 0, 1, 1], [1, 1, 1, 0])) == 2
    assert float(COMPILED["jaccard"]([1, 1, 1, 0], [0, 1, 1, 1])) == 0.5
    assert float(COMPILED["dice"]([1, 1, 1, 0], [0, 1, 1, 1])) == pytest.approx(1 / 3)
    kyiv, lviv = (30.5234, 50.4501), (24.0297, 49.8397)
    assert float(COMPILED["haversine"](kyiv, lviv)) == pytest.approx(468.5, abs=1)
    half = math.pi * distances.EARTH
    assert float(COMPILED["haversine"]((10, 20), (-170, -20))) == pytest.approx(half)


METRICS = {
    "euclidean": (COMPILED["euclidean"], THREE),
    "manhattan": (COMPILED["manhattan"], THREE),
    "chebyshev": (COMPILED["chebyshev"], THREE),
    "minkowski": (jax.jit(lambda x, y: distances.minkowski(x, y, 3.5)), THREE),
    "hamming": (COMPILED["hamming"], WORDS),
    "jaccard": (COMPILED["jaccard"], SETS),
    "haversine": (COMPILED["haversine"], st.tuples(PLACES, PLACES, PLACES).map(np.array)),
}


@pytest.mark.parametrize("name", METRICS)
@FEW
@given(st.data())
def test_the_axioms_of_a_metric(name, data):
    d, points = METRICS[name]
    x, y, z = data.draw(points)
    assert d(x, y) >= 0
    assert d(x, x) == 0
    assert float(d(x, y)) == pytest.approx(float(d(y, x)), rel=1e-12, abs=1e-12)
    assert d(x, z) <= (d(x, y) + d(y, z)) * (1 + 1e-9) + 1e-9
    if name != "haversine" and np.abs(np.subtract(x, y, dtype=float)).max() > 1e-100:
        assert d(x, y) > 0


def test_two_are_no_metrics():
    """A way over a third point is shorter."""
    east, north, between = np.array([[1.0, 0], [0, 1.0], [1.0, 1.0]])
    over = distances.cosine(east, between) + distances.cosine(between, north)
    assert distances.cosine(east, north) > over
    a, b, both = np.array([[1, 0], [0, 1], [1, 1]])
    assert distances.dice(a, b) > distances.dice(a, both) + distances.dice(both, b)


@FEW
@given(SETS)
def test_dice_follows_from_jaccard(sets):
    j = COMPILED["jaccard"](*sets[:2])
    close(COMPILED["dice"](*sets[:2]), j / (2 - j))


@FEW
@given(THREE)
def test_minkowski_joins_the_others(points):
    x, y, _ = points
    close(COMPILED["minkowski"](x, y, 1), COMPILED["manhattan"](x, y))
    close(COMPILED["minkowski"](x, y, 2), COMPILED["euclidean"](x, y))
    close(distances.minkowski(x, y, math.inf), COMPILED["chebyshev"](x, y))
    lengths = [float(COMPILED["minkowski"](x, y, p)) for p in (1, 1.5, 2, 4, 30)]
    assert all(a >= b * (1 - 1e-12) for a, b in itertools.pairwise(lengths))


def test_no_power_overflows():
    assert float(distances.minkowski([1e300, 0], [0, 1e300], 100)) == pytest.approx(1e300 * 2**0.01)


def test_empty_sets_are_alike_and_no_direction_has_no_angle():
    nothing = np.zeros(3)
    assert float(distances.jaccard(nothing, nothing)) == 0
    assert float(distances.dice(nothing, nothing)) == 0
    assert math.isnan(float(distances.cosine(nothing, [1.0, 0, 0])))


@pytest.mark.parametrize("name", ["euclidean", "manhattan", "chebyshev", "minkowski", "cosine"])
def test_what_is_no_number_stays_none(name):
    more = (2.0,) if name == "minkowski" else ()
    assert math.isnan(float(distances.NAMES[name]([math.nan, 1.0], [0.0, 2.0], *more)))


@pytest.mark.parametrize("name", distances.NAMES)
def test_batches_broadcast(name):
    d = distances.NAMES[name]
    d = jax.jit(d if name != "minkowski" else lambda x, y: distances.minkowski(x, y, 3.0))
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(5, 1, 2)), rng.normal(size=(4, 2))
    found = np.asarray(d(x, y))
    assert found.shape == (5, 4)
    close(found[3, 2], d(x[3, 0], y[2]))


SMOOTH = {
    "euclidean": distances.euclidean,
    "manhattan": distances.manhattan,
    "chebyshev": distances.chebyshev,
    "minkowski": lambda x, y: distances.minkowski(x, y, 1.5),
    "cosine": distances.cosine,
    "haversine": distances.haversine,
}


@pytest.mark.parametrize("name", SMOOTH)
def test_slopes_are_those_of_small_differences(name):
    d = SMOOTH[name]
    x, y = np.array([1.3, -0.4]), np.array([0.2, 0.9])
    step = 1e-6 * np.eye(2)
    ends = np.asarray(jax.jit(d)(np.stack([x + step, x - step]), y))
    small = (ends[0] - ends[1]) / 2e-6
    np.testing.assert_allclose(jax.jit(jax.grad(d))(x, y), small, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_subgradient_at_no_distance_is_nothing(name):
    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(jax.jit(jax.grad(SMOOTH[name]))(x, x), [0, 0], atol=1e-15)


def test_the_slope_at_the_other_side_of_the_globe_is_finite():
    slope = jax.jit(jax.grad(distances.haversine))(np.array([0.0, 0.0]), np.array([180.0, 0.0]))
    assert np.isfinite(slope).all()


def test_numbers_keep_their_kind():
    one = np.ones(2, np.float32)
    assert distances.euclidean(one, one).dtype == np.float32
    assert distances.euclidean([1, 2], [3, 4]).dtype == np.float64


@pytest.mark.parametrize("name", distances.NAMES)
def test_what_does_not_fit_is_refused_in_a_sentence(name):
    more = (2.0,) if name == "minkowski" else ()
    for x, y in [([1, 2], [1, 2, 3]), (1, 2), ([], []), ("ab", "cd")]:
        with pytest.raises(InputError, match=rf"{name} was given .*, but needs"):
            distances.NAMES[name](x, y, *more)
    with pytest.raises(InputError, match="do not broadcast"):
        distances.NAMES[name](np.ones((3, 2)), np.ones((2, 2)), *more)


@pytest.mark.parametrize("p", [0.5, 0, -1, math.nan, "2", None, True, -math.inf])
def test_an_order_below_one_is_refused(p):
    with pytest.raises(InputError, match="Minkowski's p is"):
        distances.minkowski([0, 1], [1, 0], p)


def test_a_place_has_two_numbers():
    with pytest.raises(InputError, match="longitude and latitude"):
        distances.haversine([1, 2, 3], [1, 2, 3])
