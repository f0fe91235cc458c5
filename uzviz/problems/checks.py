"""What every problem asks of what it is given, and how it is quoted in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np

from uzviz.errors import unknown

LONGEST = 200
"""Characters of what was given that a sentence quotes."""

T = TypeVar("T")


def shown(value: object) -> str:
    """A value as a sentence quotes it: on one line, printable, not too long."""
    text = repr(value)[1:-1] if isinstance(value, str) else " ".join(repr(value).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def numbers(values: Any) -> np.ndarray | None:
    """Finite numbers as an array [n], or None for anything else."""
    try:
        x = np.asarray(values)
    except (TypeError, ValueError):
        return None
    if x.ndim != 1 or x.dtype.kind not in "iuf" or not np.isfinite(x).all():
        return None
    return x.astype(float)


def named(kind: str, name: Any, table: Mapping[str, T]) -> T:
    """What has this name in a table.

    Raises
    ------
    InputError
        with the nearest names that exist.
    """
    if not isinstance(name, str) or name not in table:
        raise unknown(kind, shown(name), table)
    return table[name]
