"""Who races: a rule with its batch size, and the settings that are tried."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import jax
import numpy as np

from uzviz import rules
from uzviz.checks import numbers, whole
from uzviz.errors import InputError, named, shown, unknown
from uzviz.rules import GradientDescent, Rule, Schedule, apart

Batch = int | str

MOST_SETTINGS = 100_000


@dataclass(frozen=True)
class Entrant:
    """A rule in a race, with its batch size; without one it takes the race's."""

    rule: Rule
    batch: Batch | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.rule, Rule):
            raise InputError(
                f"An entrant needs a rule such as Adam(), but was given {shown(self.rule)}."
            )
        rules.check_numbers(self.rule)
        if not rules.declared(self.rule):
            raise InputError(
                f"{self.rule.title} declares no hyperparameter: a rule needs one to enter a race."
            )
        if not self.name:
            at = "" if self.batch is None else f"@{self.batch}"
            object.__setattr__(self, "name", rules.name_of(self.rule) + at)

    def title(self, batch: int, n: int) -> str:
        """What people call it: gradient descent has a name for each kind of batch of n examples."""
        _, _, number = self.name.partition("#")
        title = self.rule.title
        if isinstance(self.rule, GradientDescent) and n > 1:
            kinds = {n: "batch GD", 1: "SGD"}
            title = kinds.get(batch, f"mini-batch GD{'' if self.batch is None else f'@{batch}'}")
        elif self.batch is not None:
            title = f"{title}@{self.batch}"
        return f"{title} #{number}" if number else title


def entrant(text: str) -> Entrant:
    """The entrant a command line names: "adam", "gd@all", "gd@1", "gd@256"."""
    typed, at, batch = text.strip().partition("@")
    rule = rules.named(typed)
    name = typed if typed in rules.DIALECTS else rules.name_of(rule)
    if not at:
        return Entrant(rule, name=name)
    if batch != "all" and not (batch.isdecimal() and len(batch) < 18 and int(batch)):
        raise InputError(
            f"The batch of '{shown(text)}' is '{shown(batch)}', but must be a whole number from 1, or 'all'."
        )
    return Entrant(rule, "all" if batch == "all" else int(batch), f"{name}@{batch}")


def entrants(given: Sequence[Rule | Entrant | str]) -> list[Entrant]:
    """All that enter, each under a name of its own.

    Raises
    ------
    InputError
        when nobody enters, or for a name nobody knows.
    """
    if isinstance(given, (str, Rule, Entrant)):
        given = [given]
    if not isinstance(given, (list, tuple)):
        raise InputError(f"The entrants are {shown(given)}, but must be a list of rules or names.")
    made = [
        entrant(g) if isinstance(g, str) else g if isinstance(g, Entrant) else Entrant(g)
        for g in given
    ]
    if not made:
        raise InputError("Nobody enters the race: name at least one rule.")
    names: dict[str, int] = {}
    for i, e in enumerate(made):
        names[e.name] = names.get(e.name, 0) + 1
        if names[e.name] > 1:
            made[i] = replace(e, name=f"{e.name}#{names[e.name]}")
    return made


def log_range(low: float, high: float, count: int) -> list[float]:
    """``count`` numbers from ``low`` to ``high``, evenly spaced in the logarithm.

    They are rounded to six digits, so that a number read off a table is the number used.

    Raises
    ------
    InputError
        for ends that are swapped or not positive, and for fewer than two numbers.
    """
    if numbers([low, high]) is None or not 0 < low < high:
        raise InputError(
            f"The range is {low} to {high}, but must rise from one positive number to another."
        )
    if not whole(count, 2, MOST_SETTINGS):
        raise InputError(
            f"The range has {shown(count)} numbers, but needs a whole number from 2 to "
            f"{MOST_SETTINGS:,}."
        )
    return [float(f"{x:.6g}") for x in np.geomspace(low, high, int(count))]


