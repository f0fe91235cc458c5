"""IDX files, the format of MNIST: a magic number, sizes, and numbers, gzipped or not."""

from __future__ import annotations

import gzip
import math
import os
import re
import zlib
from pathlib import Path
from typing import Protocol

import numpy as np

from uzviz.errors import InputError, shown
from uzviz.problems.tables import Table, check_file, from_arrays

TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
"""Types of numbers, by the third byte of a file."""
NAME = re.compile(r"(.*?)(train|t10k|test)-(images|labels)[-.]idx[13]-ubyte(\.gz)?")
CHUNK = 1 << 24
PIXEL = 255.0
"""The largest value of a pixel of one byte."""


class _Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


def read(path: str | Path) -> np.ndarray:
    """The array of an IDX file.

    The format is that of LeCun's page of MNIST: two bytes of 0, the type, the number of dimensions, a size of
    four bytes for each, then the numbers, all in big-endian order.

    Raises
    ------
    InputError
        when the file is missing, has another magic number, or is shorter or longer than it says.
    """
    check_file(str(path), "an IDX file")
    try:
        with open(path, "rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
            plain.seek(0)
            if packed:
                with gzip.open(plain) as file:
                    return _array(path, file)
            return _array(path, plain)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"{shown(str(path))} is no whole gzip file ({shown(str(error))}): fetch it anew."
        ) from None
    except OSError as error:
        raise InputError(
            f"{shown(str(path))} cannot be read ({error.strerror}): give a file that can."
        ) from None


def _array(path: str | Path, file: _Readable) -> np.ndarray:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in TYPES or not magic[3]:
        raise InputError(
            f"{shown(str(path))} is no IDX file: its magic number is {magic.hex() or 'missing'}, but must be 0000, "
            f"one of {', '.join(f'{t:02x}' for t in TYPES)} and the number of dimensions."
        )
    sizes = file.read(4 * magic[3])
    shape = [int(n) for n in np.frombuffer(sizes[: len(sizes) // 4 * 4], ">u4")]
    dtype = np.dtype(TYPES[magic[2]])
    wanted = math.prod(shape) * dtype.itemsize
    data = bytearray()
    # No more is asked for at once than comes: a header may claim any size.
    while len(data) <= wanted and (more := file.read(min(CHUNK, wanted + 1 - len(data)))):
        data += more
    if len(shape) < magic[3] or len(data) != wanted:
        told = "more" if len(data) > wanted else f"{len(data):,}"
        raise InputError(
            f"{shown(str(path))} says that it holds {shown(shape)} numbers in {wanted:,} bytes, but it has {told}: "
            "fetch it anew."
        )
    return (
        np.frombuffer(bytes(data), dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)
    )


def from_folder(folder: str | Path, task: str | None = None) -> Table:
    """Images and labels in IDX files, named as MNIST's are: train-images-idx3-ubyte, t10k-labels-idx1-ubyte.gz.

    With a training and a test set (t10k or test), the latter is the official test part; of one alone, the usual
    split is drawn.

    Raises
    ------
    InputError
        when the folder or a file of a pair is missing, or files don't fit together.
    """
    found = _found(str(folder))
    sets = [part for part in ("train", "test") if part in {part for part, _ in found}]
    pairs = []
    for part in sets:
        for kind in ("images", "labels"):
            if (part, kind) not in found:
                raise InputError(
                    f"{shown(str(folder))} has no {kind} of its {part} set: put the IDX file there."
                )
        pairs.append(_pair(found[part, "images"], found[part, "labels"]))
    x, y = pairs[0]
    table = from_arrays(x, y, task, pairs[1] if len(pairs) > 1 else None)
    return table._replace(name=f"idx:{folder}", unit=PIXEL if x.dtype == np.uint8 else None)


def _found(folder: str) -> dict[tuple[str, str], str]:
    """Paths of the IDX files of a folder by set and kind; one that is not packed comes first."""
    if not os.path.isdir(folder):
        raise InputError(f"There is no folder {shown(folder)}: give one with IDX files.")
    found: dict[tuple[str, str], str] = {}
    prefixes = set()
    for name in sorted(os.listdir(folder)):
        if match := NAME.fullmatch(name):
            prefix, part, kind, _ = match.groups()
            prefixes.add(prefix)
            found.setdefault(
                ("train" if part == "train" else "test", kind), os.path.join(folder, name)
            )
    if not found:
        raise InputError(
            f"{shown(folder)} has no IDX files: they are named as train-images-idx3-ubyte and "
            "train-labels-idx1-ubyte, with .gz or without."
        )
    if len(prefixes) > 1:
        raise InputError(
            f"{shown(folder)} has IDX files of several data sets ({shown(sorted(prefixes))}): give each a folder."
        )
    return found


def _pair(images: str, labels: str) -> tuple[np.ndarray, np.ndarray]:
    x, y = read(images), read(labels)
    if x.ndim < 2 or y.ndim != 1 or len(x) != len(y):
        raise InputError(
            f"{shown(images)} holds {list(x.shape)} and {shown(labels)} {list(y.shape)}, but images and labels "
            "must be as many: give files that belong together."
        )
    return x, y
