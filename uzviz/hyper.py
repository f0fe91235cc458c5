"""A hyperparameter, declared once: default, range, meaning.

The error sentence, the invalid values of the tests, the help of the command line and the docs
are all read off the declaration.
"""

from __future__ import annotations

import dataclasses
import math
from numbers import Number
from typing import Any

import numpy as np

from uzviz.checks import numbers
from uzviz.errors import InputError, shown


@dataclasses.dataclass(frozen=True)
class Interval:
    """A range of numbers, written as mathematicians do: "[0, 1)" holds 0 and not 1."""

    text: str

    @property
    def ends(self) -> tuple[float, float]:
        low, high = self.text[1:-1].split(",")
        return float(low), float(high)

    def holds(self, values: Any) -> bool:
        """Whether every number of ``values`` lies inside; NaN never does."""
        x = np.asarray(values, dtype=float)
        low, high = self.ends
        above = x >= low if self.text[0] == "[" else x > low
        below = x <= high if self.text[-1] == "]" else x < high
        return bool(np.all(above & below))

    def outside(self) -> list[float]:
        """Numbers that must be refused: beyond each end, each open end, and NaN."""
        low, high = self.ends
        wrong = [math.nan]
        if math.isfinite(low):
            wrong += [low - 1.0] + ([low] if self.text[0] == "(" else [])
        if math.isfinite(high):
            wrong += [high + 1.0]
        if self.text[-1] == ")":
            wrong += [high]
        return wrong


@dataclasses.dataclass(frozen=True)
class Hyper:
    """The declaration of one hyperparameter."""

    default: float
    interval: Interval
    meaning: str


def hyperparameter(default: float, interval: str, meaning: str) -> Any:
    """A dataclass field that holds a hyperparameter; ``interval`` as in :class:`Interval`."""
    declaration = Hyper(default, Interval(interval), meaning)
    return dataclasses.field(default=default, metadata={"hyper": declaration})


def declared(cls: Any) -> dict[str, Hyper]:
    """The hyperparameters of a class or an instance, by field name."""
    fields = dataclasses.fields(cls)
    return {f.name: f.metadata["hyper"] for f in fields if "hyper" in f.metadata}


def check_numbers(owner: Any) -> None:
    """Refuse what is not a single number of float32 in its declared range.

    Raises
    ------
    InputError
        with the field, what was given and the range allowed.
    """
    for name, h in declared(owner).items():
        value = getattr(owner, name)
        if callable(value):  # a schedule, which has checked itself
            continue
        x = numbers([value])
        rounded = np.float32(np.nan if x is None else x[0])
        held = h.interval.holds(x) and h.interval.holds(rounded)
        if x is None or not held or (rounded == 0 and x[0] != 0):
            raise InputError(
                f"{type(owner).__name__}: {name} ({h.meaning}) is {shown(value)}, but "
                f"must be one number of float32 in {h.interval.text}."
            )


def check(owner: Any) -> None:
    """Refuse numbers outside their declared range.

    What is no plain number (a traced value inside a compiled program) passes.

    Raises
    ------
    InputError
        with the field, the number given and the range allowed.
    """
    for name, h in declared(owner).items():
        value = getattr(owner, name)
        what = f"{type(owner).__name__}: {name} ({h.meaning})"
        if isinstance(value, (str, bool)) or value is None:
            raise InputError(f"{what} is {value!r}, but must be a number in {h.interval.text}.")
        if isinstance(value, (Number, np.ndarray)):
            x = numbers(np.ravel(np.asarray(value)))
            if x is None or not h.interval.holds(x):
                raise InputError(f"{what} is {shown(value)}, but must lie in {h.interval.text}.")
