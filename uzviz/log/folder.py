"""Runs on disk: any folder of event files, ours or anyone's, read when asked and followed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from google.protobuf.message import DecodeError

from uzviz import records
from uzviz.errors import InputError, shown, unknown
from uzviz.log import schema, values
from uzviz.log.files import Contents, Entry, EventFile, Points, joined_points, opened
from uzviz.log.frames import Damage

if TYPE_CHECKING:
    import pandas as pd

    from uzviz.log.landscapes import LoggedLandscape

T = TypeVar("T")
R = TypeVar("R", bound="LoggedRun")
STATUS = {None: "running", 0: "interrupted", 1: "finished", 2: "failed", 3: "running"}


class LoggedRun:
    """One run: a folder that holds event files. Nothing is read before it is asked for.

    Points lie in memory, 20 bytes each; all else is read from its file every time.
    """

    def __init__(self, name: str, folder: Path):
        self.name, self.folder = name, folder
        self._files: dict[Path, EventFile] = {}
        self._read: Contents | None = None

    @classmethod
    def at(cls, folder: str | Path) -> LoggedRun:
        """The run of a folder of its own.

        Raises
        ------
        InputError
            for a folder that is no run's.
        """
        path = Path(folder) if isinstance(folder, (str, os.PathLike)) else None
        if path is None or not path.is_dir() or not holds_run(path):
            missing = path is not None and not path.exists()
            said = "does not exist, but must be" if missing else "is not"
            raise InputError(f"{shown(str(folder))} {said} the folder of a run: give one.")
        return cls(path.name, path)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    @property
    def files(self) -> list[Path]:
        """Its event files, in the order in which they are read."""
        found = os.listdir(self.folder) if self.folder.is_dir() else []
        return sorted(self.folder / name for name in found if is_event_file(name))

    def refresh(self) -> None:
        """Read what was written since the last time."""
        paths = self.files
        files = {path: self._files.get(path) or EventFile(path) for path in paths}
        contents = self._read or Contents()
        gone = self._files.keys() - files.keys()
        if gone or not all(file.read(contents) for file in files.values()):
            files, contents = {path: EventFile(path) for path in paths}, Contents()
            for file in files.values():
                file.read(contents)
        self._files, self._read = files, contents

    @property
    def _contents(self) -> Contents:
        if self._read is None:
            self.refresh()
        assert self._read is not None
        return self._read

    @property
    def tags(self) -> dict[str, str]:
        """What was logged: scalars, histograms, images, text or tensors, by tag."""
        return dict(self._contents.kinds)

    @property
    def hyperparameters(self) -> dict[str, values.Number]:
        """What TensorBoard's HPARAMS page shows."""
        return dict(self._contents.hyperparameters)

    @property
    def status(self) -> str:
        """ "running", "finished", "failed" (diverged) or "interrupted", as the log says; one that was
        killed, or never closed, says nothing, and is "running"."""
        return STATUS.get(self._contents.ended, "running")

    @property
    def damage(self) -> list[Damage]:
        """Bytes of its files that could not be read."""
        return sorted(self._contents.damage)

    def scalars(self, tag: str) -> Points:
        """All points of a series: columns step, wall and value.

        Raises
        ------
        InputError
            for a tag that holds no scalars, with those that do.
        """
        chunks = self._contents.scalars
        if tag not in chunks:
            raise unknown(f"series of scalars in {self.name}", tag, chunks)
        if len(chunks[tag]) != 1:
            nothing = Points(np.empty(0, np.int64), np.empty(0), np.empty(0, np.float32))
            chunks[tag] = [joined_points([nothing, *chunks[tag]])]
        return chunks[tag][0]

    @property
    def results(self) -> dict[str, float]:
        """The last value of every series."""
        found = {tag: self.scalars(tag).value for tag in self._contents.scalars}
        return {tag: float(value[-1]) for tag, value in found.items() if len(value)}

    def histograms(self, tag: str) -> list[tuple[int, records.Histogram]]:
        """Steps and histograms."""
        return self._decoded(tag, "histograms", values.histogram_of)

    def images(self, tag: str) -> list[tuple[int, list[values.Picture]]]:
        """Steps and pictures, encoded as they were logged."""
        return self._decoded(tag, "images", values.pictures_of)

    def text(self, tag: str) -> list[tuple[int, list[str]]]:
        """Steps and texts."""
        return self._decoded(tag, "text", values.texts_of)

    def tensors(self, tag: str) -> list[tuple[int, np.ndarray]]:
        """Steps and arrays."""
        return self._decoded(tag, "tensors", lambda value: values.array_of(value.tensor))

    def events(self, tag: str) -> list[Any]:
        """The whole records, as TensorBoard's Event, in which a tag that holds no scalars stands."""
        return [self.event(entry) for entry in self.entries(tag)]

    def entries(self, tag: str) -> list[Entry]:
        """Where the values of a tag that holds no scalars stand."""
        return list(self._contents.entries.get(tag, []))

    def event(self, entry: Entry) -> Any:
        """The whole record that an entry stands in."""
        try:
            with opened(entry.file) as file:
                file.seek(entry.offset)
                return schema.Event.FromString(file.read(entry.size))
        except OSError as error:
            raise InputError(f"{entry.file} can no longer be read: {error.strerror}.") from None

    @property
    def graph(self) -> records.Graph | None:
        """The last graph logged; None without one."""
        entry = self._contents.graph
        if entry is None:
            return None
        try:
            return values.graph_of(self.event(entry).graph_def)
        except DecodeError as error:
            raise InputError(f"The graph of {self.name} is not understood: {error}.") from None

    @property
    def landscapes(self) -> dict[str, LoggedLandscape]:
        """The landscapes logged, by their names."""
        from uzviz.log.landscapes import landscapes_of

        return landscapes_of(self)

    def _decoded(self, tag: str, kind: str, decode: Callable[[Any], T]) -> list[tuple[int, T]]:
        tags = [t for t, k in self._contents.kinds.items() if k == kind]
        if tag not in tags:
            raise unknown(f"series of {kind} in {self.name}", tag, tags)
        found = []
        for entry in self._contents.entries[tag]:
            try:
                found.append((entry.step, decode(self.event(entry).summary.value[entry.number])))
            except (ValueError, TypeError, IndexError, DecodeError) as error:
                raise InputError(
                    f"{tag} of {self.name} at step {entry.step} is not understood: {error}."
                ) from None
        return found


