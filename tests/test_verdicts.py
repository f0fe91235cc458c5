"""The statistics: intervals, the sign-flip test, Holm, sentences, simulated races, budgets."""

import itertools
import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from uzviz.verdicts import (
    best,
    best_of,
    compare,
    fewest_seeds,
    holm,
    median,
    median_interval,
    order_changed,
    reached,
    relative_difference,
    sign_flip,
)


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


# Who beats whom.


def flips(d):
    """The sign-flip test by going through all choices of signs."""
    ranks = stats.rankdata(np.abs(d))
    seen = abs(np.sum(np.sign(d) * ranks))
    signs = np.array(list(itertools.product([-1, 1], repeat=int(np.sum(d != 0)))))
    sums = np.abs(signs @ ranks[d != 0]) if len(signs[0]) else np.zeros(1)
    return np.mean(sums >= seen - 1e-9)


PAIRS = st.lists(st.integers(-4, 4).map(float), min_size=1, max_size=8)


@given(PAIRS)
def test_the_sign_flip_test_counts_every_choice_of_signs(d):
    assert sign_flip(np.array(d)) == pytest.approx(flips(np.array(d)), abs=1e-12)


@given(
    st.lists(
        st.floats(-1, 1).filter(lambda x: abs(x) > 1e-3), min_size=5, max_size=25, unique_by=abs
    )
)
def test_without_ties_it_is_scipys_exact_signed_rank_test(d):
    wanted = stats.wilcoxon(d, method="exact").pvalue
    assert sign_flip(np.array(d)) == pytest.approx(wanted, rel=1e-9)


def test_with_ties_and_zeros_it_is_scipys_permutation_test():
    d = np.array([1, 1, 2, -1, 3, 0, 0, 5, -2, 4.0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        judge = stats.wilcoxon(
            d, zero_method="pratt", method=stats.PermutationMethod(n_resamples=10**5)
        )
    assert sign_flip(d) == pytest.approx(judge.pvalue, abs=1e-9)


def test_infinite_differences_are_the_largest_and_share_their_rank():
    assert sign_flip(np.array([np.inf] * 6)) == pytest.approx(2 / 2**6)
    assert sign_flip(np.array([np.inf, -np.inf, 1.0])) == 1
    assert sign_flip(np.zeros(5)) == 1


@pytest.mark.parametrize("n", [1, 2, 3, 10, 21, 100])
def test_holm_is_that_of_statsmodels(n):
    rng = np.random.default_rng(n)
    p = rng.choice([0, 1e-6, 1, *rng.random(n) ** 4], n)
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-12)


@given(st.integers(2, 40))
def test_the_fewest_seeds_are_the_fewest(entrants):
    pairs = entrants * (entrants - 1) / 2
    n = fewest_seeds(entrants)
    assert pairs * 2.0 ** (1 - n) <= 0.01 < pairs * 2.0 ** (2 - n)


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=9))
def test_a_relative_difference_changes_its_sign_with_the_order(pairs):
    a, b = np.array(pairs).T
    d = relative_difference(a, b)
    assert np.array_equal(d, -relative_difference(b, a))
    assert np.array_equal(np.sign(d), np.sign(b - a))


def test_relative_differences_by_hand():
    inf, nan = np.inf, np.nan
    a, b = [0.88, 0, 1, inf, nan, -2], [1.0, 0, inf, 1, inf, -1]
    assert relative_difference(np.array(a), np.array(b)) == pytest.approx(
        [0.12, 0, inf, -inf, 0, 0.5]
    )


def pair(a, b, **options):
    (verdict,) = compare({("A", "B"): (np.asarray(a, float), np.asarray(b, float))}, **options)
    return verdict


