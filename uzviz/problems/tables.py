"""Data sets as arrays: scikit-learn's digits, arrays from Python, and CSV files."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from uzviz.errors import InputError, shown, unknown

MOST_CLASSES = 20
"""A target of whole numbers with at most this many different values is taken for classes."""
MOST_CATEGORIES = 100
"""A column of texts with more different values than this is no category."""

ARRAYS = "arrays"
NOT_FINITE = "values that are missing, infinite or beyond float32: fill them or drop the rows"


class Table(NamedTuple):
    """A data set: features [n, d], target [n], and what the classes are called if it has any."""

    x: np.ndarray
    y: np.ndarray
    classes: list[str] | None
    name: str = ARRAYS
    unit: float | None = None
    """What centred features are divided by; their standard deviation if None."""
    pixels: tuple[int, ...] = ()
    """The shape of an example that is an image: [height, width] or [height, width, channels]."""


def digits(task: str | None = None) -> Table:
    """scikit-learn's handwritten digits: 1,797 images of 8 × 8 pixels from 0 to 16."""
    from sklearn.datasets import load_digits

    data: Any = load_digits()
    return from_arrays(data.data, data.target, task)._replace(
        name="digits", unit=16.0, pixels=(8, 8)
    )


def from_arrays(x: Any, y: Any, task: str | None = None) -> Table:
    """Features and target given in Python, as floats and as class numbers or floats.

    Raises
    ------
    InputError
        for shapes that don't fit, values missing or not finite, and a target of one value only.
    """
    x, y = _array("X", x), _array("y", y)
    if x.ndim < 2 or not x.size:
        raise InputError(
            f"X has shape {x.shape}, but must be [examples, features] with some of each."
        )
    if y.shape not in {(len(x),), (len(x), 1)}:
        raise InputError(
            f"y has shape {y.shape}, but must hold one target for each of {len(x)} rows."
        )
    if x.dtype.kind not in "biufO":
        raise _no_numbers(x)
    try:
        features = _float32(x).reshape(len(x), -1)
    except (TypeError, ValueError, OverflowError):
        raise _no_numbers(x) from None
    if not np.isfinite(features).all():
        raise InputError(f"X holds {NOT_FINITE}.")
    return with_target(features, y.reshape(-1), task)._replace(pixels=_pixels(x.shape[1:]))


