"""Data sets as arrays: scikit-learn's bundled ones, and arrays from Python."""

from __future__ import annotations

import gzip
import importlib.util
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from uzviz.errors import InputError, shown
from uzviz.problems.mapped import Mapped, blocks

MOST_CLASSES = 20
"""A target of whole numbers with at most this many different values is taken for classes."""

ARRAYS = "arrays"
BUNDLED = {
    "digits": "load_digits",
    "iris": "load_iris",
    "wine": "load_wine",
    "breast-cancer": "load_breast_cancer",
    "diabetes": "load_diabetes",
}
"""scikit-learn's bundled data sets, by the functions that load them."""
FILES = {
    "digits": "digits.csv.gz",
    "iris": "iris.csv",
    "wine": "wine_data.csv",
    "breast-cancer": "breast_cancer.csv",
}
"""The files of those that scikit-learn keeps as they are, in a folder of its own."""
NOT_FINITE = "values that are missing, infinite or beyond float32: fill them or drop the rows"


class Table(NamedTuple):
    """A data set: features [n, d], target [n], and what the classes are called if it has any."""

    x: Any
    """An array, or a :class:`~uzviz.problems.mapped.Mapped` one."""
    y: np.ndarray
    classes: list[str] | None
    name: str = ARRAYS
    unit: float | None = None
    """What centred features are divided by; their standard deviation if None."""
    pixels: tuple[int, ...] = ()
    """The shape of an example that is an image: [height, width] or [height, width, channels]."""
    test: tuple[Any, np.ndarray] | None = None
    """Features and target of an official test set."""
    options: dict[str, Any] = {}  # noqa: RUF012 - never changed
    """What it is made with beside its name."""


def bundled(name: str, task: str | None = None) -> Table:
    """One of the data sets that scikit-learn brings along, by a name from ``BUNDLED``."""
    x, y, classes = _from_file(name) or _loaded(name)
    table = from_arrays(x, y, task)._replace(name=name)
    if table.classes and classes is not None:
        table = table._replace(classes=[str(classes[int(c)]) for c in table.classes])
    return table._replace(unit=16.0, pixels=(8, 8)) if name == "digits" else table


def _from_file(name: str) -> tuple[np.ndarray, np.ndarray, Any] | None:
    """Features, target and names of classes, if scikit-learn's file is where it always was: to import it takes
    a hundred times as long."""
    package = importlib.util.find_spec("sklearn")
    if name not in FILES or package is None or package.origin is None:
        return None
    file = Path(package.origin).parent / "datasets" / "data" / FILES[name]
    if not file.is_file():
        return None
    with (gzip.open if file.suffix == ".gz" else open)(file, "rt") as lines:
        classes = None if name == "digits" else next(lines).strip().split(",")[2:]
        rows = np.loadtxt(lines, delimiter=",")
    return rows[:, :-1], rows[:, -1].astype(int), range(10) if classes is None else classes


def _loaded(name: str) -> tuple[np.ndarray, np.ndarray, Any]:
    from sklearn import datasets

    made: Any = getattr(datasets, BUNDLED[name])()
    return made.data, made.target, made.get("target_names")


def from_arrays(x: Any, y: Any, task: str | None = None, test: Any = None) -> Table:
    """Features and target given in Python, as floats and as class numbers or floats.

    ``test`` is an official test set, a pair as (x, y). Features that NumPy maps from a file are left there.

    Raises
    ------
    InputError
        for shapes that don't fit, values missing or not finite, and a target of one value only.
    """
    (features, shape), y = _features("X", x), _target("y", y, x)
    if test is None:
        return with_target(features, y, task)._replace(pixels=_pixels(shape))
    (held, other), held_y = (
        _features("X of the test set", test[0]),
        _target("its y", test[1], test[0]),
    )
    if other != shape:
        raise InputError(
            f"The examples of the test set have shape {other}, but those of the others {shape}: give "
            "examples of one shape."
        )
    table = with_target(features, y, task)
    every = with_target(features, np.concatenate([y, held_y]), task)
    if every.classes != table.classes:
        raise InputError(
            "The test set has classes that no other example has: give examples of each class."
        )
    held_table = held, every.y[len(y) :]
    return table._replace(pixels=_pixels(shape), test=held_table)


