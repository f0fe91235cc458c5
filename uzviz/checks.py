"""Whether what was given is what was asked for; what people are told stands in ``errors``."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

LARGEST = float(np.finfo(np.float32).max)


def numbers(values: Any) -> np.ndarray | None:
    """Numbers that are finite in float32 as an array [n], or None for anything else."""
    try:
        x = np.asarray(values)
    except (TypeError, ValueError):
        return None
    if isinstance(values, (list, tuple)) and any(isinstance(v, (bool, np.bool_)) for v in values):
        return None  # beside numbers, NumPy makes numbers of them
    if x.ndim != 1 or x.dtype.kind not in "iuf" or not (np.abs(x) <= LARGEST).all():
        return None
    return x.astype(float)


def whole(value: Any, low: int = 1, high: int = 2**31 - 1) -> bool:
    """Whether a value is a whole number, of a type that counts, from ``low`` to ``high``."""
    try:
        return not isinstance(value, (bool, np.bool_)) and low <= operator.index(value) <= high
    except TypeError:
        return False
