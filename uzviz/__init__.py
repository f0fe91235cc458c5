"""Uzviz: which optimizer, with which settings, trains my network best, and why?

Names are imported when first used, so that ``import uzviz`` is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uzviz import dialects, distances, hyper, losses, problems, rules, schedules, tree
    from uzviz.api import landscape, play, race, read, resume, show, train
    from uzviz.errors import Diverged, InputError
    from uzviz.log import Log
    from uzviz.problems import Problem
    from uzviz.races import Entrant, Race, log_range
    from uzviz.records import Run
    from uzviz.rules import (
        LAMB,
        LARS,
        SAM,
        SOAP,
        AdaBelief,
        AdaDelta,
        Adafactor,
        AdaGrad,
        Adam,
        Adamax,
        AdamUncorrected,
        AdamW,
        Adan,
        AMSGrad,
        Armijo,
        DoG,
        GradientDescent,
        Lion,
        Lookahead,
        Momentum,
        Muon,
        NAdam,
        Nesterov,
        PolyakAverage,
        PolyakStep,
        Prodigy,
        RAdam,
        RMSProp,
        RMSPropCentred,
        Rprop,
        Rule,
        ScheduleFree,
        ScheduleFreeAdamW,
        Shampoo,
        SignDescent,
        Yogi,
        from_optax,
        to_optax,
    )

__version__ = "0.1.0"

_HOMES = {
    "api": ("landscape", "play", "race", "read", "resume", "show", "train"),
    "errors": ("Diverged", "InputError"),
    "log": ("Log",),
    "problems": ("Problem",),
    "races": ("Entrant", "Race", "log_range"),
    "records": ("Run",),
    "rules": (
        "AMSGrad", "AdaBelief", "AdaDelta", "AdaGrad", "Adafactor", "Adam", "AdamUncorrected",
        "AdamW", "Adamax", "Adan", "Armijo", "DoG", "GradientDescent", "LAMB", "LARS", "Lion",
        "Lookahead", "Momentum", "Muon", "NAdam", "Nesterov", "PolyakAverage", "PolyakStep",
        "Prodigy", "RAdam", "RMSProp", "RMSPropCentred", "Rprop", "Rule", "SAM", "SOAP",
        "ScheduleFree", "ScheduleFreeAdamW", "Shampoo", "SignDescent", "Yogi", "from_optax", "to_optax",
    ),
}  # fmt: skip
_ROOMS = ("dialects", "distances", "hyper", "losses", "problems", "rules", "schedules", "tree")
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AMSGrad", "AdaBelief", "AdaDelta", "AdaGrad", "Adafactor", "Adam", "AdamUncorrected", "AdamW",
    "Adamax", "Adan", "Armijo", "Diverged", "DoG", "Entrant", "GradientDescent", "InputError",
    "LAMB", "LARS", "Lion", "Log", "Lookahead", "Momentum", "Muon", "NAdam", "Nesterov",
    "PolyakAverage", "PolyakStep", "Problem", "Prodigy", "RAdam", "RMSProp", "RMSPropCentred",
    "Race", "Rprop", "Rule", "Run", "SAM", "SOAP", "ScheduleFree", "ScheduleFreeAdamW", "Shampoo",
    "SignDescent", "Yogi", "dialects", "distances", "from_optax", "hyper", "landscape", "log_range", "losses", "play",
    "problems", "race", "read", "resume", "rules", "schedules", "show", "to_optax", "train",
    "tree",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        return getattr(importlib.import_module(f"uzviz.{_HOME_OF[name]}"), name)
    if name in _ROOMS:
        return importlib.import_module(f"uzviz.{name}")
    raise AttributeError(f"module 'uzviz' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
