"""Optax both ways: its transforms race, and our rules serve in it."""

import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import uzviz as uz
from uzviz import rules
from uzviz.errors import InputError
from uzviz.hyper import hyperparameter
from uzviz.races.entrants import Entrant, settings
from uzviz.rules import Rule


def bowl(w):
    return sum(jnp.sum((x - 1) ** 2 + jnp.sin(3 * x)) for x in jax.tree.leaves(w))


f = jax.jit(jax.value_and_grad(bowl))
START = {"a": np.linspace(-1, 2, 6).reshape(2, 3), "b": np.array([0.5, -0.5])}


def by_rule(rule, steps=10):
    @jax.jit
    def step(w, s, t):
        return rule.at(t).step(f, w, s, t)[:2]

    w = jax.tree.map(jnp.asarray, START)
    s = rule.init(w)
    for t in range(1, steps + 1):
        w, s = step(w, s, t)
    return w


def by_optax(transform, steps=10):
    @jax.jit
    def step(w, s):
        loss, g = f(w)
        u, s = transform.update(g, s, w, value=loss)
        return optax.apply_updates(w, u), s

    w = jax.tree.map(jnp.asarray, START)
    transform = optax.with_extra_args_support(transform)
    s = transform.init(w)
    for _ in range(steps):
        w, s = step(w, s)
    return w


def apart(a, b):
    pairs = zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True)
    return max(float(jnp.abs(x - y).max()) for x, y in pairs)


