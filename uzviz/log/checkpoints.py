"""States of a run on disk, as safetensors: whole or not at all."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

LAST = 2
"""How many states are kept, besides the best."""
FOLDER, BEST, ENDING = "checkpoints", "best", ".safetensors"


class Checkpoint(NamedTuple):
    """Tensors by name, and the facts that belong to them."""

    step: int
    tensors: dict[str, np.ndarray]
    facts: dict[str, Any]


def save(run: Path, name: str, tensors: Mapping[str, Any], facts: Mapping[str, Any]) -> Path:
    """Write a checkpoint of a run: under another name, to the disk, then renamed.

    Raises
    ------
    OSError
        when it cannot be written; the one before is then still there.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    folder = run / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path, unfinished = folder / f"{name}{ENDING}", folder / f".{name}.{os.getpid()}"
    try:
        arrays = {key: np.asarray(x, order="C") for key, x in tensors.items()}
        own = {**facts, "checksum": checksum(arrays)}
        save_file(arrays, unfinished, {"uzviz": json.dumps(own)})
        _sync(unfinished)
        os.replace(unfinished, path)
        _sync(folder)
    except SafetensorError as error:
        raise OSError(5, str(error), str(path)) from None
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def save_step(run: Path, step: int, tensors: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """Write the state after a step, and drop all but the last few."""
    save(run, _name(step), tensors, facts)
    for path in steps(run)[:-LAST]:
        path.unlink(missing_ok=True)


def tidy(run: Path, step: int) -> None:
    """Remove what killed processes left unfinished, and states from this step on, which are made
    again."""
    beyond = [path for path in steps(run) if path.name >= f"{_name(step)}{ENDING}"]
    for path in [*(run / FOLDER).glob(".*"), *beyond]:
        path.unlink(missing_ok=True)


def _name(step: int) -> str:
    return f"step-{step:012d}"


def steps(run: Path) -> list[Path]:
    """The states of a run by step."""
    return sorted((run / FOLDER).glob(f"step-*{ENDING}"))


def best(run: Path) -> Checkpoint | None:
    """The parameters with the lowest validation loss, if they were kept and can be read."""
    with suppress(OSError):
        return load(run / FOLDER / f"{BEST}{ENDING}")
    return None


def load(path: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises
    ------
    OSError
        for a file that is damaged or cannot be read.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():  # a pipe would be waited for
        raise OSError(5, "it is no file", str(path))
    try:
        with safe_open(path, "np") as file:
            facts = json.loads(file.metadata()["uzviz"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            step, told = int(facts["step"]), facts["checksum"]
    except (SafetensorError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise OSError(5, f"it is no checkpoint ({error})", str(path)) from None
    if told != checksum(tensors):
        raise OSError(5, "it is damaged", str(path))
    return Checkpoint(step, tensors, facts)


def checksum(tensors: Mapping[str, np.ndarray]) -> int:
    """CRC-32 of all names and bytes, so that nothing goes on from a bit that has turned."""

    def one(name: str) -> int:
        data = np.ascontiguousarray(tensors[name]).reshape(-1).view(np.uint8).data
        return zlib.crc32(data, zlib.crc32(name.encode()))

    with ThreadPoolExecutor() as pool:
        return zlib.crc32(repr(list(pool.map(one, sorted(tensors)))).encode())


def newest(run: Path) -> Checkpoint | None:
    """The last state that can be read; None without one."""
    return next(states(run), None)


def states(run: Path) -> Iterator[Checkpoint]:
    """The states that can be read, the last one first."""
    for path in reversed(steps(run)):
        with suppress(OSError):
            yield load(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
