"""A run's path on disk: one safetensors file, made in its full size before training and filled row
by row, so that a kill leaves what was written.

The file holds ``step`` and ``checksum``, [snapshots], and each parameter as [snapshots, …]. A row
counts when its checksum fits; that is written last.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from uzviz.log.checkpoints import ENDING, FOLDER
from uzviz.records import Snapshot

NAME = "path"
OWN = ("step", "checksum")
"""A checksum is CRC-32 and one: 0 stands in rows that were never written."""
KINDS = {"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64"}
"""What safetensors calls the types that parameters have."""
DTYPES = {kind: dtype for dtype, kind in KINDS.items()}
LONGEST_HEADER = 100_000_000
"""As safetensors has it."""


class Column(NamedTuple):
    """One tensor of the file: a row for each snapshot."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    """Of one row."""
    offset: int
    """Where it begins, in bytes of the file."""

    @property
    def size(self) -> int:
        """Bytes of one row."""
        return self.dtype.itemsize * int(np.prod(self.shape, dtype=np.int64))


def place(run: Path) -> Path:
    """Where the path of a run lies."""
    return run / FOLDER / f"{NAME}{ENDING}"


class PathWriter:
    """Fills the path of a run, in a thread of its own.

    Parameters
    ----------
    steps
        Of the snapshots that are planned, rising.
    after
        The step after which an earlier training of this folder goes on: its snapshots beyond are
        void. Below 0, all are.

    If the disk is full, it warns once, and training goes on.
    """

    def __init__(self, run: Path, steps: Sequence[int], after: int = -1):
        self.run, self.steps, self.after = run, np.asarray(steps, np.int64), after
        self._thread = ThreadPoolExecutor(1, f"path of {run.name}")
        self._under_way: list[Future[None]] = []
        self._columns: dict[str, Column] = {}
        self._file: int | None = None
        self._lost = False
        """Whether something could not be written."""

    def add(self, snapshot: Snapshot) -> None:
        """Write a snapshot, soon."""
        self._look()
        if self._file is None and not self._lost:
            try:
                self._file = self._opened(snapshot)
            except OSError as error:
                self._warn(error)
        if self._file is None:
            return
        self._under_way.append(self._thread.submit(self._write, self._file, snapshot))

    def sync(self) -> None:
        """Have the disk take what was added; :meth:`wait` until it has."""
        if self._file is not None:
            self._under_way.append(self._thread.submit(os.fsync, self._file))

    def wait(self) -> None:
        """Wait until all is done that was begun."""
        wait(self._under_way)
        self._look()

    def close(self) -> None:
        """Write what was added, and end."""
        self.wait()
        self._thread.shutdown()
        if self._file is not None:
            os.close(self._file)

    def _look(self) -> None:
        """Let go of what is written, and warn of what could not be."""
        for future in [f for f in self._under_way if f.done()]:
            self._under_way.remove(future)
            try:
                future.result()
            except OSError as error:
                self._warn(error)

    def _warn(self, error: OSError) -> None:
        if not self._lost:
            warnings.warn(
                f"The path of {self.run} cannot be kept whole ({error.strerror}): training goes on.",
                RuntimeWarning,
                stacklevel=4,
            )
        self._lost = True

    def _write(self, file: int, snapshot: Snapshot) -> None:
        row = int(np.searchsorted(self.steps, snapshot.step))
        own = {"step": snapshot.step, "checksum": checksum(snapshot.step, snapshot.w)}
        for name in ("step", *snapshot.w, "checksum"):
            x = own[name] if name in own else snapshot.w[name]
            column = self._columns[name]
            _put(file, np.asarray(x, column.dtype), column.offset + row * column.size)

    def _opened(self, snapshot: Snapshot) -> int:
        """The file, made anew where there is none that fits."""
        path = place(self.run)
        header, self._columns = laid_out(snapshot.w, len(self.steps))
        size = file_size(snapshot.w, len(self.steps))
        if not _begins(path, header, size):
            if snapshot.step > self.steps[0]:
                warnings.warn(
                    f"{path} is lost or damaged: the path of this run begins at step {snapshot.step}.",
                    stacklevel=4,
                )
            with _whole(path) as file:
                _put(file, header, 0)
                os.ftruncate(file, size)
        file = os.open(path, os.O_RDWR)
        self._void(file)
        return file

    def _void(self, file: int) -> None:
        """Take back what was kept after the step from which training goes on."""
        step, check = (self._columns[name] for name in OWN)
        n = len(self.steps)
        found = np.frombuffer(os.pread(file, step.size * n, step.offset), np.int64)
        kept = np.frombuffer(os.pread(file, check.size * n, check.offset), np.int64)
        beyond = found > self.after
        _put(file, np.where(beyond, 0, kept), check.offset)
        _put(file, np.where(beyond, self.steps, found), step.offset)


def save(run: Path, path: Sequence[Snapshot]) -> None:
    """Write a path that is done, whole or not at all.

    Raises
    ------
    OSError
        when it cannot be written.
    """
    header, columns = laid_out(path[0].w, len(path))
    own = {"step": [s.step for s in path], "checksum": [checksum(s.step, s.w) for s in path]}
    with _whole(place(run)) as file:
        _put(file, header, 0)
        for name, column in columns.items():
            rows = own[name] if name in own else [s.w[name] for s in path]
            _put(file, np.array(rows, column.dtype), column.offset)


def read(run: Path) -> tuple[np.ndarray, dict[str, np.ndarray]] | None:
    """Steps [snapshots] and parameters [snapshots, …] by their paths "w/…", mapped from the file;
    None without one.

    Snapshots that are damaged, or a file that is, are passed over with a warning.
    """
    path = place(run)
    if not path.exists():
        return None
    try:
        columns, n = _columns_of(path)
        mapped = np.memmap(path, np.uint8, "r")
        rows = {name: _viewed(mapped, column, n) for name, column in columns.items()}
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError, RecursionError) as error:
        warnings.warn(f"{path} is no path that is understood ({error}): it is passed over.",
                      stacklevel=2)  # fmt: skip
        return None
    steps, sums = (np.array(rows.pop(name)) for name in OWN)
    with ThreadPoolExecutor() as pool:
        found = pool.map(
            lambda i: checksum(int(steps[i]), {k: x[i] for k, x in rows.items()}), range(n)
        )
        good = np.fromiter(found, np.int64, n) == sums
    if lost := int((~good & (sums != 0)).sum()):
        warnings.warn(f"{path} is damaged: {lost} of its {n} snapshots are passed over.",
                      stacklevel=2)  # fmt: skip
    chosen: Any = slice(int(good.sum())) if good[: good.sum()].all() else good
    return steps[chosen], {name: x[chosen] for name, x in rows.items()}


def checksum(step: int, w: Mapping[str, np.ndarray]) -> int:
    """CRC-32 of a snapshot's step, names and bytes, and one."""
    found = zlib.crc32(str(step).encode())
    for name in sorted(w):
        found = zlib.crc32(name.encode(), found)
        found = zlib.crc32(_bytes(w[name]), found)
    return found + 1


