"""What a problem is: a start, a loss on a batch, its data, its metrics."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import jax
import numpy as np

from uzviz.checks import numbers, whole
from uzviz.errors import InputError, shown
from uzviz.problems.mapped import Mapped, blocks, joined, mapped, rows_at
from uzviz.problems.pictures import Pictures
from uzviz.problems.splits import stratified

Params = Any
Examples = Any
Batch = Any
Key = jax.Array

PARTS = ("train", "validation", "test")
MOST_LEARNED = 64
"""Seeds whose training part's statistics are kept."""


def key_for(seed: int, name: str) -> Key:
    """JAX's random key for one named use of a seed."""
    return jax.random.fold_in(jax.random.key(seed), zlib.crc32(name.encode()) & 0x7FFFFFFF)


def generator_for(seed: int, name: str, *more: int) -> np.random.Generator:
    """NumPy's generator for one named use of a seed, on the host."""
    return np.random.default_rng([seed, zlib.crc32(name.encode()), *more])


class Formulas(NamedTuple):
    """What of a problem is compiled. Problems that share these functions share their programs, on
    whatever data."""

    loss: Callable[[Params, Batch, Key | None], jax.Array]
    metrics: Callable[[Params, Batch], dict[str, jax.Array]]
    prepare: Callable[[Any, Examples], Batch]


