"""One run as the board watches it: its log, and the line that lists show of it."""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

from google.protobuf.message import DecodeError

from uzviz.board.folders import Folders
from uzviz.board.messages import Kind, RunLine, Status
from uzviz.errors import InputError, shown
from uzviz.log import LoggedRun, is_held, values
from uzviz.log.files import Contents, Entry, Points
from uzviz.log.landscapes import LANDSCAPE
from uzviz.log.racing import BEGUN
from uzviz.log.recording import PROGRESS
from uzviz.log.training import MADE
from uzviz.log.values import ENDED

LARGEST_MADE = 1 << 20
"""Bytes of a record that says what a run was made with; longer ones are not read."""
OWN = (PROGRESS, "uzviz/")
"""What the tags begin with that no list shows."""
ABANDONED = 5.0
"""Seconds without a write after which a training of ours that nobody holds is dead."""
SILENT = 600.0
"""Seconds without a write after which any other run is."""
STATUS: dict[int | None, Status] = {
    ENDED["finished"]: "finished",
    ENDED["diverged"]: "diverged",
    ENDED["interrupted"]: "interrupted",
}
"""By the number with which the log says how the run ended."""

KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
Name = tuple[str, Kind]
"""Of a tag: its own, and what kind it is."""
Signature = dict[str, tuple[int, int, int]]
"""Of each file: its size, time and number."""


class WatchedLog(LoggedRun):
    """A run's log, of whose files those alone are read that lie in the board's folder."""

    def __init__(self, name: str, folders: Folders):
        super().__init__(name, Path(folders.root, name))
        self.folders = folders
        self.paths: list[str] = []

    @property
    def files(self) -> list[Path]:
        return [Path(path) for path in sorted(self.paths) if self.folders.holds(path)]

    def event(self, entry: Entry) -> Any:
        gone = InputError(f"{shown(entry.file.name)} of {shown(self.name)} can no longer be read.")
        if not self.folders.holds(entry.file):
            raise gone
        try:
            return super().event(entry)
        except InputError:
            raise gone from None  # without the path

    def read_on(self) -> Contents:
        """All that is written by now."""
        self.refresh()
        return self._contents


