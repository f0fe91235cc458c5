"""Races, as users call them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from uzviz import engine, races, records
from uzviz.api import paths
from uzviz.api.budget import batch_of, budget, check
from uzviz.api.interrupts import held_back
from uzviz.api.logged import facts_now, free, restored, said_changes
from uzviz.checks import whole
from uzviz.errors import InputError, shown
from uzviz.log import LoggedRace, LoggedRun, RaceLog, held, lane_of
from uzviz.problems import Problem
from uzviz.races import Batch, Entrant, Race
from uzviz.rules import Rule, ours

Progress = Callable[[int, int, str], object]
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
    path_memory: int | None = None,
    log: str | Path | None = None,
    note: str = "",
    on_progress: Progress = lambda done, total, stage: None,
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
        Over the budget's steps, of the hyperparameter that the rule tunes: "cosine", or a name of
        ``uzviz.schedules.NAMES`` with numbers, as "step:gamma=0.5,every=0.25"; "warmup:rise=1 until 0.1 then
        cosine"; "warmup * step". Of others by name, as "cosine; beta=step".
    fixed_split
        One split for everybody: what is found then holds for this test set only.
    margin
        A relative difference in test loss that is too small to matter.
    target
        The validation loss to reach; the median entrant's final one unless given.
    path_memory
        Bytes that the paths of the final's tuned lanes take at most, together: parameters at up to 200
        steps, of fewer seeds where they are large. Unless given, 64 MB in the log's folder, and none
        without a log, where they lie in memory; 0 keeps none.
    log, note
        A folder for a log: the heats as tensors, a run for each lane of the final, from which
        TensorBoard, :func:`read` and :func:`resume` go on; and words for its card.
    on_progress
        Called with the lane-steps done, those there are, and what is going on.

    Returns
    -------
    Race
        With ``verdicts()``, ``sentences``, ``table()``, ``plot()``, ``path(entrant, seed)``,
        ``to_json(path)`` and ``to_csv(path)``; after Ctrl-C it holds the lanes that were done.

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
    everyone = races.entrants(entrants)
    terms.check(len(everyone))
    allowed = paths.memory_of(path_memory, log is not None)
    count, most, words = paths.of_final(problem, len(everyone), terms.final_seeds, allowed)
    terms = replace(terms, path_seeds=count, path_snapshots=most)
    said = races.race(problem, everyone, terms)
    if log is None:
        kept = paths.Finals()
        made = _follow(said, on_progress, keep=kept.add)
        return _with_paths(made, words, partial(kept.path, problem))
    folder = free(log)
    begun = {
        "problem": problem.spec or {"kind": problem.name},
        "name": problem.name,
        "checksum": problem.checksum,
        "split_seed": problem.split_seed,
        "entrants": [races.described(e) for e in everyone],
        "terms": terms.plain(),
        "note": str(note),
        "path": words,
        "facts": facts_now(),
    }
    size = problem.sizes[0] if terms.batch == "all" else int(terms.batch)
    graph = engine.graph_of(problem, size)
    with held(folder):
        made = _follow(said, on_progress, lambda: RaceLog(folder, _shared(begun), begun, graph))
    return _with_paths(made, words, lambda *lane: paths.logged(problem, lane_of(folder, *lane)))


def resume_race(
    logged: LoggedRun,
    problem: Problem | None,
    entrants: Sequence[Rule | Entrant | str] | None,
    on_progress: Progress,
) -> Race:
    """Go on with a race where its log ends; what is done is not done again."""
    found = LoggedRace(logged)
    begun = found.begun
    if found.ended is not None:
        return race_of(logged)
    problem = restored(begun, problem)
    everyone = entrants or [races.entrant_of(facts) for facts in begun["entrants"]]
    if unknown := [f["rule"] for f in begun["entrants"] if not ours(f["rule"]) and not entrants]:
        raise InputError(
            f"{shown(unknown[0])} is a rule of your own: give all entrants again, as entrants=[…]."
        )
    described = [races.described(e) for e in races.entrants(everyone)]
    if json.loads(json.dumps(described)) != begun["entrants"]:
        raise InputError(
            f"The entrants are not those of the race, {shown([f['name'] for f in begun['entrants']])}: "
            "give the same, with the same numbers."
        )
    said_changes(logged.folder, begun["facts"])
    terms = races.Terms(**begun["terms"])
    said = races.race(problem, everyone, terms, found.pieces, found.alone)
    logging = partial(
        RaceLog, logged.folder, _shared(begun), None, places=found.pieces, logged=found.count
    )
    made, own = _follow(said, on_progress, logging), problem
    words = begun.get("path", "")
    return _with_paths(made, words, lambda *lane: paths.logged(own, lane_of(logged.folder, *lane)))


def race_of(logged: LoggedRun, problem: Problem | None = None) -> Race:
    """The race that a run holds, as far as it went."""
    found = LoggedRace(logged)
    everyone = [races.entrant_of(facts) for facts in found.begun["entrants"]]
    name = found.begun["name"]
    made = races.assembled(everyone, found.stages, found.pieces, name, found.alone, found.ended)

    def path(entrant: str, seed: int) -> records.Path | None:
        own = restored(found.begun, problem)
        return paths.logged(own, lane_of(logged.folder, entrant, seed))

    return _with_paths(made, found.begun.get("path", ""), path)


def _with_paths(race: Race, words: str, find: Callable[[str, int], records.Path | None]) -> Race:
    race.path_words, race.find_path = words, find
    return race


def _shared(begun: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What all lanes of an entrant have in common, for TensorBoard's HPARAMS page."""
    schedule = {"schedule": begun["terms"]["schedule"]}
    return {
        e["name"]: {"entrant": e["name"], "rule": e["rule"], **schedule} for e in begun["entrants"]
    }


def _follow(
    said: Any,
    on_progress: Progress,
    logging: Callable[[], RaceLog] | None = None,
    keep: Callable[[records.RaceRecord], object] = lambda record: None,
) -> Race:
    """Log, or else keep, and hand on what a race says, until it ends or Ctrl-C ends it."""
    written: RaceLog | None = None
    ended: dict[str, Any] | None = None
    try:
        with held_back() as check_ctrl_c:
            news = next(said)
            written = None if logging is None else logging()
            while not isinstance(news, Race):
                try:
                    if isinstance(news, races.Progress):
                        on_progress(news.done, news.total, news.stage)
                    elif written is not None:
                        written.add(news)
                    else:
                        keep(news)
                    check_ctrl_c()
                    news = next(said)
                except KeyboardInterrupt as interrupt:
                    news = said.throw(interrupt)
        if not news.interrupted:
            ended = {"certificates": [asdict(c) for c in news.certificates]}
        return news
    finally:
        if written is not None:
            written.close(ended)


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
