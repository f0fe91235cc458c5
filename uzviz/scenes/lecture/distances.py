"""Distances (slides 7–15): nine of them, each between things that are dragged or typed."""

from __future__ import annotations

import math
import re
from typing import Any

import jax.numpy as jnp
import numpy as np

from uzviz import distances
from uzviz.errors import InputError, shown
from uzviz.scenes.controls import Number, Point, Text
from uzviz.scenes.scene import Frame, Part, Scene, Settings

AROUND = 361
"""Directions in which a unit ball is drawn."""
ROOM = 14
"""Members that there is room for in the picture of two sets."""


def in_plane(p: float) -> dict[str, Any]:
    """The distances of a plane that have a unit ball."""
    return {
        "euclidean": distances.euclidean,
        "manhattan": distances.manhattan,
        "chebyshev": distances.chebyshev,
        "minkowski": lambda x, y: distances.minkowski(x, y, p),
    }


def plane(settings: Settings) -> Frame:
    a, b = (jnp.asarray(settings[name]) for name in ("a", "b"))
    found = in_plane(settings["p"]) | {"cosine": distances.cosine}
    angle = float(distances.cosine(a, b))
    return {name: float(d(a, b)) for name, d in found.items()} | {
        "angle": math.degrees(math.acos(1 - angle)) if angle == angle else None,
        "p": settings["p"],
    }


def balls(settings: Settings) -> Frame:
    """The points at distance 1 from the origin, [distances, directions, 2]: in a direction u at u/d(u, 0),
    for all of these distances grow in proportion."""
    turn = jnp.linspace(0, 2 * jnp.pi, AROUND)
    u = jnp.stack([jnp.cos(turn), jnp.sin(turn)], axis=-1)
    found = in_plane(settings["p"])
    rims = [u / d(u, jnp.zeros(2))[:, None] for d in found.values()]
    return {"rims": np.stack(rims).astype(np.float32), "distances": list(found)}


def globe(settings: Settings) -> Frame:
    here, there = (jnp.asarray(settings[name]) for name in ("here", "there"))
    return {"haversine": float(distances.haversine(here, there))}


def words(settings: Settings) -> Frame:
    one, two = settings["one"], settings["two"]
    if len(one) != len(two) or not one:
        raise InputError(
            f"one and two are '{shown(one)}' and '{shown(two)}', of {len(one)} and {len(two)} characters, but "
            "Hamming's distance needs two words of one length, of one character or more."
        )
    codes = [np.array([ord(c) for c in word]) for word in (one, two)]
    return {
        "one": list(one), "two": list(two), "hamming": int(distances.hamming(*codes)),
        "length": len(one),
    }  # fmt: skip


def members(text: str) -> list[str]:
    """Members of a set in a text, each once: words between spaces or commas."""
    return list(dict.fromkeys(re.findall(r"[^\s,;]+", text)))


def sets(settings: Settings) -> Frame:
    first, second = members(settings["first"]), members(settings["second"])
    everything = list(dict.fromkeys([*first, *second]))
    if len(everything) > ROOM:
        raise InputError(
            f"first and second have {len(everything)} different members, but there is room for {ROOM}: leave "
            "some out."
        )
    # Two empty sets: one member that neither has.
    has = [np.array([m in s for m in everything] or [False]) for s in (first, second)]
    return {
        "left": [m for m in first if m not in second], "right": [m for m in second if m not in first],
        "both": [m for m in first if m in second],
        "jaccard": float(distances.jaccard(*has)), "dice": float(distances.dice(*has)),
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
        "one": Text("1011101", 20),
        "two": Text("1001001", 20),
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
