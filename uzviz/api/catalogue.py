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
    """The problem of that name: a surface, a line, a formula, or a data set learned by an MLP.

    ``options`` are those of the surface, the line or ``problems.formula``, or of ``problems.classify``
    and ``problems.regress``.

    Raises
    ------
    InputError
        for a name nobody knows and for options that cannot be used.
    """
    if problems.is_data(name) and name not in problems.NAMED:
        learn = problems.learn if task is None else named("task", task, _TASKS)
        make = partial(learn, name)
        taken = problems.classify if task is None else learn
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
            names = [*problems.NAMED, *problems.SOURCES]
            raise unknown("problem", text, names) from None
        raise
    return partial(problems.formula, text)


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
    made = {
        name: inspect.cleandoc(f.__doc__ or "").split("\n\n")[0]
        for name, f in problems.NAMED.items()
    }
    data = {
        "digits, file.csv:target, …": "Classes or a number of any data set: uzviz list data.",
        '"x^4 - 8x^2 + 16"': "Any formula of x, or of x and y, with "
        f"{', '.join(problems.FUNCTIONS)}, pi and e.",
    }
    return [{"name": n, "title": "", "text": text} for n, text in {**data, **made}.items()]


def _data() -> list[dict[str, Any]]:
    """Every data set, and what of it comes from the network."""
    rows = []
    for name, source in problems.SOURCES.items():
        facts = {
            "source": source.origin, "examples × features": source.examples, "classes": source.classes,
            "downloaded": source.downloaded,
        }  # fmt: skip
        lines = [f"{fact}: {value}" for fact, value in facts.items()]
        rows.append({"name": name, "title": source.text, "text": "\n".join(lines), **facts})
    return rows


def _distances() -> list[dict[str, Any]]:
    return [
        {"name": name, "title": "", "text": inspect.cleandoc(f.__doc__ or "")}
        for name, f in distances.NAMES.items()
    ]


CATALOGUES: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "rules": _rules,
    "problems": _problems,
    "data": _data,
    "distances": _distances,
}
"""What can be listed."""
