"""Directions to look along from a point: random, of a path, of the curvature, to another run, one's own.

A filter is what makes one output of a layer: a slice along the first axis of a leaf with two axes or more, as
weights [out, in] and kernels [out, in, height, width] are stored here, in Equinox and in PyTorch. Who stores
[in, out] says ``axis=-1``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import tree
from uzviz.checks import whole
from uzviz.errors import InputError, named, shown
from uzviz.landscapes.curvature import eigenvalues
from uzviz.landscapes.ground import Ground
from uzviz.problems import key_for
from uzviz.tree import Tree

PARALLEL = 1e-3
"""Directions with a smaller sine of the angle between them span no plane."""


@dataclass(frozen=True)
class Directions:
    """One direction or two, of the shape of the parameters, and what they are."""

    vectors: tuple[Tree, ...]
    facts: dict[str, Any]
    """kind, and by kind: seed, normalise, axis, points, explained, ends, eigenvalues, errors; the norms, and of
    two the cosine that they had."""

    @property
    def kind(self) -> str:
        """What made them."""
        return self.facts["kind"]


def random(
    w: Tree, count: int = 2, *, seed: int = 0, normalise: str = "filter", axis: int = 0
) -> Directions:
    r"""Normal directions, normalised against w.

    .. math:: d_i \leftarrow d_i\, ‖w_i‖/‖d_i‖

    for each filter i ("filter", Li et al. 2018), each leaf ("layer"), or not at all ("none"). Where filters
    or layers are normalised, leaves with fewer than two axes, biases and the scales of normalisations, stay
    as they are: 0, the paper's "ignore". A tree without matrices has no filters: each leaf is one.

    Raises
    ------
    InputError
        for names and numbers that cannot be used, and where nothing of w is left to match.
    """
    if not whole(seed, 0):
        raise InputError(f"The seed is {shown(seed)}, but must be a whole number from 0.")
    if not whole(count, 1, 2):
        raise InputError(f"The directions are {shown(count)}, but must be 1 or 2.")
    drawn = jax.random.normal(key_for(seed, "directions"), (int(count), tree.size(w)))
    made = [normalised(unflat(w, row), w, normalise, axis) for row in np.asarray(drawn)]
    facts = {"kind": "random", "seed": int(seed), "normalise": normalise, "axis": axis}
    return orthogonal(w, made, facts)


def normalised(direction: Tree, w: Tree, by: str, axis: int = 0) -> Tree:
    """A direction whose filters, or leaves, have the norms of those of w; see :func:`random`."""
    leaf_by_leaf = named("normalisation", by, NORMALISATIONS)
    leaves = jax.tree.leaves(w)
    flat = all(np.ndim(x) < 2 for x in leaves)
    return jax.tree.map(partial(leaf_by_leaf, flat=flat, axis=axis), direction, w)


def _by_filter(d: Any, w: Any, flat: bool, axis: int) -> jax.Array:
    if w.ndim < 2:
        return _by_layer(d, w, flat, axis)
    return _matched(d, w, tuple(i for i in range(w.ndim) if i != axis % w.ndim))


def _by_layer(d: Any, w: Any, flat: bool, axis: int) -> jax.Array:
    if w.ndim < 2 and not flat:
        return jnp.zeros_like(d)
    return _matched(d, w, None)


def _matched(d: Any, w: Any, axes: tuple[int, ...] | None) -> jax.Array:
    """d with the norms of w over these axes; 0 where d has none."""
    x, wide = (np.asarray(v, np.float64) for v in (d, w))
    own, wanted = (np.sqrt((v * v).sum(axes, keepdims=True)) for v in (x, wide))
    return jnp.asarray(x * np.divide(wanted, own, out=np.zeros_like(own), where=own > 0), w.dtype)


def _as_it_is(d: Any, w: Any, flat: bool, axis: int) -> jax.Array:
    return jnp.asarray(d, w.dtype)


NORMALISATIONS: dict[str, Callable[..., jax.Array]] = {
    "filter": _by_filter,
    "layer": _by_layer,
    "none": _as_it_is,
}


def principal(w: Tree, path: Tree, count: int = 2) -> Directions:
    r"""Where a path went: the principal components of its points, as seen from w.

    The points [k, …] minus w are a matrix M [k, parameters]; the directions are its right singular vectors of
    unit length, by way of the eigenvectors of M Mᵀ, [k, k] (Li et al. 2018, section 7.2). ``explained`` is
    each one's share of Σ ‖points − w‖². w itself is no point of the variance: it is the centre, usually the
    path's end. A direction points to where the path's start lies.

    Raises
    ------
    InputError
        for a path of another shape, and one that doesn't span as many directions.
    """
    return principal_of(w, flat_points(w, path), count)


def principal_of(w: Tree, points: np.ndarray, count: int = 2) -> Directions:
    """As :func:`principal`, of points as rows [k, parameters]."""
    if not whole(count, 1, 2):
        raise InputError(f"The directions are {shown(count)}, but must be 1 or 2.")
    rows = points - flat(w)
    if not np.isfinite(rows).all():
        raise InputError("The path holds points that are not finite: leave them out.")
    squares, vectors = np.linalg.eigh(rows @ rows.T)
    squares, vectors = np.maximum(squares[::-1], 0), vectors[:, ::-1]
    total = squares.sum()
    if total == 0 or len(squares) < count or squares[count - 1] < 1e-12 * total:
        raise InputError(
            f"The path's points lie on {'a point' if total == 0 else 'a line'}, but {count} "
            f"direction{'s are' if count > 1 else ' is'} asked for: give a longer path or fewer."
        )
    found = []
    for i in range(int(count)):
        d = vectors[:, i] @ rows
        toward = rows[0] @ d
        found.append(unflat(w, (d if toward >= 0 else -d) / np.linalg.norm(d)))
    explained = (squares[:count] / total).tolist()
    return orthogonal(w, found, {"kind": "path", "points": len(rows), "explained": explained})


def curved(
    ground: Ground, w: Tree, ends: Sequence[str] = ("top", "bottom"), **options: Any
) -> Directions:
    """Where the ground curves most and least: unit eigenvectors of the Hessian of the training loss at w.

    ``ends`` are one or two of "top" (twice: the two largest) and "bottom"; ``options`` those of
    :func:`uzviz.landscapes.curvature.eigenvalues`. The facts hold the eigenvalues with their error bounds.
    """
    if not 1 <= len(ends) <= 2 or any(end not in {"top", "bottom"} for end in ends):
        raise InputError(
            f"The eigenvectors are {shown(ends)}, but must be one or two of 'top' and 'bottom'."
        )
    top, bottom = ends.count("top"), ends.count("bottom")
    found = eigenvalues(ground, w, top=top, bottom=bottom, **options)
    order = np.argsort([end == "bottom" for end in ends], kind="stable")
    place = np.argsort(order, kind="stable")
    values = np.concatenate([found.top, found.bottom])[place]
    bounds = np.concatenate([found.top_error, found.bottom_error])[place]
    vectors = [(*found.top_vectors, *found.bottom_vectors)[i] for i in place]
    facts = {
        "kind": "hessian",
        "ends": list(ends),
        "eigenvalues": values.tolist(),
        "errors": bounds.tolist(),
    }
    return orthogonal(w, vectors, facts)


def towards(w: Tree, *others: Tree) -> Directions:
    """Towards the parameters of one other run or two: the first lies at coordinate 1 of its axis.

    The second direction is orthogonalised, so that its run lies in the plane where
    :func:`uzviz.landscapes.planes.project` says (Garipov et al. 2018).
    """
    if not 1 <= len(others) <= 2:
        raise InputError(f"{len(others)} other runs are given, but the directions are 1 or 2.")
    for other in others:
        check_like(w, other, "The other run")
    made = [unflat(w, flat(other) - flat(w)) for other in others]
    return orthogonal(w, made, {"kind": "towards"})


def own(w: Tree, *vectors: Tree, normalise: str = "none", axis: int = 0) -> Directions:
    """Directions of one's own, pytrees like w."""
    if not 1 <= len(vectors) <= 2:
        raise InputError(f"{len(vectors)} directions are given, but they must be 1 or 2.")
    for d in vectors:
        check_like(w, d, "A direction")
    made = [normalised(d, w, normalise, axis) for d in vectors]
    return orthogonal(w, made, {"kind": "own", "normalise": normalise, "axis": axis})


