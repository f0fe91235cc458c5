"""How a step is made. ``NAMES`` is the one table of names the command line knows."""

from __future__ import annotations

from typing import Any

import numpy as np

from uzviz import errors
from uzviz.hyper import check_numbers, declared
from uzviz.rules.adaptive import AdaGrad, Adam, AdamW, AMSGrad, RMSProp
from uzviz.rules.base import Oracle, Params, Rule, State, rule
from uzviz.rules.descent import SAM, GradientDescent, Momentum, Nesterov

NAMES: dict[str, type[Rule]] = {
    "gd": GradientDescent,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adam": Adam,
    "amsgrad": AMSGrad,
    "adamw": AdamW,
    "sam": SAM,
}


def named(name: str, **hyperparameters: float) -> Rule:
    """The rule of that name with these hyperparameters.

    Raises
    ------
    InputError
        for a name or a hyperparameter nobody knows, with the nearest that exist.
    """
    cls = errors.named("rule", name, NAMES)
    for field in hyperparameters:
        errors.named(f"hyperparameter of {name}", field, declared(cls))
    return cls(**hyperparameters)


def name_of(rule: Rule) -> str:
    """The name of a rule on the command line; of a user's own rule, its class name."""
    for name, cls in NAMES.items():
        if type(rule) is cls:
            return name
    return type(rule).__name__


def values(rule: Rule) -> dict[str, Any]:
    """The hyperparameters of a rule as plain numbers; of rules side by side, as lists."""
    return {name: np.asarray(getattr(rule, name)).tolist() for name in declared(rule)}


__all__ = [
    "NAMES", "AMSGrad", "AdaGrad", "Adam", "AdamW", "GradientDescent", "Momentum",
    "Nesterov", "Oracle", "Params", "RMSProp", "Rule", "SAM", "State", "check_numbers", "declared", "name_of", "named",
    "rule", "values",
]  # fmt: skip
