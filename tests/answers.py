"""A board asked without a socket, and logs as hostile as they can be."""

import json
import struct
import time

import numpy as np
from asgi import Client

import uzviz as uz
from uzviz.board.app import application
from uzviz.board.store import Store
from uzviz.log import frames, schema, values

POINTS = 10_000
SPIKE, HOLE = 4321, 7777


def curve():
    y = np.sin(np.arange(POINTS) / 300).astype(np.float32)
    y[SPIKE], y[HOLE] = 50, np.nan
    return y


def event(folder, *found, step=0, name="events.out.tfevents.1"):
    """Write one record of values as they are, past everything that a log checks."""
    folder.mkdir(parents=True, exist_ok=True)
    record = schema.Event(wall_time=1.7e9, step=step, summary={"value": list(found)})
    with open(folder / name, "ab") as file:
        file.write(frames.framed(record.SerializeToString()))


def images(tag, *parts):
    return values._value(tag, "images", np.array(parts, object))


def words(tag, *texts):
    return values._value(tag, "text", np.array([t.encode() for t in texts], object))


def log_two(folder):
    steps = np.arange(POINTS)
    for name in ("a", "b"):
        with uz.Log(folder / name, hyperparameters={"rule": name}) as log:
            both = {"loss": curve(), "accuracy": curve() + 1, "progress/epoch": steps / 100}
            log.columns(steps, both, 1.7e9 + steps)
            log.scalars(5, {"test/loss": 0.5})


class Asked(Client):
    """A board on a folder, all of it read, with its runs' and tags' numbers by their names."""

    def __init__(self, folder, **options):
        self.store = Store(folder)
        super().__init__(application(self.store, **options))
        end = time.monotonic() + 20
        while time.monotonic() < end:
            found = self("/api/runs").json()
            reading = found["reading"]
            if found["known"] and reading["done"] == reading["total"]:
                break
            time.sleep(0.01)
        self.runs = {run["name"]: run for run in found["runs"]}
        self.tags = {tag["name"]: tag["id"] for tag in found["tags"]}

    def of(self, what, run, tag, more=""):
        return self(f"/api/{what}?run={self.runs[run]['id']}&tag={self.tags[tag]}{more}")

    def series(self, runs, tags, more=""):
        ids = ",".join(str(self.runs[name]["id"]) for name in runs)
        numbers = ",".join(str(self.tags[name]) for name in tags)
        return unpacked(self(f"/api/scalars?runs={ids}&tags={numbers}{more}"))


def unpacked(answer):
    """Series with their columns, and how many columns were sent."""
    assert answer.status == 200, answer.text
    data = answer.content
    (size,) = struct.unpack_from("<I", data)
    header = json.loads(data[4 : 4 + size])
    assert (4 + size) % 8 == 0
    columns = []
    for column in header["columns"]:
        start = 4 + size + column["offset"]
        assert start % 8 == 0
        columns.append(np.frombuffer(data, f"<{column['type']}", column["length"], start))
    names = ("step", "wall", "value", "axis", "smoothed")
    named = [
        {**s, **{n: None if s[n] is None else columns[s[n]] for n in names}}
        for s in header["series"]
    ]
    return named, len(columns)


def frames_of(content):
    """Frames as the page reads them, one behind the other; a sentence in place of one that is refused."""
    size = int.from_bytes(content[:4], "little")
    at, found = 4 + size, []
    for one in json.loads(content[4:at])["frames"]:
        found.append(one.get("refused") or frame_of(content[at : at + one["size"]]))
        at += one.get("size", 0)
    assert at == len(content)
    return found


def frame_of(content):
    """A frame as the page reads it."""
    size = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + size])
    arrays = {}
    for name, of in header["arrays"].items():
        length = int(np.prod(of["shape"]))
        where = 4 + size + of["offset"]
        assert where % 8 == 0
        arrays[name] = np.frombuffer(content, f"<{of['type']}", length, where).reshape(of["shape"])
    return arrays, header["facts"]
