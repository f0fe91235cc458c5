"""How a step is made. ``NAMES`` is the one table of names the command line knows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

import numpy as np

from uzviz import errors, schedules
from uzviz.hyper import hyperparameter
from uzviz.rules.adam import Adam, AdamUncorrected, AdamW, AMSGrad, unbiased
from uzviz.rules.adam_variants import AdaBelief, Adamax, Adan, NAdam, RAdam, Yogi
from uzviz.rules.adapters import from_optax, to_optax
from uzviz.rules.adaptive import AdaDelta, Adafactor, AdaGrad, RMSProp, RMSPropCentred
from uzviz.rules.averaged import Lookahead, PolyakAverage, ScheduleFree, ScheduleFreeAdamW
from uzviz.rules.base import (
    Oracle,
    Params,
    Rule,
    State,
    check_numbers,
    declared,
    replaced,
    rule,
    value,
)
from uzviz.rules.descent import SAM, GradientDescent, Momentum, Nesterov
from uzviz.rules.layerwise import LAMB, LARS
from uzviz.rules.matrix import Muon, Shampoo
from uzviz.rules.parts import ByPart, Freeze
from uzviz.rules.sign import Lion, Rprop, SignDescent
from uzviz.rules.soap import SOAP
from uzviz.rules.untuned import Armijo, DoG, PolyakStep, Prodigy
from uzviz.rules.wrappers import (
    L2,
    Accumulate,
    ClipByNorm,
    ClipByValue,
    DecayMatrices,
    Wrapper,
)
from uzviz.schedules import NAMES as SCHEDULES
from uzviz.schedules import Schedule, apart

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


WRAPPERS: dict[str, type[Wrapper]] = {
    cls.word: cls
    for cls in (ClipByValue, ClipByNorm, L2, DecayMatrices, Accumulate, Freeze, ByPart)
}
"""What goes around a rule, by what stands after the plus sign."""


DIALECTS: dict[str, Callable[[], Rule]] = {}
"""Names of other libraries' optimizers, which the room ``dialects`` fills in."""


def named(name: str, /, **hyperparameters: float) -> Rule:
    """The rule of that name with these hyperparameters.

    A name is one of ``NAMES`` or ``DIALECTS``, and wrappers after plus signs, the innermost first:
    "adam", "adam+clip-norm=1", "adam+accumulate=4+freeze=layers/0/*".

    Raises
    ------
    InputError
        for a name or a hyperparameter nobody knows, with the nearest that exist.
    """
    first, *around = name.split("+") if isinstance(name, str) else [name]
    if first == "sgd":
        raise errors.InputError(
            "There is no rule 'sgd', which is gd on mini-batches: gd@1 or gd@32 in a race, gd and a batch in a training."
        )
    made = errors.named("rule", first, {**NAMES, **DIALECTS})()
    for word in around:
        kind, _, text = word.partition("=")
        made = errors.named("wrapper", kind, WRAPPERS).around(made, text, named)
    for field in hyperparameters:
        errors.named(f"hyperparameter of {name}", field, declared(made))
    return replaced(made, hyperparameters)


def ours(name: str) -> bool:
    """Whether that is the name of a rule of ours, and not of a user's own."""
    try:
        named(name)
    except errors.InputError:
        return False
    return True


def tuned(name: str, value: float | None) -> Rule:
    """The rule of that name with the hyperparameter that a race tunes at this value; as it is where a
    race tunes none, and without a value."""
    axis = errors.named("rule", name, NAMES).tuned
    return named(name) if axis is None or value is None else named(name, **{axis: value})


def name_of(rule: Rule) -> str:
    """The name of a rule on the command line; of a user's own rule, its class name."""
    if isinstance(rule, Wrapper):
        return "+".join([name_of(rule.rule), *rule.words(name_of)])
    for name, cls in NAMES.items():
        if type(rule) is cls:
            return name
    return rule.name or type(rule).__name__


def values(rule: Rule) -> dict[str, Any]:
    """The hyperparameters of a rule as plain numbers; of rules side by side, as lists; of a
    schedule, its largest value."""
    found = {name: value(rule, name) for name in declared(rule)}
    return {
        name: np.asarray(v.value if isinstance(v, Schedule) else v).tolist()
        for name, v in found.items()
    }


