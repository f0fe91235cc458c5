"""Optax's optimizers: the names, arguments and defaults of Optax 0.2.8; a ``learning_rate`` must be given, as there.

``mu_dtype``, masks and what else changes no formula are left out, and ``eps_root``, which is 0: for those,
:func:`uzviz.from_optax` takes the transform itself.
"""

from __future__ import annotations

from uzviz.dialects.adam import AMSGradOfCorrected, NAdamDecayed, RAdamCorrected
from uzviz.dialects.adaptive import (
    AdaGradInside,
    RMSPropCentredInside,
    RMSPropInside,
)
from uzviz.dialects.descent import NesterovAtW, RpropLate
from uzviz.rules import AdaDelta, Adam, Adamax, AdamW, GradientDescent, Lion, Momentum, NAdam, Rule


def sgd(learning_rate: float, momentum: float = 0.0, nesterov: bool = False) -> Rule:
    """``sgd``."""
    if not momentum:
        return GradientDescent(lr=learning_rate)
    make = NesterovAtW if nesterov else Momentum
    return make(lr=learning_rate, beta=momentum)


def adagrad(
    learning_rate: float, initial_accumulator_value: float = 0.1, eps: float = 1e-7
) -> Rule:
    """``adagrad``: ε inside the root, from 0.1."""
    return AdaGradInside(lr=learning_rate, r0=initial_accumulator_value, eps=eps)


def rmsprop(
    learning_rate: float,
    decay: float = 0.9,
    eps: float = 1e-8,
    centered: bool = False,
    momentum: float = 0.0,
) -> Rule:
    """``rmsprop``: ε inside the root."""
    make = RMSPropCentredInside if centered else RMSPropInside
    return make(lr=learning_rate, rho=decay, eps=eps, beta=momentum)


def adam(learning_rate: float, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Rule:
    """``adam``: ours."""
    return Adam(lr=learning_rate, b1=b1, b2=b2, eps=eps)


def adamw(
    learning_rate: float,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 1e-4,
) -> Rule:
    """``adamw``: ours with λ = 0.0001."""
    return AdamW(lr=learning_rate, b1=b1, b2=b2, eps=eps, decay=weight_decay)


def amsgrad(learning_rate: float, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Rule:
    """``amsgrad``: the maximum of the corrected."""
    return AMSGradOfCorrected(lr=learning_rate, b1=b1, b2=b2, eps=eps)


def adamax(learning_rate: float, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Rule:
    """``adamax``: ε inside the maximum."""
    return Adamax(lr=learning_rate, b1=b1, b2=b2, eps=eps)


def nadam(learning_rate: float, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Rule:
    """``nadam``: constant momentum."""
    return NAdam(lr=learning_rate, b1=b1, b2=b2, eps=eps)


def nadamw(
    learning_rate: float,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 1e-4,
) -> Rule:
    """``nadamw``: constant momentum, and decay."""
    return NAdamDecayed(lr=learning_rate, b1=b1, b2=b2, eps=eps, decay=weight_decay)


def radam(learning_rate: float, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Rule:
    """``radam``: ε after the correction."""
    return RAdamCorrected(lr=learning_rate, b1=b1, b2=b2, eps=eps)


def adadelta(learning_rate: float, rho: float = 0.9, eps: float = 1e-6) -> Rule:
    """``adadelta``."""
    return AdaDelta(lr=learning_rate, rho=rho, eps=eps)


def rprop(
    learning_rate: float,
    eta_minus: float = 0.5,
    eta_plus: float = 1.2,
    min_step_size: float = 1e-6,
    max_step_size: float = 50.0,
) -> Rule:
    """``rprop``: each step one step late."""
    low, high = min_step_size, max_step_size
    return RpropLate(lr=learning_rate, down=eta_minus, up=eta_plus, least=low, most=high)


def lion(
    learning_rate: float, b1: float = 0.9, b2: float = 0.99, weight_decay: float = 1e-3
) -> Rule:
    """``lion``: with decay."""
    return Lion(lr=learning_rate, b1=b1, b2=b2, decay=weight_decay)
