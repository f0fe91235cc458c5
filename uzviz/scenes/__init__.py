"""Scenes: interactive pictures, their numbers computed by the library's own rules."""

from __future__ import annotations

from typing import Any

from uzviz.errors import named
from uzviz.scenes.controls import read
from uzviz.scenes.lecture import (
    adam_fails,
    adaptive,
    batches,
    descent,
    distances,
    initialisation,
    losses,
    momentum,
    network,
    properties,
    race,
    regression,
    slope,
    step_size,
)
from uzviz.scenes.scene import Frame, Moment, Scene
from uzviz.scenes.several import soonest

SCENES: dict[str, Scene] = {
    module.SCENE.name: module.SCENE
    for module in (
        step_size,
        slope,
        descent,
        momentum,
        properties,
        regression,
        race,
        batches,
        adaptive,
        adam_fails,
        losses,
        distances,
        initialisation,
        network,
    )
}
"""By name, as the page lists them: first the step size, with which it opens. Where in the lecture each belongs is
said by its slides."""


def scene_named(name: str) -> Scene:
    """The scene of that name.

    Raises
    ------
    InputError
        for a name nobody knows, with the nearest that exist.
    """
    return named("scene", name, SCENES)


def frame(name: str, part: str, settings: dict[str, Any], moment: Moment) -> Frame:
    """A scene's frame; see :meth:`Scene.frame`."""
    return scene_named(name).frame(part, settings, moment)


__all__ = ["SCENES", "Frame", "Moment", "Scene", "frame", "read", "scene_named", "soonest"]
