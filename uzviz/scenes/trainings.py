"""Trainings that go on while somebody watches them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from uzviz.engine import Walker
from uzviz.scenes.scene import Moment

MOST = 12
"""Trainings kept, unless it is said: the one that longest nobody asked for is given up, and made again if it is needed."""


@dataclass
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    walker: Walker | None = None


class Trainings:
    """Keeps trainings where they were last, for each viewer and what makes them.

    A frame is one of its settings and step alone: a training that is not kept, or is beyond the step
    asked for, begins anew and comes to the same bits.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    @contextmanager
    def at(
        self, moment: Moment, settings: Hashable, start: Callable[[], Walker]
    ) -> Iterator[Walker]:
        """A training at the moment's first step, for who holds it alone; ``start`` begins it."""
        key = (moment.viewer, settings)
        with self._lock:
            kept = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
            if len(self._kept) > self.most:
                self._kept.popitem(last=False)
        with kept.lock:
            if kept.walker is None or kept.walker.at > moment.first:
                kept.walker = start()
            kept.walker.ahead(moment.first - kept.walker.at)
            yield kept.walker
