"""What people type, as values; and files that are written whole or not at all."""

from __future__ import annotations

import importlib
import inspect
import json
import math
import os
import re
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from uzviz.errors import InputError, shown, unknown

if TYPE_CHECKING:
    from uzviz.api import Landscape, Problem, Race


@dataclass(frozen=True)
class ProblemOptions:
    """A problem as the command line names it; what is None was not given."""

    context: typer.Context
    """Of the command, which holds what it doesn't know: the problem's own options."""
    name: str | None
    own: str | None
    """A problem of the user's, as module:name."""
    hidden: str | None
    activation: str | None
    init: str | None
    loss: str | None
    split: str | None
    stratify: bool | None
    task: str | None
    start: str | None
    spread: float | None
    spectrum: str | None
    depth: int | None
    width: int | None
    skips: bool | None

    @cached_property
    def more(self) -> dict[str, str]:
        """The problem's own options, {"--k": "3"}."""
        return more_options(self.context.args)

    def own_problem(self) -> Problem | None:
        """The problem of the user's own module; None where none is named."""
        return None if self.own is None else imported(self.own)

    def make(self) -> Problem:
        """The problem itself."""
        from uzviz import api

        if self.name is not None and self.name.startswith("--"):
            near = get_close_matches(self.name, self._flags(), cutoff=0.7)
            raise InputError(
                f"Unknown option '{shown(self.name)}': "
                + (f"did you mean {near[0]}?" if near else "a problem's own options come after "
                   "its name, as in uzviz train kmeans --k 3.")
            )  # fmt: skip
        own = self.own_problem()
        beside = [n for n, value in self._options().items() if value is not None] + [*self.more]
        if own is not None and (self.name is not None or beside):
            raise InputError(
                f"The problem is {shown(self.own or '')}, so that nothing else can be said of it: leave "
                f"out {shown(self.name or beside[0])}."
            )
        if own is not None:
            return own
        if self.name is None:
            raise InputError("There is no problem: name one, such as digits.")
        read: dict[str, Callable[[str], Any]] = {
            "hidden": lambda text: _wholes(text, "--hidden"),
            "split": lambda text: numbers(text.replace("/", ","), "--split"),
            "start": lambda text: numbers(text, "--start"),
            "spectrum": lambda text: numbers(text, "--spectrum"),
        }
        given = {
            name: read[name](value) if name in read else value
            for name, value in self._options().items()
            if value is not None
        }
        return api.problem_named(self.name, **given, **self._read(self.name))

    def _read(self, problem: str) -> dict[str, Any]:
        """The problem's own options as values of their kinds."""
        if not self.more:
            return {}
        from uzviz import api

        kinds = {option.flag: option for option in api.problem_options(problem, self.task)}
        for flag in self.more:
            if flag not in kinds:
                raise unknown(f"option of {shown(problem)}", flag, [*kinds, *self._flags()])
        return {kinds[f].name: _valued(text, f, kinds[f].kind) for f, text in self.more.items()}

    def _flags(self) -> list[str]:
        """All options of the command itself."""
        return [f for p in self.context.command.params for f in p.opts if f.startswith("--")]

    def _options(self) -> dict[str, Any]:
        apart = {"context", "name", "own", "more"}
        return {name: v for name, v in vars(self).items() if name not in apart}

    def typed(self) -> str:
        """The problem as one types it."""
        return flags(problem=self.own).strip() if self.own else shlex.quote(self.name or "")

    def flags(self) -> str:
        """The options given, as typed."""
        switches = {True: " --skips", False: " --no-skips", None: ""}
        own = "".join(f" {flag} {shlex.quote(text)}" for flag, text in self.more.items())
        stratify = " --stratify" if self.stratify else ""
        valued = {**self._options(), "skips": None, "stratify": None}
        return flags(**valued) + switches[self.skips] + stratify + own


def more_options(typed: Sequence[str]) -> dict[str, str]:
    """What was typed beside the command's own options, {"--k": "3"}: the problem's."""
    found: dict[str, str] = {}
    rest = list(typed)
    while rest:
        flag, equals, value = rest.pop(0).partition("=")
        if not re.fullmatch(r"--[a-z][a-z0-9-]*", flag):
            raise InputError(
                f"'{shown(flag + equals + value)}' was given beside the problem, but after it come options "
                "alone, such as --k 3."
            )
        if not equals:
            if not rest or rest[0].startswith("--"):
                raise InputError(f"{flag} was given without a value: write {flag} VALUE.")
            value = rest.pop(0)
        if flag in found:
            raise InputError(f"{flag} was given twice: give it one value.")
        found[flag] = value
    return found


