"""The board as an ASGI app: what each address answers. It reads, and changes nothing."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Collection
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from uzviz import __version__, records
from uzviz.board import media, page
from uzviz.board.downloads import Download
from uzviz.board.guard import App, Guard
from uzviz.board.landscapes import Lands
from uzviz.board.messages import Lane, Results, Tag
from uzviz.board.queries import Query
from uzviz.board.refusals import Refusal
from uzviz.board.scalars import MOST_RUNS, Answers
from uzviz.board.store import Store
from uzviz.board.watched import Watched, WatchedLog
from uzviz.errors import InputError, shown
from uzviz.log import values

BEAT = 15.0
"""Seconds after which a page that hears nothing is told that the board still lives."""
LARGEST = 2**53
MOST_CELLS = 5_000_000
Races = Callable[[WatchedLog], dict[str, Any]]
"""What makes a race's result of its log; it may take a while."""
Ground = Callable[[Store], App]
"""What makes an app of the runs in a store, which computes the ground around them."""


def application(
    store: Store,
    *,
    token: str | None = None,
    hosts: Collection[str] = (),
    addresses: bool = False,
    framed: bool = False,
    races: Races | None = None,
    play: App | None = None,
    ground: Ground | None = None,
    files: Path = page.PAGE,
) -> App:
    """The board of a folder's runs, behind its guard; ``races`` makes results of races, ``play`` answers
    what the page asks of scenes, what ``ground`` makes answers what it asks of landscapes."""
    board = Board(store, races, page.Page(files))
    beside = [] if play is None else [Mount("/api/play", play)]
    beside += [] if ground is None else [Mount("/api/ground", ground(store))]
    routes = [Route(path, endpoint, methods=["GET"]) for path, endpoint in board.routes.items()]
    app = Starlette(routes=[*beside, *routes], exception_handlers=HANDLERS)
    return Guard(app, token=token, hosts=hosts, addresses=addresses, framed=framed)


class Board:
    """What is behind each address. Endpoints that are no coroutines run in threads."""

    def __init__(self, store: Store, races: Races | None, files: page.Page):
        self.store, self.files = store, files
        self.answers, self.lands = Answers(store), Lands()
        self.results_of = RaceResults(store, races)

    @property
    def routes(self) -> dict[str, Any]:
        """Endpoints by their paths; the page's own files take what is left."""
        return {
            "/api/runs": self.runs,
            "/api/events": self.events,
            "/api/scalars": self.scalars,
            "/api/histograms": self.histograms,
            "/api/images": self.images,
            "/api/image": self.image,
            "/api/text": self.text,
            "/api/graph": self.graph,
            "/api/results": self.results,
            "/api/facts": self.facts,
            "/api/race": self.race,
            "/api/landscapes": self.landscapes,
            "/api/landscape": self.landscape,
            "/api/download": self.download,
            "/{name:path}": self.page,
        }

    def runs(self, request: Request) -> Response:
        since = Query(request.query_params).whole("since", 0, high=LARGEST)
        return _json(self.store.runs(since, __version__))

    async def events(self, request: Request) -> Response:
        said = self._changes() if request.method == "GET" else ()
        return StreamingResponse(said, media_type="text/event-stream")

    async def _changes(self) -> AsyncIterator[str]:
        """The cursor now, and whenever it has risen."""
        loop, news, told = asyncio.get_running_loop(), asyncio.Event(), -1

        def listener() -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(news.set)

        with self.store.listening(listener):
            yield "retry: 1000\n\n"
            while not self.store.closed:
                news.clear()
                if told != self.store.cursor:
                    told = self.store.cursor
                    yield f'event: changed\ndata: {{"cursor": {told}}}\n\n'
                try:
                    await asyncio.wait_for(news.wait(), BEAT)
                except TimeoutError:
                    yield ": nothing new\n\n"

    def scalars(self, request: Request) -> Response:
        packed = self.answers.bytes_for(Query(request.query_params))
        return Response(packed, media_type="application/octet-stream")

    def histograms(self, request: Request) -> Response:
        query, run, tag = self._asked(request)
        return _json(media.distributions(run, tag, query.whole("most", 100, low=1, high=1000)))

    def images(self, request: Request) -> Response:
        _, run, tag = self._asked(request)
        return _json(media.pictures(run, tag))

    def image(self, request: Request) -> Response:
        query, run, tag = self._asked(request)
        index, number = (query.whole(name, high=LARGEST) for name in ("index", "number"))
        data, kind = media.image(run, tag, index, number)
        return Response(data, media_type=kind)

    def text(self, request: Request) -> Response:
        query, run, tag = self._asked(request)
        return _json(media.texts(run, tag, query.whole("most", 20, low=1, high=100)))

    def graph(self, request: Request) -> Response:
        return _json(media.graph(self._run(Query(request.query_params))))

    def facts(self, request: Request) -> Response:
        return _json(media.facts(self._run(Query(request.query_params))))

    def results(self, request: Request) -> Response:
        runs, tags = self.store.everything()
        scalars = [tag for tag in tags if tag["kind"] == "scalars"]
        if len(runs) * len(scalars) > MOST_CELLS:
            raise Refusal(
                422, f"{len(runs):,} runs with {len(scalars):,} series are too many for one table."
            )
        results: Results = {
            "runs": [run.line["id"] for run in runs],
            "tags": [tag["id"] for tag in scalars],
            "values": [run.results([tag["name"] for tag in scalars]) for run in runs],
        }
        return _json(results)

    async def race(self, request: Request) -> Response:
        run = self._run(Query(request.query_params))
        if not run.line["race"]:
            raise Refusal(404, f"{shown(run.line['name'])} holds no race.")
        try:
            result = await self.results_of(run)
        except asyncio.CancelledError:
            if not self.store.closed:
                raise
            raise Refusal(503, "The board ended before the race's result was there.") from None
        return await run_in_threadpool(
            lambda: _json({"race": result, "lanes": _lanes(self.store, run)})
        )

    def landscapes(self, request: Request) -> Response:
        return _json(self.lands.listed(self._run(Query(request.query_params))))

    def landscape(self, request: Request) -> Response:
        query = Query(request.query_params)
        packed = self.lands.one(self._run(query), query.whole("number", high=LARGEST))
        return Response(packed, media_type="application/octet-stream")

    def download(self, request: Request) -> Response:
        query = Query(request.query_params)
        tag = self.store.tag(query.whole("tag", high=LARGEST))
        runs = [r for r in self.store.present(query.wholes("runs", most=MOST_RUNS)) if r]
        found = Download(runs, tag, query.word("format", ("csv", "json"), "csv") or "csv")
        disposition = f'attachment; filename="{found.name}"'
        return StreamingResponse(
            found.parts(), media_type=found.type, headers={"content-disposition": disposition}
        )

    def page(self, request: Request) -> Response:
        name = request.path_params["name"]
        if not name and not self.files.is_built:
            return Response(page.MISSING, 503, media_type="text/plain")
        found = self.files.file(name)
        if found is None:
            raise Refusal(404, "The board has nothing at this address.")
        return FileResponse(found[0], headers=found[1])

    def _run(self, query: Query) -> Watched:
        return self.store.run(query.whole("run", high=LARGEST))

    def _asked(self, request: Request) -> tuple[Query, Watched, Tag]:
        query = Query(request.query_params)
        return query, self._run(query), self.store.tag(query.whole("tag", high=LARGEST))


