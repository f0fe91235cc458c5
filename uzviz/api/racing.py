"""Races, as users call them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from uzviz import races
from uzviz.api.budget import batch_of, budget, check
from uzviz.checks import whole
from uzviz.errors import InputError, shown
from uzviz.problems import Problem
from uzviz.races import Batch, Entrant, Race
from uzviz.rules import Rule

LR = races.log_range(1e-4, 1, 13)


def race(
    problem: Problem,
    entrants: Sequence[Rule | Entrant | str],
    *,
    lr: Sequence[float] | float | None = None,
    grid: Mapping[str, Sequence[float]] | None = None,
    search: str = "grid",
    seeds: int = 10,
    final_seeds: int = 20,
    epochs: float | None = None,
    gradients: int | None = None,
    seconds: float | None = None,
    steps_from: str | Path | Mapping[str, int] | None = None,
    batch: Batch | None = None,
    schedule: str = "constant",
    seed: int = 0,
    fixed_split: bool = False,
    margin: float = 0.01,
    target: float | None = None,
    on_progress: Callable[[int, int, str], object] = lambda done, total, stage: None,
) -> Race:
    """Race rules: heats tune each of them, a final on fresh seeds decides.

    Every entrant trains with every setting from every seed of the heats. Its setting with the
    lowest median validation loss goes to the final; the test part is never seen before. The grid
    grows by up to two decades where the best stands at its edge.

    Parameters
    ----------
    entrants
        Rules, entrants (a rule with its batch size) or their names: "adam", "gd@all", "gd@1".
    lr
        Step sizes to try; 13 from 1e-4 to 1 unless given.
    grid
        More to try, such as ``{"adam.b2": [0.9, 0.99, 0.999]}``.
    search
        "grid", or "random:K": K settings drawn between the ends of ``lr``.
    seeds, seed
        How many seeds the heats have, from which on. A seed fixes split, start and order of
        examples, the same for every rule.
    final_seeds
        How many fresh ones the final has: enough to tell that many entrants apart.
    epochs, gradients, batch
        As in :func:`train`: the same budget of gradients for everybody.
    seconds, steps_from
        A budget of seconds instead, turned into steps before the start by timing each entrant
        alone; and the result of such a race, a JSON file or its "budgets", to repeat it exactly.
    schedule
        "constant", "cosine", "warmup-cosine" or "inverse-time", over the budget's steps.
    fixed_split
        One split for everybody: what is found then holds for this test set only.
    margin
        A relative difference in test loss that is too small to matter.
    target
        The validation loss to reach; the median entrant's final one unless given.
    on_progress
        Called with the lane-steps done, those there are, and what is going on.

    Returns
    -------
    Race
        With ``verdicts()``, ``sentences``, ``table()``, ``plot()``, ``to_json(path)`` and
        ``to_csv(path)``; after Ctrl-C it holds the lanes that were done.

    Raises
    ------
    InputError
        for anything that cannot be used, before a step is made.
    """
    check(problem, seed)
    budgets = _budgets_from(steps_from)
    if seconds is None and budgets is None:
        epochs, gradients = budget(problem, epochs, gradients)
    terms = races.Terms(
        lr=LR if lr is None else lr, grid=grid or {}, search=search, seeds=seeds, seed=seed,
        batch=batch_of(problem.sizes[0], batch), epochs=epochs, gradients=gradients, seconds=seconds,
        budgets=budgets, final_seeds=final_seeds, margin=margin, target=target,
        fixed_split=fixed_split, schedule=schedule,
    )  # fmt: skip
    said = races.race(problem, entrants, terms)
    news = next(said)
    while not isinstance(news, Race):
        try:
            on_progress(news.done, news.total, news.stage)
            news = next(said)
        except KeyboardInterrupt as interrupt:
            news = said.throw(interrupt)
    return news


def _budgets_from(source: str | Path | Mapping[str, int] | None) -> Mapping[str, int] | None:
    if source is None or isinstance(source, Mapping):
        return source
    try:
        budgets = json.loads(Path(source).read_text())["protocol"]["budgets"]
    except (OSError, ValueError, KeyError, TypeError):
        budgets = None
    if (
        not isinstance(budgets, dict)
        or not budgets
        or not all(whole(b, 1, 2**53) for b in budgets.values())
    ):
        raise InputError(
            f"{shown(str(source))} holds no budgets: give the JSON file of an earlier race."
        )
    return budgets
