"""Going on with what was broken off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from uzviz import log
from uzviz.api.racing import Progress, resume_race
from uzviz.api.training import EVERY, Probes, resume_training
from uzviz.problems import Problem
from uzviz.races import Entrant, Race
from uzviz.records import Record, Run
from uzviz.rules import Rule


def resume(
    folder: str | Path,
    *,
    problem: Problem | None = None,
    rule: Rule | None = None,
    entrants: Sequence[Rule | Entrant | str] | None = None,
    probe: Probes | None = None,
    checkpoint_every: float = EVERY,
    on_record: Callable[[Record], object] = lambda record: None,
    on_progress: Progress = lambda done, total, stage: None,
) -> Run | Race:
    """Go on with a training or a race in its log's folder, as if it had never stopped.

    On the same machine, with the same versions and as many cores, all bits are those of one that
    never stopped; where one of them differs, it warns and goes on. A training goes on from its last
    state; of a race, lanes that are done are not trained again. What is finished is read.

    Parameters
    ----------
    problem, rule, probe, entrants
        What it had of your own, given again; what is ours is made again from the log.
    checkpoint_every, on_record, on_progress
        As in :func:`train` and :func:`race`.

    Raises
    ------
    InputError
        for a folder that holds neither, and for a problem or rule that is not the run's.
    """
    logged = log.LoggedRun.at(folder)
    with log.held(logged.folder):
        if holds_race(folder):
            return resume_race(logged, problem, entrants, on_progress)
        return resume_training(logged, problem, rule, probe, checkpoint_every, on_record)


def holds_race(folder: str | Path) -> bool:
    """Whether a folder is a race's own, and not a training's."""
    return log.holds_race(log.LoggedRun.at(folder))
