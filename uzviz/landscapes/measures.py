"""What is mapped: means over examples and what else is measured, at many points in one program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from uzviz import tree
from uzviz.landscapes.affine import along
from uzviz.landscapes.ground import Given, batch_of, gradient_of
from uzviz.landscapes.lanczos import ends_of, hessian_of, started, tridiagonal
from uzviz.landscapes.planes import point
from uzviz.problems import Formulas
from uzviz.tree import Tree


@dataclass(frozen=True)
class Values:
    """Loss, and metrics if they are asked for, at w."""

    formulas: Formulas
    metrics: bool

    def __call__(self, w: Tree, batch: Any) -> dict[str, jax.Array]:
        loss = {"loss": self.formulas.loss(w, batch, None)}
        return {**loss, **self.formulas.metrics(w, batch)} if self.metrics else loss


def _side_by_side(f: Callable[[jax.Array], Any], points: jax.Array, count: Any) -> Any:
    """f at the points [groups, width, directions] of the first ``count`` groups, one group after another."""
    width = points.shape[1]

    def group(g: Any) -> Any:
        if width == 1:
            return jax.tree.map(lambda x: x[None], f(points[g, 0]))
        return jax.vmap(f)(points[g])

    def more(g: Any, found: Any) -> Any:
        return jax.tree.map(lambda all_, x: all_.at[g].set(x), found, group(g))

    shapes = jax.eval_shape(group, 0)
    nothing = jax.tree.map(lambda x: jnp.zeros((len(points), *x.shape), x.dtype), shapes)
    return jax.lax.fori_loop(0, count, more, nothing)


@partial(jax.jit, static_argnums=(0, 1))
def means(values: Callable[[Tree, Any], Any], formulas: Formulas, w: Tree, vectors: tuple[Tree, ...], given: Given, points: jax.Array, count: Any):  # fmt: skip
    """Loss and metrics, means over the examples: block by block, and within a block point by point, since what
    is affine in the coordinates is computed once a block."""

    def block(rows: Any) -> Any:
        batch = batch_of(formulas, given.statistics, rows)
        return _side_by_side(along(values, w, vectors, batch), points, count)

    return given.examples.mean(block)


@partial(jax.jit, static_argnums=(0, 1))
def each(formulas: Formulas, measure: Measure, w: Tree, vectors: tuple[Tree, ...], given: Given, points: jax.Array, count: Any):  # fmt: skip
    """What is measured at every point by itself."""

    def at(a: jax.Array) -> dict[str, jax.Array]:
        return measure(formulas, point(w, vectors, a), given)

    return _side_by_side(at, points, count)


Measure = Callable[[Formulas, Tree, Given], dict[str, jax.Array]]


def _gradient_norm(formulas: Formulas, w: Tree, given: Given) -> dict[str, jax.Array]:
    return {"gradient-norm": tree.norm(gradient_of(formulas, given)(w))}


@dataclass(frozen=True)
class _Curvature:
    """The ends of the Hessian's spectrum after so many Lanczos steps from one vector: both lie within the
    spectrum, the nearer to its ends the more steps."""

    steps: int

    def __call__(self, formulas: Formulas, w: Tree, given: Given) -> dict[str, jax.Array]:
        start, _ = started(w, 0)
        found = tridiagonal(hessian_of(formulas, given, w), start, min(self.steps, start.size))
        bottom, top = ends_of(*found)
        return {"eigenvalue/bottom": bottom, "eigenvalue/top": top}


AT_EACH: dict[str, Callable[[int], Measure]] = {
    "gradient-norm": lambda steps: _gradient_norm,
    "curvature": _Curvature,
}
"""What is measured at every point by itself, of the Lanczos steps that are allowed."""
MAPS = ("metrics", *AT_EACH)
"""What can be mapped beside the loss."""