def axes(w: Tree) -> Directions:
    """The coordinates themselves, for parameters that are one or two numbers."""
    n = tree.size(w)
    if n > 2:
        raise InputError(f"There are {n:,} parameters, but axes are for 1 or 2: choose directions.")
    return orthogonal(w, [unflat(w, row) for row in np.eye(n)], {"kind": "axes"})


def orthogonal(w: Tree, vectors: Sequence[Tree], facts: dict[str, Any]) -> Directions:
    """Directions at right angles (Gram–Schmidt): the second, as a whole vector, loses its part along the
    first and gets its norm back. In high dimensions that is little of a random one.

    Raises
    ------
    InputError
        for a direction of norm 0 or not finite, and for two that are parallel.
    """
    rows = [flat(d) for d in vectors]
    norms = [float(np.linalg.norm(row)) for row in rows]
    for norm in norms:
        if not 0 < norm < np.inf:
            raise InputError(
                f"A direction has norm {norm:g}, but must have a finite one above 0: choose another, or "
                "normalise='none'."
            )
    if len(rows) == 1:
        return Directions(tuple(vectors), {**facts, "norms": norms})
    first, second = rows
    cosine = float(first @ second) / norms[0] / norms[1]
    left = second / norms[1] - cosine * first / norms[0]
    sine = float(np.linalg.norm(left))
    if sine < PARALLEL:
        raise InputError(
            f"The directions are parallel (the sine of their angle is {sine:.1g}), but must span a plane: "
            "choose another second one."
        )
    vectors = [vectors[0], unflat(w, left * (norms[1] / sine))]
    return Directions(tuple(vectors), {**facts, "norms": norms, "cosine": cosine})


