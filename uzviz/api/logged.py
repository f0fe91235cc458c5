"""What training and racing share about the log."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax

from uzviz import log, problems
from uzviz.errors import InputError, shown
from uzviz.problems import Problem


def free(folder: str | Path) -> Path:
    """A folder that holds no run yet."""
    if not isinstance(folder, (str, os.PathLike)) or "\0" in str(folder):
        raise InputError(f"The log is {shown(folder)}, but must be the name of a folder.")
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
    if given is not None and not isinstance(given, Problem):
        raise InputError(f"The problem is {shown(given)}, but must be a Problem.")
    if given is None:
        return problems.restored(made["problem"], made["split_seed"], made["checksum"])
    if (given.spec or {"kind": given.name}) != made["problem"]:
        raise InputError(
            f"{given.name} is not the problem of the run, which is {shown(made['problem'])}: give "
            "the same."
        )
    if given.checksum != made["checksum"]:
        raise InputError(f"The data of {given.name} are not those of the run: give the same.")
    return given


def facts_now() -> dict[str, Any]:
    """The facts of this process, of which a change may change bits."""
    return log.facts(jax.devices()[0].device_kind)


def said_changes(folder: Path, facts: Mapping[str, Any]) -> None:
    """Warn of everything that may change bits from here on."""
    for change in log.changes(facts, facts_now()):
        warnings.warn(
            f"{folder} goes on with {change}: from here on its bits may differ from a run that "
            "never stopped.",
            stacklevel=4,
        )
