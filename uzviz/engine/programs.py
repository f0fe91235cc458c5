"""The compiled programs: steps, evaluation, probes; for one run, and for lanes side by side.

Lanes have two axes in front, ``[seeds, settings]``: a seed brings its start and its examples, a
setting its hyperparameters.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from uzviz.problems import Formulas
from uzviz.rules import Rule
from uzviz.tree import Tree

BLOCK, BLOCK_BYTES = 1024, 1 << 25
"""Examples evaluated at once, and their bytes."""


class Carry(NamedTuple):
    """What one step hands to the next."""

    w: Tree
    s: Tree
    alive: jax.Array
    """Whether every loss so far was finite."""


class Path(NamedTuple):
    """Where a rule went, from its start on: [paths, steps + 1, …]."""

    w: Tree
    s: Tree
    alive: jax.Array
    """Whether every loss up to there was finite; w stays where the first was not."""
    loss: jax.Array
    """At w, and so is the gradient."""
    g: Tree


class Feed(NamedTuple):
    """What a seed brings: the statistics of its training part and its random key."""

    statistics: Any
    key: jax.Array


def batch_of(formulas: Formulas, rows: Any, statistics: Any, index: jax.Array) -> Any:
    """The batch made of these rows; None for a problem without data."""
    return None if rows is None else formulas.prepare(statistics, _taken(rows, index))


def _taken(rows: Any, index: jax.Array) -> Any:
    return jax.tree.map(lambda x: x.at[index].get(mode="promise_in_bounds"), rows)


def oracle_of(formulas: Formulas, batch: Any, key: jax.Array | None) -> Any:
    """f(w) → (loss, gradient) on this batch."""
    return jax.value_and_grad(lambda w: formulas.loss(w, batch, key))


def stepped(formulas: Formulas, rule: Rule, carry: Carry, batch: Any, key: Any, t: Any):
    """One step on a batch, as :func:`moved` makes it."""
    return moved(oracle_of(formulas, batch, key), rule, carry, t)


def moved(f: Any, rule: Rule, carry: Carry, t: Any) -> tuple[Carry, jax.Array]:
    """One step: the new carry, and the loss that it saw. Where that is not finite, w stays."""
    w, s, loss = rule.at(t).step(f, carry.w, carry.s, t)
    alive = carry.alive & jnp.isfinite(loss)
    w = jax.tree.map(lambda new, old: jnp.where(alive, new, old), w, carry.w)
    return Carry(w, s, alive), loss


def steps(formulas: Formulas, rule: Rule, carry: Carry, feed: Feed, rows: Any, full: jax.Array,
          last: jax.Array, first: Any, epochs: Any, per_epoch: Any, ends: Any):  # fmt: skip
    """Make one window of steps: the new carry, the loss that each saw, [epochs, steps + 1], and
    whether the lane is alive.

    ``full`` and ``last`` hold row numbers as in :class:`uzviz.engine.plan.Sampler`; how much of
    them is used is data, so that one program serves every window.
    """

    def step(carry: Carry, index: jax.Array, t: jax.Array) -> tuple[Carry, jax.Array]:
        batch = batch_of(formulas, rows, feed.statistics, index)
        return stepped(formulas, rule, carry, batch, jax.random.fold_in(feed.key, t), t)

    def one(e: Any, i: Any, index: jax.Array, state: tuple[Carry, jax.Array]):
        carry, seen = state
        carry, loss = step(carry, index, first + e * (per_epoch + ends) + i + 1)
        return carry, seen.at[e, i].set(loss)

    def epoch(e: Any, state: tuple[Carry, jax.Array]):
        state = jax.lax.fori_loop(0, per_epoch, lambda i, x: one(e, i, full[e, i], x), state)
        if last.shape[-1] == 0:
            return state
        return jax.lax.cond(ends, lambda x: one(e, per_epoch, last[e], x), lambda x: x, state)

    dtype = jnp.result_type(*jax.tree.leaves(carry.w))
    seen = jnp.zeros((full.shape[0], full.shape[1] + 1), dtype)
    carry, seen = jax.lax.fori_loop(0, epochs, epoch, (carry, seen))
    return carry, seen, carry.alive


def block_of(example: int) -> int:
    """How many examples of so many bytes are evaluated at once."""
    return max(1, min(BLOCK, BLOCK_BYTES // max(1, example)))


def evaluation(
    formulas: Formulas, block: int, w: Tree, statistics: Any, rows: Any, index: jax.Array
):
    """Means of the loss and the metrics over each block of the rows ``index``, and over what is left of them
    behind the last, [blocks]."""

    def means(index: jax.Array) -> dict[str, jax.Array]:
        batch = batch_of(formulas, rows, statistics, index)
        values = {"loss": formulas.loss(w, batch, None), **formulas.metrics(w, batch)}
        return jax.tree.map(jnp.asarray, values)

    whole = len(index) - len(index) % block
    if not whole:
        return jax.tree.map(lambda x: x[None], means(index))
    blocks = jax.lax.map(means, index[:whole].reshape(-1, block))
    if whole == len(index):
        return blocks
    return jax.tree.map(lambda x, y: jnp.append(x, y), blocks, means(index[whole:]))


def each_example(formulas: Formulas, w: Tree, statistics: Any, rows: Any, index: jax.Array):
    """Loss and metrics of each of the rows ``index`` by itself."""

    def alone(i: jax.Array) -> dict[str, jax.Array]:
        batch = batch_of(formulas, rows, statistics, i[None])
        return {"loss": formulas.loss(w, batch, None), **formulas.metrics(w, batch)}

    return jax.vmap(alone)(index)


class Asked:
    """The oracle a probe is handed: f(w) → (loss, gradient), and the step the rule would make."""

    def __init__(self, f: Any, rule: Rule, w: Tree, s: Tree, t: Any):
        self._f, self._rule, self._at, self._t = f, rule, (w, s), t

    def __call__(self, w: Tree) -> tuple[jax.Array, Tree]:
        return self._f(w)

    def step(self) -> Tree:
        """The parameters after the rule's next step on this batch."""
        return self._rule.at(self._t).step(self._f, *self._at, self._t)[0]


