"""Networks of other libraries as problems: Equinox's modules and Flax NNX's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax

from uzviz.errors import InputError, shown
from uzviz.problems.problem import Batch, Examples, Key, Params, Problem, key_for

Make = Callable[[Key], Any]


def of_module(
    module: Any,
    loss: Callable[[Any, Batch, Key | None], jax.Array],
    data: Examples | None = None,
    *,
    test: Examples | None = None,
    metrics: Callable[[Any, Batch], dict[str, jax.Array]] | None = None,
    ratio: Sequence[float] = (0.6, 0.2, 0.2),
    name: str | None = None,
) -> Problem:
    """A module of Equinox or of Flax NNX as a problem: what loss and metrics are handed is the module.

    Parameters
    ----------
    module
        The module, from which every seed starts; or ``make(key) -> module``, with which each has a start of its own,
        as ``lambda key: eqx.nn.MLP(2, 3, 32, 2, key=key)`` and ``lambda key: Net(nnx.Rngs(key))``.
    loss
        ``loss(module, batch, key) -> scalar``, a mean over the batch, ``key`` as for :class:`Problem`.
    metrics
        ``metrics(module, batch) -> {name: scalar}``.
    data, test, ratio
        As for :class:`Problem`.

    Parameters are floating-point arrays, of NNX modules those that are ``nnx.Param``. All else, such as running
    averages, stays as it was; what loss and metrics change in an NNX module is lost.

    Raises
    ------
    InputError
        for what is no module and makes none.
    """
    made, first = _maker(module)
    parts, joined = _nnx_parts(first) if _is_nnx(first) else _equinox_parts(first)

    def of(f: Callable[..., Any]) -> Callable[..., Any]:
        return lambda w, *rest: f(joined(w), *rest)

    return Problem(
        init=lambda key: parts(made(key)),
        loss=of(loss),
        data=data,
        test=test,
        metrics=of(metrics) if metrics is not None else lambda w, batch: {},
        ratio=ratio,
        name=type(first).__name__ if name is None else name,
    )


def _maker(module: Any) -> tuple[Make, Any]:
    """What makes a module of a key, and one module."""
    if _is_module(module):
        return lambda key: module, module
    first = module(key_for(0, "init")) if callable(module) else None
    if not _is_module(first):
        raise InputError(
            f"The module is {shown(module if first is None else first)}, but must be a module of Equinox or Flax NNX, or "
            "a function that makes one of a key."
        )
    return module, first


def _is_module(given: Any) -> bool:
    return isinstance(given, eqx.Module) or _is_nnx(given)


def _is_nnx(given: Any) -> bool:
    """Told by where its classes come from, so that Flax is imported by those alone who brought it."""
    return any(cls.__module__.startswith("flax.nnx") for cls in type(given).__mro__)


def _equinox_parts(first: Any) -> tuple[Callable[[Any], Params], Callable[[Params], Any]]:
    still = eqx.filter(first, eqx.is_inexact_array, inverse=True)
    return (
        lambda module: eqx.filter(module, eqx.is_inexact_array),
        lambda w: eqx.combine(w, still),
    )


def _nnx_parts(first: Any) -> tuple[Callable[[Any], Params], Callable[[Params], Any]]:
    from flax import nnx  # pyright: ignore[reportMissingImports] - the user's own

    graph, _, still = nnx.split(first, nnx.Param, ...)
    return (
        lambda module: nnx.to_pure_dict(nnx.split(module, nnx.Param, ...)[1]),
        lambda w: nnx.merge(graph, nnx.State(w), still),
    )
