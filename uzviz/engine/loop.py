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

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import records, rules, tree
from uzviz.engine import programs
from uzviz.engine.plan import MOST_STEPS, Plan, Sampler, Window
from uzviz.errors import InputError, shown
from uzviz.problems import PARTS, Problem, key_for
from uzviz.rules import Rule

CHUNK_SECONDS = 0.2
Probe = Callable[..., dict[str, jax.Array]]
Saying = Callable[[], records.Record | None]


@dataclass(frozen=True)
class Lanes:
    """Rules side by side from the same seeds; solo, one rule and one seed without those axes."""

    problem: Problem
    rule: Rule
    """Hyperparameters are numbers, or arrays [settings] for lanes."""
    seeds: tuple[int, ...]
    plan: Plan
    rows: Any
    """All examples, on the device."""
    sampling: str = "reshuffle"
    nudged: tuple[bool, ...] | None = None
    """For lanes, which settings start one unit in the last place higher; None in a solo run."""

    @property
    def solo(self) -> bool:
        """Whether it is one run, without the axes of lanes."""
        return self.nudged is None


def on_device(problem: Problem) -> Any:
    """The examples of a problem, on the device; shared by all that trains on them."""
    return jax.tree.map(jnp.asarray, problem.rows)


def check(problem: Problem) -> None:
    """Refuse a problem whose start, loss or metrics have the wrong shape, before it is trained.

    Raises
    ------
    InputError
        that names the function and what it gave.
    """
    key = jax.eval_shape(lambda: key_for(0, "init"))
    w = jax.eval_shape(problem.init, key)
    leaves = jax.tree.leaves(w)
    if not leaves or not tree.size(w):
        raise InputError(f"{problem.name} starts without parameters: init must return arrays.")
    for leaf in leaves:
        if not jnp.issubdtype(leaf.dtype, jnp.floating):
            raise InputError(
                f"A parameter of {problem.name} has type {leaf.dtype}, but must be a floating-point "
                "array."
            )

    def evaluated(w: Any, rows: Any) -> Any:
        batch = None if rows is None else problem.prepare(problem.fit(few), rows)
        return problem.loss(w, batch, None), problem.metrics(w, batch)

    few = jax.tree.map(lambda x: x[:2], problem.data)
    loss, metrics = jax.eval_shape(evaluated, w, few)
    names_fit = isinstance(metrics, dict) and all(isinstance(name, str) for name in metrics)
    if not names_fit or "loss" in metrics:
        raise InputError(
            f"The metrics of {problem.name} must be a dict of scalars without the name 'loss'."
        )
    for name, value in {"loss": loss, **metrics}.items():
        if not _is_real_scalar(value, name == "loss"):
            raise InputError(
                f"The {name} of {problem.name} is {shown(value)}, but must be a scalar, a mean over "
                "the batch."
            )

    summary = problem.summary({name: np.zeros(()) for name in ("loss", *metrics)})
    if not isinstance(summary, dict) or "loss" not in summary:
        raise InputError(f"The summary of {problem.name} must be a dict that holds the loss.")


def _is_real_scalar(value: Any, differentiable: bool) -> bool:
    kind = jnp.floating if differentiable else jnp.number
    return (
        getattr(value, "shape", None) == ()
        and jnp.issubdtype(value.dtype, kind)
        and not jnp.issubdtype(value.dtype, jnp.complexfloating)
    )


def start_point(problem: Problem, seed: int) -> Any:
    """The parameters that this seed starts from."""
    return programs.initial(problem, key_for(seed, "init"))


