"""Every rule against one contract.

A rule's step is compiled once, and all that is said of numbers is said of that program.
"""

import dataclasses
import re
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz import rules, tree
from uzviz.errors import InputError
from uzviz.hyper import declared

RULES = pytest.mark.parametrize("cls", rules.NAMES.values(), ids=rules.NAMES)


def nested(dtype=jnp.float32):
    """Parameters with an empty leaf, a vector and a matrix."""
    rng = np.random.default_rng(0)
    return {
        "a": [jnp.asarray(rng.normal(size=(3, 2)), dtype)],
        "b": (jnp.zeros((0, 4), dtype), {"c": jnp.asarray(rng.normal(size=5), dtype)}),
    }


def deeper(dtype=jnp.float32):
    """The same with a scalar and a tensor of three axes, which cost most of the compiling."""
    return {**nested(dtype), "d": jnp.ones((2, 3, 2), dtype), "e": jnp.ones((), dtype)}


def loss(w):
    """Convex, not quadratic, 0 at a minimum that no leaf starts at."""
    return sum(jnp.sum((x - 1) ** 2 + (x - 1) ** 4 / 4) for x in jax.tree.leaves(w))


f = jax.jit(jax.value_and_grad(loss))
traced = []


@jax.jit
def step(rule, w, s, t, slope):
    """A step where loss and gradient are so many times :func:`f`'s."""
    traced.append(type(rule))
    return rule.step(lambda w: jax.tree.map(lambda x: (slope * x).astype(x.dtype), f(w)), w, s, t)


QUICKLY = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
"""For what is compiled for one test and is compared with nothing."""

quick = jax.jit(step.__wrapped__, compiler_options=QUICKLY)


def walk(rule, w, steps, slope=1.0, step=step):
    """After so many steps: parameters, state, and the last loss seen."""
    s, seen = rule.init(w), None
    for t in np.arange(1, steps + 1, dtype=np.int32):
        w, s, seen = step(rule, w, s, t, slope)
    return w, s, seen


def data(rule):
    """The rule's numbers as float32, as in a race."""
    return jax.tree.map(lambda x: jnp.asarray(x, jnp.float32), rule)


def others(cls):
    """The rule three times, every hyperparameter a little smaller each time."""
    made = []
    for part in (1.0, 0.97, 0.9):
        made.append(data(cls(**{name: part * h.default for name, h in declared(cls).items()})))
    return made


def same(a, b):
    for x, y in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True):
        np.testing.assert_array_equal(x, y)


def close(a, b, tolerance=1e-6):
    for x, y in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True):
        np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance)


def shapes(x):
    return jax.tree.map(lambda v: (v.shape, v.dtype), x)


@RULES
@pytest.mark.parametrize("dtype", [jnp.float32, jnp.bfloat16])
def test_structure_and_dtype_are_kept(cls, dtype):
    w, rule = deeper(dtype), data(cls())
    s = rule.init(w)
    after, state, seen = jax.eval_shape(lambda w, s: rule.step(f, w, s, 1), w, s)
    assert shapes(after) == shapes(w)
    assert shapes(state) == shapes(s)
    assert seen.shape == ()


@RULES
def test_it_descends_and_stays_finite(cls):
    w, s, seen = walk(data(cls()), deeper(), 24, step=quick)
    assert f(w)[0] < f(deeper())[0]
    assert all(np.isfinite(x).all() for x in jax.tree.leaves((w, s, seen)))


@RULES
def test_jit_changes_nothing(cls):
    rule, w = data(cls()), nested()
    start, s = w, rule.init(w)
    for t in np.arange(1, 3, dtype=np.int32):
        w, s, _ = rule.step(f, w, s, t)
    close(walk(rule, start, 2)[:2], (w, s), 1e-5)


@RULES
def test_side_by_side_in_a_scan_is_one_after_another_in_a_loop(cls):
    def body(carry, t):
        rule, *here = carry
        w, s, seen = step(rule, *here, t, 1.0)
        return (rule, w, s), seen

    @jax.jit
    @jax.vmap
    def together(rule):
        carry = rule, nested(), rule.init(nested())
        (_, w, s), _ = jax.lax.scan(body, carry, jnp.arange(1, 13))
        return w, s

    found = together(jax.tree.map(lambda *x: jnp.stack(x), *others(cls)))
    for i, rule in enumerate(others(cls)):
        alone = walk(rule, nested(), 12)[:2]
        close(jax.tree.map(lambda x, i=i: x[i], found), alone, 2e-4)


@RULES
def test_no_number_traces_again_and_the_same_numbers_give_the_same_bits(cls):
    first = walk(data(cls()), nested(), 3)[:2]
    before = traced.count(cls)
    _, again = (walk(r, nested(), 3)[:2] for r in (others(cls)[1], data(cls())))
    same(first, again)
    assert traced.count(cls) == before > 0


@RULES
def test_zero_gradients_move_nothing_but_decay(cls):
    rule, w = data(cls()), nested()
    shrink = 1 - getattr(rule, "lr", 0.0) * getattr(rule, "decay", 0.0)
    close(walk(rule, w, 1, 0.0)[0], jax.tree.map(lambda x: shrink * x, w))
    after, s, _ = walk(rule, w, 12, 0.0)
    assert all(np.isfinite(x).all() for x in jax.tree.leaves((after, s)))