def _pixels(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of an example if it is an image's."""
    return shape if len(shape) == 2 or (len(shape) == 3 and shape[2] in {1, 3, 4}) else ()


def with_target(x: np.ndarray, y: np.ndarray, task: str | None) -> Table:
    """A table whose target is read as the task needs, or, with None, as it looks."""
    y = _plain(y)
    if task == "classify" or (task is None and is_classes(y)):
        return _classes(x, y)
    if y.dtype.kind == "U":
        raise InputError(
            "The target holds texts, which no regression can predict: classify it, or choose a "
            "target of numbers."
        )
    y = _float32(y)
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


def _no_numbers(x: np.ndarray) -> InputError:
    return InputError(
        f"X has type {x.dtype}, but must hold numbers: convert it, or give a CSV file, whose texts "
        "are encoded."
    )


def _float32(x: np.ndarray) -> np.ndarray:
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


def from_csv(path: str, target: str, task: str | None = None) -> Table:
    """A CSV file with a header, in UTF-8; texts among the features become indicator columns.

    Raises
    ------
    InputError
        when the file is missing, empty, ragged or has missing values, or when the target is missing
        or has one value only.
    """
    frame = _frame(path)
    if target not in frame.columns:
        raise unknown(f"column of {shown(path)}", target, map(shown, frame.columns))
    for column, missing in frame.isna().sum().items():
        if missing:
            raise InputError(
                f"{shown(path)} has missing values in column '{shown(column)}' ({missing} of "
                f"{len(frame)}): fill them or drop the rows."
            )
    features = _features(path, frame.drop(columns=target))
    table = with_target(features, frame[target].to_numpy(), task)
    return table._replace(name=f"{path}:{target}")


def _frame(path: str) -> Any:
    import pandas as pd

    text = _text(path)
    header = _header(path, text)
    return pd.read_csv(
        io.StringIO(text), header=0, names=header, index_col=False, skipinitialspace=True,
        low_memory=False,
    )  # fmt: skip


def _text(path: str) -> str:
    if os.path.isdir(path):
        raise InputError(f"{shown(path)} is a folder: give the path of a CSV file.")
    if not os.path.isfile(path):
        raise InputError(f"There is no file {shown(path)}: give the path of a CSV file.")
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(
            f"{shown(path)} cannot be read ({error.strerror}): give a file that can."
        ) from None
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise InputError(f"{shown(path)} is no text in UTF-8: save it as CSV in UTF-8.")
    return text


def _header(path: str, text: str) -> list[str]:
    """The names of the columns, once every row is known to have as many fields."""
    rows = csv.reader(io.StringIO(text), skipinitialspace=True, strict=True)
    lengths = []
    try:
        header = [name.strip() for name in next(filter(_filled, rows), [])]
        for row in filter(_filled, rows):
            lengths.append(len(row))
            if len(row) != len(header):
                raise InputError(
                    f"{shown(path)} is ragged: line {rows.line_num} has {len(row)} fields and the "
                    f"header {len(header)}, so make them as many."
                )
    except csv.Error as error:
        raise InputError(
            f"{shown(path)} is no CSV from line {rows.line_num} on ({error}): mend it."
        ) from None
    _check_names(path, header)
    if not lengths:
        raise InputError(f"{shown(path)} holds a header and no rows: give a file with examples.")
    return header


def _filled(row: list[str]) -> bool:
    return len(row) > 1 or any(field.strip() for field in row)


def _check_names(path: str, header: list[str]) -> None:
    if not header:
        raise InputError(f"{shown(path)} is empty: give a CSV file with a header and rows.")
    if len(header) == 1:
        raise InputError(
            f"{shown(path)} has one column only ({shown(header[0])}): give a target and a feature "
            "or more, with commas between them."
        )
    for i, name in enumerate(header):
        if not name:
            raise InputError(f"Column {i + 1} of {shown(path)} has no name: name it or drop it.")
        if name in header[:i]:
            raise InputError(
                f"{shown(path)} has two columns '{shown(name)}': give each a name of its own."
            )


def _features(path: str, frame: Any) -> np.ndarray:
    import pandas as pd

    texts = []
    for column in frame.columns:
        if pd.api.types.is_numeric_dtype(frame[column]):
            continue
        different = frame[column].nunique()
        number: Any = pd.to_numeric(frame[column], errors="coerce")
        if number.notna().all():
            frame = frame.assign(**{column: number.astype(float)})
            continue
        texts.append(column)
        if different > MOST_CLASSES and number.notna().mean() > 0.5:
            raise InputError(
                f"Column '{shown(column)}' of {shown(path)} holds numbers, but also "
                f"'{shown(frame[column][number.isna()].iloc[0])}': mend it or drop the row."
            )
        if different > max(MOST_CLASSES, len(frame) // 2):
            raise InputError(
                f"Column '{shown(column)}' of {shown(path)} holds {different} different texts in "
                f"{len(frame)} rows, such as '{shown(frame[column].iloc[0])}': write numbers as "
                "numbers, and drop names and dates."
            )
        if different > MOST_CATEGORIES:
            raise InputError(
                f"Column '{shown(column)}' of {shown(path)} holds {different} different texts, more "
                f"than the {MOST_CATEGORIES} that can be encoded: drop it or group them."
            )
    encoded = pd.get_dummies(frame, columns=texts)
    x = _float32(encoded.to_numpy(dtype=float))
    finite = np.isfinite(x).all(axis=0)
    if not finite.all():
        column = encoded.columns[finite.argmin()]
        raise InputError(f"Column '{shown(column)}' of {shown(path)} holds {NOT_FINITE}.")
    return x
