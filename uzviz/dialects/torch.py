"""PyTorch's optimizers: the names, arguments and defaults of ``torch.optim`` (2.13).

``maximize`` and what changes no number (``foreach``, ``fused``, ``capturable``, ``differentiable``) are left out.
"""

from __future__ import annotations

from uzviz.dialects.adam import AMSGradCorrected, NAdamScheduled, RAdamBefore
from uzviz.dialects.adaptive import (
    AdafactorBounded,
    AdaGradFrom,
    RMSPropCentred,
    RMSPropMomentum,
)
from uzviz.dialects.descent import Dampened, Falling, NesterovAtW
from uzviz.errors import InputError
from uzviz.rules import (
    L2,
    AdaDelta,
    AdaGrad,
    Adam,
    Adamax,
    AdamW,
    GradientDescent,
    Momentum,
    RMSProp,
    Rprop,
    Rule,
)
from uzviz.schedules import InverseTime

Betas = tuple[float, float]
BETAS = (0.9, 0.999)
LONG = 1e9
"""Steps after which a step size that falls for ever stays."""


def _decayed(rule: Rule, weight_decay: float) -> Rule:
    return L2(rule=rule, l2=weight_decay) if weight_decay else rule


def sgd(
    lr: float = 1e-3,
    momentum: float = 0.0,
    dampening: float = 0.0,
    weight_decay: float = 0.0,
    nesterov: bool = False,
) -> Rule:
    """``SGD``."""
    if nesterov and (not momentum or dampening):
        raise InputError(
            f"nesterov needs a momentum and no dampening, but they are {momentum} and {dampening}."
        )
    if nesterov:
        rule: Rule = NesterovAtW(lr=lr, beta=momentum)
    elif momentum and dampening:
        rule = Dampened(lr=lr, beta=momentum, dampening=dampening)
    elif momentum:
        rule = Momentum(lr=lr, beta=momentum)
    else:
        rule = GradientDescent(lr=lr)
    return _decayed(rule, weight_decay)


def adagrad(
    lr: float = 1e-2,
    lr_decay: float = 0.0,
    weight_decay: float = 0.0,
    initial_accumulator_value: float = 0.0,
    eps: float = 1e-10,
) -> Rule:
    """``Adagrad``: our AdaGrad with ε = 1e-10, unless it begins above 0."""
    size = InverseTime(lr, LONG, lr_decay * LONG) if lr_decay else lr
    if initial_accumulator_value:
        rule: Rule = AdaGradFrom(lr=size, r0=initial_accumulator_value, eps=eps)  # pyright: ignore[reportArgumentType]: a schedule may stand in any field
    else:
        rule = AdaGrad(lr=size, eps=eps)  # pyright: ignore[reportArgumentType]: as above
    return _decayed(rule, weight_decay)


def rmsprop(
    lr: float = 1e-2,
    alpha: float = 0.99,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    momentum: float = 0.0,
    centered: bool = False,
) -> Rule:
    """``RMSprop``: our RMSProp with ρ = 0.99, unless centred or with momentum."""
    if centered:
        rule: Rule = RMSPropCentred(lr=lr, rho=alpha, eps=eps, beta=momentum)
    elif momentum:
        rule = RMSPropMomentum(lr=lr, rho=alpha, eps=eps, beta=momentum)
    else:
        rule = RMSProp(lr=lr, rho=alpha, eps=eps)
    return _decayed(rule, weight_decay)


def adam(
    lr: float = 1e-3,
    betas: Betas = BETAS,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    amsgrad: bool = False,
) -> Rule:
    """``Adam``: ours, or with ``amsgrad`` the maximum of the uncorrected, corrected after."""
    make = AMSGradCorrected if amsgrad else Adam
    return _decayed(make(lr=lr, b1=betas[0], b2=betas[1], eps=eps), weight_decay)


def adamw(
    lr: float = 1e-3, betas: Betas = BETAS, eps: float = 1e-8, weight_decay: float = 1e-2
) -> Rule:
    """``AdamW``: ours."""
    return AdamW(lr=lr, b1=betas[0], b2=betas[1], eps=eps, decay=weight_decay)


def adamax(
    lr: float = 2e-3, betas: Betas = BETAS, eps: float = 1e-8, weight_decay: float = 0.0
) -> Rule:
    """``Adamax``: ε inside the maximum."""
    return _decayed(Adamax(lr=lr, b1=betas[0], b2=betas[1], eps=eps), weight_decay)


def nadam(
    lr: float = 2e-3,
    betas: Betas = BETAS,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    momentum_decay: float = 4e-3,
) -> Rule:
    """``NAdam``: momentum by a schedule."""
    rule = NAdamScheduled(lr=lr, b1=betas[0], b2=betas[1], eps=eps, psi=momentum_decay)
    return _decayed(rule, weight_decay)


def radam(
    lr: float = 1e-3, betas: Betas = BETAS, eps: float = 1e-8, weight_decay: float = 0.0
) -> Rule:
    """``RAdam``: ε before the correction."""
    return _decayed(RAdamBefore(lr=lr, b1=betas[0], b2=betas[1], eps=eps), weight_decay)


def adadelta(
    lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0.0
) -> Rule:
    """``Adadelta``."""
    return _decayed(AdaDelta(lr=lr, rho=rho, eps=eps), weight_decay)


def asgd(
    lr: float = 1e-2, lambd: float = 1e-4, alpha: float = 0.75, weight_decay: float = 0.0
) -> Rule:
    """``ASGD``: without the average that it keeps beside."""
    return _decayed(Falling(lr=lr, decay=lambd, power=alpha), weight_decay)


def adafactor(
    lr: float = 1e-2,
    beta2_decay: float = -0.8,
    eps: float | None = None,
    d: float = 1.0,
    weight_decay: float = 0.0,
) -> Rule:
    """``Adafactor``: bounded from below; eps is the first of PyTorch's two, the second is 0.001."""
    return AdafactorBounded(lr=lr, c=-beta2_decay, clip=d, eps=eps or 0.0, decay=weight_decay)


def rprop(lr: float = 1e-2, etas: Betas = (0.5, 1.2), step_sizes: Betas = (1e-6, 50.0)) -> Rule:
    """``Rprop``."""
    low, high = step_sizes
    return Rprop(lr=lr, minus=etas[0], plus=etas[1], least=low, most=high)
