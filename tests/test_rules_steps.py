"""New rules against theory, in float64: first steps, identities, invariances, bounds."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from descents import agree, by_rule, flat

import uzviz as uz
from uzviz.rules.matrix import orthogonal

pytestmark = pytest.mark.usefixtures("x64")
G, W = np.array([3.0, -7.0]), np.array([1.0, 2.0])
SIGN, LENGTH = np.sign(G), np.sqrt(58)


def walked(rule, f, w, steps):
    """Parameters and state after each step, in one compiled program."""
    f = jax.value_and_grad(f)

    @jax.jit
    def walk(w):
        def body(carry, t):
            w, s, _ = rule.step(f, *carry, t)
            return (w, s), (w, s)

        return jax.lax.scan(body, (w, rule.init(w)), jnp.arange(1, steps + 1))[1]

    return walk(jnp.asarray(w, float))


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        (uz.AdaDelta(eps=1e-6), -G * np.sqrt(1e-6 / (0.05 * G**2 + 1e-6))),
        (uz.RMSPropCentred(lr=0.1), -0.1 * G / np.sqrt(0.95 * 0.05 * G**2 + 1e-4)),
        (uz.Adafactor(lr=0.1), -0.1 * np.sqrt(2.5) * SIGN),
        (uz.Adamax(lr=0.1, eps=1e-30), -0.1 * SIGN),
        (uz.Yogi(lr=0.1, eps=0.0), -0.1 * 0.1 / np.sqrt(0.001) * SIGN),
        (uz.AdaBelief(lr=0.1), -0.1 / 0.9 * SIGN),
        (uz.NAdam(lr=0.1, eps=0.0), -0.1 * (0.9 / 1.9 + 1) * SIGN),
        (uz.RAdam(lr=0.1), -0.1 * G),
        (uz.Adan(lr=0.1, eps=0.0), -0.1 * SIGN),
        (uz.SignDescent(lr=0.1), -0.1 * SIGN),
        (uz.Lion(lr=0.1, decay=0.5), -0.1 * SIGN - 0.05 * W),
        (uz.Rprop(lr=0.1), -0.1 * SIGN),
        (uz.LARS(lr=0.1, eta=0.01), -0.1 * 0.01 * np.sqrt(5) * G / LENGTH),
        (uz.LAMB(lr=0.1, eps=1e-30), -0.1 * np.sqrt(5 / 2) * SIGN),
        (uz.Muon(lr=0.1, share=0.5, eps=0.0), -0.1 * 0.5 * SIGN),
        (uz.Shampoo(lr=0.1, eps=1e-30), -0.1 * SIGN),
        (uz.SOAP(lr=0.1), 0 * G),
        (uz.PolyakAverage(lr=0.1), -0.1 * G),
        (uz.Lookahead(lr=0.1, every=1.0, part=0.25, eps=0.0), -0.25 * 0.1 * SIGN),
        (uz.ScheduleFree(lr=0.1), -0.1 * G),
        (uz.ScheduleFreeAdamW(lr=0.1, eps=0.0), -0.1 * SIGN),
        (uz.PolyakStep(), -5 / 58 * G),
        (uz.PolyakStep(most=0.01), -0.01 * G),
        (uz.DoG(first=0.1, eps=1e-30), -0.1 * (1 + np.sqrt(5)) * G / LENGTH),
        (uz.Prodigy(d0=0.1, eps=1e-30), -0.1 * 0.1 / np.sqrt(0.001) * SIGN),
        (uz.Armijo(most=0.1), -0.1 * G),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, uz.Rule) else "",
)
def test_first_steps(rule, wanted):
    """On a slope g = (3, −7) with the loss 5, from w = (1, 2), ‖w‖ = √5, rms(w) = √2.5."""
    w = jnp.asarray(W)
    fall = lambda v: (5 + jnp.vdot(G, v - W), jnp.asarray(G))  # noqa: E731
    moved = rule.step(fall, w, rule.init(w), 1)[0] - w
    np.testing.assert_allclose(moved, wanted, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize(
    ("rule", "other"),
    [
        (uz.ScheduleFree(lr=0.02, beta=0.0), uz.PolyakAverage(lr=0.02)),
        (uz.Lookahead(lr=0.02, every=1.0, part=1.0), uz.Adam(lr=0.02)),
        (uz.NAdam(lr=0.02, b1=0.0), uz.Adam(lr=0.02, b1=0.0)),
        (uz.Lion(lr=0.02, b1=0.0), uz.SignDescent(lr=0.02)),
    ],
    ids=["averaging", "lookahead", "nadam", "lion"],
)
def test_rules_that_become_others(rule, other):
    agree(by_rule(rule, 30)[0], by_rule(other, 30)[0])


@pytest.mark.parametrize(
    "rule",
    [
        uz.Adamax(eps=1e-30), uz.AdaBelief(eps=1e-30), uz.NAdam(eps=0.0), uz.Adan(eps=0.0),
        uz.Adafactor(), uz.SignDescent(), uz.Lion(), uz.Rprop(), uz.LARS(), uz.LAMB(eps=1e-30),
        uz.Muon(eps=0.0), uz.Shampoo(eps=1e-30),
    ],
    ids=lambda rule: type(rule).__name__,
)  # fmt: skip
def test_the_size_of_the_loss_does_not_matter(rule):
    """Gradients a thousand times as large make the same steps: 5, along a fixed sequence of them."""
    rng = np.random.default_rng(0)
    gradients = [{"a": rng.normal(size=(3, 3)), "b": np.ones(2)} for _ in range(5)]
    step = jax.jit(lambda w, s, t, g: rule.step(lambda w: (0.0, g), w, s, t)[:2])
    ends = []
    for size in (1.0, 1000.0):
        w = jax.tree.map(jnp.ones_like, gradients[0])
        s = rule.init(w)
        for t, g in enumerate(gradients, 1):
            w, s = step(w, s, t, jax.tree.map(lambda x, size=size: size * x, g))
        ends.append(w)
    agree(*ends, 1e-8)


def test_the_averaged_answer_is_the_mean_of_the_iterates():
    f = lambda w: jnp.sum(jnp.array([0.25, 4.0]) * w**2) / 2  # noqa: E731
    averaged, _ = walked(uz.PolyakAverage(lr=0.4), f, [-2.0, -2.0], 40)
    iterates, _ = walked(uz.GradientDescent(lr=0.4), f, [-2.0, -2.0], 40)
    means = np.cumsum(iterates, 0) / np.arange(1, 41)[:, None]
    np.testing.assert_allclose(averaged, means, rtol=1e-12, atol=1e-14)


def test_the_average_stays_near_up_to_its_threshold_alone():
    f = lambda w: 5 * w**2  # noqa: E731
    for part, near in ((0.98, True), (1.02, False)):
        rule = uz.PolyakAverage(lr=part * 2 / 10)
        assert rule.threshold() == pytest.approx(10 / part)
        assert (abs(walked(rule, f, 1.0, 600)[0][-1]) < 1) == near


def test_polyaks_step_halves_the_distance_on_any_parabola():
    """f/‖g‖² = 1/(2λ); with c = ½ it is Newton's step."""
    for curvature in (1.0, 30.0):
        f = lambda w, k=curvature: k * w**2 / 2  # noqa: E731
        w, _ = walked(uz.PolyakStep(), f, 3.0, 10)
        np.testing.assert_allclose(w, 3 * 0.5 ** np.arange(1, 11), rtol=1e-12)
        assert abs(walked(uz.PolyakStep(c=0.5), f, 3.0, 1)[0][0]) < 1e-15


