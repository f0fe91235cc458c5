"""The heats: every entrant × setting × seed, trained in compiled programs side by side."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from uzviz import engine, records, tree
from uzviz.engine import Plan
from uzviz.problems import Problem
from uzviz.races.entrants import Entrant, side_by_side
from uzviz.races.result import Group, Race

PIECE = {"cpu": (16, 3 << 18)}
"""Lanes trained side by side in one program, and bytes of their weights, state and gradients: on a
CPU what stays in a core's cache (measured in docs/decisions.md), elsewhere a gigabyte."""
WIDE = (1 << 16, 1 << 30)


@dataclass(frozen=True)
class Entry:
    """An entrant ready to race: its settings and its budget in steps."""

    entrant: Entrant
    settings: dict[str, np.ndarray]
    plan: Plan

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


@dataclass(frozen=True)
class Done:
    """A piece that is done, and what its lanes said."""

    piece: Piece
    said: list[records.Record]


@dataclass(frozen=True)
class Progress:
    """Lane-steps done of all there are."""

    done: int
    total: int


def width(parameters: int, memory: int, settings: int, seeds: int) -> tuple[int, int]:
    """Seeds and settings in one program, from sizes alone.

    A seed's settings share its examples, so they are the first to go together.
    """
    most, room = PIECE.get(jax.default_backend(), WIDE)
    lanes = max(1, min(most, room // (4 * parameters * (3 + memory))))
    if lanes < settings:
        return 1, lanes
    return min(seeds, lanes // settings), settings


def pieces(entries: Sequence[Entry], parameters: int, seeds: int) -> list[Piece]:
    """All pieces, seed by seed, so that a race broken off is complete for its first seeds; of
    one seed, the longest first."""
    made = []
    for number, entry in enumerate(entries):
        wide, across = width(parameters, entry.entrant.rule.memory, entry.lanes, seeds)
        for block in _cut(seeds, wide):
            made += [Piece(number, block, part) for part in _cut(entry.lanes, across)]
    return sorted(made, key=lambda p: (p.seeds.start, -entries[p.entry].plan.steps))


def _cut(n: int, most: int) -> list[slice]:
    blocks = np.array_split(np.arange(n), -(-n // most))
    return [slice(int(b[0]), int(b[-1]) + 1) for b in blocks]


def workers() -> int:
    """Programs at once: one for each core of a CPU, which a small program can't fill alone."""
    if jax.default_backend() != "cpu":
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(
    problem: Problem, entries: Sequence[Entry], seeds: Sequence[int], protocol: dict[str, Any]
) -> Generator[Progress | Race, None, None]:
    """Race, saying how far it got; last, the race. Broken off by Ctrl-C, it holds what is done."""
    rows = engine.on_device(problem)
    parameters = tree.size(jax.eval_shape(problem.init, jax.random.key(0)))
    groups = [Group(e.entrant, e.plan, e.settings, tuple(seeds), parameters) for e in entries]
    todo = queue.SimpleQueue[Piece]()
    for piece in pieces(entries, parameters, len(seeds)):
        todo.put(piece)
    total = sum(e.plan.steps * e.lanes * len(seeds) for e in entries)
    said = queue.SimpleQueue[int | Done | BaseException | None]()
    stop = threading.Event()

    def train(piece: Piece) -> None:
        entry = entries[piece.entry]
        chosen = {name: values[piece.settings] for name, values in entry.settings.items()}
        rule = side_by_side(entry.entrant.rule, chosen)
        own = tuple(seeds[piece.seeds])
        lanes = engine.Lanes(problem, rule, own, entry.plan, rows, solo=False)
        count, told, collected = len(own) * len(next(iter(chosen.values()))), 0, []
        for record in engine.run(lanes, clock=time.perf_counter):
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

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers())]
    interrupted, done, working = False, 0, len(threads)
    try:
        for thread in threads:
            thread.start()
        while working:
            news = said.get()
            if isinstance(news, BaseException):
                raise news
            if isinstance(news, Done):
                groups[news.piece.entry].fill(news.piece.seeds, news.piece.settings, news.said)
                continue
            working -= news is None
            done += news or 0
            yield Progress(done, total)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    yield Race(groups, problem.name, protocol, interrupted)
