"""Puts it together: train, race, read, resume."""

from uzviz.api.catalogue import CATALOGUES, problem_named, rule_named
from uzviz.api.racing import race
from uzviz.api.reading import read
from uzviz.api.resuming import holds_race, resume
from uzviz.api.training import train
from uzviz.log import Log
from uzviz.problems import Problem
from uzviz.races import Entrant, Race, log_range
from uzviz.records import Record, Run, Start, Steps

__all__ = [
    "CATALOGUES", "Entrant", "holds_race", "Log", "Problem", "Race", "Record", "Run", "Start", "Steps", "log_range",
    "problem_named", "race", "read", "resume", "rule_named", "train",
]  # fmt: skip
