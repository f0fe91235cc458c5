"""A training in the log: its records written down, and read back."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from uzviz import records
from uzviz.errors import InputError
from uzviz.log import card, checkpoints, values
from uzviz.log.folder import LoggedRun
from uzviz.log.paths import PathWriter
from uzviz.log.recording import PROGRESS, Log
from uzviz.log.sheets import sheet
from uzviz.records import (
    Best,
    Evaluation,
    Graph,
    Pictured,
    Probed,
    Record,
    Run,
    Snapshot,
    Start,
    State,
    Steps,
)

MADE = "uzviz/run"
"""The tag of the names and numbers from which a run can be made again, as JSON."""
STEP_LOSS = "step/loss"
PARTS = ("train/", "validation/", "test/")
RESERVED = ("train", "validation", "test", "step", "progress", "pictures", "card", "uzviz")
"""What the tags of a training begin with."""


class TrainingLog:
    """Writes the records of one training to a folder, and its states beside them.

    Parameters
    ----------
    made
        What else is needed to go on with the run, as JSON holds it: facts of the process and the
        user's note among it. None where an earlier training in this folder goes on from a state.
    resumed_at
        The first step that is made again of an earlier training: what it had logged there and beyond
        is void.
    path
        The steps of the snapshots that are planned.
    """

    def __init__(
        self,
        folder: Path,
        start: Start,
        made: Mapping[str, Any] | None,
        resumed_at: int | None = None,
        path: Sequence[int] = (),
    ):
        self.start, self.folder = start, folder
        self._path = PathWriter(folder, path, after=(resumed_at or 0) - 1)
        self._best: Best | None = None
        self._warned = False
        self._now = time.time()
        own = {
            "rule": start.rule,
            **start.hyperparameters,
            "schedule": card.schedule_of(start),
            "batch": start.batch,
            "sampling": start.sampling,
            "gradients": start.gradients,
        }
        group = json.dumps([start.problem, own, start.schedules], sort_keys=True)
        self._log = Log(
            folder,
            hyperparameters={**own, **_flat(start.problem), "seed": start.seeds[0]},
            group=group,
            resumed_at=resumed_at,
        )
        checkpoints.tidy(folder, resumed_at or 0)
        if made is not None:
            kept = made["path"]["words"]
            words = card.markdown(start, made["facts"], card.command(), made["note"], kept)
            self._log.text(0, "card", words)
            facts = json.dumps({"start": asdict(start), **made})
            self._log.tensor(0, MADE, np.array([facts], object))

    def add(self, record: Record) -> None:
        """Write a record."""
        match record:
            case Steps():
                self._steps(record)
            case Evaluation():
                progress = {} if record.step else self._progress(0)
                found = {name: float(value) for name, value in record.values.items()}
                self._log.scalars(record.step, {**found, **progress})
                self._now = time.time()
            case Probed():
                self._probed(record)
            case Graph():
                self._log.graph(record)
            case Pictured() if len(record.images):
                drawn = sheet(record.images, record.captions, record.signed)
                self._log.image(record.step, f"pictures/{record.name}", drawn)
            case Best():
                self._best = record
            case Snapshot():
                self._path.add(record)
            case State():
                self._keep(record)
            case _:
                pass

    def close(self, run: Run) -> None:
        """Say how the run ended, and end the files."""
        self._path.close()
        self._log.close(run.status)

    def _progress(self, step: Any) -> dict[str, Any]:
        return {PROGRESS + k: v for k, v in self.start.progress(step).items()}

    def _steps(self, record: Steps) -> None:
        """A window's steps share its time evenly."""
        before, self._now = self._now, time.time()
        n = len(record.loss)
        step = np.arange(record.first, record.first + n)
        wall = before + (self._now - before) * np.arange(1, n + 1) / n
        self._log.columns(step, {STEP_LOSS: record.loss, **self._progress(step)}, wall)

    def _probed(self, record: Probed) -> None:
        scalars = {}
        for name, value in record.values.items():
            tag = f"{record.probe}/{name}"
            if isinstance(value, records.Histogram):
                self._log.histogram(record.step, tag, value)
            elif np.ndim(value) == 0:
                scalars[tag] = float(value)
            else:
                self._log.tensor(record.step, tag, value)
        if scalars:
            self._log.scalars(record.step, scalars)

    def _keep(self, state: State) -> None:
        """Write a state once log and path hold all that led to it."""
        self._path.sync()
        self._log.sync()
        self._path.wait()
        facts = {"step": state.step}
        try:
            if self._best is not None:
                own = {"step": self._best.step, "validation/loss": self._best.loss}
                checkpoints.save(self.folder, checkpoints.BEST, self._best.w, own)
                self._best = None
            checkpoints.save_step(self.folder, state.step, state.tensors, facts)
        except OSError as error:
            if not self._warned:
                warnings.warn(
                    f"The state of {self.folder} cannot be kept ({error.strerror}): training goes "
                    "on, and --resume would start from an earlier one.",
                    RuntimeWarning,
                    stacklevel=2,
                )
            self._warned = True


