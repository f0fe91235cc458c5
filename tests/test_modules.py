"""Modules of Equinox and Flax NNX as problems."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz import engine, losses
from uzviz.errors import InputError
from uzviz.problems import of_module

X = np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32)
Y = (X[:, 0] > 0).astype(np.int32)


def loss(net, batch, key):
    return losses.softmax_cross_entropy(jax.vmap(net)(batch[0]), batch[1])


def accuracy(net, batch):
    return {"accuracy": jnp.mean(jnp.argmax(jax.vmap(net)(batch[0]), 1) == batch[1])}


def net(key):
    return eqx.nn.MLP(2, 2, 4, 1, key=key)


def test_an_equinox_module_trains_in_three_lines():
    problem = of_module(net(jax.random.key(0)), loss, (X, Y), metrics=accuracy)
    run = uz.train(problem, uz.GradientDescent(lr=1.0), batch=36, epochs=60)
    assert run.results["validation/accuracy"] > 0.8
    assert problem.name == "MLP"


def leaves(problem, seed):
    return jax.tree.leaves(engine.start_point(problem, seed))


def test_a_module_is_everyones_start_and_a_function_gives_each_seed_its_own():
    one, each = of_module(net(jax.random.key(0)), loss, (X, Y)), of_module(net, loss, (X, Y))
    wanted = jax.tree.leaves(eqx.filter(net(jax.random.key(0)), eqx.is_inexact_array))
    for a, b, c in zip(leaves(one, 0), leaves(one, 1), wanted, strict=True):
        assert np.array_equal(a, b)
        assert np.array_equal(a, c)
    assert not np.array_equal(leaves(each, 0)[0], leaves(each, 1)[0])


def test_what_is_no_parameter_stays():
    class Shifted(eqx.Module):
        w: jax.Array
        steps: jax.Array
        name: str

    module = Shifted(jnp.ones(2), jnp.array(3), "s")
    problem = of_module(module, lambda m, batch, key: m.steps * jnp.sum(m.w))
    (w,) = jax.tree.leaves(problem.init(jax.random.key(0)))
    assert np.array_equal(w, [1, 1])
    assert float(problem.loss(problem.init(jax.random.key(0)), None, None)) == 6


@pytest.mark.parametrize("wrong", [3, None, lambda key: 3, "net"])
def test_what_is_no_module_is_refused(wrong):
    with pytest.raises(InputError, match="must be a module of Equinox or Flax NNX"):
        of_module(wrong, loss, (X, Y))


@pytest.mark.filterwarnings("ignore")
def test_an_nnx_module_trains_in_three_lines():
    nnx = pytest.importorskip("flax.nnx")

    def make(key):
        return nnx.Sequential(
            nnx.Linear(2, 4, rngs=nnx.Rngs(key)), jnp.tanh, nnx.BatchNorm(4, use_running_average=True, rngs=nnx.Rngs(key)),
            nnx.Linear(4, 2, rngs=nnx.Rngs(key)),
        )  # fmt: skip

    problem = of_module(
        make, lambda m, batch, key: losses.softmax_cross_entropy(m(batch[0]), batch[1]), (X, Y)
    )
    w = engine.start_point(problem, 0)
    assert len(jax.tree.leaves(w)) == 6  # running averages are none
    run = uz.train(problem, uz.Adam(lr=0.1), epochs=20)
    assert run.results["train/loss"] < 0.3
    assert not np.array_equal(leaves(problem, 0)[1], leaves(problem, 1)[1])
