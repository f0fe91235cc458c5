"""Schedules as texts: "cosine", "step:gamma=0.5,every=0.25", "warmup:rise=1 until 0.1 then cosine"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from uzviz import errors
from uzviz.errors import InputError, shown
from uzviz.hyper import declared
from uzviz.schedules.base import Schedule
from uzviz.schedules.composed import Composed, InTurn, Product
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

NAMES: dict[str, type[Schedule]] = {
    "constant": Constant,
    "step": Step,
    "exponential": Exponential,
    "inverse-time": InverseTime,
    "inverse-root": InverseRoot,
    "polynomial": Polynomial,
    "cosine": Cosine,
    "cosine-restarts": CosineRestarts,
    "cyclic": Cyclic,
    "warmup": WarmUp,
    "warmup-cosine": WarmUpCosine,
    "warmup-stable-decay": WarmUpStableDecay,
    "one-cycle": OneCycle,
}
COMPOSED: dict[str, type[Composed]] = {"product": Product, "in-turn": InTurn}
KINDS: dict[str, type[Schedule]] = {**NAMES, **COMPOSED}


def apart(text: str) -> dict[str, str]:
    """The schedules of a text by the hyperparameters that they are for; "" is the tuned one.

    "cosine; beta=step:gamma=0.5" says that of the tuned one and of beta.

    Raises
    ------
    InputError
        for a schedule that cannot be made, and for two of one hyperparameter.
    """
    if not isinstance(text, str):
        raise errors.unknown("schedule", text, NAMES)
    found: dict[str, str] = {}
    for one in text.split(";"):
        name, shape = re.fullmatch(r"\s*(?:([^\s:=*]+)\s*=)?(.*)", one, re.DOTALL).groups()  # pyright: ignore[reportOptionalMemberAccess]: it matches every text
        if (name or "") in found:
            of = f"of {name}" if name else "of the tuned hyperparameter"
            raise InputError(f"'{shown(text)}' holds two schedules {of}: give one.")
        found[name or ""] = shape.strip()
        made(shape, 1.0, 1)
    return found


def made(text: str, value: Any, steps: Any) -> Schedule:
    """The schedule of a text, from a value over so many steps; arrays of both are data.

    ``name:number=…,number=…`` is one of ``NAMES``; ``a * b`` is a product, in which ``a until u then b``
    begins b after the share u of the budget, and counts the rest as b's.

    Raises
    ------
    InputError
        for a name or a number nobody knows.
    """
    turn = re.fullmatch(r"\s*(.+?)\s+until\s+(\S+)\s+then\s+(.+)", text, re.DOTALL)
    ones = np.ones_like(steps, float)
    if turn:
        until = _number(turn[2], text)
        if not 0 < until < 1:
            raise InputError(
                f"'{shown(text)}' changes after {turn[2]} of the budget, but that must be in (0, 1)."
            )
        before = np.maximum(np.round(until * steps), 1.0)
        first = made(turn[1], ones, before)
        second = made(turn[3], ones, np.maximum(steps - before, 1.0))
        return InTurn(value, steps, first, second, ones * until)
    first, times, rest = text.partition("*")
    if times:
        return Product(value, steps, made(first, ones, steps), made(rest, ones, steps))
    name, _, given = text.strip().partition(":")
    kind = errors.named("schedule", name, NAMES)
    own = {k: h for k, h in declared(kind).items() if k not in declared(Schedule)}
    numbers = {k: ones * h.default for k, h in own.items()}
    told = set[str]()
    for pair in filter(None, given.split(",")):
        field, equals, number = (part.strip() for part in pair.partition("="))
        errors.named(f"number of {name}", field, own)
        if not equals:
            raise InputError(
                f"{field} of the schedule '{shown(text)}' has no value: write {field}=…"
            )
        if field in told:
            raise InputError(
                f"{field} of the schedule '{shown(text)}' is given twice: give it once."
            )
        told.add(field)
        numbers[field] = ones * _number(number, text)
    return kind(value, steps, **numbers)


def _number(text: str, whole: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(
            f"'{shown(text)}' in the schedule '{shown(whole)}' must be a number."
        ) from None


def described(schedule: Schedule) -> dict[str, Any]:
    """A schedule as its kind and its numbers; those inside it likewise."""
    kinds = {cls: kind for kind, cls in KINDS.items()}
    found: dict[str, Any] = {"kind": kinds.get(type(schedule), type(schedule).__name__)}
    for f in fields(schedule):
        x = getattr(schedule, f.name)
        found[f.name] = described(x) if isinstance(x, Schedule) else np.asarray(x).tolist()
    return found


def restored(facts: Mapping[str, Any]) -> Schedule:
    """The schedule that :func:`described` tells of.

    Raises
    ------
    InputError
        for one that is not ours.
    """
    own = {k: restored(v) if isinstance(v, Mapping) else v for k, v in facts.items() if k != "kind"}
    return errors.named("schedule", facts["kind"], KINDS)(**own)
