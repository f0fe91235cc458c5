"""Grids: known surfaces, exact coordinates, every order and break in the same bits."""

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz import engine, landscapes
from uzviz.errors import InputError
from uzviz.landscapes import grids
from uzviz.landscapes.affine import Program, along
from uzviz.landscapes.directions import flat
from uzviz.problems import Problem


def filled(grid, tiles):
    found = landscapes.Landscape(grid)
    for tile in tiles:
        found.add(tile)
    return found


def mapped(grid, **options):
    return filled(grid, landscapes.mapped(grid, **options))


def test_a_quadratic_is_its_formula(x64):
    spectrum = np.array([3.0, 1.0, -2.0, 0.5])
    w = jnp.array([1.0, -1.0, 0.5, 2.0])
    land = landscapes.around(uz.problems.quadratic(spectrum), w, normalise="none", size=(9, 7), span=(-2, 3),
                             maps=("gradient-norm", "curvature"))  # fmt: skip
    w, first, second = (np.asarray(flat(x)) for x in (w, *land.directions.vectors))
    for i, a in enumerate(land.axes[0]):
        for j, b in enumerate(land.axes[1]):
            x = w + a * first + b * second
            assert land.loss[i, j] == pytest.approx((spectrum * x**2).sum() / 2, rel=1e-12)
            assert land.values["gradient-norm"][i, j] == pytest.approx(np.linalg.norm(spectrum * x))
    assert land.values["eigenvalue/top"] == pytest.approx(np.full((9, 7), 3.0))
    assert land.values["eigenvalue/bottom"] == pytest.approx(np.full((9, 7), -2.0))
    assert land.done.all()


def test_coordinates_are_where_they_claim():
    """Each from the centre by itself: w is among them, and the ends are the ends."""
    x = landscapes.coordinates(1, 51)
    assert x[25] == 0
    assert (x[0], x[-1]) == (-1, 1)
    assert np.array_equal(x, -x[::-1])
    assert np.diff(x) == pytest.approx(np.full(50, 0.04), abs=1e-15)
    assert landscapes.coordinates((0.5, 2), 3).tolist() == [0.5, 1.25, 2]


@pytest.fixture(scope="module")
def digits():
    return uz.problems.classify("digits", hidden=[8], activation="tanh")


@pytest.fixture(scope="module")
def land(digits):
    return landscapes.around(digits, size=(11, 6), examples=None)


def test_a_network_s_map_is_its_loss_at_each_point_and_every_column(digits, land):
    grid = land.grid
    places = [(0, 0), (10, 5), (3, 1), (3, 2), (4, 2), (5, 3)]
    at = np.array([[land.axes[0][i], land.axes[1][j]] for i, j in places])
    for part in ("train", "validation"):
        points = landscapes.at(grid.w, grid.directions, at)
        wanted = grid.ground.losses(points, part)
        found = [land.values[f"{part}/loss"][i, j] for i, j in places]
        assert found == pytest.approx(wanted, rel=2e-5)


def test_the_middle_is_what_training_evaluates(digits):
    """On a grid that runs the program of the one above."""
    run = uz.train(digits, uz.GradientDescent(), batch="all", epochs=3)
    there = landscapes.around(digits, run.w, size=5, examples=None).values
    for name in ("train/loss", "train/accuracy", "validation/loss", "validation/accuracy"):
        assert there[name][2, 2] == pytest.approx(run.results[name], rel=1e-5)


def test_some_examples_are_the_first_of_the_split(digits):
    ground = landscapes.Ground(digits, seed=4, examples=50)
    rows = digits.split(4).train[:50]
    statistics = digits.fit(jax.tree.map(lambda x: x[digits.split(4).train], digits.data))
    batch = digits.prepare(statistics, jax.tree.map(lambda x: x[rows], digits.data))
    w = engine.start_point(digits, 4)
    wanted = float(jax.jit(lambda w, batch: digits.loss(w, batch, None))(w, batch))
    assert ground.loss(w) == pytest.approx(wanted, rel=1e-5)
    assert ground.facts["examples"] == {"train": 50, "validation": 50}


@pytest.mark.parametrize("n", [1, 255, 640, 641, 1079, 10_000, 1297])
def test_blocks_hold_every_example_once(n):
    examples = landscapes.ground.Examples.of(np.arange(n, dtype=np.float32))
    assert examples.n == n
    mean = examples.mean(lambda rows: {"x": jnp.mean(rows)})["x"]
    assert float(mean) == pytest.approx((n - 1) / 2, rel=1e-6)


