"""The file that a run is written to: a bounded queue, a thread that writes it, and nothing lost."""

from __future__ import annotations

import atexit
import itertools
import os
import socket
import threading
import time
import warnings
import weakref
from collections.abc import Callable
from contextlib import suppress
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
        self._reset()
        _alive.add(self)

    def _reset(self) -> None:
        self._waiting: list[Any] = []
        self._size = 0
        self._file: int | None = None
        self._path: Path | None = None
        self._written = 0
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._news = threading.Condition(self._lock)
        self._writing = threading.Lock()

    def scalars(self, step: Any, wall: Any, tags: tuple[str, ...], values: Any, size: int) -> None:
        """Add scalars: a step with the values of its tags, or columns of both."""
        self._add((step, wall, tags, values), size)

    def event(self, event: Any) -> None:
        """Add one event."""
        data = event.SerializeToString()
        self._add(data, 1 + len(data) // 16)

    def _add(self, item: Any, size: int) -> None:
        with self._lock:
            if self._thread is None:
                self._begin()
            while self._size > MOST_WAITING and self._thread is not None:
                self._news.notify_all()
                self._news.wait(PAUSE)
            self._waiting.append(item)
            self._size += size

    def _begin(self) -> None:
        if self.closed:
            raise InputError(f"The log {self.folder} is closed: open another one to go on.")
        self._thread = threading.Thread(target=_work, args=(weakref.ref(self),), daemon=True)
        self._thread.start()

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
                self._append(_bytes_of(waiting), len(waiting))

    def sync(self) -> None:
        """Write what waits, and wait until the disk has it."""
        self.flush()
        if self._file is not None:
            os.fsync(self._file)

    def close(self) -> None:
        """Write what waits, and end the file."""
        if self.closed:
            return
        self.flush()
        self.closed = True
        with self._lock:
            self._news.notify_all()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __del__(self) -> None:
        self.close()

    def _append(self, data: bytes, items: int) -> None:
        try:
            if self._file is None and self._path is None:
                data = self._opened() + data
            elif self._path is not None and not self._path.exists():
                raise FileNotFoundError(2, "it is gone", str(self._path))
            assert self._file is not None
            left = memoryview(data)
            while left:
                left = left[os.write(self._file, left) :]
            self._written += len(data)
        except OSError as error:
            if not self.lost:
                warnings.warn(
                    f"The log {self.folder} cannot be written ({error.strerror}): training goes on, "
                    "and what is logged from now on may be lost.",
                    RuntimeWarning,
                    stacklevel=2,
                )
            self.lost += items
            if self._file is not None:
                with suppress(OSError):
                    os.ftruncate(self._file, self._written)
                    os.lseek(self._file, self._written, os.SEEK_SET)

    def _opened(self) -> bytes:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"events.out.tfevents.{int(time.time())}.{socket.gethostname()}.{os.getpid()}"
        path = self.folder / f"{name}.{next(_numbers)}.uzviz"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        self._path = path
        first = [schema.Event(wall_time=time.time(), file_version="brain.Event:2")]
        if self._started_at is not None:
            session = {"status": 1}
            first.append(
                schema.Event(wall_time=time.time(), step=self._started_at, session_log=session)
            )
        return b"".join(framed(event.SerializeToString()) for event in first)


def _work(writer_of: Callable[[], EventWriter | None]) -> None:
    """Write every half second, until the writer is closed or nobody holds it any more."""
    while (writer := writer_of()) is not None and not writer.closed:
        with writer._lock:
            writer._news.wait_for(writer.hurries, PAUSE)
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


@atexit.register
def _close_all() -> None:
    for writer in list(_alive):
        writer.close()


def _in_child() -> None:
    for writer in list(_alive):
        writer._reset()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
