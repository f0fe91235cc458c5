"""What there is, by the names that the command line knows."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from functools import partial
from typing import Any

from uzviz import distances, hyper, problems, rules
from uzviz.errors import InputError, named, shown, unknown
from uzviz.problems import Problem

rule_named = rules.named
_TASKS: dict[str, Callable[..., Problem]] = {
    "classify": problems.classify,
    "regress": problems.regress,
}


def problem_named(name: str, *, task: str | None = None, **options: Any) -> Problem:
    """The problem of that name: a surface, a line, a formula, or a data set learned by an MLP.

    ``options`` are those of the surface, the line or ``problems.formula``, or of ``problems.classify``
    and ``problems.regress``.

    Raises
    ------
    InputError
        for a name nobody knows and for options that cannot be used.
    """
    if name == "digits" or name in problems.SHAPES or ":" in name or name.endswith(".csv"):
        learn = problems.learn if task is None else named("task", task, _TASKS)
        make, taken = partial(learn, name), problems.classify
    else:
        if task is not None:
            raise InputError(f"{shown(name)} has no task: give --task with data only.")
        make = taken = problems.NAMED[name] if name in problems.NAMED else _formula(name)
    allowed = list(inspect.signature(taken).parameters.keys() - {"data"})
    for option in options:
        if option not in allowed:
            raise InputError(
                f"{shown(name)} has no option '{option}': it takes {', '.join(sorted(allowed))}."
            )
    return make(**options)


def _formula(text: str) -> Callable[..., Problem]:
    """What makes a problem of a formula. A single word that is none is an unknown name."""
    try:
        problems.Formula.of(text)
    except InputError:
        if text.replace("-", "").isalpha():
            names = [*problems.NAMED, "digits", *problems.SHAPES, "file.csv:target"]
            raise unknown("problem", text, names) from None
        raise
    return partial(problems.formula, text)


SHAPES = {"matrix 784 × 128": (784, 128), "vector": (128,)}
"""Tensors of parameters by which state is told that hangs on their shape."""


def _rules() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "family": family,
            "title": cls.title,
            "text": inspect.cleandoc(cls.__doc__ or ""),
            "gradients": cls.gradients,
            "memory": cls.memory,
            "state": {what: cls().numbers(s) / math.prod(s) for what, s in SHAPES.items()},
            "tuned": cls.tuned,
            "hyperparameters": [
                {"name": k, "default": h.default, "range": h.interval.text, "meaning": h.meaning}
                for k, h in hyper.declared(cls).items()
            ],
        }
        for family, members in rules.FAMILIES.items()
        for name, cls in members.items()
    ]


def _problems() -> list[dict[str, Any]]:
    made = {
        name: inspect.cleandoc(f.__doc__ or "").split("\n\n")[0]
        for name, f in problems.NAMED.items()
    }
    data = {
        "digits": "scikit-learn's 1,797 handwritten digits of 8 × 8 pixels, in ten classes.",
        "file.csv:target": "Any CSV file with a header: classes or a number from its columns.",
        **{
            name: f"300 points in a plane: {shape.__doc__}"
            for name, shape in problems.SHAPES.items()
        },
        '"x^4 - 8x^2 + 16"': "Any formula of x, or of x and y, with "
        f"{', '.join(problems.FUNCTIONS)}, pi and e.",
    }
    return [{"name": n, "title": "", "text": text} for n, text in {**data, **made}.items()]


def _distances() -> list[dict[str, Any]]:
    return [
        {"name": name, "title": "", "text": inspect.cleandoc(f.__doc__ or "")}
        for name, f in distances.NAMES.items()
    ]


CATALOGUES: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "rules": _rules,
    "problems": _problems,
    "distances": _distances,
}
"""What can be listed."""
