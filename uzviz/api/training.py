"""What users call: train and race."""

from __future__ import annotations

import inspect
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from uzviz import engine, hyper, probes, problems, races, rules
from uzviz.checks import whole
from uzviz.errors import InputError, named, shown, unknown
from uzviz.problems import Problem
from uzviz.races import Batch, Entrant, Race, log_range
from uzviz.records import Record, Run, Start, Steps
from uzviz.rules import Rule

EPOCHS = 20
GRADIENTS = 300
"""The budget of a problem without data, unless one is given."""
BATCH = 32
LR = races.log_range(1e-4, 1, 13)


def train(
    problem: Problem,
    rule: Rule,
    *,
    batch: Batch | None = None,
    epochs: float | None = None,
    gradients: int | None = None,
    seed: int = 0,
    sampling: str = "reshuffle",
    schedule: str = "constant",
    probe: Mapping[str, engine.Probe] | Sequence[str] = (),
    every: int = 100,
    on_record: Callable[[Record], object] = lambda record: None,
) -> Run:
    """Train one network, or minimise any problem, by one rule.

    Parameters
    ----------
    batch
        Examples a step, or "all"; 32 unless given. The last batch of an epoch is smaller and is
        divided by its real size.
    epochs, gradients
        The budget, one of them: passes over the training part (20 unless given), or gradients of
        single examples. A rule that asks for two gradients makes half the steps.
    seed
        Fixes split, start and order of examples.
    sampling
        "reshuffle", a new order every epoch, or "uniform", examples drawn with replacement.
    schedule
        "constant", "cosine", "warmup-cosine" or "inverse-time", over the budget's steps.
    probe, every
        What to measure every so many steps: names from ``uzviz.probes.NAMES``, or functions by
        name, ``probe(w, s, oracle, key) -> {name: array}``.
    on_record
        Called with every record as it comes.

    Returns
    -------
    Run
        With ``w``, ``loss`` of every step, ``evaluations``, ``results`` and ``status``; Ctrl-C
        gives the run so far, "interrupted", with the parameters it had reached.

    Raises
    ------
    InputError
        for anything that cannot be used, before a step is made.
    """
    _check(problem, seed)
    if not isinstance(rule, Rule):
        raise InputError(f"The rule is {shown(rule)}, but must be a rule such as Adam(lr=1e-3).")
    rules.check_numbers(rule)
    if sampling not in engine.SAMPLINGS:
        raise unknown("sampling", sampling, engine.SAMPLINGS)
    if not whole(every):
        raise InputError(
            f"Probes are to run every {shown(every)} steps; give a whole number from 1."
        )
    epochs, gradients = _budget(problem, epochs, gradients)
    n = problem.sizes[0]
    plan = engine.planned(n, _batch(n, batch), rule.gradients, epochs=epochs, gradients=gradients)
    rule = rules.scheduled(rule, schedule, plan.steps)
    lanes = engine.Lanes(problem, rule, (seed,), plan, engine.on_device(problem), sampling=sampling)
    said = engine.run(lanes, probes=_probes(probe), every=every, clock=time.perf_counter)
    start = next(said)
    assert isinstance(start, Start)
    run = Run(start)
    on_record(start)
    try:
        for record in said:
            run.add(record)
            on_record(record)
    except KeyboardInterrupt as interrupt:
        with suppress(KeyboardInterrupt):
            run.add(said.throw(interrupt))
    return run


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
    _check(problem, seed)
    budgets = _budgets_from(steps_from)
    if seconds is None and budgets is None:
        epochs, gradients = _budget(problem, epochs, gradients)
    terms = races.Terms(
        lr=LR if lr is None else lr, grid=grid or {}, search=search, seeds=seeds, seed=seed,
        batch=_batch(problem.sizes[0], batch), epochs=epochs, gradients=gradients, seconds=seconds,
        budgets=budgets, final_seeds=final_seeds, margin=margin, target=target,
        fixed_split=bool(fixed_split), schedule=schedule,
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
        return json.loads(Path(source).read_text())["protocol"]["budgets"]
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            f"{shown(str(source))} holds no budgets: give the JSON file of an earlier race."
        ) from None


