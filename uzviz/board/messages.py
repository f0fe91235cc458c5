"""What the board and its page say to one another. The page's types are generated from these.

JSON is strict: a number that is not finite is null. Columns of numbers travel as bytes
(``wire.py``): a header of the kind :class:`Columns`, then the columns themselves.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from uzviz.records import Node

Kind = Literal["scalars", "histograms", "images", "text", "tensors"]
ArrayType = Literal["f4", "f8", "i4", "u1"]
ControlKind = Literal[
    "number", "whole", "switch", "choice", "several", "point", "points", "wholes", "text"
]
Status = Literal["running", "finished", "diverged", "interrupted", "dead"]


class Tag(TypedDict):
    """A name under which runs log; the same for all runs."""

    id: int
    name: str
    kind: Kind


class RunLine(TypedDict):
    """A run, as lists show it."""

    id: int
    name: str
    read: bool
    """Whether its files have been read; until then the rest is empty."""
    status: Status
    hyperparameters: dict[str, bool | float | str]
    tags: list[int]
    began: float | None
    """Seconds since 1970 of its first record; likewise the last."""
    written: float | None
    damage: int
    """Bytes that could not be read."""
    race: bool
    """Whether it is a race's own."""
    graph: bool
    landscape: bool
    """Whether its log holds one."""


class Reading(TypedDict):
    """How many runs were read, of how many."""

    done: int
    total: int


class Runs(TypedDict):
    """The runs that changed after a cursor; of all tags, those that are new."""

    server: int
    """The server's own number: behind another one all ids and cursors are new."""
    cursor: int
    folder: str
    """The folder's last name, never its path."""
    version: str
    reading: Reading
    known: bool
    """Whether all folders were looked into: until then, that there are no runs means nothing."""
    tags: list[Tag]
    runs: list[RunLine]
    gone: list[int]


class Changed(TypedDict):
    """An event: something is new behind this cursor."""

    cursor: int


class Column(TypedDict):
    """Where a column lies after the header, in bytes, and what its numbers are."""

    type: Literal["f4", "f8"]
    offset: int
    length: int


class Series(TypedDict):
    """Points of one tag of one run. Columns are given by their numbers; equal ones are sent once."""

    run: int
    tag: int
    generation: int
    """Changes when points already sent are void."""
    total: int
    """Points in the files."""
    origin: float | None
    """The wall time of the first of them, to which others are relative."""
    first: int
    """The number of the first point sent, from 0: 0, or as many as the page said it has."""
    whole: bool
    """Whether all points from the first on are here; else those that a drawing of the window needs: of
    each stretch the first, lowest, highest and last."""
    step: int
    wall: int
    value: int
    axis: int | None
    """Epochs, gradients or examples at each point, where these were asked for and known. Of all points,
    also where only later ones are sent, if ``whole``: what is told later of a run's progress changes
    earlier places."""
    smoothed: int | None
    """Smoothed values, where not all points are here; otherwise the page smooths."""


class Columns(TypedDict):
    """The header before columns."""

    columns: list[Column]
    series: list[Series]


class Distribution(TypedDict):
    """A histogram at a step."""

    step: int
    wall: float
    edges: list[float | None]
    counts: list[float | None]


class Distributions(TypedDict):
    """Histograms of one tag of one run; of more than were asked for, evenly chosen ones."""

    total: int
    found: list[Distribution]


class Picture(TypedDict):
    """One image of a step; its bytes are fetched by step and number."""

    step: int
    wall: float
    index: int
    number: int
    width: int
    height: int


class Pictures(TypedDict):
    """All images of one tag of one run, by step."""

    found: list[Picture]


class Text(TypedDict):
    """A text at a step: as it was logged, and as HTML without anything that could act."""

    step: int
    wall: float
    source: str
    html: str


class Texts(TypedDict):
    """Texts of one tag of one run; the last ones, of more than were asked for."""

    total: int
    found: list[Text]


class Graph(TypedDict):
    """A model's graph."""

    nodes: list[Node]


class Results(TypedDict):
    """The last value of every series of scalars: a row a run, a column a tag; null where there is none."""

    runs: list[int]
    tags: list[int]
    values: list[list[float | None]]


