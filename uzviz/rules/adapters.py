"""Optax both ways: its transforms as rules, and rules as its transforms.

Optax is imported when first asked for, since nothing else here needs it.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import tree
from uzviz.errors import InputError, shown
from uzviz.hyper import hyperparameter
from uzviz.rules.base import Oracle, Params, Rule, State, rule
from uzviz.rules.wrappers import check_asks_once
from uzviz.tree import each

SIDE = 64
"""Side of the matrix of parameters by which the state of a transform is measured."""


def _optax() -> Any:
    try:
        import optax
    except ImportError:
        raise InputError("Optax is not installed: pip install optax.") from None
    return optax


class FromOptax(Rule):
    """An Optax transform as a rule: :math:`w \\leftarrow w + φu`, u its update."""

    transform: Any
    tuned = "learning_rate"

    def init(self, w: Params) -> State:
        return {"optax": self.transform.init(w)}

    def step(self, f: Oracle, w: Params, s: State, t):
        loss, g = f(w)
        state, own = s["optax"], injected(s["optax"])
        if own:
            new = {k: jnp.asarray(getattr(self, k), old.dtype) for k, old in own.items()}
            state = state._replace(hyperparams={**state.hyperparams, **new})
        update, state = (
            _optax().with_extra_args_support(self.transform).update(g, state, w, value=loss, grad=g)
        )
        factor = getattr(self, "factor", 1.0)
        return each(lambda w, u: w + factor * u, w, update), {"optax": state}, loss


def injected(state: Any) -> dict[str, Any]:
    """The numbers that ``optax.inject_hyperparams`` keeps in a state, but for those on its schedules."""
    timed = getattr(state, "hyperparams_states", {})
    return {k: x for k, x in getattr(state, "hyperparams", {}).items() if k not in timed}


def from_optax(transform: Any, name: str = "optax") -> Rule:
    r"""The rule that an Optax transform is: :math:`w \leftarrow w + φu`, u its update, φ = 1.

    What ``optax.inject_hyperparams`` exposes are its hyperparameters, and a race tunes the
    ``learning_rate`` among them; there is no φ then. Of any other transform φ, ``factor``, is the only
    one, and a race gives it a single try, unless its grid names factors: of an optimizer whose update is
    in proportion to its step size, they are step sizes.

    A transform holds functions, which no log can keep: give the same rule again, under the same name,
    to :func:`uzviz.resume`. One that asks for more than gradient, loss and parameters, such as a line
    search, is refused.

    Raises
    ------
    InputError
        for what is no transform or asks for more, and where Optax is not installed.
    """
    optax = _optax()
    if not isinstance(transform, optax.GradientTransformation):
        raise InputError(
            f"The transform is {shown(transform)}, but must be one of Optax's, such as "
            "optax.adam(1e-3)."
        )
    if not isinstance(name, str) or not name or set(name) & set("+,@#=.;"):
        raise InputError(
            f"The name is {shown(name)}, but must be a text without any of + , @ # = . ;"
        )
    w = {"w": jnp.zeros((SIDE, SIDE))}
    try:
        state = transform.init(w)
        update = optax.with_extra_args_support(transform).update
        jax.eval_shape(lambda s: update(w, s, w, value=jnp.zeros(()), grad=w), state)
    except Exception as error:  # whatever a transform of the user's own raises
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        raise InputError(
            "The transform cannot be used: it must take gradient, loss and parameters of any kind, but on one "
            f"matrix it raises {shown(said)}; rules for parts are said by part and freeze."
        ) from error
    own = {k: np.asarray(x) for k, x in injected(state).items() if jnp.ndim(x) == 0}
    numbers = {k: float(str(x)) for k, x in own.items()}  # 0.001, and not float32's 0.00100000005
    fields = {
        k: hyperparameter(x, "(0, inf)" if k == "learning_rate" else "(-inf, inf)", f"Optax's {k}")
        for k, x in numbers.items()
    } or {"factor": hyperparameter(1.0, "(0, inf)", "factor φ on the transform's update")}
    body = {
        "__annotations__": {**dict.fromkeys(fields, float)},
        "__doc__": from_optax.__doc__,
        **fields,
        "title": name,
        "memory": round((tree.size(state) - len(numbers)) / SIDE**2),
        "transform": transform,
    }
    return rule(type(name, (FromOptax,), body))()


class Missing:
    """A loss that was not handed on: a rule that looks at it says so."""

    def _refuse(self, *_: Any) -> Any:
        raise InputError(
            "This rule looks at the loss: hand it on, as transform.update(g, state, w, value=loss)."
        )

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = (
        _refuse
    )
    __pow__ = __neg__ = __lt__ = __le__ = __gt__ = __ge__ = __float__ = __jax_array__ = _refuse


def to_optax(rule: Rule) -> Any:
    """The ``optax.GradientTransformationExtraArgs`` that a rule is: its updates are the new w less the old.

    ``update`` needs the parameters, and of rules that look at the loss its ``value``. Schedules see
    Optax's count of updates, from 1. Of a sum of updates in a chain, the rule's is what it would do alone.

    Raises
    ------
    InputError
        for a rule that asks for gradients elsewhere than at w, or for several a step, since Optax hands on
        one; and where Optax is not installed.
    """
    optax = _optax()
    if not isinstance(rule, Rule):
        raise InputError(f"The rule is {shown(rule)}, but must be a rule such as Adam().")
    check_asks_once(rule, "an Optax transform")

    def init(params: Params) -> Any:
        return {"t": jnp.zeros((), jnp.int32), "rule": rule.at(1).init(params)}

    def update(
        g: Params, state: Any, params: Params = None, *, value: Any = None, **more: Any
    ) -> Any:
        if params is None:
            raise InputError("A rule needs the parameters: transform.update(g, state, w).")
        t = state["t"] + 1
        loss: Any = Missing() if value is None else value
        new, s, _ = rule.at(t).step(lambda _: (loss, g), params, state["rule"], t)
        return jax.tree.map(lambda new, w: new - w, new, params), {"t": t, "rule": s}

    return optax.GradientTransformationExtraArgs(init, update)