TEN = np.arange(10) / 1000
SENTENCES = {
    "A beats B by 12 % [12, 13] in test loss, p = .002": (0.88 - TEN, np.ones(10), {}),
    "B beats A by 12 % [12, 13] in test loss, p = .002": (np.ones(10), 0.88 - TEN, {}),
    "A and B are within 1 %": (np.ones(10), 1 + TEN / 2, {}),
    "A and B are within 0 %": (np.ones(10), np.ones(10), {"margin": 0}),
    "A and B are within 20 %": (0.88 - TEN, np.ones(10), {"margin": 0.2}),
    "cannot tell A from B": (1 + np.array([1, -1] * 5) / 10, np.ones(10), {}),
    "A beats B in test loss, which left the numbers, p = .002": (TEN, np.full(10, np.nan), {}),
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences(sentence):
    a, b, options = SENTENCES[sentence]
    assert pair(a, b, **options).sentence == sentence


def test_the_best_are_those_whom_nobody_beats():
    losses = {"A": np.ones(12), "B": 1.001 - np.arange(12) / 9e3, "C": 2 + np.arange(12) / 100}
    verdicts = compare(
        {(a, b): (losses[a], losses[b]) for a, b in itertools.combinations("ABC", 2)}
    )
    assert best(losses, verdicts) == ["A", "B"]


# Simulated races.


def all_pairs(scores):
    """Verdicts over all pairs of entrants; scores are [entrants, seeds]."""
    names = [str(i) for i in range(len(scores))]
    pairs = {(a, b): (scores[int(a)], scores[int(b)]) for a, b in itertools.combinations(names, 2)}
    return compare(pairs, margin=0)


def tied(rng, shape):
    return 10 + np.round(2 * rng.normal(size=shape)) / 4


def uneven(rng, shape):
    return 10 + rng.normal(size=shape) * rng.choice([0.1, 1, 3], size=(shape[0], 1))


def diverging(rng, shape):
    return np.where(rng.random(shape) < 0.1, np.inf, 10 + rng.normal(size=shape))


def plain_noise(rng, shape):
    return 10 + rng.normal(size=shape)


@pytest.mark.parametrize("noise", [plain_noise, tied, uneven, diverging])
def test_without_a_difference_a_race_seldom_names_a_winner(noise):
    """600 races of 7 equal entrants: any "beats" in at most 5 %, 6 % with simulation noise. Without
    Holm it would be a tenth where there are ties, and a third where there are none."""
    rng = np.random.default_rng(1)
    shared = rng.normal(size=(600, 1, 20))
    wrong = sum(
        any(v.kind == "beats" for v in all_pairs(noise(rng, (7, 20)) + shared[i]))
        for i in range(600)
    )
    assert wrong / 600 <= 0.06


def test_half_of_the_lanes_reach_a_target():
    """Not reached is what over half of them missed; half of them is not over half."""
    curves, costs = np.array([[3, 1], [3, 1], [3, 3], [3, 3.0]]), np.array([0, 10])
    assert reached(curves, costs, 1) == 10
    assert reached(curves, costs, math.inf) == math.inf


def unlike(rng, shape):
    """The first entrant has deviation 1, the others less, each its own."""
    deviations = np.array([1, 1, 0.8, 0.6, 0.4, 0.2, 0.1])
    return 10 + rng.normal(size=shape) * deviations[:, None]


DEVIATION = {plain_noise: 1, tied: 0.5, unlike: 1, diverging: 1}
POWER = {plain_noise: 0.75, tied: 0.72, unlike: 0.75, diverging: 0.2}
"""How often it is said, at least: rounding to quarters of a deviation, and a tenth of all lanes
dead, cost power; the second most of it, since a dead lane differs infinitely from a live one."""


@pytest.mark.parametrize("noise", POWER)
def test_a_difference_of_one_deviation_is_seen(noise):
    """200 races; one entrant is lower by one standard deviation of its paired differences, which
    is √2 of each one's own (by more against entrants that spread less)."""
    rng, seen, wrong = np.random.default_rng(2), 0, 0
    for _ in range(200):
        scores = noise(rng, (7, 20))
        scores[0] -= 2**0.5 * DEVIATION[noise]
        verdicts = [v for v in all_pairs(scores) if "0" in {v.a, v.b} and v.kind == "beats"]
        seen += sum(v.a == "0" for v in verdicts)
        wrong += sum(v.b == "0" for v in verdicts)
    assert seen / 1200 >= POWER[noise]
    assert wrong / 1200 <= 0.01


# What a result cost.


def test_best_of_k_by_hand():
    """Settings scored 1, 2, 3 by validation and 30, 10, 20 by test."""
    found = best_of(np.array([[2.0, 1.0, 3.0]]), np.array([[10.0, 30.0, 20.0]]))
    assert found[0] == pytest.approx([20, (2 * 30 + 10) / 3, 30])


@given(st.integers(1, 6), st.integers(0, 99))
def test_best_of_k_is_the_mean_over_all_choices(many, seed):
    rng = np.random.default_rng(seed)
    validation, test = rng.normal(size=(1, many)), rng.normal(size=(1, many))
    for k in range(1, many + 1):
        chosen = [
            test[0][min(some, key=lambda i: validation[0][i])]
            for some in itertools.combinations(range(many), k)
        ]
        assert best_of(validation, test)[0, k - 1] == pytest.approx(np.mean(chosen))


def test_a_setting_that_diverged_is_the_last_choice():
    found = best_of(np.array([[np.nan, 1.0]]), np.array([[np.inf, 5.0]]))
    assert found[0].tolist() == [np.inf, 5.0]


def test_a_target_missed_by_over_half_is_not_reached():
    curves = np.array([[3, 2, 1], [3, 1, 1], [3, 3, 3.0]])
    costs = np.array([0, 10, 20])
    assert reached(curves, costs, 1) == 20
    assert reached(curves, costs, 2) == 10
    assert reached(curves, costs, 0.5) == math.inf
    assert reached(curves[[0, 2, 2]], costs, 1) == math.inf


def test_a_change_of_order_in_the_last_third_is_found():
    """Of 20 epochs the last third starts after epoch 13: the first change told is at epoch 14."""
    share = np.arange(21) / 20
    a = np.ones((3, 21))
    for epoch in range(1, 21):
        b = np.where(np.arange(21) < epoch, 0.5, 2) * np.ones((3, 1))
        assert order_changed(a, b, share) == (epoch if epoch >= 14 else None)
    assert order_changed(a, 2 * a, share) is None


def test_a_dead_lane_is_behind_from_its_death_on():
    share = np.arange(1, 5) / 4
    a, b = np.ones((1, 4)), np.array([[0.5, 0.5, 0.5, np.inf]])
    assert order_changed(a, b, share) == 3