@RULES
def test_the_loss_reported_is_the_loss_first_seen_and_gradients_are_those_asked_for(cls):
    w, seen = nested(), []

    def spied(rule, w):
        def spy(w):
            seen.append(f(w))
            return seen[-1]

        _, _, reported = rule.step(spy, w, rule.init(w), 1)
        return reported, seen[0][0]

    jax.eval_shape(lambda rule, w: seen.append(spied(rule, w)), data(cls()), w)
    reported, first = seen.pop()
    assert reported is first
    assert len(seen) == cls.gradients


@RULES
def test_what_is_saved_and_restored_goes_on_to_the_same_bits(cls):
    rule = data(cls())
    w, s, _ = walk(rule, nested(), 3)
    kept = tree.named({"w": w, "s": s})
    like = jax.eval_shape(lambda: {"w": nested(), "s": rule.init(nested())})
    back = tree.restored(like, kept)
    same(step(rule, back["w"], back["s"], np.int32(4), 1.0), step(rule, w, s, np.int32(4), 1.0))


@RULES
def test_state_is_as_large_as_declared(cls):
    """What two trees keep more than one: numbers that are there once, such as a step size, don't count."""
    rule, w = cls(), deeper()
    one, two = (tree.size(jax.eval_shape(rule.init, x)) for x in (w, [w, w]))
    assert two - one == rule.kept(w)
    assert one - rule.kept(w) <= 3
    if cls.memory is not None:
        assert rule.kept(w) == cls.memory * tree.size(w)


@RULES
def test_state_and_parameters_share_no_buffer(cls):
    """Both are donated."""
    w = nested()
    leaves = [x for x in jax.tree.leaves((w, cls().init(w))) if x.size]
    assert len({x.unsafe_buffer_pointer() for x in leaves}) == len(leaves)


@RULES
def test_numbers_outside_their_range_are_refused(cls):
    for name, h in declared(cls).items():
        cls(**{name: h.default})
        for wrong in [*h.interval.outside(), "a", None, True, np.array([h.default, np.nan])]:
            with pytest.raises(InputError, match=name):
                cls(**{name: wrong})


def test_a_number_that_float32_rounds_out_of_its_range_is_refused():
    with pytest.raises(InputError, match=r"one number of float32 in \[0, 1\)"):
        uz.train(uz.problems.quadratic(), rules.Adam(b1=1 - 1e-12), gradients=3)


@RULES
def test_a_schedule_may_stand_for_any_hyperparameter(cls):
    """The rule that begins with schedules keeps a state of the same form."""
    rule = cls(**{name: rules.Schedule(0.1, 9) for name in declared(cls)})
    assert shapes(rule.init(nested())) == shapes(cls().init(nested()))


@RULES
def test_it_comes_back_from_the_numbers_it_is_told_by(cls):
    rule = dataclasses.replace(cls(), **{n: 0.9 * h.default for n, h in declared(cls).items()})
    assert rules.restored(rules.name_of(rule), rules.values(rule), {}) == rule


@RULES
def test_the_docstring_has_equation_source_and_departures(cls):
    assert re.search(r":math:`|\.\. math::", cls.__doc__)
    assert re.search(r"Source: .*\(\d{4}\)", cls.__doc__, flags=re.DOTALL)
    for library in ("Keras", "Optax", "PyTorch"):
        assert library in cls.__doc__


def test_every_rule_is_public_and_of_one_family():
    assert len(rules.NAMES) == sum(map(len, rules.FAMILIES.values()))
    for cls in rules.NAMES.values():
        assert getattr(uz, cls.__name__) is cls


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean nesterov"):
        rules.named("nestorov")
    with pytest.raises(InputError, match="b1"):
        rules.named("adam", beta1=0.9)


def test_what_is_tuned_is_set_where_there_is_something():
    assert rules.tuned("adam", 0.5) == rules.Adam(lr=0.5)
    assert rules.tuned("dog", 0.5) == rules.DoG()
    with pytest.raises(InputError, match="Unknown rule"):
        rules.tuned("nobody", 1.0)


SIDE_BY_SIDE = """
import os, threading
import jax
import jax.numpy as jnp
from uzviz import rules

rule = rules.named("{name}")

def oracle(w):
    return sum((x * x).sum() for x in w), [2 * x + jnp.cos(x) for x in w]

def lane(w):
    one = lambda i, carry: rule.step(oracle, *carry, i)[:2]
    return jax.lax.fori_loop(1, 40, one, (w, rule.init(w)))[0]

run = jax.jit(jax.vmap(lane))
w = [jax.random.normal(jax.random.key(k), (16, 32, 32)) for k in range(3)]
jax.block_until_ready(run(w))
again = lambda: [jax.block_until_ready(run(w)) for _ in range(4)]
threads = [threading.Thread(target=again) for _ in range(os.cpu_count())]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize("name", ["soap", "shampoo"])
def test_programs_that_decompose_lanes_run_beside_one_another(name):
    """With batches in JAX's own kernels they wait for each other for ever."""
    command = [sys.executable, "-c", SIDE_BY_SIDE.replace("{name}", name)]
    subprocess.run(command, check=True, timeout=120)


def test_sgd_is_gd():
    with pytest.raises(uz.InputError, match="gd on mini-batches"):
        rules.named("sgd")