def file_size(w: Mapping[str, Any], snapshots: int) -> int:
    """Bytes of a path of so many snapshots, each of parameters of these shapes and types; more than
    any memory holds where a file can't hold their type."""
    if any(x.dtype.name not in KINDS for x in w.values()):
        return sys.maxsize
    header, columns = laid_out(w, snapshots)
    return len(header) + snapshots * sum(c.size for c in columns.values())


def laid_out(w: Mapping[str, Any], snapshots: int) -> tuple[bytes, dict[str, Column]]:
    """The head of the file and its tensors, those of larger numbers first, so that all are aligned."""
    own = {name: np.empty((), np.int64) for name in OWN}
    order = sorted({**own, **w}.items(), key=lambda x: (-x[1].dtype.itemsize, x[0]))
    said, columns, offset = {}, {}, 0
    for name, x in order:
        column = Column(x.dtype, x.shape, offset)
        end = offset + column.size * snapshots
        said[name] = {"dtype": KINDS[x.dtype.name], "shape": [snapshots, *x.shape],
                      "data_offsets": [offset, end]}  # fmt: skip
        columns[name], offset = column, end
    text = json.dumps(said).encode()
    text += b" " * (-len(text) % 8)
    header = len(text).to_bytes(8, "little") + text
    return header, {k: c._replace(offset=c.offset + len(header)) for k, c in columns.items()}


def _columns_of(path: Path) -> tuple[dict[str, Column], int]:
    """The tensors of a file, and how many snapshots they hold.

    Raises
    ------
    ValueError, LookupError, TypeError, ArithmeticError, RecursionError
        for what is no path.
    """
    size = path.stat().st_size
    with open(path, "rb") as file:
        long = int.from_bytes(file.read(8), "little")
        if not 0 < long <= min(LONGEST_HEADER, size - 8):
            raise ValueError("its head is cut short")
        said = json.loads(file.read(long))
    if not isinstance(said, dict):
        raise ValueError("its head is no list of tensors")
    said.pop("__metadata__", None)
    columns = {}
    for name, tensor in said.items():
        (first, end), shape = tensor["data_offsets"], tensor["shape"]
        if not all(isinstance(n, int) and n >= 0 for n in shape):
            raise ValueError(f"{name} has no shape")
        column = Column(_dtype(tensor["dtype"]), tuple(shape[1:]), 8 + long + first)
        if first < 0 or end - first != column.size * shape[0] or 8 + long + end > size:
            raise ValueError(f"{name} is cut short")
        columns[name] = column
    counts = {tensor["shape"][0] for tensor in said.values()}
    if len(counts) != 1 or not {*OWN} <= said.keys():
        raise ValueError("its tensors are others")
    return columns, counts.pop()


def _dtype(kind: str) -> np.dtype[Any]:
    if kind == "BF16":
        import ml_dtypes

        return np.dtype(ml_dtypes.bfloat16)
    return np.dtype(DTYPES[kind])


def _viewed(mapped: np.ndarray, column: Column, n: int) -> np.ndarray:
    rows = np.asarray(mapped[column.offset : column.offset + column.size * n])
    return rows.view(column.dtype).reshape(n, *column.shape)


def _begins(path: Path, header: bytes, size: int) -> bool:
    """Whether a file is there that has this head and size."""
    try:
        with open(path, "rb") as file:
            return file.read(len(header)) == header and path.stat().st_size == size
    except OSError:
        return False


@contextmanager
def _whole(path: Path) -> Iterator[int]:
    """A new file to write, put in place when it is done."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}")
    try:
        file = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            yield file
        finally:
            os.close(file)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _put(file: int, data: bytes | np.ndarray, offset: int) -> None:
    """Write all of it at a place."""
    left = memoryview(data if isinstance(data, bytes) else _bytes(data))
    while left:
        made = os.pwrite(file, left, offset)
        left, offset = left[made:], offset + made


def _bytes(x: np.ndarray) -> memoryview:
    return np.ascontiguousarray(x).reshape(-1).view(np.uint8).data