def _valued(text: str, flag: str, kind: str) -> Any:
    """What was typed, as a value of its kind."""
    match kind:
        case "whole number":
            values: Sequence[float] = _wholes(text, flag)
        case "number":
            values = numbers(text, flag)
        case "whole numbers":
            return _wholes(text, flag)
        case "numbers":
            return numbers(text.replace("/", ","), flag)
        case _:
            return text
    if len(values) != 1:
        raise InputError(f"{flag} is '{shown(text)}', but must be one {kind}.")
    return values[0]


def _wholes(text: str, flag: str) -> list[int]:
    if text in {"", "none"}:
        return []
    values = numbers(text, flag)
    if any(v != round(v) for v in values):
        raise InputError(f"{flag} is '{shown(text)}', but must hold whole numbers, as in 64,32.")
    return [int(v) for v in values]


def named_in_module(text: str, option: str) -> Any:
    """What "module:name" names in a module that the user has; None where it is no such name."""
    module, _, name = text.partition(":")
    if not all(part.isidentifier() for part in [*module.split("."), name]):
        return None
    here = os.getcwd()
    sys.path.insert(0, here)
    try:
        found = importlib.import_module(module)
    except ImportError as error:
        why = shown(str(error))
        raise InputError(f"{option} {shown(text)} cannot be imported: {why}.") from None
    finally:
        sys.path.remove(here)
    if not hasattr(found, name):
        raise InputError(f"{option} {shown(text)}: {module} has no '{name}'.")
    return getattr(found, name)


def imported(text: str) -> Problem:
    """What "module:name" names in a module that the user has: a problem, or what makes one."""
    from uzviz.api import Problem

    found = named_in_module(text, "--problem")
    if callable(found):
        try:
            inspect.signature(found).bind()
        except (TypeError, ValueError) as error:
            raise InputError(
                f"--problem {shown(text)} is called without arguments: {error}."
            ) from None
    made = found() if callable(found) else found
    if not isinstance(made, Problem):
        raise InputError(
            f"--problem is {shown(text)}, but must be module:name of a Problem or of a function that "
            "makes one."
        )
    return made


def refuse_beside(context: typer.Context, option: str, allowed: set[str]) -> None:
    """Refuse what was typed beside an option that leaves no room for it."""
    if context.args:
        raise InputError(
            f"{option} goes on with the run as it was begun: leave out {shown(context.args[0])}."
        )
    for parameter in context.command.params:
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        if name not in allowed and source is not None and source.name == "COMMANDLINE":
            raise InputError(
                f"{option} goes on with the run as it was begun: leave out {parameter.opts[0]}."
            )


def flags(**options: Any) -> str:
    """Options as one types them, those that are None left out."""

    def typed(value: Any) -> Any:
        return int(value) if isinstance(value, float) and value.is_integer() else value

    given = {name: typed(value) for name, value in options.items() if value is not None}
    return "".join(f" --{name} {shlex.quote(f'{value}')}" for name, value in given.items())


def winner_flags(race: Race) -> str:
    """The options of `uzviz train` that train the winner of a race."""
    from uzviz.api import declared

    group = race.winner
    rule, _, _ = group.entrant.name.partition("@")
    own = declared(group.entrant.rule)
    values = {name: float(values[group.best]) for name, values in group.settings.items()}
    lr = values.pop("lr", None)
    values = {name: value for name, value in values.items() if value != own[name].default}
    sets = "".join(flags(set=f"{name}={value!r}") for name, value in values.items())
    return flags(rule=rule.partition("#")[0], lr=lr) + sets + flags(batch=group.plan.batch)


def real(text: Any) -> float:
    """One number."""
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' was given, but it must be a number.") from None


def whole(text: Any) -> int:
    """One whole number."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' was given, but it must be a whole number.") from None


UNITS = {"": 1, "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9,
         "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}  # fmt: skip


def path_memory(text: str | None, log: Path | None) -> int | None:
    """Bytes, as 64MB; None where nothing was given. Paths are kept in a log."""
    if text is None:
        return None
    if log is None:
        raise InputError("--path-memory is the size of paths in the log: give --log too.")
    return memory(text, "--path-memory", "such as 64MB, or 0 to keep none")


def memory(text: str, option: str, such: str) -> int:
    """Bytes, as 64MB."""
    found = re.fullmatch(r"(\d{1,15}(?:\.\d{1,15})?) ?([A-Za-z]*)", text, re.ASCII)
    unit = next((n for u, n in UNITS.items() if found and u.lower() == found[2].lower()), None)
    if found is None or unit is None:
        raise InputError(
            f"{option} is '{shown(text)}', but must be a size {such}; its unit is one of "
            f"{', '.join(filter(None, UNITS))}."
        )
    return int(float(found[1]) * unit)


def numbers(text: str, option: str) -> list[float]:
    """Numbers with commas between them."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = [math.nan]
    if not all(map(math.isfinite, values)):
        raise InputError(f"{option} is '{text}', but must be numbers with commas between them.")
    return values