def probed(formulas: Formulas, probes: tuple[Any, ...], rule: Rule, carry: Carry, feed: Feed,
           rows: Any, index: jax.Array, t: Any, key: jax.Array):  # fmt: skip
    """What each probe measures before step ``t``, of what that step will see."""
    batch = batch_of(formulas, rows, feed.statistics, index)
    f = oracle_of(formulas, batch, jax.random.fold_in(feed.key, t))
    asked = Asked(f, rule, carry.w, carry.s, t)
    return [probe(carry.w, carry.s, asked, key) for probe in probes]


def _lanes(function: Any, settings: Any, seeds: Any) -> Any:
    return jax.vmap(jax.vmap(function, in_axes=settings), in_axes=seeds)


@partial(jax.jit, static_argnums=0, donate_argnums=2)
def solo_steps(formulas: Formulas, rule: Rule, carry: Carry, feed: Feed, rows: Any, *window: Any):
    return steps(formulas, rule, carry, feed, rows, *window)


@partial(jax.jit, static_argnums=0, donate_argnums=2)
def lane_steps(formulas: Formulas, rule: Rule, carry: Carry, feed: Feed, rows: Any, *window: Any):
    f = _lanes(partial(steps, formulas), (0, 0, *[None] * 8), (None, 0, 0, None, 0, 0, *[None] * 4))
    return f(rule, carry, feed, rows, *window)


solo_evaluation = jax.jit(evaluation, static_argnums=(0, 1))


@partial(jax.jit, static_argnums=(0, 1))
def lane_evaluation(
    formulas: Formulas, block: int, w: Tree, statistics: Any, rows: Any, index: jax.Array
):
    f = _lanes(partial(evaluation, formulas, block), (0, None, None, None), (0, 0, None, 0))
    return f(w, statistics, rows, index)


solo_each_example = jax.jit(each_example, static_argnums=0)


@partial(jax.jit, static_argnums=(0, 1))
def solo_over(formulas: Formulas, f: Callable[..., Any], w: Tree, statistics: Any, rows: Any):
    """f(w, batch) of rows of any kind, prepared as those that are trained on."""
    return f(w, formulas.prepare(statistics, rows))


@partial(jax.jit, static_argnums=(0, 1))
def solo_probes(formulas: Formulas, probes: tuple[Any, ...], *arguments: Any):
    return probed(formulas, probes, *arguments)


@partial(jax.jit, static_argnums=0)
def solo_examples(formulas: Formulas, statistics: Any, rows: Any, index: jax.Array):
    """Examples as a batch, and as they were given."""
    return batch_of(formulas, rows, statistics, index), _taken(rows, index)


@partial(jax.jit, static_argnums=1)
def snapshot(w: Tree, seeds: int | None) -> Tree:
    """A copy; of lanes, of the first setting from so many seeds."""
    return jax.tree.map(lambda x: jnp.copy(x if seeds is None else x[:seeds, 0]), w)


@partial(jax.jit, static_argnums=0)
def initial(init: Callable[[jax.Array], Tree], key: jax.Array) -> Tree:
    return init(key)


def started(rule: Rule, w: Tree) -> Carry:
    return Carry(w, rule.at(1).init(w), jnp.array(True))


start_of = jax.jit(started)


@jax.jit
def lane_starts(rules: Rule, w: Tree) -> Carry:
    """The first carry of every lane: rules [settings], starts [seeds, settings, …]."""
    return _lanes(started, (0, 0), (None, 0))(rules, w)


def paths(formulas: Formulas, steps: int, rules: Rule, starts: Tree, batch: Any) -> Path:
    """Every iterate of rules of one kind, [paths], each from its start, on one batch."""

    def path(rule: Rule, w: Tree) -> Path:
        def one(carry: Carry, t: jax.Array) -> tuple[Carry, Carry]:
            carry, _ = stepped(formulas, rule, carry, batch, None, t)
            return carry, carry

        first = started(rule, w)
        _, rest = jax.lax.scan(one, first, jnp.arange(1, steps + 1))
        w, s, alive = jax.tree.map(lambda x, xs: jnp.concatenate([x[None], xs]), first, rest)
        return Path(w, s, alive, *jax.vmap(oracle_of(formulas, batch, None))(w))

    return jax.vmap(path)(rules, starts)


@partial(jax.jit, static_argnums=0)
def trail(formulas: Formulas, rule: Rule, carry: Carry, feed: Feed, rows: Any, index: jax.Array, count: Any, first: Any):  # fmt: skip
    """As many steps as ``count`` says, on the first rows of ``index``, [room, batch]: the last carry, and w after
    each and the loss that it saw, [room, …]."""

    def one(i: Any, state: Any) -> Any:
        carry, ws, seen = state
        t = first + i + 1
        batch = batch_of(formulas, rows, feed.statistics, index[i])
        carry, loss = stepped(formulas, rule, carry, batch, jax.random.fold_in(feed.key, t), t)
        return carry, jax.tree.map(lambda x, w: x.at[i].set(w), ws, carry.w), seen.at[i].set(loss)

    room = index.shape[0]
    ws = jax.tree.map(lambda w: jnp.zeros((room, *w.shape), w.dtype), carry.w)
    seen = jnp.zeros(room, jnp.result_type(*jax.tree.leaves(carry.w)))
    return jax.lax.fori_loop(0, count, one, (carry, ws, seen))
