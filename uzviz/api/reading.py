"""Runs on disk, and what they were made of. What needs JAX is imported when it is asked for."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING

from uzviz import log

if TYPE_CHECKING:
    from uzviz.problems import Problem
    from uzviz.races import Race
    from uzviz.records import Path, Run
    from uzviz.rules import Rule


class TrainedRun(log.LoggedRun):
    """A run on disk; of one that Uzviz trained, also what it was made of."""

    def problem(self) -> Problem:
        """The problem, made again from its names and numbers; of a race and its lanes, the race's.

        Raises
        ------
        InputError
            for a run or a problem that is not ours, and for data that have changed.
        """
        from uzviz import problems

        if (race := self.of_race()) is not None:
            begun = log.LoggedRace(race).begun
            return problems.restored(begun["problem"], begun["split_seed"], begun["checksum"])
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

    def path(self, problem: Problem | None = None) -> Path | None:
        """Where it went, of a training or a lane of a race's final: steps [snapshots], and the problem's
        pytree, each leaf [snapshots, …], mapped from the file. None where no path was kept.

        ``problem`` is a problem of your own, given again; without one it is made again.
        """
        from uzviz.api import paths

        return paths.logged(problem or self.problem(), self.folder)

    def of_race(self) -> log.LoggedRun | None:
        """The race that it is, or is a lane of."""
        for folder in (self.folder, *list(self.folder.absolute().parents)[2:3]):
            if log.holds_run(folder) and log.holds_race(found := log.LoggedRun.at(folder)):
                return found
        return None

    def race(self, problem: Problem | None = None) -> Race:
        """The race, as far as it went: table, sentences, verdicts, paths.

        ``problem`` is a problem of your own, given again; paths need it.

        Raises
        ------
        InputError
            for a run that is no race's own.
        """
        from uzviz.api.racing import race_of

        return race_of(self, problem)


class Runs(log.Folder[TrainedRun]):
    """All runs below a folder. Of a folder that is a run's own, what is asked is that run's."""

    @property
    def own(self) -> TrainedRun:
        """The run of the folder itself."""
        return self["."]

    def race(self, problem: Problem | None = None) -> Race:
        """The folder's own race, as far as it went."""
        return self.own.race(problem)

    def problem(self) -> Problem:
        """The problem of the folder's own run."""
        return self.own.problem()

    def rule(self) -> Rule:
        """The rule of the folder's own run."""
        return self.own.rule()

    @property
    def landscapes(self) -> dict[str, log.LoggedLandscape]:
        """The landscapes of the folder's own run, by their names."""
        return self.own.landscapes

    def training(self, problem: Problem | None = None) -> Run:
        """The folder's own run as :func:`uzviz.train` returned it."""
        return self.own.training(problem)


def read(path: str | pathlib.Path) -> Runs:
    """The runs below a folder of event files, ours or anyone's.

    Raises
    ------
    InputError
        for what is no folder.
    """
    return Runs(path, TrainedRun)
