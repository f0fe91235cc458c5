"""The log of one run, for any training loop."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from uzviz import records
from uzviz.checks import whole
from uzviz.errors import InputError, shown
from uzviz.log import schema, values
from uzviz.log.values import Number
from uzviz.log.writer import EventWriter

PROGRESS = "progress/"
"""Tags under which a record says how far training was: epoch, gradients, examples."""


class Log:
    """Writes a run to a folder as an event file that TensorBoard and :func:`uzviz.read` read.

    Parameters
    ----------
    folder
        The run's folder, made where there is none; every writer adds a file of its own.
    hyperparameters
        Names with numbers, texts or booleans, for TensorBoard's HPARAMS page.
    metrics
        Tags to show there beside them.
    group
        Runs of one group differ in their seed alone.
    resumed_at
        The step from which an earlier run in this folder goes on: what it had logged at this step
        and beyond is void.

    Nothing is written before the first value; what is added is on disk within a second, and at
    :meth:`close`, at the end of a ``with``, or when Python exits. Numbers are stored as float32.
    If the disk is full or the folder lost, it warns once, and training goes on.

    Raises
    ------
    InputError
        for names and values that cannot be logged.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        hyperparameters: Mapping[str, Number] | None = None,
        metrics: Sequence[str] = (),
        group: str = "",
        resumed_at: int | None = None,
    ):
        if not isinstance(folder, (str, os.PathLike)) or "\0" in str(folder):
            raise InputError(f"The log is {shown(folder)}, but must be the name of a folder.")
        if resumed_at is not None:
            _step(resumed_at)
        self.folder = Path(folder)
        if self.folder.exists() and not self.folder.is_dir():
            raise InputError(f"{shown(str(folder))} is a file: give a folder for the log.")
        self._writer = EventWriter(self.folder, resumed_at)
        self._tags: set[tuple[str, ...]] = set()
        """Those that were found good."""
        own = _hyperparameters({} if hyperparameters is None else hyperparameters)
        if isinstance(metrics, str) or not all(_is_unicode(m) for m in metrics):
            raise InputError(f"The metrics are {shown(metrics)}, but must be a list of tags.")
        if not _is_unicode(group):
            raise InputError(f"The group is {shown(group)}, but must be a text.")
        self._hyperparameters = own
        if own and not resumed_at:
            self._add(0, values.session_start(own, group, time.time()))
        if metrics:
            self.show_metrics(metrics)

    def show_metrics(self, metrics: Sequence[str]) -> None:
        """Name the tags that TensorBoard's HPARAMS page shows beside the hyperparameters."""
        self._add(0, values.experiment(self._hyperparameters, metrics))

    def scalars(
        self,
        step: int,
        scalars: Mapping[str, float],
        *,
        epoch: float | None = None,
        gradients: int | None = None,
        examples: int | None = None,
    ) -> None:
        """Log numbers after a step, by tags such as "train/loss", in one record.

        ``epoch``, ``gradients`` of single examples and ``examples`` seen so far are other axes than
        the step, logged as "progress/epoch" and so on.
        """
        if not isinstance(scalars, Mapping):
            raise InputError(
                f"The scalars are {shown(scalars)}, but must be numbers by their tags."
            )
        tags, numbers = tuple(scalars), [_number(k, v) for k, v in scalars.items()]
        for name, value in (("epoch", epoch), ("gradients", gradients), ("examples", examples)):
            if value is not None:
                tags += (PROGRESS + name,)
                numbers.append(_number(name, value))
        if tags not in self._tags:
            self._tags.add(tuple(map(_tag, tags)))
        if tags:
            self._writer.scalars(_step(step), time.time(), tags, numbers, len(tags))

    def columns(
        self, step: np.ndarray, columns: Mapping[str, np.ndarray], wall: np.ndarray
    ) -> None:
        """Log numbers of many steps at once: columns [steps], as :meth:`scalars` one by one."""
        for tag in columns:
            _tag(tag)
        step, wall = np.asarray(step), np.asarray(wall, float)
        shapes = {step.shape, wall.shape, *(np.shape(x) for x in columns.values())}
        if len(shapes) != 1 or step.ndim != 1 or step.dtype.kind not in "iu":
            raise InputError(
                f"The columns have the shapes {sorted(shapes)}, but must be [steps], those of whole "
                "numbers."
            )
        table = np.stack([np.asarray(x, np.float32) for x in columns.values()], axis=-1)
        self._writer.scalars(step, wall, tuple(columns), table, table.size)

    def histogram(self, step: int, tag: str, x: Any, bins: int = 30) -> None:
        """Log how the finite numbers of an array are spread, or a histogram that is counted already."""
        if not isinstance(x, records.Histogram):
            x = _counted(tag, x, bins)
        if np.ndim(x.counts) != 1 or np.shape(x.edges) != (len(x.counts) + 1,):
            raise InputError(f"The histogram {shown(tag)} must have one more edge than counts.")
        self._add(step, values.histogram(_tag(tag), x))

    def image(self, step: int, tag: str, image: Any) -> None:
        """Log an image [height, width] or [height, width, channels], or a list of them.

        uint8 is shown as it is; other numbers from black, the smallest, to white, the largest.
        """
        pictures = [np.asarray(x) for x in (image if isinstance(image, (list, tuple)) else [image])]
        for x in pictures:
            if x.ndim not in {2, 3} or (x.ndim == 3 and x.shape[2] not in {1, 3, 4}) or not x.size:
                raise InputError(
                    f"The image {shown(tag)} has the shape {list(x.shape)}, but must be [height, "
                    "width] or [height, width, channels] with 1, 3 or 4 channels."
                )
            if x.dtype.kind not in "biuf":
                raise InputError(
                    f"The image {shown(tag)} has type {x.dtype}, but must hold numbers."
                )
        if pictures:
            self._add(step, values.images(_tag(tag), pictures))

    def text(self, step: int, tag: str, words: str) -> None:
        """Log a text, which TensorBoard shows as Markdown."""
        if not _is_unicode(words):
            raise InputError(f"The text {shown(tag)} is {shown(words)}, but must be a text.")
        self._add(step, values.text(_tag(tag), words))

    def graph(self, graph: records.Graph) -> None:
        """Log the graph of a model; of several, the last one counts."""
        if not isinstance(graph, records.Graph):
            raise InputError(f"The graph is {shown(graph)}, but must be a records.Graph.")
        self._writer.event(schema.Event(wall_time=time.time(), graph_def=values.graph(graph)))

    def tensor(self, step: int, tag: str, x: Any) -> None:
        """Log an array of numbers or texts. TensorBoard has no page for it; ``uz.read`` has."""
        self.tensors(step, {tag: x})

    def tensors(self, step: int, tensors: Mapping[str, Any]) -> None:
        """Log arrays in one record: they are read together or not at all."""
        try:
            self._add(step, *(values.tensor(_tag(tag), x) for tag, x in tensors.items()))
        except ValueError as error:
            raise InputError(f"{shown(list(tensors))} cannot be logged: {error}.") from None

    @property
    def lost(self) -> bool:
        """Whether something could not be written."""
        return self._writer.lost > 0

    def flush(self) -> None:
        """Write what was added, now."""
        self._writer.flush()

    def sync(self) -> None:
        """Write what was added, and wait until the disk has it."""
        self._writer.sync()

    def close(self, status: str = "finished") -> None:
        """Say how the run ended ("finished", "diverged" or "interrupted") and end the file."""
        if self._writer.closed:
            return
        if status not in values.ENDED:
            raise InputError(
                f"The status is {shown(status)}: choose one of {', '.join(values.ENDED)}."
            )
        now = time.time()
        if self._hyperparameters:
            self._add(0, values.session_end(status, now))
        if self._writer.used:
            stopped = {"status": values.STOPPED, "msg": status}
            self._writer.event(schema.Event(wall_time=now, session_log=stopped))
        self._writer.close()

    def __enter__(self) -> Log:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close("finished" if kind is None else "interrupted")

    def _add(self, step: int, *found: Any) -> None:
        event = schema.Event(wall_time=time.time(), step=_step(step), summary={"value": found})
        self._writer.event(event)


