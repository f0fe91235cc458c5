"""Rules around a rule: they change the gradients that it sees, or the parameters that it may move.

Sorted by complexity. A wrapper's hyperparameters stand beside those of the rule inside, which keep
their names; ``adam+clip-norm=1`` is its name on the command line. The outermost sees a gradient first.
"""

# What a rule says of its class, a wrapper says of its instance, since it depends on the rule inside:
# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, ClassVar

import jax
import jax.numpy as jnp

from uzviz import hyper, tree
from uzviz.checks import whole
from uzviz.errors import InputError, shown
from uzviz.hyper import hyperparameter
from uzviz.rules.base import INSIDE, Oracle, Params, Rule, State, declared, rule, value
from uzviz.tree import each

Namer = Callable[[Rule], str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wrapper(Rule):
    """A rule around another, which tells of itself what that one tells."""

    word: ClassVar[str]
    """Its name after the plus sign."""

    rule: Rule = dataclasses.field(metadata=INSIDE)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.rule, Rule):
            raise InputError(
                f"{type(self).__name__} is given {shown(self.rule)}, but goes around a rule such as "
                "Adam()."
            )
        if any(type(r) is type(self) for r in chain(self.rule)):
            raise InputError(
                f"{type(self).__name__} goes around {self.rule.title}, which has one already: one is "
                "enough."
            )

    def inside(self) -> dict[str, Rule]:
        return {"": self.rule}

    def holding(self, inside: Mapping[str, Rule]) -> Any:
        return dataclasses.replace(self, rule=inside[""])

    def words(self, name_of: Namer) -> list[str]:
        """Itself, as the command line names it, without its hyperparameters."""
        return [self.word]

    @classmethod
    def around(cls, rule: Rule, text: str, named: Callable[[str], Rule]) -> Wrapper:
        """Itself around a rule, from what stands after the equals sign, if anything does."""
        if not text:
            return cls(rule=rule)
        name, h = next(iter(hyper.declared(cls).items()))
        try:
            number = float(text)
        except ValueError:
            raise InputError(
                f"{cls.word} is '{shown(text)}', but must be a number in {h.interval.text}."
            ) from None
        return cls(rule=rule, **{name: number})

    @property
    def title(self) -> str:
        return " + ".join([self.rule.title, *self.words(lambda rule: rule.title)])

    @property
    def gradients(self) -> int:
        return self.rule.gradients

    @property
    def memory(self) -> int | None:
        return self.rule.memory

    @property
    def tuned(self) -> str | None:
        return self.rule.tuned

    @property
    def adaptive(self) -> bool:
        return self.rule.adaptive

    def numbers(self, shape: tuple[int, ...]) -> int:
        return self.rule.numbers(shape)

    def init(self, w: Params) -> State:
        return self.rule.init(w)

    def threshold(self) -> Any:
        return self.rule.threshold()

    def preconditioner(self, s: State, t: Any) -> Params:
        return self.rule.preconditioner(s, t)


class Opaque(Wrapper):
    """A wrapper under which the inner rule's threshold no longer holds."""

    @property
    def adaptive(self) -> bool:
        return False

    def threshold(self) -> Any:
        return None


def chain(rule: Rule) -> list[Rule]:
    """A rule and the rules inside it, the outermost first."""
    return [rule, *(r for part in rule.inside().values() for r in chain(part))]


_asking: dict[Any, bool] = {}


def asks_once(rule: Rule) -> bool:
    """Whether a rule asks for one gradient a step, at w: found by letting it make one.

    Such a rule can be handed a gradient instead of an oracle.
    """
    structure = jax.tree.structure(rule)
    if structure not in _asking:
        _asking[structure] = _asks_once(rule.at(1))
    return _asking[structure]


def _asks_once(rule: Rule) -> bool:
    asked: list[bool] = []

    def step(w: Params) -> Params:
        def f(at: Params) -> tuple[jax.Array, Params]:
            pairs = zip(jax.tree.leaves(at), jax.tree.leaves(w), strict=True)
            asked.append(all(a is b for a, b in pairs))
            return jnp.zeros(()), at

        return rule.step(f, w, rule.init(w), jnp.asarray(1))[0]

    jax.eval_shape(step, {"a": jnp.zeros((2, 2)), "b": jnp.zeros(2)})
    return asked == [True]


def check_asks_once(rule: Rule, who: str) -> None:
    """Refuse a rule that asks for more gradients than one at w."""
    for one in chain(rule):
        if not one.inside() and not asks_once(one):
            raise InputError(
                f"{one.title} asks for gradients elsewhere than at w, or for several a step, but {who} "
                "has one, at w: choose a rule that asks once, such as Momentum or Adam."
            )


@rule
class ClipByValue(Wrapper):
    r"""Every element of the gradient is cut to an interval: :math:`g \leftarrow \min(\max(g, -c), c)`.

    Source: Mikolov (2012). PyTorch: ``clip_grad_value_``. Optax: ``clip``. Keras: ``clipvalue``.
    """

    word = "clip-value"

    limit: float = hyperparameter(1.0, "(0, inf)", "largest element c of a gradient")

    def step(self, f: Oracle, w: Params, s: State, t):
        def clipped(w):
            loss, g = f(w)
            return loss, each(lambda g: jnp.clip(g, -self.limit, self.limit), g)

        return self.rule.step(clipped, w, s, t)


