"""What a scene is: controls, and parts that make frames of their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from uzviz.errors import InputError, named, shown
from uzviz.scenes import controls
from uzviz.scenes.controls import Control

Settings = dict[str, Any]
Frame = dict[str, Any]
"""Arrays and plain values by name."""


class Moment(NamedTuple):
    """What of a training is asked for: the steps from ``first``, which is known, to ``last``."""

    viewer: str
    """Whose training it is: two who watch the same one are at different steps."""
    first: int
    last: int


@dataclass(frozen=True)
class Part:
    """A piece of the picture: made again when one of the settings it uses has changed."""

    make: Callable[[Settings], Frame]
    uses: tuple[str, ...]


@dataclass(frozen=True)
class Training:
    """A piece of the picture that goes on in steps: made again from step 0 when one of the settings
    it uses has changed. ``shows`` are settings that change what is shown of it, and not how it goes."""

    make: Callable[[Settings, Moment], Frame]
    uses: tuple[str, ...]
    shows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scene:
    """An interactive picture of one idea.

    Parameters
    ----------
    name, title
        What it is called in addresses and on the command line, and by people.
    slides
        The lecture's slides that it stands for.
    formulas
        In TeX, one a line.
    presets
        Settings worth a look, by name; what they leave out has its default.
    check
        Refuses settings that are allowed one by one, and not together.
    """

    name: str
    title: str
    slides: str
    formulas: tuple[str, ...]
    controls: Mapping[str, Control]
    parts: Mapping[str, Part | Training]
    presets: Mapping[str, Settings] = field(default_factory=dict)
    check: Callable[[Settings], object] = lambda settings: None

    def settings(self, given: Any) -> Settings:
        """All settings, those given and the others' defaults, if the scene can be drawn with them.

        Raises
        ------
        InputError
            for a setting that does not exist, and for values that are not allowed.
        """
        found = controls.read(self.controls, given)
        self.check(found)
        return found

    def frame(self, part: str, given: Any, moment: Moment) -> Frame:
        """A part's frame for these settings; those of other parts count for nothing.

        Raises
        ------
        InputError
            for a part or a setting that does not exist, and for values that are not allowed.
        """
        found = named(f"part of {self.name}", part, self.parts)
        if isinstance(given, Mapping):
            used = {*found.uses, *(found.shows if isinstance(found, Training) else ())}
            given = {k: v for k, v in given.items() if k in used or k not in self.controls}
        settings = self.settings(given)
        if isinstance(found, Part):
            return found.make(settings)
        if not 0 <= moment.first <= moment.last:
            raise InputError(
                f"The steps are {shown(moment[1:])}, but must be two whole numbers from 0 on, the "
                "second not below the first."
            )
        return found.make(settings, moment)

    def described(self) -> dict[str, Any]:
        """What the page needs to know of it."""
        return {
            "name": self.name,
            "title": self.title,
            "slides": self.slides,
            "formulas": list(self.formulas),
            "controls": {name: c.described() for name, c in self.controls.items()},
            "parts": {
                name: {
                    "uses": list(part.uses),
                    "shows": list(part.shows) if isinstance(part, Training) else [],
                    "training": isinstance(part, Training),
                }
                for name, part in self.parts.items()
            },
            "presets": {name: dict(preset) for name, preset in self.presets.items()},
        }
