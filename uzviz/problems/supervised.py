"""Classification and regression by a multilayer perceptron on a table of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import losses
from uzviz.errors import InputError, named, shown
from uzviz.problems import networks, pictures
from uzviz.problems.mapped import standard
from uzviz.problems.networks import MLP
from uzviz.problems.pictures import Pictures
from uzviz.problems.problem import Problem
from uzviz.problems.sources import Data, load
from uzviz.problems.tables import Table

Outputs = Callable[[Any, jax.Array], jax.Array]
Cost = Callable[[jax.Array, jax.Array], jax.Array]


def _scoped(cost: Cost) -> Cost:
    """The same, under its name in the graph of a model."""
    return jax.named_scope("loss")(cost)


BINARY = ("binary-cross-entropy", "brier", "hinge")
"""Losses of one logit, for two classes."""
CLASSIFICATION = {
    name: _scoped(losses.NAMES[name])
    for name in ("cross-entropy", "smoothed-cross-entropy", "multiclass-hinge", *BINARY)
}
REGRESSION = {name: _scoped(losses.NAMES[name]) for name in ("mse", "mae", "huber", "log-cosh")}


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
    stratify: bool = False,
    points: int | None = None,
    noise: float | None = None,
    imbalance: float = 0.0,
) -> Problem:
    """Classes by an MLP; accuracy is its metric.

    Parameters
    ----------
    data
        A name from ``problems.SOURCES``: "digits", "mnist", "file.csv:target", "spirals"; or arrays
        (X [examples, features], y [examples]), with those of an official test set behind them if there is one. An
        array that NumPy maps from a file stays there, and is streamed.
    hidden
        Units of each hidden layer; none make softmax regression.
    activation, init
        A name from ``networks.ACTIVATIONS`` and one from ``networks.INITIALISATIONS``.
    loss
        "cross-entropy" (softmax), "smoothed-cross-entropy" (labels smoothed by .1) or
        "multiclass-hinge"; for two classes also "binary-cross-entropy", "brier" or "hinge" (one
        logit).
    split
        Shares of training, validation and test; an official test set is the test part.
    stratify
        Whether every part gets of each class its share, within one example.
    points, noise
        Of a shape: how many points, and the deviation of their noise.
    imbalance
        Leaves class k a frequency ∝ 1/k to this power; 1 is Zipf's law.

    Pixels of the digits are divided by 16, those of MNIST and other IDX files by 255, and lose their training
    mean; other features are standardised by the mean and deviation of the training part.

    Raises
    ------
    InputError
        for data, names and numbers that cannot be used.
    """
    table = load(data, "classify", points=points, noise=noise, imbalance=imbalance)
    if not isinstance(stratify, bool):
        raise InputError(f"stratify is {shown(stratify)}, but must be True or False.")
    cost = named("loss of a classification", loss, CLASSIFICATION)
    classes = len(table.classes or [])
    binary = loss in BINARY
    if binary and classes != 2:
        raise InputError(f"{loss} needs two classes, but there are {classes}: use cross-entropy.")

    return classifier(
        table,
        networks.starts([table.x.shape[1], 1 if binary else classes], hidden, activation, init),
        _output if binary else _outputs,
        cost,
        split,
        _spec("classify", table, hidden, activation, init, loss, split)
        | ({"stratify": True} if stratify else {}),
        lambda w: _first_layer(w, table),
        table.y if stratify else None,
    )


def _outputs(w: MLP, x: jax.Array) -> jax.Array:
    return jax.vmap(w)(x)


def _output(w: MLP, x: jax.Array) -> jax.Array:
    return jax.vmap(w)(x)[:, 0]


@dataclass(frozen=True)
class Loss:
    """What outputs cost: equal, for what is compiled, if its functions are, and so is each below."""

    outputs: Outputs
    cost: Cost

    def __call__(self, w: Any, batch: Example, key: jax.Array | None) -> jax.Array:
        return self.cost(self.outputs(w, batch.x), batch.y)


@dataclass(frozen=True)
class Accuracy:
    """The share of examples whose class is guessed."""

    outputs: Outputs

    def __call__(self, w: Any, batch: Example) -> dict[str, jax.Array]:
        return {"accuracy": jnp.mean(_guessed(self.outputs(w, batch.x)) == batch.y)}


def _guessed(z: jax.Array) -> jax.Array:
    return z > 0 if z.ndim == 1 else jnp.argmax(z, axis=-1)


def prepared(statistics: Any, rows: Any) -> Example:
    """Features in units of their deviation from the mean."""
    (mean, scale), (x, y) = statistics, rows
    return Example((x - mean) / scale, y)


@partial(jax.jit, static_argnums=(0, 1))
def _judged(outputs: Outputs, cost: Cost, w: Any, batch: Example) -> tuple[jax.Array, jax.Array]:
    """The class each example is taken for, and its loss."""
    z = outputs(w, batch.x)
    each = jax.vmap(lambda z, y: cost(z[None], y[None]))(z, batch.y)
    return _guessed(z), each


def classifier(
    table: Table,
    init: Callable[[jax.Array], Any],
    outputs: Outputs,
    cost: Cost,
    split: Sequence[float],
    spec: dict[str, Any],
    learned: Callable[[Any], dict[str, Pictures]] = lambda w: {},
    strata: np.ndarray | None = None,
) -> Problem:
    """Classes of a table by any network; accuracy is its metric.

    Parameters
    ----------
    outputs
        ``outputs(w, x [n, features])`` gives logits [n, classes], or one each, [n], for two classes.
    cost
        ``cost(logits, y)``, a mean.
    learned
        Pictures of the parameters, where examples are pictures.
    strata
        Classes whose shares the split keeps; None for any split.
    """

    def seen(w: Any, batch: Example, rows: Any) -> dict[str, Pictures]:
        x, y = rows
        guess, each = _judged(outputs, cost, w, batch)
        wrong = pictures.misclassified(x, y, guess, each, table.pixels, table.classes or [])
        return {"misclassified": wrong, **learned(w)}

    return Problem(
        init=init,
        loss=Loss(outputs, cost),
        data=(table.x, table.y),
        test=table.test,
        strata=strata,
        metrics=Accuracy(outputs),
        fit=lambda rows: scaling(table, rows[0]),
        prepare=prepared,
        pictures=seen if table.pixels else None,
        ratio=split,
        name=table.name,
        spec=spec,
    )


def _errors(w: MLP, batch: Example) -> dict[str, jax.Array]:
    p, y = _output(w, batch.x), batch.y
    unit_mae = batch.unit * losses.mae(p, y)
    return {"mae": unit_mae, "mse": losses.mse(p, y), "y": jnp.mean(y), "y2": jnp.mean(y**2)}


def _prepared_in_units(statistics: Any, rows: Any) -> Example:
    (scaling, (centre, unit)), (x, y) = statistics, rows
    return prepared(scaling, (x, (y - centre) / unit))._replace(unit=unit)


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

    As :func:`classify`; ``loss`` is "mse", "mae", "huber" (δ = 1) or "log-cosh", in standardised units
    of the target.
    """
    table = load(data, "regress")
    cost = named("loss of a regression", loss, REGRESSION)

    def summary(means: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """R² is not defined where the target doesn't vary by more than rounding."""
        variance = means["y2"] - means["y"] ** 2
        varies = variance > 1e-5 * means["y2"]
        r2 = np.where(varies, 1 - means["mse"] / np.where(varies, variance, 1), np.nan)
        return {"loss": means["loss"], "mae": means["mae"], "r2": r2}

    def fit(rows: Any) -> Any:
        x, y = rows
        centre, unit = _standard(y)
        return scaling(table, x), (centre, unit)

    return Problem(
        init=networks.starts([table.x.shape[1], 1], hidden, activation, init),
        loss=Loss(_output, cost),
        data=(table.x, table.y),
        test=table.test,
        metrics=_errors,
        summary=summary,
        fit=fit,
        prepare=_prepared_in_units,
        pictures=(lambda w, batch, rows: _first_layer(w, table)) if table.pixels else None,
        ratio=split,
        name=table.name,
        spec=_spec("regress", table, hidden, activation, init, loss, split),
    )


def learn(
    data: Data,
    hidden: Sequence[int] = (32,),
    *,
    loss: str | None = None,
    stratify: bool = False,
    points: int | None = None,
    noise: float | None = None,
    imbalance: float = 0.0,
    **options: Any,
) -> Problem:
    """Classification or regression, by what the target holds; options as theirs."""
    table = load(data, None, points=points, noise=noise, imbalance=imbalance)
    chosen = options if loss is None else {"loss": loss, **options}
    if table.classes:
        return classify(table, hidden, stratify=stratify, **chosen)
    if stratify:
        raise InputError("The target is a number, so no class has a share: leave out stratify.")
    return regress(table, hidden, **chosen)


def _standard(x: Any) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation along the first axis; a deviation that float32 can't tell from 0 is 1."""
    mean, deviation = standard(x)
    varies = deviation > np.finfo(np.float32).eps * np.abs(mean)
    return mean.astype(np.float32), np.where(varies, deviation, 1).astype(np.float32)


def scaling(table: Table, x: Any) -> tuple[np.ndarray, np.ndarray]:
    """Mean and unit of each feature of some examples."""
    mean, deviation = _standard(x)
    return mean, deviation if table.unit is None else np.full_like(mean, table.unit)


def _first_layer(w: MLP, table: Table) -> dict[str, Pictures]:
    return {"first-layer": pictures.first_layer(w.layers[0].weight, table.pixels)}


def _spec(
    kind: str,
    table: Table,
    hidden: Sequence[int],
    activation: str,
    init: str,
    loss: str,
    split: Sequence[float],
) -> dict[str, Any]:
    network = {"hidden": list(hidden), "activation": activation, "init": init}
    return {
        "kind": kind,
        "data": table.name,
        **table.options,
        **network,
        "loss": loss,
        "split": np.asarray(split).tolist(),
    }
