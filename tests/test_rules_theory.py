"""Rules against theory, golden numbers and Optax, in float64."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from descents import by_optax, by_rule, start

import uzviz as uz
from uzviz import problems, rules
from uzviz.rules.base import Rule

pytestmark = pytest.mark.usefixtures("x64")


def path(rule: Rule, f, start, steps):
    """Every iterate, the start first."""
    f = jax.value_and_grad(f)

    @jax.jit
    def walk(w):
        def body(carry, t):
            w, s, _ = rule.step(f, *carry, t)
            return (w, s), w

        return jax.lax.scan(body, (w, rule.init(w)), jnp.arange(1, steps + 1))[1]

    w = jnp.asarray(start, float)
    return np.concatenate([w[None], walk(w)])


def surface(problem):
    return lambda w: problem.loss(w, None, None)


BEALE = surface(problems.beale())
WIDGET = lambda w: (1 - w[0]) ** 2 + 20 * (3 * w[1] - w[0] ** 2) ** 2  # noqa: E731


@pytest.mark.parametrize(("lr", "end"), [(0.25, 0.023438), (1.1, 25.798902)])
def test_gradient_descent_on_a_parabola(lr, end):
    x = path(uz.GradientDescent(lr=lr), lambda x: x**2, 6.0, 8)
    assert x[-1] == pytest.approx(end, abs=6e-7)


@pytest.mark.parametrize(
    ("rule", "point", "value"),
    [
        (uz.GradientDescent(lr=0.005), (2.59817, 0.38027), 0.041692),
        (uz.Momentum(lr=0.005, beta=0.9), (3.00130, 0.50032), 2.70e-7),
        (uz.Adam(lr=0.1), (2.97707, 0.49420), 8.64e-5),
        (uz.AdaGrad(lr=0.1), (2.13962, 0.18486), 0.34215),
    ],
)
def test_the_lectures_film_on_beale(rule, point, value):
    w = path(rule, BEALE, (0.7, 1.4), 300)[-1]
    assert w == pytest.approx(point, abs=6e-6)
    assert BEALE(w) == pytest.approx(value, rel=2e-3)


def test_the_momentum_widget():
    w = path(uz.Momentum(lr=0.003, beta=0.74), WIDGET, (-1.21, 0.853), 150)[-1]
    assert w == pytest.approx((0.905, 0.273), abs=6e-4)
    assert WIDGET(w) == pytest.approx(0.0091, abs=6e-5)
    w = path(uz.Momentum(lr=0.003, beta=0.0), WIDGET, (-1.21, 0.853), 150)[-1]
    assert WIDGET(w) == pytest.approx(1.177, abs=6e-4)


def test_a_narrow_valley_contracts_by_its_eigenvalues():
    f = surface(problems.quadratic([0.25, 4.0]))
    w = path(uz.GradientDescent(lr=0.4), f, (-2, -2), 5)
    np.testing.assert_allclose(w[1:] / w[:-1], np.tile([0.9, -0.6], (5, 1)), rtol=1e-12)
    assert abs(path(uz.GradientDescent(lr=0.51), f, (-2, -2), 400)[-1, 1]) > 2


def test_first_steps():
    """Up to ε = 1e-8 beside a root of 1 or more."""
    f = lambda w: jnp.sum(jnp.array([3.0, -7.0]) * w)  # noqa: E731
    sign = np.array([-1.0, 1.0])
    adam = path(uz.Adam(lr=0.01), f, (0, 0), 1)[-1]
    np.testing.assert_allclose(adam, 0.01 * sign, rtol=2e-8)
    rms = path(uz.RMSProp(lr=0.01, rho=0.9), f, (0, 0), 1)[-1]
    np.testing.assert_allclose(rms, 0.01 / np.sqrt(0.1) * sign, rtol=2e-8)
    ada = path(uz.AdaGrad(lr=0.01), f, (0, 0), 1)[-1]
    np.testing.assert_allclose(ada, 0.01 * sign, rtol=2e-8)
    decayed = path(uz.AdamW(lr=0.01, decay=0.1), f, (1, 1), 1)[-1]
    np.testing.assert_allclose(decayed, 1 + 0.01 * sign - 0.01 * 0.1, rtol=2e-8)


@pytest.mark.parametrize("eigenvalue", [0.5, 20.0])
@pytest.mark.parametrize(
    ("make", "threshold"),
    [
        (lambda a: uz.GradientDescent(lr=a), 2.0),
        (lambda a: uz.Momentum(lr=a, beta=0.9), 2 * 1.9),
        (lambda a: uz.Nesterov(lr=a, beta=0.9), 2 * 1.9 / 2.8),
    ],
    ids=["gd", "heavy ball", "nesterov"],
)
def test_stability_ends_at_the_threshold(make, threshold, eigenvalue):
    """On λw²/2 with β = .9: 2/λ, (2+2β)/λ and (2+2β)/(λ(1+2β)), from both sides."""
    f = lambda w: eigenvalue * w**2 / 2  # noqa: E731
    for part, converges in [(0.98, True), (1.02, False)]:
        end = path(make(part * threshold / eigenvalue), f, 1.0, 3000)[-1]
        assert (abs(end) < 1e-3) == converges
        assert (abs(end) > 1e3) != converges


def rate(rule, spectrum, steps):
    """The factor by which a step shrinks max|w| in the long run."""
    w = path(rule, surface(problems.quadratic(spectrum)), np.ones(len(spectrum)), steps)
    size = np.abs(w).max(axis=1)
    half = steps // 2
    return (size[-1] / size[half]) ** (1 / (steps - half))


@pytest.mark.parametrize("kappa", [10, 100, 1000, 10000])
def test_rates_at_the_best_settings(kappa):
    low, high = 1.0, float(kappa)
    gd = uz.GradientDescent(lr=2 / (low + high))
    expected = (kappa - 1) / (kappa + 1)
    assert np.log(rate(gd, [low, high], 10 * kappa)) == pytest.approx(np.log(expected), rel=5e-3)
    root = np.sqrt(kappa)
    beta = ((root - 1) / (root + 1)) ** 2
    ball = uz.Momentum(lr=(2 / (np.sqrt(low) + np.sqrt(high))) ** 2, beta=beta)
    found = rate(ball, [low, high], int(250 * root))
    assert np.log(found) == pytest.approx(np.log((root - 1) / (root + 1)), rel=5e-3)
    # Nesterov's best on a quadratic: Lessard, Recht & Packard (2016), table 1.
    wide = np.sqrt(3 * kappa + 1)
    ahead = uz.Nesterov(lr=4 / (3 * high + low), beta=(wide - 2) / (wide + 2))
    found = rate(ahead, [low, high], int(500 * root))
    assert np.log(found) == pytest.approx(np.log(1 - 2 / wide), rel=5e-3)


def test_complex_roots_shrink_by_the_root_of_beta():
    assert rate(uz.Momentum(lr=0.5, beta=0.81), [1.0], 400) == pytest.approx(0.9, rel=1e-2)


def test_heavy_ball_cycles_off_quadratics():
    """Lessard, Recht & Packard (2016): three points for ever on a convex function."""

    def f(x):
        inner = jnp.where(x < 2, x**2 / 2 + 24 * x - 12, 25 * x**2 / 2 - 24 * x + 36)
        return jnp.where(x < 1, 25 * x**2 / 2, inner)

    x = path(uz.Momentum(lr=1 / 9, beta=4 / 9), f, 3.3, 3000)[-3:]
    assert sorted(x) == pytest.approx([-1.8024, 0.6465, 2.1159], abs=6e-5)


def test_amsgrad_survives_where_adam_fails():
    """Reddi et al. (2018): f = Cx if t mod 3 = 1 else −x on [−1, 1], β₁ = 0, β₂ = 1/(1+C²).

    One period has the gradients C, −1, −1, so x should fall; what counts is who falls.
    """
    c = 4.0

    def drift(rule):
        w, s = jnp.zeros(()), rule.init(jnp.zeros(()))
        for t in range(1, 301):
            g = c if t % 3 == 1 else -1.0
            w, s, _ = rule.step(lambda w, g=g: (g * w, jnp.asarray(g)), w, s, 10**6 + t)
        return float(w)

    adam, amsgrad = (
        cls(lr=0.01, b1=0.0, b2=1 / (1 + c**2), eps=0.0) for cls in (uz.Adam, uz.AMSGrad)
    )
    assert drift(adam) > 0.1
    assert drift(amsgrad) < -0.1


def test_sam_looks_at_the_worst_neighbour():
    """On λw²/2 the neighbour is w + ρ sign w."""
    w = path(uz.SAM(lr=0.1, rho=0.5), lambda w: w**2, 3.0, 1)
    assert w[1] == pytest.approx(3 - 0.1 * 2 * 3.5)
    still = path(uz.SAM(lr=0.1, rho=0.5), lambda w: w**2, 0.0, 3)
    assert still[-1] == 0
    plain, zero = (path(r, BEALE, (0.7, 1.4), 50)
                   for r in (uz.GradientDescent(lr=0.01), uz.SAM(lr=0.01, rho=0.0)))  # fmt: skip
    np.testing.assert_allclose(plain, zero)


@pytest.mark.parametrize(
    ("rule", "transform"),
    [
        (uz.GradientDescent(lr=0.02), optax.sgd(0.02)),
        (uz.Momentum(lr=0.01, beta=0.8), optax.sgd(0.01, momentum=0.8)),
        (uz.Adam(lr=0.01, b2=0.99), optax.adam(0.01, b2=0.99)),
        (uz.AdamW(lr=0.01, decay=0.05), optax.adamw(0.01, weight_decay=0.05)),
        (
            uz.AdaGrad(lr=0.1, eps=0.0),
            optax.adagrad(0.1, initial_accumulator_value=0.0, eps=0.0),
        ),
        (
            uz.RMSProp(lr=0.01, rho=0.95, eps=1e-4),
            optax.rmsprop(0.01, decay=0.95, eps=1e-4, eps_in_sqrt=False),
        ),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, Rule) else "",
)  # fmt: skip
def test_optax_agrees(rule, transform):
    for a, b in zip(*map(jax.tree.leaves, (by_rule(rule)[0], by_optax(transform)[0])), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-10, rtol=0)


def test_optax_nesterov_is_ours_at_the_look_ahead_point():
    rule = uz.Nesterov(lr=0.01, beta=0.8)
    w, s = by_rule(rule)
    ahead = jax.tree.map(lambda w, p: w - 0.01 * 0.8 * p, w, s["p"])
    judge, _ = by_optax(optax.sgd(0.01, momentum=0.8, nesterov=True))
    for a, b in zip(jax.tree.leaves(ahead), jax.tree.leaves(judge), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-10, rtol=0)


def test_amsgrad_is_the_papers_in_plain_numpy():
    """m, v, the maximum of the uncorrected v, no correction: Reddi et al. (2018), algorithm 2."""
    w = {k: np.asarray(v) for k, v in zip("ab", jax.tree.leaves(start()), strict=True)}
    m = {k: 0 * x for k, x in w.items()}
    v, top = dict(m), dict(m)
    for _ in range(100):
        for k, x in w.items():
            g = 2 * (x - 1) + 3 * np.cos(3 * x)
            m[k] = 0.9 * m[k] + 0.1 * g
            v[k] = 0.99 * v[k] + 0.01 * g**2
            top[k] = np.maximum(top[k], v[k])
            w[k] = x - 0.01 * m[k] / (np.sqrt(top[k]) + 1e-8)
    ours = by_rule(uz.AMSGrad(lr=0.01, b2=0.99))[0]
    for a, b in zip(jax.tree.leaves(ours), w.values(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-10, rtol=0)


def test_adam_is_its_uncorrected_averages_unbiased():
    f = jax.value_and_grad(BEALE)
    rule, w = uz.Adam(lr=0.1), jnp.array([0.7, 1.4])
    s = rule.init(w)
    for t in range(1, 6):
        before = w
        w, s, _ = rule.step(f, w, s, t)
        m, v = rules.unbiased(s["m"], rule.b1, t), rules.unbiased(s["v"], rule.b2, t)
        np.testing.assert_allclose(w, before - 0.1 * m / (1e-8 + jnp.sqrt(v)), rtol=1e-12)


def test_adam_without_correction_begins_larger_than_adam():
    """Its first step is α(1−β₁)/√(1−β₂), 3.16 α with the usual memories."""
    f = lambda w: jnp.sum(jnp.array([3.0, -7.0]) * w)  # noqa: E731
    w = path(uz.AdamUncorrected(lr=0.01), f, (0, 0), 1)[-1]
    np.testing.assert_allclose(w, 0.01 * 0.1 / np.sqrt(0.001) * np.array([-1, 1]), rtol=1e-6)


def test_amsgrad_is_that_while_squares_grow():
    f = lambda w: jnp.sum(jnp.exp(w))  # noqa: E731
    both = [
        path(cls(lr=0.01), lambda w: -f(w), (0, 1), 50) for cls in (uz.AdamUncorrected, uz.AMSGrad)
    ]
    np.testing.assert_allclose(*both, rtol=1e-12)
