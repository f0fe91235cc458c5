"""Landscapes and particles that the board's page asks for, computed in a process of their own.

The page names runs and landscapes by numbers, and bounded numbers are all it sets. Nothing is written: who
wants to keep a landscape computes it by ``uzviz landscape``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from uzviz.api.workers import Worker, answered

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from uzviz.board.guard import App
    from uzviz.board.queries import Query
    from uzviz.board.store import Store

IDLE, LIMIT = 600.0, 20.0
"""Seconds after which the process is ended: when nobody asks, and at work on one answer."""
MEMORY = 1 << 30
"""Bytes beyond which the process gives compiled programs back: a network's data and programs take half."""
SIZES = (3, 201)
MOST_STEPS = 2000
LARGEST, MOST_SEED = 2**53, 2**31 - 1
NORMALISE = ("filter", "layer", "none")
OFFERED = ("random", "path", "hessian", "axes")


@dataclass(frozen=True)
class Asked:
    """A ground that is asked for; plain, so that it can be sent to the process and known again."""

    root: str
    name: str
    state: tuple[int, int]
    """Of its log: a run that went on is another ground."""
    number: int | None
    """The logged landscape; None for one that is made of what follows."""
    centre: str
    directions: str
    normalise: str
    size: int
    span: float | None
    seed: int


class Grounds:
    """Grounds around a board's runs; the process starts when it is first asked.

    A page has one request under way; another one is refused.
    """

    def __init__(self, *, idle: float = IDLE, limit: float = LIMIT):
        self.worker = Worker(_answer, idle=idle, limit=limit, memory=MEMORY)
        self._lock = threading.Lock()
        self._busy: set[str] = set()

    def close(self) -> None:
        """End the process."""
        self.worker.close()

    def app(self, store: Store) -> App:
        """The ASGI app of the runs in a store."""
        from starlette.applications import Starlette
        from starlette.routing import Route

        from uzviz.board.app import HANDLERS

        routes = [
            Route(f"/{name}", partial(_endpoint, self, store, name, of), methods=["GET"])
            for name, of in ARGUMENTS.items()
        ]
        wake = Route("/wake", self._wake, methods=["GET"])
        return Starlette(routes=[wake, *routes], exception_handlers=HANDLERS)

    def _wake(self, request: Request) -> Response:
        """The process starts, so that what is asked next finds it there."""
        from starlette.responses import Response

        answered(self.worker, "wake")
        return Response(status_code=204)

    def ask(self, viewer: str, *job: Any) -> Any:
        """The process's answer; a page that waits for one gets no other.

        Raises
        ------
        InputError
            for what cannot be computed.
        """
        with self._turn(viewer):
            return answered(self.worker, *job)

    @contextmanager
    def _turn(self, viewer: str) -> Iterator[None]:
        """A page's turn, which it has to itself."""
        from uzviz.board.refusals import Refusal

        with self._lock:
            if viewer in self._busy:
                raise Refusal(
                    429, "This page's last request is still computed: wait until it is answered."
                )
            self._busy.add(viewer)
        try:
            yield
        finally:
            with self._lock:
                self._busy.discard(viewer)


def _answer(job: str, *arguments: Any) -> Any:
    """Work of the process."""
    from uzviz.api import explored

    return None if job == "wake" else explored.answer(job, *arguments)


def _endpoint(
    grounds: Grounds,
    store: Store,
    job: str,
    arguments_of: Callable[[Query], tuple[Any, ...]],
    request: Request,
) -> Response:
    from starlette.responses import JSONResponse, Response

    from uzviz.board.queries import Query

    query = Query(request.query_params)
    asked, arguments = _asked(store, query), arguments_of(query)
    found = grounds.ask(query.text("viewer", 40), job, asked, *arguments)
    if isinstance(found, bytes):
        return Response(found, media_type="application/octet-stream")
    return JSONResponse(found)


def _asked(store: Store, query: Query) -> Asked:
    run = store.run(query.whole("run", high=LARGEST))
    return Asked(
        str(run.log.folders.root),
        run.log.name,
        run.state,
        query.whole("number", high=LARGEST) if "number" in query else None,
        query.text("centre", 200),
        query.word("directions", OFFERED, "") or "",
        query.word("normalise", NORMALISE, "filter") or "filter",
        query.whole("size", 51, low=SIZES[0], high=SIZES[1]),
        query.real("span", 0.0) if "span" in query else None,
        query.whole("seed", 0, high=MOST_SEED),
    )


def _particle_of(query: Query) -> tuple[Any, ...]:
    from uzviz.api.playing import settings_of

    return (
        [query.real(name, 0.0) for name in ("x", "y")],
        query.text("rule", 40),
        settings_of(query.text("set", 2000)),
        query.whole("batch", 0, high=MOST_SEED),
        query.whole("steps", 300, low=1, high=MOST_STEPS),
        query.word("mode", ("free", "plane"), "free"),
    )


ARGUMENTS: dict[str, Callable[[Query], tuple[Any, ...]]] = {
    "about": lambda query: (),
    "surface": lambda query: (query.whole("have", 0, high=SIZES[1] ** 2),),
    "paths": lambda query: (),
    "particle": _particle_of,
}
"""What is asked beside the ground, by the jobs' names."""
