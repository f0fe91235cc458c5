"""How people write formulas: a text, read as an expression and never evaluated."""

from __future__ import annotations

import ast
import math
import re
from functools import lru_cache
from typing import NamedTuple, NoReturn

from uzviz.errors import InputError, shown

Expression = float | str | tuple
"""A number, a variable, or an operation by name with what it is done to."""

VARIABLES = ("x", "y")
CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e}
FUNCTIONS = ("sin", "cos", "tan", "exp", "log", "ln", "sqrt", "abs", "tanh", "sinh", "cosh")

LONGEST, DEEPEST = 200, 60
"""Characters of a formula, and operations inside one another."""
BRACKETS = 30
"""Brackets inside one another: Python's parser gives up beyond 100."""

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SIGNS = {"^": "**", "−": "-", "·": "*", "×": "*"}
_TOKEN = re.compile(
    r"(?P<space> *)(?:"
    r"(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<word>[A-Za-zπ]+)|(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?P<sign>\*\*|[-+*/^−·×])"
    r"|(?P<open>\()|(?P<close>\)))"
)
_ALLOWED = (
    "A formula has x, or x and y, numbers, + - * / ^, brackets, pi, e and the functions "
    f"{', '.join(FUNCTIONS)}."
)
_OPERATIONS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^", ast.USub: "negative",
}  # fmt: skip


def _refuse(text: str, why: str) -> NoReturn:
    raise InputError(f"The formula '{shown(text)}' cannot be read: {why} {_ALLOWED}")


class Token(NamedTuple):
    kind: str
    """number, name, function, power, sign, open or close."""
    text: str
    apart: bool
    """Whether there is a space before it."""


def expression(text: str) -> Expression:
    """A formula's expression.

    Beside Python's arithmetic it takes ^ for powers, x² and x⁴, products without a sign, as 2x or
    3 sin x, and functions of one name or number without brackets, as sin x. What can be read in two
    ways, as 1/2x, is refused.

    Raises
    ------
    InputError
        for all else, with what is allowed.
    """
    if not isinstance(text, str) or len(text) > LONGEST:
        raise InputError(
            f"The formula is {shown(text)}, but must be a text of at most {LONGEST} characters."
        )
    return _read(text)


@lru_cache(maxsize=256)
def _read(text: str) -> Expression:
    tokens = _multiplied(text, _bracketed(text, _tokens(text)))
    try:
        tree = ast.parse(" ".join(map(_spelled, tokens)), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        _refuse(text, "something is missing or stands in the wrong place.")
    return _expression(text, tree, DEEPEST)


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    stripped, at, depth = text.rstrip(" "), 0, 0
    if not stripped:
        _refuse(text, "it is empty.")
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None:
            rest = stripped[at:].lstrip(" ")
            _refuse(text, f"'{shown(rest[:1])}' has no meaning here.{_hint(rest[:1])}")
        at = match.end()
        kind = str(match.lastgroup)
        token = Token(kind, match[kind], bool(match["space"]))
        depth += (kind == "open") - (kind == "close")
        if depth > BRACKETS:
            _refuse(text, f"its brackets are more than {BRACKETS} deep.")
        found.append(_named(text, token))
    return found


def _hint(sign: str) -> str:
    hints = {",": " Decimals have a point, as 0.5.", "=": " Give the right-hand side alone."}
    return hints.get(sign, "")


def _named(text: str, token: Token) -> Token:
    """A word as a name or a function; a number that is one; the others as they are."""
    if token.kind == "word":
        if token.text in FUNCTIONS:
            return token._replace(kind="function")
        if token.text not in VARIABLES and token.text not in CONSTANTS:
            _refuse(text, f"'{token.text}' is not known; a product of two names is written x*y.")
        return token._replace(kind="name")
    if token.kind == "number" and not math.isfinite(float(token.text)):
        _refuse(text, f"the number {token.text} is too large.")
    return token


def _bracketed(text: str, tokens: list[Token]) -> list[Token]:
    """The tokens with brackets around what functions are of: one name or number where there are none."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        of, then = [*tokens[at + 1 : at + 3], None, None][:2]
        found.append(token)
        at += 1
        if token.kind != "function" or (of is not None and of.kind == "open"):
            continue
        ends = then is None or then.kind == "close" or then.text in {"+", "-", "−"}
        if of is None or of.kind not in {"number", "name"} or not ends:
            _refuse(text, f"write {token.text}(…) with brackets.")
        found += [Token("open", "(", False), of, Token("close", ")", False)]
        at += 1
    return found


def _multiplied(text: str, tokens: list[Token]) -> list[Token]:
    """The tokens with the signs of products that had none."""
    found: list[Token] = []
    before = ""  # the sign before the factor we are in
    outside: list[str] = []  # the same for every open bracket
    for token in tokens:
        last = found[-1] if found else None
        if last is not None and last.kind in FACTOR_ENDS and token.kind in FACTOR_BEGINS:
            _check_product(text, before, last, token)
            last = Token("sign", "*", False)
            found.append(last)
            before = "*"
        if token.kind == "sign" and (last is None or last.kind != "sign"):
            before = "" if last is None or last.kind == "open" else token.text
        elif token.kind == "open":
            outside.append(before)
            before = ""
        elif token.kind == "close":
            before = outside.pop() if outside else ""
        found.append(token)
    return found


FACTOR_BEGINS = {"number", "name", "function", "open"}
FACTOR_ENDS = {"number", "name", "close", "power"}


def _spelled(token: Token) -> str:
    """A token as Python has it."""
    match token.kind:
        case "sign":
            return _SIGNS.get(token.text, token.text)
        case "power":
            return f"** {float(token.text.translate(_SUPERSCRIPTS))!r}"
        case "number":
            return repr(float(token.text))
        case _:
            return "pi" if token.text == "π" else token.text


def _check_product(text: str, before: str, last: Token, token: Token) -> None:
    """Refuse products without a sign that can be read in two ways."""
    if token.kind == "number":
        _refuse(text, f"put a sign before {token.text}, as * or ^.")
    if before == "/":
        _refuse(text, f"{last.text}{token.text} after / can be read in two ways; put brackets.")
    tight = not token.apart and token.kind != "open" and last.kind in {"number", "name"}
    if before in {"^", "**"} and tight:
        _refuse(text, f"{last.text}{token.text} after ^ can be read in two ways; put brackets.")


def _expression(text: str, node: ast.AST, room: int) -> Expression:
    if not room:
        _refuse(text, f"more than {DEEPEST} operations are inside one another.")
    match node:
        case ast.Constant(value=float() | int() as value):
            return float(value)
        case ast.Name(id=name) if name in CONSTANTS:
            return CONSTANTS[name]
        case ast.Name(id=name) if name in VARIABLES:
            return name
        case ast.UnaryOp(op=ast.UAdd(), operand=of):
            return _expression(text, of, room - 1)
        case ast.UnaryOp(op=op, operand=of) if type(op) in _OPERATIONS:
            return ("negative", _expression(text, of, room - 1))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
            sides = (_expression(text, side, room - 1) for side in (left, right))
            return (_OPERATIONS[type(op)], *sides)
        case ast.Call(func=ast.Name(id=name), args=[of], keywords=[]) if name in FUNCTIONS:
            return ("log" if name == "ln" else name, _expression(text, of, room - 1))
    _refuse(text, "something is missing or stands in the wrong place.")


def variables(tree: Expression) -> set[str]:
    """The variables in an expression."""
    if isinstance(tree, tuple):
        return set().union(*(variables(part) for part in tree[1:]))
    return {tree} if isinstance(tree, str) else set()
