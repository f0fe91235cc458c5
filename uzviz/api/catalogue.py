"""What there is, by the names that the command line knows."""

from __future__ import annotations

import inspect
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
    """The problem of that name: a surface, or a data set learned by an MLP.

    ``options`` are those of the surface, or of ``problems.classify`` and ``problems.regress``.

    Raises
    ------
    InputError
        for a name nobody knows and for options that cannot be used.
    """
    if name in problems.SURFACES:
        if task is not None:
            raise InputError(f"{name} has no task: give --task with data only.")
        make, taken = problems.SURFACES[name], problems.SURFACES[name]
    elif name == "digits" or ":" in name or name.endswith(".csv"):
        learn = problems.learn if task is None else named("task", task, _TASKS)
        make, taken = partial(learn, name), problems.classify
    else:
        raise unknown("problem", name, [*problems.SURFACES, "digits", "file.csv:target"])
    allowed = list(inspect.signature(taken).parameters.keys() - {"data"})
    for option in options:
        if option not in allowed:
            raise InputError(
                f"{shown(name)} has no option '{option}': it takes {', '.join(sorted(allowed))}."
            )
    return make(**options)


def _rules() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "title": cls.title,
            "text": inspect.cleandoc(cls.__doc__ or ""),
            "gradients": cls.gradients,
            "memory": cls.memory,
            "hyperparameters": [
                {"name": k, "default": h.default, "range": h.interval.text, "meaning": h.meaning}
                for k, h in hyper.declared(cls).items()
            ],
        }
        for name, cls in rules.NAMES.items()
    ]


def _problems() -> list[dict[str, Any]]:
    surfaces = {name: inspect.cleandoc(f.__doc__ or "") for name, f in problems.SURFACES.items()}
    data = {
        "digits": "scikit-learn's 1,797 handwritten digits of 8 × 8 pixels, in ten classes.",
        "file.csv:target": "Any CSV file with a header: classes or a number from its columns.",
    }
    return [{"name": n, "title": "", "text": text} for n, text in {**data, **surfaces}.items()]


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
