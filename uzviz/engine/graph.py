"""The graph of a model: what its loss computes from parameters and a batch, equation by equation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
from jax.extend.core import Literal

from uzviz import records, tree
from uzviz.problems import Problem, key_for

LAYOUT = {
    "bitcast_convert_type", "broadcast_in_dim", "concatenate", "convert_element_type", "copy", "copy_p",
    "device_put", "dynamic_slice", "dynamic_update_slice", "expand_dims", "gather", "iota", "pad",
    "real", "imag", "reduce_precision", "reshape", "rev", "select_n", "slice", "split", "squeeze",
    "stop_gradient", "transpose",
}  # fmt: skip
"""What moves numbers and computes none."""


class _Source(NamedTuple):
    """Where a value comes from."""

    node: str
    layer: str
    """The layer of the parameters it was made of; "" in a named scope."""
    parameter: bool = False
    """Whether it is a parameter, at most in another layout."""


def graph_of(problem: Problem, batch: int) -> records.Graph:
    """The graph of the loss of one batch.

    An equation stands in the named scope in which it was written; else with the layer whose parameters
    it reads, or with what it follows. FLOPs are those of the forward pass: 2·m·n·k for a product of
    matrices, one for each other number that is computed; those in a loop count once for every turn
    that is known beforehand.
    """
    key = jax.eval_shape(lambda: key_for(0, "graph"))
    w = jax.eval_shape(problem.init, key)
    few = jax.tree.map(lambda x: x[:2], problem.data)
    rows = jax.tree.map(lambda x: jax.ShapeDtypeStruct((batch, *x.shape[1:]), x.dtype), few)
    made = None if few is None else jax.eval_shape(problem.prepare, problem.fit(few), rows)
    closed = jax.make_jaxpr(problem.loss)(w, made, key)
    drawing = _Drawing()
    sources = drawing.leaves("", w, "Parameter")
    sources += drawing.leaves("batch", made, "Input")
    sources += drawing.leaves("key", key, "Input")
    drawing.equations(closed.jaxpr, sources, "", 1)
    used = {name for node in drawing.nodes for name in node.inputs}
    return records.Graph(tuple(n for n in drawing.nodes if n.op != "Input" or n.name in used))


BACK = 3
"""A gradient's work by that of the pass forwards."""


def flops(problem: Problem, batch: int) -> int:
    """About how many floating-point operations the loss of a batch and its gradient take."""
    return BACK * sum(node.flops for node in graph_of(problem, batch).nodes)


