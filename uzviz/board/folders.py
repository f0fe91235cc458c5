"""Which folders below one hold event files. No link is followed that leads out of it."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass, field
from pathlib import Path

from uzviz.log import is_event_file

SETTLED = 2.0
"""Seconds after which a folder's time says for sure whether something was added to it."""


@dataclass
class _Listing:
    """What a folder held when it was listed."""

    name: str
    """The folder's path below the root."""
    changed: int
    """The folder's own time then; -1 where it may have changed since without saying so."""
    below: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


class Folders:
    """The folders below one, listed again only where their times have changed."""

    def __init__(self, root: str | Path):
        self.root = os.path.realpath(root)
        self._known: dict[str, _Listing] = {}

    def scan(self) -> dict[str, list[str]]:
        """The event files of every folder that holds some, by the folder's path below the root; "." is
        the root itself."""
        known: dict[str, _Listing] = {}
        waiting, found = [self.root], {}
        while waiting:
            folder = waiting.pop()
            listing = self._listed(folder)
            if listing is None:
                continue
            known[folder] = listing
            waiting += reversed(listing.below)
            if listing.files:
                found[listing.name] = listing.files
        self._known = known
        return found

    def holds(self, path: str | Path) -> bool:
        """Whether what stands at a path, links followed, lies in the folder."""
        return os.path.realpath(path).startswith(os.path.join(self.root, ""))

    def _listed(self, folder: str) -> _Listing | None:
        try:
            now = os.lstat(folder)
            if not stat.S_ISDIR(now.st_mode):
                return None
            before = self._known.get(folder)
            if before and before.changed == now.st_mtime_ns:
                return before
            settled = time.time() - now.st_mtime > SETTLED
            name = os.path.relpath(folder, self.root).replace(os.sep, "/")
            listing = _Listing(name, now.st_mtime_ns if settled else -1)
            with os.scandir(folder) as entries:
                for entry in sorted(entries, key=lambda entry: entry.name):
                    self._add(entry, listing)
        except OSError:
            return None
        return listing

    def _add(self, entry: os.DirEntry[str], listing: _Listing) -> None:
        try:
            if entry.is_dir(follow_symlinks=False):
                listing.below.append(entry.path)
            elif is_event_file(entry.name) and self._is_file(entry):
                listing.files.append(entry.path)
        except OSError:  # a link that leads nowhere hides nothing else
            return

    def _is_file(self, entry: os.DirEntry[str]) -> bool:
        """Whether it is a plain file, or a link to one in the folder: no pipe, no device."""
        return entry.is_file() and (not entry.is_symlink() or self.holds(entry.path))


class Nowhere(Folders):
    """No folder at all: nothing is found, and nothing lies in it."""

    def __init__(self) -> None:
        self.root, self._known = "", {}

    def scan(self) -> dict[str, list[str]]:
        return {}

    def holds(self, path: str | Path) -> bool:
        return False
