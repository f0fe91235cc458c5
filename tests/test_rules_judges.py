"""Rules against Optax, against their authors' packages, and against their papers in plain NumPy: float64."""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from descents import agree, by_optax, by_rule, f, flat, slope, start

import uzviz as uz
from uzviz.rules import Rule
from uzviz.rules.matrix import EVERY

pytestmark = pytest.mark.usefixtures("x64")
GOLDEN = json.loads((Path(__file__).parent / "fixtures" / "rules.json").read_text())
"""After 25 steps, made by ``fixtures/rules.py``."""
RADAM = optax.chain(optax.scale_by_radam(threshold=4.0), optax.scale_by_learning_rate(0.01))


@pytest.mark.parametrize(
    ("rule", "transform"),
    [
        (uz.AdaDelta(), optax.adadelta(1.0, rho=0.95)),
        (uz.RMSPropCentred(lr=0.01), optax.rmsprop(0.01, decay=0.95, eps=1e-4, centered=True)),
        (uz.Adamax(lr=0.01), optax.adamax(0.01)),
        (uz.AdaBelief(lr=0.01), optax.adabelief(0.01)),
        (uz.NAdam(lr=0.01, b2=0.99), optax.nadam(0.01, b2=0.99)),
        (uz.RAdam(lr=0.01), RADAM),
        (uz.SignDescent(lr=0.01), optax.sign_sgd(0.01)),
        (uz.Lion(lr=0.01, decay=0.1), optax.lion(0.01, weight_decay=0.1)),
        (uz.LARS(lr=2.0), optax.lars(2.0)),
        (uz.LAMB(lr=0.01, decay=0.1), optax.lamb(0.01, weight_decay=0.1)),
        (uz.DoG(first=1e-3), optax.contrib.dog(1.0, init_step=("heuristic", 1e-3))),
        (
            uz.PolyakStep(fmin=-6.0, most=0.02),
            optax.polyak_sgd(0.02, f_min=-6.0, variant="sps+"),
        ),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, Rule) else "",
)
def test_optax_agrees(rule, transform):
    agree(by_rule(rule)[0], by_optax(transform)[0])


@pytest.mark.parametrize(
    ("rule", "transform"),
    [
        (uz.ScheduleFree(lr=0.05), optax.contrib.schedule_free_sgd(0.05)),
        (
            uz.ScheduleFreeAdamW(lr=0.01, decay=0.1),
            optax.contrib.schedule_free_adamw(0.01, weight_decay=0.1),
        ),
    ],
    ids=["sgd", "adamw"],
)
def test_optax_agrees_where_it_evaluates(rule, transform):
    w, s = by_optax(transform)
    agree(by_rule(rule)[0], optax.contrib.schedule_free_eval_params(s, w))


def test_optax_looks_ahead_as_we_do():
    w = optax.LookaheadParams.init_synced(start())
    transform = optax.lookahead(optax.adam(0.01), sync_period=6, slow_step_size=0.3)
    s = transform.init(w)

    @jax.jit
    def step(w, s):
        update, s = transform.update(f(w.fast)[1], s, w)
        return optax.apply_updates(w, update), s

    for _ in range(100):
        w, s = step(w, s)
    ours, state = by_rule(uz.Lookahead(lr=0.01, every=6.0, part=0.3))
    agree((ours, state["z"]), (w.slow, w.fast))


def test_optax_adafactor_is_ours_up_to_its_powers_in_float32():
    theirs = by_optax(optax.adafactor(0.01, min_dim_size_to_factor=1))[0]
    agree(by_rule(uz.Adafactor(lr=0.01))[0], theirs, 3e-6)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("schedule-free", uz.ScheduleFree(lr=0.05)),
        ("schedule-free-adamw", uz.ScheduleFreeAdamW(lr=0.02, b2=0.99, decay=0.1)),
        ("prodigy", uz.Prodigy(d0=1e-3, decay=0.1)),
        ("muon", uz.Muon(lr=0.02, decay=0.1)),
        ("soap", uz.SOAP(lr=0.02, b1=0.95, b2=0.9, eps=1e-4)),
        ("rprop", uz.Rprop(lr=0.01)),
    ],
)
def test_the_authors_packages_agree(name, rule):
    """Muon's package has matrices only, which come first."""
    golden = np.array(GOLDEN[name])
    ours = flat(by_rule(rule, 25)[0])[: len(golden)]
    np.testing.assert_allclose(ours, golden, atol=1e-10, rtol=0)


def plain(update, steps=100):
    """Each tensor by the paper alone: ``update(x, g, s, t)`` returns the new x, and keeps in s."""
    found = []
    for x in map(np.asarray, jax.tree.leaves(start())):
        s = {}
        for t in range(1, steps + 1):
            x = update(x, slope(x), s, t)
        found.append(x)
    return found


