"""Pytrees as vectors: zeros, norm, each, and the layers they are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

Tree = Any


def each(f: Callable[..., Any], first: Tree, *rest: Tree) -> Tree:
    """Apply ``f`` leaf by leaf; every result keeps the dtype of the first tree's leaf."""
    return jax.tree.map(lambda x, *more: f(x, *more).astype(x.dtype), first, *rest)


def zeros(like: Tree) -> Tree:
    """A tree of zeros with the shapes and dtypes of ``like``; no two leaves share a buffer."""
    return jax.tree.map(jnp.zeros_like, like)


def norm(x: Tree) -> jax.Array:
    """The Euclidean norm of all numbers in the tree taken together."""
    return jnp.sqrt(sum(jnp.vdot(leaf, leaf).real for leaf in jax.tree.leaves(x)))


def size(x: Tree) -> int:
    """How many numbers the tree holds."""
    return sum(leaf.size for leaf in jax.tree.leaves(x))


def layers(x: Tree) -> dict[str, list[jax.Array]]:
    """The leaves grouped by layer: by their path in the tree without its last key.

    A leaf at the top of the tree is a layer of its own.
    """
    grouped: dict[str, list[jax.Array]] = {}
    for path, leaf in jax.tree_util.tree_leaves_with_path(x):
        own = path[:-1] if len(path) > 1 else path
        name = jax.tree_util.keystr(own, simple=True, separator="/") or "w"
        grouped.setdefault(name, []).append(leaf)
    return grouped
