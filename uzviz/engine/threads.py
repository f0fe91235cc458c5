"""Programs beside one another: a small one can't fill the cores of a CPU alone, and compiling takes one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import jax
import jax.numpy as jnp

from uzviz.machine import cores

Given = TypeVar("Given")
Made = TypeVar("Made")


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
