"""k-means as a loss: against scikit-learn's, from its own start and from others."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris

import uzviz as uz
from uzviz.api.catalogue import problem_named
from uzviz.engine import start_point
from uzviz.errors import InputError
from uzviz.problems import kmeans, restored

IRIS = load_iris(return_X_y=True)
RNG = np.random.default_rng(0)


def training(problem):
    """What the training part's points are to the loss."""
    rows = tuple(v[problem.split(0).train] for v in problem.data)
    return problem.prepare(problem.fit(rows), rows)


def test_the_loss_is_scikit_learns_inertia(x64):
    problem = kmeans(IRIS, k=4)
    batch, w = training(problem), RNG.normal(size=(4, 4))
    x = np.asarray(batch.x, float)
    judge = KMeans(4, init=w, n_init=1, max_iter=1).fit(x)
    judge.cluster_centers_ = w
    wanted = -judge.score(x) / len(x)
    assert float(problem.loss(jnp.asarray(w), batch, None)) == pytest.approx(wanted, rel=1e-6)


def test_inertia_is_at_most_scikit_learns_and_a_thousandth():
    problem = replace(kmeans(IRIS, k=3), split_seed=0)
    rule = uz.Momentum(lr=0.3, beta=0.5)
    found = [
        uz.train(problem, rule, batch="all", epochs=150, seed=seed).results["train/loss"]
        for seed in range(4)
    ]
    x = np.asarray(training(problem).x, float)
    judge = KMeans(3, n_init=10, random_state=0).fit(x)
    assert min(found) <= judge.inertia_ / len(x) * 1.001


def test_a_step_of_each_ones_own_size_is_lloyds(x64):
    """w_j − n/(2 n_j) ∂J/∂w_j is the mean of the points that are nearest to w_j."""
    problem = kmeans(IRIS, k=3)
    batch, w = training(problem), jnp.asarray(RNG.normal(size=(3, 4)) / 2)
    g = jax.grad(problem.loss)(w, batch, None)
    x = np.asarray(batch.x)
    near = np.argmin(((x[:, None] - np.asarray(w)) ** 2).sum(-1), axis=1)
    for j in np.unique(near):
        mine = x[near == j]
        np.testing.assert_allclose(w[j] - len(x) / (2 * len(mine)) * g[j], mine.mean(0), rtol=1e-6)


def test_starts_are_points_apart_and_seeds_draw_others():
    problem = kmeans(IRIS, k=3)
    seen = problem.init.seen.points
    starts = [np.asarray(start_point(problem, seed)) for seed in range(3)]
    for w in starts:
        assert all(np.isclose(seen, c).all(1).any() for c in w)
        assert len(np.unique(w, axis=0)) == 3
    assert not np.array_equal(starts[0], starts[1])
    # k-means++ starts below a random choice of points, by a factor of some.
    batch = training(problem)
    chosen = np.mean([problem.loss(jnp.asarray(w), batch, None) for w in starts])
    drawn = [RNG.choice(seen, 3, replace=False) for _ in range(10)]
    assert chosen < np.mean([problem.loss(jnp.asarray(w), batch, None) for w in drawn])


def test_points_alone_do_and_targets_are_left_out():
    alone, labelled = kmeans(IRIS[0], k=3), kmeans(IRIS, k=3)
    assert alone.init == labelled.init
    assert alone.formulas == labelled.formulas


def test_it_is_there_by_name_and_comes_back_from_its_spec():
    problem = problem_named("kmeans", data="moons", k=2)
    again = restored(problem.spec, None, problem.checksum)
    assert (again.formulas, again.init, again.spec) == (
        problem.formulas,
        problem.init,
        problem.spec,
    )
    assert hash(again.init) == hash(problem.init)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"k": 0}, "k is 0"), ({"k": 2.5}, "k is 2.5"), ({"k": 91}, "training part has 90 examples"),
        ({"k": 5, "data": np.repeat(np.eye(3), 20, axis=0)}, "3 differ"), ({"data": "iriss"}, "Unknown data set"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(options, says):
    with pytest.raises(InputError, match=says):
        kmeans(**{"data": IRIS, "k": 3, **options})
