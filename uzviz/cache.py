"""The user's folder for what can be had again: data sets that were fetched, and programs that were compiled."""

from __future__ import annotations

import hashlib
import os
import platform
import stat
import zlib
from contextlib import suppress
from pathlib import Path

VARIABLE = "UZVIZ_CACHE"
"""Of the environment, which names the folder."""
PROGRAMS = {
    "JAX_COMPILATION_CACHE_DIR": "",
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.05",
}
"""JAX's own variables, by which it keeps what it compiles; the folder is filled in."""
MOST = 256 << 20
"""Bytes of programs, beyond which the oldest of them go."""
ZSTANDARD = b"\x28\xb5\x2f\xfd"
"""How its frames begin."""
CPU = Path("/proc/cpuinfo")
KIND = ("vendor_id", "cpu family", "model", "flags", "CPU", "Features")
"""How the lines begin there that say what a processor can do."""


def folder() -> Path:
    """$UZVIZ_CACHE, else uzviz in the user's cache folder, which the XDG base directory specification places."""
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser()
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "uzviz"


def keep_programs() -> None:
    """Let this process and those that it starts keep what JAX compiles, and find what was kept before.

    Of use before JAX is imported. Whoever has set JAX's own variables has chosen already. Programs are machine
    code: each kind of processor has a folder of its own, which nobody else may write in.
    """
    if any(name in os.environ for name in PROGRAMS):
        return
    # Without a home, or in one that can't be written in, nothing is kept.
    with suppress(OSError, RuntimeError):
        kept = folder() / f"programs-{_processor()}"
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = kept.stat()
        others = stat.S_IWGRP | stat.S_IWOTH
        if found.st_mode & others or (hasattr(os, "getuid") and found.st_uid != os.getuid()):
            return
        _tidy(kept)
        os.environ |= {**PROGRAMS, "JAX_COMPILATION_CACHE_DIR": str(kept)}


def _processor() -> str:
    """What tells kinds of processors apart."""
    told = CPU.read_text(errors="replace") if CPU.exists() else platform.processor()
    apart = {line for line in told.splitlines() if line.startswith(KIND)} or {told}
    return hashlib.sha256("\n".join([platform.machine(), *sorted(apart)]).encode()).hexdigest()[:12]


def _tidy(kept: Path) -> None:
    """Remove what a command that was killed left torn since this was last done, and the oldest programs where there
    are too many."""
    done = kept / "tidied"
    since = done.stat().st_mtime_ns if done.exists() else 0
    done.touch()
    files = [(found.stat(), Path(found.path)) for found in os.scandir(kept) if found.is_file()]
    size = 0
    for found, path in sorted(files, key=lambda pair: -pair[0].st_mtime):
        size += found.st_size
        torn = found.st_mtime_ns > since and path != done and not _is_whole(path)
        if torn or size > MOST:
            with suppress(OSError):  # another command was quicker
                path.unlink()


def _is_whole(path: Path) -> bool:
    """Whether an entry can be unpacked. JAX would say of a torn one that it can't, and compile, every time."""
    data = path.read_bytes()
    try:
        zlib.decompress(data)
    except zlib.error:
        return data.startswith(ZSTANDARD)  # which JAX takes where it is there
    return True
