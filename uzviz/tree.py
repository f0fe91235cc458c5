"""Pytrees as vectors: zeros, norm, dot, each, and the layers they are made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np

from uzviz.errors import InputError

Tree = Any
C = TypeVar("C", bound=type)


def pytree(cls: C, static: Sequence[str] = ()) -> C:
    """Make a dataclass a pytree: its fields are its leaves, but for the ``static``, its structure.

    ``jax.tree_util.register_dataclass`` (seen in JAX 0.10.2) calls the structures of two classes equal
    when they have as many leaves and the same static values. Now and then, when their hashes fall
    together as well, it then runs what was compiled for one class on another.
    """
    leaves = [f.name for f in dataclasses.fields(cls) if f.name not in static]

    def flatten(x: Any) -> tuple[list[Any], tuple[Any, ...]]:
        return [getattr(x, name) for name in leaves], tuple(getattr(x, name) for name in static)

    def with_keys(x: Any) -> Any:
        values, structure = flatten(x)
        return [*zip(map(jax.tree_util.GetAttrKey, leaves), values, strict=True)], structure

    def unflatten(structure: Any, values: Iterable[Any]) -> Any:
        return cls(
            **dict(zip(leaves, values, strict=True)), **dict(zip(static, structure, strict=True))
        )

    jax.tree_util.register_pytree_with_keys(cls, with_keys, unflatten, flatten)
    return cls


def each(f: Callable[..., Any], first: Tree, *rest: Tree) -> Tree:
    """Apply ``f`` leaf by leaf; every result keeps the dtype of the first tree's leaf."""
    return jax.tree.map(lambda x, *more: f(x, *more).astype(x.dtype), first, *rest)


def zeros(like: Tree) -> Tree:
    """A tree of zeros with the shapes and dtypes of ``like``; no two leaves share a buffer."""
    return jax.tree.map(jnp.zeros_like, like)


def placed(x: Tree) -> Tree:
    """Host arrays on the device, as copies that may lie in NumPy's memory, never to be donated; what is there already stays as it
    is. jnp.asarray without a type compiles a program for every shape that it sees."""

    def own(leaf: Any) -> Any:
        return leaf if isinstance(leaf, jax.Array) else np.array(leaf)

    return jax.device_put(jax.tree.map(own, x))


def copied(x: Tree) -> Tree:
    """The same numbers in buffers of their own, so that both trees may be donated."""
    return jax.tree.map(jnp.array, x)


def dot(x: Tree, y: Tree) -> jax.Array:
    """The inner product of two trees as vectors."""
    products = (jnp.vdot(a, b) for a, b in zip(*map(jax.tree.leaves, (x, y)), strict=True))
    return jnp.asarray(sum(products))


def absolute(x: Tree) -> jax.Array:
    """The sum of the absolute values of all numbers in the tree."""
    return jnp.asarray(sum(jnp.abs(leaf).sum() for leaf in jax.tree.leaves(x)))


def norm(x: Tree) -> jax.Array:
    """The Euclidean norm of all numbers in the tree taken together."""
    return jnp.sqrt(sum(jnp.vdot(leaf, leaf).real for leaf in jax.tree.leaves(x)))


def size(x: Tree) -> int:
    """How many numbers the tree holds."""
    return sum(leaf.size for leaf in jax.tree.leaves(x))


def named(x: Tree) -> dict[str, np.ndarray]:
    """The leaves as arrays on the host, by their paths, such as "w/layers/0/weight"."""
    return {name: np.asarray(_bare(leaf)) for name, leaf in paths(x).items()}


def restored(like: Tree, leaves: Mapping[str, np.ndarray]) -> Tree:
    """The tree of :func:`named` leaves, in the form of another.

    Raises
    ------
    InputError
        where the leaves are not those of such a tree.
    """
    wanted = paths(like)
    for name, leaf in wanted.items():
        _check(name, _bare(leaf), leaves.get(name))
    made = [_like(leaf, leaves[name]) for name, leaf in wanted.items()]
    return jax.tree.unflatten(jax.tree.structure(like), made)


def stacked(like: Tree, leaves: Mapping[str, np.ndarray]) -> Tree:
    """The tree of :func:`named` leaves with an axis in front, in the form of another; they stay
    where they are, on the host.

    Raises
    ------
    InputError
        where the leaves are not those of such a tree.
    """
    wanted = paths(like)
    for name, leaf in wanted.items():
        found = leaves.get(name)
        row = None if found is None else jax.ShapeDtypeStruct(found.shape[1:], found.dtype)
        _check(name, leaf, row)
    return jax.tree.unflatten(jax.tree.structure(like), [leaves[name] for name in wanted])


def _check(name: str, wanted: Any, found: Any) -> None:
    if found is None or found.shape != wanted.shape or found.dtype != wanted.dtype:
        what = "nothing" if found is None else f"{found.dtype} {list(found.shape)}"
        raise InputError(
            f"{name} should be {wanted.dtype} {list(wanted.shape)}, but {what} was kept: this is the "
            "state of another problem or rule."
        )


def paths(x: Tree) -> dict[str, Any]:
    """The leaves by their paths.

    Raises
    ------
    InputError
        when two leaves have the same one.
    """
    leaves = jax.tree_util.tree_leaves_with_path(x)
    found = {jax.tree_util.keystr(p, simple=True, separator="/") or "w": v for p, v in leaves}
    if len(found) < len(leaves):
        raise InputError(
            "Two parameters have the same path once its keys are joined by '/': rename a key."
        )
    return found


def _bare(leaf: Any) -> Any:
    """A leaf as plain numbers, which random keys are not."""
    is_key = jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)
    return jax.random.key_data(leaf) if is_key else leaf


def _like(leaf: Any, found: np.ndarray) -> Any:
    is_key = jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)
    own = jnp.array(found)  # a copy, since what is donated must not lie in NumPy's memory
    return jax.random.wrap_key_data(own) if is_key else own


def layers(x: Tree) -> dict[str, list[jax.Array]]:
    """The leaves grouped by layer: by their path in the tree without its last key.

    A leaf at the top of the tree is a layer of its own.
    """
    grouped: dict[str, list[jax.Array]] = {}
    for path, leaf in jax.tree_util.tree_leaves_with_path(x):
        grouped.setdefault(layer_of(path), []).append(leaf)
    return grouped


def layer_of(path: tuple[Any, ...]) -> str:
    """The layer of the leaf at a path."""
    own = path[:-1] if len(path) > 1 else path
    return jax.tree_util.keystr(own, simple=True, separator="/") or "w"
