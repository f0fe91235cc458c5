"""Medians and their intervals."""

import math

import numpy as np
import pytest
from scipy import stats

from uzviz.verdicts import median, median_interval


@pytest.mark.parametrize("n", range(6, 40))
def test_the_interval_covers_what_the_binomial_says(n):
    found = median_interval(np.arange(n))
    k = int(found.low)
    assert found.high == n - 1 - k
    assert found.coverage == pytest.approx(1 - 2 * stats.binom.cdf(k, n, 0.5))
    assert found.coverage >= 0.95
    assert 1 - 2 * stats.binom.cdf(k + 1, n, 0.5) < 0.95


def test_the_interval_covers_the_median_as_often_as_it_says():
    x = np.random.default_rng(0).exponential(size=(4000, 10))
    found = [median_interval(row) for row in x]
    hits = np.mean([f.low <= math.log(2) <= f.high for f in found])
    assert hits == pytest.approx(found[0].coverage, abs=0.01)


def test_too_few_values_give_their_range_and_its_real_coverage():
    found = median_interval(np.array([3.0, 1.0, 2.0]))
    assert found == (2.0, 1.0, 3.0, 0.75)


def test_nan_and_infinity_are_worse_than_any_number():
    assert median(np.array([1.0, math.nan, 2.0])) == 2.0
    assert median(np.array([1.0, math.inf])) == math.inf
    assert median(np.array([math.inf, math.nan, 2.0])) == math.inf
    assert median_interval(np.array([1.0, math.nan])).high == math.inf


def test_the_median_of_numbers_is_numpys():
    x = np.random.default_rng(1).normal(size=11)
    assert median(x) == np.median(x)
    assert median(x[:10]) == pytest.approx(np.median(x[:10]))
