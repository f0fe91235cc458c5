"""Rules around rules: what they do to a step, their names, and that everybody sees the rule inside."""

import json
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import uzviz as uz
from uzviz import races, rules, tree
from uzviz.cli.app import main
from uzviz.errors import InputError
from uzviz.races.entrants import entrants, settings, side_by_side
from uzviz.rules import (
    L2,
    Accumulate,
    Adam,
    ByPart,
    ClipByNorm,
    ClipByValue,
    DecayMatrices,
    Freeze,
    GradientDescent,
    Momentum,
)

WRAPPED = [
    ClipByValue(rule=Adam(lr=0.1), limit=0.3),
    ClipByNorm(rule=Adam(lr=0.1), max_norm=0.5),
    L2(rule=Adam(lr=0.1), l2=0.2),
    DecayMatrices(rule=Adam(lr=0.1), matrix_decay=0.2),
    Accumulate(rule=Adam(lr=0.1), k=2),
    Freeze(rule=Adam(lr=0.1), patterns=("*/weight",)),
    ByPart(rule=Adam(lr=0.1), patterns=("*bias",), rules=(Momentum(lr=0.2),)),
]
EACH = pytest.mark.parametrize("rule", WRAPPED, ids=lambda r: r.word)


@pytest.fixture(autouse=True)
def _float64(x64):
    """Compared to the last digits."""


def layer(n, rng, dtype):
    return {"weight": jnp.asarray(rng.normal(size=(n, 3)), dtype), "bias": jnp.ones(n, dtype)}


def start(dtype=float):
    rng = np.random.default_rng(0)
    layers = [layer(4, rng, dtype), layer(2, rng, dtype)]
    return {"layers": layers, "scale": jnp.asarray(rng.normal(), dtype)}


def loss(w):
    return sum(jnp.sum((x - 1) ** 2 + jnp.sin(3 * x)) for x in jax.tree.leaves(w))


f = jax.jit(jax.value_and_grad(loss))


def walk(rule, w, steps=6, f=f):
    @jax.jit
    def step(w, s, t):
        return rule.at(t).step(f, w, s, t)

    s = rule.init(w)
    for t in range(1, steps + 1):
        w, s, _ = step(w, s, t)
    return w


def by_optax(transform, w, steps=6):
    @jax.jit
    def step(w, s):
        u, s = transform.update(f(w)[1], s, w)
        return optax.apply_updates(w, u), s

    s = transform.init(w)
    for _ in range(steps):
        w, s = step(w, s)
    return w


def apart(a, b):
    pairs = zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True)
    return max(float(np.abs(np.subtract(x, y)).max()) for x, y in pairs)


@cache
def unwrapped():
    return walk(Adam(lr=0.1), start())


JUDGES = {
    "clip-value": optax.chain(optax.clip(0.3), optax.adam(0.1)),
    "clip-norm": optax.chain(optax.clip_by_global_norm(0.5), optax.adam(0.1)),
    "l2": optax.chain(optax.add_decayed_weights(0.2), optax.adam(0.1)),
    "decay-matrices": optax.adamw(
        0.1, weight_decay=0.2, mask=lambda w: jax.tree.map(lambda x: x.ndim > 1, w)
    ),
    "freeze": optax.partition(
        {"go": optax.adam(0.1), "stay": optax.set_to_zero()},
        lambda w: jax.tree.map(lambda x: "stay" if x.ndim > 1 else "go", w),
    ),
    "part": optax.partition(
        {"main": optax.adam(0.1), "bias": optax.sgd(0.2, momentum=0.9)},
        lambda w: jax.tree.map(lambda x: "bias" if x.ndim == 1 else "main", w),
    ),
}


@pytest.mark.parametrize("rule", [r for r in WRAPPED if r.word in JUDGES], ids=lambda r: r.word)
def test_optax_does_the_same(rule):
    found = walk(rule, start())
    assert apart(found, by_optax(JUDGES[rule.word], start())) < 1e-12
    assert apart(found, unwrapped()) > 1e-3


def test_accumulated_are_means_and_the_rule_inside_counts_its_own_steps():
    """Six gradients of six functions, by twos and by Adam, are three of their means."""
    goals = np.arange(6.0)

    @jax.jit
    def step(rule, w, s, t, goal):
        return rule.step(jax.value_and_grad(lambda w: jnp.mean((w - goal) ** 2)), w, s, t)

    one, two = Accumulate(rule=Adam(lr=0.1), k=2), Adam(lr=0.1)
    w, s = jnp.zeros(3), one.init(jnp.zeros(3))
    v, r = jnp.zeros(3), two.init(jnp.zeros(3))
    for t in range(1, 7):
        w, s, _ = step(one, w, s, t, goals[t - 1])
    for t in range(1, 4):
        v, r, _ = step(two, v, r, t, (goals[2 * t - 2] + goals[2 * t - 1]) / 2)
    assert np.allclose(w, v, rtol=0, atol=1e-14)
    assert (one.gradients, one.memory) == (1, 3)


