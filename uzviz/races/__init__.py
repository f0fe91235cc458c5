"""Entrants, heats, the final and what came of them."""

from uzviz.races.assembled import assembled, described, entrant_of
from uzviz.races.entrants import Batch, Entrant, entrant, entrants, log_range
from uzviz.races.final import Final
from uzviz.races.group import Group
from uzviz.races.heats import Progress
from uzviz.races.protocol import Terms, race
from uzviz.races.result import Race

__all__ = [
    "Batch", "Entrant", "assembled", "described", "entrant_of", "Final", "Group", "Progress", "Race", "Terms", "entrant", "entrants",
    "log_range", "race",
]  # fmt: skip
