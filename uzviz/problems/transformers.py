"""A small transformer that predicts the next token of a text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from uzviz import losses
from uzviz.checks import whole
from uzviz.errors import InputError, named, shown
from uzviz.problems.problem import Problem
from uzviz.problems.texts import Text, read_text

MOST_CONTEXT, MOST_WIDTH, MOST_DEPTH = 4096, 4096, 64
SPREAD = 0.02
"""Standard deviation of starting weights, as GPT-2's."""
BASE = 10_000.0
"""Of rotary wave lengths."""

Normal = Callable[..., jax.Array]


class Norm(eqx.Module):
    """Layer normalisation: Ba et al. (2016)."""

    scale: jax.Array
    shift: jax.Array

    def __call__(self, x: jax.Array) -> jax.Array:
        away = x - x.mean(-1, keepdims=True)
        deviation = jnp.sqrt((away**2).mean(-1, keepdims=True) + 1e-5)
        return away / deviation * self.scale + self.shift


def _norm(width: int) -> Norm:
    return Norm(jnp.ones(width), jnp.zeros(width))


class Block(eqx.Module):
    """Causal attention and a perceptron, each behind a norm and added to what came in."""

    before: Norm
    attention: jax.Array
    """Queries, keys and values, [3 · width, width]."""
    out: jax.Array
    between: Norm
    wide: jax.Array
    """[4 · width, width]"""
    wide_bias: jax.Array
    narrow: jax.Array
    narrow_bias: jax.Array

    def __call__(self, x: jax.Array, heads: int, rotary: bool) -> jax.Array:
        """Of [n, tokens, width]."""
        q, k, v = jnp.split(self.before(x) @ self.attention.T, 3, axis=-1)
        q, k, v = (z.reshape(*z.shape[:-1], heads, -1) for z in (q, k, v))
        if rotary:
            q, k = rotated(q), rotated(k)
        seen = jax.nn.dot_product_attention(q, k, v, is_causal=True)
        x = x + seen.reshape(x.shape) @ self.out.T
        z = jax.nn.gelu(self.between(x) @ self.wide.T + self.wide_bias)
        return x + z @ self.narrow.T + self.narrow_bias


def rotated(x: jax.Array) -> jax.Array:
    """Queries or keys [n, tokens, heads, size], whose pairs of numbers turn with the place of the token, so that
    products depend on distances alone: Su et al. (2021)."""
    half = x.shape[-1] // 2
    places = jnp.arange(x.shape[1], dtype=x.dtype)
    angles = places[:, None] / BASE ** (jnp.arange(half, dtype=x.dtype) / half)
    cos, sin = jnp.cos(angles)[:, None], jnp.sin(angles)[:, None]
    a, b = x[..., :half], x[..., half:]
    return jnp.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)


class Transformer(eqx.Module):
    """Token and, learned, place as vectors; blocks; a norm; logits by the vectors of the tokens again."""

    tokens: jax.Array
    """[vocabulary, width]"""
    places: jax.Array | None
    """[context, width]; None where positions are rotary."""
    blocks: list[Block]
    last: Norm
    heads: int = eqx.field(static=True)

    def __call__(self, x: jax.Array) -> jax.Array:
        """Logits [n, tokens, vocabulary] of what follows each of tokens [n, tokens]."""
        z = self.tokens[x]
        if self.places is not None:
            z = z + self.places[: x.shape[1]]
        stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *self.blocks)

        def passed(z: jax.Array, block: Block) -> tuple[jax.Array, None]:
            return block(z, self.heads, self.places is None), None

        z = jax.lax.scan(passed, z, stacked)[0]  # compiled once, however many blocks
        return self.last(z) @ self.tokens.T


@dataclass(frozen=True)
class Start:
    """``init(key)`` of a transformer: equal, for what is compiled, if its numbers are. Weights are normal of
    deviation .02, those that are added to what came in 1/√(2 · depth) of it: Radford et al. (2019)."""

    vocabulary: int
    context: int
    width: int
    depth: int
    heads: int
    learned: bool

    def __call__(self, key: jax.Array) -> Transformer:
        count = iter(range(10**6))

        def normal(*shape: int, scale: float = 1.0) -> jax.Array:
            drawn = jax.random.normal(jax.random.fold_in(key, next(count)), shape)
            return SPREAD * scale * drawn

        return Transformer(
            normal(self.vocabulary, self.width),
            normal(self.context, self.width) if self.learned else None,
            [self._block(normal) for _ in range(self.depth)],
            _norm(self.width),
            self.heads,
        )

    def _block(self, normal: Normal) -> Block:
        width, added = self.width, 1 / math.sqrt(2 * self.depth)
        return Block(
            _norm(width), normal(3 * width, width), normal(width, width, scale=added),
            _norm(width), normal(4 * width, width), jnp.zeros(4 * width),
            normal(width, 4 * width, scale=added), jnp.zeros(width),
        )  # fmt: skip


