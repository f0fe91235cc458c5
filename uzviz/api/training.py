"""One network, as users train it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from uzviz import engine, log, probes, records, rules, tree
from uzviz.api import paths
from uzviz.api.budget import batch_of, budget, check
from uzviz.api.interrupts import held_back
from uzviz.api.logged import facts_now, free, restored, said_changes
from uzviz.checks import numbers, whole
from uzviz.errors import InputError, named, shown, unknown
from uzviz.log import TrainingLog, held
from uzviz.problems import Problem
from uzviz.races import Batch
from uzviz.records import Record, Run
from uzviz.rules import Rule

Probes = Mapping[str, engine.Probe] | Sequence[str]
HISTOGRAMS = ("weights", "gradients", "updates")
"""What a log gets of every layer unless probes are given."""
EVERY = 10.0
"""Seconds between two states that are kept."""


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
    probe: Probes | None = None,
    every: int | None = None,
    log: str | Path | None = None,
    note: str = "",
    checkpoint_every: float = EVERY,
    path_memory: int | None = None,
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
        Over the budget's steps, of the hyperparameter that the rule tunes: "cosine", or a name of
        ``uzviz.schedules.NAMES`` with numbers, as "step:gamma=0.5,every=0.25"; "warmup:rise=1 until 0.1 then
        cosine"; "warmup * step". Of others by name, as "cosine; beta=step".
    probe, every
        What to measure every so many steps, fifty times in a run unless given: names from
        ``uzviz.probes.NAMES``, or functions by name, ``probe(w, s, oracle, key) -> {name: array or
        Histogram}``. Unless given, a log gets histograms of weights, gradients and updates.
    log, note
        A folder for an event file that TensorBoard reads, and for states from which
        :func:`resume` goes on; and words for its run card.
    checkpoint_every
        Seconds between two states. The last two are kept, and the parameters with the lowest
        validation loss.
    path_memory
        Bytes that the run's path takes at most: its parameters at up to 200 steps, start and end among
        them, even in log time. Unless given, 64 MB in the log's folder, and none without a log, where
        it lies in memory; 0 keeps none.
    on_record
        Called with every record as it comes.

    Returns
    -------
    Run
        With ``w``, ``loss`` of every step, ``evaluations``, ``results``, ``status`` and ``path``; Ctrl-C
        gives the run so far, "interrupted", with the parameters it had reached.

    Raises
    ------
    InputError
        for anything that cannot be used, before a step is made.
    """
    check(problem, seed)
    if not isinstance(rule, Rule):
        raise InputError(f"The rule is {shown(rule)}, but must be a rule such as Adam(lr=1e-3).")
    rules.check_numbers(rule)
    if not isinstance(sampling, str) or sampling not in engine.SAMPLINGS:
        raise unknown("sampling", sampling, engine.SAMPLINGS)
    if every is not None and not whole(every):
        raise InputError(
            f"Probes are to run every {shown(every)} steps; give a whole number from 1."
        )
    epochs, gradients = budget(problem, epochs, gradients)
    n = problem.sizes[0]
    plan = engine.planned(n, batch_of(n, batch), rule.gradients, epochs=epochs, gradients=gradients)
    rule = rules.scheduled(rule, schedule, plan.steps)
    lanes = engine.Lanes(
        problem, rule, (int(seed),), plan, engine.on_device(problem), sampling=sampling
    )
    steps, words = paths.of_run(problem, plan, paths.memory_of(path_memory, log is not None))
    snapshots = engine.Snapshots(steps)
    if log is None:
        measured = _probes(probe or ())
        said = engine.run(
            lanes, probes=measured, every=every, clock=time.perf_counter, snapshots=snapshots
        )
        return _with_path(_follow(said, on_record), problem, steps, words)
    folder = free(log)
    measured = _probes(HISTOGRAMS if probe is None else probe)
    said = engine.run(
        lanes, probes=measured, every=every, clock=time.perf_counter,
        keeping=engine.Keeping(_due(checkpoint_every)), snapshots=snapshots,
    )  # fmt: skip
    made = {
        "probes": [name for name, _ in measured],
        "every": every,
        "note": str(note),
        "path": {"steps": steps, "words": words},
        "facts": facts_now(),
    }
    with held(folder):
        run = _follow(said, on_record, lambda start: TrainingLog(folder, start, made, path=steps))
    return _with_path(run, problem, steps, words, folder)


