"""What people are told when their input cannot be used.

    Exception
    └── ValueError
        └── InputError       a number, name or file that cannot be used
    └── RuntimeError
        └── Diverged         every lane of a race left the numbers

Every message is one sentence: what was given, what is allowed, what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

LONGEST = 200
"""Characters of what was given that a sentence quotes."""

T = TypeVar("T")


class InputError(ValueError):
    """Input that cannot be used; the command line prints it and ends with exit code 2."""


class Diverged(RuntimeError):
    """Every lane diverged, so there is nothing to compare."""


def shown(value: object) -> str:
    """A value as a sentence quotes it: on one line, printable, not too long."""
    if isinstance(value, str):
        text = repr(value)[1:-1]
    else:  # numbers of NumPy as they are, and not as np.float64(2.0)
        text = re.sub(r"\bnp\.\w+\(([^()]*)\)", r"\1", " ".join(repr(value).split()))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def unknown(kind: str, given: object, allowed: Iterable[str]) -> InputError:
    """The error for a name nobody knows, with the nearest names that exist."""
    names = sorted(allowed)
    near = get_close_matches(str(given), names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"choose one of {', '.join(names)}."
    return InputError(f"Unknown {kind} '{shown(given)}': {hint}")


def named(kind: str, name: object, table: Mapping[str, T]) -> T:
    """What has this name in a table.

    Raises
    ------
    InputError
        with the nearest names that exist.
    """
    if not isinstance(name, str) or name not in table:
        raise unknown(kind, name, table)
    return table[name]
