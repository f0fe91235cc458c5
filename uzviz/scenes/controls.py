"""What a person can set in a scene. Each control says what it allows, and refuses the rest in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from uzviz.checks import numbers, whole
from uzviz.errors import InputError, shown, unknown
from uzviz.hyper import Interval, declared
from uzviz.rules import Rule

Scale = Literal["linear", "log"]


class Control:
    """A setting of a scene: its default, and what else it may be."""

    default: Any

    def read(self, name: str, given: Any) -> Any:
        """The value that was given, as the scene gets it.

        Raises
        ------
        InputError
            for a value that is not allowed; ``name`` is what the sentence calls it.
        """
        raise NotImplementedError

    def described(self) -> dict[str, Any]:
        """What the page needs to draw it."""
        return {"kind": type(self).__name__.lower(), "default": self.default}


@dataclass(frozen=True)
class Number(Control):
    """A number: a slider from ``low`` to ``high``, and a field for any number of ``interval``."""

    default: float
    low: float
    high: float
    scale: Scale = "linear"
    interval: str = "[-1e6, 1e6]"

    def read(self, name: str, given: Any) -> float:
        found = None if isinstance(given, bool) else numbers([given])
        if found is None or not Interval(self.interval).holds(found):
            raise InputError(
                f"{name} is {shown(given)}, but must be one number in {self.interval}."
            )
        return float(found[0])

    def described(self) -> dict[str, Any]:
        ends = {"low": self.low, "high": self.high, "scale": self.scale}
        return super().described() | ends | {"interval": self.interval}


def hyperparameter(
    rule: type[Rule],
    field: str,
    low: float,
    high: float,
    *,
    default: float | None = None,
    scale: Scale = "linear",
) -> Number:
    """The control of a rule's hyperparameter: its default and range as the rule declares them."""
    found = declared(rule)[field]
    start = found.default if default is None else default
    return Number(start, low, high, scale, found.interval.text)


@dataclass(frozen=True)
class Whole(Control):
    """A whole number from ``low`` to ``high``."""

    default: int
    low: int
    high: int
    scale: Scale = "linear"

    def read(self, name: str, given: Any) -> int:
        number = int(given) if isinstance(given, float) and given.is_integer() else given
        if not whole(number, self.low, self.high):
            raise InputError(
                f"{name} is {shown(given)}, but must be a whole number from {self.low} to "
                f"{self.high:,}."
            )
        return int(number)

    def described(self) -> dict[str, Any]:
        return super().described() | {"low": self.low, "high": self.high, "scale": self.scale}


@dataclass(frozen=True)
class Switch(Control):
    """On or off."""

    default: bool

    def read(self, name: str, given: Any) -> bool:
        if not isinstance(given, bool):
            raise InputError(f"{name} is {shown(given)}, but must be true or false.")
        return given


@dataclass(frozen=True)
class Choice(Control):
    """One of some names. ``brings`` are other settings that the page sets when one is chosen, such as
    the start that suits it; what was set before is not kept."""

    default: str
    options: Sequence[str]
    brings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def read(self, name: str, given: Any) -> str:
        if given not in self.options:
            raise unknown(name, given, self.options)
        return given

    def described(self) -> dict[str, Any]:
        brings = {"brings": dict(self.brings)} if self.brings else {}
        return super().described() | {"options": list(self.options)} | brings


@dataclass(frozen=True)
class Several(Control):
    """Some of some names, in their order."""

    default: Sequence[str]
    options: Sequence[str]
    least: int = 0

    def read(self, name: str, given: Any) -> list[str]:
        if not isinstance(given, list):
            raise InputError(f"{name} is {shown(given)}, but must be a list of names.")
        for one in given:
            if one not in self.options:
                raise unknown(name, one, self.options)
        found = [option for option in self.options if option in given]
        if len(found) < self.least:
            raise InputError(f"{name} has {len(found)} names, but must have {self.least} or more.")
        return found

    def described(self) -> dict[str, Any]:
        more = {"default": list(self.default), "options": list(self.options), "least": self.least}
        return super().described() | more


@dataclass(frozen=True)
class Point(Control):
    """Coordinates that are dragged; ``most`` is how large each may be."""

    default: Sequence[float]
    most: float = 1e6

    def read(self, name: str, given: Any) -> list[float]:
        found = numbers(given)
        size = len(self.default)
        if found is None or len(found) != size or (abs(found) > self.most).any():
            raise InputError(
                f"{name} is {shown(given)}, but must be {size} numbers of at most {self.most:g} in "
                "size."
            )
        return found.tolist()

    def described(self) -> dict[str, Any]:
        return super().described() | {"default": list(self.default)}


@dataclass(frozen=True)
class Points(Control):
    """Points that are dragged, from ``least`` to ``many`` of them; each has as many coordinates as the first."""

    default: Sequence[Sequence[float]]
    least: int
    many: int
    most: float = 1e6

    def read(self, name: str, given: Any) -> list[list[float]]:
        if not isinstance(given, list) or not self.least <= len(given) <= self.many:
            raise InputError(
                f"{name} is {shown(given)}, but must be a list of {self.least} to {self.many} points."
            )
        one = Point(self.default[0], self.most)
        return [one.read(name, point) for point in given]

    def described(self) -> dict[str, Any]:
        points = [list(point) for point in self.default]
        return super().described() | {"default": points, "least": self.least, "many": self.many}


@dataclass(frozen=True)
class Wholes(Control):
    """At most ``many`` whole numbers, each from ``low`` to ``high``."""

    default: Sequence[int]
    many: int
    low: int
    high: int

    def read(self, name: str, given: Any) -> list[int]:
        fits = isinstance(given, list) and len(given) <= self.many
        if not fits or not all(whole(one, self.low, self.high) for one in given):
            raise InputError(
                f"{name} is {shown(given)}, but must be a list of at most {self.many} whole numbers "
                f"from {self.low} to {self.high}."
            )
        return [int(one) for one in given]

    def described(self) -> dict[str, Any]:
        more = {"default": list(self.default), "many": self.many}
        return super().described() | more | {"low": self.low, "high": self.high}


@dataclass(frozen=True)
class Text(Control):
    """A text of at most ``longest`` characters, such as a formula."""

    default: str
    longest: int = 200

    def read(self, name: str, given: Any) -> str:
        if not isinstance(given, str) or len(given) > self.longest:
            raise InputError(
                f"{name} is {shown(given)}, but must be a text of at most {self.longest} characters."
            )
        return given

    def described(self) -> dict[str, Any]:
        return super().described() | {"longest": self.longest}


def read(controls: Mapping[str, Control], given: Any) -> dict[str, Any]:
    """Every setting of a scene: those given, and the others' defaults.

    Raises
    ------
    InputError
        for a name that is no setting, and for a value that is not allowed.
    """
    if not isinstance(given, dict):
        raise InputError(f"The settings are {shown(given)}, but must be names with values.")
    for name in given:
        if name not in controls:
            raise unknown("setting", name, controls)
    return {
        name: control.read(name, given[name] if name in given else control.described()["default"])
        for name, control in controls.items()
    }