def _flat(problem: Mapping[str, Any]) -> dict[str, values.Number]:
    """The names and numbers of a problem as TensorBoard's HPARAMS page takes them."""
    return {
        name: value if isinstance(value, (bool, int, float, str)) else json.dumps(value)
        for name, value in problem.items()
    }


def holds_training(run: LoggedRun) -> bool:
    """Whether a run is a training of ours."""
    return run.tags.get(MADE) == "tensors"


def made_of(run: LoggedRun) -> dict[str, Any]:
    """The names and numbers that a run of ours was made with.

    Raises
    ------
    InputError
        for a run that is not ours.
    """
    if not holds_training(run) or not (found := run.tensors(MADE)):
        raise InputError(f"{run.folder} holds no training of Uzviz: give the folder of one.")
    try:
        made = json.loads(found[-1][1][0])
        start_of(made)
        return made
    except (ValueError, KeyError, TypeError, IndexError):
        raise InputError(
            f"{run.folder} doesn't say what was trained there in a form that is understood."
        ) from None


def path_of(made: Mapping[str, Any]) -> tuple[tuple[int, ...], str]:
    """The steps of the snapshots that a run was to keep, and how many in words; none of older runs."""
    kept = made.get("path", {"steps": [], "words": ""})
    return tuple(kept["steps"]), str(kept["words"])


def start_of(made: Mapping[str, Any]) -> Start:
    """The first record of a run."""
    start = dict(made["start"])
    return Start(**{**start, "seeds": tuple(start["seeds"])})


def run_of(logged: LoggedRun, until: int | None = None, probes: Sequence[str] = ()) -> Run:
    """The run as far as it is logged, or until a step; without parameters."""
    start = start_of(made_of(logged))
    until = start.steps if until is None else until
    run = Run(start)
    if until and STEP_LOSS in logged.tags:
        points = logged.scalars(STEP_LOSS)
        run.losses.append(points.value[points.step <= until])
    for step, found in _by_step(logged, PARTS, until).items():
        spent = start.progress(step)
        epoch, gradients = float(spent["epoch"]), int(spent["gradients"])
        run.evaluations.append(Evaluation(step, epoch, gradients, found))
    for probe in probes:
        for step, found in _by_step(logged, (f"{probe}/",), until).items():
            own = {name.removeprefix(f"{probe}/"): value for name, value in found.items()}
            run.probed.append(Probed(step, probe, own))
    run.probed.sort(key=lambda p: p.step)
    return run


def _by_step(logged: LoggedRun, prefixes: tuple[str, ...], until: int) -> dict[int, dict[str, Any]]:
    """Everything logged under some prefixes, by step."""
    found: dict[int, dict[str, Any]] = {}
    for tag, kind in logged.tags.items():
        if not tag.startswith(prefixes):
            continue
        if kind == "scalars":
            points = logged.scalars(tag)
            pairs = zip(points.step.tolist(), points.value, strict=True)
        elif kind == "histograms":
            pairs = iter(logged.histograms(tag))
        else:
            pairs = iter(logged.tensors(tag))
        for step, value in pairs:
            if step <= until:
                found.setdefault(step, {})[tag] = value
    return dict(sorted(found.items()))
