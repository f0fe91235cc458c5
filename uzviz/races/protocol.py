"""What a race is: heats that tune, a grid that grows, a final on fresh seeds that decides."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np

from uzviz import engine, records, rules, tree, verdicts
from uzviz.checks import numbers, whole
from uzviz.engine import Plan, planned
from uzviz.errors import InputError, named, shown
from uzviz.problems import PARTS, Problem
from uzviz.races import heats
from uzviz.races.certificates import Certificate, of_group
from uzviz.races.entrants import Batch, called, check_grid, check_schedule, entrants, settings
from uzviz.races.final import Final, columns
from uzviz.races.group import Group
from uzviz.races.heats import Entry, Piece, Progress
from uzviz.races.result import Race

MOST_SEEDS = 100_000
MOST_FINAL_SEEDS = 1000
DECADES = 2
"""How far a grid grows beyond each of its ends."""
TIMED = 0.1
"""Seconds for which a run alone is timed."""


@dataclass(frozen=True)
class Terms:
    """What everybody agrees on before a race; the names are those of ``uz.race``."""

    lr: Sequence[float] | float
    grid: Mapping[str, Sequence[float]]
    search: str
    seeds: int
    seed: int
    batch: Batch
    epochs: float | None
    gradients: int | None
    seconds: float | None
    budgets: Mapping[str, int] | None
    final_seeds: int
    margin: float
    target: float | None
    fixed_split: bool
    schedule: str
    path_seeds: int = 0
    """From how many of its first seeds the final keeps the paths of tuned lanes."""
    path_snapshots: int = 0
    """Of how many snapshots each, at most."""

    def plain(self) -> dict[str, Any]:
        """The terms as JSON holds them."""
        own = dataclasses.asdict(self)
        own |= {"lr": np.asarray(self.lr).tolist()}
        return own | {"grid": {k: np.asarray(v).tolist() for k, v in self.grid.items()}}

    def check(self, entrants: int) -> None:
        """Refuse terms under which there is no race.

        Raises
        ------
        InputError
            with what was given and what is allowed.
        """
        if not whole(self.seeds, 1, MOST_SEEDS):
            raise InputError(
                f"The race has {shown(self.seeds)} seeds, but needs a whole number from 1 to "
                f"{MOST_SEEDS:,}."
            )
        fewest = verdicts.fewest_seeds(entrants)
        if not whole(self.final_seeds, fewest, MOST_FINAL_SEEDS):
            raise InputError(
                f"The final has {shown(self.final_seeds)} seeds, but to tell {entrants} entrants "
                f"apart it needs a whole number from {fewest} to {MOST_FINAL_SEEDS:,}."
            )
        if not isinstance(self.fixed_split, bool):
            raise InputError(f"The fixed split is {shown(self.fixed_split)}: give True or False.")
        if numbers([self.margin]) is None or not 0 <= self.margin < 1:
            raise InputError(f"The margin is {shown(self.margin)}, but must lie in [0, 1).")
        if self.target is not None and numbers([self.target]) is None:
            raise InputError(f"The target is {shown(self.target)}, but must be a finite loss.")
        given = [self.epochs, self.gradients, self.seconds, self.budgets]
        if sum(x is not None for x in given) != 1:
            raise InputError(
                "Give the budget once: in epochs, in gradients, in seconds, or as the steps of an "
                "earlier race."
            )
        if self.seconds is not None and (numbers([self.seconds]) is None or self.seconds <= 0):
            raise InputError(f"The budget is {shown(self.seconds)} seconds, but must be above 0.")


News = Progress | records.RaceRecord
Said = Generator[News | Race, None, None]
Known = Mapping[tuple[Any, ...], Mapping[str, np.ndarray]]
"""Arrays of pieces that are done, by their places."""


def race(
    problem: Problem,
    given: Any,
    terms: Terms,
    known: Known | None = None,
    alone: Sequence[float] = (),
) -> Said:
    """Race all entrants, saying how far it got and what is done; last, the race.

    What is ``known`` of a race that was broken off is not trained, and not said, again; nor are
    the seconds a step takes ``alone``. Everything that cannot be used is refused before the first word; seconds that pay for no step,
    once a step was timed.
    """
    everyone = entrants(given)
    terms.check(len(everyone))
    check_grid(terms.grid, everyone)
    check_schedule(terms.schedule, everyone)
    if terms.fixed_split and problem.data is None:
        raise InputError(f"{problem.name} has no data, and so no split to fix: leave it out.")
    if terms.fixed_split and problem.split_seed is None:
        problem = dataclasses.replace(problem, split_seed=terms.seed)
    n = problem.sizes[0]
    entries = []
    for e in everyone:
        batch = terms.batch if e.batch is None else e.batch
        gradients = terms.gradients
        if terms.seconds is not None:
            gradients = 1000 * n  # stands in until a step is timed
        if terms.budgets is not None:
            gradients = named("entrant of the earlier race", e.name, terms.budgets)
        plan = planned(n, batch, e.rule.gradients, epochs=terms.epochs, gradients=gradients)
        tried = settings(e, terms.lr, terms.grid, terms.search, terms.seed)
        schedule = rules.schedule_for(e.rule, called(e), terms.schedule)
        entries.append(Entry(e, tried, plan, schedule))
    return _Course(problem, terms, entries, known or {}, alone).run()


class _Course:
    """A race on its way."""

    def __init__(
        self,
        problem: Problem,
        terms: Terms,
        entries: list[Entry],
        known: Known,
        alone: Sequence[float],
    ):
        self.problem, self.terms, self.entries = problem, terms, entries
        self.known = known
        self.rows = engine.on_device(problem)
        self.shapes = heats.shapes_of(problem)
        if isinstance(self.rows, engine.Streamed):
            for entry in entries:
                self.rows.check(entry.plan.batch)
        self.done, self.total = 0, 1
        self.paid = terms.seconds is None
        first = terms.seed
        self.heat_seeds = range(first, first + terms.seeds)
        self.final_seeds = range(first + terms.seeds, first + terms.seeds + terms.final_seeds)
        self.groups: list[Group] = []
        self.finals: list[Final] = []
        self.alone = list(alone)
        self.flops: dict[int, int] = {}
        """Floating-point operations of a gradient, by the size of its batch."""
        self.certificates: list[Certificate] = []

    def run(self) -> Said:
        interrupted = True
        try:
            if self.terms.seconds is not None:
                if not self.alone:
                    yield from self._time_alone()
                self.entries = [
                    replace(e, plan=_paid(e, self.terms.seconds, alone))
                    for e, alone in zip(self.entries, self.alone, strict=True)
                ]
                self.paid = True
            interrupted = yield from self._stages()
            if not interrupted:
                yield from self._certify()
            if not interrupted and not self.alone:
                yield from self._time_alone()
        except KeyboardInterrupt:
            interrupted = True
        yield Race(
            self.groups,
            self.finals,
            self.certificates,
            self.alone,
            self.problem.name,
            self._protocol(),
            interrupted,
        )

    def _stages(self) -> Generator[News, None, bool]:
        self.total = heats.cost(self.entries, len(self.heat_seeds))
        self.total += sum(2 * e.plan.steps for e in self.entries) * len(self.final_seeds)
        self.groups, interrupted = yield from self._train(self.entries, self.heat_seeds, 0)
        round_ = 0
        while not interrupted and any(more := [self._grown(g) for g in self.groups]):
            round_ += 1
            new = [
                self._like(g, replace(e, settings=s), len(self.heat_seeds))
                for e, g, s in zip(self.entries, self.groups, more, strict=True)
                if s
            ]
            self.total += heats.cost(new, len(self.heat_seeds))
            grown, interrupted = yield from self._train(new, self.heat_seeds, round_)
            if not interrupted:
                left = iter(grown)
                self.groups = [
                    g.joined(next(left)) if s else g for g, s in zip(self.groups, more, strict=True)
                ]
        if interrupted:
            return True
        tries = [g.lanes for g in self.groups]
        taken = [columns(g, tries) for g in self.groups]
        final = [
            self._like(
                g,
                replace(
                    e,
                    settings={k: v[chosen] for k, v in g.settings.items()},
                    nudged=(1,),
                    path=tuple(e.plan.snapshots(self.terms.path_snapshots)),
                    path_seeds=self.terms.path_seeds,
                ),
                len(self.final_seeds),
            )
            for e, g, (chosen, _) in zip(self.entries, self.groups, taken, strict=True)
        ]
        self.total = self.done + heats.cost(final, len(self.final_seeds))
        found, interrupted = yield from self._train(final, self.final_seeds, None)
        if all(g.complete.any() for g in found):
            self.finals = [Final(g, where) for g, (_, where) in zip(found, taken, strict=True)]
        return interrupted

    def _like(self, group: Group, entry: Entry, seeds: int) -> Entry:
        """The entry of a later stage, by the programs of the heats where that costs less than new ones."""
        batch = entry.plan.batch
        if batch not in self.flops:
            self.flops[batch] = engine.flops(self.problem, batch)
        flops = entry.plan.cost * self.flops[batch]
        return heats.like(entry, self.shapes, seeds, group.shapes[0], flops)

    def _train(
        self, entries: list[Entry], seeds: range, round_: int | None
    ) -> Generator[News, None, tuple[list[Group], bool]]:
        """Train a round of the heats, or, where it is None, the final."""
        stage = "heats" if round_ is not None else "final"
        title = "growing the grid" if round_ else stage
        number = round_ or 0
        yield stage_of(entries, seeds, stage, number, self.shapes, self._protocol())

        def said_of(
            piece: Piece,
            arrays: Mapping[str, np.ndarray],
            path: tuple[records.Snapshot, ...] = (),
        ) -> records.Piece:
            cuts = [(cut.start, cut.stop) for cut in (piece.seeds, piece.settings)]
            name = entries[piece.entry].entrant.name
            return records.Piece(stage, number, name, cuts[0], cuts[1], dict(arrays), path)

        def known(piece: Piece) -> Mapping[str, np.ndarray] | None:
            return self.known.get(said_of(piece, {}).place)

        said = heats.run(self.problem, self.rows, entries, seeds, known)
        broken: KeyboardInterrupt | None = None
        while True:
            try:
                news = next(said) if broken is None else said.throw(broken)
                broken = None
                if isinstance(news, int):
                    self.done += news
                    yield Progress(self.done, self.total, title)
                else:
                    done, group = news
                    arrays = group.part(done.piece.seeds, done.piece.settings)
                    yield said_of(done.piece, arrays, done.path)
            except KeyboardInterrupt as interrupt:
                broken = interrupt
            except StopIteration as end:
                return end.value

    def _grown(self, group: Group) -> dict[str, np.ndarray] | None:
        """Settings one step beyond the edge at which the best stands, if there is one."""
        axis = group.axis
        if axis not in group.settings or self.terms.search != "grid":
            return None
        values = group.settings[axis]
        tried, first = np.unique(values), np.unique(values[: group.rounds[0]])
        if len(first) < 2 or not group.complete.any():
            return None
        best = values[group.best] if np.isfinite(group.medians()).any() else tried[0]
        if best == tried[-1]:
            new, inside = best * first[-1] / first[-2], lambda x: x <= first[-1] * 10**DECADES
        elif best == tried[0]:
            new, inside = best * first[0] / first[1], lambda x: x >= first[0] / 10**DECADES
        else:
            return None
        new = float(f"{new:.6g}")
        declared = rules.declared(group.entrant.rule)[axis]
        if not inside(new * (1 - 1e-5) if new > best else new * (1 + 1e-5)):
            return None
        if not declared.interval.holds(new):
            return None
        beside = {k: v[values == best] for k, v in group.settings.items()}
        return {**beside, axis: np.full(len(beside[axis]), new)}

    def _certify(self) -> Generator[Progress, None, None]:
        for group in self.groups:
            yield Progress(self.done, self.total, "replaying")
            self.certificates += of_group(
                self.problem, self.rows, "heats", group, range(group.lanes)
            )
        for final in self.finals:
            yield Progress(self.done, self.total, "replaying")
            self.certificates += of_group(self.problem, self.rows, "final", final.group, [0])

    def _time_alone(self) -> Generator[News, None, None]:
        for entry in self.entries:
            yield Progress(self.done, self.total, "timing")
            self.alone.append(step_time(self.problem, self.rows, entry, self.terms.seed))
        yield records.Timed(self.alone)

    def _protocol(self) -> dict[str, Any]:
        terms, problem = self.terms, self.problem
        budgets = {e.entrant.name: e.plan.budget for e in self.entries if self.paid}
        redrawn = "redrawn by each seed"
        if problem.data is None:
            split = "none"
        elif problem.split_seed is not None:
            split = f"fixed by seed {problem.split_seed}"
        else:
            split = redrawn if problem.test is None else f"{redrawn}, with an official test set"
        return {
            "problem": problem.spec or {"kind": problem.name},
            "budget": max(budgets.values(), default=None),
            "unit": "gradients of examples",
            "epochs": terms.epochs,
            "seconds": terms.seconds,
            "budgets": budgets,
            "examples": dict(zip(PARTS, problem.sizes, strict=True)),
            "split": split,
            "fixed": problem.split_seed is not None or problem.test is not None,
            "tries": {g.entrant.name: g.lanes for g in self.groups},
            "schedule": terms.schedule,
            "search": terms.search,
            "last batch": "divided by its real size",
            "seeds": list(self.heat_seeds),
            "final seeds": list(self.final_seeds),
            "margin": terms.margin,
            "target": terms.target,
            "device": jax.default_backend(),
        }


def stage_of(
    entries: Sequence[Entry],
    seeds: Sequence[int],
    stage: str,
    round_: int,
    shapes: Any,
    protocol: dict[str, Any],
) -> records.Stage:
    """What begins, as names and numbers."""
    said = []
    for e in entries:
        steps = np.array([0, *e.plan.evaluations()])
        said.append(
            {
                "entrant": e.entrant.name,
                "settings": {k: v.tolist() for k, v in e.settings.items()},
                "plan": dataclasses.asdict(e.plan),
                "schedule": e.schedule,
                "nudged": list(e.nudged),
                "state": e.entrant.rule.kept(shapes),
                "steps": steps.tolist(),
                "examples": [e.plan.examples(s) for s in steps.tolist()],
            }
        )
    return records.Stage(stage, round_, tuple(seeds), tree.size(shapes), said, protocol)


def _paid(entry: Entry, seconds: float, alone: float) -> Plan:
    """The plan that so many seconds pay for, at so many a step."""
    plan, steps = entry.plan, int(min(seconds / alone, 2**31 - 1))
    if steps < 1:
        raise InputError(
            f"{seconds:g} seconds pay for no step of {entry.entrant.name}, which takes {alone:.2g}: "
            "allow more."
        )
    return planned(plan.n, plan.batch, plan.cost, gradients=plan.spent(steps))


def step_time(problem: Problem, rows: Any, entry: Entry, seed: int) -> float:
    """Seconds a step of one run alone takes."""
    plan = entry.plan
    long = Plan(plan.n, plan.batch, plan.cost, plan.spent(1_000_000))
    own = {name: float(values.min()) for name, values in entry.settings.items()}
    rule = rules.scheduled(rules.replaced(entry.entrant.rule, own), entry.schedule, plan.steps)
    lanes = engine.Lanes(problem, rule, (seed,), long, rows)
    return engine.step_seconds(lanes, time.perf_counter, TIMED)
