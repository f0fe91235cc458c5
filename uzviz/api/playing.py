"""Scenes: computed in a process of their own, asked for by the board's page, shown in a notebook."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from uzviz.api.boards import Framed
from uzviz.api.workers import Broke, TooLong, Worker, answered, wrong_with
from uzviz.board import Beside, serve_scenes
from uzviz.checks import whole
from uzviz.errors import InputError, shown

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from uzviz.board.guard import App, Receive, Scope, Send

IDLE, LIMIT = 600.0, 20.0
"""Seconds after which the process is ended: when nobody plays, and at work on one question."""
LONGEST = 100_000
"""Characters of a request's settings."""
MOST_STEPS = 1_000_000

Settings = Mapping[str, Any]


def _answer(job: str, *arguments: Any) -> Any:
    """Work of the process: descriptions of all scenes, or frames as bytes; in float64, that the numbers of
    theory come out as theory has them."""
    import jax

    jax.config.update("jax_enable_x64", True)
    from uzviz import scenes
    from uzviz.board import wire

    if job == "scenes":
        return listed_scenes()
    name, settings, viewer, parts = arguments
    scenes.scene_named(name)

    def made(part: str) -> bytes | str:
        try:
            moment = scenes.Moment(viewer, *parts[part])
            return wire.frame(scenes.frame(name, part, settings, moment))
        except Exception as error:  # the other parts have no share in it
            return wrong_with(error)

    return wire.frames(scenes.soonest(made, list(parts)))


class Scenes:
    """An ASGI app of the scenes' descriptions and frames; its process starts when it is first asked."""

    def __init__(self, *, idle: float = IDLE, limit: float = LIMIT):
        self.worker = Worker(_answer, idle=idle, limit=limit)
        self._app: App | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            self._app = self._made()
        await self._app(scope, receive, send)

    def wake(self) -> Scenes:
        """Start the process, for who is going to play at once; nobody waits for it."""

        def asked() -> None:
            with suppress(InputError, Broke, TooLong):
                self.worker("scenes")

        threading.Thread(target=asked, daemon=True).start()
        return self

    def close(self) -> None:
        """End the process."""
        self.worker.close()

    def _made(self) -> App:
        from starlette.applications import Starlette
        from starlette.routing import Route

        from uzviz.board.app import HANDLERS

        routes = [
            Route("/scenes", self._scenes, methods=["GET"]),
            Route("/frames", self._frames, methods=["GET"]),
        ]
        return Starlette(routes=routes, exception_handlers=HANDLERS)

    def _scenes(self, request: Request) -> Response:
        from starlette.responses import JSONResponse

        return JSONResponse(answered(self.worker, "scenes"))

    def _frames(self, request: Request) -> Response:
        from starlette.responses import Response

        from uzviz.board.queries import Query

        query = Query(request.query_params)
        name, viewer = (query.text(word, 40) for word in ("scene", "viewer"))
        parts = parts_of(query.text("parts", 1000))
        settings = settings_of(query.text("settings", LONGEST))
        packed = answered(self.worker, "frames", name, settings, viewer, parts)
        return Response(packed, media_type="application/octet-stream")


def parts_of(text: str) -> dict[str, list[int]]:
    """Parts that are asked for, each with the steps that are known and wanted of it, given as JSON.

    Raises
    ------
    InputError
        for anything else.
    """
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        found = None

    def fits(steps: Any) -> bool:
        numbers = isinstance(steps, list) and len(steps) == 2
        return numbers and all(whole(step, 0, MOST_STEPS) for step in steps)

    if not isinstance(found, dict) or not found or not all(map(fits, found.values())):
        raise InputError(
            f"The parts are {shown(text)}, but must be JSON: names, each with two whole numbers from 0 to "
            f"{MOST_STEPS:,}."
        )
    return found


def settings_of(text: str) -> Any:
    """Settings that are given as JSON.

    Raises
    ------
    InputError
        for what is none.
    """
    try:
        return json.loads(text or "{}")
    except (ValueError, RecursionError):
        raise InputError(f"The settings are {shown(text)}, but must be JSON.") from None


def fragment(scene: str, settings: Settings) -> str:
    """What follows the page's address for a scene with these settings."""
    parts = ["page=play", f"scene={quote(scene, safe='')}"] if scene else ["page=play"]
    if settings:
        texts = [f"{name}:{_text(value)}" for name, value in settings.items()]
        parts.append("set=" + ",".join(quote(text, safe="") for text in texts))
    return "#" + "&".join(parts)


def _text(value: Any) -> str:
    """As JSON; NumPy's numbers as well."""
    return (
        value
        if isinstance(value, str)
        else json.dumps(value, separators=(",", ":"), default=lambda x: x.tolist())
    )


def checked(scene: str, settings: Settings) -> Settings:
    """The settings as they were given, if the scene takes them.

    Raises
    ------
    InputError
        for a scene or a setting nobody knows, and for a value that is not allowed.
    """
    if not scene and not settings:
        return settings
    from uzviz import scenes

    scenes.scene_named(scene).settings(dict(settings))
    return settings


def listed_scenes() -> list[dict[str, Any]]:
    """All scenes: names, titles, slides, settings with their ranges, presets."""
    from uzviz import scenes

    return [scene.described() for scene in scenes.SCENES.values()]


def serve_play(
    scene: str = "", settings: Settings | None = None, *, port: int = 6060, host: str = "127.0.0.1"
) -> None:
    """Serve the scenes alone until Ctrl-C; see ``uzviz play --help``."""
    place = fragment(scene, checked(scene, settings or {}))
    with_scenes = Scenes().wake()
    try:
        serve_scenes(with_scenes, place, port=port, host=host)
    finally:
        with_scenes.close()


_served: list[Beside] = []
_serving = threading.Lock()


class Played(Framed):
    """A scene in a notebook; elsewhere, its address."""

    def __init__(self, board: Beside, scene: str, settings: Settings, height: int):
        super().__init__(board, height, fragment(scene, settings))
        self.scene = scene

    def __repr__(self) -> str:
        return f"Scene {self.scene or 'list'} at {self.address}"


def play(scene: str = "", *, height: int = 900, **settings: Any) -> Played:
    """A scene, in a notebook: ``uz.play("momentum", alpha=0.001)``; without a name, all of them.

    One server plays all scenes of a process; on this machine alone, and only to who has its random
    token.

    Parameters
    ----------
    height
        Of the frame in the notebook, in pixels.
    settings
        Of the scene, as ``uzviz play --list`` names them.

    Raises
    ------
    InputError
        for a scene or a setting nobody knows, a value that is not allowed, and a height that is no
        whole number from 100 on.
    """
    given = checked(scene, settings)
    with _serving:
        if not _served:
            _served.append(Beside(None, play=Scenes().wake()))
    return Played(_served[0], scene, given, height)
