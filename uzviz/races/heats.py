"""Lanes side by side: every entrant × setting × seed, trained in compiled programs."""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np

from uzviz import engine, records, rules, tree
from uzviz.engine import Plan
from uzviz.problems import Problem
from uzviz.races.entrants import Entrant, side_by_side
from uzviz.races.group import Group

PIECE = {"cpu": (16, 3 << 18)}
"""Lanes trained side by side in one program, and bytes of their weights, state and gradients: on a
CPU what stays in a core's cache (measured in docs/decisions.md), elsewhere a gigabyte."""
WIDE = (1 << 16, 1 << 30)
SPARED = 1e11
"""Floating-point operations that are spent, at most, to spare a stage programs of its own: about a second
of two cores, where compiling them takes three to five."""
STEP, STOP = 2e5, 1e8
"""What a step of a program costs besides its lanes, and what it costs to stop it for a point of the curves, a
millisecond, in floating-point operations."""


@dataclass(frozen=True)
class Entry:
    """An entrant ready to race: its settings and its budget in steps."""

    entrant: Entrant
    settings: dict[str, np.ndarray]
    plan: Plan
    schedule: str = "constant"
    nudged: tuple[int, ...] = ()
    """Settings whose start is moved by one unit in the last place."""
    path: tuple[int, ...] = ()
    """The steps at which the parameters of the first setting are kept."""
    path_seeds: int = 0
    """From so many of the first seeds."""
    shape: tuple[int, int] | None = None
    """Seeds and settings of the program that trains it; None for what its own sizes give."""

    def snapshots(self, piece: Piece) -> engine.Snapshots | None:
        """What is kept of a piece."""
        seeds = min(piece.seeds.stop, self.path_seeds) - piece.seeds.start
        kept = self.path and seeds > 0 and piece.settings.start == 0
        return engine.Snapshots(self.path, seeds) if kept else None

    @property
    def lanes(self) -> int:
        """Settings tried."""
        return len(next(iter(self.settings.values()), [0]))


@dataclass(frozen=True)
class Piece:
    """Lanes that one program trains: some settings of an entry from some seeds."""

    entry: int
    seeds: slice
    settings: slice

    @property
    def lanes(self) -> int:
        """How many they are."""
        return math.prod(cut.stop - cut.start for cut in (self.seeds, self.settings))


@dataclass(frozen=True)
class Done:
    """A piece that is done, and what its lanes said."""

    piece: Piece
    said: list[records.Record]

    @property
    def path(self) -> tuple[records.Snapshot, ...]:
        """The parameters that were kept of it."""
        return tuple(r for r in self.said if isinstance(r, records.Snapshot))


@dataclass(frozen=True)
class Progress:
    """Lane-steps done of all there are, and what is going on."""

    done: int
    total: int
    stage: str = "heats"


def shapes_of(problem: Problem) -> Any:
    """The problem's parameters as shapes, without numbers."""
    return jax.eval_shape(problem.init, jax.random.key(0))


