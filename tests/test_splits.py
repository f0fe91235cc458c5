"""Parts: of each class its share, all examples once, and rare classes as rare as asked for."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import datasets

import uzviz as uz
from uzviz.api.catalogue import problem_named
from uzviz.errors import InputError
from uzviz.problems import SOURCES, restored, tables
from uzviz.problems.sources import load
from uzviz.problems.splits import imbalanced, quotas, stratified

COUNTS = st.lists(st.integers(1, 40), min_size=1, max_size=12).map(np.array)
SEED = st.integers(0, 2**31 - 1)


def cut(n, a, b):
    low, high = sorted(round(share * n) for share in (a, b))
    return np.array([low, high - low, n - high])


@given(COUNTS, st.floats(0, 1), st.floats(0, 1))
def test_quotas_are_shares_rounded_up_or_down_whose_sums_are_kept(counts, a, b):
    sizes = cut(counts.sum(), a, b)
    found = quotas(counts, sizes)
    assert np.array_equal(found.sum(0), sizes)
    assert np.array_equal(found.sum(1), counts)
    assert (abs(found - counts[:, None] * sizes / counts.sum()) < 1).all()


@given(COUNTS, st.floats(0, 1), st.floats(0, 1), SEED)
def test_a_stratified_split_is_disjoint_complete_and_keeps_shares(counts, a, b, seed):
    generator = np.random.default_rng(seed)
    y = generator.permutation(np.repeat(np.arange(len(counts)), counts))
    sizes = cut(len(y), a, b)
    parts = stratified(y, sizes, generator)
    assert [len(part) for part in parts] == sizes.tolist()
    assert sorted(np.concatenate(parts)) == list(range(len(y)))
    for part, size in zip(parts, sizes, strict=True):
        own = np.bincount(y[part], minlength=len(counts))
        assert (abs(own - counts * size / len(y)) < 1).all()


def test_the_order_within_a_part_is_random():
    (train, _, _) = stratified(np.repeat([0, 1], 500), [600, 200, 200], np.random.default_rng(0))
    changes = np.diff(train >= 500).sum()
    assert 240 < changes < 360


@given(COUNTS, st.floats(0, 3), SEED)
def test_rare_classes_follow_the_power(counts, power, seed):
    y = np.repeat(np.arange(len(counts)), counts)
    rows = imbalanced(y, power, np.random.default_rng(seed))
    assert (np.diff(rows) > 0).all()
    weight = np.arange(1, len(counts) + 1) ** -power
    found, whole = np.bincount(y[rows], minlength=len(counts)), (counts / weight).min() * weight
    assert (abs(found - whole) <= 1).all()
    assert (found >= 1).all()
    assert (found == counts).any()


def test_a_problem_splits_by_its_strata_with_and_without_a_test_set():
    problem = uz.problems.classify("iris", stratify=True)
    assert [np.bincount(problem.data[1][part]).tolist() for part in problem.split(3)] == [
        [30] * 3, [10] * 3, [10] * 3,
    ]  # fmt: skip
    assert not np.array_equal(problem.split(3).train, problem.split(4).train)
    x, y = problem.data
    held = uz.problems.classify((x, y, x[:5], np.array([0, 1, 2, 0, 1])), stratify=True)
    split = held.split(0)
    assert [len(part) for part in split] == [112, 38, 5]
    assert np.bincount(y[split.validation]).tolist() in [[13, 13, 12], [13, 12, 13], [12, 13, 13]]
    assert np.array_equal(held.rows[0][split.test], x[:5])
    with pytest.raises(InputError, match="class for each of 150"):
        dataclasses.replace(problem, strata=y[:9])


def test_options_of_data_are_made_again_from_a_log():
    for options in ({"points": 50, "noise": 0.0}, {"imbalance": 1.0, "stratify": True}):
        made = problem_named("spirals", **options)
        again = restored(made.spec, None, made.checksum)
        assert np.array_equal(again.split(1).train, made.split(1).train)
        assert again.spec == made.spec
    assert np.bincount(made.data[1]).tolist() == [150, 75]


WRONG = [
    ("digits", {"points": 9}, "is no shape"),
    ("moons", {"points": 2}, "from 4"),
    ("moons", {"noise": -1.0}, "from 0"),
    ("moons", {"imbalance": -1.0}, "power from 0"),
    ("moons", {"stratify": 1}, "True or False"),
    ("diabetes", {"stratify": True}, "leave out stratify"),
    ("diabetes", {"imbalance": 1.0}, "leave out the imbalance"),
    ("diabetes", {"task": "regress", "stratify": True}, "no option 'stratify'"),
]


@pytest.mark.parametrize(("name", "options", "says"), WRONG)
def test_options_that_cannot_be_used(name, options, says):
    with pytest.raises(InputError, match=says):
        problem_named(name, **options)


BUNDLED = {
    "iris": (datasets.load_iris, ["setosa", "versicolor", "virginica"]),
    "wine": (datasets.load_wine, ["class_0", "class_1", "class_2"]),
    "breast-cancer": (datasets.load_breast_cancer, ["malignant", "benign"]),
    "diabetes": (datasets.load_diabetes, None),
}


@pytest.mark.parametrize("files", [tables.FILES, {}], ids=["its files", "its functions"])
@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_data_are_those_of_scikit_learn(name, files, monkeypatch):
    monkeypatch.setattr(tables, "FILES", files)
    loader, classes = BUNDLED[name]
    x, y = loader(return_X_y=True)
    table = load(name, None)
    assert np.array_equal(table.x, x.astype(np.float32))
    assert np.array_equal(table.y, y.astype(np.float32))
    assert table.classes == classes
    n, d = SOURCES[name].examples.replace(",", "").split(" × ")
    assert table.x.shape == (int(n), int(d))
    assert SOURCES[name].classes == (str(len(classes)) if classes else "a number")
