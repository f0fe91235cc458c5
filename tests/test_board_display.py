"""What is shown of columns, against naive results that the page's tests read too.

`python tests/test_board_display.py` writes these to `tests/fixtures/display.json`.
"""

import json
import math
import statistics
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from uzviz.board import display

FILE = Path(__file__).parent / "fixtures" / "display.json"
NAN, INF = math.nan, math.inf
SERIES = {
    "rising": [1.0, 2.0, 4.0, 8.0],
    "one point": [3.0],
    "none": [],
    "constant": [2.5] * 5,
    "constant but for a hole": [2.5, NAN, 2.5, 2.5],
    "holes": [NAN, 1.0, INF, 2.0, -INF, NAN, 0.5],
    "nothing finite": [NAN, INF, -INF],
    "noise": [round(math.sin(12.9898 * i) * 5, 4) for i in range(200)],
}
WEIGHTS = [0.0, 0.6, 0.9, 0.999]
STRETCHES = [
    ("noise", 16),
    ("noise", 7),
    ("noise", 200),
    ("noise", 1000),
    ("rising", 1),
    ("rising", 3),
    ("constant", 4),
    ("holes", 3),
    ("holes", 7),
    ("nothing finite", 2),
    ("none", 4),
]
QUANTILES = [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0]


def naive_smoothed(values, s):
    """lecture.md §4, word for word."""
    if all(v == values[0] for v in values):
        return values
    last, count, shown = 0.0, 0, []
    for y in values:
        if not math.isfinite(y):
            shown.append(y)
            continue
        last = s * last + (1 - s) * y
        count += 1
        shown.append(last / (1 - s**count))
    return shown


def naive_decimated(values, size):
    kept = []
    for first in range(0, len(values), size):
        places = range(first, min(first + size, len(values)))
        finite = [i for i in places if math.isfinite(values[i])]
        odd = [i for i in places if not math.isfinite(values[i])]
        ends = [places[0], places[-1], *odd[:1]]
        if finite:
            ends += [min(finite, key=lambda i: values[i]), max(finite, key=lambda i: values[i])]
        kept += sorted(set(ends))
    return kept


def naive_quantile(values, q):
    ordered = sorted(values)
    at = q * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def plain(x):
    """Numbers as JavaScript and Python both read them from JSON."""
    if isinstance(x, list):
        return [plain(v) for v in x]
    if isinstance(x, float) and not math.isfinite(x):
        return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"
    return x


def made():
    finite = {k: [v for v in x if math.isfinite(v)] for k, x in SERIES.items()}
    return {
        "smoothing": [
            {"values": plain(x), "s": s, "shown": plain(naive_smoothed(x, s))}
            for x in SERIES.values()
            for s in WEIGHTS
        ],
        "decimation": [
            {"values": plain(SERIES[k]), "size": n, "kept": naive_decimated(SERIES[k], n)}
            for k, n in STRETCHES
        ],
        "quantiles": [
            {"values": x, "q": q, "quantile": naive_quantile(x, q)}
            for x in finite.values()
            if x
            for q in QUANTILES
        ],
    }


def golden(name):
    return json.loads(FILE.read_text())[name]


def test_the_golden_numbers_are_fresh():
    fresh = json.loads(json.dumps(made())) == json.loads(FILE.read_text())
    assert fresh, "run: .venv/bin/python tests/test_board_display.py"


def test_the_naive_quantile_is_numpys():
    for case in golden("quantiles"):
        assert case["quantile"] == pytest.approx(np.quantile(case["values"], case["q"]))


def test_smoothing():
    for case in golden("smoothing"):
        values = np.array([float(v) for v in case["values"]], np.float32)
        shown = [float(v) for v in case["shown"]]
        assert display.smoothed(values, case["s"]).tolist() == pytest.approx(
            shown, rel=1e-6, abs=1e-6, nan_ok=True
        )


@pytest.mark.parametrize("s", [0.3, 0.6, 0.99, 0.999])
@pytest.mark.parametrize("n", [2, 31, 32, 33, 1023, 1025, display.PIECE - 1, display.PIECE + 70])
def test_smoothing_of_any_length(s, n):
    values = np.random.default_rng(n).normal(3, 1, n)
    shown = display.smoothed(values, s)
    assert np.allclose(shown, naive_smoothed(values.tolist(), s), rtol=1e-11, atol=0)
    assert shown[0] == pytest.approx(values[0], rel=1e-12)


def test_smoothing_passes_over_what_is_not_finite():
    values = np.random.default_rng(0).normal(size=5000)
    holes = values.copy()
    holes[::7] = np.nan
    kept = np.isfinite(holes)
    assert np.allclose(display.smoothed(holes, 0.9)[kept], display.smoothed(values[kept], 0.9))


def test_decimation():
    for case in golden("decimation"):
        values = np.array([float(v) for v in case["values"]], np.float32)
        assert display.decimated(values, case["size"]).tolist() == case["kept"]


numbers = st.floats(width=32) | st.sampled_from([NAN, INF, -INF, 0.0, 1.0])


@given(arrays(np.float32, st.integers(0, 60), elements=numbers), st.integers(1, 70))
def test_decimation_keeps_what_it_says(values, size):
    assert display.decimated(values, size).tolist() == naive_decimated(values.tolist(), size)


def test_progress_is_joined_by_step():
    known, epochs = np.array([0, 10, 20]), np.array([0, 1, 2], np.float32)
    found = display.joined(np.array([-1, 0, 5, 10, 20, 21]), known, epochs)
    assert found.tolist() == pytest.approx([NAN, 0, 0.5, 1, 2, NAN], nan_ok=True)
    assert display.joined(known, known, epochs).tolist() == [0, 1, 2]
    shuffled = display.joined(np.array([5]), known[::-1], epochs[::-1])
    assert shuffled.tolist() == [0.5]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(2, 3, [1, 2, 3, 4]), (-9, 99, [0, 1, 2, 3, 4, 5]), (2.5, 2.6, [2, 3]), (50, 60, [5])],
)
def test_a_window_has_one_point_on_either_side(low, high, expected):
    x = np.arange(6)
    assert display.rises(x)
    assert x[display.window(x, low, high, True)].tolist() == expected


def test_a_window_of_steps_that_do_not_rise():
    x = np.array([0, 5, 1, 6, 2, 7])
    assert not display.rises(x)
    assert x[display.window(x, 5, 6, False)].tolist() == [0, 5, 1, 6, 2]
    lost = np.array([NAN, NAN])
    assert not display.rises(lost)
    assert len(lost[display.window(lost, 0, 1, False)]) <= 1


def test_a_median_is_between_its_neighbours():
    assert naive_quantile([1.0, 9.0, 3.0], 0.5) == statistics.median([1, 9, 3])


if __name__ == "__main__":
    FILE.write_text(json.dumps(made(), allow_nan=False) + "\n")
