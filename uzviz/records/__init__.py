"""What a run, a race and a landscape can say. Numbers are NumPy arrays; no JAX."""

from uzviz.records.maps import Map, Projection, Tile
from uzviz.records.runs import (
    Best,
    Cause,
    CauseKind,
    End,
    Evaluation,
    Graph,
    Histogram,
    Node,
    Path,
    Pictured,
    Piece,
    Probed,
    RaceRecord,
    Record,
    Run,
    Snapshot,
    Stage,
    Start,
    State,
    Steps,
    Timed,
    plain,
)

__all__ = [
    "Best", "Cause", "CauseKind", "End", "Evaluation", "Graph", "Histogram", "Map", "Node", "Path", "Pictured",
    "Piece", "Probed", "Projection", "RaceRecord", "Record", "Run", "Snapshot", "Stage", "Start", "State", "Steps",
    "Tile", "Timed", "plain",
]  # fmt: skip