TRANSFORMS = {
    "adam": optax.adam(0.1),
    "chained": optax.chain(optax.clip(0.5), optax.adamw(0.1, weight_decay=0.1)),
    "plateau": optax.chain(optax.sgd(0.1), optax.contrib.reduce_on_plateau()),
    "scheduled": optax.inject_hyperparams(optax.adam)(optax.linear_schedule(0.1, 0.0, 10)),
    "injected": optax.inject_hyperparams(optax.adam)(0.1),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_transform_as_a_rule_does_what_optax_does(name, x64):
    rule = uz.from_optax(TRANSFORMS[name])
    assert apart(by_rule(rule), by_optax(TRANSFORMS[name])) < 1e-14


def test_what_is_injected_is_data_and_what_is_not_has_one_factor(x64):
    injected = uz.from_optax(TRANSFORMS["injected"], name="adam-injected")
    assert rules.values(injected)["learning_rate"] == 0.1
    assert (injected.tuned, injected.memory, injected.title) == (
        "learning_rate",
        2,
        "adam-injected",
    )
    faster = rules.replaced(injected, {"learning_rate": 0.3, "b1": 0.8})
    assert apart(by_rule(faster), by_optax(optax.adam(0.3, b1=0.8))) < 1e-14
    timed = rules.scheduled(injected, "cosine", 10)
    judge = by_optax(optax.adam(optax.cosine_decay_schedule(0.1, 10)))
    assert apart(by_rule(timed), judge) < 1e-14
    plain = uz.from_optax(optax.adam(0.1))
    assert (rules.values(plain), plain.tuned) == ({"factor": 1.0}, None)
    assert apart(by_rule(rules.replaced(plain, {"factor": 3.0})), by_optax(optax.adam(0.3))) < 1e-14
    kept = uz.from_optax(TRANSFORMS["scheduled"])
    assert "learning_rate" not in rules.values(kept)


def line():
    x = jnp.linspace(-1, 1, 40)
    return uz.Problem(
        init=lambda key: {"slope": jnp.zeros(()), "shift": jax.random.normal(key)},
        loss=lambda w, batch, key: jnp.mean((w["slope"] * batch[0] + w["shift"] - batch[1]) ** 2),
        data=(x, 3 * x + 1),
    )


def test_it_races_is_the_same_again_and_goes_on_when_given_again(tmp_path):
    injected = optax.inject_hyperparams(optax.adam)(0.1)
    entrants = [uz.from_optax(injected, name="tuned"), "momentum+clip-norm=0.5+freeze=shift"]
    options = {
        "lr": 0.2,
        "seeds": 1,
        "final_seeds": 8,
        "epochs": 1,
        "batch": 8,
        "grid": {"tuned.b1": [0.5, 0.9]},
    }
    race = uz.race(line(), entrants, log=tmp_path / "r", **options)
    tuned, wrapped = race.groups
    assert set(tuned.settings["learning_rate"]) == {0.2}
    assert set(tuned.settings["b1"]) == {0.5, 0.9}
    assert set(wrapped.settings["max_norm"]) == {0.5}
    assert settings(Entrant(uz.from_optax(optax.adam(1e-3))), [0.1, 0.2], {})[
        "factor"
    ].tolist() == [1]
    again = uz.resume(tmp_path / "r", problem=line(), entrants=entrants)
    assert again.sentences == race.sentences

    def stop(record):
        if getattr(record, "step", 0) >= 10:
            raise KeyboardInterrupt

    rule = uz.from_optax(injected, name="tuned")
    whole = uz.train(line(), rule, epochs=40, batch=8)
    uz.train(
        line(), rule, epochs=40, batch=8, log=tmp_path / "t", checkpoint_every=0, on_record=stop
    )
    with pytest.raises(InputError, match="tuned"):
        uz.resume(tmp_path / "t", problem=line())
    resumed = uz.resume(tmp_path / "t", problem=line(), rule=rule)
    assert resumed.step == whole.step
    assert apart(resumed.w, whole.w) == 0


SERVES = [
    uz.AdamW(lr=0.1, decay=0.1),
    rules.named("adam+clip-norm=0.5+decay-matrices=0.1+accumulate=2"),
    rules.scheduled(uz.Momentum(lr=0.05), "cosine", 10),
]


@pytest.mark.parametrize("rule", SERVES, ids=lambda r: r.title)
def test_a_rule_serves_in_optax(rule, x64):
    assert apart(by_optax(uz.to_optax(rule)), by_rule(rule)) < 1e-14


def test_there_and_back_it_is_the_same(x64):
    rule = uz.Adam(lr=0.1)
    assert apart(by_rule(uz.from_optax(uz.to_optax(rule))), by_rule(rule)) < 1e-14


def test_a_rule_serves_within_optax_own_combinations(x64):
    ours = optax.chain(optax.clip_by_global_norm(0.5), uz.to_optax(uz.Adam(lr=0.1)))
    theirs = optax.chain(optax.clip_by_global_norm(0.5), optax.adam(0.1))
    assert apart(by_optax(ours), by_optax(theirs)) < 1e-13


@rules.rule
class ByLoss(Rule):
    """A step as long as the loss is high: it looks at what it sees."""

    memory = 0
    lr: float = hyperparameter(0.1, "(0, inf)", "α")

    def init(self, w):
        return {}

    def step(self, f, w, s, t):
        loss, g = f(w)
        return jax.tree.map(lambda w, g: w - self.lr * loss * g, w, g), s, loss


def test_a_rule_that_looks_at_the_loss_is_handed_it(x64):
    rule = ByLoss(lr=0.01)
    assert apart(by_optax(uz.to_optax(rule)), by_rule(rule)) < 1e-14
    transform = uz.to_optax(rule)
    w = jax.tree.map(jnp.asarray, START)
    with pytest.raises(InputError, match="value=loss"):
        transform.update(f(w)[1], transform.init(w), w)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: uz.from_optax(optax.adam), "must be one of Optax's"),
        (lambda: uz.from_optax(optax.lbfgs()), "must take gradient, loss and parameters"),
        (lambda: uz.from_optax(optax.masked(optax.sgd(0.1), {"a": True})), "said by part and freeze"),
        (lambda: uz.from_optax(optax.GradientTransformation(None, None)), "must take gradient, loss and parameters"),
        (lambda: uz.from_optax(optax.sgd(0.1), name="a+b"), "without any of"),
        (lambda: uz.to_optax(uz.SAM()), "several a step"),
        (lambda: uz.to_optax(uz.Nesterov()), "elsewhere than at w"),
        (lambda: uz.to_optax(rules.named("nesterov+clip-norm")), "elsewhere than at w"),
        (lambda: uz.to_optax("adam"), "must be a rule"),
        (lambda: uz.to_optax(uz.Adam()).update({}, {"t": 0, "rule": {}}), "needs the parameters"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(make, said):
    with pytest.raises(InputError, match=said):
        make()


def test_without_optax_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "optax", None)
    for ask in (lambda: uz.from_optax(None), lambda: uz.to_optax(uz.Adam())):
        with pytest.raises(InputError, match="pip install optax"):
            ask()
