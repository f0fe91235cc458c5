"""Slides 31–33: gradients of mini-batches, their variance, and descents at equal cost."""

import jax
import numpy as np
import pytest
from playing import readout

import uzviz as uz
from uzviz.scenes import SCENES
from uzviz.scenes.lecture import batches

SCENE = SCENES["batches"]


def test_the_gradient_of_a_batch_is_the_losses(x64):
    """That the mean of single gradients is the gradient of the batch's own loss."""
    problem, w = batches.line(1.0, 0), np.array([-4.0, -3.0])
    each = batches.gradients(problem, w)
    gradient = jax.jit(jax.grad(lambda w, batch: problem.loss(w, batch, None)))
    x, y = batches.training_part(problem)
    for rows in batches.orders(0, many=5)[:, :8]:
        direct = gradient(w, (x[rows], y[rows]))
        assert np.allclose(each[rows].mean(axis=0), direct, rtol=1e-12)


def test_batches_hold_no_example_twice():
    found = batches.orders(3)[:, :60]
    assert found.shape == (batches.DRAWN, 60)
    assert all(len(set(rows)) == 60 for rows in found.tolist())


def test_on_average_a_batch_is_right_and_its_variance_is_theorys(x64):
    """Over twenty thousand batches; the mean is right to four of its deviations."""
    each = batches.gradients(batches.line(1.0, 0), [-4.0, -3.0])
    whole = each.mean(axis=0)
    for size in (1, 8, 60):
        found = each[batches.orders(1, many=20_000)[:, :size]].mean(axis=1)
        expected = batches.variance(each, size)
        assert np.linalg.norm(found.mean(axis=0) - whole) < 4 * np.sqrt(expected / 20_000)
        measured = ((found - whole) ** 2).sum(axis=1).mean()
        assert measured == pytest.approx(expected, rel=0.05)
    assert batches.variance(each, batches.EXAMPLES) == 0


def test_the_ellipse_holds_as_much_as_a_normal_cloud(frame):
    found = frame("cloud", batch="30")
    ring, whole = found["ellipse"], np.array(found["whole"])
    assert np.allclose((ring[:32] + ring[32:64]) / 2, whole)
    away = found["each"] - whole
    covariance = np.cov((ring[:-1] - whole).T, bias=True) * 2
    inside = np.einsum("ni,ij,nj->n", away, np.linalg.inv(covariance), away) < 1
    assert inside.mean() == pytest.approx(1 - np.exp(-0.5), abs=0.08)


def test_the_whole_is_one_batch(frame):
    found = frame("cloud", batch="240")
    assert np.allclose(found["each"], found["whole"])
    assert found["radius"] == 0
    assert found["downhill"] == 1


@pytest.mark.parametrize(("kind", "size"), [("all", 240), ("some", 8), ("one", 1)])
def test_it_is_where_training_comes_to(frame, kind, size):
    found = frame("race", epochs=2, seed=3)
    problem = uz.problems.linear(240, noise=1.0, seed=3, start=[-4.0, -3.0])
    trained = uz.train(problem, uz.GradientDescent(lr=0.03), batch=size, epochs=2, seed=3)
    assert np.array_equal(found[f"{kind}_w"][-1], trained.w)
    assert found["end"][kind] == pytest.approx(
        float(trained.evaluations[-1].values["train/loss"]), rel=1e-12
    )
    assert found["steps"][kind] == 480 // size
    assert found[f"{kind}_spent"][-1] == 480


def test_at_equal_cost_rough_steps_are_ahead(frame):
    end = frame("race")["end"]
    assert end["some"] < end["all"] / 10
    assert end["one"] < end["all"] / 10


def test_the_page_says_it(played):
    page = played("batches")
    assert "(batch GD, after 2 steps)" in readout(page)
    assert "(SGD, after 480 steps)" in readout(page)
    page.get_by_role("link", name="Single examples").click()
    readout(page, has="(mini-batches, after 480 steps)")