def step_sizes(text: str) -> list[float]:
    """ "low:high:count" in even steps of the logarithm, or a list with commas."""
    if ":" not in text:
        return numbers(text, "--lr")
    parts = text.split(":")
    if len(parts) != 3:
        raise InputError(f"--lr is '{text}', but must be low:high:count, such as 1e-4:1:13.")
    try:
        low, high, count = map(float, parts)
    except ValueError:
        low, high, count = math.nan, math.nan, math.nan
    if not math.isfinite(low + high + count) or count != round(count):
        raise InputError(
            f"--lr is '{shown(text)}', but must be low:high:count of two numbers and a whole one, "
            "such as 1e-4:1:13."
        )
    from uzviz.api import log_range

    return log_range(low, high, int(count))


def grid(texts: Sequence[str]) -> dict[str, list[float]]:
    """ "rule.field=value,value" each."""
    made = {}
    for text in texts:
        name, equals, values = text.partition("=")
        if not equals or "." not in name:
            raise InputError(
                f"--grid is '{text}', but must be rule.field=values, such as adam.b2=0.9,0.99."
            )
        if name in made:
            raise InputError(f"--grid names {name} twice: give all its values at once.")
        made[name] = numbers(values, f"--grid {name}")
    return made


def assignments(texts: Sequence[str]) -> dict[str, float]:
    """ "field=value" each."""
    made = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if name in made:
            raise InputError(f"{name} is set twice: give it one value.")
        if not equals:
            raise InputError(f"--set is '{text}', but must be field=value, such as b2=0.99.")
        values = numbers(value, f"--set {name}")
        if len(values) != 1:
            raise InputError(f"--set is '{text}', but must give one number, such as b2=0.99.")
        made[name] = values[0]
    return made


def batch(text: str | None) -> int | str | None:
    """A number of examples, "all", or None."""
    if text is None or text == "all":
        return text
    if not text.isdecimal() or len(text) > 18:
        raise InputError(f"--batch is '{shown(text)}', but must be a whole number, or 'all'.")
    return int(text)


def schedule(texts: Sequence[str] | None) -> str:
    """Schedules given one by one, as one text."""
    return "; ".join(texts or ["constant"])


def check_files(problem: str, *paths: Path | None) -> None:
    """Refuse, before anything is computed, files that could not be written at its end."""
    given = [path for path in paths if path is not None]
    for i, path in enumerate(given):
        if path.is_dir():
            raise InputError(f"{path} is a folder: give the name of a file.")
        if not path.absolute().parent.is_dir():
            raise InputError(f"There is no folder {path.parent}: make it or write elsewhere.")
        if path.resolve() == Path(problem.rpartition(":")[0] or problem).resolve():
            raise InputError(f"{path} holds the data: write elsewhere.")
        if path.resolve() in [other.resolve() for other in given[:i]]:
            raise InputError(f"{path} is to hold two results: give each a file of its own.")
        if not path.exists() or path.is_file():
            try:
                _unfinished(path).touch(exist_ok=False)
            except OSError as error:
                raise InputError(
                    f"{path} cannot be written ({error.strerror}): write elsewhere."
                ) from None
            _unfinished(path).unlink()


def _unfinished(path: Path) -> Path:
    return path.resolve().with_name(f".{path.name}.{os.getpid()}")


def write(path: Path | None, writer: Callable[[Path], object]) -> None:
    """Write a file whole or not at all: under another name first, then renamed.

    What is no plain file, such as a pipe, is written straight into; a link stays one.
    """
    if path is None:
        return
    try:
        if path.exists() and not path.is_file():
            writer(path)
            return
        unfinished = _unfinished(path)
        try:
            writer(unfinished)
            os.replace(unfinished, path.resolve())
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def export_kind(path: Path) -> str:
    """What a file is to hold, by its ending."""
    kind = path.suffix.lower()[1:]
    if kind not in {"parquet", "csv", "json"}:
        raise InputError(f"The file is {path}, but must end in .parquet, .csv or .json.")
    return kind


PICTURES = {".png", ".svg", ".pdf"}


def check_picture(path: Path | None) -> None:
    """Refuse a picture in a format nobody draws."""
    if path is not None and path.suffix.lower() not in PICTURES:
        raise InputError(f"The picture is {path}, but must end in {', '.join(sorted(PICTURES))}.")


def write_picture(path: Path | None, drawn: Race | Landscape) -> None:
    """Draw a race, or a landscape, in the format that the file's name asks for."""
    if path is not None:
        kind = path.suffix.lower()[1:]
        write(path, lambda file: drawn.plot().savefig(file, format=kind, dpi=130))


def settings(given: Sequence[str]) -> dict[str, Any]:
    """A scene's settings, as name=value; a value that is no JSON is a text."""
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise InputError(f"A setting is {shown(text)}, but must be name=value, as alpha=0.001.")
        try:
            found[name] = json.loads(value)
        except (ValueError, RecursionError):
            found[name] = value
    return found
