"""Curvature beside dense Hessians, and thresholds beside what the rules do on a parabola."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz import engine, landscapes, rules
from uzviz.errors import InputError
from uzviz.landscapes.directions import flat

RNG = np.random.default_rng(1)
DATA = RNG.normal(size=(60, 3)), RNG.integers(0, 3, 60)


@pytest.fixture
def net(x64):
    """A ground of 36 examples, its point, and the dense Hessian there."""
    return made()


@functools.cache
def made():
    problem = uz.problems.classify(DATA, hidden=[5], activation="tanh")
    ground = landscapes.Ground(problem)
    w = jax.tree.map(lambda x: x.astype(float), engine.start_point(problem, 0))
    return ground, w, dense(ground, w)


def dense(ground, w):
    leaves, batch = jax.flatten_util.ravel_pytree(w), whole(ground)
    f = jax.jit(jax.hessian(lambda x: ground.problem.loss(leaves[1](x), batch, None)))
    return np.asarray(f(leaves[0]))


def whole(ground):
    problem = ground.problem
    rows = problem.split(ground.seed).train[: ground.examples]
    picked = jax.tree.map(lambda x: jnp.asarray(x[rows]), problem.data)
    return problem.prepare(ground.statistics, picked)


def test_eigenvalues_are_those_of_the_dense_hessian(net):
    ground, w, hessian = net
    values, vectors = np.linalg.eigh(hessian)
    found = landscapes.eigenvalues(ground, w, top=3, bottom=2, tolerance=1e-9)
    assert found.converged
    assert found.top == pytest.approx(values[::-1][:3], rel=1e-8)
    assert found.bottom == pytest.approx(values[:2], rel=1e-8)
    assert abs(flat(found.top_vectors[1]) @ vectors[:, -2]) == pytest.approx(1, abs=1e-6)


def test_each_bound_holds_and_is_the_residual_of_its_vector(net):
    ground, w, hessian = net
    values = np.linalg.eigvalsh(hessian)
    for steps in (4, 12):
        found = landscapes.eigenvalues(ground, w, top=2, bottom=1, steps=steps, tolerance=1e-12)
        assert not found.converged
        assert found.steps == steps
        told = [*zip(found.top, found.top_error, found.top_vectors, strict=True),
                *zip(found.bottom, found.bottom_error, found.bottom_vectors, strict=True)]  # fmt: skip
        for value, bound, vector in told:
            x = flat(vector)
            assert np.linalg.norm(hessian @ x - value * x) == pytest.approx(
                bound, rel=1e-6, abs=1e-12
            )
            assert np.abs(values - value).min() <= bound * (1 + 1e-6)


def test_it_stops_when_the_tolerance_is_reached(net):
    ground, w, _ = net
    loose = landscapes.eigenvalues(ground, w, tolerance=1e-2)
    tight = landscapes.eigenvalues(ground, w, tolerance=1e-8)
    assert loose.converged
    assert tight.converged
    assert loose.steps < tight.steps < len(flat(w))


def test_eigenvalues_that_are_there_twice_are_found_twice(x64):
    ground = landscapes.Ground(uz.problems.quadratic([5.0, 5.0, -1.0, -1.0, 2.0]))
    found = landscapes.eigenvalues(ground, jnp.ones(5), top=3, bottom=2)
    assert found.top == pytest.approx([5, 5, 2])
    assert found.bottom == pytest.approx([-1, -1])
    vectors = np.stack([flat(v) for v in (*found.top_vectors, *found.bottom_vectors)])
    assert np.abs(vectors @ vectors.T) == pytest.approx(np.eye(5), abs=1e-8)


def test_a_flat_ground_has_no_curvature():
    problem = uz.Problem(init=lambda key: jnp.ones(3), loss=lambda w, batch, key: w.sum())
    ground = landscapes.Ground(problem)
    found = landscapes.eigenvalues(ground, jnp.ones(3), top=1, bottom=1)
    assert found.top == pytest.approx([0])
    assert found.bottom == pytest.approx([0])
    assert landscapes.trace(ground, jnp.ones(3)).mean == 0


def test_float32_is_as_good_as_its_bound(net):
    ground, w, hessian = net
    with jax.enable_x64(False):
        plain = landscapes.Ground(ground.problem)
        found = landscapes.eigenvalues(
            plain, jax.tree.map(lambda x: np.asarray(x, np.float32), w), tolerance=1e-4
        )
    assert found.top[0] == pytest.approx(np.linalg.eigvalsh(hessian)[-1], abs=found.top_error[0])
    assert found.top_error[0] < 1e-3


def test_the_trace_is_that_of_the_dense_hessian_within_its_error(net):
    ground, w, hessian = net
    found = landscapes.trace(ground, w, samples=4000)
    assert found.error < 0.05 * np.trace(hessian)
    assert abs(found.mean - np.trace(hessian)) < 3.5 * found.error
    off = np.linalg.norm(hessian) ** 2 - (np.diag(hessian) ** 2).sum()
    assert found.samples.std() == pytest.approx(np.sqrt(2 * off), rel=0.1)


def test_the_trace_of_a_diagonal_is_exact_in_one_sample(x64):
    ground = landscapes.Ground(uz.problems.quadratic([1.0, 2.0, 4.5]))
    found = landscapes.trace(ground, jnp.zeros(3), samples=1)
    assert found.mean == pytest.approx(7.5)
    assert found.error == np.inf


def test_the_quadrature_has_the_moments_of_the_spectrum(net):
    """Gauss's: m nodes are exact for zᵀ Hᵏ z up to k = 2m − 1, so for each probe's own weights."""
    ground, w, hessian = net
    found = landscapes.density(ground, w, probes=400, steps=6)
    assert found.weights.sum(1) == pytest.approx(np.ones(400))
    for k in (1, 2, 3):
        moments = (found.weights * found.nodes**k).sum(1)
        exact = np.trace(np.linalg.matrix_power(hessian, k)) / len(hessian)
        error = moments.std() / np.sqrt(400)
        assert abs(moments.mean() - exact) < 4 * error


def test_the_density_is_where_the_eigenvalues_are(x64):
    ground = landscapes.Ground(uz.problems.quadratic([1.0] * 30 + [4.0] * 10))
    found = landscapes.density(ground, jnp.zeros(40), probes=200, steps=20, width=0.02)
    step = found.x[1] - found.x[0]
    assert found.density.sum() * step == pytest.approx(1, abs=1e-3)
    assert found.width == pytest.approx(0.06)
    assert found.density[found.x < 2.5].sum() * step == pytest.approx(0.75, abs=0.03)
    assert found.x[np.argmax(found.density)] == pytest.approx(1, abs=0.02)


THRESHOLDS = [
    uz.GradientDescent(lr=0.2),
    uz.Momentum(lr=0.1, beta=0.7),
    uz.Nesterov(lr=0.1, beta=0.7),
]


@pytest.mark.parametrize("rule", THRESHOLDS, ids=lambda r: r.title)
def test_a_threshold_is_where_the_rule_leaves_a_parabola(rule, x64):
    edge = rule.threshold()
    assert (
        engine.stability(rule, [0.999 * edge]).rate
        < 1
        < engine.stability(rule, [1.001 * edge]).rate
    )


ADAPTIVE = [cls for cls in rules.NAMES.values() if cls.adaptive]


@pytest.mark.parametrize("cls", ADAPTIVE, ids=lambda cls: cls.__name__)
def test_an_adaptive_rule_leaves_a_parabola_where_its_preconditioner_says(cls, x64):
    """Its second moment held where it is, by a state that is put back, a step is that of a heavy ball."""
    rule, t = cls(lr=0.1, eps=0.01), jnp.array(1e6)
    s = {name: jnp.full((), 0.0 if name == "m" else 0.04) for name in rule.init(jnp.ones(()))}
    _, held, _ = rule.step(lambda w: (w, 0 * w), jnp.zeros(()), s, t)
    edge = rule.threshold() * rule.preconditioner(held, t)

    @jax.jit
    def walked(curvature):
        def step(_, carry):
            w, s_now = carry
            w, after, _ = rule.step(lambda w: (w, curvature * w), w, s_now, t)
            return w, {name: after[name] if name == "m" else x for name, x in s.items()}

        return abs(jax.lax.fori_loop(0, 300, step, (jnp.array(1e-9), s))[0])

    assert walked(0.97 * edge) < 1e-9 < walked(1.03 * edge)


def test_sharpness_stands_beside_the_threshold(x64):
    ground = landscapes.Ground(uz.problems.quadratic([1.0, 8.0]))
    found = landscapes.sharpness(ground, jnp.ones(2), uz.GradientDescent(lr=0.2))
    assert found.value == pytest.approx(8)
    assert found.threshold == pytest.approx(10)
    assert landscapes.sharpness(ground, jnp.ones(2), uz.SAM()).threshold is None
    assert landscapes.sharpness(ground, jnp.ones(2), uz.SAM()).sentence.endswith("none known")


def test_sharpness_of_adam_is_the_preconditioned_one(x64):
    ground = landscapes.Ground(uz.problems.quadratic([1.0, 8.0]))
    s = {"m": jnp.zeros(2), "v": jnp.array([1e-4, 4.0])}
    rule = uz.Adam(lr=0.1, eps=0.0)
    found = landscapes.sharpness(ground, jnp.ones(2), rule, s, 10**7)
    assert found.value == pytest.approx(1 / 1e-2)
    assert found.threshold == pytest.approx(2 * 1.9 / (0.1 * 0.1))


GROUND = landscapes.Ground(uz.problems.rosenbrock())
ONE = jnp.ones(2)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: landscapes.eigenvalues(GROUND, ONE, top=3), "from 1 to the 2 parameters"),
        (lambda: landscapes.eigenvalues(GROUND, ONE, tolerance=0), "between 0 and 1"),
        (lambda: landscapes.eigenvalues(GROUND, ONE, steps=0), "whole number from 1"),
        (lambda: landscapes.eigenvalues(GROUND, ONE * np.nan), "not finite"),
        (lambda: landscapes.eigenvalues(GROUND, ONE, seed=-1), "whole number from 0"),
        (lambda: landscapes.trace(GROUND, ONE, samples=0), "whole number from 1"),
        (lambda: landscapes.density(GROUND, ONE, probes=0), "whole number from 1"),
        (lambda: landscapes.density(GROUND, ONE, width=0), "share of the range"),
        (lambda: landscapes.density(GROUND, ONE * np.nan), "not finite"),
        (lambda: landscapes.sharpness(GROUND, ONE, uz.Adam()), "give the state"),
        (lambda: landscapes.sharpness(GROUND, ONE, "adam"), "must be a rule"),
        (lambda: landscapes.Ground("digits"), "must be a Problem"),
        (lambda: landscapes.Ground(uz.problems.rosenbrock(), examples=0), "whole number from 1"),
        (lambda: landscapes.Ground(uz.problems.rosenbrock(), parts=("all",)), "train, validation, test"),
        (lambda: landscapes.Ground(uz.problems.rosenbrock(), seed=None), "whole number from 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(make, sentence):
    with pytest.raises(InputError) as error:
        make()
    assert sentence in str(error.value)
    assert str(error.value).endswith(".")
