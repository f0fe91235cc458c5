"""Whether what was given is what was asked for; what people are told stands in ``errors``."""

from __future__ import annotations

from typing import Any

import numpy as np


def numbers(values: Any) -> np.ndarray | None:
    """Finite numbers as an array [n], or None for anything else."""
    try:
        x = np.asarray(values)
    except (TypeError, ValueError):
        return None
    if x.ndim != 1 or x.dtype.kind not in "iuf" or not np.isfinite(x).all():
        return None
    return x.astype(float)


def whole(value: Any, low: int = 1, high: int = 2**31 - 1) -> bool:
    """Whether a value is a whole number from ``low`` to ``high``."""
    x = numbers([value])
    return x is not None and x[0] == round(x[0]) and low <= x[0] <= high