def test_a_line_search_takes_what_armijo_allows_and_never_rises():
    """On λw²/2 a step is taken if αλ ≤ 2(1 − c); the longest tried is up to twice as short."""
    for curvature in (3.0, 1e3):
        f = lambda w, k=curvature: k * w**2 / 2  # noqa: E731
        w, s = walked(uz.Armijo(c=0.3, most=2.0), f, 1.0, 12)
        losses = f(np.concatenate([[1.0], w]))
        assert (np.diff(losses) <= 0).all()
        taken = np.asarray(s["a"])[np.flatnonzero(np.diff(losses) < 0)] * curvature
        assert len(taken)
        assert (taken <= 2 * 0.7 + 1e-12).all()
        assert (taken > 0.7 - 1e-12).all()


def test_prodigys_estimate_is_a_lower_bound_that_comes_near():
    """⟨g, w₀ − w⟩ ≤ ⟨g, w₀ − w*⟩ on a convex loss, so that d ≤ ‖w₀ − w*‖∞ = 4."""
    f = lambda w: jnp.sum(jnp.array([1.0, 10.0]) * (w - jnp.array([4.0, -3.0])) ** 2)  # noqa: E731
    w, s = walked(uz.Prodigy(), f, [0.0, 0.0], 600)
    d = np.asarray(s["d"])
    assert (np.diff(d) >= 0).all()
    assert 0.4 < d[-1] <= 4
    np.testing.assert_allclose(w[-1], [4.0, -3.0], atol=0.1)


