"""Runs on disk, and what they were made of. What needs JAX is imported when it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from uzviz import log

if TYPE_CHECKING:
    from uzviz.problems import Problem
    from uzviz.races import Race
    from uzviz.records import Run
    from uzviz.rules import Rule


class TrainedRun(log.LoggedRun):
    """A run on disk; of one that Uzviz trained, also what it was made of."""

    def problem(self) -> Problem:
        """The problem, made again from its names and numbers.

        Raises
        ------
        InputError
            for a run or a problem that is not ours, and for data that have changed.
        """
        from uzviz import problems

        start = log.start_of(log.made_of(self))
        return problems.restored(start.problem, start.split_seed, start.checksum)

    def rule(self) -> Rule:
        """The rule with its hyperparameters."""
        from uzviz import rules

        start = log.start_of(log.made_of(self))
        return rules.restored(start.rule, start.hyperparameters, start.schedules)

    def training(self, problem: Problem | None = None) -> Run:
        """The run as :func:`uzviz.train` returned it, with the parameters it had reached.

        ``problem`` is a problem of your own, given again; without one it is made again.
        """
        from uzviz.api.training import as_it_was

        return as_it_was(self, problem or self.problem())

    def race(self) -> Race:
        """The race, as far as it went: table, sentences, verdicts.

        Raises
        ------
        InputError
            for a run that is no race's own.
        """
        from uzviz.api.racing import race_of

        return race_of(self)


class Runs(log.Folder[TrainedRun]):
    """All runs below a folder. Of a folder that is a run's own, what is asked is that run's."""

    @property
    def own(self) -> TrainedRun:
        """The run of the folder itself."""
        return self["."]

    def race(self) -> Race:
        """The folder's own race, as far as it went."""
        return self.own.race()

    def problem(self) -> Problem:
        """The problem of the folder's own run."""
        return self.own.problem()

    def rule(self) -> Rule:
        """The rule of the folder's own run."""
        return self.own.rule()

    def training(self, problem: Problem | None = None) -> Run:
        """The folder's own run as :func:`uzviz.train` returned it."""
        return self.own.training(problem)


def read(path: str | Path) -> Runs:
    """The runs below a folder of event files, ours or anyone's.

    Raises
    ------
    InputError
        for what is no folder.
    """
    return Runs(path, TrainedRun)
