"""Scalar records as columns, against protobuf both ways."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from uzviz.log import schema
from uzviz.log.columns import decoded, encoded
from uzviz.log.frames import framed, walked

TAGS = st.lists(st.text(min_size=1, max_size=12).filter(str.isprintable), min_size=1, max_size=5,
                unique=True)  # fmt: skip
STEPS = st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 300), min_size=1, max_size=30)
FLOATS = st.floats(width=32)


def by_protobuf(piece):
    """Every value of every record, in order: step, wall, tag, value."""
    frames = walked(piece)
    events = [
        schema.Event.FromString(piece[a : a + n])
        for a, n in zip(frames.starts, frames.sizes, strict=True)
    ]
    return [(e.step, e.wall_time, v.tag, v.simple_value) for e in events for v in e.summary.value]


def by_columns(piece):
    frames = walked(piece)
    blocks, rest, damaged = decoded(piece, frames)
    assert len(damaged) == 0
    rows = []
    for b in blocks:
        for i, record in enumerate(b.records):
            for tag, value in zip(b.tags, b.values[:, i], strict=True):
                rows.append((record, (int(b.step[i]), float(b.wall[i]), tag, float(value))))
    return [row for _, row in sorted(rows, key=lambda r: r[0])], rest


def same(a, b):
    """Equal rows; NaN is NaN."""
    return len(a) == len(b) and all(
        x[:3] == y[:3] and np.array_equal(np.float32(x[3]), np.float32(y[3]), equal_nan=True)
        for x, y in zip(a, b, strict=True)
    )


@settings(max_examples=100)
@given(TAGS, STEPS, st.data())
def test_what_is_encoded_protobuf_reads_and_so_do_we(tags, steps, data):
    shape = len(steps), len(tags)
    table = np.array(
        data.draw(st.lists(FLOATS, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])),
        np.float32,
    ).reshape(shape)
    wall = 1.7e9 + np.arange(len(steps))
    piece = encoded(tuple(tags), np.array(steps), wall, table)
    wanted = [
        (s, w, tag, float(v))
        for s, w, row in zip(steps, wall, table, strict=True)
        for tag, v in zip(tags, row, strict=True)
    ]
    assert same(by_protobuf(piece), wanted)
    ours, rest = by_columns(piece)
    assert same(ours, wanted)
    assert len(rest) == 0


VALUES = st.lists(st.tuples(st.text(max_size=3), FLOATS), max_size=3)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(-3, 1000), VALUES, st.booleans()), min_size=1, max_size=25))
def test_what_protobuf_writes_is_read_or_handed_on(events):
    """Records of all layouts, texts among them, in any order."""
    made = []
    for step, pairs, with_text in events:
        event = schema.Event(wall_time=1.0, step=step)
        for tag, value in pairs:
            event.summary.value.add(tag=tag, simple_value=value)
        if with_text:
            event.summary.value.add(tag="x").tensor.string_val.append(b"words")
        made.append(event)
    piece = b"".join(framed(e.SerializeToString()) for e in made)
    ours, rest = by_columns(piece)
    plain = [e for e, (_, pairs, text) in zip(made, events, strict=True) if pairs and not text]
    assert set(range(len(made))) - set(rest.tolist()) <= {
        i for i, (_, pairs, text) in enumerate(events) if pairs and not text
    }
    handed = [made[i] for i in rest.tolist()]
    read = ours + [
        (e.step, e.wall_time, v.tag, v.simple_value)
        for e in handed if e in plain
        for v in e.summary.value
    ]  # fmt: skip
    wanted = [(e.step, e.wall_time, v.tag, v.simple_value) for e in plain for v in e.summary.value]
    key = lambda row: (row[0], row[2], str(row[3]))  # noqa: E731
    assert same(sorted(read, key=key), sorted(wanted, key=key))


def test_many_names_of_one_length_are_told_apart():
    """As tensorboardX writes: one value a record, twenty tags in turn."""
    tags = [f"tag/{i:02d}" for i in range(20)]
    pieces = []
    for step in range(200):
        for i, tag in enumerate(tags):
            event = schema.Event(wall_time=float(step), step=step)
            event.summary.value.add(tag=tag, simple_value=step + i / 20)
            pieces.append(framed(event.SerializeToString()))
    piece = b"".join(pieces)
    frames = walked(piece)
    blocks, rest, damaged = decoded(piece, frames)
    assert len(damaged) == 0
    assert len(rest) == 0
    for i, tag in enumerate(tags):
        own = [b for b in blocks if b.tags == (tag,)]
        values = np.concatenate([b.values[0] for b in own])
        assert np.array_equal(np.sort(values), np.float32(np.arange(200) + i / 20))
