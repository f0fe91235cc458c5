"""Several things of a frame, as soon as may be."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from uzviz.engine import together

Given = TypeVar("Given")
Made = TypeVar("Made")

SHORT = 0.02
"""Seconds: what takes longer was compiled, or has much to compute."""


def soonest(make: Callable[[Given], Made], given: Sequence[Given]) -> list[Made]:
    """make(x) for each: one after the other where the first was short, since what is compiled mostly waits for
    Python's lock, which threads would only make longer; else the others in threads."""
    began = time.perf_counter()
    found = [make(one) for one in given[:1]]
    rest = given[1:]
    if time.perf_counter() - began < SHORT:
        return found + [make(one) for one in rest]
    return found + together(make, rest)