def settings(
    who: Entrant,
    lr: Sequence[float] | float,
    grid: Mapping[str, Sequence[float]],
    search: str = "grid",
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """Every hyperparameter of an entrant, one value a setting: the product of what is tried.

    ``lr`` is tried on the hyperparameter that the rule tunes. With "random:K", K settings are
    drawn instead: the tuned one evenly in the logarithm between its ends, the others from what is
    given.

    Raises
    ------
    InputError
        for a hyperparameter, or a value of one, that the rule doesn't have.
    """
    axis = who.rule.tuned
    given: dict[str, Any] = {} if axis is None else {axis: lr}
    if axis is not None and isinstance(rules.value(who.rule, axis), Schedule):
        raise InputError(
            f"{axis} of {who.name} is on a schedule, but is what the race tunes: give a number, and "
            "the race a schedule for everybody."
        )
    given |= {field: values for key, values in grid.items() if (field := _field(key, who))}
    tried: dict[str, list[float]] = {}
    for name, some in given.items():
        named(f"hyperparameter of {who.name}", name, rules.declared(who.rule))
        tried[name] = values = _values(f"{name} of {who.name}", some)
        for value in (min(values), max(values), min(values, key=abs)):
            rules.check_numbers(rules.replaced(who.rule, {name: value}))
    if math.prod(map(len, tried.values())) > MOST_SETTINGS:
        raise InputError(f"{who.name} has more than {MOST_SETTINGS:,} settings to try: give fewer.")
    count = _random(search)
    if count is None:
        combined = list(product(*tried.values()))
    else:
        draw = np.random.default_rng(seed)
        drawn = [_drawn(draw, v, count, name == axis) for name, v in tried.items()]
        combined = list(zip(*drawn, strict=True)) if drawn else [()]
    own: dict[str, Any] = {
        name: [value] * len(combined)
        for name, value in rules.values(who.rule).items()
        if not isinstance(rules.value(who.rule, name), Schedule)
    }
    for i, name in enumerate(tried):
        own[name] = [values[i] for values in combined]
    return {name: np.asarray(values, dtype=float) for name, values in own.items()}


def _random(search: str) -> int | None:
    """How many settings "random:K" draws; None for a grid."""
    kind, _, count = search.partition(":") if isinstance(search, str) else ("", "", "")
    if search == "grid":
        return None
    if (
        kind != "random"
        or not count.isdecimal()
        or len(count) > 9
        or not 1 <= int(count) <= MOST_SETTINGS
    ):
        raise InputError(
            f"The search is {shown(search)}, but must be 'grid' or 'random:K' with K from 1 to "
            f"{MOST_SETTINGS:,}."
        )
    return int(count)


def _drawn(draw: np.random.Generator, values: list[float], count: int, tuned: bool) -> list[float]:
    low, high = min(values), max(values)
    if not tuned or low <= 0 or low == high:
        return draw.choice(values, count).tolist()
    return [float(f"{x:.6g}") for x in np.exp(draw.uniform(np.log(low), np.log(high), count))]


def _values(what: str, given: Any) -> list[float]:
    values = numbers([given]) if numbers(given) is None else numbers(given)
    if values is None or not len(values):
        raise InputError(f"The values of {what} are {shown(given)}, but must be some numbers.")
    return values.tolist()


def called(who: Entrant) -> list[str]:
    """The names by which a grid or a schedule may call an entrant, its own first."""
    return [who.name, rules.name_of(who.rule)]


def _field(key: str, who: Entrant) -> str | None:
    """The field of an entrant that a key such as "adam.b2" names; None where it names another's."""
    return next((key[len(n) + 1 :] for n in called(who) if key.startswith(f"{n}.")), None)


def check_grid(grid: Mapping[str, Sequence[float]], everyone: Sequence[Entrant]) -> None:
    """Refuse a grid for a rule that doesn't race."""
    if not isinstance(grid, Mapping):
        raise InputError(
            f"The grid is {shown(grid)}, but must map names such as 'adam.b2' to values."
        )
    for key in grid:
        if not isinstance(key, str) or "." not in key:
            raise InputError(
                f"The grid names '{shown(key)}', but must name rule.field, such as adam.b2."
            )
        if not any(_field(key, e) for e in everyone):
            raise unknown("entrant in the grid", key.partition(".")[0], [e.name for e in everyone])


def check_schedule(schedule: str, everyone: Sequence[Entrant]) -> None:
    """Refuse a schedule nobody knows, and one of a hyperparameter that nobody has."""
    for field, text in apart(schedule).items():
        if field and all(
            rules.schedule_for(e.rule, called(e), f"{field}={text}") == "constant" for e in everyone
        ):
            raise InputError(
                f"The schedule is '{shown(schedule)}', but nobody in the race has a {shown(field)}: name a "
                "hyperparameter, or rule.hyperparameter, such as momentum.beta."
            )


def side_by_side(rule: Rule, values: Mapping[str, np.ndarray]) -> Rule:
    """One rule whose hyperparameters are arrays [settings]; schedules are the same in all."""
    lanes = len(next(iter(values.values())))
    repeated = {
        name: jax.tree.map(lambda x: np.full(lanes, x), rules.value(rule, name))
        for name in rules.declared(rule)
    }
    return rules.replaced(rule, repeated | dict(values))
