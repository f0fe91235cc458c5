"""One hilly function, and where rules and their judges go on it, in float64."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax


def hilly(w):
    return sum(jnp.sum((x - 1) ** 2 + jnp.sin(3 * x)) for x in jax.tree.leaves(w))


f = jax.jit(jax.value_and_grad(hilly))


def slope(x):
    """The gradient of one tensor, in NumPy."""
    return 2 * (x - 1) + 3 * np.cos(3 * x)


def start():
    """A matrix and a vector."""
    rng = np.random.default_rng(1)
    return {"a": jnp.asarray(rng.normal(size=(4, 3))), "b": [jnp.asarray(rng.normal(size=2))]}


@functools.cache
def stepped(rule):
    """Its step on the function, compiled once for equal rules."""
    return jax.jit(lambda w, s, t: rule.step(f, w, s, t)[:2])


def by_rule(rule, steps=100):
    """Parameters and state after so many steps."""
    w = start()
    s = rule.init(w)
    for t in range(1, steps + 1):
        w, s = stepped(rule)(w, s, t)
    return w, s


def by_optax(transform, steps=100):
    """Parameters and state after so many steps of an Optax transform."""
    w, transform = start(), optax.with_extra_args_support(transform)
    s = transform.init(w)

    @jax.jit
    def step(w, s):
        value, g = f(w)
        update, s = transform.update(g, s, w, value=value)
        return optax.apply_updates(w, update), s

    for _ in range(steps):
        w, s = step(w, s)
    return w, s


def flat(w):
    """All numbers of a tree in one vector."""
    return np.concatenate([np.ravel(x) for x in jax.tree.leaves(w)])


def agree(ours, theirs, tolerance=1e-10):
    """Whether two trees hold the same numbers."""
    for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        np.testing.assert_allclose(a, b, atol=tolerance, rtol=0)