class Watched:
    """A run, with a lock that is held while its log is read on or looked at."""

    def __init__(self, number: int, name: str, folders: Folders):
        self.log = WatchedLog(name, folders)
        self.lock = threading.Lock()
        self.line = _unread(number, name)
        self.contents = Contents()
        self.changed = 0
        """The store's cursor when its line or its points last changed."""
        self.wrote = 0.0
        """When its files were last written, by their own times."""
        self._seen: Signature = {}

    def stirred(self) -> bool:
        """Whether its files are other than when this was last asked."""
        found: Signature = {}
        for path in self.log.paths:
            try:
                now = os.stat(path)
            except OSError:
                continue
            found[path] = now.st_size, now.st_mtime_ns, now.st_ino
        if found == self._seen:
            return False
        self._seen = found
        self.wrote = max((changed / 1e9 for _, changed, _ in found.values()), default=0.0)
        return True

    def may_grow(self, now: float) -> bool:
        """Whether somebody may write on in its files: not where these say how it ended, since who goes on
        then begins another file."""
        status = self.line["status"]
        return status == "running" or (status == "dead" and now - self.wrote < SILENT)

    def read(self) -> tuple[RunLine, list[Name]]:
        """Read what was written since the last time; returns its line, but for the numbers of its tags,
        and these tags by their names.

        A file that breaks the reader in a way nobody foresaw must not stop the others: it counts as
        damaged as a whole.
        """
        with self.lock:
            try:
                self.contents = self.log.read_on()
                damage = sum(d.bytes for d in self.contents.damage)
            except Exception:
                paths, self.log = self.log.paths, WatchedLog(self.log.name, self.log.folders)
                self.log.paths, self.contents = paths, Contents()
                damage = self._size
            contents = self.contents
            line: RunLine = {
                **self.line,
                "read": True,
                "status": self.status(time.time()),
                "hyperparameters": _hyperparameters(contents),
                "began": min(_walls(contents, 0), default=None),
                "written": max(_walls(contents, -1), default=None),
                "damage": damage,
                "race": contents.kinds.get(BEGUN) == "tensors",
                "graph": contents.graph is not None,
                "landscape": contents.kinds.get(LANDSCAPE) == "tensors",
            }
            return line, list(_names(contents))

    def status(self, now: float) -> Status:
        """How it is: as its log says, else by whether anybody writes."""
        said = STATUS.get(self.contents.ended)
        if said:
            return said
        quiet = now - self.wrote
        ours = {MADE, BEGUN} & self.contents.kinds.keys()
        held = is_held(self.log.folder) if ours and quiet > ABANDONED else None
        if held is not None:
            return "running" if held else "dead"
        return "dead" if quiet > SILENT else "running"

    def points(self, tag: str) -> tuple[int, Points] | None:
        """The generation and all points of a series; None where it has none."""
        with self.lock:
            if tag not in self.contents.scalars:
                return None
            return self.contents.generation, self.log.scalars(tag)

    def entries(self, tag: str) -> list[Entry]:
        """Where the values of a tag that holds no scalars stand."""
        with self.lock:
            return list(self.contents.entries.get(tag, ()))

    def made(self) -> dict[str, Any]:
        """What a run or a race of ours was made with; nothing of any other."""
        with self.lock:
            tag = MADE if MADE in self.contents.kinds else BEGUN
            entries = self.contents.entries.get(tag)
            if not entries or entries[-1].size > LARGEST_MADE:
                return {}
            try:
                value = self.log.event(entries[-1]).summary.value[entries[-1].number]
                found = json.loads(values.texts_of(value)[0])
            except (ValueError, IndexError, RecursionError, DecodeError):
                return {}
        return found if isinstance(found, dict) else {}

    def files(self) -> list[tuple[str, int]]:
        """Its files' own names and how many bytes they hold."""
        return [(Path(path).name, size) for path, (size, _, _) in self._seen.items()]

    def results(self, tags: list[str]) -> list[float | None]:
        """The last value of each series; None where it is not finite, or there is none."""
        with self.lock:
            return [_last(self.contents.scalars.get(tag, ())) for tag in tags]

    @property
    def state(self) -> tuple[int, int]:
        """What changes whenever its log does."""
        return self.contents.generation, self._size

    @property
    def _size(self) -> int:
        return sum(size for size, _, _ in self._seen.values())


def _unread(number: int, name: str) -> RunLine:
    return {
        "id": number, "name": name, "read": False, "status": "running", "hyperparameters": {},
        "tags": [], "began": None, "written": None, "damage": 0, "race": False, "graph": False,
        "landscape": False,
    }  # fmt: skip


def _names(contents: Contents) -> Iterator[Name]:
    for tag, kind in contents.kinds.items():
        if kind in KINDS and not tag.startswith(OWN):
            yield tag, KINDS[kind]


def _hyperparameters(contents: Contents) -> dict[str, bool | float | str]:
    """As the log has them; a number that JSON has no word for is a text."""
    return {
        name: str(value) if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in contents.hyperparameters.items()
    }


def _last(chunks: Sequence[Points]) -> float | None:
    """The last value of a series; None where it is not finite, or there is none."""
    value = next((c.value[-1] for c in reversed(chunks) if len(c.value)), math.nan)
    return float(value) if math.isfinite(value) else None


def _walls(contents: Contents, at: int) -> Iterator[float]:
    """The times of the first or the last of each series and tag."""
    columns = (chunks[at].wall for chunks in contents.scalars.values() if chunks)
    apart = {id(column): column for column in columns if len(column)}  # most share theirs
    walls = [float(column[at]) for column in apart.values()]
    walls += [entries[at].wall for entries in contents.entries.values() if entries]
    return filter(math.isfinite, walls)
