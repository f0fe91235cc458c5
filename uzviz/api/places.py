"""Where a landscape lies in a run's log, and how it is found there again."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from uzviz import log, tree
from uzviz.api.grounds import Point
from uzviz.api.logged import facts_now, said_changes
from uzviz.errors import InputError
from uzviz.landscapes import Directions, Landscape
from uzviz.log import LandscapeLog, LoggedLandscape, LoggedRun

REMADE = ("random", "axes")
"""Kinds of directions that are made again from their seed and the centre, so that they need not be kept."""


class Place:
    """The place of a landscape in a log, under a name; nowhere without a folder.

    Parameters
    ----------
    name
        As given; None takes the kind of directions, with a number where another landscape has it.
    asked
        All that was asked for, as JSON holds it.
    loss
        At the centre, of a function that nothing else is known of.
    """

    def __init__(
        self,
        point: Point,
        folder: Path | None,
        name: str | None,
        kind: str,
        asked: dict[str, Any],
        loss: float | None = None,
    ):
        self.point, self.folder, self.kind = point, folder, kind
        self.given = None if name is None else log.check_name(name)
        self.name = self.given or kind
        self.wanted = {
            "asked": asked,
            "centre": mark(point.w),
            "data": point.problem.checksum,
            "loss": loss,
        }

    def held(self) -> AbstractContextManager[None]:
        """The folder, held while it is written in."""
        return nullcontext() if self.folder is None else log.held(self.folder)

    def found(self) -> LoggedLandscape | None:
        """What the log has of this landscape.

        Raises
        ------
        InputError
            where another one has the name given.
        """
        if self.folder is None:
            return None
        known = LoggedRun.at(self.folder).landscapes
        if self.given is None:
            numbered = (f"{self.kind}-{i}" for i in range(2, len(known) + 2))
            fitting = (n for n in (self.kind, *numbered) if not self._differs(known.get(n)))
            self.name = next(fitting)
        elif differs := self._differs(known.get(self.name)):
            raise InputError(
                f"{self.folder} holds another landscape called {self.name}, with other {', '.join(differs)}: "
                "give another name, or what it was made with."
            )
        return known.get(self.name)

    def _differs(self, other: LoggedLandscape | None) -> list[str]:
        """In what another landscape is not the one that is asked for."""
        if other is None:
            return []
        found = [name for name in ("centre", "data") if other.begun[name] != self.wanted[name]]
        losses = [math.inf if x is None else x for x in (other.begun["loss"], self.wanted["loss"])]
        found += [] if np.isclose(*losses, rtol=1e-3, equal_nan=True) else ["loss at the centre"]
        asked, its = self.wanted["asked"], other.begun["asked"]
        # More paths can be shown on a ground that is named.
        free = {"beside"} if self.given else set()
        return found + [name for name in asked if asked[name] != its.get(name) and name not in free]

    def directions(self, found: LoggedLandscape) -> Directions | None:
        """Its directions as they were kept; None where they are to be made again."""
        if self.folder is None or self.kind in REMADE:
            return None
        if (kept := log.kept_directions(self.folder, self.name)) is None:
            return None
        like = named_tree(self.point.w, [self.point.w] * len(found.axes))
        vectors = tree.restored(like, kept)["directions"]
        return Directions(tuple(vectors), found.fixed["directions"])

    def written(self, land: Landscape, found: LoggedLandscape | None) -> LandscapeLog | None:
        """What writes it; None without a folder.

        Raises
        ------
        InputError
            where its directions cannot be made as they were.
        """
        if self.folder is None:
            return None
        vectors, step = land.directions.vectors, self.point.step
        if found is None:
            begun = {
                "name": self.name, "step": step, **self.wanted, "directions": mark(vectors),
                "made": facts_now(),
            }  # fmt: skip
            kept = [] if self.kind in REMADE else list(vectors)
            tensors = tree.named(named_tree(self.point.w, kept))
            log.keep_directions(self.folder, self.name, step, tensors)
            return LandscapeLog(self.folder, step, begun, land)
        if mark(vectors) != found.begun["directions"]:
            raise InputError(
                f"The directions of {self.name} are lost, and those made now are not the same: give another name."
            )
        if not found.done.all():
            said_changes(self.folder, found.begun["made"])
        return LandscapeLog(self.folder, step, found.begun, None)


def mark(trees: Any) -> int:
    """A checksum of pytrees."""
    return log.checksum(tree.named({"w": trees}))


def named_tree(w: Any, vectors: list[Any]) -> dict[str, Any]:
    return {"centre": w, "directions": vectors}
