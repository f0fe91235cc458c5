"""What training and racing share about the log."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from uzviz import log, problems
from uzviz.errors import InputError
from uzviz.problems import Problem


def free(folder: str | Path) -> Path:
    """A folder that holds no run yet."""
    path = Path(folder)
    if path.is_dir() and log.holds_run(path):
        raise InputError(
            f"{folder} holds a run already: resume it, or give another folder for the log."
        )
    return path


def restored(made: Mapping[str, Any], given: Problem | None) -> Problem:
    """The problem of a run, made again from its names and numbers, or given again.

    Raises
    ------
    InputError
        for a problem that is not ours, or whose data are not those of the run.
    """
    if given is None:
        return problems.restored(made["problem"], made["split_seed"], made["checksum"])
    if given.checksum != made["checksum"]:
        raise InputError(f"The data of {given.name} are not those of the run: give the same.")
    return given


def said_changes(folder: Path, facts: Mapping[str, Any]) -> None:
    """Warn of everything that may change bits from here on."""
    for change in log.changes(facts, log.facts()):
        warnings.warn(
            f"{folder} goes on with {change}: from here on its bits may differ from a run that "
            "never stopped.",
            stacklevel=4,
        )
