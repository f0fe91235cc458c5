"""The loop around the compiled windows: it opens no file, prints nothing, and yields records."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np

from uzviz import records, rules, tree
from uzviz.engine import programs
from uzviz.engine.graph import graph_of
from uzviz.engine.lanes import Lanes, Places
from uzviz.engine.plan import MOST_STEPS, Window
from uzviz.engine.stops import Probe, Saying, Snapshots, evaluated, pictured, probed, snapped
from uzviz.errors import InputError
from uzviz.problems import PARTS

CHUNK_SECONDS = 0.2
PROBED = 50
"""How often probes run in a training, unless it is said; TensorBoard keeps as many histograms."""


@dataclass(frozen=True)
class Keeping:
    """What of a run is kept while it goes on."""

    due: Callable[[], bool]
    """Whether the state is wanted now; asked after every window."""
    state: records.State | None = None
    """The state to go on from; None at the start."""
    best: float = math.inf
    """The lowest validation loss so far."""


def run(
    lanes: Lanes,
    *,
    probes: Sequence[tuple[str, Probe]] = (),
    every: int | None = None,
    clock: Callable[[], float] | None = None,
    keeping: Keeping | None = None,
    snapshots: Snapshots | None = None,
) -> Generator[records.Record, None, None]:
    """Train, and say so: start, then steps, evaluations and probes as they come, then end.

    Validation is evaluated at every point of the curves, the other parts at start and end.
    Windows last about 0.2 s if a ``clock`` is given; their length changes no bit of the result.
    A lane freezes at the point where its loss is not finite; when all have, the run ends. Ctrl-C
    ends it too, with the parameters it has reached.

    Parameters
    ----------
    probes
        Names and functions ``probe(w, s, oracle, key) -> {name: array or Histogram}``, run in
        programs of their own before the first step and after every ``every``-th one; fifty times
        with None. Solo runs only.
    keeping
        Says the model's graph first, the problem's pictures with the probes, states, whenever they
        are wanted and at the end, and the best parameters as they come;
        a run that goes on from a state makes the same bits as one that never stopped, and says
        what came after that state alone. What is said before a state is all that led to it. Solo
        runs only.
    snapshots
        Says the parameters after some steps, and where all lanes are dead by then, those at the end.
        They are copied by a program of its own, so that no bit of the training changes.
    """
    loop = _Loop(Places(lanes), probes, every, _Pace(clock), keeping, snapshots)
    plan, interrupted = lanes.plan, False
    loop.restore()
    loop.evaluate_start()
    try:
        yield _start(loop.places)
        if keeping is not None and keeping.state is None:
            yield graph_of(lanes.problem, plan.batch)
        loop.begin()
        for stop in loop.stops():
            for window in plan.windows(loop.at, stop, lambda: loop.pace.most):
                loop.advance(window, stop)
                # What is said waits until a window is under way, so that the device never does.
                yield from loop.said(but=1)
                if loop.at < stop and loop.wanted():
                    yield from loop.said()
                    yield loop.state()
            loop.arrive()
            if loop.over:
                break
            if loop.at < plan.steps and loop.wanted():
                yield from loop.said()
                yield loop.state()
        yield from loop.said()
    except KeyboardInterrupt:
        interrupted = True
        loop.arrive()
        yield from loop.said()
    if keeping is not None and loop.at:
        yield loop.state()
    yield loop.end(interrupted)


class _Loop:
    """A training on its way: how far it is, and what waits to be said."""

    def __init__(
        self,
        places: Places,
        probes: Sequence[tuple[str, Probe]],
        every: int | None,
        pace: _Pace,
        keeping: Keeping | None,
        snapshots: Snapshots | None,
    ):
        self.places, self.probes, self.pace, self.keeping = places, probes, pace, keeping
        self.plan = places.lanes.plan
        self.evaluations = set(self.plan.evaluations())
        every = every or -(-self.plan.steps // PROBED)
        watched = probes or keeping is not None
        self.probing = range(every, self.plan.steps, every) if watched else range(0)
        self.snapshots = snapshots or Snapshots(())
        self.names = [*tree.paths({"w": places.carry.w})] if self.snapshots.steps else []
        self.carry, self.at, self.over = places.carry, 0, np.False_
        self.finite = np.True_
        """Whether the losses of training and validation were finite at the last evaluation."""
        self.alive: Any = np.True_
        """Whether any lane was alive at the evaluation before."""
        self.now: Any = np.True_
        self.best = _Best(math.inf if keeping is None else keeping.best)
        self.waiting = deque[Saying]()
        self.owed: int | None = None
        """The stop that is reached while what is due there is still to be done."""
        self.evaluated: Callable[[], records.Evaluation] | None = None

    def restore(self) -> None:
        """Be at the state that was kept, if one was."""
        if self.keeping is None:
            return
        tree.paths(self.carry.w)  # refuses what could not be kept
        if (state := self.keeping.state) is None:
            return
        self.carry = programs.Carry(**tree.restored(self.carry._asdict(), state.tensors))
        self.now = self.carry.alive
        self.alive, self.over, self.finite = (state.tensors[n] for n in (LAST_ALIVE, OVER, FINITE))
        self.at = state.step

    def evaluate_start(self) -> None:
        """Evaluate the start, before anything is said; lanes find out by themselves that theirs is bad."""
        if self.at:
            return
        self.evaluated = evaluated(self.places, self.carry.w, 0, PARTS)
        if not self.places.lanes.solo:
            return
        loss = self.evaluated().values["train/loss"]
        if not np.isfinite(loss):
            raise InputError(
                f"The loss of {self.places.lanes.problem.name} is {loss} at its start, but must be finite: "
                "look at its formula and data, or start elsewhere."
            )

    def begin(self) -> None:
        """Measure what is due before the first step."""
        if self.at:
            return
        self.snap()
        assert self.evaluated is not None
        self.waiting.append(self.evaluated)
        self.waiting += self.measured()

    def stops(self) -> Iterator[int]:
        """The steps still to come after which something is measured."""
        if self.over:
            return iter(())
        merged = groupby(heapq.merge(sorted(self.evaluations), self.probing, self.snapshots.steps))
        return (stop for stop, _ in merged if stop > self.at)

    def advance(self, window: Window, stop: int) -> None:
        """Make a window of steps."""
        places, lanes = self.places, self.places.lanes
        steps = programs.solo_steps if lanes.solo else programs.lane_steps
        self.carry, seen, self.now = steps(lanes.problem.formulas, places.rule, self.carry, places.feed,
                                           *places.given(window), *window)  # fmt: skip
        self.at += window.size
        self.owed = stop if self.at == stop else None
        self.waiting.append(partial(_steps, seen, window, self.pace))

    def arrive(self) -> None:
        """Measure what is due at the stop that is reached."""
        stop, self.owed = self.owed, None
        if stop in self.probing:
            self.waiting += self.measured()
        if stop in self.evaluations:
            self.over = ~np.any(np.asarray(self.alive))
            self.alive = self.now
            parts = PARTS if self.over or self.at == self.plan.steps else ("validation",)
            self.evaluated = evaluated(self.places, self.carry.w, self.at, parts)
            self.waiting.append(self.evaluated)
            if self.keeping is not None:
                w = programs.snapshot(self.carry.w, None)
                self.waiting.append(partial(self.best.of, self.evaluated, w))
        if stop is not None:
            self.snap()

    def snap(self) -> None:
        """Keep the parameters, where the path wants them or ends."""
        steps = self.snapshots.steps
        if self.at in steps or (steps and self.over):
            self.waiting.append(snapped(self.carry.w, self.names, self.at, self.snapshots.seeds))

    def measured(self) -> list[Saying]:
        """What the probes find here and, if the run is kept, the problem's pictures."""
        found = probed(self.places, self.carry, self.at, self.probes)
        return (
            found if self.keeping is None else found + pictured(self.places, self.carry.w, self.at)
        )

    def said(self, but: int = 0) -> Iterator[records.Record]:
        """Say what waits, each thing once, but for so many at the end."""
        while len(self.waiting) > but:
            if (record := self.waiting.popleft()()) is not None:
                yield record

    def wanted(self) -> bool:
        """Whether the state is wanted now."""
        return self.keeping is not None and self.keeping.due()

    def state(self) -> records.State:
        """The carry by names, and what is known of how it went."""
        named = tree.named(self.carry._asdict())
        known = {LAST_ALIVE: self.alive, OVER: self.over, FINITE: self._finite()}
        return records.State(self.at, {**named, **{n: np.asarray(x) for n, x in known.items()}})

    def end(self, interrupted: bool) -> records.End:
        """How it ended. The test part has no say: who tunes by it must not learn of the test."""
        finite = np.True_ if interrupted else self._finite()
        alive = np.all([np.asarray(self.now), finite], axis=0)
        return records.End(self.at, alive, self.carry.w, interrupted)

    def _finite(self) -> Any:
        if self.evaluated is None:
            return self.finite
        values = self.evaluated().values
        parts = [np.isfinite(values.get(f"{part}/loss", 0.0)) for part in PARTS[:2]]
        return np.all(parts, axis=0)


