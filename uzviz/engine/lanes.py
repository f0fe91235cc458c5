"""What is trained: rules side by side from the same seeds, and what each seed brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import tree
from uzviz.engine import programs
from uzviz.engine.plan import Plan, Sampler, Window
from uzviz.engine.rows import WINDOW, Streamed
from uzviz.errors import InputError, shown
from uzviz.problems import PARTS, Problem, key_for
from uzviz.rules import Rule


@dataclass(frozen=True)
class Lanes:
    """Rules side by side from the same seeds; solo, one rule and one seed without those axes."""

    problem: Problem
    rule: Rule
    """Hyperparameters are numbers, or arrays [settings] for lanes."""
    seeds: tuple[int, ...]
    plan: Plan
    rows: Any
    """All examples, as of :func:`uzviz.engine.on_device`."""
    sampling: str = "reshuffle"
    nudged: tuple[bool, ...] | None = None
    """For lanes, which settings start one unit in the last place higher; None in a solo run."""

    def __post_init__(self) -> None:
        if isinstance(self.rows, Streamed):
            self.rows.check(self.plan.batch)
            most = WINDOW // (self.rows.bytes * len(self.seeds))
            object.__setattr__(self, "plan", replace(self.plan, most_rows=most))

    @property
    def solo(self) -> bool:
        """Whether it is one run, without the axes of lanes."""
        return self.nudged is None


def check(problem: Problem) -> None:
    """Refuse a problem whose start, loss or metrics have the wrong shape, before it is trained.

    Raises
    ------
    InputError
        that names the function and what it gave.
    """
    key = jax.eval_shape(lambda: key_for(0, "init"))
    w = _tried(f"init(key) of {problem.name}", problem.init, key)
    leaves = jax.tree.leaves(w)
    if not leaves or not tree.size(w):
        raise InputError(f"{problem.name} starts without parameters: init must return arrays.")
    for leaf in leaves:
        if not jnp.issubdtype(leaf.dtype, jnp.floating):
            raise InputError(
                f"A parameter of {problem.name} has type {leaf.dtype}, but must be a floating-point "
                "array."
            )

    def evaluated(w: Any, rows: Any) -> Any:
        batch = None if rows is None else problem.prepare(problem.fit(few), rows)
        return problem.loss(w, batch, None), problem.metrics(w, batch)

    few = jax.tree.map(lambda x: x[:2], problem.data)
    called = (
        f"loss(w, batch, None) or metrics(w, batch) of {problem.name}, as evaluations call them,"
    )
    loss, metrics = _tried(called, evaluated, w, few)
    names_fit = isinstance(metrics, dict) and all(isinstance(name, str) for name in metrics)
    if not names_fit or "loss" in metrics:
        raise InputError(
            f"The metrics of {problem.name} must be a dict of scalars without the name 'loss'."
        )
    for name, value in {"loss": loss, **metrics}.items():
        if not _is_real_scalar(value, name == "loss"):
            raise InputError(
                f"The {name} of {problem.name} is {shown(value)}, but must be a scalar, a mean over "
                "the batch."
            )

    summary = problem.summary({name: np.zeros(()) for name in ("loss", *metrics)})
    if not isinstance(summary, dict) or "loss" not in summary:
        raise InputError(f"The summary of {problem.name} must be a dict that holds the loss.")


def _tried(called: str, function: Any, *arguments: Any) -> Any:
    """The shapes of what a user's function gives."""
    try:
        return jax.eval_shape(function, *arguments)
    except TypeError as error:
        said = (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
        raise InputError(f"{called} cannot be used: {said}.") from error


def _is_real_scalar(value: Any, differentiable: bool) -> bool:
    kind = jnp.floating if differentiable else jnp.number
    return (
        getattr(value, "shape", None) == ()
        and jnp.issubdtype(value.dtype, kind)
        and not jnp.issubdtype(value.dtype, jnp.complexfloating)
    )


def start_point(problem: Problem, seed: int) -> Any:
    """The parameters that this seed starts from."""
    return programs.initial(problem.init, key_for(seed, "init"))


def _beside(starts: Sequence[Any], nudged: np.ndarray) -> np.ndarray:
    """A leaf of every lane's start, [seeds, settings, …].

    A nudged setting starts one unit in the last place above the others, in every weight; where that
    is 0, at the smallest normal number.
    """
    x = np.stack(starts)[:, None]
    above = np.where(x == 0, jnp.finfo(x.dtype).tiny, np.nextafter(x, x.dtype.type(np.inf)))
    return np.where(nudged.reshape(-1, *[1] * (x.ndim - 2)), above, x)


class Places:
    """What the seeds of some lanes bring, stacked for them or plain for a solo run."""

    def __init__(self, lanes: Lanes, starts: Sequence[Any] | None = None):
        """``starts`` are parameters to begin with, one for each seed, in place of the problem's own."""
        problem, self.lanes = lanes.problem, lanes
        splits = [problem.split(seed) for seed in lanes.seeds]
        self.samplers = [
            Sampler(split.train, seed, lanes.sampling)
            for split, seed in zip(splits, lanes.seeds, strict=True)
        ]
        self.index = {
            part: self.joined([getattr(split, part) for split in splits]) for part in PARTS
        }
        learned = [problem.statistics(seed) for seed in lanes.seeds]
        keys = [jax.random.key_data(key_for(seed, "loss")) for seed in lanes.seeds]
        self.feed = programs.Feed(self.joined(learned), jax.random.wrap_key_data(self.joined(keys)))
        w = starts or [start_point(problem, seed) for seed in lanes.seeds]
        self.parameters = tree.size(w[0])
        self.rule = tree.placed(jax.tree.map(lambda x: np.asarray(x, float), lanes.rule))
        if lanes.nudged is None:
            self.carry = programs.start_of(self.rule, w[0])
        else:
            beside = jax.tree.map(lambda *x: _beside(x, np.array(lanes.nudged)), *w)
            self.carry = programs.lane_starts(self.rule, beside)

    def joined(self, each: Sequence[Any]) -> Any:
        if self.lanes.solo:
            return tree.placed(each[0])
        return tree.placed(jax.tree.map(lambda *x: np.stack(x), *each))

    def given(self, window: Window) -> list[Any]:
        """What the program of a window's steps gets: examples, and which of them each step sees."""
        full, last = self.rows_of(window)
        rows = self.lanes.rows
        if isinstance(rows, Streamed):
            used = full[..., : window.epochs, : window.steps, :], last[..., : window.epochs, :]
            wanted = used[: 1 + window.ends]
            rows = rows.taken(np.concatenate([x.ravel() for x in wanted]), full.size + last.size)
            first = 0
            for part in wanted:
                part[...] = np.arange(first, first + part.size).reshape(part.shape)
                first += part.size
        return [rows, full, last]

    def rows_of(self, window: Window) -> list[np.ndarray]:
        parts = zip(*[s.rows_of(self.lanes.plan, window) for s in self.samplers], strict=True)
        return [part[0] if self.lanes.solo else np.stack(part) for part in parts]
