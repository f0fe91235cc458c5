"""Hyperparameters over time: a field of a rule that depends on t.

A schedule is a pytree: its numbers are data, so that a race is a ``vmap`` over schedules as well.
The engine asks a rule for itself at t (``Rule.at``) and hands plain numbers to the formulas.
"""

from __future__ import annotations

from uzviz.schedules.base import Schedule
from uzviz.schedules.composed import InTurn, Product
from uzviz.schedules.shapes import (
    Constant,
    Cosine,
    CosineRestarts,
    Cyclic,
    Exponential,
    InverseRoot,
    InverseTime,
    OneCycle,
    Polynomial,
    Step,
    WarmUp,
    WarmUpCosine,
    WarmUpStableDecay,
)
from uzviz.schedules.text import COMPOSED, NAMES, apart, described, made, restored

__all__ = [
    "COMPOSED", "Constant", "Cosine", "CosineRestarts", "Cyclic", "Exponential", "InTurn", "InverseRoot",
    "InverseTime", "NAMES", "OneCycle", "Polynomial", "Product", "Schedule", "Step", "WarmUp", "WarmUpCosine",
    "WarmUpStableDecay", "apart", "described", "made", "restored",
]  # fmt: skip
