"""What of a loss is affine in the coordinates of a plane: computed once instead of at every point.

At w = w₀ + Σ aᵢ dᵢ the first layer's sums are Wx = W₀x + Σ aᵢ (Dᵢx), exactly: three products of matrices serve a
whole grid. So is every operation that is linear in w, of whatever loss, as far as the first that is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.extend.core import Literal

from uzviz.tree import Tree

ALL = {
    "add", "add_any", "broadcast_in_dim", "concatenate", "convert_element_type", "copy", "neg", "pad",
    "reduce_sum", "reshape", "rev", "slice", "squeeze", "sub", "transpose",
}  # fmt: skip
"""Linear in all their inputs together."""
FIRST = {"div", "dynamic_slice", "gather"}
"""Linear in the first; what follows must not depend on the coordinates."""
EACH = {"conv_general_dilated", "dot_general", "mul"}
"""Linear in either of two, while the other does not depend on the coordinates."""
CALLS = {
    "checkpoint", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call",
    "custom_vjp_call_jaxpr", "jit", "pjit", "remat2",
}  # fmt: skip
"""What is another program, at once."""


class Operation(NamedTuple):
    """An equation of a program, with its own names for values."""

    equation: Any
    given: list[Any]
    """Numbers of values, or literals."""
    made: list[int]

    def __call__(self, values: Sequence[Any]) -> list[Any]:
        primitive = self.equation.primitive
        given = primitive.get_bind_params(self.equation.params)
        # JAX before 0.10 tells functions from other parameters.
        more, named = given if isinstance(given, tuple) else ((), given)
        found = primitive.bind(*more, *values, **named)
        return list(found) if primitive.multiple_results else [found]


class Program(NamedTuple):
    """A function of w and a batch as operations one after another, called programs written out."""

    operations: list[Operation]
    constants: dict[int, Any]
    weights: list[int]
    batch: list[int]
    results: list[Any]
    structure: Any
    avals: list[Any]
    """Shape and dtype of every value."""

    @classmethod
    def of(cls, f: Callable[[Tree, Any], Any], w: Tree, batch: Any) -> Program:
        """The program of f(w, batch)."""
        closed, shapes = jax.make_jaxpr(f, return_shape=True)(w, batch)
        made, avals = [], []

        def value(variable: Any) -> int:
            avals.append(variable.aval)
            return len(avals) - 1

        def written(jaxpr: Any, known: dict[Any, Any]) -> list[Any]:
            def of(variables: Sequence[Any]) -> list[Any]:
                return [v if isinstance(v, Literal) else known[v] for v in variables]

            for equation in jaxpr.eqns:
                inner = _called(equation)
                if inner is None:
                    results: list[Any] = [value(v) for v in equation.outvars]
                    made.append(Operation(equation, of(equation.invars), results))
                else:
                    names = {v: value(v) for v in inner.jaxpr.constvars}
                    constants.update(zip(names.values(), inner.consts, strict=True))
                    given = zip(inner.jaxpr.invars, of(equation.invars), strict=True)
                    results = written(inner.jaxpr, {**names, **dict(given)})
                known.update(zip(equation.outvars, results, strict=True))
            return of(jaxpr.outvars)

        known = {v: value(v) for v in (*closed.jaxpr.constvars, *closed.jaxpr.invars)}
        numbers = list(known.values())
        constants = dict(zip(numbers, closed.consts, strict=False))
        inputs = numbers[len(closed.consts) :]
        weights = len(jax.tree.leaves(w))
        results = written(closed.jaxpr, known)
        return cls(made, constants, inputs[:weights], inputs[weights:], results,
                   jax.tree.structure(shapes), avals)  # fmt: skip

    def affine(self) -> tuple[set[int], list[Operation]]:
        """The values that are affine in the coordinates, and the operations that have to wait for
        them."""
        affine, free, later = set(self.weights), set[int](), []
        for operation in self.operations:
            moved = [v in affine for v in _names(operation.given)]
            if any(v in free for v in _names(operation.given)):
                kind = free
            elif not any(moved):
                continue
            else:
                kind = affine if _linear(operation, moved) else free
            kind.update(operation.made)
            if kind is free:
                later.append(operation)
        return affine, later

    def widest(self) -> int:
        """Bytes of the largest value that is computed at every point."""
        made = [self.avals[v] for operation in self.affine()[1] for v in operation.made]
        return max((math.prod(a.shape) * a.dtype.itemsize for a in made), default=1)

    def moves_kernels(self) -> bool:
        """Whether a convolution, at whatever depth, has to wait for the coordinates."""
        return any(_convolves(operation.equation) for operation in self.affine()[1])


def along(
    f: Callable[[Tree, Any], Any], w: Tree, directions: Sequence[Tree], batch: Any
) -> Callable[[jax.Array], Any]:
    """f(w + Σ aᵢ dᵢ, batch) as a function of the coordinates a, [directions].

    Whatever is affine in them is computed here, and what is returned does the rest. Both may be traced.
    """
    program = Program.of(f, w, batch)
    affine, later = program.affine()
    known: dict[int, Any] = dict(program.constants)
    known.update(zip(program.batch, jax.tree.leaves(batch), strict=True))
    columns = zip(*[jax.tree.leaves(x) for x in (w, *directions)], strict=True)
    known.update(zip(program.weights, columns, strict=True))
    waiting = {id(operation) for operation in later}
    for operation in program.operations:
        if id(operation) in waiting:
            continue
        if affine.isdisjoint(operation.made):
            found: Any = operation([_value(v, known) for v in operation.given])
        else:
            parts = range(1 + len(directions))
            found = zip(
                *[operation(_part(operation, known, affine, i)) for i in parts], strict=True
            )
        known.update(zip(operation.made, found, strict=True))

    def at(a: jax.Array) -> Any:
        values = dict(known)

        def of(v: Any) -> Any:
            if v in affine if isinstance(v, int) else False:
                return _combined(known[v], a, program.avals[v].dtype)
            return _value(v, values)

        for operation in later:
            values.update(
                zip(operation.made, operation([of(v) for v in operation.given]), strict=True)
            )
        return jax.tree.unflatten(program.structure, [of(v) for v in program.results])

    return at


def _combined(parts: Sequence[jax.Array], a: jax.Array, dtype: Any) -> jax.Array:
    """x₀ + Σ aᵢ xᵢ: from the centre, never from a neighbour."""
    first, *rest = parts
    for i, x in enumerate(rest):
        first = first + a[i] * x
    return first.astype(dtype)


def _part(operation: Operation, known: dict[int, Any], affine: set[int], i: int) -> list[Any]:
    """The inputs of a linear operation for the i-th part of its result; 0 is the centre's."""
    everything = operation.equation.primitive.name in ALL
    found = []
    for v in operation.given:
        value = _value(v, known)
        if isinstance(v, int) and v in affine:
            value = value[i]
        elif everything and i:
            value = jnp.zeros_like(value)
        found.append(value)
    return found


