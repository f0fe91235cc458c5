"""The board over a folder: served on an address of its own, or shown in a notebook."""

from __future__ import annotations

import html
import importlib.util
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from uzviz.board import Beside, serve_folder
from uzviz.checks import whole
from uzviz.errors import InputError, shown

IDLE = 60.0
"""Seconds after which the process that makes results of races is ended."""
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
    """Makes results of races in a process of its own, since that needs JAX and the board has none."""

    def __init__(self, idle: float = IDLE):
        self.idle = idle
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._timer: threading.Timer | None = None

    def __call__(self, folder: Path) -> dict[str, Any]:
        """The result of the race in a folder, as plain values.

        Raises
        ------
        InputError
            for a race whose log is not understood, or is too large for the memory.
        """
        with self._lock:
            if self._timer:
                self._timer.cancel()
            if self._pool is None:
                spawn = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(1, mp_context=spawn, initializer=_deafen)
            try:
                return self._pool.submit(race_result, str(folder)).result()
            except InputError:
                raise
            except BrokenProcessPool:
                self._pool = None
                raise InputError(
                    f"The race in {folder.name} broke the process that read it."
                ) from None
            except Exception as error:
                raise InputError(
                    f"The race in {folder.name} is not understood: {shown(str(error))}."
                ) from None
            finally:
                self._timer = threading.Timer(self.idle, self.close)
                self._timer.daemon = True
                self._timer.start()

    def close(self) -> None:
        """End the process, until it is needed again."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool:
            pool.shutdown()


def _deafen() -> None:
    """Leave Ctrl-C to the board, which ends this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def race_result(folder: str) -> dict[str, Any]:
    """The result of the race in a folder, with those curves alone that the page draws: a default race has
    thirteen megabytes of them."""
    from uzviz.api.reading import read

    found = read(folder).race().to_dict()
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
