"""Servers of boards, their pages in real Chromium, and curves for them to show."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

# Beside the tests.
sys.path.append(str(Path(__file__).parent.parent / "tests"))

from browser import FLAGS, chrome

TAGS = [f"{'loss' if i < 10 else 'metric'}/tag{i:02d}" for i in range(20)]
PAINTED = "body[data-settled=true]"


def curves(draw: np.random.Generator, runs: int, steps: int, tags: int) -> Iterator[np.ndarray]:
    """Falling, noisy curves [steps, tags], a run each."""
    for _ in range(runs):
        fall = np.exp(-np.arange(steps)[:, None] / draw.uniform(50, 300, tags))
        yield (fall + draw.normal(0, 0.02, (steps, tags))).astype(np.float32)


@contextmanager
def served(command: list[str], cache: str = "") -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """A server's process, and when it was started; where it keeps programs, if not in the user's own folder."""
    began = time.perf_counter()
    environment = {**os.environ, **({"UZVIZ_CACHE": cache} if cache else {})}
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    try:
        yield process, began
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def our_board(folder: Path, port: int) -> list[str]:
    return [str(Path(sys.executable).with_name("uzviz")), "board", str(folder), "--port", str(port)]


def arrive(page: Any, port: int) -> None:
    """Open the page as soon as somebody answers."""
    end = time.perf_counter() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            if time.perf_counter() > end:
                raise
            time.sleep(0.01)
    page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")


@contextmanager
def chromium() -> Iterator[Any]:
    """A real Chromium, without a GPU."""
    from playwright.sync_api import sync_playwright

    path = chrome()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def room(kept: Path | None) -> Iterator[Path]:
    """A folder for what is made, kept where one is given."""
    if kept is not None:
        yield kept
        return
    with tempfile.TemporaryDirectory() as place:
        yield Path(place)


def options(about: str | None) -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description=about)
    options.add_argument("--data", type=Path, help="keep what is made here, for another time")
    return options
