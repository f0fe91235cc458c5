"""Formulas of docstrings, which are written as LaTeX, as one writes them by hand in a terminal."""

from __future__ import annotations

import re

SIGNS = {
    r"\leftarrow": "←", r"\quad": "  ", r"\tfrac": r"\frac", r"\max": "max", r"\min": "min", r"\le": "≤",
    r"\sum": "Σ", r"\ne": "≠", r"\sim": "~",
    r"\Bigl": "", r"\Bigr": "", r"\bigl": "", r"\bigr": "", r"\;": " ", r"\,": " ", r"\ ": " ",
    r"^{\mathsf T}": "ᵀ", r"\{": "{", r"\}": "}", ".. math::": "", "`": "",
}  # fmt: skip
BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
ABOVE = str.maketrans("0123456789t", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵗ")
INNER = r"\{([^{}]*)\}"


def readable(text: str) -> str:
    """A docstring whose formulas are plain text."""
    text = re.sub(r":\w+:`~(?:\w+\.)*(\w+)`", r"\1", text)
    text = re.sub(r":(?:math|func|class|meth|mod):", "", text)
    text = re.sub(r"\\(?:mathrm|text)" + INNER, r"\1", text)
    for sign, plain in SIGNS.items():
        text = text.replace(sign, plain)
    text = re.sub(r"\\frac(\w)(\w)", r"\1/\2", text)
    text = re.sub(r"\\hat (\w)", "\\1\u0302", text)
    text = re.sub(r"_([0-9])|_\{([0-9]+)\}", lambda m: (m[1] or m[2]).translate(BELOW), text)
    text = re.sub(r"\^([0-9t])(?![\w^])", lambda m: m[1].translate(ABOVE), text)
    for _ in range(3):  # from the inside to the outside
        text = re.sub(r"([_^])" + INNER, _raised, text)
        text = re.sub(r"\\sqrt" + INNER, r"√(\1)", text)
        text = re.sub(r"\\frac" + INNER + r"\s*" + INNER, r"(\1)/(\2)", text)
    text = re.sub(r"\\sqrt ?", "√", text).replace("\\", "")
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(\S) {2,}", r"\1  ", text))


def _raised(found: re.Match[str]) -> str:
    """An index or a power: in brackets where it is more than a name or a number."""
    sign, inner = found.groups()
    return f"{sign}{inner}" if inner.isalnum() else f"{sign}({inner})"
