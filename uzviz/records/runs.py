"""What a run can say, in the order it says it: start, then steps, evaluations and probes, end.

Numbers are NumPy arrays. A solo run says scalars; lanes run together say the same records with
their own axes in front, ``[seeds, settings]``.
"""

from __future__ import annotations

import csv
import json
import math
import pathlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypedDict

import numpy as np


class Histogram(NamedTuple):
    """Counts of numbers between edges."""

    edges: Any
    """[bins + 1], rising"""
    counts: Any
    """[bins]"""


CauseKind = Literal["bad batch", "step too long", "layer grew", "overflow", "not seen"]


class Cause(TypedDict):
    """Why a lane died, as a kind and its numbers: the page words it in any language."""

    kind: CauseKind
    step: int
    """The step that was too long, or how many steps the layer grew in; 0 of other kinds."""
    times: float | None
    """By how many times the step was too long, or the layer's norm grew, None where that is not
    finite; 0 of other kinds."""
    layer: str
    """The layer that grew; "" of other kinds."""


@dataclass(frozen=True)
class Start:
    """The first record: what will be done."""

    problem: dict[str, Any]
    rule: str
    hyperparameters: dict[str, Any]
    batch: int
    last_batch: int
    """Examples in the last batch of an epoch, which is divided by its real size."""
    examples: dict[str, int]
    """How many examples each part of the split holds."""
    steps: int
    steps_per_epoch: int
    gradients: int
    """The budget, in gradients of examples."""
    parameters: int
    seeds: tuple[int, ...]
    cost: int = 1
    """Gradients that a step asks for each example."""
    schedules: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Hyperparameters that change over time, by what makes them: kind, value, horizon."""
    sampling: str = "reshuffle"
    checksum: str = ""
    """SHA-256 of the data; "" without."""
    split_seed: int | None = None

    def progress(self, steps: Any) -> dict[str, np.ndarray]:
        """How far so many steps are: epochs, gradients of examples, examples."""
        epochs, within = np.divmod(np.asarray(steps, np.int64), self.steps_per_epoch)
        examples = epochs * self.examples["train"] + within * self.batch
        return {
            "epoch": examples / self.examples["train"],
            "gradients": self.cost * examples,
            "examples": examples,
        }


@dataclass(frozen=True)
class Steps:
    """Consecutive steps as columns: the loss each of them saw, [..., steps]."""

    first: int
    """The number of the first of them, from 1."""
    loss: np.ndarray


@dataclass(frozen=True)
class Evaluation:
    """Losses and metrics at w, by names such as "validation/loss"."""

    step: int
    epoch: float
    gradients: int
    """Gradients of examples spent so far."""
    values: dict[str, np.ndarray]


@dataclass(frozen=True)
class Probed:
    """What one probe measured after ``step`` steps."""

    step: int
    probe: str
    values: dict[str, np.ndarray]


@dataclass(frozen=True)
class Pictured:
    """Images seen together after ``step`` steps."""

    step: int
    name: str
    images: np.ndarray
    """[images, height, width] or [images, height, width, channels]"""
    captions: list[str]
    """One under each, or none at all."""
    signed: bool
    """Whether zero is the middle of the scale, and not its end."""


class Node(NamedTuple):
    """A parameter, an input, or one computation of a model."""

    name: str
    """Its modules and its own, with "/" between them."""
    op: str
    inputs: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    """Of each of its results."""
    dtype: str
    parameters: int
    flops: int


@dataclass(frozen=True)
class Graph:
    """What a model computes of one batch, forwards."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Best:
    """The parameters with the lowest validation loss so far."""

    step: int
    loss: float
    w: dict[str, np.ndarray]
    """By their paths in the pytree."""


@dataclass(frozen=True)
class Snapshot:
    """The parameters after ``step`` steps, a point of the path; of lanes, [seeds, …]."""

    step: int
    w: dict[str, np.ndarray]
    """By their paths, "w/…"."""


class Path(NamedTuple):
    """Where a run went: its parameters from start to end, even in log time."""

    steps: np.ndarray
    """[snapshots], rising"""
    w: Any
    """The problem's pytree, each leaf [snapshots, …]; of a logged run, mapped from its file."""


@dataclass(frozen=True)
class State:
    """All that training goes on from after ``step`` steps, by names: w/…, s/…, alive."""

    step: int
    tensors: dict[str, np.ndarray]


@dataclass(frozen=True)
class Stage:
    """A part of a race begins: which entrants train which settings from which seeds."""

    stage: str
    """ "heats" or "final"."""
    round: int
    """In the heats, how often the grid has grown."""
    seeds: tuple[int, ...]
    parameters: int
    entries: list[dict[str, Any]]
    """Of each: entrant, settings, plan, schedule, nudged, state, and the steps of its curves' points with
    the examples visited by then."""
    protocol: dict[str, Any]
    """What the race holds fixed, as far as it is known."""