class Places:
    """What the seeds of some lanes bring, stacked for them or plain for a solo run."""

    def __init__(self, lanes: Lanes):
        problem, self.lanes = lanes.problem, lanes
        splits = [problem.split(seed) for seed in lanes.seeds]
        self.samplers = [
            Sampler(split.train, seed, lanes.sampling)
            for split, seed in zip(splits, lanes.seeds, strict=True)
        ]
        self.index = {
            part: self.joined([getattr(split, part) for split in splits]) for part in PARTS
        }
        learned = [
            problem.fit(jax.tree.map(lambda x, s=split: x[s.train], problem.data))
            for split in splits
        ]
        keys = [key_for(seed, "loss") for seed in lanes.seeds]
        self.feed = programs.Feed(self.joined(learned), self.joined(keys))
        w = self.joined([start_point(problem, seed) for seed in lanes.seeds])
        rule = jax.tree.map(lambda x: jnp.asarray(x, dtype=float), lanes.rule)
        self.rule = rule
        if lanes.solo:
            self.carry = programs.start_of(rule, w)
        else:
            self.carry = programs.lane_starts(rule, np.array(lanes.nudged), w)
        self.parameters = tree.size(w) // (1 if lanes.solo else len(lanes.seeds))

    def joined(self, each: Sequence[Any]) -> Any:
        if self.lanes.solo:
            return jax.tree.map(jnp.asarray, each[0])
        return jax.tree.map(lambda *x: jnp.stack([jnp.asarray(v) for v in x]), *each)

    def rows_of(self, window: Window) -> list[np.ndarray]:
        parts = zip(*[s.rows_of(self.lanes.plan, window) for s in self.samplers], strict=True)
        return [part[0] if self.lanes.solo else np.stack(part) for part in parts]


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
    every: int = 100,
    clock: Callable[[], float] | None = None,
    keeping: Keeping | None = None,
) -> Generator[records.Record, None, None]:
    """Train, and say so: start, then steps, evaluations and probes as they come, then end.

    Validation is evaluated at every point of the curves, the other parts at start and end.
    Windows last about 0.2 s if a ``clock`` is given; their length changes no bit of the result.
    A lane freezes at the point where its loss is not finite; when all have, the run ends. Ctrl-C
    ends it too, with the parameters it has reached.

    Parameters
    ----------
    probes
        Names and functions ``probe(w, s, oracle, key) -> {name: array}``, run in programs of
        their own before the first step and after every ``every``-th one. Solo runs only.
    keeping
        Says states, whenever they are wanted and at the end, and the best parameters as they come;
        a run that goes on from a state makes the same bits as one that never stopped, and says
        what came after that state alone. What is said before a state is all that led to it. Solo
        runs only.
    """
    problem, plan = lanes.problem, lanes.plan
    places = Places(lanes)
    advance = programs.solo_steps if lanes.solo else programs.lane_steps
    evaluations = set(plan.evaluations())
    probing = range(every, plan.steps, every) if probes else range(0)
    pace = _Pace(clock)
    carry, alive, at = places.carry, np.True_, 0
    best = _Best(math.inf if keeping is None else keeping.best)
    yield _start(places)
    # What is said waits until the next window is under way, so that the device never does.
    waiting = deque[Saying]()
    if keeping is not None and keeping.state is not None:
        carry, alive, at = _restored(carry, keeping.state)
    else:
        waiting += [_evaluated(places, carry.w, 0, PARTS), *_probed(places, carry, 0, probes)]
    now, last = carry.alive, None
    try:
        for stop, _ in groupby(heapq.merge(sorted(evaluations), probing)):
            if stop <= at:
                continue
            for window in plan.windows(at, stop, lambda: pace.most):
                carry, seen, now = advance(problem, places.rule, carry, places.feed, lanes.rows,
                                           *places.rows_of(window), *window)  # fmt: skip
                at += window.size
                waiting.append(partial(_steps, seen, window, pace))
                yield from _said(waiting, but=1)
                if keeping is not None and at < stop and keeping.due():
                    yield from _said(waiting)
                    yield _state(carry, alive, at)
            over = stop in evaluations and not np.asarray(alive).any()
            if stop in probing:
                waiting += _probed(places, carry, at, probes)
            if stop in evaluations:
                alive = now
                parts = PARTS if over or at == plan.steps else ("validation",)
                waiting.append(last := _evaluated(places, carry.w, at, parts))
                if keeping is not None:
                    waiting.append(partial(best.of, last, jax.tree.map(jnp.copy, carry.w)))
            if keeping is not None and not over and at < plan.steps and keeping.due():
                yield from _said(waiting)
                yield _state(carry, alive, at)
            if over:
                break
        yield from _said(waiting)
        ended = {} if last is None else last().values
        # The test part has no say: who tunes by what finished must not learn of it.
        finite = [np.isfinite(ended.get(f"{part}/loss", 0.0)) for part in PARTS[:2]]
        interrupted = False
    except KeyboardInterrupt:
        yield from _said(waiting)
        finite, interrupted = [np.True_], True
    if keeping is not None:
        yield _state(carry, alive, at)
    yield records.End(at, np.all([np.asarray(now), *finite], axis=0), carry.w, interrupted)


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


def _said(waiting: deque[Saying], but: int = 0) -> Iterator[records.Record]:
    """Say what waits, each thing once, but for so many at the end."""
    while len(waiting) > but:
        if (record := waiting.popleft()()) is not None:
            yield record


def _state(carry: programs.Carry, alive: Any, at: int) -> records.State:
    """The carry by names, and whether the lane was alive at the last evaluation."""
    before = {"alive at the last evaluation": np.asarray(alive)}
    return records.State(at, {**tree.named(carry._asdict()), **before})


def _restored(like: programs.Carry, state: records.State) -> tuple[programs.Carry, Any, int]:
    carry = programs.Carry(**tree.restored(like._asdict(), state.tensors))
    return carry, state.tensors["alive at the last evaluation"], state.step


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


def _evaluated(
    places: Places, w: Any, step: int, parts: Sequence[str]
) -> Callable[[], records.Evaluation]:
    lanes, plan = places.lanes, places.lanes.plan
    evaluate = programs.solo_evaluation if lanes.solo else programs.lane_evaluation
    means = {
        part: evaluate(lanes.problem, w, places.feed.statistics, lanes.rows, places.index[part])
        for part in parts
    }

    def said() -> records.Evaluation:
        values: dict[str, np.ndarray] = {}
        for part, found in means.items():
            shown = lanes.problem.summary({name: np.asarray(x) for name, x in found.items()})
            values.update({f"{part}/{name}": value for name, value in shown.items()})
        return records.Evaluation(step, plan.examples(step) / plan.n, plan.spent(step), values)

    return said


def _probed(
    places: Places, carry: programs.Carry, step: int, probes: Sequence[tuple[str, Probe]]
) -> list[Saying]:
    if not probes:
        return []
    lanes = places.lanes
    full, last = places.rows_of(window := lanes.plan.window(step, step + 1, 1))
    index = full[0, 0] if window.steps else last[0]
    key = jax.random.fold_in(key_for(lanes.seeds[0], "probe"), step)

    def saying(name: str, probe: Probe) -> Saying:
        found = programs.solo_probe(lanes.problem, probe, places.rule, carry, places.feed,
                                    lanes.rows, index, step + 1, key)  # fmt: skip
        return lambda: records.Probed(step, name, {k: np.asarray(v) for k, v in found.items()})

    return [saying(name, probe) for name, probe in probes]
