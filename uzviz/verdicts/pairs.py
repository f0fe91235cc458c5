"""Who beats whom: paired differences, the sign-flip test, Holm's correction, sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from uzviz.verdicts.additions import Addition
from uzviz.verdicts.intervals import median_interval

ALPHA = 0.05
SMALLEST_P = 0.01
"""The final has seeds enough for the smallest adjusted p-value to be at most this."""


def relative_difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    r"""How much lower a is than b, pair by pair: :math:`(b-a)/\max(|a|,|b|)`; 0 where equal.

    For positive losses it lies in (−1, 1), and 0.12 says that a is 12 % lower. A value that is not
    finite is worse than any number: infinite differences, and 0 between two of them.
    """
    a, b = (
        np.where(np.isfinite(x), x, np.inf) for x in (np.asarray(a, float), np.asarray(b, float))
    )
    larger = np.maximum(np.abs(a), np.abs(b))
    finite = np.isfinite(larger)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(larger > 0, (b - a) / larger, 0.0)
    return np.where(finite, ratio, np.where(a == b, 0.0, np.where(np.isinf(b), np.inf, -np.inf)))


def sign_flip(differences: np.ndarray) -> float:
    r"""Two-sided p-value of the sign-flip test on signed ranks, exact for any number of pairs.

    Under the hypothesis each difference d is as likely as −d, so that every choice of signs of
    :math:`T = \sum_i \mathrm{sign}(d_i)\,\mathrm{rank}|d_i|` is as likely as any other:
    p = P(|T| ≥ the one seen). Ties share their mean rank; zeros are ranked and have no sign
    (Pratt 1959). All 2ⁿ choices are counted by adding one rank after another to the distribution
    of the sum, instead of drawing some of them.
    """
    d = np.asarray(differences, float)
    _, place, count = np.unique(np.abs(d), return_inverse=True, return_counts=True)
    twice = (2 * np.cumsum(count) - count + 1)[place.reshape(-1)]
    ranks = twice[d != 0]
    seen = abs(int(np.sum(np.sign(d) * twice)))
    return float(_tail(tuple(sorted(ranks.tolist())))[seen])


@lru_cache(maxsize=4096)
def _tail(ranks: tuple[int, ...]) -> np.ndarray:
    """P(|Σ ± rank| ≥ T) for every whole T from 0 to the sum of the ranks."""
    total = sum(ranks)
    chance = np.zeros(total + 1)
    chance[0] = 1.0
    for rank in ranks:
        half = chance / 2
        chance = half.copy()
        chance[rank:] += half[: total + 1 - rank]
    size = np.abs(2 * np.arange(total + 1) - total)
    of_size = np.bincount(size, weights=chance, minlength=total + 1)
    return np.minimum(np.cumsum(of_size[::-1])[::-1], 1.0)


def holm(p: Sequence[float]) -> np.ndarray:
    """p-values adjusted for being many: Holm (1979), family-wise, under any dependence."""
    values = np.asarray(p, float)
    order = np.argsort(values)
    adjusted = np.empty(len(values))
    factors = len(values) - np.arange(len(values))
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * factors), 1.0)
    return adjusted


def fewest_seeds(entrants: int) -> int:
    """The smallest n with pairs · 2^(1−n) ≤ 0.01: with fewer seeds nobody could be told apart."""
    pairs = entrants * (entrants - 1) // 2
    return 1 if not pairs else math.ceil(1 + math.log2(pairs / SMALLEST_P))


@dataclass(frozen=True)
class Verdict:
    """What the final shows of a pair: ``kind`` is "beats", "within" or "cannot tell"."""

    kind: str
    a: str
    """The one that beats, or the first."""
    b: str
    difference: float
    """Median over seeds of how much lower a's test loss is than b's, relative to the larger."""
    low: float
    high: float
    p: float
    """By the sign-flip test, adjusted by Holm for all pairs."""
    margin: float
    additions: tuple[Addition, ...] = ()
    """What the sentence adds: the test set it holds for, a dependence on the budget."""

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        if self.kind == "beats" and math.isinf(self.difference):
            text = f"{self.a} beats {self.b} in test loss, which left the numbers, {_p(self.p)}"
        elif self.kind == "beats":
            size = f"{_percent(self.difference)} % [{_percent(self.low)}, {_percent(self.high)}]"
            text = f"{self.a} beats {self.b} by {size} in test loss, {_p(self.p)}"
        elif self.kind == "within":
            text = f"{self.a} and {self.b} are within {100 * self.margin:g} %"
        else:
            text = f"cannot tell {self.a} from {self.b}"
        return text + "".join(addition.words for addition in self.additions)


def _percent(share: float) -> str:
    return f"{100 * share:.2g}" if abs(share) < 0.995 else f"{100 * share:.3g}".replace("inf", "∞")


def _p(p: float) -> str:
    return "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".")


def compare(
    pairs: Mapping[tuple[str, str], tuple[np.ndarray, np.ndarray]], *, margin: float = 0.01
) -> list[Verdict]:
    """A verdict for every pair, from test losses paired by seed.

    "Beats": the adjusted p is at most 0.05, and the interval of the median difference leaves out
    ±margin. "Within": the interval lies inside ±margin. Else: cannot tell.

    Parameters
    ----------
    pairs
        The losses [seeds] of both, by their names; at least :func:`fewest_seeds`.
    margin
        A relative difference too small to matter.
    """
    differences = {names: relative_difference(a, b) for names, (a, b) in pairs.items()}
    adjusted = holm([sign_flip(d) for d in differences.values()])
    verdicts = []
    for ((a, b), d), p in zip(differences.items(), adjusted, strict=True):
        middle, low, high, _ = median_interval(d)
        verdict = Verdict("cannot tell", a, b, middle, low, high, float(p), margin)
        if p <= ALPHA and low > margin:
            verdict = replace(verdict, kind="beats")
        elif p <= ALPHA and high < -margin:
            verdict = Verdict("beats", b, a, -middle, -high, -low, float(p), margin)
        elif low >= -margin and high <= margin:
            verdict = replace(verdict, kind="within")
        verdicts.append(verdict)
    return verdicts


def best(losses: Mapping[str, np.ndarray], verdicts: Sequence[Verdict]) -> list[str]:
    """The best, and who is not told from it: all whom nobody beats, the lowest median first."""
    beaten = {v.b for v in verdicts if v.kind == "beats"}
    left = [name for name in losses if name not in beaten]
    return sorted(left, key=lambda name: median_interval(losses[name]).median)
