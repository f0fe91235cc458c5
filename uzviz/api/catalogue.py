"""What there is, by the names that the command line knows."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from uzviz import dialects, distances, hyper, losses, problems, rules, schedules
from uzviz.errors import InputError, named, shown, unknown
from uzviz.problems import Problem

rule_named = rules.named
_TASKS: dict[str, Callable[..., Problem]] = {
    "classify": problems.classify,
    "regress": problems.regress,
}


class Option(NamedTuple):
    """What can be said of a problem beside its name."""

    name: str
    kind: str
    """text, number, whole number, numbers, whole numbers, or true or false."""
    default: Any
    """None where there is none, or where it follows from others."""

    @property
    def flag(self) -> str:
        """As one types it; a training's own seed is another."""
        return "--data-seed" if self.name == "seed" else f"--{self.name.replace('_', '-')}"


def problem_named(name: str, *, task: str | None = None, **options: Any) -> Problem:
    """The problem of that name: a surface, a line, a formula, or a data set learned by an MLP.

    ``options`` are those of the surface, the line or ``problems.formula``, or of ``problems.classify``
    and ``problems.regress``.

    Raises
    ------
    InputError
        for a name nobody knows and for options that cannot be used.
    """
    make, taken = _maker(name, task)
    allowed = [option.name for option in _options(taken)]
    for option in options:
        if option not in allowed:
            raise InputError(
                f"{shown(name)} has no option '{option}': it takes {', '.join(sorted(allowed))}."
            )
    for option, parameter in inspect.signature(taken).parameters.items():
        if parameter.default is parameter.empty and option not in options:
            raise InputError(f"{shown(name)} needs {option}: give --{option}.")
    return make(**options)


def problem_options(name: str, task: str | None = None) -> list[Option]:
    """What the problem of that name takes.

    Raises
    ------
    InputError
        for a name nobody knows.
    """
    return _options(_maker(name, task)[1])


def _maker(name: str, task: str | None) -> tuple[Callable[..., Problem], Callable[..., Problem]]:
    """What makes the problem of that name, and the function whose options it takes."""
    if problems.is_data(name) and name not in problems.NAMED:
        learn = problems.learn if task is None else named("task", task, _TASKS)
        taken = problems.classify if task is None else learn
        return partial(learn, name), partial(taken, name)
    if task is not None:
        raise InputError(f"{shown(name)} has no task: give --task with data only.")
    made = problems.NAMED[name] if name in problems.NAMED else _formula(name)
    return made, made


_KINDS = {
    bool: "true or false", int: "whole number", float: "number",
    Sequence[int]: "whole numbers", Sequence[float]: "numbers", str: "text",
}  # fmt: skip


def _options(make: Callable[..., Problem]) -> list[Option]:
    """Read off a function: those of its parameters that one can type."""
    plain = make
    while isinstance(plain, partial):
        plain = plain.func
    hints = get_type_hints(plain if inspect.isfunction(plain) else type(plain).__call__)
    found = []
    for name, parameter in inspect.signature(make).parameters.items():
        hint = hints.get(name)
        types = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
        kind = next((kind for of, kind in _KINDS.items() if of in types), None)
        if kind is not None:
            default = None if parameter.default is parameter.empty else parameter.default
            found.append(Option(name, kind, default))
    return found


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
    data = {
        "digits, file.csv:target, …": "Classes or a number of any data set: uzviz list data.",
    }
    formula = f"Any formula of x, or of x and y, with {', '.join(problems.FUNCTIONS)}, pi and e."
    return [
        *(_problem(name, text, problems.classify) for name, text in data.items()),
        _problem('"x^4 - 8x^2 + 16"', formula, problems.formula),
        *(
            _problem(name, inspect.cleandoc(f.__doc__ or "").split("\n\nParameters")[0], f)
            | _seen(f)
            for name, f in problems.NAMED.items()
        ),
    ]


def _problem(name: str, text: str, make: Callable[..., Problem]) -> dict[str, Any]:
    told = [
        {"flag": option.flag, "kind": option.kind, "default": _plain(option.default)}
        for option in _options(make)
        if (make, option.name) not in {(problems.classify, "data"), (problems.formula, "text")}
    ]
    return {"name": name, "title": "", "text": text, "options": told}


def _plain(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default


def _seen(make: Callable[..., Problem]) -> dict[str, Any]:
    """Of a function, what of it is worth a look, and its minima."""
    if not isinstance(make, (problems.Plane, problems.Curve)):
        return {}
    return {"domain": make.domain, "minima": make.minima, "least": make.least, "start": make.start}


def _losses() -> list[dict[str, Any]]:
    return [
        {"name": name, "title": _serves(name), "text": inspect.cleandoc(f.__doc__ or "")}
        for name, f in losses.NAMES.items()
    ]


def _serves(loss: str) -> str:
    """What problems may be trained by a loss."""
    if loss in problems.LOSSES["regress"]:
        return "for numbers"
    if loss in problems.LOSSES["classify"]:
        return "for two classes" if loss in problems.BINARY else "for classes"
    return "for losses of your own"


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


def _wrappers() -> list[dict[str, Any]]:
    return [
        {
            "name": word,
            "title": cls.__name__,
            "text": inspect.cleandoc(cls.__doc__ or ""),
            "hyperparameters": _numbers(hyper.declared(cls)),
        }
        for word, cls in rules.WRAPPERS.items()
    ]


def _schedules() -> list[dict[str, Any]]:
    common = hyper.declared(schedules.Schedule)
    return [
        {
            "name": name,
            "title": "",
            "text": inspect.cleandoc(cls.__doc__ or ""),
            "hyperparameters": _numbers(
                {k: h for k, h in hyper.declared(cls).items() if k not in common}
            ),
        }
        for name, cls in schedules.NAMES.items()
    ]


def _numbers(found: Mapping[str, hyper.Hyper]) -> list[dict[str, Any]]:
    return [
        {"name": k, "default": h.default, "range": h.interval.text, "meaning": h.meaning}
        for k, h in found.items()
    ]


def _dialects() -> list[dict[str, Any]]:
    return [{"name": name, "title": "", "text": _made_by(name)} for name in dialects.NAMES]


def _made_by(name: str) -> str:
    rule = dialects.NAMES[name]()
    numbers = ", ".join(f"{k} = {v:g}" for k, v in rules.values(rule).items())
    return f"{rules.name_of(rule)} with {numbers}"


CATALOGUES: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "rules": _rules,
    "problems": _problems,
    "losses": _losses,
    "data": _data,
    "distances": _distances,
    "wrappers": _wrappers,
    "schedules": _schedules,
    "dialects": _dialects,
}
"""What can be listed."""
