"""Pytrees as vectors."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import rules, schedules, tree
from uzviz.tree import pytree

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


def test_no_two_rules_or_schedules_are_of_one_structure():
    """Programs are kept by it, and one compiled for another rule gives wrong numbers."""
    kinds = [*rules.NAMES.values(), *filter(None, schedules.NAMES.values())]
    structures = [jax.tree.structure(kind()) for kind in kinds]
    for i, one in enumerate(structures):
        assert one == jax.tree.structure(kinds[i]())
        assert not any(one == other for other in structures[i + 1 :])


def test_what_is_static_is_structure_and_the_rest_are_leaves_by_name():
    @dataclasses.dataclass(frozen=True)
    class Mine:
        a: float
        form: str = "round"
        b: float = 2.0

    pytree(Mine, ["form"])
    x = Mine(1.0)
    assert jax.tree.leaves(x) == [1.0, 2.0]
    assert jax.tree.map(lambda y: 2 * y, x) == Mine(2.0, "round", 4.0)
    assert jax.tree.structure(x) != jax.tree.structure(Mine(1.0, "flat"))
    assert [*tree.paths(x)] == ["a", "b"]


def test_what_is_placed_is_a_copy_and_what_is_on_the_device_stays():
    x, there = np.arange(64.0), jnp.ones(3)
    found = tree.placed({"x": x, "there": there, "none": None, "one": 3})
    x[:] = -1
    assert found["x"].tolist() == list(range(64))
    assert found["x"].dtype == jnp.float32
    assert found["one"].dtype == jnp.int32
    assert found["none"] is None
    assert found["there"] is there


def test_placing_compiles_nothing(caplog):
    with jax.log_compiles():
        tree.placed([np.zeros((3, n)) for n in range(211, 217)])
        assert "Compiling" not in caplog.text
        jax.jit(lambda x: x + 1)(np.zeros(211))
    assert "Compiling" in caplog.text
