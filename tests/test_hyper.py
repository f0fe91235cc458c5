"""Hyperparameters: intervals as mathematicians write them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import uzviz as uz
from uzviz import hyper
from uzviz.errors import InputError
from uzviz.hyper import Interval

ENDS = st.tuples(
    st.sampled_from("[("), st.integers(-9, 0), st.integers(1, 9), st.sampled_from("])")
)


@given(ENDS, st.floats(-12, 12))
def test_an_interval_holds_what_lies_inside(ends, x):
    left, low, high, right = ends
    inside = (low < x < high) or (x == low and left == "[") or (x == high and right == "]")
    assert Interval(f"{left}{low}, {high}{right}").holds(x) == inside


@given(ENDS)
def test_what_must_be_refused_is_outside(ends):
    left, low, high, right = ends
    interval = Interval(f"{left}{low}, {high}{right}")
    wrong = interval.outside()
    assert not any(interval.holds(x) for x in wrong)
    assert {low: left == "(", high: right == ")"}.items() <= {
        x: x in wrong for x in (low, high)
    }.items()


def test_an_array_is_inside_when_every_number_is():
    assert Interval("[0, 1)").holds(np.array([0, 0.5]))
    assert not Interval("[0, 1)").holds(np.array([0, 1.0]))
    assert not Interval("(-inf, inf)").holds(math.nan)


def test_the_sentence_names_field_meaning_value_and_range():
    with pytest.raises(InputError, match=r"Adam: b1 \(.*\) is 1\.5, but must lie in \[0, 1\)\."):
        uz.Adam(b1=1.5)
    for wrong in ("0.9", None, True):
        with pytest.raises(InputError, match="must be a number in"):
            uz.Adam(b1=wrong)  # pyright: ignore[reportArgumentType]


def test_a_declaration_is_all_there_is_to_know():
    lr = hyper.declared(uz.Adam)["lr"]
    assert lr.default == uz.Adam().lr == 1e-3
    assert lr.interval.holds(lr.default)
    assert lr.meaning
