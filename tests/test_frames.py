"""Frames against the published checksum, and against every kind of damage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uzviz.log import schema
from uzviz.log.files import Contents, EventFile
from uzviz.log.frames import checksum, framed, walked

STEPS = 5


def test_the_checksum_is_the_published_one():
    assert checksum(b"\x1a\x11CRC test, one two") == 0x5794D08A


def records():
    """A version, scalars of one and of several names, and a text, as a writer frames them."""
    events = [schema.Event(wall_time=1.5, file_version="brain.Event:2")]
    for step in range(STEPS):
        event = schema.Event(wall_time=2.0 + step, step=step)
        event.summary.value.add(tag="loss", simple_value=10.0 + step)
        if step % 2:
            event.summary.value.add(tag="accuracy", simple_value=20.0 + step)
        events.append(event)
    return [framed(e.SerializeToString()) for e in events]


def read(path, data):
    path.write_bytes(data)
    file, contents = EventFile(path), Contents()
    assert file.read(contents)
    return file, contents


def values(contents):
    """Every point that was read: tag, step, value."""
    return {
        (tag, int(step), float(value))
        for tag, chunks in contents.scalars.items()
        for points in chunks
        for step, value in zip(points.step, points.value, strict=True)
    }


def values_of(frames):
    """What the records hold, by protobuf."""
    events = [schema.Event.FromString(f[12:-4]) for f in frames]
    return {(v.tag, e.step, v.simple_value) for e in events for v in e.summary.value}


@pytest.mark.parametrize("flip", [0xFF, 0x01, 0x80])
def test_a_flipped_byte_costs_its_own_record_and_is_reported(tmp_path, flip):
    frames = records()
    data, ends = b"".join(frames), np.cumsum([len(f) for f in frames])
    for at in range(len(data)):
        bad = bytearray(data)
        bad[at] ^= flip
        number = int(np.searchsorted(ends, at, side="right"))
        _, contents = read(tmp_path / "events", bytes(bad))
        assert values(contents) == values_of(frames[:number] + frames[number + 1 :])
        (damage,) = contents.damage
        first, size = int(ends[number] - len(frames[number])), len(frames[number])
        assert damage.offset == first
        # Of a last record whose length is damaged, the last bytes could still be a header's first.
        assert size - 11 * (number == len(frames) - 1) <= damage.bytes <= size


def test_a_torn_tail_is_not_there_yet(tmp_path):
    frames = records()
    data, ends = b"".join(frames), np.cumsum([len(f) for f in frames])
    path = tmp_path / "events"
    for length in range(len(data)):
        file, contents = read(path, data[:length])
        whole = int(np.searchsorted(ends, length, side="right"))
        assert values(contents) == values_of(frames[:whole])
        assert contents.damage == []
        path.write_bytes(data)
        assert file.read(contents)
        assert values(contents) == values_of(frames)


def test_a_length_of_2_to_the_63_allocates_nothing(tmp_path):
    length = (2**63).to_bytes(8, "little")
    for header in (length + checksum(length).to_bytes(4, "little"), length + bytes(4)):
        _, contents = read(tmp_path / "events", b"".join(records()) + header + bytes(100))
        assert values(contents) == values_of(records())


@settings(max_examples=60)
@given(st.data())
def test_whatever_is_damaged_the_rest_is_read(tmp_path_factory, data):
    """Bytes overwritten, cut out and put in; what is read is a part of what was written."""
    frames = records() * 4
    whole = b"".join(frames)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole)))
        cut = data.draw(st.integers(0, 40))
        whole = whole[:at] + data.draw(st.binary(max_size=40)) + whole[at + cut :]
    _, contents = read(tmp_path_factory.mktemp("log") / "events", whole)
    assert values(contents) <= values_of(frames)
    lost = [(d.offset, d.bytes) for d in contents.damage]
    for frame in records():
        places = [i for i in range(len(whole)) if whole.startswith(frame, i)]
        if any(not any(a < i + len(frame) and i < a + n for a, n in lost) for i in places):
            assert values(contents) >= values_of([frame])


def test_what_is_cut_out_of_a_record_costs_that_record_alone(tmp_path):
    """The good records behind lie in the length that the record claims."""
    text = schema.Event(wall_time=1.0, step=7)
    text.summary.value.add(tag="note").tensor.string_val.append(b"x" * 5000)
    before, cut, after = records() * 3, framed(text.SerializeToString()), records() * 20
    whole = b"".join(before) + cut[:1000] + cut[4000:] + b"".join(after)
    _, contents = read(tmp_path / "events", whole)
    assert len(contents.scalars["loss"]) >= 1
    assert sum(len(p.step) for p in contents.scalars["loss"]) == 23 * STEPS
    assert [(d.offset, d.bytes) for d in contents.damage] == [
        (len(b"".join(before)), len(cut) - 3000)
    ]


def one_by_one(data):
    """Starts and sizes of the frames, as the format is told, up to the first damaged length."""
    at, found = 0, []
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 8], "little")
        good = checksum(data[at : at + 8]) == int.from_bytes(data[at + 8 : at + 12], "little")
        if not good or at + 16 + size > len(data):
            break
        found.append((at + 12, size))
        at += 16 + size
    return found, at


PATTERNS = st.lists(
    st.tuples(st.lists(st.integers(0, 40), min_size=1, max_size=40), st.integers(1, 400)),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(deadline=None)
@given(PATTERNS, st.integers(0, 30), st.data())
def test_leaps_land_where_steps_do(patterns, torn, data):
    """Lengths that repeat with any period, break off, and are damaged somewhere."""
    sizes = [n for pattern, times in patterns for n in (pattern * times)[:3000]]
    whole = b"".join(framed(bytes(n)) for n in sizes)
    whole = whole[: max(0, len(whole) - torn)]
    wanted, end = one_by_one(whole)
    found = walked(whole)
    assert list(zip(found.starts.tolist(), found.sizes.tolist(), strict=True)) == wanted
    assert found.end == end
    assert not found.damage
    if not wanted:
        return
    struck = data.draw(st.integers(0, len(wanted) - 1))
    first = wanted[struck][0] - 12
    bad = bytearray(whole)
    bad[first + data.draw(st.integers(0, 11))] ^= 0x55
    found = walked(bytes(bad))
    pairs = list(zip(found.starts.tolist(), found.sizes.tolist(), strict=True))
    assert pairs[:struck] == wanted[:struck]
    assert found.damage[0][0] == first
    next_ = wanted[struck + 1] if struck + 1 < len(wanted) else None
    assert next_ is None or next_ in pairs


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_a_crash(data):
    frames = walked(data)
    assert 0 <= frames.end <= max(len(data), 0)
    assert len(frames.starts) == 0 or frames.sizes.sum() <= len(data)


def test_a_file_that_is_cut_short_or_replaced_is_read_again(tmp_path):
    path, frames = tmp_path / "events", records()
    file, contents = read(path, b"".join(frames))
    path.write_bytes(b"".join(frames[:2]))
    assert not file.read(contents)
    file, contents = read(path, b"".join(frames))
    later = schema.Event(wall_time=99.0, file_version="brain.Event:2")
    path.unlink()
    path.write_bytes(framed(later.SerializeToString()) + b"".join(frames) * 2)
    assert not file.read(contents)