def _check(problem: Problem, seed: int) -> None:
    if not isinstance(problem, Problem):
        raise InputError(
            f"The problem is {shown(problem)}, but must be a Problem, such as classify('digits')."
        )
    engine.check(problem)
    if not whole(seed, 0):
        raise InputError(
            f"The seed is {shown(seed)}, but must be a whole number from 0 to {2**31 - 1}."
        )


def _budget(
    problem: Problem, epochs: float | None, gradients: int | None
) -> tuple[float | None, int | None]:
    if epochs is None and gradients is None:
        return (None, GRADIENTS) if problem.data is None else (EPOCHS, None)
    return epochs, gradients


def _batch(n: int, batch: Batch | None) -> Batch:
    return min(BATCH, n) if batch is None else batch


def _probes(
    given: Mapping[str, engine.Probe] | Sequence[str],
) -> list[tuple[str, engine.Probe]]:
    if isinstance(given, Mapping):
        for name, probe in given.items():
            if not callable(probe):
                raise InputError(
                    f"The probe {shown(name)} is {shown(probe)}, but must be a function."
                )
        return list(given.items())
    given = [given] if isinstance(given, str) else given
    if not isinstance(given, (list, tuple)):
        raise InputError(f"The probes are {shown(given)}, but must be names, or functions by name.")
    return [(name, named("probe", name, probes.NAMES)) for name in given]


rule_named = rules.named
_TASKS: dict[str, Callable[..., Problem]] = {
    "classify": problems.classify,
    "regress": problems.regress,
}


def problem_named(name: str, *, task: str | None = None, **options: Any) -> Problem:
    """The problem of that name: a surface, or a data set learned by an MLP.

    ``options`` are those of the surface, or of ``problems.classify`` and ``problems.regress``.

    Raises
    ------
    InputError
        for a name nobody knows and for options that cannot be used.
    """
    if name in problems.SURFACES:
        if task is not None:
            raise InputError(f"{name} has no task: give --task with data only.")
        make, taken = problems.SURFACES[name], problems.SURFACES[name]
    elif name == "digits" or ":" in name or name.endswith(".csv"):
        learn = problems.learn if task is None else named("task", task, _TASKS)
        make, taken = partial(learn, name), problems.classify
    else:
        raise unknown("problem", name, [*problems.SURFACES, "digits", "file.csv:target"])
    allowed = list(inspect.signature(taken).parameters.keys() - {"data"})
    for option in options:
        if option not in allowed:
            raise InputError(
                f"{shown(name)} has no option '{option}': it takes {', '.join(sorted(allowed))}."
            )
    return make(**options)


def _rules() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "title": cls.title,
            "text": inspect.cleandoc(cls.__doc__ or ""),
            "gradients": cls.gradients,
            "memory": cls.memory,
            "hyperparameters": [
                {"name": k, "default": h.default, "range": h.interval.text, "meaning": h.meaning}
                for k, h in hyper.declared(cls).items()
            ],
        }
        for name, cls in rules.NAMES.items()
    ]


def _problems() -> list[dict[str, Any]]:
    surfaces = {name: inspect.cleandoc(f.__doc__ or "") for name, f in problems.SURFACES.items()}
    data = {
        "digits": "scikit-learn's 1,797 handwritten digits of 8 × 8 pixels, in ten classes.",
        "file.csv:target": "Any CSV file with a header: classes or a number from its columns.",
    }
    return [{"name": n, "title": "", "text": text} for n, text in {**data, **surfaces}.items()]


CATALOGUES: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "rules": _rules,
    "problems": _problems,
}
"""What can be listed."""

__all__ = [
    "CATALOGUES", "Entrant", "Problem", "Race", "Record", "Run", "Start", "Steps", "log_range",
    "problem_named", "race", "rule_named", "train",
]  # fmt: skip