def _step(step: Any) -> int:
    if not whole(step, -(2**63), 2**63 - 1):
        raise InputError(f"The step is {shown(step)}, but must be a whole number.")
    return int(step)


def _tag(tag: Any) -> str:
    if not tag or not _is_unicode(tag) or "\0" in tag:
        raise InputError(f"The tag is {shown(tag)}, but must be a text such as 'train/loss'.")
    return tag


def _hyperparameters(given: Any) -> dict[str, Number]:
    """Names and values, NumPy's as Python's."""
    if not isinstance(given, Mapping):
        raise InputError(
            f"The hyperparameters are {shown(given)}, but must be values by their names."
        )
    found = {k: v.item() if isinstance(v, np.generic) else v for k, v in given.items()}
    for name, value in found.items():
        number = isinstance(value, (bool, float)) or whole(value, -(2**1000), 2**1000)
        if not _is_unicode(name) or not (number or _is_unicode(value)):
            raise InputError(
                f"The hyperparameter {shown(name)} is {shown(value)}, but must be a number, a text or "
                "a boolean under a name."
            )
    return found


def _counted(tag: Any, x: Any, bins: int) -> records.Histogram:
    """A histogram of an array's finite numbers."""
    try:
        x = np.asarray(x, dtype=float).ravel()
        x = x[np.isfinite(x)]
        if len(x) and np.ptp(x) <= 1e-12 * np.abs(x).max():
            margin = max(0.5, 1e-3 * abs(x[0]))
            counts, edges = np.histogram(x, bins, (x.min() - margin, x.max() + margin))
        else:
            counts, edges = np.histogram(x, bins)
        return records.Histogram(edges, counts)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(
            f"The histogram {shown(tag)} cannot be counted ({error}): give numbers, and a whole number "
            "of bins."
        ) from None


def _is_unicode(text: Any) -> bool:
    """Whether it is a text that can be encoded; one with lone surrogates cannot."""
    if not isinstance(text, str):
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _number(tag: Any, value: Any) -> float:
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(
            f"The value of {shown(tag)} is {shown(value)}, but must be one number."
        ) from None
