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
