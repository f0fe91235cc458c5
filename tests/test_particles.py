"""Particles on a ground: the training from their point, and descent within a plane."""

import dataclasses

import jax
import numpy as np
import pytest

import uzviz as uz
from uzviz.errors import InputError
from uzviz.landscapes import Ground, at, bound, free, planned

PLACE = [0.3, -0.4]


@pytest.fixture(scope="module")
def grid():
    problem = uz.problems.classify("digits", hidden=[])
    return planned(problem, size=3, split_seed=2, examples=256)


def begun(grid):
    """The same problem, begun at that place."""
    point = at(grid.w, grid.directions, np.array([PLACE]))
    start = jax.tree.map(lambda x: x[0], point)
    return dataclasses.replace(grid.ground.problem, init=lambda key: start)


@pytest.mark.parametrize(
    ("rule", "batch"),
    [(uz.Adam(lr=0.01), 83), (uz.Momentum(lr=0.05), 500)],
    ids=["adam", "momentum"],
)
def test_a_particle_goes_where_training_from_its_point_goes(grid, rule, batch):
    """Batches of 500 leave a shorter one at the end of each epoch."""
    steps = 70  # more than are looked at together
    found = free(grid.ground, grid.w, grid.directions, PLACE, rule, batch, steps)
    plan = uz.engine.Plan(1079, batch, 1, 0)
    run = uz.train(
        begun(grid), rule, batch=batch, gradients=plan.spent(steps), seed=2, path_memory=10**8
    )
    assert run.step == steps
    ground = Ground(grid.ground.problem, 2, 256)
    ends = uz.landscapes.project(grid.w, grid.directions, run.path.w, ground)
    at_steps = run.path.steps
    np.testing.assert_allclose(found.coordinates[at_steps], ends.coordinates, atol=1e-6)
    np.testing.assert_allclose(found.distance[at_steps], ends.distance, atol=1e-5)
    np.testing.assert_allclose(found.loss[at_steps], ends.loss, rtol=1e-5)
    np.testing.assert_allclose(found.shown[at_steps], ends.shown, rtol=1e-5)
    assert found.coordinates[0] == pytest.approx(PLACE, abs=1e-6)
    assert found.distance[0] < 1e-5 < found.distance[-1]
    assert found.died is None


def test_within_a_plane_it_descends_as_a_surface_does(x64):
    """On a quadratic along two of its axes: each coordinate shrinks by 1 − αλ a step."""
    problem = uz.problems.quadratic([1.0, 4.0, 9.0], start=[0.0, 0.0, 0.0])
    axes = [np.eye(3)[0], np.eye(3)[1]]
    grid = planned(problem, np.zeros(3), directions=uz.landscapes.own(np.zeros(3), *axes), size=3)
    found = bound(grid.ground, grid.w, grid.directions, [2.0, 1.0], uz.GradientDescent(lr=0.1), 20)
    steps = np.arange(21)[:, None]
    theory = np.array([2.0, 1.0]) * (1 - 0.1 * np.array([1.0, 4.0])) ** steps
    np.testing.assert_allclose(found.coordinates, theory, rtol=1e-12)
    np.testing.assert_allclose(found.loss, 0.5 * (theory**2 @ [1.0, 4.0]), rtol=1e-12)
    assert np.array_equal(found.loss, found.shown)
    assert not found.distance.any()


@pytest.mark.parametrize("go", [free, bound])
def test_one_that_leaves_the_numbers_stops_there(go):
    problem = uz.problems.quadratic([1.0, 4.0])
    grid = planned(problem, size=3)
    batch = [1] if go is free else []
    found = go(
        grid.ground, grid.w, grid.directions, [1.0, 1.0], uz.GradientDescent(lr=1e15), *batch, 50
    )
    assert found.died is not None
    assert len(found.coordinates) == found.died
    assert np.isfinite(found.coordinates).all()


@pytest.mark.parametrize(
    ("place", "steps", "batch", "says"),
    [
        ([1.0], 5, 8, "2 finite coordinates"),
        ([np.nan, 0.0], 5, 8, "2 finite coordinates"),
        (PLACE, 0, 8, "The steps are 0"),
        (PLACE, 10**9, 8, "from 1 to 5,000"),
        (PLACE, 5, 5000, "from 1 to 1079"),
    ],
)
def test_what_cannot_be_is_refused(grid, place, steps, batch, says):
    with pytest.raises(InputError, match=says):
        free(grid.ground, grid.w, grid.directions, place, uz.Adam(), batch, steps)
