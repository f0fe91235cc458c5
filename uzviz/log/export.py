"""The scalars of many runs as one table in a file: all points, hyperparameters as columns."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from uzviz.errors import InputError, named
from uzviz.log.files import Points
from uzviz.log.folder import LoggedRun

if TYPE_CHECKING:
    import pandas as pd

Runs = Mapping[str, LoggedRun]
PREFIX = "hyperparameter/"


def frame(runs: Runs) -> pd.DataFrame:
    """Every point as a row: run, tag, step, wall, value, and the hyperparameters of its run."""
    import pandas as pd

    columns = ["run", "tag", *Points._fields]
    tables = list(_tables(runs))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def export(runs: Runs, path: Path, kind: str) -> None:
    """Write the points of all runs; those of one at a time lie in memory twice.

    Parameters
    ----------
    kind
        "parquet", "csv" or "json".

    Raises
    ------
    InputError
        for another kind, for runs that are none, and for Parquet without pyarrow.
    """
    writer = named("kind of export", kind, {"parquet": _parquet, "csv": _csv, "json": _json})
    if not runs:
        raise InputError("The folder holds no event files: there is nothing to export.")
    writer(runs, path)


def _tables(runs: Runs) -> Iterator[pd.DataFrame]:
    """A table for each run, all with the same columns of the same types."""
    import pandas as pd

    types = _types(runs)
    for name, run in runs.items():
        own = {
            PREFIX + k: types[k](run.hyperparameters[k]) if k in run.hyperparameters else None
            for k in types
        }
        tags = [tag for tag, kind in run.tags.items() if kind == "scalars"]
        parts = [run.scalars(tag) for tag in tags]
        lengths = [len(points.step) for points in parts]
        if not sum(lengths):
            continue
        table = {
            "run": name,
            "tag": np.repeat(np.array(tags, object), lengths),
            **{f: np.concatenate([getattr(p, f) for p in parts]) for f in Points._fields},
        }
        yield pd.DataFrame({**table, **own})


def _types(runs: Runs) -> dict[str, Callable[[Any], Any]]:
    """What each hyperparameter is in all runs: a text where some hold a text and others a number."""
    found: dict[str, set[type]] = {}
    for run in runs.values():
        for name, value in run.hyperparameters.items():
            found.setdefault(name, set()).add(type(value))
    return {name: (kinds.pop() if len(kinds) == 1 else str) for name, kinds in found.items()}


def _csv(runs: Runs, path: Path) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        for i, table in enumerate(_tables(runs)):
            own = [c for c in table.columns if c.startswith(PREFIX)]
            table[own] = table[own].astype(object).where(table[own].notna(), "")
            table.to_csv(file, index=False, header=not i, na_rep="nan")


def _parquet(runs: Runs, path: Path) -> None:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise InputError(
            "Parquet files need pyarrow: pip install 'uzviz[parquet]', or export .csv or .json."
        ) from None
    arrow = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
    own = [(PREFIX + name, arrow[kind]) for name, kind in _types(runs).items()]
    text = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        [("run", text), ("tag", text), ("step", pa.int64()), ("wall", pa.float64()),
         ("value", pa.float32()), *own]
    )  # fmt: skip
    with parquet.ParquetWriter(path, schema) as file:
        for table in _tables(runs):
            file.write_table(pa.Table.from_pandas(table, schema, preserve_index=False))


def _json(runs: Runs, path: Path) -> None:
    """Strict JSON; what is not finite is null."""
    with open(path, "w", encoding="utf-8") as file:
        file.write('{"runs": {')
        for i, (name, run) in enumerate(runs.items()):
            series = {
                tag: {field: _plain(x) for field, x in run.scalars(tag)._asdict().items()}
                for tag, kind in run.tags.items()
                if kind == "scalars"
            }
            own = {k: _finite(v) for k, v in run.hyperparameters.items()}
            facts = {"status": run.status, "hyperparameters": own, "scalars": series}
            file.write(f"{',' if i else ''}\n{json.dumps(name)}: ")
            json.dump(facts, file, allow_nan=False)
        file.write("\n}}\n")


def _plain(x: np.ndarray) -> list[Any]:
    """Numbers as Python's, each float with as many digits as it has."""
    if x.dtype == np.float32:
        x = np.array([float(str(v)) for v in x])
    return x.tolist() if np.isfinite(x).all() else [_finite(v) for v in x.tolist()]


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
