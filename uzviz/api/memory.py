"""A bound on what a process keeps of compiled programs."""

from __future__ import annotations

import ctypes
import gc
import threading
from contextlib import suppress
from pathlib import Path

MOST = 500 << 20
"""Bytes beyond which programs are given back."""
ROOM = 100 << 20
"""That a process gets at least before they are given back again, for what it needs may be more."""


def resident() -> int:
    """Bytes of memory that this process takes; 0 where the system doesn't say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    import resource

    return pages * resource.getpagesize()


class Bound:
    """Gives compiled programs back when a process has grown beyond a bound.

    They are compiled anew when they are asked for again: a process that draws all scenes holds a gigabyte of
    them, of which one scene needs a tenth.
    """

    def __init__(self, most: int = MOST):
        self.most = most
        self._lock = threading.Lock()

    def keep(self) -> None:
        """Look, and give back if need be."""
        if resident() <= self.most or not self._lock.acquire(blocking=False):
            return
        try:
            import jax

            jax.clear_caches()
            gc.collect()
            with suppress(OSError, AttributeError):  # only glibc holds on to what is free
                ctypes.CDLL(None).malloc_trim(0)
            self.most = max(self.most, resident() + ROOM)
        finally:
            self._lock.release()