class RaceResults:
    """Results of races, each kept until its log grows.

    Who asks for one that is being made waits for that one, and takes no thread from other requests.
    """

    def __init__(self, store: Store, races: Races | None):
        self.store, self.races = store, races
        self._lock = threading.Lock()
        self._kept: dict[int, tuple[tuple[int, int], Future[dict[str, Any]]]] = {}

    async def __call__(self, run: Watched) -> dict[str, Any]:
        if self.races is None:
            raise Refusal(404, "This board makes no results of races: start it by uzviz board.")
        future, is_new = self._making(run, self.races)
        if not is_new:  # it was begun before the log last grew
            with suppress(Exception):
                await asyncio.wrap_future(future)
            future, _ = self._making(run, self.races)
        return await asyncio.wrap_future(future)

    def _making(self, run: Watched, races: Races) -> tuple[Future[dict[str, Any]], bool]:
        """A result, made or in the making, and whether it is of the log as it is now."""
        number, state = run.line["id"], run.state
        with self._lock:
            for gone in [n for n in self._kept if self.store.present([n]) == [None]]:
                del self._kept[gone]
            known, future = self._kept.get(number, (state, None))
            if future is None or (future.done() and (known != state or future.exception())):
                known, future = state, Future[dict[str, Any]]()
                future.set_running_or_notify_cancel()  # who goes away cancels it for nobody else
                self._kept[number] = known, future
                threading.Thread(target=_make, args=(future, races, run.log), daemon=True).start()
        return future, known == state


def _make(future: Future[dict[str, Any]], races: Races, log: WatchedLog) -> None:
    try:
        future.set_result(records.plain(races(log)))
    except Exception as error:
        future.set_exception(error)


def _lanes(store: Store, race: Watched) -> list[Lane]:
    """The runs of a race's lanes: those below its folder that say which lanes they are."""
    name = race.line["name"]
    below = "" if name == "." else f"{name}/"
    found: list[Lane] = []
    for run in store.everything()[0]:
        said = run.line["hyperparameters"]
        seed = said.get("seed")
        if run.line["name"].startswith(below) and isinstance(seed, float) and "role" in said:
            found.append(
                {
                    "entrant": str(said.get("entrant", "")), "role": str(said["role"]),
                    "seed": int(seed), "run": run.line["id"],
                }
            )  # fmt: skip
    return found


def _json(message: Any, status: int = 200) -> Response:
    """A message as strict JSON, in ASCII: names may hold what UTF-8 has no word for."""
    text = json.dumps(message, allow_nan=False, separators=(",", ":"), default=values.text_of)
    return Response(text, status, media_type="application/json")


async def _refused(_: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, Refusal) else 422
    return _json({"error": str(error)}, status)


async def _not_found(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _json({"error": f"{error.detail}."}, error.status_code)


async def _failed(_: Request, error: Exception) -> Response:
    """Of a mistake of the board's own; the server prints where."""
    return _json({"error": f"The board failed ({type(error).__name__}): this is a bug."}, 500)


HANDLERS: dict[Any, Any] = {InputError: _refused, HTTPException: _not_found, Exception: _failed}
"""How what goes wrong is answered."""
