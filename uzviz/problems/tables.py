"""Data sets as arrays: scikit-learn's digits, and CSV files."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from uzviz.errors import InputError, unknown

MOST_CLASSES = 20
"""A target of whole numbers with at most this many different values is taken for classes."""
MOST_CATEGORIES = 100
"""A column of texts with more different values than this is no category."""


class Table(NamedTuple):
    """A data set: features [n, d], target [n], and what the classes are called if it has any."""

    x: np.ndarray
    y: np.ndarray
    classes: list[str] | None


def digits() -> Table:
    """scikit-learn's handwritten digits: 1,797 images of 8 × 8 pixels from 0 to 16."""
    from sklearn.datasets import load_digits

    data: Any = load_digits()
    return Table(
        data.data.astype(np.float32), data.target.astype(np.int32), [str(d) for d in range(10)]
    )


def is_classes(y: np.ndarray) -> bool:
    """Whether a target holds classes: texts, booleans, or at most 20 different whole numbers."""
    if y.dtype.kind not in "iuf":
        return True
    finite = y[np.isfinite(y)]
    return bool(np.all(finite == np.round(finite))) and len(np.unique(finite)) <= MOST_CLASSES


def from_arrays(x: Any, y: Any, task: str | None = None) -> Table:
    """Features and target given in Python, as floats and as class numbers or floats.

    Raises
    ------
    InputError
        for shapes that don't fit, values missing or not finite, and a target of one class only.
    """
    x = _numbers(np.asarray(x))
    y = np.asarray(y)
    if x.ndim < 2:
        raise InputError(f"X has shape {x.shape}, but must be [examples, features].")
    x = x.reshape(len(x), -1)
    if y.shape not in {(len(x),), (len(x), 1)}:
        raise InputError(
            f"y has shape {y.shape}, but must hold one target for each of {len(x)} rows."
        )
    y = y.reshape(-1)
    if not len(x) or not x.shape[1]:
        raise InputError(f"X has shape {x.shape}, but must hold examples and features.")
    if not np.isfinite(x).all():
        raise InputError(
            "X holds values that are missing or not finite: fill them or drop the rows."
        )
    if y.dtype.kind == "O" and all(isinstance(v, (int, float)) for v in y):
        y = y.astype(float)
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        raise InputError(
            "y holds values that are missing or not finite: fill them or drop the rows."
        )
    if task not in {None, "classify", "regress"}:
        raise unknown("task", task, ["classify", "regress"])
    if task == "classify" or (task is None and is_classes(y)):
        return _classes(x, y)
    if y.dtype.kind not in "iuf":
        raise InputError(
            "The target holds texts, which no regression can predict: use --task classify."
        )
    if np.ptp(y.astype(float)) == 0:
        raise InputError("The target has the same value in every row: there is nothing to learn.")
    return Table(x, y.astype(np.float32), None)


def _numbers(x: np.ndarray) -> np.ndarray:
    try:
        return x.astype(np.float32)
    except (TypeError, ValueError):
        raise InputError(
            "X holds texts: give numbers, or a CSV file, whose texts are encoded."
        ) from None


def _classes(x: np.ndarray, y: np.ndarray) -> Table:
    names, numbers = np.unique(y.astype(str) if y.dtype.kind in "OUS" else y, return_inverse=True)
    if len(names) < 2:
        raise InputError(
            f"The target has one class only ({names[0]}): give rows of at least two classes."
        )
    if len(names) > len(y) // 2:
        raise InputError(
            f"The target has {len(names)} different values in {len(y)} rows: too many for classes; "
            "use --task regress or another target."
        )
    return Table(x, numbers.astype(np.int32), [str(name) for name in names])


def from_csv(path: str, target: str, task: str | None = None) -> Table:
    """A CSV file with a header; texts and booleans among the features become indicator columns.

    Raises
    ------
    InputError
        when the file is missing, empty, ragged or has missing values, or when the target is missing
        or has one class only.
    """
    frame = _read(path)
    if target not in frame.columns:
        raise unknown(f"column of {path}", target, map(str, frame.columns))
    if not len(frame):
        raise InputError(f"{path} holds a header and no rows: give a file with examples.")
    missing = frame.isna().sum()
    if missing.any():
        name = missing.idxmax()
        raise InputError(
            f"{path} has {missing[name]} missing values in column '{name}': fill them or drop the rows."
        )
    features = _features(path, frame.drop(columns=target))
    return from_arrays(features, frame[target].to_numpy(), task)


def _read(path: str) -> Any:
    import pandas as pd

    if not Path(path).is_file():
        raise InputError(f"There is no file {path}: give the path of a CSV file.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(path, index_col=False)
    except pd.errors.EmptyDataError:
        raise InputError(f"{path} is empty: give a CSV file with a header and rows.") from None
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        raise InputError(f"{path} is ragged: {str(error).strip().rstrip('.')}.") from None
    except (UnicodeDecodeError, OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read as CSV: {error}.") from None


def _features(path: str, frame: Any) -> np.ndarray:
    import pandas as pd

    texts = [c for c in frame.columns if not pd.api.types.is_numeric_dtype(frame[c])]
    for column in texts:
        if frame[column].nunique() > MOST_CATEGORIES:
            raise InputError(
                f"{path}: column '{column}' holds {frame[column].nunique()} different texts, more than "
                f"the {MOST_CATEGORIES} that can be encoded: drop it or group them."
            )
    if frame.shape[1] == 0:
        raise InputError(f"{path} has no column besides the target: give at least one feature.")
    return pd.get_dummies(frame, columns=texts).to_numpy(dtype=np.float32)
