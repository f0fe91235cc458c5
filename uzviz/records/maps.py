"""What a landscape says: tiles, as they are computed, and the map that they make together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from uzviz.records.runs import plain


@dataclass(frozen=True)
class Tile:
    """Some points of a landscape."""

    places: np.ndarray
    """[points], in the raveled grid"""
    values: dict[str, np.ndarray]
    """[points] by names such as "train/loss", NaN and infinities as they are."""


class Projection(NamedTuple):
    """Points as a plane shows them."""

    coordinates: np.ndarray
    """[points, directions]"""
    distance: np.ndarray
    """[points]: Euclidean, from the point to its projection."""
    explained: float
    """What share of Σ ‖point − w‖² lies in the plane: 1 − Σ distance² / Σ ‖point − w‖²; NaN where all points
    are w."""
    loss: np.ndarray | None = None
    """[points]: at the points themselves."""
    shown: np.ndarray | None = None
    """[points]: at their projections, where the picture has them."""


@dataclass(eq=False, repr=False)
class Map:
    """The loss around a point, as far as it is computed."""

    fixed: dict[str, Any]
    """What it is made of, as names and numbers that JSON can hold."""
    axes: tuple[np.ndarray, ...]
    """The coordinates along each direction: point [i, j] is w + axes[0][i] d₀ + axes[1][j] d₁."""
    values: dict[str, np.ndarray] = field(default_factory=dict)
    """Maps as the grid's shape by names such as "train/loss"; NaN where a value is none or not yet there."""
    paths: dict[str, Projection] = field(default_factory=dict)
    measured: dict[str, Any] = field(default_factory=dict)
    """What was found beside the maps, by its name, as JSON can hold it."""
    done: np.ndarray = field(init=False)
    """Which points are there."""

    def __post_init__(self) -> None:
        self.done = np.zeros(self.shape, bool)

    @property
    def shape(self) -> tuple[int, ...]:
        """Points along each direction."""
        return tuple(len(a) for a in self.axes)

    def add(self, tile: Tile) -> None:
        """Take in some points."""
        for name, x in tile.values.items():
            whole = self.values.setdefault(name, np.full(self.shape, np.nan, x.dtype))
            whole.ravel()[tile.places] = x
        self.done.ravel()[tile.places] = True

    @property
    def known(self) -> Tile:
        """All points that are there."""
        places = np.flatnonzero(self.done)
        return Tile(places, {name: x.ravel()[places] for name, x in self.values.items()})

    @property
    def loss(self) -> np.ndarray:
        """The loss of the first part, in the grid's shape."""
        name = f"{self.fixed['parts'][0]}/loss"
        return self.values[name] if self.values else np.full(self.shape, np.nan)

    @property
    def facts(self) -> dict[str, Any]:
        """What it was made of and what it shows, as names and numbers."""
        paths = {
            name: {"explained": p.explained, "farthest": float(p.distance.max())}
            for name, p in self.paths.items()
        }
        finite = self.loss[np.isfinite(self.loss)]
        return {
            **self.fixed,
            "shape": list(self.shape),
            "span": [[float(a[0]), float(a[-1])] for a in self.axes],
            "done": int(self.done.sum()),
            "holes": int((self.done & ~np.isfinite(self.loss)).sum()),
            "range": [float(finite.min()), float(finite.max())] if finite.size else None,
            "paths": paths,
            "measured": self.measured,
        }

    def to_dict(self) -> dict[str, Any]:
        """All of it but parameters and directions, as plain values: what is not finite is None."""
        return plain(
            {
                "facts": self.facts,
                "axes": [a.tolist() for a in self.axes],
                "maps": {name: x.tolist() for name, x in self.values.items()},
                "paths": {
                    name: {
                        k: None if v is None else np.asarray(v).tolist()
                        for k, v in p._asdict().items()
                    }
                    for name, p in self.paths.items()
                },
            }
        )
