"""What a race says beside its verdicts, each as a kind and its numbers: the page words them in any language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from uzviz.verdicts.pairs import Verdict

AdditionKind = Literal["order by epoch", "order by budget", "same with fewer tries",
                       "other with fewer tries", "on this test set"]  # fmt: skip
SilenceKind = Literal["broken off", "same losses"]


@dataclass(frozen=True)
class Addition:
    """What a verdict depends on."""

    kind: AdditionKind
    number: float | None = None
    """The epoch, or the share of the budget, at which the order changed; the tries of each."""
    verdict: Verdict | None = None
    """The one with so many tries each, where it is another."""

    @property
    def words(self) -> str:
        """As it follows the verdict's sentence."""
        order = "; depends on the budget: the order changed at "
        match self.kind:
            case "order by epoch":
                return f"{order}epoch {self.number:g}"
            case "order by budget":
                return f"{order}{100 * (self.number or 0):.0f} % of the budget"
            case "same with fewer tries":
                return f"; with {self.number:g} tries each: the same"
            case "other with fewer tries":
                return (
                    f"; with {self.number:g} tries each: {self.verdict and self.verdict.sentence}"
                )
            case "on this test set":
                return " on this test set"


class Silence(NamedTuple):
    """Why a final allows no verdict."""

    kind: SilenceKind
    seeds: int
    """That all entrants have done."""
    fewest: int
    """That could tell."""

    @property
    def sentence(self) -> str:
        if self.kind == "broken off":
            return (
                f"no verdict: the final was broken off after {self.seeds} seeds, and {self.fewest} "
                "are the fewest that could tell"
            )
        return (
            "no verdict: all seeds gave the same losses, so that there is one run of each and not "
            f"{self.seeds}; give the start some spread"
        )
