"""The board over a folder: served on an address of its own, or shown in a notebook."""

from __future__ import annotations

import html
import importlib.util
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uzviz.api.workers import Broke, TooLong, Worker
from uzviz.board import Beside, serve_folder
from uzviz.checks import whole
from uzviz.errors import InputError, shown

if TYPE_CHECKING:
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
        self._worker = Worker(_result, idle=idle, limit=limit)
        self._turn = threading.Lock()

    def __call__(self, log: WatchedLog) -> dict[str, Any]:
        """The result of the race in a log, as plain values.

        Raises
        ------
        InputError
            for a race whose log is not understood, takes too long, or is too large for the memory.
        """
        name = log.folder.name
        try:
            with self._turn:
                return self._worker(log.folders.root, log.name, log.paths)
        except TooLong:
            raise InputError(
                f"The race in {name} takes longer than {self._worker.limit:g} s to read: use uz.read "
                "for it."
            ) from None
        except Broke:
            raise InputError(f"The race in {name} broke the process that read it.") from None

    def close(self) -> None:
        """End the process, for good, also while it makes something."""
        self._worker.close()


def _result(root: Path, name: str, paths: Any) -> dict[str, Any]:
    """The result of a race, by the board's folder, the log's name there, and its files; what is wrong
    with it is said without its path."""
    from uzviz.board.folders import Folders
    from uzviz.board.watched import WatchedLog

    log = WatchedLog(name, Folders(root))
    log.paths = paths
    path, last = str(log.folder), log.folder.name
    try:
        return race_result(log)
    except InputError as error:
        raise InputError(str(error).replace(path, last)) from None
    except Exception as error:
        said = shown(str(error).replace(path, last))
        raise InputError(f"The race in {last} is not understood: {said}.") from None


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


class Processes:
    """The processes beside a board, each of which starts when it is first needed."""

    def __init__(self) -> None:
        from uzviz.api.exploring import Grounds
        from uzviz.api.playing import Scenes

        self.races, self.play, self._grounds = RaceResults(), Scenes(), Grounds()

    @property
    def parts(self) -> dict[str, Any]:
        """What a board takes."""
        return {"races": self.races, "play": self.play, "ground": self._grounds.app}

    def close(self) -> None:
        """End them."""
        self.races.close()
        self.play.close()
        self._grounds.close()


def serve_board(
    folder: str | Path, *, port: int = 6060, host: str = "127.0.0.1", allow: Sequence[str] = ()
) -> None:
    """Serve the page of a folder's runs until Ctrl-C; see ``uzviz board --help``."""
    beside = Processes()
    try:
        serve_folder(folder, port=port, host=host, allow=allow, **beside.parts)
    finally:
        beside.close()


class Framed:
    """A page in a frame of a notebook; elsewhere, its address."""

    def __init__(self, board: Beside, height: int, fragment: str = ""):
        self._board, self._fragment = board, fragment
        self.height = height

    @property
    def height(self) -> int:
        """Of the frame, in pixels."""
        return self._height

    @height.setter
    def height(self, height: int) -> None:
        if not whole(height, 100, 100_000):
            raise InputError(
                f"The height is {shown(height)}, but must be whole, from 100 to 100000."
            )
        self._height = height

    @property
    def address(self) -> str:
        """Where it is, for a browser on this machine."""
        return self._board.address + self._fragment

    def _repr_html_(self) -> str:
        address = self._framed()
        if address is None:
            return (
                "<p>This kernel runs on another machine than the browser, which cannot reach its "
                "pages: install jupyter-server-proxy there (<code>pip install "
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
        return f"{prefix}proxy/{self._board.port}/{self._board.token}/{self._fragment}"


class Shown(Framed):
    """A board in a notebook; elsewhere, its address."""

    def __init__(self, folder: Path, height: int):
        self.folder, self._beside = folder, Processes()
        super().__init__(Beside(folder, **self._beside.parts), height)

    def close(self) -> None:
        """End it."""
        self._board.close()
        self._beside.close()
        _shown.pop(self.folder, None)

    def __repr__(self) -> str:
        return f"Board of {self.folder.name} at {self.address}"


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
    if not isinstance(folder, (str, os.PathLike)) or "\0" in str(folder):
        raise InputError(f"The folder is {shown(folder)}, but must be the name of one.")
    path = Path(folder).resolve()
    with _showing:
        if path not in _shown:
            _shown[path] = Shown(path, height)
        found = _shown[path]
    found.height = height
    return found
