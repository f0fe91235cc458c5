"""What of a run is read from its files when it is asked for: histograms, images, texts, graph, facts.

Sizes are checked before anything is read, and what a record claims before anything is made of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from google.protobuf.message import DecodeError

from uzviz.board import markdown
from uzviz.board.messages import (
    Distribution,
    Distributions,
    Facts,
    Graph,
    Kind,
    Picture,
    Pictures,
    Tag,
    Text,
    Texts,
)
from uzviz.board.refusals import Refusal
from uzviz.board.watched import Watched
from uzviz.errors import InputError, shown
from uzviz.log import values
from uzviz.log.files import Entry

T = TypeVar("T")
LARGEST: dict[Kind, int] = {"histograms": 8 << 20, "images": 64 << 20, "text": 4 << 20}
"""Bytes of a record of each kind; longer ones are not read."""
LARGEST_GRAPH = 64 << 20
MOST_BINS = 100_000
MOST_PICTURES = 5_000
MOST_SIDE = 1 << 20
MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)


def distributions(run: Watched, tag: Tag, most: int) -> Distributions:
    """Histograms; of more than so many, evenly chosen ones."""
    entries = _entries(run, tag, "histograms")
    chosen = [entries[i] for i in _even(len(entries), most)]
    found = _understood(run, tag, chosen, _histogram)
    return {
        "total": len(entries),
        "found": [_distribution(entry, histogram) for entry, histogram in found],
    }


def pictures(run: Watched, tag: Tag) -> Pictures:
    """Which images there are; of more records than a slider has places for, evenly chosen ones."""
    entries = _entries(run, tag, "images")
    found: list[Picture] = []
    places = {entries[i]: i for i in _even(len(entries), MOST_PICTURES)}
    for entry, sizes in _understood(run, tag, list(places), _sizes):
        for number, (width, height) in enumerate(sizes):
            found.append(
                {
                    "step": entry.step, "wall": _finite(entry.wall), "index": places[entry],
                    "number": number, "width": width, "height": height,
                }
            )  # fmt: skip
    return {"found": found}


def image(run: Watched, tag: Tag, index: int, number: int) -> tuple[bytes, str]:
    """An image's bytes, and what kind it is by its first ones.

    Raises
    ------
    Refusal
        for one that there isn't, and for what is none of the kinds that browsers only draw.
    """
    entries = _entries(run, tag, "images")[index : index + 1]
    found = [images for _, images in _understood(run, tag, entries, values.pictures_of)]
    if not found or number >= len(found[0]):
        raise Refusal(404, f"There is no image {number} in record {index} of {_named(tag)}.")
    data = found[0][number].data
    kinds = [kind for magic, kind in MAGIC if data.startswith(magic)]
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kinds = ["image/webp"]
    if not kinds:
        raise Refusal(415, "This is no PNG, JPEG, GIF, WebP or BMP, so it is not shown.")
    return data, kinds[0]


def texts(run: Watched, tag: Tag, most: int) -> Texts:
    """The last texts, each as far as there is room for all."""
    entries = _entries(run, tag, "text")
    last = entries[-most:]
    room = markdown.MOST // max(1, len(last))
    found = [
        _text(entry, "\n\n".join(words), room)
        for entry, words in _understood(run, tag, last, values.texts_of)
    ]
    return {"total": len(entries), "found": found}


def graph(run: Watched) -> Graph:
    """A model's graph.

    Raises
    ------
    Refusal
        for a run without one.
    """
    entry = run.contents.graph
    if entry is None:
        raise Refusal(404, f"{run.line['name']} holds no graph.")
    if entry.size > LARGEST_GRAPH:
        raise Refusal(422, f"The graph of {run.line['name']} takes {entry.size:,} bytes: too many.")
    found = run.log.graph
    return {"nodes": [node._asdict() for node in found.nodes] if found else []}  # pyright: ignore[reportReturnType]


def facts(run: Watched) -> Facts:
    """What is known of a run besides its line."""
    made = run.made()
    card = run.contents.entries.get("card", [])[:1]
    words = texts(run, {"id": 0, "name": "card", "kind": "text"}, 1)["found"] if card else []
    return {
        "note": str(made.get("note", "")),
        "card": words[-1]["html"] if words else "",
        "files": [{"name": name, "bytes": size} for name, size in run.files()],
        "damage": [
            {"file": d.file.rsplit("/", 1)[-1], "offset": d.offset, "bytes": d.bytes}
            for d in run.contents.damage
        ],
        "parameters": _parameters(made),
    }


def _parameters(made: dict[str, Any]) -> int | None:
    start = made.get("start")
    found = start.get("parameters") if isinstance(start, dict) else made.get("parameters")
    return found if isinstance(found, int) else None


def _entries(run: Watched, tag: Tag, kind: Kind) -> list[Entry]:
    if tag["kind"] != kind or run.contents.kinds.get(tag["name"]) != kind:
        raise Refusal(404, f"{run.line['name']} holds no {kind} named {_named(tag)}.")
    return run.entries(tag["name"])


def _understood(
    run: Watched, tag: Tag, entries: Sequence[Entry], decode: Callable[[Any], T]
) -> list[tuple[Entry, T]]:
    """Entries and what they hold; those that make no sense are left out, if others do."""
    found, wrong = [], ""
    for entry in entries:
        if entry.size > LARGEST[tag["kind"]]:
            wrong = f"it takes {entry.size:,} bytes"
            continue
        try:
            value = run.log.event(entry).summary.value[entry.number]
            found.append((entry, decode(value)))
        except (ValueError, TypeError, IndexError, OverflowError, DecodeError) as error:
            wrong = str(error).rstrip(".")
    if wrong and not found:
        raise InputError(f"{_named(tag)} of {run.line['name']} is not understood: {wrong}.")
    return found


def _histogram(value: Any) -> Any:
    if not value.HasField("histo"):
        bins = math.prod(d.size for d in value.tensor.tensor_shape.dim) // 3
    else:
        bins = len(value.histo.bucket)
    if not 0 <= bins <= MOST_BINS:
        raise ValueError(f"a histogram has {bins:,} bins")
    return values.histogram_of(value)


def _distribution(entry: Entry, histogram: Any) -> Distribution:
    return {
        "step": entry.step,
        "wall": _finite(entry.wall),
        "edges": _listed(histogram.edges),
        "counts": _listed(histogram.counts),
    }


def _sizes(value: Any) -> list[tuple[int, int]]:
    """Width and height of each image as the log says: nothing is decoded, so nothing is made of them."""
    return [
        (min(max(0, x.width), MOST_SIDE), min(max(0, x.height), MOST_SIDE))
        for x in values.pictures_of(value)
    ]


def _text(entry: Entry, words: str, room: int) -> Text:
    cut = words if len(words) <= room else words[:room] + "…"
    return {
        "step": entry.step,
        "wall": _finite(entry.wall),
        "source": cut,
        "html": markdown.html(cut),
    }


def _even(count: int, most: int) -> list[int]:
    """So many of ``count`` places at most, evenly chosen, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int)).tolist()


def _listed(numbers: Any) -> list[float | None]:
    found = np.asarray(numbers, float)
    return [x if math.isfinite(x) else None for x in found.tolist()]


def _finite(wall: float) -> float:
    return wall if math.isfinite(wall) else 0.0


def _named(tag: Tag) -> str:
    return shown(tag["name"])