def test_dog_comes_down_whatever_the_scale():
    for curvature in (1e-2, 1.0, 1e2):
        w, _ = walked(uz.DoG(), lambda w, k=curvature: k * jnp.sum((w - 1) ** 2), [0.0, 3.0], 3000)
        np.testing.assert_allclose(w[-1], [1.0, 1.0], atol=0.05)


def test_muons_matrices_have_the_gradients_directions_and_like_sizes():
    rng = np.random.default_rng(0)
    made = jax.jit(orthogonal)
    for shape in ((5, 3), (3, 5), (4, 4)):
        u, _, v = np.linalg.svd(rng.normal(size=shape), full_matrices=False)
        values = np.geomspace(1, 0.05, min(shape))
        found = u.T @ np.asarray(made(u * values @ v)) @ v.T
        sizes = np.diag(found)
        np.testing.assert_allclose(found, np.diag(sizes), atol=1e-12)
        assert (sizes > 0.68).all()
        assert (sizes < 1.25).all()


def test_shampoo_turns_with_the_gradient_and_begins_orthogonal():
    """(GGᵀ)^-¼ G (GᵀG)^-¼ = UVᵀ; turned gradients make turned steps."""
    rng = np.random.default_rng(0)
    g, left, right = (np.linalg.qr(rng.normal(size=(3, 3)))[0] for _ in range(3))
    g = g * [3.0, 1.0, 0.3]
    rule, steps = uz.Shampoo(lr=1.0, eps=1e-30), []
    step = jax.jit(lambda w, g: rule.step(lambda w: (0.0, g), w, rule.init(w), 1)[0])
    for x in (g, left @ g @ right):
        steps.append(-np.asarray(step(jnp.zeros((3, 3)), x)))
    u, _, v = np.linalg.svd(g)
    np.testing.assert_allclose(steps[0], u @ v, atol=1e-9)
    np.testing.assert_allclose(steps[1], left @ steps[0] @ right, atol=1e-9)


def test_adafactor_keeps_squares_of_rank_one_exactly():
    """Where |g| is an outer product its first step is that of signs."""
    g = np.outer([1.0, -2.0, 5.0], [3.0, -0.1])
    rule, w = uz.Adafactor(lr=0.1), np.ones((3, 2))
    step = jax.jit(lambda w: rule.step(lambda w: (0.0, jnp.asarray(g)), w, rule.init(w), 1)[0])
    moved = np.asarray(step(w)) - w
    np.testing.assert_allclose(moved, -0.1 * np.sign(g), rtol=1e-9)


def test_adagrads_regret_is_below_its_bound():
    """Duchi et al. (2011), theorem 5: Σ f_t(w_t) − f_t(w*) ≤ (D²/(2α) + α) Σᵢ ‖gᵢ‖₂ on the square of
    width D = 2, into which each step is put back; and the regret is no small part of it."""
    rng = np.random.default_rng(0)
    costs = rng.normal(size=(400, 3)) * [3.0, 1.0, 0.1] + [0.3, -0.05, 0.0]
    for alpha in (0.3, np.sqrt(2.0)):
        rule, w = uz.AdaGrad(lr=alpha, eps=0.0), jnp.zeros(3)

        def body(carry, g, rule=rule):
            w, s = carry
            after, s, loss = rule.step(lambda w: (jnp.vdot(g, w), g), w, s, 1)
            return (jnp.clip(after, -1, 1), s), loss

        _, paid = jax.lax.scan(body, (w, rule.init(w)), jnp.asarray(costs))
        regret = paid.sum() + abs(costs.sum(0)).sum()
        bound = (4 / (2 * alpha) + alpha) * np.linalg.norm(costs, axis=0).sum()
        assert 0.05 * bound < regret <= bound


def test_rprops_steps_stay_between_their_ends():
    rule = uz.Rprop(lr=0.1, least=0.01, most=0.5)
    _, s = walked(rule, lambda w: jnp.sum(w**2), [5.0, -0.03], 60)
    assert 0.01 <= s["d"].min() < 0.02
    assert s["d"].max() == 0.5


def test_soap_takes_its_first_axes_from_the_first_gradient_and_new_ones_each_tenth_step():
    w, s = by_rule(uz.SOAP(), 1)
    agree(w, by_rule(uz.SOAP(), 0)[0])
    axes = [flat(by_rule(uz.SOAP(), n)[1]["axes"]) for n in (1, 10, 11)]
    np.testing.assert_array_equal(axes[0], axes[1])
    assert abs(axes[2] - axes[1]).max() > 1e-3
    q = s["axes"]["a"][0]
    np.testing.assert_allclose(q @ q.T, np.eye(4), atol=1e-12)
