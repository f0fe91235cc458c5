"""Other libraries' optimizers as our rules: ``torch``, ``optax`` and ``keras``.

``NAMES`` has those that the command line knows; they are entered beside the rules' own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from uzviz import rules
from uzviz.dialects import adam, adaptive, descent, keras, optax, torch
from uzviz.rules import Rule

USUAL = 1e-3
"""The step size of an optimizer whose library gives it none, until told otherwise."""

LIBRARIES: dict[str, dict[str, Callable[[], Rule]]] = {
    "torch": {
        "sgd": torch.sgd,
        "sgd-momentum": partial(torch.sgd, momentum=0.9),
        "sgd-dampened": partial(torch.sgd, momentum=0.9, dampening=0.5),
        "sgd-nesterov": partial(torch.sgd, momentum=0.9, nesterov=True),
        "adagrad": torch.adagrad,
        "rmsprop": torch.rmsprop,
        "rmsprop-momentum": partial(torch.rmsprop, momentum=0.9),
        "rmsprop-centered": partial(torch.rmsprop, centered=True),
        "adam": torch.adam,
        "adam-amsgrad": partial(torch.adam, amsgrad=True),
        "adamw": torch.adamw,
        "adamax": torch.adamax,
        "nadam": torch.nadam,
        "radam": torch.radam,
        "adadelta": torch.adadelta,
        "rprop": torch.rprop,
        "asgd": torch.asgd,
        "adafactor": torch.adafactor,
    },
    "keras": {
        "sgd": keras.sgd,
        "sgd-momentum": partial(keras.sgd, momentum=0.9),
        "sgd-nesterov": partial(keras.sgd, momentum=0.9, nesterov=True),
        "adagrad": keras.adagrad,
        "rmsprop": keras.rmsprop,
        "rmsprop-centered": partial(keras.rmsprop, centered=True),
        "adam": keras.adam,
        "adam-amsgrad": partial(keras.adam, amsgrad=True),
        "adamw": keras.adamw,
        "adamax": keras.adamax,
        "nadam": keras.nadam,
        "adadelta": keras.adadelta,
        "lion": keras.lion,
        "adafactor": keras.adafactor,
        "ftrl": keras.ftrl,
    },
    "optax": {
        "sgd": partial(optax.sgd, USUAL),
        "sgd-momentum": partial(optax.sgd, USUAL, momentum=0.9),
        "sgd-nesterov": partial(optax.sgd, USUAL, momentum=0.9, nesterov=True),
        "adagrad": partial(optax.adagrad, USUAL),
        "rmsprop": partial(optax.rmsprop, USUAL),
        "rmsprop-centered": partial(optax.rmsprop, USUAL, centered=True),
        "adam": partial(optax.adam, USUAL),
        "adamw": partial(optax.adamw, USUAL),
        "amsgrad": partial(optax.amsgrad, USUAL),
        "adamax": partial(optax.adamax, USUAL),
        "nadam": partial(optax.nadam, USUAL),
        "nadamw": partial(optax.nadamw, USUAL),
        "radam": partial(optax.radam, USUAL),
        "adadelta": partial(optax.adadelta, USUAL),
        "rprop": partial(optax.rprop, USUAL),
        "lion": partial(optax.lion, USUAL),
    },
}
OWN: list[type[Rule]] = [
    found
    for module in (descent, adaptive, adam)
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, Rule) and found.__module__ == module.__name__
]
"""The formulas that no rule of ours has; a log knows them by their own names."""
NAMES: dict[str, Callable[[], Rule]] = {
    **{f"{of}.{name}": make for of, made in LIBRARIES.items() for name, make in made.items()},
    **{cls.name: cls for cls in OWN},
}

rules.DIALECTS.update(NAMES)

__all__ = ["LIBRARIES", "NAMES", "OWN", "keras", "optax", "torch"]
