"""Puts it together: train, race, landscape, read, resume, show, play.

Names are imported when first used: reading a log needs no JAX.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uzviz.api.boards import serve_board, show
    from uzviz.api.catalogue import CATALOGUES, problem_named, problem_options, rule_named
    from uzviz.api.landscapes import landscape
    from uzviz.api.playing import listed_scenes, play, serve_play
    from uzviz.api.racing import race
    from uzviz.api.reading import Runs, read
    from uzviz.api.resuming import holds_race, resume
    from uzviz.api.training import train
    from uzviz.landscapes import Landscape
    from uzviz.log import Log
    from uzviz.problems import Problem
    from uzviz.races import Entrant, Race, log_range
    from uzviz.records import Record, Run, Start, Steps
    from uzviz.rules import declared

_HOMES = {
    "api.boards": ("serve_board", "show"),
    "api.catalogue": ("CATALOGUES", "problem_named", "problem_options", "rule_named"),
    "api.landscapes": ("landscape",),
    "api.playing": ("listed_scenes", "play", "serve_play"),
    "api.racing": ("race",),
    "api.reading": ("Runs", "read"),
    "api.resuming": ("holds_race", "resume"),
    "api.training": ("train",),
    "landscapes": ("Landscape",),
    "log": ("Log",),
    "problems": ("Problem",),
    "races": ("Entrant", "Race", "log_range"),
    "rules": ("declared",),
    "records": ("Record", "Run", "Start", "Steps"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "CATALOGUES", "Entrant", "Landscape", "Log", "Problem", "Race", "Record", "Run", "Runs", "Start", "Steps",
    "declared", "holds_race", "landscape", "listed_scenes", "log_range", "play", "problem_named", "problem_options", "race", "read", "resume",
    "rule_named", "serve_board", "serve_play", "show", "train",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        return getattr(importlib.import_module(f"uzviz.{_HOME_OF[name]}"), name)
    raise AttributeError(f"module 'uzviz.api' has no attribute '{name}'")
