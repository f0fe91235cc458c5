"""The file that a run is written to: a bounded queue, a thread that writes it, and nothing lost."""

from __future__ import annotations

import itertools
import os
import socket
import threading
import time
import warnings
import weakref
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.util import Finalize, register_after_fork
from pathlib import Path
from typing import Any

import numpy as np

from uzviz.errors import InputError
from uzviz.log import schema
from uzviz.log.columns import encoded
from uzviz.log.frames import framed

MOST_WAITING = 1 << 16
"""Scalars and other values that may wait to be written; who adds more waits for them."""
PAUSE = 0.5
"""Seconds between two writes."""

_numbers = itertools.count()
_alive: weakref.WeakSet[EventWriter] = weakref.WeakSet()


class EventWriter:
    """Appends to an event file of its own, made by the first that is written.

    A thread of its own writes at least every half second what was added; a process that is killed
    loses no more than that. A forked child gets a file of its own. When nothing can be written,
    that is said once, training goes on, and the file ends with its last whole record.
    """

    def __init__(self, folder: Path, started_at: int | None = None):
        self.folder = folder
        self.lost = 0
        self.closed = False
        self._started_at = started_at
        self._warned = False
        self._reset()
        _alive.add(self)

    def _reset(self) -> None:
        self._waiting: list[Any] = []
        self._size = 0
        self._file: int | None = None
        self._path: Path | None = None
        self._written = 0
        """Bytes of whole records in the file."""
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._news = threading.Condition(self._lock)
        self._writing = threading.Lock()

    @property
    def used(self) -> bool:
        """Whether anything was added."""
        return self._thread is not None

    def scalars(self, step: Any, wall: Any, tags: tuple[str, ...], values: Any, size: int) -> None:
        """Add scalars: a step with the values of its tags, or columns of both."""
        self._add((step, wall, tags, values), size)

    def event(self, event: Any) -> None:
        """Add one event."""
        data = event.SerializeToString()
        self._add(data, 1 + len(data) // 16)

    def _add(self, item: Any, size: int) -> None:
        with self._lock:
            if self.closed:
                raise InputError(f"The log {self.folder} is closed: open another one to go on.")
            if self._thread is None:
                self._thread = threading.Thread(
                    target=_work, args=(weakref.ref(self),), daemon=True
                )
                self._thread.start()
            while self._size > MOST_WAITING and self._thread is not None:
                self._news.notify_all()
                self._news.wait(PAUSE)
            self._waiting.append(item)
            self._size += size

    def hurries(self) -> bool:
        """Whether writing can wait no longer."""
        return self.closed or self._size > MOST_WAITING

    def flush(self) -> None:
        """Write what waits, now."""
        with self._writing:
            with self._lock:
                waiting, self._waiting = self._waiting, []
                self._size = 0
                self._news.notify_all()
            if waiting:
                self._append(waiting)

    def sync(self) -> None:
        """Write what waits, and wait until the disk has it."""
        self.flush()
        with self._writing, suppress(OSError):
            if self._file is not None:
                os.fsync(self._file)

    def close(self) -> None:
        """Write what waits, and end the file."""
        with self._lock:
            if self.closed:
                return
            self.closed = True
        try:
            self.flush()
            self._warn("Its end is lost")
        finally:
            with self._writing:
                if self._file is not None:
                    os.close(self._file)
                    self._file = None

    def __del__(self) -> None:
        self.close()

    def _append(self, waiting: list[Any]) -> None:
        try:
            data = _bytes_of(waiting)
            if self._path is None:
                self._open()
            elif not self._path.exists():
                raise FileNotFoundError(2, "it is gone", str(self._path))
            assert self._file is not None
            left = memoryview(data if self._written else self._head() + data)
            size = len(left)
            while left:
                left = left[os.write(self._file, left) :]
            self._written += size
        except Exception as error:
            self.lost += len(waiting)
            if self._file is not None:
                with suppress(OSError):
                    os.ftruncate(self._file, self._written)
                    os.lseek(self._file, self._written, os.SEEK_SET)
            self._warn(getattr(error, "strerror", None) or str(error))

    def _warn(self, reason: str) -> None:
        """Say once that something was lost."""
        if self.lost and not self._warned:
            words = f"The log {self.folder} cannot be written ({reason})"
            warnings.warn(
                f"{words}: training goes on, and what is logged from now on may be lost.",
                RuntimeWarning,
                stacklevel=2,
            )
            self._warned = True

    def _open(self) -> None:
        """Make the file; readers take those of a folder by name, so that it comes after all others: one
        that goes on voids what lies in them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        names = (name.split(".tfevents.")[-1] for name in os.listdir(self.folder))
        times = (name.partition(".")[0] for name in names)
        latest = [int(t) + 1 for t in times if t.isdecimal() and len(t) < 12]
        seconds = max([int(time.time()), *latest])
        name = f"events.out.tfevents.{seconds:010d}.{socket.gethostname()}.{os.getpid()}"
        path = self.folder / f"{name}.{next(_numbers)}.uzviz"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        self._path = path

    def _head(self) -> bytes:
        """The records that a file begins with."""
        now = time.time()
        first = [schema.Event(wall_time=now, file_version="brain.Event:2")]
        if self._started_at is not None:
            started = {"status": 1}
            first.append(schema.Event(wall_time=now, step=self._started_at, session_log=started))
        return b"".join(framed(event.SerializeToString()) for event in first)


def _work(writer_of: Callable[[], EventWriter | None]) -> None:
    """Write every half second, until the writer is closed or nobody holds it any more."""
    while (writer := writer_of()) is not None and not writer.closed:
        with writer._lock:
            writer._news.wait_for(writer.hurries, PAUSE)
        with suppress(Warning):  # of one that is an error, closing the log tells
            writer.flush()
        del writer


def _bytes_of(waiting: list[Any]) -> bytes:
    """Items as framed records; scalars of the same tags together."""
    made: list[bytes] = []
    same: dict[tuple[str, ...], list[Any]] = {}
    for item in waiting:
        if isinstance(item, bytes):
            made.append(framed(item))
        else:
            same.setdefault(item[2], []).append(item)
    for tags, items in same.items():
        step = np.concatenate([np.atleast_1d(i[0]) for i in items])
        wall = np.concatenate([np.atleast_1d(i[1]) for i in items])
        values = np.concatenate([np.reshape(i[3], (-1, len(tags))) for i in items])
        made.append(encoded(tags, step, wall, values))
    return b"".join(made)


def _close_all() -> None:
    for writer in list(_alive):
        writer.close()


def _in_child() -> None:
    for writer in list(_alive):
        writer._started_at = None
        writer._reset()


def _closed_at_exit(_: object) -> None:
    Finalize(None, _close_all, exitpriority=0)


# By multiprocessing, since its children end without what atexit has to do.
_closed_at_exit(None)
register_after_fork(_alive, _closed_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
