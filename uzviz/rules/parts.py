"""Rules for some of the parameters, which are told by their paths: others stay, or go by a rule of their own."""

# What a rule says of its class, a wrapper says of its instance, since it depends on the rule inside:
# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

import jax

from uzviz import tree
from uzviz.errors import InputError, shown
from uzviz.rules.base import INSIDE, Oracle, Params, Rule, State, rule
from uzviz.rules.wrappers import Namer, Opaque, Wrapper, check_asks_once


def owners(w: Params, patterns: tuple[str, ...]) -> list[int]:
    """For each leaf, which pattern its path is the first to match; 0 for none, then from 1.

    Raises
    ------
    InputError
        for a pattern that no path matches.
    """
    names = list(tree.paths(w))
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            some = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
            raise InputError(
                f"The pattern '{shown(pattern)}' matches no parameter: their paths are {some}."
            )
    return [
        next((i for i, p in enumerate(patterns, 1) if fnmatchcase(name, p)), 0) for name in names
    ]


def part_of(w: Params, owned: list[int], which: int) -> Params:
    """The leaves of one owner, in the same tree; the others are None, which is no leaf."""
    leaves, structure = jax.tree.flatten(w)
    mine = (leaf if i == which else None for leaf, i in zip(leaves, owned, strict=True))
    return jax.tree.unflatten(structure, list(mine))


def whole_of(w: Params, owned: list[int], parts: Mapping[int, Params]) -> Params:
    """The tree of all parts; leaves of owners that are not given are those of w."""
    leaves, structure = jax.tree.flatten(w)
    new = {i: iter(jax.tree.leaves(part)) for i, part in parts.items()}
    merged = [next(new[i]) if i in new else x for x, i in zip(leaves, owned, strict=True)]
    return jax.tree.unflatten(structure, merged)


def check_patterns(patterns: Any) -> None:
    """Refuse what is no pattern, and signs by which the command line parts names."""
    if (
        not isinstance(patterns, tuple)
        or not patterns
        or not all(isinstance(p, str) and p for p in patterns)
    ):
        raise InputError(
            f"The patterns are {shown(patterns)}, but must be texts such as 'layers/0/*'."
        )
    for pattern in patterns:
        if set(pattern) & set("+,@#=:()"):
            raise InputError(
                f"The pattern '{shown(pattern)}' holds one of + , @ # = : ( ): put ? in its place."
            )


@rule
class Freeze(Opaque):
    """Parameters whose path matches a pattern stay; the rule inside sees the others only.

    The pattern is a shell's, in which * matches slashes too: "layers/0/*", "*bias". Frozen parameters
    have no state and count in no norm. PyTorch: ``requires_grad_(False)``. Optax:
    ``transforms.freeze``. Keras: ``trainable = False``.
    """

    word = "freeze"

    patterns: tuple[str, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        check_patterns(self.patterns)

    def words(self, name_of: Namer) -> list[str]:
        return [f"{self.word}={pattern}" for pattern in self.patterns]

    @classmethod
    def around(cls, rule: Rule, text: str, named: Callable[[str], Rule]) -> Wrapper:
        if isinstance(rule, Freeze):
            return cls(rule=rule.rule, patterns=(*rule.patterns, text))
        return cls(rule=rule, patterns=(text,))

    def kept(self, w: Params) -> int:
        return self.rule.kept(part_of(w, owners(w, self.patterns), 0))

    def init(self, w: Params) -> State:
        owned = owners(w, self.patterns)
        if all(owned):
            raise InputError(
                f"{self.title} freezes all parameters: leave some for the rule to move."
            )
        return self.rule.init(part_of(w, owned, 0))

    def step(self, f: Oracle, w: Params, s: State, t):
        owned = owners(w, self.patterns)

        def moving(part):
            loss, g = f(whole_of(w, owned, {0: part}))
            return loss, part_of(g, owned, 0)

        part, s, loss = self.rule.step(moving, part_of(w, owned, 0), s, t)
        return whole_of(w, owned, {0: part}), s, loss


@rule
class ByPart(Opaque):
    """Parameters whose path matches a pattern go by a rule of their own, all others by ``rule``.

    ``patterns`` are a shell's, as in :class:`Freeze`; the first that matches counts, and ``rules``
    are theirs in turn. Their hyperparameters are called part1.lr, part2.lr, …; a race tunes that of
    ``rule``. All see one gradient, so that rules which ask once, at w, serve. PyTorch: parameter
    groups. Optax: ``partition``. Keras has none.
    """

    word = "part"

    patterns: tuple[str, ...]
    rules: tuple[Rule, ...] = dataclasses.field(metadata=INSIDE)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_patterns(self.patterns)
        if not isinstance(self.rules, tuple) or len(self.rules) != len(self.patterns):
            raise InputError(
                f"There are {len(self.patterns)} patterns but the rules {shown(self.rules)}: give a "
                "tuple with one for each."
            )
        for one in self.rules:
            if not isinstance(one, Rule) or one.inside():
                raise InputError(
                    f"The rule of a part is {shown(one)}, but must be a plain rule: wrap the whole."
                )
        for one in (self.rule, *self.rules):
            check_asks_once(one, "a part")

    def inside(self) -> dict[str, Rule]:
        return {"": self.rule, **{f"part{i}.": one for i, one in enumerate(self.rules, 1)}}

    def holding(self, inside: Mapping[str, Rule]) -> Any:
        first, *rest = inside.values()
        return dataclasses.replace(self, rule=first, rules=tuple(rest))

    def words(self, name_of: Namer) -> list[str]:
        both = zip(self.patterns, self.rules, strict=True)
        return [f"{self.word}={pattern}:{name_of(one)}" for pattern, one in both]

    @classmethod
    def around(cls, rule: Rule, text: str, named: Callable[[str], Rule]) -> Wrapper:
        pattern, colon, name = text.partition(":")
        if not colon:
            raise InputError(f"A part is '{shown(text)}', but must be pattern:rule, as *bias:gd.")
        one = named(name)
        if isinstance(rule, ByPart):
            more = (*rule.patterns, pattern), (*rule.rules, one)
            return cls(rule=rule.rule, patterns=more[0], rules=more[1])
        return cls(rule=rule, patterns=(pattern,), rules=(one,))

    @property
    def memory(self) -> None:
        """It hangs on which rule a parameter has."""
        return None

    def kept(self, w: Params) -> int:
        owned = owners(w, self.patterns)
        each_one = enumerate((self.rule, *self.rules))
        return sum(one.kept(part_of(w, owned, i)) for i, one in each_one)

    def init(self, w: Params) -> State:
        owned = owners(w, self.patterns)
        each_one = enumerate((self.rule, *self.rules))
        return {f"part{i}": one.init(part_of(w, owned, i)) for i, one in each_one}

    def step(self, f: Oracle, w: Params, s: State, t):
        owned, (loss, g) = owners(w, self.patterns), f(w)
        parts, states = {}, {}
        for i, one in enumerate((self.rule, *self.rules)):
            mine = part_of(w, owned, i)
            seen = (loss, part_of(g, owned, i))
            parts[i], states[f"part{i}"], _ = one.step(
                lambda _, seen=seen: seen, mine, s[f"part{i}"], t
            )
        return whole_of(w, owned, parts), states, loss
