"""CSV and Parquet files as tables: columns with names, of which one is the target."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np

from uzviz.errors import InputError, shown, unknown
from uzviz.problems.tables import MOST_CLASSES, NOT_FINITE, Table, check_file, float32, with_target

MOST_CATEGORIES = 100
"""A column of texts with more different values than this is no category."""


def from_csv(path: str, target: str, task: str | None = None) -> Table:
    """A CSV file with a header, in UTF-8; texts among the features become indicator columns.

    Raises
    ------
    InputError
        when the file is missing, empty, ragged or has missing values, or when the target is missing
        or has one value only.
    """
    return _table(path, _frame(path), target, task)


def from_parquet(path: str, target: str, task: str | None = None) -> Table:
    """A Parquet file; texts among the features become indicator columns. It needs pyarrow.

    Raises
    ------
    InputError
        when the file is missing, no whole Parquet, empty, holds columns that are neither numbers nor texts,
        or has missing values; or for the target as in :func:`from_csv`.
    """
    check_file(path, "a Parquet file")
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise InputError(
            f"{shown(path)} is a Parquet file, which needs pyarrow: install it, or uzviz[parquet]."
        ) from None
    try:
        table = parquet.ParquetFile(path).read()
        table.validate(full=True)
    except (ArrowException, OSError) as error:
        raise InputError(
            f"{shown(path)} is no whole Parquet file ({_first_line(error)}): write it anew."
        ) from None
    header = [name.strip() for name in table.column_names]
    _check_names(path, header)
    if not table.num_rows:
        raise InputError(f"{shown(path)} holds columns and no rows: give a file with examples.")
    for name, column in zip(header, table.schema.types, strict=True):
        if not _is_plain(column):
            raise InputError(
                f"Column '{shown(name)}' of {shown(path)} holds {column}, but must hold numbers, texts or "
                "booleans: convert or drop it."
            )
    frame = table.rename_columns(header).to_pandas(ignore_metadata=True)
    return _table(path, frame, target, task)


def _is_plain(kind: Any) -> bool:
    """Whether a column of this type holds numbers, texts or booleans."""
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    known = (types.is_integer, types.is_floating, types.is_boolean, types.is_decimal,
             types.is_string, types.is_large_string)  # fmt: skip
    return any(is_one(kind) for is_one in known)


def _first_line(error: Exception) -> str:
    return shown((str(error).splitlines() or [""])[0].rstrip("."))


def _table(path: str, frame: Any, target: str, task: str | None) -> Table:
    """The table of a frame whose columns hold numbers, texts and booleans."""
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
    check_file(path, "a CSV file")
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
        raise InputError(f"{shown(path)} is empty: give a file with columns and rows.")
    if len(header) == 1:
        raise InputError(
            f"{shown(path)} has one column only ({shown(header[0])}): give a target and a feature "
            "or more, in CSV with commas between them."
        )
    seen = set[str]()
    for i, name in enumerate(header):
        if not name:
            raise InputError(f"Column {i + 1} of {shown(path)} has no name: name it or drop it.")
        if name in seen:
            raise InputError(
                f"{shown(path)} has two columns '{shown(name)}': give each a name of its own."
            )
        seen.add(name)


def _numbers(column: Any) -> Any:
    """A column's texts as numbers; NaN for what is none, or is larger than a float can be."""
    import pandas as pd

    try:
        return pd.to_numeric(column, errors="coerce")
    except OverflowError:  # a whole number of hundreds of digits
        return pd.to_numeric(column.astype(str), errors="coerce")


def _features(path: str, frame: Any) -> np.ndarray:
    import pandas as pd

    texts = []
    for column in frame.columns:
        if pd.api.types.is_numeric_dtype(frame[column]):
            continue
        different = frame[column].nunique()
        number = _numbers(frame[column])
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
    x = float32(encoded.to_numpy(dtype=float))
    finite = np.isfinite(x).all(axis=0)
    if not finite.all():
        column = encoded.columns[finite.argmin()]
        raise InputError(f"Column '{shown(column)}' of {shown(path)} holds {NOT_FINITE}.")
    return x
