"""The statistics of a race. No JAX."""

from uzviz.verdicts.additions import Addition, AdditionKind, Silence, SilenceKind
from uzviz.verdicts.budgets import best_of, order_changed, reached
from uzviz.verdicts.intervals import Interval, median, median_interval
from uzviz.verdicts.pairs import (
    Verdict,
    best,
    compare,
    fewest_seeds,
    holm,
    relative_difference,
    sign_flip,
)

__all__ = [
    "Addition", "AdditionKind", "Interval", "Silence", "SilenceKind", "Verdict", "best", "best_of",
    "compare", "fewest_seeds", "holm", "median", "median_interval", "order_changed", "reached",
    "relative_difference", "sign_flip",
]  # fmt: skip
