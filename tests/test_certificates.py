"""Certificates against planted deaths."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz import engine
from uzviz.engine import overflow


def deaths(problem, lr, rule="gd", **options):
    options = {"seeds": 2, "final_seeds": 2, **options}
    found = uz.race(problem, [rule], lr=lr, **options).certificates
    return [c for c in found if c.stage == "heats"]


@pytest.mark.parametrize(("lr", "curvature"), [(3.0, 1.0), (2.5, 1.0), (0.5, 10.0), (1e30, 1.0)])
def test_a_huge_step_is_measured_against_its_threshold(lr, curvature):
    """On λw²/2 the longest step that lowers the loss is 2/λ: a step of α is αλ/2 times as long."""
    (found,) = deaths(uz.problems.quadratic([curvature], spread=0.1), [lr], gradients=400)
    assert found.cause.startswith("step size above the stability threshold")
    assert f"was {lr * curvature / 2:.3g} times as long" in found.cause
    assert found.settings == {"lr": lr}
    assert len(found.steps) == min(6, found.step)


def test_momentum_dies_above_its_own_threshold_only():
    problem = uz.problems.quadratic([1.0], spread=0.1)
    assert deaths(problem, [3.7], "momentum", gradients=400) == []
    assert "threshold" in deaths(problem, [4.2], "momentum", gradients=4000)[0].cause


def test_a_layer_that_explodes_is_named():
    """−5b² is no valley: b grows sixfold a step, and no step is too long for it."""
    problem = uz.Problem(
        init=lambda key: {"a": jnp.ones(3), "b": 1 + 0.1 * jax.random.normal(key, (2,))},
        loss=lambda w, batch, key: jnp.sum(w["a"] ** 2) / 2 - 5 * jnp.sum(w["b"] ** 2),
    )
    (found,) = deaths(problem, [0.5], gradients=200)
    assert found.cause.startswith("layer b grew 7.78e+03 times in 5 steps")


def naive_softmax(w, batch, key):
    z = batch[0] @ w
    e = jnp.exp(z)
    return -jnp.mean(jnp.log(e[jnp.arange(len(z)), batch[1]] / e.sum(-1)))


def test_an_overflow_in_a_naive_softmax_is_found():
    x = np.random.default_rng(0).normal(size=(160, 2)).astype(np.float32)
    problem = uz.Problem(
        init=lambda key: jnp.full((2, 2), 300.0), loss=naive_softmax,
        data=(x, (x[:, 0] > 0).astype(np.int32)),
    )  # fmt: skip
    (found,) = deaths(problem, [1e-3], epochs=2, batch=32)
    assert found.step == 1
    assert found.cause.startswith("overflow in exp [32, 2]")
    assert found.overflow == "exp [32, 2]"


def test_a_bad_batch_is_blamed():
    x = np.linspace(0, 1, 90, dtype=np.float32)
    bad = x.copy()
    bad[[3, 40, 41, 80]] = np.nan
    problem = uz.Problem(
        init=lambda key: jnp.ones(1),
        loss=lambda w, batch, key: jnp.mean((w * batch[0] - batch[1]) ** 2), data=(bad, x),
    )  # fmt: skip
    found = deaths(problem, [1e-2], epochs=3, batch=6)
    assert {c.cause for c in found} == {"its batch holds numbers that are not finite"}


def test_a_certificate_shows_the_step_before_death_alive_and_the_last_dead():
    digits = uz.problems.classify("digits", hidden=[8])
    race = uz.race(digits, ["rmsprop"], lr=[1e-2, 1e2], seeds=2, final_seeds=2, epochs=3, batch=83)
    group = race.groups[0]
    assert group.diverged.any()
    for c in race.certificates:
        at = list(group.settings["lr"]).index(c.settings["lr"])
        start = group.start["train/loss"][group.seeds.index(c.seed), at]
        *alive, dead = [s["loss"] for s in c.steps]
        assert c.steps[-1]["step"] == c.step == group.died[group.seeds.index(c.seed), at]
        assert not dead <= 11 * start
        assert all(np.isfinite(alive))
        assert set(c.steps[0]["gradient"]) == {"layers/0", "layers/1"}
        assert c.sentence.startswith(
            f"RMSProp (lr={c.settings['lr']:g}, seed {c.seed}) died at step"
        )


def test_first_steps_of_a_replay_are_those_of_the_run():
    """Norms of the first step, against the start itself."""
    problem = uz.problems.quadratic([4.0], start=[2.0])
    (found,) = deaths(problem, [1e30], gradients=9)
    first = found.steps[0]
    assert first["loss"] == 8
    assert first["weight"] == {"w": 2}
    assert first["gradient"] == {"w": 8}
    assert first["slope"] == -8
    assert first["curvature"] == 4
    assert first["length"] == pytest.approx(8e30)


@pytest.mark.parametrize(
    ("function", "x", "says"),
    [
        (lambda x: jnp.sum(jnp.exp(x)), 100.0, "exp [3]"),
        (lambda x: jnp.sum(jnp.log(x)), 0.0, "log [3]"),
        (lambda x: jax.jit(lambda x: 1 / x)(x).sum(), 0.0, "div [3]"),
        (lambda x: jax.nn.relu(x * 1e38 * 1e38).sum(), 1.0, "mul [3]"),
        (lambda x: jax.nn.logsumexp(x), 1000.0, None),
        (lambda x: jnp.sum(jnp.where(x > 0, x, -jnp.inf) * 0 + x), 1.0, None),
        (lambda x: jax.lax.fori_loop(0, 9, lambda i, x: x * 1e9, x).sum(), 1.0, "scan"),
    ],
)
def test_the_first_operation_that_overflows(function, x, says):
    found = overflow(function, jnp.full(3, x))
    assert (found is None) if says is None else found.startswith(says)


def test_the_layer_of_an_overflow_is_named():
    digits = uz.problems.classify("digits", hidden=[8])
    w = jax.tree.map(lambda x: x * 1e30, engine.start_point(digits, 0))
    rows = tuple(x[:4] for x in digits.data)
    batch = digits.prepare(digits.fit(rows), rows)
    found = overflow(lambda w: digits.loss(w, batch, None), w)
    assert found.startswith("dot_general")
    assert "layers/1" in found