def schedules_of(rule: Rule) -> dict[str, dict[str, Any]]:
    """The schedules of a rule by the names of its hyperparameters: kind and numbers."""
    found = {name: value(rule, name) for name in declared(rule)}
    return {name: schedules.described(s) for name, s in found.items() if isinstance(s, Schedule)}


def restored(
    name: str, values: Mapping[str, Any], timed: Mapping[str, Any], given: Rule | None = None
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
    fields = {**values, **{field: schedules.restored(s) for field, s in timed.items()}}
    return named(name, **fields) if given is None else replaced(given, fields)


def _is(given: Rule, name: str, numbers: Mapping[str, Any]) -> bool:
    return name_of(given) == name and values(given) == dict(numbers)


def stand_in(name: str, facts: Mapping[str, Any], values: Mapping[str, Any]) -> Rule:
    """A rule that was raced and is not at hand: its facts, without its step."""
    fields = {field: hyperparameter(0.0, "(-inf, inf)", "") for field in values}
    own = {field: facts[field] for field in ("title", "memory", "gradients", "tuned")}
    body = {"__annotations__": dict.fromkeys(fields, float), **fields, **own}
    return rule(type(name, (Rule,), body))(**values)


def scheduled(rule: R, schedule: str, steps: int) -> R:
    """The rule with hyperparameters on schedules over so many steps: that which it tunes, or any by
    name, as in "cosine; beta=step:gamma=0.5".

    Raises
    ------
    InputError
        for a schedule nobody knows, and for a rule without such a hyperparameter.
    """
    timed = {}
    for name, text in schedules.apart(schedule).items():
        if text == "constant":
            continue
        field = name or rule.tuned
        if field is None:
            raise errors.InputError(
                f"{rule.title} tunes no hyperparameter that '{text}' could change: leave it out."
            )
        errors.named(f"hyperparameter of {name_of(rule)}", field, declared(rule))
        if field in timed:
            raise errors.InputError(
                f"{field} of {rule.title} has two schedules, of which '{text}' is one: give one."
            )
        now = value(rule, field)
        if isinstance(now, Schedule):
            raise errors.InputError(
                f"{field} of {rule.title} is on a schedule already: leave out '{text}'."
            )
        timed[field] = schedules.made(text, now, np.full(np.shape(now), float(steps)))
    return replaced(rule, timed) if timed else rule


def schedule_for(rule: Rule, names: Collection[str], schedule: str) -> str:
    """What a schedule for everybody says to one rule, called by one of these names: "beta=step" to
    all that have a beta, "momentum.beta=step" to momentum alone."""
    said = []
    for field, text in schedules.apart(schedule).items():
        own = next((field[len(n) + 1 :] for n in names if field.startswith(f"{n}.")), field)
        if own in declared(rule) or (not own and rule.tuned is not None):
            said.append(f"{own}={text}" if own else text)
    return "; ".join(said) or "constant"


__all__ = [
    "FAMILIES", "NAMES", "AMSGrad", "Accumulate", "AdaBelief", "AdaDelta", "AdaGrad", "Adafactor", "Adam", "AdamUncorrected",
    "AdamW", "Adamax", "Adan", "Armijo", "ByPart", "ClipByNorm", "ClipByValue", "DIALECTS", "DecayMatrices", "DoG", "Freeze",
    "GradientDescent", "L2", "LAMB", "LARS", "Lion", "Lookahead", "Momentum", "Muon", "NAdam", "Nesterov", "Oracle", "Params",
    "PolyakAverage", "PolyakStep", "Prodigy", "RAdam", "RMSProp", "RMSPropCentred", "Rprop", "Rule", "SAM", "SCHEDULES", "SOAP",
    "Schedule", "ScheduleFree", "ScheduleFreeAdamW", "Shampoo", "SignDescent", "State", "WRAPPERS", "Wrapper", "Yogi", "apart",
    "check_numbers", "declared", "from_optax", "name_of", "named", "ours", "replaced", "restored", "rule", "schedule_for",
    "scheduled", "schedules_of", "stand_in", "to_optax", "tuned", "unbiased", "value", "values",
]  # fmt: skip
