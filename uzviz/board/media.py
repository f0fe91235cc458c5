"""What of a run is read from its files when it is asked for: histograms, images, texts, graph, facts.

Sizes are checked before anything is read, and what a record claims before anything is made of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
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
MOST_BINS, MOST_BINS_AT_ONCE = 100_000, 200_000
"""Of a histogram, and of all in one answer."""
MOST_PADDED = 1024
"""Numbers of a tensor that are written as fewer; one that claims more has to hold them."""
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
    """Histograms; of more than so many, or than there is room for, evenly chosen ones."""
    entries = _entries(run, tag, "histograms")
    found = _chosen(run, tag, entries, most, _histogram, lambda h: len(h.counts), MOST_BINS_AT_ONCE)
    return {
        "total": len(entries),
        "found": [_distribution(entries[place], histogram) for place, histogram in found],
    }


def every_histogram(run: Watched, tag: Tag) -> Iterator[Distribution]:
    """All of them, one read after another."""
    for entry, held in _understood(run, tag, _entries(run, tag, "histograms"), _histogram):
        yield _distribution(entry, held)


def every_text(run: Watched, tag: Tag) -> Iterator[tuple[float, int, str]]:
    """All of them with time and step, one read after another."""
    entries = _entries(run, tag, "text")
    for entry, words in _understood(run, tag, entries, values.texts_of):
        yield _finite(entry.wall), entry.step, "\n\n".join(words)


def pictures(run: Watched, tag: Tag) -> Pictures:
    """Which images there are; of more than a slider has places for, those of evenly chosen records."""
    entries = _entries(run, tag, "images")
    found: list[Picture] = []
    for place, sizes in _chosen(run, tag, entries, MOST_PICTURES, _sizes, len, MOST_PICTURES):
        entry = entries[place]
        for number, (width, height) in enumerate(sizes):
            found.append(
                {
                    "step": entry.step, "wall": _finite(entry.wall), "index": place,
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
    found = [images for _, images in _understood(run, tag, entries, _pictures)]
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
        raise Refusal(404, f"{_name(run)} holds no graph.")
    if entry.size > LARGEST_GRAPH:
        raise Refusal(422, f"The graph of {_name(run)} takes {entry.size:,} bytes: too many.")
    found = run.log.graph
    return {"nodes": [node._asdict() for node in found.nodes] if found else []}  # pyright: ignore[reportReturnType]


def facts(run: Watched) -> Facts:
    """What is known of a run besides its line."""
    made = run.made()
    note = made.get("note")
    card = run.contents.entries.get("card", [])[:1]
    words = texts(run, {"id": 0, "name": "card", "kind": "text"}, 1)["found"] if card else []
    return {
        "note": note if isinstance(note, str) else "",
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
        raise Refusal(404, f"{_name(run)} holds no {kind} named {_named(tag)}.")
    return run.entries(tag["name"])


def _chosen(
    run: Watched,
    tag: Tag,
    entries: Sequence[Entry],
    most: int,
    decode: Callable[[Any], T],
    size: Callable[[T], int],
    room: int,
) -> list[tuple[int, T]]:
    """The places of so many entries at most, evenly chosen, and what they hold; of half as many, and so
    on, while there is no room for all."""
    while True:
        places = {entries[i]: i for i in _even(len(entries), most)}
        found, left = [], room
        for entry, held in _understood(run, tag, list(places), decode):
            left -= size(held)
            if left < 0:
                break
            found.append((places[entry], held))
        else:
            return found
        most = len(places) // 2


def _understood(
    run: Watched, tag: Tag, entries: Sequence[Entry], decode: Callable[[Any], T]
) -> Iterator[tuple[Entry, T]]:
    """Entries and what they hold; those that make no sense are left out, if others do."""
    found, wrong = False, ""
    for entry in entries:
        if entry.size > LARGEST[tag["kind"]]:
            wrong = f"it takes {entry.size:,} bytes"
            continue
        try:
            value = run.log.event(entry).summary.value[entry.number]
            held = decode(value)
        except (ValueError, TypeError, IndexError, OverflowError, DecodeError) as error:
            wrong = str(error).rstrip(".")
            continue
        found = True
        yield entry, held
    if wrong and not found:
        raise InputError(f"{_named(tag)} of {_name(run)} is not understood: {wrong}.")


def _histogram(value: Any) -> Any:
    if not value.HasField("histo"):
        bins = math.prod(values.shape_of(value.tensor)) // 3
    else:
        bins = len(value.histo.bucket)
    if bins > MOST_BINS:
        raise ValueError(f"a histogram has {bins:,} bins")
    return values.histogram_of(value, MOST_PADDED)


def _distribution(entry: Entry, histogram: Any) -> Distribution:
    return {
        "step": entry.step,
        "wall": _finite(entry.wall),
        "edges": _listed(histogram.edges),
        "counts": _listed(histogram.counts),
    }


def _pictures(value: Any) -> list[values.Picture]:
    count = len(value.tensor.string_val)
    if count - 2 > MOST_PICTURES:  # the first two are width and height
        raise ValueError(f"a record holds {count - 2:,} images")
    return values.pictures_of(value)


def _sizes(value: Any) -> list[tuple[int, int]]:
    """Width and height of each image as the log says: nothing is decoded, so nothing is made of them."""
    return [
        (min(max(0, x.width), MOST_SIDE), min(max(0, x.height), MOST_SIDE))
        for x in _pictures(value)
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


def _name(run: Watched) -> str:
    return shown(run.line["name"])


def _named(tag: Tag) -> str:
    return shown(tag["name"])
