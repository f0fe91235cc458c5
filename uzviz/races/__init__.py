"""Entrants, heats and what came of them."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence

import jax

from uzviz.checks import whole
from uzviz.engine import planned
from uzviz.errors import InputError, shown
from uzviz.problems import PARTS, Problem
from uzviz.races.entrants import (
    Batch,
    Entrant,
    check_grid,
    entrant,
    entrants,
    log_range,
    settings,
)
from uzviz.races.heats import Entry, Progress, run
from uzviz.races.result import Group, Race
from uzviz.rules import Rule

MOST_SEEDS = 100_000


def race(
    problem: Problem,
    given: Sequence[Rule | Entrant | str],
    *,
    lr: Sequence[float] | float,
    grid: Mapping[str, Sequence[float]],
    seeds: int,
    seed: int,
    batch: Batch,
    epochs: float | None,
    gradients: int | None,
) -> Generator[Progress | Race, None, None]:
    """Race all entrants, saying how far it got; last, the race."""
    if not whole(seeds, 1, MOST_SEEDS):
        raise InputError(
            f"The race has {shown(seeds)} seeds, but needs a whole number from 1 to {MOST_SEEDS:,}."
        )
    everyone = entrants(given)
    check_grid(grid, everyone)
    n = problem.sizes[0]
    entries = [
        Entry(e, settings(e, lr, grid), planned(
            n, batch if e.batch is None else e.batch, e.rule.gradients,
            epochs=epochs, gradients=gradients,
        ))
        for e in everyone
    ]  # fmt: skip
    protocol = {
        "problem": problem.spec or {"kind": problem.name},
        "budget": entries[0].plan.budget,
        "unit": "gradients of examples",
        "epochs": epochs,
        "examples": dict(zip(PARTS, problem.sizes, strict=True)),
        "split": "none" if problem.data is None else "redrawn by each seed",
        "schedule": "constant step size",
        "last batch": "divided by its real size",
        "seeds": list(range(seed, seed + seeds)),
        "device": jax.default_backend(),
    }
    return run(problem, entries, range(seed, seed + seeds), protocol)


__all__ = [
    "Batch", "Entrant", "Group", "Progress", "Race", "entrant", "entrants", "log_range",
    "race",
]  # fmt: skip