def test_the_outermost_sees_a_gradient_first():
    """Clipped, then averaged, is another thing than averaged, then clipped."""
    inner = rules.named("gd+clip-value=0.1+accumulate=2", lr=1.0)
    outer = rules.named("gd+accumulate=2+clip-value=0.1", lr=1.0)
    moved = []
    for rule in (inner, outer):
        w, s = jnp.zeros(1), rule.init(jnp.zeros(1))
        for t, slope in ((1, 3.0), (2, -0.02)):
            w, s, _ = rule.step(lambda w, g=slope: (0.0, jnp.full(1, g)), w, s, t)
        moved.append(float(w[0]))
    assert moved == pytest.approx([-0.1, -(0.1 - 0.02) / 2])


def test_what_is_frozen_has_no_state_and_counts_in_no_norm():
    w = start()
    frozen = Freeze(rule=ClipByNorm(rule=Momentum(lr=0.1), max_norm=0.1), patterns=("layers/*",))
    assert tree.size(frozen.init(w)) == 1
    after = walk(frozen, w, steps=1)
    assert apart(after["layers"], w["layers"]) == 0
    assert abs(float(after["scale"] - w["scale"])) == pytest.approx(0.01)


@EACH
@pytest.mark.parametrize("dtype", [jnp.float32, jnp.bfloat16])
def test_structure_and_dtype_are_kept(rule, dtype):
    w = start(dtype)
    shape = lambda x: jax.tree.map(lambda v: (v.shape, v.dtype), x)  # noqa: E731
    state = jax.eval_shape(rule.init, w)
    after = jax.eval_shape(lambda w, s: rule.step(f, w, s, 1)[:2], w, state)
    assert shape(after) == shape((w, state))


@pytest.mark.parametrize("name", ["adam+clip-norm+accumulate=2", "adam+l2+part=*bias:momentum"])
def test_numbers_of_the_rule_inside_are_data(name):
    """Side by side is one after another, and nothing is traced twice."""
    rule, w, count = rules.named(name), start(), 0

    @jax.jit
    def step(rule, w, s):
        nonlocal count
        count += 1
        return rule.step(f, w, s, 2)[0]

    alone = [rules.replaced(rule, {"lr": lr}) for lr in (0.01, 0.1)]
    ends = [step(one, w, one.init(w)) for one in alone]
    assert count == 1
    both = jax.tree.map(lambda *x: jnp.stack(x), *alone)
    together = jax.jit(jax.vmap(lambda one: one.step(f, w, one.init(w), 2)[0]))(both)
    for i, end in enumerate(ends):
        assert apart(jax.tree.map(lambda x, i=i: x[i], together), end) < 1e-12


@EACH
def test_a_name_and_numbers_make_it_again(rule):
    name, numbers = rules.name_of(rule), rules.values(rule)
    assert numbers["lr"] == 0.1
    assert rules.restored(name, json.loads(json.dumps(numbers)), {}) == rule
    assert rules.ours(name)
    assert rule.title.startswith("Adam + ")
    assert rule.tuned == "lr"
    rules.check_numbers(rule)
    with pytest.raises(InputError, match="b1"):
        rules.check_numbers(rules.replaced(rule, {"b1": np.array([0.1, 0.2])}))
    timed = rules.scheduled(rule, "cosine; b1=step", 10)
    assert rules.restored(name, numbers, rules.schedules_of(timed)) == timed
    assert float(rules.value(timed.at(10), "lr")) < 0.01


def test_thresholds_are_those_that_still_hold():
    gd = GradientDescent(lr=0.5)
    assert ClipByNorm(rule=gd).threshold() == ClipByValue(rule=gd).threshold() == 4
    assert Accumulate(rule=gd).threshold() == 4
    for changed in (L2(rule=gd), DecayMatrices(rule=gd), Freeze(rule=gd, patterns=("b",))):
        assert changed.threshold() is None
    adam = ClipByNorm(rule=Accumulate(rule=Adam(lr=0.1), k=3))
    assert adam.adaptive
    s = adam.init({"w": jnp.ones(2)}) | {"rule": {"m": jnp.ones(2), "v": jnp.full(2, 4.0)}}
    assert apart(adam.preconditioner(s, 7), Adam(lr=0.1).preconditioner(s["rule"], 2)) == 0


