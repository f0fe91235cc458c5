"""Problems: splits that are partitions, statistics of the training part alone, honest metrics."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss, mean_absolute_error, r2_score

import uzviz as uz
from uzviz.errors import InputError

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(90, 3)) * [1, 10, 100] + [0, 5, -50]
NUMBER = TABLE @ [1.0, 0.2, 0.01] + 7
CLASS = (NUMBER > 7).astype(int) + (NUMBER > 9)


def nothing(n, ratio=(0.6, 0.2, 0.2), test=None):
    return uz.Problem(
        init=lambda key: jnp.zeros(1), loss=lambda w, batch, key: jnp.sum(w), ratio=ratio,
        data=np.arange(float(n)), test=test,
    )  # fmt: skip


SHARE = st.floats(0.05, 1)


@given(n=st.integers(60, 400), ratio=st.tuples(SHARE, SHARE, SHARE), seed=st.integers(0, 2**31 - 1))
def test_a_split_is_a_partition_in_the_ratio_asked(n, ratio, seed):
    split = nothing(n, ratio).split(seed)
    assert sorted(np.concatenate(split)) == list(range(n))
    wanted = np.array(ratio) / sum(ratio) * n
    assert np.abs([len(part) for part in split] - wanted).max() <= 1


@given(n=st.integers(60, 400), m=st.integers(1, 50), seed=st.integers(0, 100))
def test_an_official_test_set_is_the_test_part_and_nothing_else(n, m, seed):
    problem = nothing(n, test=np.arange(1000.0, 1000 + m))
    split = problem.split(seed)
    assert set(problem.rows[split.test]) == set(range(1000, 1000 + m))
    assert sorted(np.concatenate([split.train, split.validation])) == list(range(n))
    assert abs(len(split.train) - 0.75 * n) <= 1


def test_seeds_redraw_the_split_and_repeat_it():
    problem = nothing(100)
    a, again, b = problem.split(1).train, problem.split(1).train, problem.split(2).train
    assert np.array_equal(a, again)
    assert not np.array_equal(np.sort(a), np.sort(b))


@pytest.mark.parametrize(
    "ratio", [(1, 1), (1, 1, 0), (1, 1, -1), (1, 1, np.nan), 0.2, "abc", (1, 1, 1, 1), (1e-9, 1, 1)]
)
def test_splits_that_cannot_be_used(ratio):
    with pytest.raises(InputError, match=r"[Ss]plit"):
        nothing(10, ratio)


def test_arrays_that_disagree_are_refused():
    def problem(data, test=None):
        return dataclasses.replace(nothing(10), data=data, test=test)

    for data in [(np.ones(10), np.ones(9)), 3.0, (np.ones(10), 1.0), {}]:
        with pytest.raises(InputError, match="first axes of the data"):
            problem(data)
    with pytest.raises(InputError, match="first axes of the test set"):
        problem((np.ones(10), np.ones(10)), (np.ones(3), np.ones(4)))
    with pytest.raises(InputError, match="arrays like the data"):
        problem((np.ones(10), np.ones(10)), np.ones(3))


def test_statistics_come_from_the_training_part_alone():
    problem = uz.problems.regress((TABLE, NUMBER))
    split = problem.split(0)
    (mean, scale), (centre, unit) = problem.fit((TABLE[split.train], NUMBER[split.train]))
    assert np.allclose(mean, TABLE[split.train].mean(0), rtol=1e-5)
    assert np.allclose(scale, TABLE[split.train].std(0), rtol=1e-5)
    assert np.allclose([centre, unit], [NUMBER[split.train].mean(), NUMBER[split.train].std()])
    touched = TABLE.copy()
    touched[split.test] = 1e9
    run = uz.train(problem, uz.Adam(), epochs=2)
    other = uz.train(uz.problems.regress((touched, NUMBER)), uz.Adam(), epochs=2)
    assert np.array_equal(run.loss, other.loss)
    assert run.results["validation/loss"] == other.results["validation/loss"]
    assert run.results["test/loss"] != other.results["test/loss"]


def test_a_constant_feature_stays_zero():
    x = np.column_stack([TABLE[:, 0], np.full(90, 0.1)])
    problem = uz.problems.classify((x, CLASS))
    rows = tuple(map(np.asarray, problem.data))
    batch = problem.prepare(problem.fit(rows), rows)
    assert np.array_equal(batch.x[:, 1], np.zeros(90))


def outputs(problem, run, part="test"):
    """What the trained network says of a part, and the rows themselves."""
    split = problem.split(0)
    rows = [v[getattr(split, part)] for v in problem.data]
    learned = problem.fit([v[split.train] for v in problem.data])
    batch = problem.prepare(learned, rows)
    return np.stack([run.w(x) for x in jnp.asarray(batch.x)]), rows[1], learned


def test_r2_and_mae_are_those_of_scikit_learn_in_the_targets_unit():
    problem = uz.problems.regress((TABLE, 1000 * NUMBER))
    run = uz.train(problem, uz.Adam(lr=1e-2), epochs=30)
    z, y, (_, (centre, unit)) = outputs(problem, run)
    prediction = z[:, 0] * unit + centre
    assert run.results["test/r2"] == pytest.approx(r2_score(y, prediction), abs=1e-4)
    assert run.results["test/mae"] == pytest.approx(mean_absolute_error(y, prediction), rel=1e-4)
    assert run.results["test/r2"] > 0.5


def test_cross_entropy_and_accuracy_are_those_of_scikit_learn():
    problem = uz.problems.classify((TABLE, CLASS))
    run = uz.train(problem, uz.Adam(lr=1e-2), epochs=30)
    z, y, _ = outputs(problem, run)
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    assert run.results["test/loss"] == pytest.approx(log_loss(y, p, labels=[0, 1, 2]), rel=1e-4)
    assert run.results["test/accuracy"] == pytest.approx(np.mean(z.argmax(1) == y))


def test_binary_cross_entropy_is_that_of_scikit_learn():
    y = ["yes" if v else "no" for v in CLASS > 0]
    problem = uz.problems.classify((TABLE, y), loss="binary-cross-entropy")
    run = uz.train(problem, uz.Adam(lr=1e-2), epochs=30)
    z, number, _ = outputs(problem, run)
    p = 1 / (1 + np.exp(-z[:, 0]))
    assert run.results["test/loss"] == pytest.approx(log_loss(number, p), rel=1e-4)
    assert run.results["test/accuracy"] == pytest.approx(np.mean((p > 0.5) == number))


def test_options_that_cannot_be_used():
    wrong = [
        ({"hidden": [0]}, "hidden layers"),
        ({"hidden": [2.5]}, "hidden layers"),
        ({"hidden": 32}, "hidden layers"),
        ({"hidden": ["a"]}, "hidden layers"),
        ({"activation": "rely"}, "did you mean relu"),
        ({"init": "hee"}, "did you mean he"),
        ({"loss": "mse"}, "Unknown loss of a classification"),
        ({"loss": "binary-cross-entropy"}, "two classes"),
        ({"activation": None}, "Unknown activation"),
    ]
    for options, says in wrong:
        with pytest.raises(InputError, match=says):
            uz.problems.classify((TABLE, CLASS), **options)
    with pytest.raises(InputError, match="Unknown loss of a regression"):
        uz.problems.regress((TABLE, NUMBER), loss="cross-entropy")


def test_learn_looks_at_the_target():
    assert uz.problems.learn((TABLE, CLASS)).spec["kind"] == "classify"
    assert uz.problems.learn((TABLE, NUMBER), loss="mae").spec["loss"] == "mae"


ONE = {"init": lambda key: jnp.zeros(2), "loss": lambda w, batch, key: jnp.sum(w)}
FUNCTIONS = {
    "no parameters": ({"init": lambda key: {}}, "without parameters"),
    "parameters of size 0": ({"init": lambda key: jnp.zeros(0)}, "without parameters"),
    "whole numbers": ({"init": lambda key: jnp.zeros(2, int)}, "type int32"),
    "a vector": ({"loss": lambda w, batch, key: w}, "loss of problem"),
    "one number in a vector": ({"loss": lambda w, batch, key: w[:1]}, "loss of problem"),
    "nothing": ({"loss": lambda w, batch, key: None}, "loss of problem"),
    "a complex loss": ({"loss": lambda w, batch, key: jnp.sum(w) * 1j}, "loss of problem"),
    "metrics of nothing": ({"metrics": lambda w, batch: None}, "must be a dict"),
    "a metric named loss": ({"metrics": lambda w, batch: {"loss": 1.0}}, "without the name 'loss'"),
    "a text": (
        {"loss": lambda w, batch, key: "x"},
        r"metrics\(w, batch\) of problem.* cannot be used",
    ),
    "too few arguments": ({"loss": lambda w, batch: w[0]}, "takes 2 positional arguments"),
    "a start without a key": (
        {"init": lambda: jnp.zeros(2)},
        r"init\(key\) of problem cannot be used",
    ),
    "a loss that needs a key": (
        {"loss": lambda w, batch, key: jax.random.normal(key) * w[0]},
        "as evaluations call them",
    ),
    "a vector of metrics": ({"metrics": lambda w, batch: {"a": w}}, "The a of problem"),
}


@pytest.mark.parametrize("case", FUNCTIONS)
def test_functions_of_the_wrong_shape_are_refused(case):
    wrong, says = FUNCTIONS[case]
    problem = uz.Problem(**{**ONE, **wrong})
    for call in (lambda: uz.train(problem, uz.Adam()), lambda: uz.race(problem, ["adam"])):
        with pytest.raises(InputError, match=says):
            call()


def test_a_loss_may_be_a_number_of_python():
    run = uz.train(uz.Problem(**{**ONE, "loss": lambda w, batch, key: 1.0}), uz.Adam(), gradients=3)
    assert run.results["test/loss"] == 1


def test_a_loss_that_is_not_finite_at_its_start_is_refused_and_nothing_written(tmp_path):
    problem = uz.problems.formula("ln x", start=[-1.0])
    with pytest.raises(InputError, match="is nan at its start, but must be finite"):
        uz.train(problem, uz.Adam(), gradients=3, log=tmp_path / "run")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_what_is_no_function_is_refused():
    for wrong in ({"init": 3}, {"loss": None}, {"metrics": {}}):
        with pytest.raises(InputError, match="must be a function"):
            uz.Problem(**{**ONE, **wrong})
    with pytest.raises(InputError, match="must hold numbers"):
        uz.Problem(**ONE, data=np.array(["a", "b", "c"] * 9))


@pytest.mark.parametrize(
    "make",
    [
        lambda: uz.problems.classify("digits", hidden=[8]),
        lambda: uz.problems.classify("moons", loss="brier"),
        lambda: uz.problems.regress((np.eye(9), np.arange(9.0))),
        lambda: uz.problems.residual("digits", 8),
        lambda: uz.problems.linear(30),
        lambda: uz.problems.quadratic([1.0, 2.0]),
        lambda: uz.problems.formula("x^2"),
    ],
    ids=["classify", "brier", "regress", "residual", "linear", "quadratic", "formula"],
)
def test_equal_problems_share_their_programs(make):
    one, other = make(), make()
    assert (one.formulas, one.init) == (other.formulas, other.init)
    assert hash(one.formulas) == hash(other.formulas)


def test_problems_that_differ_in_what_is_compiled_share_nothing():
    make = uz.problems.classify
    assert make("moons").formulas != make("moons", loss="brier").formulas
    assert make("moons").init != make("moons", [8]).init
    wide, deep = (uz.problems.residual("digits", depth) for depth in (8, 14))
    assert wide.formulas == deep.formulas
    assert wide.init != deep.init
