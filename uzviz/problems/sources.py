"""Data by name: what is bundled, fetched, made of a seed, or read from files."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import numpy as np

from uzviz.checks import numbers
from uzviz.errors import InputError, shown, unknown
from uzviz.problems import downloads, frames, idx, stored, tables
from uzviz.problems.mapped import rows_at
from uzviz.problems.problem import generator_for
from uzviz.problems.shapes import SHAPES
from uzviz.problems.splits import imbalanced
from uzviz.problems.tables import BUNDLED, Table

Data = str | tuple[Any, ...] | Table
"""A name, (X, y), (X, y, X of a test set, its y), or a table."""
IDX = "idx:"
FILES = ("file.csv:target", "file.parquet:target", "file.npz:target", "x.npy:y.npy", "idx:folder")
"""How data in files are named."""
FASHION = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
           "Ankle boot")  # fmt: skip
"""Classes 0 to 9 of Fashion-MNIST, by its authors' README."""


class Source(NamedTuple):
    """What is known of a data set without loading it."""

    text: str
    origin: str
    examples: str
    classes: str
    downloaded: str = "nothing"


def _remote(text: str, origin: str, name: str) -> Source:
    size = sum(file.size for file in downloads.REMOTE[name].files) / 1e6
    place = downloads.REMOTE[name].places[0].split("/")[2]
    return Source(text, origin, "60,000 + 10,000 for testing × 28·28", "10",
                  f"{size:.1f} MB from {place}, once, into the cache")  # fmt: skip


SOURCES = {
    "digits": Source("Handwritten digits, 8 × 8 pixels from 0 to 16.", "scikit-learn; Alpaydın & Kaynak (1998)", "1,797 × 64", "10"),
    "iris": Source("Three kinds of irises by four lengths.", "scikit-learn; Fisher (1936)", "150 × 4", "3"),
    "wine": Source("Three cultivars by what wine holds.", "scikit-learn; Aeberhard & Forina (1991)", "178 × 13", "3"),
    "breast-cancer": Source("Malignant or benign, by the shape of nuclei.", "scikit-learn; Wolberg et al. (1995)", "569 × 30", "2"),
    "diabetes": Source("How diabetes went on after a year.", "scikit-learn; Efron et al. (2004)", "442 × 10", "a number"),
    "mnist": _remote("Handwritten digits, 28 × 28 pixels.", "LeCun, Cortes & Burges (1998)", "mnist"),
    "fashion-mnist": _remote("Articles of clothing, 28 × 28 pixels.", "Xiao, Rasul & Vollgraf (2017)", "fashion-mnist"),
    **{
        name: Source(f"{(shape.__doc__ or '').splitlines()[0]}", "made of a seed", "300 × 2, or --points", "2")
        for name, shape in SHAPES.items()
    },
    "file.csv:target": Source("A CSV file with a header, and the column to learn.", "a file", "any", "any"),
    "file.parquet:target": Source("The same in Parquet; needs pyarrow.", "a file", "any", "any"),
    "file.npz:target": Source("Arrays x and the target; or, without one, x and y, or x_train, y_train, x_test, y_test.", "a file", "any", "any"),
    "x.npy:y.npy": Source("Two arrays; features of more than 256 MiB stay in the file and are streamed.", "files", "any, also beyond the memory", "any"),
    "idx:folder": Source("Images and labels named as MNIST's files, gzipped or not; the folder's path alone serves too.", "files", "any", "any"),
}  # fmt: skip


def is_data(name: str) -> bool:
    """Whether a name is that of data, and not of a surface or a formula."""
    known = name in SOURCES or ":" in name or name.endswith((".csv", ".parquet", ".npz", ".npy"))
    return known or os.path.isdir(name)