class _Drawing:
    """Nodes, as they are found."""

    def __init__(self) -> None:
        self.nodes: list[records.Node] = []
        self._named = Counter[str]()

    def leaves(self, above: str, x: Any, op: str) -> list[_Source]:
        """The arrays of a pytree; parameters belong to their layers."""
        sources = []
        for path, leaf in jax.tree_util.tree_leaves_with_path(x):
            below = jax.tree_util.keystr(path, simple=True, separator="/")
            is_parameter = op == "Parameter"
            size = math.prod(leaf.shape) if is_parameter else 0
            name = self._add(_joined(above, below) or "w", op, [], [leaf], size, 0)
            layer = tree.layer_of(path) if is_parameter else ""
            sources.append(_Source(name, layer, is_parameter))
        return sources

    def equations(
        self, jaxpr: Any, sources: Sequence[_Source | None], scope: str, turns: int
    ) -> list[_Source | None]:
        """Draw a program that runs so many times; returns where its results come from."""
        known: dict[Any, _Source | None] = dict(zip(jaxpr.invars, sources, strict=True))

        def of(variables: Sequence[Any]) -> list[_Source | None]:
            return [None if isinstance(v, Literal) else known.get(v) for v in variables]

        for equation in jaxpr.eqns:
            given = of(equation.invars)
            inside = _joined(scope, *_scopes(equation))
            results = None
            for part in _parts(equation):
                below = _joined(inside, part.name)
                results = self.equations(part.jaxpr, given[part.skip :], below, turns * part.turns)
            if results is None:
                results = [self._node(equation, given, inside, turns)] * len(equation.outvars)
            known.update(zip(equation.outvars, results, strict=True))
        return of(jaxpr.outvars)

    def _node(
        self, equation: Any, given: Sequence[_Source | None], scope: str, turns: int
    ) -> _Source:
        sources = [s for s in given if s is not None]
        layers = [s.layer for s in sources if s.parameter] or [s.layer for s in sources]
        layer = "" if scope else next(filter(None, layers), "")
        op = equation.primitive.name
        inputs = [s.node for s in sources]
        shapes = [v.aval for v in equation.outvars]
        name = self._add(
            _joined(scope or layer, op), op, inputs, shapes, 0, turns * _flops(equation)
        )
        moved = op in LAYOUT and len(sources) == 1 and sources[0].parameter
        return _Source(name, layer, moved)

    def _add(
        self, name: str, op: str, inputs: list[str], out: Sequence[Any], parameters: int, flops: int
    ) -> str:
        """Add a node, under this name or, where that is taken, under one with a number."""
        self._named[name] += 1
        name = name if self._named[name] == 1 else f"{name}_{self._named[name] - 1}"
        shapes = tuple(tuple(x.shape) for x in out)
        dtype = str(out[0].dtype) if out else ""
        self.nodes.append(records.Node(name, op, tuple(inputs), shapes, dtype, parameters, flops))
        return name


class _Part(NamedTuple):
    """A program inside an equation."""

    name: str
    jaxpr: Any
    skip: int = 0
    """How many of the equation's inputs come before its own."""
    turns: int = 1


def _parts(equation: Any) -> list[_Part]:
    """What an equation that calls, loops or chooses is made of; nothing for all others."""
    given, op = equation.params, equation.primitive.name
    if op == "scan":
        parts = [_Part(op, given["jaxpr"].jaxpr, turns=given["length"])]
    elif op == "while":
        parts = [_Part(op, given["body_jaxpr"].jaxpr, given["cond_nconsts"])]
    elif op == "cond":
        parts = [_Part(f"{op}/{i}", branch.jaxpr, 1) for i, branch in enumerate(given["branches"])]
    else:
        called = given.get("jaxpr") or given.get("call_jaxpr")
        name = str(given.get("name") or "").strip("<>_")
        parts = [_Part(name, getattr(called, "jaxpr", called))] if called is not None else []
    fits = all(len(p.jaxpr.invars) == len(equation.invars) - p.skip for p in parts)
    return parts if fits else []


def _scopes(equation: Any) -> list[str]:
    """The named scopes of an equation, but for those that Equinox names by the class of a layer: it
    is the parameters that tell one of a class from another."""
    stack = equation.source_info.name_stack.stack
    names = [scope.name for scope in stack if type(scope).__name__ == "Scope"]
    return [name for name in names if not name.startswith("eqx.nn.")]


def _joined(*names: str) -> str:
    return "/".join(filter(None, names))


def _flops(equation: Any) -> int:
    """Numbers computed by an equation; a product and a sum are two."""
    op = equation.primitive.name
    if op in LAYOUT:
        return 0
    given = [math.prod(v.aval.shape) for v in equation.invars]
    made = sum(math.prod(v.aval.shape) for v in equation.outvars)
    if op == "dot_general":
        (contracted, _), _ = equation.params["dimension_numbers"]
        return 2 * made * math.prod(equation.invars[0].aval.shape[i] for i in contracted)
    if op == "conv_general_dilated":
        kernel = equation.invars[1].aval.shape
        channels = kernel[equation.params["dimension_numbers"].rhs_spec[0]]
        return 2 * made * given[1] // channels
    return given[0] if op.startswith(("reduce_", "arg")) else made