def resume_training(
    logged: log.LoggedRun,
    problem: Problem | None,
    rule: Rule | None,
    probe: Probes | None,
    checkpoint_every: float,
    on_record: Callable[[Record], object],
) -> Run:
    """Go on with a training from the last state in its folder."""
    made = log.made_of(logged)
    start = log.start_of(made)
    problem = restored(made["start"], problem)
    if rule is not None and not isinstance(rule, Rule):
        raise InputError(f"The rule is {shown(rule)}, but must be a rule such as Adam(lr=1e-3).")
    rule = rules.restored(start.rule, start.hyperparameters, start.schedules, rule)
    measured = _probes(made["probes"] if probe is None else probe)
    plan = engine.Plan(problem.sizes[0], start.batch, start.cost, start.gradients)
    lanes = engine.Lanes(
        problem, rule, start.seeds, plan, engine.on_device(problem), sampling=start.sampling
    )
    state, before = None, None
    for kept in log.states(logged.folder):
        led = log.run_of(logged, kept.step, made["probes"])
        if led.step == kept.step:  # else what led to it is lost, and is made again
            state, before = records.State(kept.step, kept.tensors), led
            break
    ended = logged.status in {"finished", "failed"}
    if before and ended and before.step == log.run_of(logged).step:
        return as_it_was(logged, problem)
    said_changes(logged.folder, made["facts"])
    steps, words = log.path_of(made)
    best = log.best(logged.folder)
    lowest = math.inf if best is None else float(best.facts.get("validation/loss", math.inf))
    said = engine.run(
        lanes, probes=measured, every=made["every"], clock=time.perf_counter,
        keeping=engine.Keeping(_due(checkpoint_every), state, lowest),
        snapshots=engine.Snapshots(steps),
    )  # fmt: skip
    again = {name: made[name] for name in ("probes", "every", "note")}
    again |= {"path": {"steps": steps, "words": words}, "facts": facts_now()}

    def logging(start: records.Start) -> TrainingLog:
        if state is None:
            return TrainingLog(logged.folder, start, again, 0, steps)
        return TrainingLog(logged.folder, start, None, state.step + 1, steps)

    run = _follow(said, on_record, logging, before)
    return _with_path(run, problem, steps, words, logged.folder)


def _follow(
    said: Any,
    on_record: Callable[[Record], object],
    logging: Callable[[records.Start], TrainingLog] | None = None,
    before: Run | None = None,
) -> Run:
    """Collect, log and hand on what the engine says, until it ends or Ctrl-C ends it."""
    start = next(said)
    run = before or Run(start)
    written = None if logging is None else logging(start)

    def take(record: Record) -> None:
        if written is not None:
            written.add(record)
        if written is None or not isinstance(record, records.Snapshot):  # else they lie on disk
            run.add(record)

    try:
        with held_back() as check:
            try:
                on_record(start)
                for record in said:
                    take(record)
                    on_record(record)
                    check()
            except KeyboardInterrupt as interrupt:
                take(said.throw(interrupt))
                for record in said:
                    take(record)
    finally:
        if written is not None:
            written.close(run)
    return run


def _with_path(
    run: Run, problem: Problem, steps: Sequence[int], words: str, folder: Path | None = None
) -> Run:
    """The run with its path: that of its folder if it was logged, else that in its memory."""
    run.path_words = words
    if folder is None:
        run.find_path = partial(paths.collected, problem, run.snapshots)
    else:
        run.find_path = partial(paths.logged, problem, folder, bool(steps))
    return run


def as_it_was(logged: log.LoggedRun, problem: Problem) -> Run:
    """The run as it was returned, with the parameters it had reached if a state was kept."""
    made = log.made_of(logged)
    kept = log.newest(logged.folder)
    step = None if kept is None else kept.step
    run = log.run_of(logged, step, made["probes"])
    steps, words = log.path_of(made)
    _with_path(run, problem, steps, words, logged.folder)
    if kept is None:
        return run
    like = {"w": engine.start_point(problem, run.start.seeds[0])}
    w = tree.restored(like, kept.tensors)["w"]
    finite = kept.tensors["alive"] & kept.tensors[engine.FINITE]
    run.end = records.End(kept.step, finite, w)
    return run


def _due(seconds: float) -> Callable[[], bool]:
    """Whether so many seconds have passed since it last said so."""
    if numbers([seconds]) is None or seconds < 0:
        raise InputError(f"States are kept every {shown(seconds)} seconds; give 0 or more.")
    last = time.monotonic()

    def due() -> bool:
        nonlocal last
        now = time.monotonic()
        if now - last < seconds:
            return False
        last = now
        return True

    return due


def _probes(given: Probes) -> list[tuple[str, engine.Probe]]:
    if isinstance(given, Mapping):
        for name, probe in given.items():
            if not isinstance(name, str) or not name or name.split("/")[0] in log.RESERVED:
                raise InputError(
                    f"A probe is called {shown(name)}, but its name must be a text that begins with "
                    f"none of {', '.join(log.RESERVED)}."
                )
            if not callable(probe):
                raise InputError(
                    f"The probe {shown(name)} is {shown(probe)}, but must be a function."
                )
        return list(given.items())
    given = [given] if isinstance(given, str) else given
    if not isinstance(given, (list, tuple)):
        raise InputError(f"The probes are {shown(given)}, but must be names, or functions by name.")
    return [(name, named("probe", name, probes.NAMES)) for name in given]