@pytest.mark.parametrize("n", [2, 3, 10, 50, 51, 64, 201])
def test_each_level_holds_the_one_before_and_the_middle_and_both_ends(n):
    levels = grids.levels(n)
    assert levels[-1].tolist() == list(range(n))
    assert len(levels[0]) <= 9
    for coarse, fine in pairwise(levels):
        assert set(coarse) < set(fine)
    for level in levels:
        assert {0, (n - 1) // 2, n - 1} <= set(level.tolist())


@pytest.mark.parametrize("shape", [(51, 51), (51, 7), (9,), (2, 33)])
def test_an_order_begins_with_the_coarsest_grid_and_holds_each_point_once(shape):
    order = landscapes.coarse_to_fine(shape)
    assert sorted(order) == list(range(np.prod(shape)))
    coarsest = np.ix_(*[grids.levels(n)[0] for n in shape])
    wanted = np.arange(np.prod(shape)).reshape(shape)[coarsest].ravel()
    assert order[: len(wanted)].tolist() == wanted.tolist()


def test_a_map_that_was_broken_off_ends_in_the_same_bits(land):
    grid = land.grid
    tiles = []
    for tile in landscapes.mapped(grid):
        tiles.append(tile)
        if sum(len(t.places) for t in tiles) > 20:
            break
    again = landscapes.Grid(
        grid.ground, grid.w, grid.directions, grid.axes, width=grid.facts["width"]
    )
    rest = list(landscapes.mapped(again, known=tiles))
    assert sum(len(t.places) for t in [*tiles, *rest]) == grid.points
    found = filled(again, [*tiles, *rest])
    for name, values in land.values.items():
        assert found.values[name].tobytes() == values.tobytes()


def test_the_clock_changes_no_bit(land):
    ticks = iter(range(10**6))
    slow = mapped(land.grid, clock=lambda: float(next(ticks)))
    none = mapped(land.grid, clock=None)
    for name, values in land.values.items():
        assert slow.values[name].tobytes() == none.values[name].tobytes() == values.tobytes()


def test_what_is_known_is_not_computed_again(land):
    tiles = list(landscapes.mapped(land.grid))
    assert list(landscapes.mapped(land.grid, known=tiles)) == []


def test_what_is_not_finite_stays():
    problem = Problem(
        init=lambda key: jnp.ones(1), loss=lambda w, batch, key: jnp.log(w[0]) + jnp.exp(50 * w[0])
    )
    land = landscapes.around(problem, dimensions=1, size=5, span=2, directions="axes")
    assert np.isnan(land.loss[0])  # log of −1
    assert np.isinf(land.loss[-1])
    assert land.facts["holes"] == 4
    assert land.to_dict()["maps"]["train/loss"][0] is None
    assert land.plot().axes


def test_any_loss_over_any_pytree_in_three_lines(x64):
    mine = uz.Problem(init=lambda key: {"a": jnp.ones(3), "b": jnp.zeros((2, 2))},
                      loss=lambda w, batch, key: jnp.sum(w["a"] ** 2) + jnp.sum((w["b"] - 1) ** 2))  # fmt: skip
    land = landscapes.around(mine, normalise="none", size=5)
    figure = land.plot()
    assert land.loss[2, 2] == pytest.approx(7)
    assert "random directions" in figure.axes[0].get_title()


@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_affine_is_taken_apart_exactly(seed, x64):
    """A loss with most of what is linear, a scan, and what is not."""

    def loss(w, batch):
        x, scale = batch
        h = jax.nn.relu((x @ w["a"].T + w["b"])[:, ::-1] * scale / 3 - 1)
        h = jnp.concatenate([h, jnp.pad(h, ((0, 0), (1, 0)))[:, :-1]], 1)
        h, _ = jax.lax.scan(lambda h, m: (jnp.tanh(h @ m), None), h, w["c"])
        k = jax.lax.conv_general_dilated(x.reshape(5, 1, 2, 2), w["k"], (1, 1), "SAME")
        return {
            "l": jnp.mean(h**2) + jnp.sum(w["b"]) + jnp.sum(k) + w["b"][jnp.argmax(x[0])],
            "n": 3.0,
        }

    rng = np.random.default_rng(seed)
    shapes = {"a": (3, 4), "b": (3,), "c": (2, 6, 6), "k": (2, 1, 3, 3)}
    w, d, e = ({n: rng.normal(size=s) for n, s in shapes.items()} for _ in range(3))
    batch = rng.normal(size=(5, 4)), rng.normal(size=3)
    a = np.array([0.3, -1.7])
    there = jax.tree.map(lambda w, d, e: np.asarray(w) + a[0] * d + a[1] * e, w, d, e)
    found = jax.jit(lambda a: along(loss, w, (d, e), batch)(a))(a)
    assert float(found["l"]) == pytest.approx(float(jax.jit(loss)(there, batch)["l"]), rel=1e-13)
    assert float(found["n"]) == 3
    program = Program.of(loss, w, batch)
    names = {o.equation.primitive.name for o in program.affine()[1]}
    assert not names & {"dot_general", "conv_general_dilated"}
    assert {"max", "scan"} <= names


def test_points_of_a_convolution_are_computed_one_by_one():
    def problem(layers):
        def loss(w, batch, key):
            x = jnp.ones((2, 1, 4, 4))
            for k in w[:layers]:
                x = jnp.tanh(jax.lax.conv_general_dilated(x, k, (1, 1), "SAME"))
            return jnp.mean(x)

        return Problem(init=lambda key: [jnp.ones((1, 1, 3, 3))] * 2, loss=loss)

    assert landscapes.planned(problem(2)).width == 1
    assert landscapes.planned(problem(1)).width > 1  # affine, so that no kernel waits for a point


def test_a_plane_shows_what_it_shows():
    path = jnp.array([[2.0, 1.0, 3.0], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0]])
    problem = uz.problems.quadratic([1.0, 2.0, 4.0])
    w = jnp.zeros(3)
    # Not at right angles: e₁, and e₁ + e₂.
    plane = landscapes.Directions((jnp.array([1.0, 0, 0]), jnp.array([1.0, 1, 0])), {"kind": "own"})
    found = landscapes.project(w, plane, path, landscapes.Ground(problem))
    assert found.coordinates == pytest.approx(np.array([[1, 1], [0, 1], [0, 0]]), abs=1e-12)
    assert found.distance == pytest.approx([3, 1, 0])
    assert found.explained == pytest.approx(1 - 10 / 17)
    assert found.loss == pytest.approx([2 + 1 + 18, 3.5, 0])
    assert found.shown == pytest.approx([3, 1.5, 0])