def _value(v: Any, known: dict[int, Any]) -> Any:
    return v.val if isinstance(v, Literal) else known[v]


def _names(given: Sequence[Any]) -> list[int]:
    """The values among inputs; −1 for literals."""
    return [-1 if isinstance(v, Literal) else v for v in given]


def _linear(operation: Operation, moved: list[bool]) -> bool:
    """Whether the operation is linear in the inputs that move."""
    name = operation.equation.primitive.name
    if any(not jnp.issubdtype(v.aval.dtype, jnp.floating) for v in operation.equation.outvars):
        return False
    if name in ALL:
        return True
    return moved[0] and not any(moved[1:]) if name in FIRST else name in EACH and sum(moved) == 1


def _called(equation: Any) -> Any:
    """The program that an equation calls, with its constants; None for others."""
    if equation.primitive.name not in CALLS:
        return None
    called = equation.params.get("jaxpr") or equation.params.get("call_jaxpr")
    called = called if hasattr(called, "consts") else _Open(called, ())
    return called if len(called.jaxpr.invars) == len(equation.invars) else None


class _Open(NamedTuple):
    """A program without constants."""

    jaxpr: Any
    consts: tuple[()]


def _convolves(equation: Any) -> bool:
    inside = jax.tree.leaves(
        list(equation.params.values()), is_leaf=lambda x: hasattr(x, "eqns") or hasattr(x, "jaxpr")
    )
    jaxprs = [getattr(x, "jaxpr", x) for x in inside if hasattr(x, "eqns") or hasattr(x, "jaxpr")]
    return equation.primitive.name == "conv_general_dilated" or any(
        _convolves(e) for jaxpr in jaxprs for e in jaxpr.eqns
    )
