"""Slides 7–15: the nine distances, and the page where points are dragged and words typed."""

import math

import numpy as np
import pytest
from playing import readout, slide, trouble

from uzviz import distances
from uzviz.errors import InputError
from uzviz.scenes import SCENES

SCENE = SCENES["distances"]


def test_the_plane(frame):
    found = frame("plane")
    assert found["euclidean"] == 5
    assert found["manhattan"] == 7
    assert found["chebyshev"] == 4
    assert found["minkowski"] == pytest.approx(91 ** (1 / 3))
    assert frame("plane", p=2.0)["minkowski"] == pytest.approx(5)  # the straight line is p = 2
    assert frame("plane", p=1.0)["minkowski"] == 7
    turned = frame("plane", a=[3.0, 0.0], b=[0.0, 3.0])
    assert turned["cosine"] == 1
    assert turned["angle"] == pytest.approx(90)
    nowhere = frame("plane", a=[0.0, 0.0])
    assert math.isnan(nowhere["cosine"])
    assert nowhere["angle"] is None


def test_rims_are_at_distance_one(frame):
    found = frame("balls", p=4.0)
    rims = dict(zip(found["distances"], np.asarray(found["rims"], float), strict=True))
    for name, order in {"euclidean": 2, "manhattan": 1, "chebyshev": np.inf}.items():
        np.testing.assert_allclose(np.linalg.norm(rims[name], order, axis=-1), 1, rtol=1e-6)
    np.testing.assert_allclose((rims["minkowski"] ** 4).sum(-1) ** (1 / 4), 1, rtol=1e-6)


def test_words_and_sets(frame):
    assert frame("words")["hamming"] == 2
    found = frame("sets")
    assert found["both"] == ["в", "г", "д"]
    assert found["jaccard"] == pytest.approx(1 - 3 / 6)
    assert found["dice"] == pytest.approx(1 - 6 / 9)
    empty = frame("sets", first="", second=" , ")
    assert (empty["jaccard"], empty["dice"]) == (0, 0)


def test_what_has_no_distance_is_told_in_a_sentence(frame):
    with pytest.raises(InputError, match="needs two words of one length"):
        frame("words", one="abc", two="ab")
    with pytest.raises(InputError, match="there is room for 14"):
        frame("sets", first=" ".join("abcdefghijklmno"))


def test_kyiv_and_new_york(frame):
    assert frame("globe")["haversine"] == pytest.approx(7500, abs=60)
    half = math.pi * distances.EARTH
    far = frame("globe", here=[30.52, 50.45], there=[-149.48, -50.45])
    assert far["haversine"] == pytest.approx(half, rel=1e-9)


def test_points_are_dragged_and_all_distances_follow(played):
    page = played("distances")
    text = readout(page)
    for said in ("Euclidean 5", "Manhattan 7", "Chebyshev 4", "Hamming 2"):
        assert said in text
    page.get_by_role("button", name="Point B", exact=True).first.press("ArrowRight")
    assert "Euclidean 5 " not in readout(page, but=text)


def test_words_of_two_lengths_are_refused(played):
    page = played("distances")
    field = page.get_by_label("First word", exact=True)
    field.fill("10")
    field.press("Enter")
    page.locator(".trouble", has_text="needs two words of one length").wait_for()
    assert "Hamming 2" in readout(page)
    assert trouble(page)


def test_a_p_that_is_refused_is_not_shown(played):
    page = played("distances")
    slide(page, "p", "much")
    assert "p is much" in trouble(page)
    assert page.locator("figcaption", has_text="p = 3: ").count() == 1
