"""The runs of a folder, read by a thread of its own and followed as they grow."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from uzviz.board.folders import Folders, Nowhere
from uzviz.board.messages import RunLine, Runs, Status, Tag
from uzviz.board.refusals import Refusal
from uzviz.board.watched import Name, Watched

LIVE, QUIET, WALK, TEND = (0.3, 0.003), (0.4, 0.001), (1.0, 0.001), (2.0, 0.0005)
"""Seconds between two looks at files that may grow, at all others, for new files, and at who is dead;
and the share of a core that each may take: with thousands of runs they come less often."""
HUSH, HUSH_READING = 0.1, 0.3
"""Seconds between two times that listeners are told, and while there are runs never read: who listens
asks, and answers take from the time of reading."""


class Store:
    """Runs and tags by numbers that stay, and a cursor that rises with every change.

    Requests are answered from what has been read so far; a thread reads on. Without a folder there are
    no runs. Close it at the end.
    """

    def __init__(self, folder: str | Path | None):
        self.folders = Nowhere() if folder is None else Folders(folder)
        self.number = secrets.randbits(32)
        self._lock = threading.Lock()
        self._cursor = 0
        self._runs: dict[str, Watched] = {}
        self._by_number: dict[int, Watched] = {}
        self._numbers: dict[str, int] = {}
        self._tags: dict[Name, Tag] = {}
        self._tag_since: list[int] = []
        """The cursor when each tag came."""
        self._gone: dict[int, int] = {}
        """The cursor when each of the runs went that are gone."""
        self._unread: dict[int, Watched] = {}
        self._stirred: dict[int, Watched] = {}
        """Runs whose files have changed, which are to be read before those that never were."""
        self._told = 0
        self._told_at = 0.0
        self._listeners: set[Callable[[], None]] = set()
        self._closed = threading.Event()
        self.walked = threading.Event()
        """Set once all folders are known."""
        self._thread = threading.Thread(target=self._follow, name="uzviz-board", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        """The folder's last name; "" without one."""
        return Path(self.folders.root).name

    @property
    def cursor(self) -> int:
        """A number that rises with every change."""
        return self._cursor

    @property
    def closed(self) -> bool:
        """Whether nothing is followed any more."""
        return self._closed.is_set()

    def close(self) -> None:
        """End the thread, unless it reads a long file just now, and tell all who listen."""
        self._closed.set()
        self._thread.join(timeout=1.0)
        for listener in list(self._listeners):
            listener()

    @contextmanager
    def listening(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call a function, from the reading thread, whenever something changed."""
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)

    def runs(self, since: int, version: str) -> Runs:
        """What changed after a cursor."""
        with self._lock:
            lines = [run.line for run in self._runs.values() if run.changed > since]
            tags = [
                tag
                for tag, came in zip(self._tags.values(), self._tag_since, strict=True)
                if came > since
            ]
            done, total = len(self._runs) - len(self._unread), len(self._runs)
            return {
                "server": self.number,
                "cursor": self._cursor,
                "folder": self.name,
                "version": version,
                "reading": {"done": done, "total": total},
                "known": self.walked.is_set(),
                "tags": tags,
                "runs": lines,
                "gone": [number for number, went in self._gone.items() if went > since],
            }

    def run(self, number: int) -> Watched:
        """The run of a number.

        Raises
        ------
        Refusal
            when there is none.
        """
        found = self._by_number.get(number)
        if found is None:
            raise Refusal(404, f"There is no run of the number {number}: it may be gone.")
        return found

    def present(self, numbers: list[int]) -> list[Watched | None]:
        """The runs of some numbers; None for those that are gone.

        Raises
        ------
        Refusal
            for a number that none ever had.
        """
        for number in numbers:
            if number >= len(self._numbers):
                self.run(number)
        return [self._by_number.get(number) for number in numbers]

    def tag(self, number: int) -> Tag:
        """The tag of a number.

        Raises
        ------
        Refusal
            when there is none.
        """
        with self._lock:
            tags = list(self._tags.values())
        if not 0 <= number < len(tags):
            raise Refusal(404, f"There is no tag of the number {number}.")
        return tags[number]

    def everything(self) -> tuple[list[Watched], list[Tag]]:
        """All runs and all tags."""
        with self._lock:
            return list(self._runs.values()), list(self._tags.values())

    def _follow(self) -> None:
        chores = [
            _Chore(self._walk, *WALK),
            _Chore(self._look_at_live, *LIVE),
            _Chore(self._look_at_quiet, *QUIET),
            _Chore(self._tend, *TEND),
        ]
        while not self._closed.is_set():
            for chore in chores:
                chore.do_if_due()
            if waiting := self._stirred or self._unread:
                self._take(next(iter(waiting.values())))
            wake = time.monotonic() if waiting else min(chore.due for chore in chores)
            if self._told < self._cursor:
                wake = min(wake, self._tell())
            self._closed.wait(max(0.0, wake - time.monotonic()))

    def _walk(self) -> None:
        """Find runs that are new or gone, and new files of others."""
        found = self.folders.scan()
        with self._lock:
            gone = [name for name in self._runs if name not in found]
            new = [name for name in found if name not in self._runs]
            self._cursor += bool(gone or new) or not self.walked.is_set()
            for name in gone:
                self._drop(self._runs.pop(name))
            for name in new:
                self._add(name)
            others = [run for name, run in self._runs.items() if run.log.paths != found[name]]
            for run in others:
                run.log.paths = found[run.line["name"]]
            self.walked.set()
        self._look(others)

    def _add(self, name: str) -> None:
        number = self._numbers.setdefault(name, len(self._numbers))
        run = Watched(number, name, self.folders)
        run.changed = self._cursor
        self._gone.pop(number, None)
        self._runs[name] = self._by_number[number] = run
        self._unread[number] = run

    def _drop(self, run: Watched) -> None:
        number = run.line["id"]
        self._gone[number] = self._cursor
        for runs in (self._by_number, self._unread, self._stirred):
            runs.pop(number, None)

    def _look_at_live(self) -> None:
        now = time.time()
        self._look(run for run in self._runs.values() if run.may_grow(now))

    def _look_at_quiet(self) -> None:
        now = time.time()
        self._look(run for run in self._runs.values() if not run.may_grow(now))

    def _look(self, runs: Iterable[Watched]) -> None:
        """Find those whose files have changed."""
        for run in runs:
            if run.line["read"] and run.stirred():
                self._stirred[run.line["id"]] = run

    def _take(self, run: Watched) -> None:
        """Read a run, and publish what is new of it."""
        number = run.line["id"]
        if not run.line["read"]:
            run.stirred()
        line, names = run.read()
        with self._lock:
            self._cursor += 1
            whole: RunLine = {**line, "tags": self._tag_numbers(names)}
            run.line = whole
            run.changed = self._cursor
            self._stirred.pop(number, None)
            self._unread.pop(number, None)

    def _tag_numbers(self, names: list[Name]) -> list[int]:
        for name, kind in names:
            if (name, kind) not in self._tags:
                tag: Tag = {"id": len(self._tags), "name": name, "kind": kind}
                self._tags[name, kind] = tag
                self._tag_since.append(self._cursor)
        return [self._tags[name]["id"] for name in names]

    def _tend(self) -> None:
        """Find out who died, or lives after all."""
        now = time.time()
        changed: list[tuple[Watched, Status]] = []
        for run in self._runs.values():
            status = run.line["status"]
            if run.may_grow(now):
                found = run.status(now) if run.line["read"] else status
                if found != status:
                    changed.append((run, found))
        if changed:
            with self._lock:
                self._cursor += 1
                for run, status in changed:
                    line: RunLine = {**run.line, "status": status}
                    run.line = line
                    run.changed = self._cursor

    def _tell(self) -> float:
        """Tell all who listen that something changed, unless they have just been told; returns when
        they may be told again."""
        now = time.monotonic()
        after = self._told_at + (HUSH_READING if self._unread else HUSH)
        if now < after:
            return after
        self._told, self._told_at = self._cursor, now
        for listener in list(self._listeners):
            listener()
        return now + HUSH


class _Chore:
    """Something done again and again, so seldom that it takes no more than its share of a core."""

    def __init__(self, work: Callable[[], None], least: float, share: float):
        self.work, self.least, self.share = work, least, share
        self.due = 0.0
        self._spent = 0.0

    def do_if_due(self) -> None:
        if time.monotonic() < self.due:
            return
        before = time.thread_time()
        self.work()
        spent, self._spent = self._spent, time.thread_time() - before
        self.due = time.monotonic() + max(self.least, min(spent, self._spent) / self.share)