class Folder(Mapping[str, R], Generic[R]):
    """All runs below a folder, by their paths in it; the folder itself is ".".

    Parameters
    ----------
    make
        What makes a run of its name and folder: LoggedRun, or a kind of it.

    Raises
    ------
    InputError
        for what is no folder.
    """

    def __init__(self, path: str | Path, make: Callable[[str, Path], R]):
        if not isinstance(path, (str, os.PathLike)) or not os.path.isdir(path):
            raise InputError(f"There is no folder {shown(str(path))}: give one with runs in it.")
        self.path = Path(path)
        self._make = make
        self._runs: dict[str, R] = {}
        self.refresh()

    def refresh(self) -> None:
        """Find runs that are new or gone, and read on in those that were read before."""
        found = {}
        for folder, below, files in os.walk(self.path):
            below.sort()
            if any(map(is_event_file, files)):
                name = Path(folder).relative_to(self.path).as_posix()
                found[name] = self._runs.get(name) or self._make(name, Path(folder))
        self._runs = found
        for run in found.values():
            if run._read is not None:
                run.refresh()

    def __getitem__(self, name: str) -> R:
        if name not in self._runs:
            raise unknown(f"run in {self.path}", name, self._runs)
        return self._runs[name]

    def __contains__(self, name: object) -> bool:
        return name in self._runs

    def __iter__(self) -> Iterator[str]:
        return iter(self._runs)

    def __len__(self) -> int:
        return len(self._runs)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r}, {len(self)} runs)"

    @property
    def only(self) -> R:
        """The one run there is.

        Raises
        ------
        InputError
            when there is none, or more than one.
        """
        if len(self) != 1:
            raise InputError(
                f"{self.path} holds {len(self)} runs, but one is needed: give the folder of one."
            )
        return next(iter(self.values()))

    @property
    def damage(self) -> list[Damage]:
        """Bytes of all files that could not be read."""
        return [damage for run in self.values() for damage in run.damage]

    def frame(self) -> pd.DataFrame:
        """Every point of every series of scalars, a row each: run, tag, step, wall, value, and the
        run's hyperparameters as columns."""
        from uzviz.log.export import frame

        return frame(self)

    def export(self, path: str | Path, kind: str | None = None) -> None:
        """Write :meth:`frame` to a file, or the same by run and tag as JSON.

        Parameters
        ----------
        kind
            "parquet", "csv" or "json"; by the file's ending unless given.

        Raises
        ------
        InputError
            for another kind, for a folder without runs, and for Parquet without pyarrow.
        """
        from uzviz.log.export import export

        export(self, Path(path), kind or Path(path).suffix.lower()[1:])


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a run's folder, so that no other process writes in it; a killed one holds nothing.

    Raises
    ------
    InputError
        when another process does.
    """
    try:
        import fcntl

        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        if not any(_locked(handle, fcntl.LOCK_EX, wait) for wait in (0, 0.01, 0.1)):
            raise InputError(f"Another process writes in {folder}: wait until it ends, or end it.")
        yield
    finally:
        os.close(handle)


def is_held(folder: str | Path) -> bool | None:
    """Whether a process trains in a folder; None where that cannot be told.

    Asking takes the lock for an instant, which is why :func:`held` tries more than once.
    """
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        return None
    try:
        return not _locked(handle, fcntl.LOCK_SH)
    finally:
        os.close(handle)


def _locked(handle: int, kind: int, wait: float = 0.0) -> bool:
    """Try to lock a folder, after so many seconds."""
    import fcntl

    time.sleep(wait)
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_event_file(name: str) -> bool:
    """Whether TensorBoard would read a file of this name."""
    return "tfevents" in name


def holds_run(folder: Path) -> bool:
    """Whether a folder is a run's own."""
    return any(is_event_file(entry.name) for entry in folder.iterdir())
