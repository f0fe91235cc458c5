"""Trainings that go on while somebody watches them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar

MOST = 12
"""Trainings kept; the one longest not asked for is given up, and made again from its start if needed."""


class Walking(Protocol):
    """What goes on in steps."""

    at: int


W = TypeVar("W", bound=Walking)


class Trainings(Generic[W]):
    """Keeps trainings by their settings and viewers, each where it was last."""

    def __init__(self, make: Callable[..., W]):
        self.make = make
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[threading.Lock, list[W]]] = OrderedDict()

    def at(self, key: Hashable, first: int, start: Callable[[], W]) -> W: ...
