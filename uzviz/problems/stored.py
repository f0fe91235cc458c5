"""NumPy's own files as tables: .npz archives, and pairs of .npy files, which may be larger than the memory."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from uzviz.errors import InputError, shown, unknown
from uzviz.problems.tables import Table, check_file, from_arrays

IN_MEMORY = 1 << 28
"""Bytes, as float32, up to which the features of a .npy file are read into the memory."""


def from_npz(path: str, target: str | None, task: str | None = None) -> Table:
    """Arrays of a .npz file: features and a target, and an official test set if it has one.

    Names are those of the file: with ``target`` the other array holds the features, or, of several, the one
    named x or X; without it x and y, or x_train, y_train, x_test and y_test. Nothing is unpickled.

    Raises
    ------
    InputError
        when the file is missing, damaged, holds Python objects, or has no such arrays.
    """
    check_file(path, "a .npz file")
    arrays = _arrays(path)
    names = {name.lower(): name for name in arrays}
    if target is None and {"x_train", "y_train", "x_test", "y_test"} <= set(names):
        x, y, held_x, held_y = (
            arrays[names[f"{a}_{part}"]] for part in ("train", "test") for a in "xy"
        )
        return from_arrays(x, y, task, (held_x, held_y))._replace(name=path)
    target = names.get("y", "y") if target is None else target
    if target not in arrays:
        raise unknown(f"array of {shown(path)}", target, map(shown, arrays))
    others = [name for name in arrays if name != target]
    x = names.get("x") if len(others) != 1 else others[0]
    if x is None or x == target:
        raise InputError(
            f"{shown(path)} holds {shown(sorted(arrays))}, of which none is named x: save the features as x "
            "and the target as y."
        )
    return from_arrays(arrays[x], arrays[target], task)._replace(name=f"{path}:{target}")


def _arrays(path: str) -> dict[str, np.ndarray]:
    try:
        with open(path, "rb") as plain:
            file = np.load(plain, allow_pickle=False)
            if not isinstance(file, np.lib.npyio.NpzFile):
                raise InputError(f"{shown(path)} holds a single array: name it .npy.")
            return {name: file[name] for name in file.files}
    except InputError:
        raise
    except Exception as error:  # of NumPy, zipfile and the parser of headers, whichever it is
        raise _broken(path, error) from None


def _broken(path: str, error: Exception) -> InputError:
    if "allow_pickle" in str(error):
        return InputError(
            f"{shown(path)} holds Python objects, which are never unpickled: save arrays of numbers or texts."
        )
    said = (str(error).splitlines() or [""])[0].rstrip(".") or type(error).__name__
    return InputError(f"{shown(path)} is no whole file of NumPy's ({shown(said)}): save it anew.")


def from_npy(path: str, target: str, task: str | None = None) -> Table:
    """Features in one .npy file, [examples, …], and the target in another.

    Features of more than 256 MiB, as float32, stay in their file and are streamed.

    Raises
    ------
    InputError
        when a file is missing, damaged or holds Python objects, or when they don't fit.
    """
    x, y = _mapped(path), np.array(_mapped(target))
    small = 4 * math.prod(x.shape) <= IN_MEMORY
    return from_arrays(np.array(x) if small else x, y, task)._replace(name=f"{path}:{target}")


def _mapped(path: str) -> Any:
    check_file(path, "a .npy file")
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # of NumPy, zipfile and the parser of headers, whichever it is
        raise _broken(path, error) from None
    if not isinstance(found, np.ndarray):
        found.close()
        raise InputError(f"{shown(path)} is an archive of arrays: name it .npz.")
    return found