LAST_ALIVE, OVER, FINITE = "alive at the last evaluation", "over", "finite at the last evaluation"


class _Best:
    """The lowest validation loss so far."""

    def __init__(self, loss: float):
        self.loss = loss

    def of(self, evaluated: Callable[[], records.Evaluation], w: Any) -> records.Best | None:
        """The parameters, if they are better than any before."""
        found = evaluated()
        loss = float(found.values["validation/loss"])
        if not loss < self.loss:
            return None
        self.loss = loss
        return records.Best(found.step, loss, tree.named(w))


def _steps(seen: Any, window: Window, pace: _Pace) -> records.Steps:
    loss = np.asarray(seen.block_until_ready())[..., : window.epochs, : window.steps + window.ends]
    pace.made(window.size)
    return records.Steps(window.first + 1, loss.reshape(*loss.shape[:-2], -1))


class _Pace:
    """How many steps make a window of about 0.2 s, measured by a clock if there is one."""

    def __init__(self, clock: Callable[[], float] | None):
        self.clock = clock
        self.last: float | None = None
        self.most = 64 if clock else MOST_STEPS

    def made(self, steps: int) -> None:
        """Take note that a window is done; the first, which was compiled, counts for nothing."""
        if self.clock is None:
            return
        now = self.clock()
        if self.last is not None:
            wanted = int(steps * CHUNK_SECONDS / max(now - self.last, 1e-6))
            self.most = max(1, min(wanted, 8 * self.most, MOST_STEPS))
        self.last = now


def _start(places: Places) -> records.Start:
    lanes, plan = places.lanes, places.lanes.plan
    return records.Start(
        problem=lanes.problem.spec or {"kind": lanes.problem.name},
        rule=rules.name_of(lanes.rule),
        hyperparameters=rules.values(lanes.rule),
        batch=plan.batch,
        last_batch=plan.rest or plan.batch,
        examples={part: places.index[part].shape[-1] for part in PARTS},
        steps=plan.steps,
        steps_per_epoch=plan.epoch,
        gradients=plan.budget,
        parameters=places.parameters,
        seeds=lanes.seeds,
        cost=plan.cost,
        schedules=rules.schedules_of(lanes.rule),
        sampling=lanes.sampling,
        checksum=lanes.problem.checksum if lanes.solo else "",
        split_seed=lanes.problem.split_seed,
    )
