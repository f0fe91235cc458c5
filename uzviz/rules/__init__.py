"""How a step is made. ``NAMES`` is the one table of names the command line knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from uzviz import errors
from uzviz.hyper import check_numbers, declared, hyperparameter
from uzviz.rules.adam import Adam, AdamUncorrected, AdamW, AMSGrad, unbiased
from uzviz.rules.adam_variants import AdaBelief, Adamax, Adan, NAdam, RAdam, Yogi
from uzviz.rules.adaptive import AdaDelta, Adafactor, AdaGrad, RMSProp, RMSPropCentred
from uzviz.rules.averaged import Lookahead, PolyakAverage, ScheduleFree, ScheduleFreeAdamW
from uzviz.rules.base import Oracle, Params, Rule, State, rule
from uzviz.rules.descent import SAM, GradientDescent, Momentum, Nesterov
from uzviz.rules.layerwise import LAMB, LARS
from uzviz.rules.matrix import Muon, Shampoo
from uzviz.rules.sign import Lion, Rprop, SignDescent
from uzviz.rules.soap import SOAP
from uzviz.rules.untuned import Armijo, DoG, PolyakStep, Prodigy
from uzviz.schedules import NAMES as SCHEDULES
from uzviz.schedules import Schedule

R = TypeVar("R", bound=Rule)

FAMILIES: dict[str, dict[str, type[Rule]]] = {
    "descent": {
        "gd": GradientDescent,
        "momentum": Momentum,
        "nesterov": Nesterov,
        "sam": SAM,
    },
    "adaptive": {
        "adagrad": AdaGrad,
        "adadelta": AdaDelta,
        "rmsprop": RMSProp,
        "rmsprop-centred": RMSPropCentred,
        "adafactor": Adafactor,
        "adam-uncorrected": AdamUncorrected,
        "adam": Adam,
        "amsgrad": AMSGrad,
        "adamw": AdamW,
        "adamax": Adamax,
        "yogi": Yogi,
        "adabelief": AdaBelief,
        "nadam": NAdam,
        "radam": RAdam,
        "adan": Adan,
    },
    "sign": {
        "sign": SignDescent,
        "lion": Lion,
        "rprop": Rprop,
    },
    "layerwise": {
        "lars": LARS,
        "lamb": LAMB,
    },
    "matrix": {
        "muon": Muon,
        "shampoo": Shampoo,
        "soap": SOAP,
    },
    "averaged": {
        "polyak-average": PolyakAverage,
        "lookahead": Lookahead,
        "schedule-free": ScheduleFree,
        "schedule-free-adamw": ScheduleFreeAdamW,
    },
    "without tuning": {
        "polyak-step": PolyakStep,
        "dog": DoG,
        "prodigy": Prodigy,
        "armijo": Armijo,
    },
}
"""The rules by family, sorted by complexity."""
NAMES = {name: cls for family in FAMILIES.values() for name, cls in family.items()}


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


def tuned(name: str, value: float) -> Rule:
    """The rule of that name with the hyperparameter that a race tunes at this value; as it is where a
    race tunes none."""
    axis = errors.named("rule", name, NAMES).tuned
    return named(name) if axis is None else named(name, **{axis: value})


def name_of(rule: Rule) -> str:
    """The name of a rule on the command line; of a user's own rule, its class name."""
    for name, cls in NAMES.items():
        if type(rule) is cls:
            return name
    return type(rule).__name__


def values(rule: Rule) -> dict[str, Any]:
    """The hyperparameters of a rule as plain numbers; of rules side by side, as lists; of a
    schedule, its largest value."""
    found = {name: getattr(rule, name) for name in declared(rule)}
    return {
        name: np.asarray(v.value if isinstance(v, Schedule) else v).tolist()
        for name, v in found.items()
    }


def schedules_of(rule: Rule) -> dict[str, dict[str, Any]]:
    """The schedules of a rule by the names of its fields: kind, value and horizon."""
    kinds = {cls: kind for kind, cls in SCHEDULES.items()}
    found = {name: getattr(rule, name) for name in declared(rule)}
    return {
        name: {
            "kind": kinds.get(type(s), type(s).__name__),
            "value": np.asarray(s.value).tolist(),
            "horizon": np.asarray(s.horizon).tolist(),
        }
        for name, s in found.items()
        if isinstance(s, Schedule)
    }


def restored(
    name: str, values: Mapping[str, Any], schedules: Mapping[str, Any], given: Rule | None = None
) -> Rule:
    """The rule of that name with these numbers and schedules, as :func:`values` and
    :func:`schedules_of` tell them; ``given`` again if it is not ours.

    Raises
    ------
    InputError
        for a rule or a schedule that is not ours, and for another rule than that.
    """
    if given is not None and not _is(given, name, values):
        raise errors.InputError(
            f"{given} is not the rule that was used, {name} with {errors.shown(dict(values))}: give "
            "the same."
        )
    fields = dict(values)
    for field, s in schedules.items():
        make = errors.named("schedule", s["kind"], SCHEDULES)
        fields[field] = s["value"] if make is None else make(s["value"], s["horizon"])
    return named(name, **fields) if given is None else replace(given, **fields)


def _is(given: Rule, name: str, numbers: Mapping[str, Any]) -> bool:
    return name_of(given) == name and values(given) == dict(numbers)


def stand_in(name: str, facts: Mapping[str, Any], values: Mapping[str, Any]) -> Rule:
    """A rule that was raced and is not at hand: its facts, without its step."""
    fields = {field: hyperparameter(0.0, "(-inf, inf)", "") for field in values}
    own = {field: facts[field] for field in ("title", "memory", "gradients", "tuned")}
    body = {"__annotations__": dict.fromkeys(fields, float), **fields, **own}
    return rule(type(name, (Rule,), body))(**values)


def scheduled(rule: R, schedule: str, steps: int) -> R:
    """The rule with its tuned hyperparameter on a schedule over so many steps.

    Raises
    ------
    InputError
        for a schedule nobody knows, and for a rule without such a hyperparameter.
    """
    make = errors.named("schedule", schedule, SCHEDULES)
    if make is None:
        return rule
    if rule.tuned is None:
        raise errors.InputError(
            f"{rule.title} tunes no hyperparameter that '{schedule}' could change: leave it out."
        )
    value = getattr(rule, rule.tuned)
    if isinstance(value, Schedule):
        raise errors.InputError(
            f"{rule.tuned} of {rule.title} is on a schedule already: leave out '{schedule}'."
        )
    horizon = np.full(np.shape(value), float(steps))
    return replace(rule, **{rule.tuned: make(value, horizon)})


__all__ = [
    "FAMILIES", "NAMES", "AMSGrad", "AdaBelief", "AdaDelta", "AdaGrad", "Adafactor", "Adam", "AdamUncorrected",
    "AdamW", "Adamax", "Adan", "Armijo", "DoG", "GradientDescent", "LAMB", "LARS", "Lion", "Lookahead",
    "Momentum", "Muon", "NAdam", "Nesterov", "Oracle", "Params", "PolyakAverage", "PolyakStep", "Prodigy",
    "RAdam", "RMSProp", "RMSPropCentred", "Rprop", "Rule", "SAM", "SCHEDULES", "SOAP", "Schedule",
    "ScheduleFree", "ScheduleFreeAdamW", "Shampoo", "SignDescent", "State", "Yogi", "check_numbers",
    "declared", "name_of", "named", "restored", "rule", "scheduled", "schedules_of", "stand_in", "tuned",
    "unbiased", "values",
]  # fmt: skip
