"""Classification and regression by a multilayer perceptron on a table of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import losses
from uzviz.errors import InputError, unknown
from uzviz.problems import tables
from uzviz.problems.networks import ACTIVATIONS, INITIALISATIONS, MLP
from uzviz.problems.problem import Problem
from uzviz.problems.tables import Table

Data = str | tuple[Any, Any]


class Example(NamedTuple):
    """A batch as the network gets it; ``unit`` is what a standardised unit of y is worth."""

    x: jax.Array
    y: jax.Array
    unit: Any = 1.0


def classify(
    data: Data,
    hidden: Sequence[int] = (32,),
    *,
    activation: str = "relu",
    init: str = "he",
    loss: str = "cross-entropy",
    split: Sequence[float] = (0.6, 0.2, 0.2),
) -> Problem:
    """Classes by an MLP; accuracy is its metric.

    Parameters
    ----------
    data
        "digits", "file.csv:target", or arrays (X [examples, features], y [examples]).
    hidden
        Units of each hidden layer; none make softmax regression.
    activation, init
        A name from ``networks.ACTIVATIONS`` and one from ``networks.INITIALISATIONS``.
    loss
        "cross-entropy" (softmax) or, for two classes, "binary-cross-entropy" (one logit).
    split
        Shares of training, validation and test.

    Pixels of the digits are divided by 16 and lose their training mean; other features are
    standardised by the mean and deviation of the training part.

    Raises
    ------
    InputError
        for data, names and numbers that cannot be used.
    """
    return _classification(data, load(data, "classify"), hidden, activation, init, loss, split)


def regress(
    data: Data,
    hidden: Sequence[int] = (32,),
    *,
    activation: str = "relu",
    init: str = "he",
    loss: str = "mse",
    split: Sequence[float] = (0.6, 0.2, 0.2),
) -> Problem:
    """A number by an MLP; R² and, in the target's own unit, the mean absolute error.

    As :func:`classify`; ``loss`` is "mse" or "mae", in standardised units of the target.
    """
    return _regression(data, load(data, "regress"), hidden, activation, init, loss, split)


def learn(data: Data, hidden: Sequence[int] = (32,), *, loss: str | None = None, **options: Any):
    """Classification or regression, by what the target holds."""
    table = load(data, None)
    task = _classification if table.classes else _regression
    default = "cross-entropy" if table.classes else "mse"
    return task(data, table, hidden, *_ordered(loss or default, **options))


def _ordered(
    loss: str, activation: str = "relu", init: str = "he", split: Sequence[float] = (0.6, 0.2, 0.2)
) -> tuple[str, str, str, Sequence[float]]:
    return activation, init, loss, split


def load(data: Data, task: str | None) -> Table:
    """The table that ``data`` names or holds, its target read as the task needs."""
    if not isinstance(data, str):
        if not isinstance(data, tuple) or len(data) != 2:
            raise InputError(
                "The data must be a name, 'file.csv:target' or a pair of arrays (X, y)."
            )
        return tables.from_arrays(*data, task)
    if data == "digits":
        table = tables.digits()
        return table if task != "regress" else tables.from_arrays(table.x, table.y, task)
    path, _, target = data.rpartition(":")
    if not path and data.endswith(".csv"):
        raise InputError(f"{data} names no target: write {data}:column.")
    if not path:
        raise unknown("data set", data, ["digits", "file.csv:target"])
    return tables.from_csv(path, target, task)


def _network(hidden: Sequence[int], activation: str, init: str, n_in: int, n_out: int) -> Any:
    for units in hidden:
        if isinstance(units, bool) or int(units) != units or units < 1:
            raise InputError(f"A hidden layer has {units} units, but needs a whole number from 1.")
    if activation not in ACTIVATIONS:
        raise unknown("activation", activation, ACTIVATIONS)
    if init not in INITIALISATIONS:
        raise unknown("initialisation", init, INITIALISATIONS)
    sizes = [n_in, *map(int, hidden), n_out]
    return lambda key: MLP(sizes, activation, init, key)


def _scaling(data: Data, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean = x.mean(axis=0)
    if data == "digits":
        return mean, np.full_like(mean, 16)
    deviation = x.std(axis=0)
    return mean, np.where(deviation > 0, deviation, 1).astype(np.float32)


def _spec(kind: str, data: Data, **options: Any) -> dict[str, Any]:
    return {"kind": kind, "data": data if isinstance(data, str) else "arrays", **options}


def _classification(
    data: Data,
    table: Table,
    hidden: Sequence[int],
    activation: str,
    init: str,
    loss: str,
    split: Sequence[float],
) -> Problem:
    classes = table.classes or []
    if loss not in {"cross-entropy", "binary-cross-entropy"}:
        raise unknown("loss of a classification", loss, ["cross-entropy", "binary-cross-entropy"])
    binary = loss == "binary-cross-entropy"
    if binary and len(classes) != 2:
        raise InputError(
            f"binary-cross-entropy needs two classes, but there are {len(classes)}: use cross-entropy."
        )

    def logits(w: MLP, batch: Example) -> jax.Array:
        z = jax.vmap(w)(batch.x)
        return z[:, 0] if binary else z

    def cost(w: MLP, batch: Example, key: jax.Array | None) -> jax.Array:
        f = losses.binary_cross_entropy if binary else losses.softmax_cross_entropy
        return f(logits(w, batch), batch.y)

    def metrics(w: MLP, batch: Example) -> dict[str, jax.Array]:
        z = logits(w, batch)
        guess = z > 0 if binary else jnp.argmax(z, axis=-1)
        return {"accuracy": jnp.mean(guess == batch.y)}

    def prepare(statistics: Any, rows: Any) -> Example:
        (mean, scale), (x, y) = statistics, rows
        return Example((x - mean) / scale, y)

    return Problem(
        init=_network(hidden, activation, init, table.x.shape[1], 1 if binary else len(classes)),
        loss=cost,
        data=(table.x, table.y),
        metrics=metrics,
        fit=lambda rows: _scaling(data, rows[0]),
        prepare=prepare,
        ratio=tuple(split),  # pyright: ignore[reportArgumentType] - its length is checked inside
        name=data if isinstance(data, str) else "arrays",
        spec=_spec("classify", data, hidden=list(hidden), activation=activation, init=init,
                   loss=loss, split=list(split)),
    )  # fmt: skip


def _regression(
    data: Data,
    table: Table,
    hidden: Sequence[int],
    activation: str,
    init: str,
    loss: str,
    split: Sequence[float],
) -> Problem:
    if loss not in {"mse", "mae"}:
        raise unknown("loss of a regression", loss, ["mse", "mae"])

    def cost(w: MLP, batch: Example, key: jax.Array | None) -> jax.Array:
        f = losses.mse if loss == "mse" else losses.mae
        return f(jax.vmap(w)(batch.x)[:, 0], batch.y)

    def metrics(w: MLP, batch: Example) -> dict[str, jax.Array]:
        prediction = jax.vmap(w)(batch.x)[:, 0]
        return {
            "mae": batch.unit * losses.mae(prediction, batch.y),
            "mse": losses.mse(prediction, batch.y),
            "y": jnp.mean(batch.y),
            "y2": jnp.mean(batch.y**2),
        }

    def summary(means: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        variance = means["y2"] - means["y"] ** 2
        with np.errstate(divide="ignore", invalid="ignore"):
            r2 = 1 - means["mse"] / variance
        return {"loss": means["loss"], "mae": means["mae"], "r2": r2}

    def fit(rows: Any) -> Any:
        x, y = rows
        return _scaling(data, x), (y.mean(), y.std() or np.float32(1))

    def prepare(statistics: Any, rows: Any) -> Example:
        (mean, scale), (centre, unit) = statistics
        x, y = rows
        return Example((x - mean) / scale, (y - centre) / unit, unit)

    return Problem(
        init=_network(hidden, activation, init, table.x.shape[1], 1),
        loss=cost,
        data=(table.x, table.y),
        metrics=metrics,
        summary=summary,
        fit=fit,
        prepare=prepare,
        ratio=tuple(split),  # pyright: ignore[reportArgumentType] - its length is checked inside
        name=data if isinstance(data, str) else "arrays",
        spec=_spec("regress", data, hidden=list(hidden), activation=activation, init=init,
                   loss=loss, split=list(split)),
    )  # fmt: skip
