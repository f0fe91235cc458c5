"""What a rule is: how one step is made, handed an oracle and not a gradient."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
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
    name: ClassVar[str] = ""
    """Its name on the command line, where no table of ours has it: a dialect's own rule has one."""
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
        found = {name: value(self, name) for name in declared(self)}
        now = {name: s(t) for name, s in found.items() if isinstance(s, Schedule)}
        return replaced(self, now) if now else self

    def inside(self) -> dict[str, Rule]:
        """The rules that a wrapper wraps, by what stands before their hyperparameters' names."""
        return {}

    def holding(self: R, inside: Mapping[str, Rule]) -> R:
        """The same wrapper around other rules, given as :meth:`inside` tells them."""
        return self

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
        """The state before the first step, by the letters of the paper; asked of the rule as it is then, its
        schedules at t = 1."""
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


INSIDE = {"inside": True}
"""What marks a field that holds rules: their hyperparameters are data as well."""


def declared(rule: Rule | type[Rule]) -> dict[str, hyper.Hyper]:
    """The hyperparameters of a rule, and of those inside it, by name."""
    found = dict(hyper.declared(rule))
    if isinstance(rule, Rule):
        for before, part in rule.inside().items():
            found |= {before + name: h for name, h in declared(part).items()}
    return found


def value(rule: Rule, name: str) -> Any:
    """A hyperparameter of a rule, or of one inside it."""
    if name in hyper.declared(rule):
        return getattr(rule, name)
    return next(
        value(part, name.removeprefix(before))
        for before, part in rule.inside().items()
        if name.startswith(before) and name.removeprefix(before) in declared(part)
    )


def replaced(rule: R, values: Mapping[str, Any]) -> R:
    """The rule with these hyperparameters, its own and those of the rules inside it."""
    own = {name: values[name] for name in hyper.declared(rule) if name in values}
    changed = {}
    for before, part in rule.inside().items():
        its = {name: values[before + name] for name in declared(part) if before + name in values}
        changed[before] = replaced(part, its) if its else part
    made = dataclasses.replace(rule, **own) if own else rule
    return made.holding(changed)


def check_numbers(rule: Rule) -> None:
    """Refuse hyperparameters, those of the rules inside too, that are no single number in range."""
    hyper.check_numbers(rule)
    for part in rule.inside().values():
        check_numbers(part)


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(hyper.hyperparameter,)
)
def rule(cls: type[R]) -> type[R]:
    """Make a class a rule: a frozen dataclass whose declared hyperparameters are pytree leaves."""
    made = dataclasses.dataclass(frozen=True, kw_only=True)(cls)
    made.title = getattr(made, "title", made.__name__)
    data = [f.name for f in dataclasses.fields(made) if f.metadata.keys() & {"hyper", *INSIDE}]
    if isinstance(made.tuned, str) and made.tuned not in data:
        made.tuned = None
    static = [f.name for f in dataclasses.fields(made) if f.name not in data]
    return tree.pytree(made, static)
