"""The board over a folder: served on an address of its own, or shown in a notebook."""

from __future__ import annotations

import html
import importlib.util
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uzviz.board import Beside, serve_folder
from uzviz.checks import whole
from uzviz.errors import InputError, shown

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from uzviz.board.watched import WatchedLog

IDLE, LIMIT = 60.0, 120.0
"""Seconds after which the process that makes results of races is ended: without work, and at work on
one."""
REMOTE = (
    "JUPYTERHUB_SERVICE_PREFIX",
    "COLAB_RELEASE_TAG",
    "KAGGLE_KERNEL_RUN_TYPE",
    "SSH_CONNECTION",
)
"""What the environment of a kernel holds whose loopback is not that of the browser; VS Code forwards it."""

_shown: dict[Path, Shown] = {}
_showing = threading.Lock()


class RaceResults:
    """Makes results of races in a process of its own, since that needs JAX and the board has none.

    One at a time; a process that takes longer than ``limit`` seconds for one is ended.
    """

    def __init__(self, idle: float = IDLE, limit: float = LIMIT):
        self.idle, self.limit = idle, limit
        self._turn = threading.Lock()
        """Held while a result is made."""
        self._lock = threading.Lock()
        """Held for an instant, while one of the fields below changes."""
        self._worker: _Worker | None = None
        self._timer: threading.Timer | None = None
        self._closed = False

    def __call__(self, log: WatchedLog) -> dict[str, Any]:
        """The result of the race in a log, as plain values.

        Raises
        ------
        InputError
            for a race whose log is not understood, takes too long, or is too large for the memory.
        """
        with self._turn:
            worker = self._started()
            try:
                return worker.result(log, self.limit)
            finally:
                self._timer = threading.Timer(self.idle, self._end_if_idle)
                self._timer.daemon = True
                self._timer.start()

    def close(self) -> None:
        """End the process, for good, also while it makes something."""
        with self._lock:
            self._closed = True
            self._end()

    def _started(self) -> _Worker:
        with self._lock:
            if self._timer:
                self._timer.cancel()
            if self._closed:
                raise InputError("The board is closed: start it again.")
            if self._worker is None or not self._worker.process.is_alive():
                self._worker = _Worker()
            return self._worker

    def _end_if_idle(self) -> None:
        if self._turn.acquire(blocking=False):
            with self._lock:
                self._end()
            self._turn.release()

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker:
            worker.end()


class _Worker:
    """The process that makes results, and the pipe to it."""

    def __init__(self):
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self.process = spawn.Process(target=_work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()  # so that reading ends when the process does

    def result(self, log: WatchedLog, limit: float) -> dict[str, Any]:
        """What it makes of a log; a process that fails, or isn't done in time, is ended."""
        name = log.folder.name
        try:
            self._pipe.send((log.folders.root, log.name, log.paths))
            if not self._pipe.poll(limit):
                self.end()
                raise InputError(
                    f"The race in {name} takes longer than {limit:g} s to read: use uz.read for it."
                )
            result, wrong = self._pipe.recv()
        except (EOFError, OSError):
            self.end()
            raise InputError(f"The race in {name} broke the process that read it.") from None
        if wrong:
            raise InputError(wrong)
        return result

    def end(self) -> None:
        self.process.kill()
        self.process.join()


def _work(pipe: Connection) -> None:
    """Make a result of every log that is asked for: the board's folder, its name there, its files."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the board's, which ends this process
    from uzviz.board.folders import Folders
    from uzviz.board.watched import WatchedLog

    with suppress(EOFError):  # the board has ended
        while True:
            root, name, paths = pipe.recv()
            log = WatchedLog(name, Folders(root))
            log.paths = paths
            pipe.send(_answer(log))


def _answer(log: WatchedLog) -> tuple[dict[str, Any] | None, str]:
    """A result, or why there is none, as a sentence without the path."""
    path, name = str(log.folder), log.folder.name
    try:
        return race_result(log), ""
    except InputError as error:
        return None, str(error).replace(path, name)
    except Exception as error:
        said = shown(str(error).replace(path, name))
        return None, f"The race in {name} is not understood: {said}."


def race_result(log: WatchedLog) -> dict[str, Any]:
    """The result of the race in a log, with those curves alone that the page draws: a default race has
    thirteen megabytes of them. Of its files those alone are read that lie in the board's folder."""
    from uzviz.api.racing import race_of

    found = race_of(log).to_dict()
    for entrant in found["entrants"]:
        final = entrant["final"]
        drawn, column = (entrant, entrant["best"]) if final is None else (final, 0)
        curves = {name: _only(column, lanes) for name, lanes in drawn["curves"].items()}
        entrant["curves"] = {}
        drawn["curves"] = curves
    return found


def _only(column: int, lanes: list[list[Any]]) -> list[list[Any]]:
    """Curves [seeds][settings] of one setting; nothing in the place of the others."""
    return [[curve if i == column else [] for i, curve in enumerate(seed)] for seed in lanes]


def serve_board(
    folder: str | Path, *, port: int = 6060, host: str = "127.0.0.1", allow: Sequence[str] = ()
) -> None:
    """Serve the page of a folder's runs until Ctrl-C; see ``uzviz board --help``."""
    races = RaceResults()
    try:
        serve_folder(folder, port=port, host=host, allow=allow, races=races)
    finally:
        races.close()


class Shown:
    """A board in a notebook; elsewhere, its address."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.height = 800
        self._races = RaceResults()
        self._board = Beside(folder, self._races)

    @property
    def address(self) -> str:
        """Where it is, for a browser on this machine."""
        return self._board.address

    def close(self) -> None:
        """End it."""
        self._board.close()
        self._races.close()
        _shown.pop(self.folder, None)

    def __repr__(self) -> str:
        return f"Board of {self.folder.name} at {self.address}"

    def _repr_html_(self) -> str:
        address = self._framed()
        if address is None:
            return (
                "<p>This kernel runs on another machine than the browser, which cannot reach its "
                "boards: install jupyter-server-proxy there (<code>pip install "
                "jupyter-server-proxy</code>), and start Jupyter anew.</p>"
            )
        return (
            f'<iframe src="{html.escape(address)}" width="100%" height="{self.height}" '
            'style="border: 0" allow="clipboard-write; fullscreen"></iframe>'
        )

    def _framed(self) -> str | None:
        """The address for the notebook's browser; None where there is none."""
        forwards = any(name.startswith("VSCODE_") for name in os.environ)
        if forwards or not any(name in os.environ for name in REMOTE):
            return self.address
        if importlib.util.find_spec("jupyter_server_proxy") is None:
            return None
        prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/")
        return f"{prefix}proxy/{self._board.port}/{self._board.token}/"


def show(folder: str | Path, *, height: int = 800) -> Shown:
    """The board of a folder's runs, in a notebook.

    One board serves a folder for as long as the process runs; on this machine alone, and only to who
    has its random token.

    Parameters
    ----------
    height
        Of the frame in the notebook, in pixels.

    Raises
    ------
    InputError
        for what is no folder, and for a height that is no whole number from 100 on.
    """
    if not whole(height, 100, 100_000):
        raise InputError(f"The height is {shown(height)}, but must be whole, from 100 to 100000.")
    if not isinstance(folder, (str, os.PathLike)) or "\0" in str(folder):
        raise InputError(f"The folder is {shown(folder)}, but must be the name of one.")
    path = Path(folder).resolve()
    with _showing:
        if path not in _shown:
            _shown[path] = Shown(path)
        found = _shown[path]
    found.height = height
    return found
