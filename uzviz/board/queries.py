"""What a request may ask: numbers with bounds and words of a list, never paths."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from uzviz.board.refusals import Refusal
from uzviz.errors import shown

MOST_DIGITS = 15


class Query:
    """The parameters of a request."""

    def __init__(self, given: Mapping[str, str]):
        self._given = given

    def __contains__(self, name: str) -> bool:
        return name in self._given

    def whole(self, name: str, default: int | None = None, *, low: int = 0, high: int) -> int:
        """A whole number from ``low`` to ``high``.

        Raises
        ------
        Refusal
            for anything else, and where it is missing and has no default; so do the others here.
        """
        if name not in self._given and default is not None:
            return default
        number = _whole(self._given.get(name, ""))
        if number is None or not low <= number <= high:
            raise self._refused(name, f"a whole number from {low} to {high:,}")
        return number

    def wholes(self, name: str, *, most: int) -> list[int]:
        """Whole numbers with commas between them."""
        found = [_whole(text) for text in self._given.get(name, "").split(",", most)]
        numbers = [number for number in found if number is not None]
        if len(numbers) < len(found) or len(numbers) > most:
            raise self._refused(name, f"whole numbers with commas between them, at most {most:,}")
        return numbers

    def real(self, name: str, default: float) -> float:
        """A finite number."""
        if name not in self._given:
            return default
        text = self._given[name]
        try:
            number = float(text) if len(text) <= 2 * MOST_DIGITS else math.nan
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise self._refused(name, "a finite number")
        return number

    def word(self, name: str, allowed: Sequence[str], default: str | None = None) -> str | None:
        """One of some words."""
        if name not in self._given:
            return default
        if self._given[name] not in allowed:
            raise self._refused(name, f"one of {', '.join(allowed)}")
        return self._given[name]

    def text(self, name: str, longest: int) -> str:
        """A text of at most so many characters; without one, an empty one."""
        found = self._given.get(name, "")
        if len(found) > longest:
            raise self._refused(name, f"of at most {longest:,} characters")
        return found

    def _refused(self, name: str, allowed: str) -> Refusal:
        given = f"is {shown(self._given[name])}" if name in self._given else "is missing"
        return Refusal(400, f"{name} {given}, but must be {allowed}.")


def _whole(text: str) -> int | None:
    plain = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if plain else None