class File(TypedDict):
    """A file of a run, by its own name."""

    name: str
    bytes: int


class Lost(TypedDict):
    """Bytes of a file that could not be read."""

    file: str
    offset: int
    bytes: int


class Facts(TypedDict):
    """What is known of one run besides its line."""

    note: str
    card: str
    """The run card as HTML; "" without."""
    files: list[File]
    damage: list[Lost]
    parameters: int | None


class Lane(TypedDict):
    """A lane of a race's final that has a run of its own."""

    entrant: str
    role: str
    """ "tuned", "nudged" or "fewer tries"."""
    seed: int
    run: int


class RaceOf(TypedDict):
    """A race's result as ``Race.to_dict`` gives it, and where its lanes are."""

    race: dict[str, Any]
    lanes: list[Lane]


class LandscapeLine(TypedDict):
    """A landscape in a run's log, as a list shows it."""

    name: str
    shape: list[int]
    """Points along each direction, one or two."""
    done: int
    """Points that are there."""
    directions: str
    """What kind they are."""


class Landscapes(TypedDict):
    """The landscapes in a run's log, whose places in this list are their numbers."""

    landscapes: list[LandscapeLine]


class Bounds(TypedDict):
    """A hyperparameter as it is declared."""

    default: float
    low: float | None
    """None where nothing bounds it; so for ``high``."""
    high: float | None
    interval: str
    meaning: str


class RuleOf(TypedDict):
    """A rule, and what can be set in it."""

    name: str
    hyperparameters: dict[str, Bounds]
    tuned: str | None
    """The step size's name; None for a rule without one."""


class About(TypedDict):
    """What can be asked of the ground around a run."""

    parameters: int
    examples: int
    """Of the training part; 0 for a problem without data."""
    batch: int
    """Of the run."""
    most_steps: int
    """Of a particle."""
    sizes: list[int]
    """Points along a side, least and most."""
    entrants: list[str]
    """Of a race, whose ends can be the centre."""
    centre: str
    directions: list[str]
    rules: list[RuleOf]
    rule: str
    """The run's own, and its numbers; of a race its winner's."""
    set: dict[str, float]


class Refused(TypedDict):
    """Why a request was not answered, as a sentence."""

    error: str


class ControlOf(TypedDict):
    """What can be set in a scene, as ``uzviz.scenes.controls`` describes it."""

    kind: ControlKind
    default: Any
    low: NotRequired[float]
    high: NotRequired[float]
    scale: NotRequired[Literal["linear", "log"]]
    interval: NotRequired[str]
    """The numbers allowed; the slider goes from low to high."""
    options: NotRequired[list[str]]
    brings: NotRequired[dict[str, dict[str, Any]]]
    """What else is set when one of the options is chosen."""
    least: NotRequired[int]
    many: NotRequired[int]
    longest: NotRequired[int]


class PartOf(TypedDict):
    """A piece of a scene's picture."""

    uses: list[str]
    """The settings with which it is made anew."""
    shows: list[str]
    """Further settings that change what is shown of a training, and not how it goes."""
    training: bool
    """Whether it goes on in steps."""


class SceneOf(TypedDict):
    """A scene, as ``uzviz.scenes.scene`` describes it."""

    name: str
    title: str
    slides: str
    formulas: list[str]
    """In TeX."""
    controls: dict[str, ControlOf]
    parts: dict[str, PartOf]
    presets: dict[str, dict[str, Any]]


class ArrayOf(TypedDict):
    """Where an array lies among the bytes behind the header, and its shape."""

    type: ArrayType
    offset: int
    shape: list[int]


class Frame(TypedDict):
    """The header of a scene's frame."""

    arrays: dict[str, ArrayOf]
    facts: dict[str, Any]
    """All that is no array; a number that is not finite is null."""


class Sized(TypedDict):
    """A frame that follows, of so many bytes."""

    size: int


class RefusedFrame(TypedDict):
    """A frame that could not be made, and why, in a sentence."""

    refused: str


class Frames(TypedDict):
    """The header of frames, which follow in its order."""

    frames: list[Sized | RefusedFrame]
