"""Programs compiled beside one another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import jax
import jax.numpy as jnp

Given = TypeVar("Given")
Made = TypeVar("Made")


def together(make: Callable[[Given], Made], given: Iterable[Given]) -> list[Made]:
    """make(x) for each, in threads: what they compile for the first time takes as long as the longest."""
    exact = jnp.result_type(float) == jnp.float64

    def made(one: Given) -> Made:
        with jax.enable_x64(exact):  # which another thread does not know of
            return make(one)

    with ThreadPoolExecutor() as pool:
        return list(pool.map(made, given))
