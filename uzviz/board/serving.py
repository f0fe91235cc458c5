"""Serving the board: on an address of its own until it is told to end, or beside a notebook."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uzviz.board.guard import is_loopback, is_name
from uzviz.errors import InputError, shown

if TYPE_CHECKING:
    from uzviz.board.app import Ground, Races
    from uzviz.board.guard import App
    from uzviz.board.store import Store

WALK = 0.3
"""Seconds that the first sentence waits for the folders to be known."""
LONGEST = 1 << 20
"""Bytes of a request's address and headers: the numbers of thousands of runs."""


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def serve_folder(
    folder: str | Path,
    *,
    port: int = 6060,
    host: str = "127.0.0.1",
    allow: Sequence[str] = (),
    races: Races | None = None,
    play: App | None = None,
    ground: Ground | None = None,
    say: Callable[[str], None] = _say,
) -> None:
    """Serve the board of a folder until Ctrl-C or SIGTERM.

    On any address but the loopback's, everything needs a random token, which stands in the address
    that is said.

    Raises
    ------
    InputError
        for what is no folder or cannot be read, for an address or port that cannot be taken, and for
        allowed hosts that are no names.
    """
    path = readable(folder)
    for name in allow:
        if not is_name(name):
            raise InputError(
                f"An allowed host is {shown(name) or 'empty'}, but must be a host's name or address "
                "alone: give one, as board.example.org."
            )

    def begun(store: Store, address: str) -> None:
        say(f"Board of {store.name} at {address} (Ctrl-C ends it)")
        if store.walked.wait(WALK) and not store.everything()[0]:
            say(f"{folder} holds no run yet: the board shows what comes.")

    _serve(path, begun, port, host, allow, races=races, play=play, ground=ground)


def serve_scenes(
    play: App,
    fragment: str,
    *,
    port: int = 6060,
    host: str = "127.0.0.1",
    say: Callable[[str], None] = _say,
) -> None:
    """Serve scenes alone, as :func:`serve_folder` does a folder; ``fragment`` is where the page opens."""

    def begun(store: Store, address: str) -> None:
        say(f"Scenes at {address}{fragment} (Ctrl-C ends them)")

    _serve(None, begun, port, host, (), play=play)


def _serve(
    folder: Path | None,
    begun: Callable[[Store, str], None],
    port: int,
    host: str,
    allow: Sequence[str],
    **parts: Any,
) -> None:
    listening = _bound(host, port)
    from uzviz.board.store import Store

    store = Store(folder)
    try:
        local = is_loopback(host)
        token = None if local else secrets.token_urlsafe()
        names = [host, *allow, *([] if local else [socket.gethostname()])]
        server = _server(store, token=token, hosts=names, addresses=not local, **parts)
        shown_host = socket.gethostname() if host in ("0.0.0.0", "::", "") else host
        begun(store, _address(shown_host, listening, token))
        server.run(sockets=[listening])
    finally:
        store.close()
        listening.close()


class Beside:
    """A board that a thread of this process serves, with a token, for pages that frame it; without a
    folder, its scenes alone."""

    def __init__(
        self,
        folder: str | Path | None,
        races: Races | None = None,
        play: App | None = None,
        ground: Ground | None = None,
    ):
        path = None if folder is None else readable(folder)
        from uzviz.board.store import Store

        self.token = secrets.token_urlsafe()
        self._listening = _bound("127.0.0.1", 0)
        self.store = Store(path)
        self._server = _server(
            self.store, token=self.token, framed=True, races=races, play=play, ground=ground
        )
        self._thread = threading.Thread(
            target=self._server.run,
            kwargs={"sockets": [self._listening]},
            name="uzviz-board-server",
            daemon=True,
        )
        self._thread.start()

    @property
    def port(self) -> int:
        return self._listening.getsockname()[1]

    @property
    def address(self) -> str:
        """Where it is, with its token."""
        return _address("127.0.0.1", self._listening, self.token)

    def close(self) -> None:
        """End it."""
        self.store.close()
        self._server.should_exit = True
        self._thread.join()
        self._listening.close()


def readable(folder: str | Path) -> Path:
    """A folder that can be read.

    Raises
    ------
    InputError
        for anything else.
    """
    if folder == "":
        raise InputError("The folder's name is empty: give one with runs in it, as . for this one.")
    if not isinstance(folder, (str, os.PathLike)) or not os.path.exists(folder):
        raise InputError(f"There is no folder {shown(str(folder))}: give one with runs in it.")
    if not os.path.isdir(folder):
        raise InputError(f"{shown(str(folder))} is a file: give the folder that its run lies in.")
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise InputError(
            f"{shown(str(folder))} cannot be read ({error.strerror}): give a folder that may be."
        ) from None
    return Path(folder)


def _bound(host: str, port: int) -> socket.socket:
    """A socket at an address; port 0 stands for any free one."""
    if not 0 <= port <= 65535:
        raise InputError(f"The port is {port}, but must be from 0, for a free one, to 65535.")
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # asyncio knows by the protocol that it is TCP. Without it, an answer's second packet would wait
        # for the first one's receipt, which the other side puts off by 40 ms.
        found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        raise InputError(f"There is no host {shown(host)}: give one of this machine's.") from None
    try:
        if os.name == "posix":
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(where)
        found.listen(128)
    except OSError as error:
        found.close()
        raise InputError(_why_not(error, host, port)) from None
    return found


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken: give another one, as --port {port % 65535 + 1}, or 0 for a free one."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{shown(host)} is no address of this machine: give one that is."
    return f"Port {port} cannot be taken ({error.strerror}): give one from 1024 on, or 0 for a free one."


def _address(host: str, listening: socket.socket, token: str | None) -> str:
    name = f"[{host}]" if ":" in host else host
    below = f"{token}/" if token else ""
    return f"http://{name}:{listening.getsockname()[1]}/{below}"


def _server(store: Any, **guard: Any) -> Any:
    """A quiet uvicorn that ends at Ctrl-C and SIGTERM, and lets no page that listens keep it."""
    import uvicorn

    from uzviz.board.app import application

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            if threading.current_thread() is not threading.main_thread():
                yield
                return
            ending = (signal.SIGINT, signal.SIGTERM)
            before = {sign: signal.signal(sign, self.handle_exit) for sign in ending}
            try:
                yield
            finally:
                for sign, handler in before.items():
                    signal.signal(sign, handler)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            store.close()
            await super().shutdown(sockets)

    config = uvicorn.Config(
        application(store, **guard), loop="asyncio", http="h11", ws="none", lifespan="off",
        log_config=None, log_level="error", access_log=False, proxy_headers=False,
        server_header=False, h11_max_incomplete_event_size=LONGEST, timeout_graceful_shutdown=2,
    )  # fmt: skip
    return Server(config)