def load(
    data: Data,
    task: str | None,
    *,
    points: int | None = None,
    noise: float | None = None,
    imbalance: float = 0.0,
) -> Table:
    """The table that ``data`` names or holds, its target read as the task needs.

    Parameters
    ----------
    points, noise
        Of a shape alone, such as "spirals": how many points, and the deviation of their noise.
    imbalance
        Leaves class k = 1, 2, … of all examples, a test set's too, a frequency ∝ 1/k to this power: 1 is Zipf's
        law (Kunstner et al., 2024), 0 changes nothing. Which examples stay is the same for everybody.
    """
    given = {"n": points, "noise": noise}
    if not (isinstance(data, str) and data in SHAPES) and (points is not None or noise is not None):
        raise InputError(
            f"{shown(data)} is no shape, so it takes neither points nor noise: leave them out."
        )
    if isinstance(data, str) and data in SHAPES:
        made = SHAPES[data](**{name: value for name, value in given.items() if value is not None})
        chosen = {k: v for k, v in (("points", points), ("noise", noise)) if v is not None}
        table = tables.from_arrays(*made, task)._replace(name=data, options=chosen)
    else:
        table = _loaded(data, task)
    power = numbers([imbalance])
    if power is None or not 0 <= power[0] <= 10:
        raise InputError(
            f"The imbalance is {shown(imbalance)}, but must be a power from 0 to 10, such as 1."
        )
    return _imbalanced(table, float(power[0])) if imbalance else table


def _loaded(data: Data, task: str | None) -> Table:
    if isinstance(data, Table):
        return data
    if isinstance(data, tuple) and len(data) in {2, 4}:
        return tables.from_arrays(data[0], data[1], task, data[2:] or None)
    if not isinstance(data, str):
        raise InputError(
            f"The data are given as {type(data).__name__}, but must be a name, 'file.csv:target', "
            "a pair of arrays (X, y), or four with a test set."
        )
    if data in BUNDLED:
        return tables.bundled(data, task)
    if data in downloads.REMOTE:
        table = idx.from_folder(downloads.fetched(data), task)._replace(name=data)
        if data == "fashion-mnist" and table.classes:
            table = table._replace(classes=[FASHION[int(c)] for c in table.classes])
        return table
    if data.startswith(IDX) or os.path.isdir(data):
        return idx.from_folder(data.removeprefix(IDX), task)
    if data.endswith(".npz"):
        return stored.from_npz(data, None, task)
    if ":" in data:
        return _from_file(*_file_and_target(data), task)
    if data.endswith((".csv", ".parquet")):
        raise InputError(f"{shown(data)} names no target: write {shown(data)}:column.")
    if data.endswith(".npy"):
        raise InputError(f"{shown(data)} has no target beside it: write {shown(data)}:targets.npy.")
    raise unknown("data set", data, SOURCES)


def _from_file(path: str, target: str, task: str | None) -> Table:
    if path.endswith(".parquet"):
        return frames.from_parquet(path, target, task)
    if path.endswith(".npz"):
        return stored.from_npz(path, target, task)
    if path.endswith(".npy"):
        return stored.from_npy(path, target, task)
    return frames.from_csv(path, target, task)


def _file_and_target(data: str) -> tuple[str, str]:
    """Cut at the last colon, or, where that leaves no file, at one that does."""
    cuts = [i for i, c in enumerate(data) if c == ":"][::-1]
    cut = next((i for i in cuts if os.path.isfile(data[:i])), cuts[0])
    return data[:cut], data[cut + 1 :]


def _imbalanced(table: Table, power: float) -> Table:
    """The table with rare classes."""
    if not table.classes:
        raise InputError(
            "The target is a number, so no class can be made rare: leave out the imbalance."
        )

    def thinned(x: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        rows = imbalanced(y, power, generator_for(0, "imbalance"))
        return rows_at(x, rows), y[rows]

    x, y = thinned(table.x, table.y)
    test = None if table.test is None else thinned(*table.test)
    return table._replace(x=x, y=y, test=test, options={**table.options, "imbalance": power})