def test_yogi_is_the_papers():
    """Zaheer et al. (2018), algorithm 2. Optax corrects for a start at 1e-6."""

    def update(x, g, s, t):
        s["m"] = 0.9 * s.get("m", 0) + 0.1 * g
        v = s.get("v", np.zeros_like(g))
        s["v"] = v - 0.001 * np.sign(v - g**2) * g**2
        return x - 0.01 * s["m"] / (np.sqrt(s["v"]) + 1e-3)

    agree(by_rule(uz.Yogi(lr=0.01))[0], plain(update))


def test_adan_is_the_papers():
    """Xie et al. (2022): its weights of new things are .02, .08 and .01. Optax weighs changes by .08."""

    def update(x, g, s, t):
        d = g - s.get("g", g)
        s["g"] = g
        for name, part, new in (("m", 0.02, g), ("v", 0.08, d), ("n", 0.01, (g + 0.92 * d) ** 2)):
            s[name] = (1 - part) * s.get(name, 0) + part * new
        m, v, n = (
            s[k] / (1 - (1 - b) ** t) for k, b in zip("mvn", (0.02, 0.08, 0.01), strict=True)
        )
        return (x - 0.01 * (m + 0.92 * v) / (np.sqrt(n) + 1e-8)) / (1 + 0.01 * 0.1)

    agree(by_rule(uz.Adan(lr=0.01, decay=0.1))[0], plain(update))


def test_adafactor_is_the_papers():
    """Shazeer & Stern (2018), algorithms 4 and 5, with sums in place of means, which cancel."""

    def update(x, g, s, t):
        part, square = t**-0.8, g**2 + 1e-30
        if x.ndim > 1:
            s["r"] = (1 - part) * s.get("r", 0) + part * square.sum(1, keepdims=True)
            s["c"] = (1 - part) * s.get("c", 0) + part * square.sum(0, keepdims=True)
            v = s["r"] @ s["c"] / s["r"].sum()
        else:
            v = s["v"] = (1 - part) * s.get("v", 0) + part * square
        u = g / np.sqrt(v)
        u /= max(1, np.sqrt((u**2).mean()))
        return x - 0.01 * max(1e-3, np.sqrt((x**2).mean())) * u

    agree(by_rule(uz.Adafactor(lr=0.01))[0], plain(update))


def power(matrix, exponent):
    """A power of a symmetric matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * values**exponent) @ vectors.T


def test_shampoo_is_the_papers():
    """Gupta et al. (2018), algorithm 1, with roots of every tenth step; vectors by AdaGrad."""

    def update(x, g, s, t):
        if x.ndim < 2:
            s["r"] = s.get("r", 1e-2) + g**2
            return x - 0.1 * g / np.sqrt(s["r"])
        s["L"] = s.get("L", 1e-2 * np.eye(len(g))) + g @ g.T
        s["R"] = s.get("R", 1e-2 * np.eye(g.shape[1])) + g.T @ g
        if t % EVERY == 1:
            s["roots"] = power(s["L"], -0.25), power(s["R"], -0.25)
        return x - 0.1 * s["roots"][0] @ g @ s["roots"][1]

    agree(by_rule(uz.Shampoo(lr=0.1, eps=0.01), 15)[0], plain(update, 15))


def test_shampoo_and_soap_of_three_axes_turn_each_of_them():
    """Shampoo's first step, by the Kronecker product of its three roots −1/6; SOAP's second, whose m̂/√v̂ is ±1."""
    rng = np.random.default_rng(0)
    g = rng.normal(size=(2, 3, 2))
    w = jnp.zeros(g.shape)
    step = jax.jit(lambda rule, w, s, t: rule.step(lambda w: (0.0, jnp.asarray(g)), w, s, t)[:2])
    rule = uz.Shampoo(lr=1.0)
    moved, _ = step(rule, w, rule.init(w), 1)
    sides = [np.moveaxis(g, i, 0).reshape(n, -1) for i, n in enumerate(g.shape)]
    roots = [power(x @ x.T + 1e-4 * np.eye(len(x)), -1 / 6) for x in sides]
    wanted = np.kron(np.kron(roots[0], roots[1]), roots[2]) @ g.ravel()
    np.testing.assert_allclose(-np.ravel(moved), wanted, rtol=1e-9)

    rule = uz.SOAP(lr=1.0, eps=1e-30)
    s = rule.init(w)
    for t in (1, 2):
        w, s = step(rule, w, s, t)
    axes = [np.linalg.svd(x)[0] for x in sides]
    there = np.einsum("abc,ai,bj,ck->ijk", g, *axes)
    wanted = np.einsum("ijk,ai,bj,ck->abc", np.sign(there), *axes)
    np.testing.assert_allclose(-np.asarray(w), wanted, atol=1e-9)