def _features(name: str, given: Any) -> tuple[Any, tuple[int, ...]]:
    """Features [n, d] as float32, and the shape that an example had."""
    x = given if isinstance(given, (np.memmap, Mapped)) else _array(name, given)
    if x.ndim < 2 or 0 in x.shape:
        raise InputError(
            f"{name} has shape {x.shape}, but must be [examples, features] with some of each."
        )
    if isinstance(x, (np.memmap, Mapped)):
        return _in_file(name, x), x.shape[1:]
    if x.dtype.kind not in "biufO":
        raise _no_numbers(name, x)
    try:
        features = float32(x).reshape(len(x), -1)
    except (TypeError, ValueError, OverflowError):
        raise _no_numbers(name, x) from None
    if not np.isfinite(features).all():
        raise InputError(f"{name} holds {NOT_FINITE}.")
    return features, x.shape[1:]


def _in_file(name: str, x: Any) -> Mapped:
    """Features that stay in their file, looked at once, block by block."""
    if x.dtype.kind not in "biuf":
        raise _no_numbers(name, x)
    if isinstance(x, np.memmap):
        if not x.flags.c_contiguous:
            raise InputError(
                f"{name} lies in its file column by column: save it in C order, as "
                "np.ascontiguousarray gives it."
            )
        x = Mapped([x.reshape(len(x), -1)], np.float32)
    if x.parts[0].dtype.kind == "f" and not all(np.isfinite(block).all() for block in blocks(x)):
        raise InputError(f"{name} holds {NOT_FINITE}.")
    return x


def _target(name: str, given: Any, x: Any) -> np.ndarray:
    y = _array(name, given)
    if y.shape not in {(len(x),), (len(x), 1)}:
        raise InputError(
            f"{name} has shape {y.shape}, but must hold one target for each of {len(x)} rows."
        )
    return y.reshape(-1)


def _pixels(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of an example if it is an image's."""
    return shape if len(shape) == 2 or (len(shape) == 3 and shape[2] in {1, 3, 4}) else ()


def with_target(x: Any, y: np.ndarray, task: str | None) -> Table:
    """A table whose target is read as the task needs, or, with None, as it looks."""
    y = _plain(y)
    if task == "classify" or (task is None and is_classes(y)):
        return _classes(x, y)
    if y.dtype.kind == "U":
        raise InputError(
            "The target holds texts, which no regression can predict: classify it, or choose a "
            "target of numbers."
        )
    y = float32(y)
    if not np.isfinite(y).all():
        raise InputError(f"The target holds {NOT_FINITE}.")
    if np.ptp(y) == 0:
        raise InputError(
            "The target has, to float32's seven digits, the same value in every row: choose a "
            "target that varies."
        )
    return Table(x, y, None)


def is_classes(y: np.ndarray) -> bool:
    """Whether a target holds classes: texts, booleans, or at most 20 different whole numbers."""
    if y.dtype.kind in "bU":
        return True
    return bool(np.all(y == np.round(y))) and len(np.unique(y)) <= MOST_CLASSES


def _array(name: str, given: Any) -> np.ndarray:
    if np.ma.is_masked(given):
        raise InputError(f"{name} holds masked values: fill them or drop the rows.")
    try:
        return np.asarray(given)
    except (TypeError, ValueError):
        raise InputError(f"{name} has rows of different lengths: give an array.") from None


def _no_numbers(name: str, x: Any) -> InputError:
    return InputError(
        f"{name} has type {x.dtype}, but must hold numbers: convert it, or give a CSV file, whose texts "
        "are encoded."
    )


def float32(x: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return x.astype(np.float32)


def _plain(y: np.ndarray) -> np.ndarray:
    """A target as booleans, finite numbers or texts."""
    if y.dtype.kind in "OT":
        import pandas as pd

        if pd.isna(y).any():
            raise InputError("The target has missing values: fill them or drop the rows.")
        y = _array("The target", y.tolist())
    if y.dtype.kind not in "biufU" or y.ndim > 1:
        raise InputError(
            f"The target has type {y.dtype}, but must hold numbers, texts or booleans: convert it."
        )
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        raise InputError(f"The target holds {NOT_FINITE}.")
    return y


def _classes(x: np.ndarray, y: np.ndarray) -> Table:
    names, numbers = np.unique(y, return_inverse=True)
    if len(names) < 2:
        raise InputError(
            f"The target has one class only ({shown(str(names[0]))}): give rows of at least two."
        )
    if len(names) > len(y) // 2:
        advice = "choose another" if y.dtype.kind == "U" else "regress it or choose another"
        raise InputError(
            f"The target has {len(names)} different values in {len(y)} rows, too many for classes: "
            f"{advice}."
        )
    return Table(x, numbers.astype(np.int32), [str(name) for name in names])


def check_file(path: str, what: str) -> None:
    """Refuse a path at which no file stands."""
    if os.path.isdir(path):
        raise InputError(f"{shown(path)} is a folder: give the path of {what}.")
    if not os.path.isfile(path):
        raise InputError(f"There is no file {shown(path)}: give the path of {what}.")