def check_like(w: Tree, other: Tree, what: str) -> None:
    """Refuse a pytree of another form than w.

    Raises
    ------
    InputError
        that names the first leaf that differs.
    """
    wanted = {name: np.shape(x) for name, x in tree.paths(w).items()}
    found = {name: np.shape(x) for name, x in tree.paths(other).items()}
    for name in dict.fromkeys([*wanted, *found]):
        if wanted.get(name) != found.get(name):
            lists = [
                "nothing" if s is None else list(s) for s in (found.get(name), wanted.get(name))
            ]
            raise InputError(
                f"{what} has {lists[0]} at {name}, but must have {lists[1]}, as the parameters do."
            )
    if jax.tree.structure(w) != jax.tree.structure(other):
        raise InputError(f"{what} must be a pytree of the same classes as the parameters.")


def flat(w: Tree) -> np.ndarray:
    """All numbers as one vector, in float64."""
    return np.concatenate([np.asarray(x, np.float64).ravel() for x in jax.tree.leaves(w)])


def flat_points(w: Tree, points: Tree) -> np.ndarray:
    """Stacked parameters [k, …] as rows [k, parameters].

    Raises
    ------
    InputError
        where they are not points like w.
    """
    leaves = jax.tree.leaves(points)
    if not leaves or any(np.ndim(x) < 1 or not len(x) for x in leaves):
        raise InputError("The path must be parameters stacked along a first axis, [points, …].")
    check_like(w, jax.tree.map(lambda x: x[0], points), "A point of the path")
    k = len(leaves[0])
    if any(len(x) != k for x in leaves):
        raise InputError("The path's arrays must hold as many points each.")
    return np.concatenate([np.asarray(x, np.float64).reshape(k, -1) for x in leaves], 1)


def unflat(w: Tree, vector: np.ndarray) -> Tree:
    """A vector in the form of w, and in its types."""
    leaves, structure = jax.tree.flatten(w)
    ends = np.cumsum([np.size(x) for x in leaves])
    parts = np.split(np.asarray(vector), ends[:-1])
    made = [
        jnp.asarray(p.reshape(np.shape(x)), x.dtype) for p, x in zip(parts, leaves, strict=True)
    ]
    return jax.tree.unflatten(structure, made)
