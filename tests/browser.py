"""A Chrome or Chromium for tests, pictures and benchmarks; `python tests/browser.py` prints where it is.

Looked for in CHROME, among the commands, in the usual places and in Playwright's own; where there is none, it
is Playwright's that is downloaded, else Debian's that is installed, fonts with Cyrillic beside it.
"""

import getpass
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from filelock import FileLock

# Beside those that Playwright gives by itself.
FLAGS = ("--disable-gpu", "--disable-quic")

COMMANDS = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)
DEBIAN = ("chromium", "fonts-dejavu-core", "fonts-noto-core")


@cache
def chrome() -> str:
    """Where it is. One process at a time looks, so that it is got once."""
    with FileLock(Path(tempfile.gettempdir(), f"uzviz-browser-{getpass.getuser()}.lock")):
        path = _found() or _downloaded() or _installed()
    if path is None:
        sys.exit(
            "The page is tested in a real browser, and there is none here, nor could one be got: install "
            "Chrome or Chromium, or say where it is, as CHROME=/path/to/chrome."
        )
    return path


def _found() -> str | None:
    if named := os.environ.get("CHROME"):
        return named if _runs(named) else sys.exit(f"CHROME is {named!r}, which starts no browser.")
    known = [shutil.which(command) for command in COMMANDS] + list(PLACES)
    return next((path for path in known if path and _runs(path)), None) or _playwrights()


def _runs(path: str) -> bool:
    """A command may be there and start nothing: a stub that asks for a snap, or one that lacks libraries."""
    if not shutil.which(path):
        return False
    return os.name == "nt" or _done(path, "--version")


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if _runs(path) else None


def _downloaded() -> str | None:
    print("No Chrome or Chromium here: downloading Playwright's.", file=sys.stderr)
    _done(sys.executable, "-m", "playwright", "install", "chromium")
    return _playwrights()


def _installed() -> str | None:
    if not shutil.which("apt-get"):
        return None
    first = [] if os.getuid() == 0 else ["sudo", "-n"]
    if first and not _done(*first, "true"):
        return None
    print("It could not be had: installing Debian's.", file=sys.stderr)
    apt = [*first, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    _done(*apt, "update")
    _done(*apt, "install", "--no-install-recommends", "-y", *DEBIAN)
    return _found()


def _done(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    print(chrome())