class Split(NamedTuple):
    """The rows of each part, as indices into the data."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def _nothing(*_: Any) -> dict[str, Any]:
    return {}


def _same(statistics: Any, rows: Any) -> Any:
    return rows


def _as_is(means: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return means


def _none(rows: Any) -> tuple[()]:
    return ()


def _check_lengths(what: str, arrays: Examples) -> None:
    leaves = jax.tree.leaves(arrays)
    leaves = [leaf if isinstance(leaf, Mapped) else np.asarray(leaf) for leaf in leaves]
    for leaf in leaves:
        if leaf.dtype.kind not in "biuf":
            raise InputError(
                f"An array of the {what} has type {leaf.dtype}, but must hold numbers: convert it."
            )
    lengths = [leaf.shape[:1] for leaf in leaves]
    if len(set(lengths)) != 1 or lengths[0] in {(), (0,)}:
        raise InputError(
            f"The first axes of the {what} are {lengths}, but must be as long in every array, and "
            "not empty."
        )


def _example(arrays: Examples) -> Any:
    """What one example is: the tree and the shapes of its arrays."""
    leaves, structure = jax.tree.flatten(arrays)
    return structure, [np.shape(leaf)[1:] for leaf in leaves]


@dataclass(frozen=True, eq=False, repr=False)
class Problem:
    """What is minimised: any JAX function of any pytree, with or without data.

    Parameters
    ----------
    init
        ``init(key) -> w``, the start: a pytree of floating-point arrays.
    loss
        ``loss(w, batch, key) -> scalar``, a mean over the batch. ``key`` serves dropout and the
        like; it is None when the loss is evaluated. Without data, ``batch`` is None.
    data
        A pytree of arrays whose first axis counts examples, or None. Arrays that NumPy maps from files
        (``np.load(path, mmap_mode="r")``) stay there: they are streamed, with the same bits.
    test
        An official test set, the same pytree; it is never split or trained on.
    metrics
        ``metrics(w, batch) -> {name: scalar}``, each a mean over the batch.
    summary
        Turns the means over a whole part into what is shown, ``{name: array}``; R² needs it.
    fit, prepare
        ``fit(train examples) -> statistics`` on the host and ``prepare(statistics, rows) ->
        batch``: what is learned from the training part of a split alone, such as its mean. Of an array in a
        file, ``fit`` gets a view: slices of it are arrays.
    pictures
        ``pictures(w, batch, rows) -> {name: Pictures}`` of some validation examples, prepared and
        as they were given; for the log. It is not compiled.
    ratio
        Shares of training, validation and test in the split; the third is not used with ``test``.
    strata
        The class of each example, where every part is to get its share of each, within one.
    name, spec
        What the problem is called, and the names and numbers from which it can be made again.

    Raises
    ------
    InputError
        when the arrays disagree in length or a part of the split would be empty.
    """

    init: Callable[[Key], Params]
    loss: Callable[[Params, Batch, Key | None], jax.Array]
    data: Examples | None = None
    test: Examples | None = None
    metrics: Callable[[Params, Batch], dict[str, jax.Array]] = _nothing
    summary: Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]] = _as_is
    fit: Callable[[Examples], Any] = _none
    prepare: Callable[[Any, Examples], Batch] = _same
    pictures: Callable[[Params, Batch, Examples], dict[str, Pictures]] | None = None
    ratio: Sequence[float] = (0.6, 0.2, 0.2)
    strata: np.ndarray | None = None
    split_seed: int | None = None
    """The seed of one split for everybody; None: each seed redraws it."""
    name: str = "problem"
    spec: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("init", "loss", "metrics", "summary", "fit", "prepare"):
            if not callable(getattr(self, name)):
                raise InputError(
                    f"{name} of {self.name} is {shown(getattr(self, name))}, but must be a function."
                )
        if self.pictures is not None and not callable(self.pictures):
            raise InputError(
                f"pictures of {self.name} is {shown(self.pictures)}, but must be a function or None."
            )
        if self.split_seed is not None and not whole(self.split_seed, 0):
            raise InputError(
                f"The split's seed is {shown(self.split_seed)}, but must be a whole number from 0."
            )
        try:
            json.dumps(self.spec)
        except (TypeError, ValueError):
            raise InputError(
                f"The spec of {self.name} must be names and numbers that JSON can hold, but is "
                f"{shown(self.spec)}."
            ) from None
        if self.data is None:
            if self.test is not None:
                raise InputError(f"{self.name} has a test set, but no data to train on: give both.")
            return
        for name in ("data", "test"):
            object.__setattr__(self, name, jax.tree.map(mapped, getattr(self, name)))
        _check_lengths("data", self.data)
        if self.test is not None:
            _check_lengths("test set", self.test)
            if _example(self.test) != _example(self.data):
                raise InputError("The examples of the test set must be arrays like the data's.")
        self.sizes  # noqa: B018 - refuses a split that leaves a part empty
        n = len(jax.tree.leaves(self.data)[0])
        if self.strata is not None and np.shape(self.strata) != (n,):
            raise InputError(
                f"The strata have shape {np.shape(self.strata)}, but must be a class for each of {n} examples."
            )

    def __repr__(self) -> str:
        n = "" if self.data is None else f", {sum(self.sizes):,} examples"
        return f"Problem({self.name}{n})"

    @property
    def formulas(self) -> Formulas:
        """Its functions that are compiled."""
        return Formulas(self.loss, self.metrics, self.prepare)

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of all examples: their types, shapes and bytes; "" without data."""
        if self.data is None:
            return ""
        digest = hashlib.sha256()
        for leaf in jax.tree.leaves((self.data, self.test)):
            whole = leaf if isinstance(leaf, Mapped) else np.asarray(leaf)
            digest.update(f"{whole.dtype.str}{whole.shape}".encode())
            for x in blocks(whole):
                digest.update(np.ascontiguousarray(x).data)
        return digest.hexdigest()

    @property
    def rows(self) -> Examples:
        """All examples on the host or in files, an official test set after the others; None without data."""
        if self.test is None:
            return self.data
        return jax.tree.map(joined, self.data, self.test)

    def split(self, seed: int) -> Split:
        """The split that this seed draws; without data, a single row in every part."""
        if self.data is None:
            return Split(*[np.zeros(1, np.int32)] * 3)
        n = len(jax.tree.leaves(self.data)[0])
        train, validation, test = self.sizes
        seed = seed if self.split_seed is None else self.split_seed
        generator = generator_for(seed, "split")
        official = self.test is not None
        if self.strata is not None:
            sizes = (train, validation, 0 if official else test)
            parts = stratified(np.asarray(self.strata), sizes, generator)
        else:
            order = generator.permutation(n).astype(np.int32)
            parts = np.split(order, [train, train + validation])
        held = np.arange(n, n + test, dtype=np.int32) if official else parts[2]
        return Split(parts[0], parts[1], held)

    def statistics(self, seed: int) -> Any:
        """What ``fit`` learns from the training part of this seed's split, in the order of the data."""
        if self.data is None:
            return self.fit(None)
        seed = seed if self.split_seed is None else self.split_seed
        if seed not in self._learned:
            if len(self._learned) >= MOST_LEARNED:
                self._learned.clear()
            rows = np.sort(self.split(seed).train)
            self._learned[seed] = self.fit(jax.tree.map(lambda x: rows_at(x, rows), self.data))
        return self._learned[seed]

    @cached_property
    def _learned(self) -> dict[int, Any]:
        return {}

    @cached_property
    def sizes(self) -> tuple[int, int, int]:
        """How many examples each part gets."""
        if self.data is None:
            return 1, 1, 1
        n = len(jax.tree.leaves(self.data)[0])
        ratio = numbers(self.ratio)
        if ratio is None or len(ratio) != 3 or not (ratio > 0).all():
            raise InputError(
                f"The split is {shown(self.ratio)}, but must be three positive shares such as "
                "60/20/20."
            )
        ratio /= ratio.max()
        official = self.test is not None
        total = sum(ratio[:2] if official else ratio)
        validation = round(n * ratio[1] / total)
        test = 0 if official else round(n * ratio[2] / total)
        train = n - validation - test
        empty = [
            name
            for name, size in zip(PARTS, (train, validation, test), strict=True)
            if size < 1 and not (name == "test" and official)
        ]
        if empty:
            raise InputError(
                f"The split {shown(self.ratio)} of {n} examples leaves the {empty[0]} part empty: "
                "give it a larger share or more examples."
            )
        return train, validation, len(jax.tree.leaves(self.test)[0]) if official else test