def test_a_path_spans_its_landscape_and_is_drawn():
    path = jnp.array([[3.0, 1.0, 0.0], [2.0, -0.5, 0.0], [0.0, 0.0, 0.0]])
    land = landscapes.around(
        uz.problems.quadratic([1.0, 2.0, 4.0]),
        jnp.zeros(3),
        directions="path",
        paths={"gd": path},
        size=9,
    )
    x, y = land.paths["gd"].coordinates.T
    assert land.axes[0][0] < x.min() <= x.max() < land.axes[0][-1]
    assert land.axes[1][0] < y.min() <= y.max() < land.axes[1][-1]
    assert land.facts["paths"]["gd"]["explained"] == pytest.approx(1)
    assert land.plot().axes[0].get_legend() is not None


def test_a_barrier_is_the_height_above_the_straight_line(x64):
    double = uz.problems.formula("x^4 - 2x^2 + x/2")
    found = landscapes.interpolation(
        landscapes.Ground(double), jnp.array([-1.0]), jnp.array([1.0]), points=101
    )
    assert found.loss[[0, -1]] == pytest.approx([-1.5, -0.5])
    assert found.barrier == pytest.approx(1)  # at 0, where the line between the ends is at −1
    valley = landscapes.Ground(uz.problems.formula("x^2"))
    assert landscapes.interpolation(valley, jnp.array([-1.0]), jnp.array([1.0])).barrier == 0


def test_roughness_tells_a_bowl_from_an_egg_box():
    x = np.linspace(-1, 1, 41)
    bowl = x[:, None] ** 2 + x**2 + 1
    eggs = bowl + 0.3 * np.sin(12 * x[:, None]) * np.sin(12 * x)
    smooth, rugged = landscapes.roughness(bowl), landscapes.roughness(eggs)
    assert smooth.minima == 1
    assert smooth.nonconvex == 0
    assert smooth.variation == pytest.approx(1)
    assert rugged.minima > 5
    assert rugged.nonconvex > 0.3
    assert rugged.variation > smooth.variation
    holed = bowl.copy()
    holed[20, 20] = np.nan
    assert landscapes.roughness(holed).minima == 0
    assert landscapes.roughness(np.full((5, 5), np.nan)).variation == 0


SURFACE = uz.problems.rosenbrock()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"size": 1}, "points from 2"),
        ({"size": (3, 3, 3)}, "one for each of 2 directions"),
        ({"span": (1, -1)}, "two that rise"),
        ({"span": "wide"}, "two that rise"),
        ({"maps": ("height",)}, "Unknown map 'height'"),
        ({"lanczos": 0}, "from 1 to 1,000"),
        ({"dimensions": 3}, "must be 1 or 2"),
        ({"directions": "path"}, "give paths"),
        ({"directions": "randon"}, "did you mean random"),
        ({"w": jnp.ones(3)}, "The point has [3] at w, but must have [2]"),
        ({"w": jnp.array([1.0, np.nan])}, "not finite"),
        ({"size": 5000}, "5000 × 5000 points of 2 parameters takes"),
        ({"size": 500, "memory": 10**6}, "but 1.0 MiB"),
        ({"examples": -1}, "whole number from 1"),
        ({"directions": landscapes.axes(jnp.ones(1))}, "A direction has [1] at w"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_before_it_starts(options, sentence):
    with pytest.raises(InputError) as error:
        landscapes.planned(SURFACE, **options)
    assert sentence in str(error.value)
    assert str(error.value)[-1] in ".?"