@dataclass(frozen=True)
class Piece:
    """Lanes of a race that are done, all of one entrant."""

    stage: str
    round: int
    entrant: str
    seeds: tuple[int, int]
    """Their place among the stage's seeds: first, and one past the last."""
    settings: tuple[int, int]
    arrays: dict[str, np.ndarray]
    """[seeds, settings, …] by names such as "end/test/loss", "curves/…", "finite", "died"."""
    path: tuple[Snapshot, ...] = ()
    """Of the final, where the first setting went from the first of its seeds."""

    @property
    def paths(self) -> dict[int, list[Snapshot]]:
        """The path of each lane that has one, by its place among the stage's seeds."""
        count = len(next(iter(self.path[0].w.values()))) if self.path else 0
        return {
            self.seeds[0] + i: [
                Snapshot(s.step, {k: x[i] for k, x in s.w.items()}) for s in self.path
            ]
            for i in range(count)
        }

    @property
    def place(self) -> tuple[Any, ...]:
        """What tells it from all other pieces of its race."""
        return self.stage, self.round, self.entrant, *self.seeds, *self.settings


@dataclass(frozen=True)
class Timed:
    """Seconds a step of each entrant takes when run alone, in the order of entrants."""

    alone: list[float]


@dataclass(frozen=True)
class End:
    """The last record: how it ended, and where."""

    step: int
    finite: np.ndarray
    """Whether every loss seen, and those of training and validation at the end, were finite; a lane
    that saw one that is not is frozen."""
    w: Any
    """The parameters at the end."""
    interrupted: bool = False
    """Whether Ctrl-C ended it."""


Record = Start | Graph | Steps | Evaluation | Probed | Pictured | Best | Snapshot | State | End
RaceRecord = Stage | Piece | Timed


@dataclass(repr=False)
class Run:
    """One training, collected from its records. ``w`` holds the trained parameters."""

    start: Start
    losses: list[np.ndarray] = field(default_factory=list)
    evaluations: list[Evaluation] = field(default_factory=list)
    probed: list[Probed] = field(default_factory=list)
    end: End | None = None
    snapshots: list[Snapshot] = field(default_factory=list)
    """Of a path that is kept in memory."""
    path_words: str = ""
    """How much of its path is kept, and why not more, as a sentence."""
    find_path: Callable[[], Path | None] = lambda: None
    """What :attr:`path` is got by when it is asked for."""

    def add(self, record: Record) -> None:
        match record:
            case Steps():
                self.losses.append(record.loss)
            case Evaluation():
                self.evaluations.append(record)
            case Probed():
                self.probed.append(record)
            case Snapshot():
                self.snapshots.append(record)
            case End():
                self.end = record

    @property
    def w(self) -> Any:
        """The parameters at the end, as the problem's pytree; None while training goes on."""
        return self.end.w if self.end else None

    @cached_property
    def path(self) -> Path | None:
        """Where it went; None where that was not kept, or its file is lost. Damaged snapshots are
        passed over with a warning."""
        return self.find_path()

    @property
    def step(self) -> int:
        """Steps made."""
        return sum(len(x) for x in self.losses)

    @property
    def loss(self) -> np.ndarray:
        """The loss each step saw, in order of steps."""
        return np.concatenate([np.empty(0, np.float32), *self.losses])

    @property
    def status(self) -> str:
        """ "finished", "diverged", or "interrupted" when it ended before its budget."""
        if self.end and not np.all(self.end.finite):
            return "diverged"
        return "finished" if self.end and self.end.step == self.start.steps else "interrupted"

    @property
    def results(self) -> dict[str, float]:
        """The last evaluation, by names such as "test/accuracy": of all parts at the end, else of
        the validation part alone."""
        last = self.evaluations[-1].values if self.evaluations else {}
        return {name: float(value) for name, value in last.items()}

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value:.4g}" for name, value in self.results.items())
        return f"Run({self.start.rule}, {self.status} at step {self.step:,}, {shown})"

    def to_dict(self) -> dict[str, Any]:
        """The whole run as plain values; what is not finite is None, beside the status."""
        return plain(
            {
                "start": vars(self.start),
                "status": self.status,
                "results": self.results,
                "loss": self.loss.tolist(),
                "evaluations": [
                    {**vars(e), "values": {k: float(v) for k, v in e.values.items()}}
                    for e in self.evaluations
                ],
                "probes": [
                    {**vars(p), "values": {k: _listed(v) for k, v in p.values.items()}}
                    for p in self.probed
                ],
            }
        )

    def to_json(self, path: str | pathlib.Path) -> None:
        """Write :meth:`to_dict` as strict JSON."""
        pathlib.Path(path).write_text(json.dumps(self.to_dict(), allow_nan=False))

    def to_csv(self, path: str | pathlib.Path) -> None:
        """Write every value as a row: step, name, value."""
        with open(path, "w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["step", "name", "value"])
            rows.writerows((i, "step/loss", float(x)) for i, x in enumerate(self.loss, 1))
            for e in self.evaluations:
                rows.writerows((e.step, name, float(x)) for name, x in e.values.items())
            for p in self.probed:
                named = ((f"{p.probe}/{name}", _listed(x)) for name, x in p.values.items())
                rows.writerows((p.step, *pair) for pair in named)


def _listed(x: Any) -> Any:
    """Arrays as lists, those of a histogram by their names."""
    if isinstance(x, Histogram):
        return {name: np.asarray(part).tolist() for name, part in x._asdict().items()}
    return np.asarray(x).tolist()


def plain(value: Any) -> Any:
    """The same value with None for every number that is not finite: strict JSON."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
