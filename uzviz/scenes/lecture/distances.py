"""Distances (slides 7–15): nine of them, each between things that are dragged or typed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from uzviz import distances, engine
from uzviz.errors import InputError, shown
from uzviz.scenes.controls import Number, Point, Text
from uzviz.scenes.scene import Frame, Part, Scene, Settings

AROUND = 361
"""Directions in which a unit ball is drawn."""
LONGEST = 20
"""Characters of a word."""
ROOM = 14
"""Members that there is room for in the picture of two sets."""


def in_plane(x: Any, y: Any, p: Any) -> dict[str, jax.Array]:
    """The distances of a plane that have a unit ball."""
    return {
        "euclidean": distances.euclidean(x, y),
        "manhattan": distances.manhattan(x, y),
        "chebyshev": distances.chebyshev(x, y),
        "minkowski": distances.minkowski(x, y, p),
    }


def between(pair: jax.Array, p: Any) -> dict[str, jax.Array]:
    x, y = pair
    return in_plane(x, y, p) | {"cosine": distances.cosine(x, y)}


def plane(settings: Settings) -> Frame:
    found = _of_two(between, settings["a"], settings["b"], settings["p"])
    angle = found["cosine"]
    return found | {
        "angle": math.degrees(math.acos(1 - angle)) if angle == angle else None,
        "p": settings["p"],
    }


def _of_two(f: Callable[..., Any], one: Any, other: Any, *data: Any) -> dict[str, float]:
    """Distances by name between two, whose numbers are data."""
    found = engine.values(f, np.array([[one, other]]), *data)
    return {name: float(value[0]) for name, value in found.items()}


def rims(u: jax.Array, p: Any) -> dict[str, jax.Array]:
    """The points at distance 1 from the origin in a direction u: at u/d(u, 0), for all of these distances grow
    in proportion."""
    return {name: u / d for name, d in in_plane(u, jnp.zeros(2), p).items()}


def balls(settings: Settings) -> Frame:
    """The points at distance 1 from the origin, [distances, directions, 2]."""
    turn = np.linspace(0, 2 * np.pi, AROUND)
    u = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    found = engine.values(rims, u, settings["p"])
    return {"rims": np.stack([*found.values()]).astype(np.float32), "distances": list(found)}


def on_earth(pair: jax.Array) -> dict[str, jax.Array]:
    return {"haversine": distances.haversine(*pair)}


def globe(settings: Settings) -> Frame:
    return dict(_of_two(on_earth, settings["here"], settings["there"]))


def of_words(pair: jax.Array) -> dict[str, jax.Array]:
    return {"hamming": distances.hamming(*pair)}


def words(settings: Settings) -> Frame:
    one, two = settings["one"], settings["two"]
    if len(one) != len(two) or not one:
        raise InputError(
            f"one and two are '{shown(one)}' and '{shown(two)}', of {len(one)} and {len(two)} characters, but "
            "Hamming's distance needs two words of one length, of one character or more."
        )
    # What is behind the words is the same in both.
    codes = [[*map(ord, word), *[0] * (LONGEST - len(word))] for word in (one, two)]
    hamming = int(_of_two(of_words, *codes)["hamming"])
    return {"one": list(one), "two": list(two), "hamming": hamming, "length": len(one)}


def members(text: str) -> list[str]:
    """Members of a set in a text, each once: words between spaces or commas."""
    return list(dict.fromkeys(re.findall(r"[^\s,;]+", text)))


def of_sets(pair: jax.Array) -> dict[str, jax.Array]:
    return {"jaccard": distances.jaccard(*pair), "dice": distances.dice(*pair)}


def sets(settings: Settings) -> Frame:
    first, second = members(settings["first"]), members(settings["second"])
    everything = list(dict.fromkeys([*first, *second]))
    if len(everything) > ROOM:
        raise InputError(
            f"first and second have {len(everything)} different members, but there is room for {ROOM}: leave "
            "some out."
        )
    # Of the room that is left neither has anything.
    has = [
        [*(m in s for m in everything), *[False] * (ROOM - len(everything))]
        for s in (first, second)
    ]
    return {
        "left": [m for m in first if m not in second], "right": [m for m in second if m not in first],
        "both": [m for m in first if m in second],
        **_of_two(of_sets, *has),
    }  # fmt: skip


SCENE = Scene(
    name="distances",
    title="Distances",
    slides="7–15",
    formulas=(
        r"d_p(x, y) = \Bigl( \sum_i |x_i - y_i|^p \Bigr)^{1/p}",
        r"d_{\cos} = 1 - \frac{x \cdot y}{\|x\| \|y\|}",
        r"d_J = 1 - \frac{|A \cap B|}{|A \cup B|},\quad d_{SD} = 1 - \frac{2|A \cap B|}{|A| + |B|}",
    ),
    controls={
        "p": Number(3.0, 1.0, 10.0, interval="[1, 1e6]"),
        "one": Text("1011101", LONGEST),
        "two": Text("1001001", LONGEST),
        "first": Text("а б в г д", 120),
        "second": Text("в г д е", 120),
        "a": Point((-2.0, -1.0)),
        "b": Point((2.0, 2.0)),
        "here": Point((30.52, 50.45), 180.0),
        "there": Point((-73.99, 40.73), 180.0),
    },
    parts={
        "plane": Part(plane, ("a", "b", "p")),
        "balls": Part(balls, ("p",)),
        "globe": Part(globe, ("here", "there")),
        "words": Part(words, ("one", "two")),
        "sets": Part(sets, ("first", "second")),
    },
    presets={
        "lecture": {},
        "straight": {"p": 2.0},
        "walk": {"p": 1.0},
        "square": {"p": 10.0},
        "turned": {"a": [3.0, 0.0], "b": [0.0, 3.0]},
        "antipodes": {"here": [30.52, 50.45], "there": [-149.48, -50.45]},
        "pacific": {"here": [139.69, 35.69], "there": [-122.42, 37.77]},
    },
)
