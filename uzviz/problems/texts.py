"""Texts as tokens, and what is known of a text without a network."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from uzviz.errors import InputError, named, shown

MOST_BYTES = 500_000_000
MOST_CHARACTERS = 65_536


class Text(NamedTuple):
    """A text as tokens."""

    tokens: np.ndarray
    """Numbers of tokens [n], uint8 or uint16."""
    vocabulary: str | None
    """The characters that the numbers stand for; None for the 256 bytes."""
    name: str

    @property
    def size(self) -> int:
        """How many different tokens there may be."""
        return 256 if self.vocabulary is None else len(self.vocabulary)


def characters(raw: bytes, name: str) -> Text:
    """Characters of UTF-8, numbered in the order of their code points."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(
            f"{shown(name)} is no text in UTF-8: save it as that, or read its bytes (tokens bytes)."
        ) from None
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    known, tokens = np.unique(points, return_inverse=True)
    kind = np.uint8 if len(known) <= 256 else np.uint16
    return Text(tokens.astype(kind), "".join(map(chr, known)), name)


def plain_bytes(raw: bytes, name: str) -> Text:
    """Bytes as they are, 256 of them."""
    return Text(np.frombuffer(raw, np.uint8), None, name)


TOKENS = {"characters": characters, "bytes": plain_bytes}


def read_text(file: str, tokens: str) -> Text:
    """A text file's tokens.

    Raises
    ------
    InputError
        for a file that is missing, too large or, for characters, not in UTF-8.
    """
    cut = named("kind of tokens", tokens, TOKENS)
    if not isinstance(file, (str, os.PathLike)):
        raise InputError(f"The file is {shown(file)}, but must be the path of a text.")
    name = os.fspath(file)
    if not os.path.isfile(name):
        raise InputError(f"There is no file {shown(name)}: give the path of a text.")
    if os.path.getsize(name) > MOST_BYTES:
        raise InputError(
            f"{shown(name)} has {os.path.getsize(name):,} bytes, but {MOST_BYTES:,} are the most: give a part."
        )
    try:
        return cut(Path(name).read_bytes(), name)
    except OSError as error:
        raise InputError(
            f"{shown(name)} cannot be read ({error.strerror}): give a file that can."
        ) from None


def entropies(tokens: np.ndarray) -> tuple[float, float]:
    r"""Nats a token, by counts of the text itself: :math:`H(X) = -\sum_x p(x) \ln p(x)`, and the bigram entropy,
    :math:`H(Y|X) = -\sum_{xy} p(x, y) \ln p(y|x)`, which who knows the token before could reach.
    Source: Shannon (1951).
    """
    a, b = tokens[:-1].astype(np.int64), tokens[1:].astype(np.int64)
    _, single = np.unique(a, return_counts=True)
    _, pairs = np.unique(a * (MOST_CHARACTERS + 1) + b, return_counts=True)
    first = _entropy(single)
    return first, _entropy(pairs) - first


def _entropy(counts: np.ndarray) -> float:
    p = counts / counts.sum()
    return float(-np.sum(p * np.log(p)))
