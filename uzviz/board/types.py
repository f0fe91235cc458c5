"""The page's types, made from ``messages``: ``python -m uzviz.board.types`` writes them."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import NoneType, UnionType
from typing import (
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from uzviz import records, verdicts
from uzviz.board import messages

TARGET = Path(__file__).parents[2] / "web" / "src" / "messages.ts"
HEAD = (
    "// Made by `python -m uzviz.board.types` from uzviz/board/messages.py: change that instead.\n"
)
WIDTH = 100
PLAIN = {int: "number", float: "number", bool: "boolean", str: "string", NoneType: "null",
         Any: "unknown"}  # fmt: skip
WORDED = {"CauseKind": records.CauseKind, "AdditionKind": verdicts.AdditionKind,
          "SilenceKind": verdicts.SilenceKind}  # fmt: skip
"""Kinds for which the page has words: listed too, so that it can be tested whether it has them."""
PLAIN_ALIASES = {n: getattr(messages, n) for n in ("Kind", "Status", "ArrayType", "ControlKind")}
ALIASES = {**PLAIN_ALIASES, **WORDED}


def typescript() -> str:
    """All messages as TypeScript."""
    parts = [HEAD]
    parts += [_alias(name, _literal(kind)) for name, kind in PLAIN_ALIASES.items()]
    parts += [_listed(name, kind) for name, kind in WORDED.items()]
    parts += [_interface(kind) for kind in (records.Node, records.Cause, *_messages())]
    return "\n".join(parts)


def _messages() -> Iterator[type]:
    for kind in vars(messages).values():
        if is_typeddict(kind):
            yield kind


def _alias(name: str, words: str) -> str:
    """A type of its own, broken as the formatter of the page's sources does."""
    line = f"export type {name} = {words};\n"
    if len(line) <= WIDTH:
        return line
    return f"export type {name} =\n  {words};\n"


def _interface(kind: type) -> str:
    notes = _notes(kind)
    lines = [*_comment(inspect.getdoc(kind), ""), f"export interface {kind.__name__} {{"]
    for name, hint in get_type_hints(kind, include_extras=True).items():
        optional = get_origin(hint) is NotRequired
        of = _type(get_args(hint)[0] if optional else hint)
        lines += [*_comment(notes.get(name), "  "), f"  {name}{'?' if optional else ''}: {of};"]
    return "\n".join([*lines, "}\n"])


def _type(hint: Any) -> str:
    alias = next((name for name, kind in ALIASES.items() if kind == hint), None)
    if alias or hint in PLAIN:
        return alias or PLAIN[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _literal(hint)
    if origin in (Union, UnionType):
        return " | ".join(dict.fromkeys(map(_type, inner)))
    if origin is dict:
        return f"Record<string, {_type(inner[1])}>"
    if origin in (list, tuple):
        element = _type(inner[0])
        return f"({element})[]" if " | " in element and element[-1] != "]" else f"{element}[]"
    return hint.__name__


def _literal(hint: Any) -> str:
    return " | ".join(f'"{word}"' for word in get_args(hint))


def _listed(name: str, kind: Any) -> str:
    """The words of a kind as a list, and the kind made of it."""
    words = [f'"{word}"' for word in get_args(kind)]
    head = f"export const {name[0].lower()}{name[1:]}s ="
    line = f"{head} [{', '.join(words)}] as const;"
    if len(line) > WIDTH:
        line = "\n".join([f"{head} [", *(f"  {word}," for word in words), "] as const;"])
    return f"{line}\nexport type {name} = (typeof {head.split()[2]})[number];\n"


def _notes(kind: type) -> dict[str, str]:
    """What stands below each field of a class in its source."""
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0].body  # pyright: ignore[reportAttributeAccessIssue]
    found = {}
    for field, note in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(note, ast.Expr):
            found[ast.unparse(field.target)] = inspect.cleandoc(ast.literal_eval(note.value))
    return found


def _comment(text: str | None, indent: str) -> list[str]:
    """A note as TypeScript's own, as long as its lines are."""
    if not text:
        return []
    first, *rest = text.splitlines()
    if not rest:
        return [f"{indent}/** {first} */"]
    return [
        f"{indent}/** {first}",
        *(f"{indent} * {line}".rstrip() for line in rest),
        f"{indent} */",
    ]


if __name__ == "__main__":
    TARGET.write_text(typescript())
