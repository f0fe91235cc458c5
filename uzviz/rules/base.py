"""What a rule is: how one step is made, handed an oracle and not a gradient."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, dataclass_transform

import jax

from uzviz import hyper, tree
from uzviz.schedules import Schedule

Params = Any
State = dict[str, Any]
R = TypeVar("R", bound="Rule")
Oracle = Callable[[Params], tuple[jax.Array, Params]]


@dataclasses.dataclass(frozen=True)
class Rule:
    """How one step is made.

    A rule is a frozen dataclass and a pytree: its hyperparameters are its leaves, so that a race
    is a ``vmap`` over the rule and no number recompiles a program. A field that is not declared
    by :func:`uzviz.hyper.hyperparameter` is structure, fixed when compiled.
    """

    title: ClassVar[str]
    """The name people use; the class's own unless given."""
    gradients: ClassVar[int] = 1
    """What a step costs: gradients asked of the oracle."""
    memory: ClassVar[int | None]
    """State kept between steps: numbers per parameter; None where that hangs on the shapes of the
    parameters, which :meth:`numbers` then tells."""

    tuned: ClassVar[str | None] = "lr"
    """The hyperparameter that a race tunes; None if a single try is all it needs."""
    adaptive: ClassVar[bool] = False
    """Whether each parameter has a step size of its own, which :meth:`preconditioner` tells."""

    def __post_init__(self) -> None:
        hyper.check(self)

    def at(self: R, t: Any) -> R:
        """The rule at step t: its schedules as the numbers they then are."""
        now = {
            name: value(t)
            for name in hyper.declared(self)
            if isinstance(value := getattr(self, name), Schedule)
        }
        return dataclasses.replace(self, **now) if now else self

    def numbers(self, shape: tuple[int, ...]) -> int:
        """State kept between steps for a tensor of parameters of this shape, in numbers.

        What is kept once for all parameters, such as a step size, does not count.
        """
        if self.memory is None:
            raise NotImplementedError(f"{self.title} has to tell its state by shapes.")
        return self.memory * math.prod(shape)

    def kept(self, w: Params) -> int:
        """State kept between steps for all of these parameters, or their shapes, in numbers."""
        return sum(self.numbers(leaf.shape) for leaf in jax.tree.leaves(w))

    def init(self, w: Params) -> State:
        """The state before the first step, by the letters of the paper."""
        raise NotImplementedError

    def step(self, f: Oracle, w: Params, s: State, t: jax.Array) -> tuple[Params, State, jax.Array]:
        """One step from ``w``: the new ``w`` and state, and the loss the rule saw.

        ``f(w)`` gives the loss and its gradient at any point; ``t`` counts steps from 1.
        """
        raise NotImplementedError

    def threshold(self) -> Any:
        """The curvature λ from which on the rule no longer converges on λw²/2, its preconditioner held
        fixed if it has one; None where none is known."""
        return None

    def preconditioner(self, s: State, t: Any) -> Params:
        """What an adaptive rule divides its step by, P, after t steps: w ← w − α P⁻¹ m."""
        raise NotImplementedError


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(hyper.hyperparameter,)
)
def rule(cls: type[R]) -> type[R]:
    """Make a class a rule: a frozen dataclass whose declared hyperparameters are pytree leaves."""
    made = dataclasses.dataclass(frozen=True, kw_only=True)(cls)
    made.title = getattr(made, "title", made.__name__)
    data = list(hyper.declared(made))
    if made.tuned not in data:
        made.tuned = None
    static = [f.name for f in dataclasses.fields(made) if f.name not in data]
    return tree.pytree(made, static)
