"""The ground: a problem's loss on fixed examples, which is one function of the parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import engine, tree
from uzviz.checks import whole
from uzviz.errors import InputError, shown
from uzviz.problems import PARTS, Formulas, Problem
from uzviz.tree import Tree

BLOCKS = 256, 640
"""Examples that are evaluated at once: what a layer of a hundred units makes of them stays in a core's
cache."""


class Examples(NamedTuple):
    """Examples in blocks of one size, and what is left over; nothing at all for a problem without data."""

    blocks: Any
    """[blocks, examples, …], or None"""
    rest: Any
    """[examples, …], or None"""

    @classmethod
    def of(cls, rows: Any) -> Examples:
        """Rows, a pytree [n, …], cut into blocks: of one size where there is such a size."""
        if rows is None:
            return cls(None, None)
        n = len(jax.tree.leaves(rows)[0])
        size = block_size(n)
        cut = n - n % size
        blocks = jax.tree.map(lambda x: x[:cut].reshape(-1, size, *x.shape[1:]), rows)
        rest = jax.tree.map(lambda x: x[cut:], rows) if cut < n else None
        return cls(*tree.placed((blocks, rest)))

    @property
    def first(self) -> Any:
        """The first block; None without data."""
        return jax.tree.map(lambda x: x[0], self.blocks)

    @property
    def n(self) -> int:
        """How many examples there are; 1 without data."""
        if self.blocks is None:
            return 1
        k, size = jax.tree.leaves(self.blocks)[0].shape[:2]
        return k * size + (0 if self.rest is None else len(jax.tree.leaves(self.rest)[0]))

    def mean(self, f: Callable[[Any], Any]) -> Any:
        """The mean over all examples of ``f(rows)``, a pytree of means over the rows. Compiled as one
        loop."""
        if self.blocks is None:
            return f(None)
        k, size = jax.tree.leaves(self.blocks)[0].shape[:2]
        if k == 1 and self.rest is None:
            return f(self.first)

        def more(total: Any, rows: Any) -> tuple[Any, None]:
            return jax.tree.map(lambda t, x: t + size * x, total, f(rows)), None

        nothing = jax.tree.map(lambda x: jnp.zeros(x.shape, x.dtype), jax.eval_shape(f, self.first))
        total, _ = jax.lax.scan(more, nothing, self.blocks)
        if self.rest is not None:
            total = jax.tree.map(lambda t, x: t + (self.n - k * size) * x, total, f(self.rest))
        return jax.tree.map(lambda t: t / self.n, total)


def block_size(n: int) -> int:
    """Examples in a block of n: all, else the largest number from 256 to 640 that divides n, else 512."""
    low, high = BLOCKS
    if n <= high:
        return n
    return next((size for size in range(high, low - 1, -1) if n % size == 0), 512)


@dataclass(frozen=True, eq=False)
class Ground:
    """A problem's loss on fixed examples.

    Parameters
    ----------
    problem
        Any problem; one without data is its own loss.
    seed
        Of the split, as in a run: the training part's mean and the like are that run's.
    examples
        How many of each part: the first of the seed's split, whose order is random. None takes all.
    parts
        Of the split; maps are of these, gradients and curvature of the training part.

    Raises
    ------
    InputError
        for what is no problem, no part of a split, or no number of examples.
    """

    problem: Problem
    seed: int = 0
    examples: int | None = None
    parts: Sequence[str] = ("train", "validation")

    def __post_init__(self) -> None:
        if not isinstance(self.problem, Problem):
            raise InputError(
                f"The problem is {shown(self.problem)}, but must be a Problem, such as "
                "uz.Problem(init=…, loss=…)."
            )
        if not whole(self.seed, 0):
            raise InputError(f"The seed is {shown(self.seed)}, but must be a whole number from 0.")
        if self.examples is not None and not whole(self.examples):
            raise InputError(
                f"The examples are {shown(self.examples)}, but must be a whole number from 1, or None "
                "for all."
            )
        if not self.parts or any(part not in PARTS for part in self.parts):
            raise InputError(
                f"The parts are {shown(', '.join(map(str, self.parts)))}, but must be some of {', '.join(PARTS)}."
            )
        engine.check(self.problem)
        split = self.problem.split(self.seed)
        learned = self.problem.statistics(self.seed)
        rows = {
            part: jax.tree.map(lambda x, p=part: x[getattr(split, p)[: self.examples]], self.problem.rows)
            for part in dict.fromkeys(("train", *self.parts))
        }  # fmt: skip
        object.__setattr__(self, "statistics", tree.placed(learned))
        object.__setattr__(self, "of", {part: Examples.of(x) for part, x in rows.items()})

    statistics: Any = field(init=False)
    of: dict[str, Examples] = field(init=False)
    """The examples by parts."""

    @property
    def formulas(self) -> Formulas:
        """What of it is compiled."""
        return self.problem.formulas

    @property
    def train(self) -> Given:
        """What a program of the training part is given."""
        return Given(self.statistics, self.of["train"])

    @property
    def facts(self) -> dict[str, Any]:
        """What it is made of: names and numbers that JSON can hold."""
        return {
            "problem": self.problem.spec or {"kind": self.problem.name},
            "checksum": self.problem.checksum,
            "seed": int(self.seed),
            "split_seed": self.problem.split_seed,
            "parts": list(self.parts),
            "examples": {part: self.of[part].n for part in self.parts} if self.problem.data is not None else {},
        }  # fmt: skip

    def loss(self, w: Tree, part: str = "train") -> float:
        """The loss at w on a part."""
        given = Given(self.statistics, self.of[part])
        return float(
            _losses(self.formulas, jax.tree.map(lambda x: np.asarray(x)[None], w), given)[0]
        )

    def losses(self, points: Tree, part: str = "train") -> np.ndarray:
        """The loss, [points], at stacked parameters, [points, …]."""
        given = Given(self.statistics, self.of[part])
        return np.asarray(_losses(self.formulas, points, given))


class Given(NamedTuple):
    """What a program is given of a ground: statistics of the training part, and examples."""

    statistics: Any
    examples: Examples


def batch_of(formulas: Formulas, statistics: Any, rows: Any) -> Any:
    """Rows as the loss gets them; None for a problem without data."""
    return None if rows is None else formulas.prepare(statistics, rows)


def loss_of(formulas: Formulas, given: Given) -> Callable[[Tree], jax.Array]:
    """The loss as a function of w."""

    def loss(w: Tree) -> jax.Array:
        return given.examples.mean(
            lambda rows: formulas.loss(w, batch_of(formulas, given.statistics, rows), None)
        )

    return loss


def gradient_of(formulas: Formulas, given: Given) -> Callable[[Tree], Tree]:
    """The gradient of the loss as a function of w, block by block: no more is kept than of one."""

    def gradient(w: Tree) -> Tree:
        def of(rows: Any) -> Tree:
            batch = batch_of(formulas, given.statistics, rows)
            return jax.grad(lambda w: formulas.loss(w, batch, None))(w)

        return given.examples.mean(of)

    return gradient


@partial(jax.jit, static_argnums=0)
def _losses(formulas: Formulas, points: Tree, given: Given) -> jax.Array:
    return jax.lax.map(loss_of(formulas, given), points)
