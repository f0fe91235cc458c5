"""Directions: filters by hand, paths by scikit-learn, curvature by a dense Hessian."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.decomposition import PCA

import uzviz as uz
from uzviz import landscapes
from uzviz.errors import InputError
from uzviz.landscapes.directions import flat, unflat

RNG = np.random.default_rng(0)
W = {
    "kernel": RNG.normal(size=(4, 3, 3, 3)).astype(np.float32),
    "linear": {"weight": RNG.normal(size=(5, 7)).astype(np.float32), "bias": np.ones(5, np.float32)},
}  # fmt: skip


def norm(x, axis=None):
    return np.sqrt((np.asarray(x, float) ** 2).sum(axis))


def first(w=W, **options):
    return landscapes.random(w, 1, **options).vectors[0]


def test_every_filter_has_the_norm_of_its_weights_and_biases_stay():
    d = first(seed=3)
    assert norm(d["kernel"], (1, 2, 3)) == pytest.approx(norm(W["kernel"], (1, 2, 3)), rel=1e-5)
    assert norm(d["linear"]["weight"], 1) == pytest.approx(norm(W["linear"]["weight"], 1), rel=1e-5)
    assert not np.any(d["linear"]["bias"])


def test_filters_of_weights_that_are_stored_the_other_way():
    d = first(axis=-1)
    assert norm(d["linear"]["weight"], 0) == pytest.approx(norm(W["linear"]["weight"], 0), rel=1e-5)


def test_a_layer_has_the_norm_of_its_weights_and_no_other_of_its_filters():
    d = first(normalise="layer")
    assert norm(d["kernel"]) == pytest.approx(norm(W["kernel"]), rel=1e-5)
    assert not np.allclose(norm(d["kernel"], (1, 2, 3)), norm(W["kernel"], (1, 2, 3)), rtol=1e-2)
    assert not np.any(d["linear"]["bias"])


def test_without_normalisation_all_numbers_are_normal():
    d = first(
        {"w": np.zeros((300, 200), np.float32), "b": np.zeros(400, np.float32)}, normalise="none"
    )
    assert np.std(d["w"]) == pytest.approx(1, abs=0.02)
    assert np.std(d["b"]) == pytest.approx(1, abs=0.15)


def test_a_tree_without_matrices_is_normalised_leaf_by_leaf():
    w = {"a": jnp.array([3.0, 4.0]), "b": jnp.array([1.0])}
    d = first(w)
    assert norm(d["a"]) == pytest.approx(5)
    assert norm(d["b"]) == pytest.approx(1)


def test_a_filter_of_zeros_gets_none():
    w = {"w": np.array([[0.0, 0.0], [3.0, 4.0]], np.float32)}
    d = first(w)
    assert not np.any(d["w"][0])
    assert norm(d["w"][1]) == pytest.approx(5)


def test_a_seed_is_a_direction():
    a, b, c = first(seed=1), first(seed=1), first(seed=2)
    assert np.array_equal(flat(a), flat(b))
    assert not np.allclose(flat(a), flat(c))


def test_two_are_at_right_angles_and_keep_their_norms():
    a, b, w = ({"w": np.array([x], np.float32)} for x in ([2, 0], [3, 4], [1, 1]))
    found = landscapes.own(w, a, b)
    assert flat(found.vectors[0]) == pytest.approx([2, 0])
    assert flat(found.vectors[1]) == pytest.approx([0, 5])
    assert found.facts["norms"] == pytest.approx([2, 5])
    assert found.facts["cosine"] == pytest.approx(0.6)


def test_a_path_is_that_of_scikit_learn(x64):
    """Around its own mean, where ours and theirs are the same."""
    w = {"a": RNG.normal(size=(3, 4)), "b": RNG.normal(size=5)}
    rows = RNG.normal(size=(12, 17)) @ np.diag(np.arange(1, 18.0))
    rows -= rows.mean(0)
    path = jax.tree.map(lambda *x: jnp.stack(x), *[unflat(w, flat(w) + row) for row in rows])
    found = landscapes.principal(w, path)
    judge = PCA(2).fit(flat(w) + rows)
    for d, component in zip(found.vectors, judge.components_, strict=True):
        assert abs(flat(d) @ component) == pytest.approx(1, abs=1e-10)
        assert norm(flat(d)) == pytest.approx(1)
    assert found.facts["explained"] == pytest.approx(judge.explained_variance_ratio_)


def test_a_path_is_seen_from_its_end_and_points_to_its_start(x64):
    w = jnp.zeros(3)
    path = jnp.array([[4.0, 1.0, 0.0], [3.0, 0.5, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    d = landscapes.principal(w, path, 1).vectors[0]
    _, vectors = np.linalg.eigh(np.asarray(path).T @ np.asarray(path))
    assert abs(vectors[:, -1] @ flat(d)) == pytest.approx(1)
    assert flat(d)[0] > 0


def test_the_hessian_s_directions_are_its_eigenvectors(x64):
    problem = uz.problems.quadratic([3.0, 1.0, -2.0, 0.5])
    found = landscapes.curved(landscapes.Ground(problem), jnp.ones(4))
    assert found.facts["eigenvalues"] == pytest.approx([3, -2])
    assert np.abs(flat(found.vectors[0])) == pytest.approx([1, 0, 0, 0], abs=1e-6)
    assert np.abs(flat(found.vectors[1])) == pytest.approx([0, 0, 1, 0], abs=1e-6)
    other = landscapes.curved(landscapes.Ground(problem), jnp.ones(4), ("bottom", "top"))
    assert other.facts["eigenvalues"] == pytest.approx([-2, 3])
    twice = landscapes.curved(landscapes.Ground(problem), jnp.ones(4), ("top", "top"))
    assert twice.facts["eigenvalues"] == pytest.approx([3, 1])


def test_another_run_lies_at_one():
    other = jax.tree.map(lambda x: x + 1, W)
    found = landscapes.towards(W, other)
    place = landscapes.project(W, found, jax.tree.map(lambda x: x[None], other))
    assert place.coordinates == pytest.approx(np.array([[1.0]]), abs=1e-5)
    assert place.distance == pytest.approx([0], abs=1e-4)


def test_of_two_other_runs_both_lie_in_the_plane():
    others = [
        jax.tree.map(lambda x, k=k: x + np.sin(k * np.arange(x.size)).reshape(x.shape), W)
        for k in (1, 2)
    ]
    found = landscapes.towards(W, *others)
    place = landscapes.project(W, found, jax.tree.map(lambda *x: np.stack(x), *others))
    assert place.distance == pytest.approx([0, 0], abs=1e-4)
    assert place.coordinates[0] == pytest.approx([1, 0], abs=1e-5)
    assert place.explained == pytest.approx(1)


def test_the_map_of_a_plane_through_three_runs_holds_them(x64):
    w, others = np.zeros(2), (np.array([1.0, 0.0]), np.array([-3.0, 2.0]))
    found = landscapes.towards(w, *others)
    grid = landscapes.planned(uz.problems.quadratic([1.0, 4.0]), w, directions=found, size=3)
    seen = landscapes.project(w, found, np.stack(others)).coordinates
    assert [axis[[0, -1]].tolist() for axis in grid.axes] == [[-4, 2], [-0.25, 1.25]]
    assert np.all(seen >= [axis[0] for axis in grid.axes])
    assert np.all(seen <= [axis[-1] for axis in grid.axes])


ZERO = jax.tree.map(np.zeros_like, W)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: landscapes.own(W, {"kernel": W["kernel"]}), "A direction has nothing at linear/"),
        (lambda: landscapes.own(W, {**W, "kernel": np.ones((4, 3))}), "has [4, 3] at kernel, but must have [4, 3, 3, 3]"),
        (lambda: landscapes.own(W, ZERO), "norm 0"),
        (lambda: landscapes.random(ZERO), "norm 0"),
        (lambda: landscapes.own(W, jax.tree.map(lambda x: x * np.nan, W)), "norm nan"),
        (lambda: landscapes.own(W, W, jax.tree.map(lambda x: -2 * x, W)), "parallel"),
        (lambda: landscapes.towards(W, W), "norm 0"),
        (lambda: landscapes.towards(W), "0 other runs"),
        (lambda: landscapes.own(W), "0 directions"),
        (lambda: landscapes.random(W, 3), "must be 1 or 2"),
        (lambda: landscapes.random(W, seed=-1), "whole number from 0"),
        (lambda: landscapes.random(W, normalise="filters"), "did you mean filter"),
        (lambda: landscapes.axes(W), "axes are for 1 or 2"),
        (lambda: landscapes.principal(W, W), "A point of the path has"),
        (lambda: landscapes.principal(W, jax.tree.map(lambda x: x[None], W)), "lie on a point"),
        (lambda: landscapes.principal(W, jax.tree.map(lambda x: x[None] + 1, W)), "lie on a line"),
        (lambda: landscapes.principal(W, jax.tree.map(lambda x: x[None] * np.nan, W)), "not finite"),
        (lambda: landscapes.curved(landscapes.Ground(uz.problems.rosenbrock()), jnp.ones(2), ("up",)), "'top' and 'bottom'"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(make, sentence):
    with pytest.raises(InputError) as error:
        make()
    assert sentence in str(error.value)
    assert str(error.value)[-1] in ".?"
