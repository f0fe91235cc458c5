"""Programs beside one another: a small one can't fill the cores of a CPU alone, and compiling takes one."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import jax
import jax.numpy as jnp

from uzviz.machine import cores

Given = TypeVar("Given")
Made = TypeVar("Made")

SHORT = 0.05
"""Seconds of work that threads would only make longer: what is compiled and small mostly waits for Python's lock."""
_lasted: dict[Hashable, float] = {}
"""How long each kind of work took when it was last done."""


def workers() -> int:
    """Programs at once: one for each core of a CPU."""
    return cores() if jax.default_backend() == "cpu" else 1


def together(make: Callable[[Given], Made], given: Iterable[Given]) -> list[Made]:
    """make(x) for each, in threads."""
    exact = jnp.result_type(float) == jnp.float64

    def made(one: Given) -> Made:
        with jax.enable_x64(exact):  # which another thread does not know of
            return make(one)

    with ThreadPoolExecutor() as pool:
        return list(pool.map(made, given))


def soonest(
    make: Callable[[Given], Made], given: Iterable[Given], kind: Hashable = None
) -> list[Made]:
    """make(x) for each: together, where something may have to be compiled, and one after the other where work of
    this kind was short when it was last done. A kind is the function's name, unless it is said."""
    kind = kind or (make.__module__, make.__qualname__)
    began = time.perf_counter()
    short = _lasted.get(kind, math.inf) < SHORT
    found = [make(one) for one in given] if short else together(make, given)
    _lasted[kind] = time.perf_counter() - began
    return found