def line(n=60):
    x = jnp.linspace(-1, 1, n)
    return uz.Problem(
        init=lambda key: {"slope": jnp.zeros(()), "shift": jax.random.normal(key)},
        loss=lambda w, batch, key: jnp.mean((w["slope"] * batch[0] + w["shift"] - batch[1]) ** 2),
        data=(x, 3 * x + 1),
    )


def test_accumulation_in_training_is_a_larger_batch():
    """With four times the batch, plain descent makes the same steps, in the same order of examples."""
    n = line().sizes[0]
    assert n % 4 == 0
    small = uz.train(
        line(), Accumulate(rule=GradientDescent(lr=0.1), k=4), batch=n // 4, gradients=3 * n
    )
    large = uz.train(line(), GradientDescent(lr=0.1), batch=n, gradients=3 * n)
    assert (small.step, large.step) == (12, 3)
    assert apart(small.w, large.w) < 1e-12


def test_wrapped_rules_enter_races_by_their_names():
    """Trained in one by tests/test_adapters.py; here what is tried, and what a log tells of them."""
    given = ["momentum+clip-norm=0.5@18", "adam+part=shift:gd", "adam+part=shift:gd"]
    clipped, parted, again = entrants(given)
    assert (clipped.name, clipped.batch) == ("momentum+clip-norm@18", 18)
    assert again.name == "adam+part=shift:gd#2"
    grid = {"adam+part=shift:gd.part1.lr": [0.01, 0.02], "momentum+clip-norm@18.beta": [0.5, 0.9]}
    assert settings(clipped, 0.1, grid)["beta"].tolist() == [0.5, 0.9]
    assert settings(clipped, 0.1, grid)["max_norm"].tolist() == [0.5, 0.5]
    tried = settings(parted, 0.1, grid)
    assert (tried["part1.lr"].tolist(), tried["lr"].tolist()) == ([0.01, 0.02], [0.1, 0.1])
    beside = side_by_side(parted.rule, tried)
    assert rules.value(beside, "part1.lr").tolist() == [0.01, 0.02]
    for one in (clipped, parted, again):
        assert races.entrant_of(json.loads(json.dumps(races.described(one)))) == one


def test_a_log_keeps_them_and_goes_on(tmp_path):
    rule = rules.named("adam+part=shift:gd+clip-norm", lr=0.1)
    run = uz.train(line(), rule, gradients=80, log=tmp_path)
    assert uz.read(tmp_path).rule() == rule
    assert uz.resume(tmp_path, problem=line()).loss == pytest.approx(run.loss)


def test_the_command_line_takes_the_same_names(tmp_path, capsys):
    def run(*words):
        return main(["train", "rosenbrock", "--gradients", "5", *words])

    file = tmp_path / "a.json"
    done = run(
        "--rule", "adam+clip-norm=2+accumulate=2", "--set", "max_norm=3", "--json", str(file)
    )
    assert done == 0
    told = json.loads(file.read_text())["start"]
    assert told["rule"] == "adam+clip-norm+accumulate=2"
    assert told["hyperparameters"]["max_norm"] == 3
    wrong = run("--rule", "adam+freeze=layers/*")
    assert wrong == 2
    assert "matches no parameter: their paths are w." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: ClipByNorm(rule="adam"), "goes around a rule"),
        (lambda: ClipByNorm(rule=Adam(), max_norm=0.0), "max_norm"),
        (lambda: ClipByNorm(rule=ClipByNorm(rule=Adam())), "one is enough"),
        (lambda: Accumulate(rule=Adam(), k=0), "whole number from 1"),
        (lambda: Accumulate(rule=uz.SAM()), "asks for gradients elsewhere"),
        (lambda: Accumulate(rule=uz.Nesterov()), "asks for gradients elsewhere"),
        (lambda: Freeze(rule=Adam(), patterns="layers"), "must be texts"),
        (lambda: Freeze(rule=Adam(), patterns=("a+b",)), "put \\? in its place"),
        (lambda: Freeze(rule=Adam(), patterns=("nobody",)).init(start()), "matches no parameter"),
        (lambda: Freeze(rule=Adam(), patterns=("*",)).init(start()), "freezes all parameters"),
        (lambda: ByPart(rule=Adam(), patterns=("a",), rules=()), "one for each"),
        (lambda: ByPart(rule=Adam(), patterns=("a",), rules=(WRAPPED[0],)), "plain rule"),
        (lambda: rules.named("adam+part=bias"), "pattern:rule"),
        (lambda: rules.named("adam+clip-norm=x"), "must be a number"),
        (lambda: rules.named("adam+clip"), "did you mean clip"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(make, said):
    with pytest.raises(InputError, match=said):
        make()
