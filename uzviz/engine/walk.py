"""Every iterate of rules on one batch: for pictures that show where they go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import jax
import numpy as np

from uzviz.engine import programs
from uzviz.engine.programs import Path
from uzviz.errors import InputError
from uzviz.problems import Formulas, Problem
from uzviz.rules import Rule

MOST_PROBLEMS = 64
"""Problems whose programs of paths are kept: people type formulas, and a process has no room for the
programs of all. That of the problem that longest nobody walked on is given up."""


@lru_cache(maxsize=MOST_PROBLEMS)
def _program(formulas: Formulas) -> Callable[..., Path]:
    return jax.jit(partial(programs.paths, formulas), static_argnums=0)


def paths(
    problem: Problem, rules: Sequence[Rule], starts: Any, steps: int, batch: Any = None
) -> Path:
    """Every iterate of rules of one kind, [paths, steps + 1, …], on one batch: None for a problem
    without data.

    One program for each kind, problem and number of steps: hyperparameters, starts, [paths, …], and
    the batch are data.

    Raises
    ------
    InputError
        for rules of several kinds.
    """
    if len({type(rule) for rule in rules}) != 1:
        raise InputError("Paths are those of rules of one kind: walk each kind by itself.")
    stacked = jax.tree.map(lambda *x: np.array(x, float), *rules)
    found = _program(problem.formulas)(steps, stacked, starts, batch)
    return jax.tree.map(np.asarray, found)