def width(parameters: int, state: int, settings: int, seeds: int) -> tuple[int, int]:
    """Seeds and settings in one program, from sizes alone: a lane's parameters and its rule's state.

    A seed's settings share its examples, so they are the first to go together.
    """
    most, room = PIECE.get(jax.default_backend(), WIDE)
    lanes = max(1, min(most, room // (4 * (3 * parameters + state))))
    if lanes < settings:
        return 1, lanes
    return min(seeds, lanes // settings), settings


def shape(entry: Entry, w: Any, seeds: int) -> tuple[int, int]:
    """Seeds and settings of the program that trains all pieces of an entry, for parameters of these shapes."""
    if entry.shape:
        return entry.shape
    wide, across = width(tree.size(w), entry.entrant.rule.kept(w), entry.lanes, seeds)
    return _even(seeds, wide), _even(entry.lanes, across)


def like(entry: Entry, w: Any, seeds: int, compiled: tuple[int, int], flops: float) -> Entry:
    """The entry trained by the programs of an earlier stage, if what that costs more than its own shape
    would is at most ``SPARED``; ``flops`` are those of one step of one lane."""
    own = shape(entry, w, seeds)
    costs = [_cost(entry, seeds, chosen, flops) for chosen in (compiled, own)]
    return replace(entry, shape=compiled if costs[0] - costs[1] <= SPARED else own)


def _cost(entry: Entry, seeds: int, shape: tuple[int, int], flops: float) -> float:
    """Floating-point operations of all pieces, of lanes that only fill up a program too, and of stops for points of
    the curves."""
    number = math.prod(-(-n // m) for n, m in zip((seeds, entry.lanes), shape, strict=True))
    plan = entry.plan
    stepping = plan.steps * (STEP + math.prod(shape) * flops)
    return number * (stepping + len(plan.evaluations()) * STOP)


def pieces(entries: Sequence[Entry], w: Any, seeds: int) -> list[Piece]:
    """All pieces for parameters of these shapes, seed by seed, so that a race broken off is complete for its first seeds; of
    one seed, the longest first."""
    made = []
    for number, entry in enumerate(entries):
        wide, across = shape(entry, w, seeds)
        for block in _cut(seeds, wide):
            made += [Piece(number, block, part) for part in _cut(entry.lanes, across)]
    return sorted(made, key=lambda p: (p.seeds.start, -entries[p.entry].plan.steps))


def _even(n: int, most: int) -> int:
    """The size of blocks of at most so many, all equal where that takes few more of them."""
    fewest = -(-n // most)
    even = (m for m in range(fewest, min(n, 2 * fewest) + 1) if n % m == 0)
    return -(-n // next(even, fewest))


def _cut(n: int, size: int) -> list[slice]:
    return [slice(first, min(first + size, n)) for first in range(0, n, size)]


def _filled(cut: slice, size: int) -> np.ndarray:
    """The places of a cut, the first of them again until they are so many."""
    places = np.arange(cut.start, cut.stop)
    return np.append(places, np.full(size - len(places), cut.start))


def cost(entries: Sequence[Entry], seeds: int) -> int:
    """Lane-steps of all entries from so many seeds."""
    return sum(e.plan.steps * e.lanes * seeds for e in entries)


def lanes_of(
    problem: Problem,
    rows: Any,
    entry: Entry,
    piece: Piece,
    seeds: Sequence[int],
    shape: tuple[int, int],
) -> engine.Lanes:
    """The lanes of a piece, as the engine trains them; its first fill up the program's shape."""
    own, across = _filled(piece.seeds, shape[0]), _filled(piece.settings, shape[1])
    beside = side_by_side(entry.entrant.rule, {k: v[across] for k, v in entry.settings.items()})
    rule = rules.scheduled(beside, entry.schedule, entry.plan.steps)
    nudged = np.isin(across, entry.nudged).tolist()
    return engine.Lanes(
        problem, rule, tuple(seeds[i] for i in own), entry.plan, rows, nudged=tuple(nudged)
    )


def run(
    problem: Problem,
    rows: Any,
    entries: Sequence[Entry],
    seeds: Sequence[int],
    known: Callable[[Piece], Mapping[str, np.ndarray] | None] = lambda piece: None,
) -> Generator[int | tuple[Done, Group], None, tuple[list[Group], bool]]:
    """Train all lanes, saying the lane-steps done and what is done with its group; returns the
    groups, and whether Ctrl-C broke it off: they then hold what is done.

    Pieces whose arrays are known are not trained again.
    """
    w = shapes_of(problem)
    shapes = [shape(e, w, len(seeds)) for e in entries]
    groups = [
        Group(
            e.entrant, e.plan, e.settings, tuple(seeds), tree.size(w),
            e.entrant.rule.kept(w), e.schedule, e.nudged, shapes=(own,),
        )
        for e, own in zip(entries, shapes, strict=True)
    ]  # fmt: skip
    todo = queue.SimpleQueue[Piece]()
    said = queue.SimpleQueue[int | Done | BaseException | None]()
    stop = threading.Event()

    def train(piece: Piece) -> None:
        entry = entries[piece.entry]
        lanes = lanes_of(problem, rows, entry, piece, seeds, shapes[piece.entry])
        count, told, collected = piece.lanes, 0, []
        for record in engine.run(lanes, clock=time.perf_counter, snapshots=entry.snapshots(piece)):
            collected.append(record)
            if isinstance(record, records.Steps):
                told += record.loss.shape[-1] * count
                said.put(record.loss.shape[-1] * count)
            if stop.is_set():
                return
        said.put(Done(piece, collected))
        said.put(entry.plan.steps * count - told)

    def work() -> None:
        try:
            while not stop.is_set():
                train(todo.get_nowait())
        except queue.Empty:
            pass
        except BaseException as error:
            stop.set()
            said.put(error)
        finally:
            said.put(None)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(engine.workers())]
    interrupted, working = False, len(threads)
    try:
        for piece in pieces(entries, w, len(seeds)):
            arrays = known(piece)
            if arrays is None:
                todo.put(piece)
                continue
            group = groups[piece.entry]
            group.put(piece.seeds, piece.settings, arrays)
            yield group.plan.steps * group.done[piece.seeds, piece.settings].size
        for thread in threads:
            thread.start()
        while working:
            news = said.get()
            if isinstance(news, BaseException):
                raise news
            if isinstance(news, Done):
                group = groups[news.piece.entry]
                group.fill(news.piece.seeds, news.piece.settings, news.said)
                yield news, group
                continue
            working -= news is None
            yield news or 0
    except KeyboardInterrupt:
        interrupted = True
    finally:
        stop.set()
        for thread in threads:
            if thread.ident is not None:
                thread.join()
    while not said.empty():
        if isinstance(news := said.get(), Done):
            group = groups[news.piece.entry]
            group.fill(news.piece.seeds, news.piece.settings, news.said)
            yield news, group
    return groups, interrupted