@rule
class ClipByNorm(Wrapper):
    r"""A gradient that is too long is shortened: :math:`g \leftarrow g\,\min(1, c/‖g‖)`.

    The norm is that of all parameters together. Source: Pascanu, Mikolov & Bengio (2013). Optax:
    ``clip_by_global_norm``. Keras: ``global_clipnorm``. PyTorch's ``clip_grad_norm_`` divides by
    :math:`‖g‖ + 10^{-6}`.
    """

    word = "clip-norm"

    max_norm: float = hyperparameter(1.0, "(0, inf)", "largest norm c of a gradient")

    def step(self, f: Oracle, w: Params, s: State, t):
        def clipped(w):
            loss, g = f(w)
            length = tree.norm(g)
            scale = self.max_norm / jnp.maximum(length, self.max_norm)
            return loss, each(lambda g: g * scale, g)

        return self.rule.step(clipped, w, s, t)


@rule
class L2(Opaque):
    r"""The gradient of λ‖w‖²/2 is added, and so enters the averages: :math:`g \leftarrow g + λw`.

    Source: Hanson & Pratt (1988). PyTorch: ``weight_decay`` of all its optimizers but AdamW, which
    has :class:`~uzviz.rules.AdamW`'s. Optax: ``add_decayed_weights`` in front. Keras' optimizers have
    the decay of AdamW only.
    """

    word = "l2"

    l2: float = hyperparameter(0.01, "[0, inf)", "coefficient λ of ‖w‖²/2")

    def step(self, f: Oracle, w: Params, s: State, t):
        def penalised(w):
            loss, g = f(w)
            return loss, each(lambda g, w: g + self.l2 * w, g, w)

        return self.rule.step(penalised, w, s, t)


@rule
class DecayMatrices(Opaque):
    r"""Matrices shrink beside the step, biases and scales do not: :math:`W \leftarrow W - αλW`.

    All leaves with two axes or more are matrices. α is the step size of the rule inside, which must
    have one. Source: Loshchilov & Hutter (2019); on matrices only, Devlin et al. (2019). PyTorch:
    AdamW with parameter groups. Optax: ``add_decayed_weights`` with a mask. Keras:
    ``exclude_from_weight_decay``.
    """

    word = "decay-matrices"

    matrix_decay: float = hyperparameter(0.01, "[0, inf)", "decay λ of matrices")

    def __post_init__(self) -> None:
        super().__post_init__()
        if "lr" not in declared(self.rule):
            raise InputError(
                f"{self.rule.title} has no step size lr for the decay to go by: give a rule with one."
            )

    def step(self, f: Oracle, w: Params, s: State, t):
        shrink = value(self.rule, "lr") * self.matrix_decay
        new, s, loss = self.rule.step(f, w, s, t)
        new = each(lambda new, w: new - shrink * w if w.ndim > 1 else new, new, w)
        return new, s, loss


@rule
class Accumulate(Wrapper):
    r"""The rule inside steps once in k steps, by the mean of their k gradients.

    Each of the k steps costs its own gradient, so that a budget buys as many examples and k times
    fewer updates; a batch counts the same whatever its size. The rule inside counts its own steps,
    t/k; schedules go by the steps of the training. A last round that is not full moves nothing.
    Source: Goyal et al. (2017), section 3; Optax: ``MultiSteps``. Keras:
    ``gradient_accumulation_steps``.
    """

    word = "accumulate"

    k: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        if not whole(self.k, 1, 10**6):
            raise InputError(
                f"Accumulate: k is {shown(self.k)}, but must be a whole number from 1 to 1,000,000."
            )
        check_asks_once(self.rule, "the mean of k gradients")

    def words(self, name_of: Namer) -> list[str]:
        return [f"{self.word}={self.k}"]

    @classmethod
    def around(cls, rule: Rule, text: str, named: Callable[[str], Rule]) -> Wrapper:
        if not text:
            return cls(rule=rule)
        return cls(rule=rule, k=int(text) if text.isdecimal() and len(text) < 8 else text)  # pyright: ignore[reportArgumentType]: refused there, in a sentence

    @property
    def memory(self) -> int | None:
        return None if self.rule.memory is None else self.rule.memory + 1

    def numbers(self, shape: tuple[int, ...]) -> int:
        return self.rule.numbers(shape) + math.prod(shape)

    def init(self, w: Params) -> State:
        return {"rule": self.rule.init(w), "mean": tree.zeros(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        g = each(lambda mean, g: mean + g / self.k, s["mean"], g)

        def move(w, inner, g):
            w, inner, _ = self.rule.step(lambda _: (loss, g), w, inner, t // self.k)
            return w, inner, tree.zeros(g)

        full = jnp.asarray(t) % self.k == 0
        w, inner, g = jax.lax.cond(full, move, lambda *same: same, w, s["rule"], g)
        return w, {"rule": inner, "mean": g}, loss

    def preconditioner(self, s: State, t):
        return self.rule.preconditioner(s["rule"], jnp.maximum(t // self.k, 1))


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


WRAPPERS: dict[str, type[Wrapper]] = {
    cls.word: cls
    for cls in (ClipByValue, ClipByNorm, L2, DecayMatrices, Accumulate, Freeze, ByPart)
}
