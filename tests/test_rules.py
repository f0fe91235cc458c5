"""Every rule against one contract."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from uzviz import rules, tree
from uzviz.errors import InputError
from uzviz.hyper import declared

RULES = pytest.mark.parametrize("cls", rules.NAMES.values(), ids=rules.NAMES)


def nested(dtype=jnp.float32):
    """Parameters with a scalar, an empty and two ordinary leaves."""
    rng = np.random.default_rng(0)
    return {
        "a": [jnp.asarray(rng.normal(size=(3, 2)), dtype), jnp.asarray(rng.normal(), dtype)],
        "b": (jnp.zeros((0, 4), dtype), {"c": jnp.asarray(rng.normal(size=5), dtype)}),
    }


def loss(w):
    """Not quadratic, with a minimum that no leaf starts at."""
    return sum(jnp.sum((x - 1) ** 2 + jnp.sin(3 * x)) for x in jax.tree.leaves(w))


f = jax.value_and_grad(loss)


def walk(rule, w, steps=5):
    s = rule.init(w)
    for t in range(1, steps + 1):
        w, s, seen = rule.step(f, w, s, t)
    return w, s, seen


def close(a, b, tolerance=1e-6):
    for x, y in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True):
        np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance)


@RULES
@pytest.mark.parametrize("dtype", [jnp.float32, jnp.bfloat16])
def test_structure_and_dtype_are_kept(cls, dtype):
    w = nested(dtype)
    rule = jax.tree.map(jnp.asarray, cls())  # strongly typed float32 numbers, as in a race
    after, state, _ = walk(rule, w)
    shape = lambda x: jax.tree.map(lambda v: (v.shape, v.dtype), x)  # noqa: E731
    assert shape(after) == shape(w)
    assert shape(state) == shape(rule.init(w))


@RULES
def test_jit_changes_nothing(cls):
    rule, w = cls(), nested()
    step = jax.jit(lambda rule, w, s, t: rule.step(f, w, s, t))
    a, b, s = w, w, rule.init(w)
    r = rule.init(w)
    for t in range(1, 4):
        a, s, _ = step(rule, a, s, t)
        b, r, _ = rule.step(f, b, r, t)
    close(a, b)


@RULES
def test_side_by_side_is_one_after_another(cls):
    """Within 3e-5: as float32 data, 1 − β₂ᵗ has four digits fewer than from Python's floats."""
    w, sizes = nested(), [1e-3, 1e-2, 1e-1]
    alone = [walk(cls(lr=lr), w)[0] for lr in sizes]
    stacked = jax.tree.map(lambda *x: jnp.stack(x), *[cls(lr=lr) for lr in sizes])
    together = jax.vmap(lambda rule: walk(rule, w)[0])(stacked)
    for i, one in enumerate(alone):
        close(jax.tree.map(lambda x, i=i: x[i], together), one, 3e-5)


@RULES
def test_a_scan_is_a_loop(cls):
    rule, w = cls(), nested()

    def body(carry, t):
        w, s, seen = rule.step(f, *carry, t)
        return (w, s), seen

    (after, _), _ = jax.lax.scan(body, (w, rule.init(w)), jnp.arange(1, 6))
    close(after, walk(rule, w)[0])


@RULES
def test_no_number_traces_again(cls):
    count = 0

    @jax.jit
    def step(rule, w):
        nonlocal count
        count += 1
        return rule.step(f, w, rule.init(w), 1)

    for lr in (1e-3, 1e-2):
        step(cls(lr=lr), nested())
    assert count == 1


@RULES
def test_zero_gradients_move_nothing_but_decay(cls):
    w = nested()
    flat = lambda w: (jnp.zeros(()), tree.zeros(w))  # noqa: E731
    after, _, _ = cls().step(flat, w, cls().init(w), 1)
    shrink = 1 - cls().lr * getattr(cls(), "decay", 0.0)
    close(after, jax.tree.map(lambda x: shrink * x, w))


@RULES
def test_it_descends(cls):
    start = nested()
    w, _, _ = walk(cls(lr=1e-3), start, steps=20)
    assert loss(w) < loss(start)


@RULES
def test_the_loss_reported_is_the_loss_first_seen(cls):
    w = nested()
    seen = []

    def spy(w):
        seen.append(loss(w))
        return f(w)

    _, _, reported = cls().step(spy, w, cls().init(w), 1)
    assert reported == seen[0]
    assert len(seen) == cls.gradients


@RULES
def test_memory_is_what_the_state_holds(cls):
    w = nested()
    assert tree.size(cls().init(w)) == cls.memory * tree.size(w)


@RULES
def test_numbers_outside_their_range_are_refused(cls):
    for name, h in declared(cls).items():
        cls(**{name: h.default})
        for wrong in [*h.interval.outside(), "a", None, True, np.array([h.default, np.nan])]:
            with pytest.raises(InputError, match=name):
                cls(**{name: wrong})


@RULES
def test_the_docstring_has_equation_and_source(cls):
    assert ":math:" in cls.__doc__ or ".. math::" in cls.__doc__
    assert "Source:" in cls.__doc__
    assert "Keras" in cls.__doc__
    assert "Optax" in cls.__doc__
    assert "PyTorch" in cls.__doc__


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean nesterov"):
        rules.named("nestorov")
    with pytest.raises(InputError, match="b1"):
        rules.named("adam", beta1=0.9)