def next_tokens(w: Transformer, batch: jax.Array, key: jax.Array | None) -> jax.Array:
    """Cross-entropy of every token but the first, in nats a token."""
    logits = w(batch[:, :-1])
    return losses.softmax_cross_entropy(
        logits.reshape(-1, logits.shape[-1]), batch[:, 1:].reshape(-1)
    )


def _known(w: Transformer, batch: jax.Array) -> dict[str, jax.Array]:
    guess = jnp.argmax(w(batch[:, :-1]), axis=-1)
    return {"accuracy": jnp.mean(guess == batch[:, 1:])}


def _numbers(statistics: tuple[()], rows: jax.Array) -> jax.Array:
    return rows.astype(jnp.int32)


POSITIONS = {"learned": True, "rotary": False}


def text(
    file: str,
    context: int = 64,
    width: int = 64,
    depth: int = 2,
    heads: int = 4,
    *,
    positions: str = "learned",
    tokens: str = "characters",
    split: Sequence[float] = (0.8, 0.1, 0.1),
) -> Problem:
    r"""The next character of a text file by a small transformer; its loss is in nats a character.

    .. math:: J(w) = -\frac1T \sum_t \ln p_w(x_t | x_{t-1}, …, x_{t-\text{context}})

    Blocks of causal attention (Vaswani et al., 2017) with layer normalisation before each part, as GPT-2 (Radford
    et al., 2019); token vectors serve as the last layer too. What the loss must beat is
    :func:`uzviz.problems.texts.entropies`.

    Parameters
    ----------
    file
        The path of a text.
    context
        Tokens that are seen at most. An example is a stretch of context + 1 tokens, which begins with the last of the
        one before; a split shares out whole stretches.
    width, depth, heads
        Numbers of a token's vector, blocks, and heads of attention in each.
    positions
        "learned" vectors, or "rotary" (Su et al., 2021).
    tokens
        "characters" of UTF-8, or "bytes".

    Raises
    ------
    InputError
        for a file that cannot be read or is too short, and for numbers and names that cannot be used.
    """
    learned = named("kind of positions", positions, POSITIONS)
    for name, value, most in [("context", context, MOST_CONTEXT), ("width", width, MOST_WIDTH),
                              ("depth", depth, MOST_DEPTH), ("heads", heads, MOST_WIDTH)]:  # fmt: skip
        if not whole(value, 1, most):
            raise InputError(
                f"The {name} is {shown(value)}, but must be a whole number from 1 to {most:,}."
            )
    if width % heads or (not learned and width // heads % 2):
        raise InputError(
            f"The width is {width} with {heads} heads, but must be a multiple of heads{'' if learned else ', an even one'}."
        )
    found = read_text(file, tokens)
    rows = stretches(found, int(context))
    spec = {
        "kind": "text", "file": found.name, "context": int(context), "width": int(width), "depth": int(depth),
        "heads": int(heads), "positions": positions, "tokens": tokens, "split": np.asarray(split).tolist(),
    }  # fmt: skip
    start = Start(found.size, int(context), int(width), int(depth), int(heads), learned)
    return Problem(
        init=start, loss=next_tokens, data=rows, metrics=_known, prepare=_numbers, ratio=split,
        name=found.name, spec=spec,
    )  # fmt: skip


LEAST = 10
"""Stretches that a text must have."""


def stretches(found: Text, context: int) -> np.ndarray:
    """The examples of a text, [n, context + 1]."""
    n = (len(found.tokens) - 1) // context
    if n < LEAST:
        raise InputError(
            f"{shown(found.name)} has {len(found.tokens):,} {'bytes' if found.vocabulary is None else 'characters'}, but "
            f"needs {LEAST * context + 1:,} for a context of {context}: give a longer text or a shorter context."
        )
    if found.vocabulary is not None and found.size < 2:
        raise InputError(f"{shown(found.name)} has the same character everywhere: give a text.")
    windows = np.lib.stride_tricks.sliding_window_view(found.tokens, context + 1)
    return np.ascontiguousarray(windows[::context][:n])
