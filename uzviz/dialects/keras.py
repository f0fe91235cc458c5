"""Keras' optimizers: the names, arguments and defaults of ``keras.optimizers`` (3.15).

What they take beside their formula (``clipnorm``, ``use_ema``, ``gradient_accumulation_steps``, …) is left out: wrap the rule.
"""

from __future__ import annotations

from uzviz.dialects.adam import AdamaxOutside, AdamBefore, AMSGradBefore, NAdamScheduled
from uzviz.dialects.adaptive import (
    FTRL,
    AdafactorFalling,
    AdaGradInside,
    RMSPropCentredInside,
    RMSPropInside,
)
from uzviz.dialects.descent import NesterovVelocity, Velocity
from uzviz.rules import AdaDelta, GradientDescent, Lion, Rule


def sgd(learning_rate: float = 0.01, momentum: float = 0.0, nesterov: bool = False) -> Rule:
    """``SGD``: its momentum keeps the velocity."""
    if not momentum:
        return GradientDescent(lr=learning_rate)
    make = NesterovVelocity if nesterov else Velocity
    return make(lr=learning_rate, beta=momentum)


def adagrad(
    learning_rate: float = 1e-3, initial_accumulator_value: float = 0.1, epsilon: float = 1e-7
) -> Rule:
    """``Adagrad``: ε inside the root, from 0.1."""
    return AdaGradInside(lr=learning_rate, r0=initial_accumulator_value, eps=epsilon)


def rmsprop(
    learning_rate: float = 1e-3,
    rho: float = 0.9,
    momentum: float = 0.0,
    epsilon: float = 1e-7,
    centered: bool = False,
) -> Rule:
    """``RMSprop``: ε inside the root."""
    make = RMSPropCentredInside if centered else RMSPropInside
    return make(lr=learning_rate, rho=rho, eps=epsilon, beta=momentum)


def adam(
    learning_rate: float = 1e-3,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    amsgrad: bool = False,
) -> Rule:
    """``Adam``: ε before the correction."""
    if amsgrad:
        return AMSGradBefore(lr=learning_rate, b1=beta_1, b2=beta_2, eps=epsilon)
    return AdamBefore(lr=learning_rate, b1=beta_1, b2=beta_2, eps=epsilon, decay=0.0)


def adamw(
    learning_rate: float = 1e-3,
    weight_decay: float = 0.004,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> Rule:
    """``AdamW``: ε before the correction."""
    return AdamBefore(lr=learning_rate, b1=beta_1, b2=beta_2, eps=epsilon, decay=weight_decay)


def adamax(
    learning_rate: float = 1e-3, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7
) -> Rule:
    """``Adamax``: ε beside the maximum."""
    return AdamaxOutside(lr=learning_rate, b1=beta_1, b2=beta_2, eps=epsilon)


def nadam(
    learning_rate: float = 1e-3, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7
) -> Rule:
    """``Nadam``: momentum by a schedule of pace 1."""
    return NAdamScheduled(lr=learning_rate, b1=beta_1, b2=beta_2, eps=epsilon, psi=1.0)


def adadelta(learning_rate: float = 1e-3, rho: float = 0.95, epsilon: float = 1e-7) -> Rule:
    """``Adadelta``."""
    return AdaDelta(lr=learning_rate, rho=rho, eps=epsilon)


def lion(learning_rate: float = 1e-3, beta_1: float = 0.9, beta_2: float = 0.99) -> Rule:
    """``Lion``."""
    return Lion(lr=learning_rate, b1=beta_1, b2=beta_2, decay=0.0)


def adafactor(
    learning_rate: float = 1e-3,
    beta_2_decay: float = -0.8,
    epsilon_1: float = 1e-30,
    clip_threshold: float = 1.0,
) -> Rule:
    """``Adafactor``: the paper's step size."""
    return AdafactorFalling(lr=learning_rate, c=-beta_2_decay, eps=epsilon_1, clip=clip_threshold)


def ftrl(
    learning_rate: float = 1e-3,
    learning_rate_power: float = -0.5,
    initial_accumulator_value: float = 0.1,
    l1_regularization_strength: float = 0.0,
    l2_regularization_strength: float = 0.0,
    l2_shrinkage_regularization_strength: float = 0.0,
    beta: float = 0.0,
) -> Rule:
    """``Ftrl``."""
    return FTRL(
        lr=learning_rate, power=-learning_rate_power, r0=initial_accumulator_value,
        l1=l1_regularization_strength, l2=l2_regularization_strength,
        shrink=l2_shrinkage_regularization_strength, beta=beta,
    )  # fmt: skip
