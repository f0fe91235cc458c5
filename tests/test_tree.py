"""Pytrees as vectors."""

import jax.numpy as jnp
import numpy as np

from uzviz import tree

TREE = {"a": jnp.array([3.0, 4.0], jnp.float32), "b": [jnp.array([[12.0]], jnp.float16)]}


def test_norm_and_size_are_those_of_one_long_vector():
    assert float(tree.norm(TREE)) == 13
    assert tree.size(TREE) == 3


def test_each_keeps_every_leafs_type():
    out = tree.each(lambda x, y: x * np.float64(2) + y, TREE, TREE)
    assert out["a"].dtype == jnp.float32
    assert out["b"][0].dtype == jnp.float16
    assert out["a"].tolist() == [9.0, 12.0]


def test_zeros_share_no_buffer():
    a = tree.zeros(TREE)
    assert not np.any(a["a"])
    assert a["a"].dtype == jnp.float32
    assert a["a"].unsafe_buffer_pointer() != tree.zeros(TREE)["a"].unsafe_buffer_pointer()


def test_layers_are_the_paths_without_their_last_key():
    w = {"dense": {"weight": jnp.ones(2), "bias": jnp.ones(1)}, "scale": jnp.ones(1)}
    assert {k: len(v) for k, v in tree.layers(w).items()} == {"dense": 2, "scale": 1}
    assert list(tree.layers(jnp.ones(2))) == ["w"]
