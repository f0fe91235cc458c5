"""Residual networks: layers counted, a forward pass by NumPy, skips as the only difference."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from uzviz import api, engine, problems, tree
from uzviz.errors import InputError
from uzviz.problems.resnets import Block
from uzviz.rules import Adam

RNG = np.random.default_rng(0)
PICTURES = RNG.normal(size=(20, 6, 6, 3)).astype(np.float32), np.arange(20) % 4


def start(depth=8, **options):
    return engine.start_point(problems.residual(PICTURES, depth, width=2, **options), 0)


def convolved(x, conv, stride=1):
    """3 × 3 with zeros around, then normalised group by group; x [channels, height, width]."""
    k, padded = np.asarray(conv.weight), np.pad(x, ((0, 0), (1, 1), (1, 1)))
    rows, columns = (range(0, n, stride) for n in x.shape[1:])
    z = np.array([
        [[(padded[:, i : i + 3, j : j + 3] * kernel).sum() for j in columns] for i in rows] for kernel in k
    ])  # fmt: skip
    grouped = z.reshape(conv.groups, -1)
    grouped = (grouped - grouped.mean(1, keepdims=True)) / np.sqrt(
        grouped.var(1, keepdims=True) + 1e-5
    )
    return (
        grouped.reshape(z.shape) * np.asarray(conv.scale)[:, None, None]
        + np.asarray(conv.bias)[:, None, None]
    )


def relu(x):
    return np.maximum(x, 0)


def logits(w, x, skips):
    x = relu(convolved(x, w.stem))
    for stage, blocks in enumerate(w.stages):
        for place, block in enumerate(blocks):
            stride = 2 if stage and not place else 1
            z = convolved(relu(convolved(x, block.first, stride)), block.second)
            if skips:
                came = x[:, ::stride, ::stride]
                z[: len(came)] += came
            x = relu(z)
    return np.asarray(w.head.weight) @ x.mean((1, 2)) + np.asarray(w.head.bias)


QUICKLY = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
"""For what takes longer to compile than to run."""


def he_et_al(rng, name, x):
    """Kernels of variance 2 / (what comes in), scales of ones, biases of zeros."""
    if x.ndim < 2:
        return np.full(x.shape, "scale" in jax.tree_util.keystr(name), np.float32)
    return (rng.normal(size=x.shape) * np.sqrt(2 / np.prod(x.shape[1:]))).astype(np.float32)


def descended(slope, w):
    """A step, and the loss that it saw."""
    loss, g = slope(w)
    return jax.tree.map(lambda x, g: x - 0.1 * g, w, g), loss


@pytest.mark.parametrize("skips", [True, False])
def test_the_forward_pass_is_that_of_numpy(skips):
    init = problems.residual(PICTURES, 14, width=2, skips=skips).init
    shapes = jax.eval_shape(init, jax.eval_shape(lambda: jax.random.key(0)))
    w = jax.tree.map(lambda x: RNG.normal(size=x.shape).astype(np.float32), shapes)
    x = PICTURES[0][:3]
    wanted = [logits(w, np.moveaxis(one, -1, 0), skips) for one in x]
    found = jax.jit(lambda w, x: w(x))(w, np.moveaxis(x, -1, 1))
    assert np.asarray(found) == pytest.approx(np.array(wanted), rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("depth", [20, 56])
def test_the_depth_is_the_layers_with_weights(depth):
    problem = problems.residual("digits", depth)
    w = jax.eval_shape(problem.init, jax.eval_shape(lambda: jax.random.key(0)))
    weights = [name for name in tree.paths(w) if name.endswith("weight")]
    assert len(weights) == depth
    assert problem.spec["depth"] == depth


def test_weights_start_as_he_et_al_and_with_and_without_skips_are_the_same():
    w = engine.start_point(problems.residual(PICTURES, 8, width=16), 0)
    k = np.asarray(w.stages[2][0].second.weight)
    assert k.std() == pytest.approx(np.sqrt(2 / (9 * 64)), rel=0.02)
    for a, b in zip(jax.tree.leaves(start()), jax.tree.leaves(start(skips=False)), strict=True):
        assert np.array_equal(a, b)


def test_without_skips_only_the_skips_are_missing():
    """A block whose second normalisation gives 0 lets through what came in, or nothing."""
    w = start()
    silent = jax.tree.map(lambda x: 0 * np.asarray(x), w.stages[0][0].second)
    block = Block(w.stages[0][0].first, silent)
    x = jnp.asarray(RNG.random((2, 2, 6, 6)), jnp.float32)
    passed = jax.jit(lambda block, x: (block(x, True), block(x, False)))
    with_, without = passed(block, x)
    assert np.array_equal(with_, x)
    assert not np.any(without)


def test_it_learns():
    problem = problems.residual(PICTURES, 8, width=2)
    rows = problem.split(0).train
    x, y = (a[rows] for a in problem.data)
    batch = problem.prepare(problem.fit((x, y)), (jnp.asarray(x), jnp.asarray(y)))
    rule, w = Adam(lr=0.03), start()
    f = jax.value_and_grad(lambda w: problem.loss(w, batch, None))
    step = jax.jit(lambda w, s, t: rule.step(f, w, s, t), compiler_options=QUICKLY)
    metrics = jax.jit(problem.metrics, compiler_options=QUICKLY)
    s, seen = rule.init(w), []
    for t in range(1, 31):
        w, s, loss = step(w, s, t)
        seen.append(float(loss))
    assert seen[-1] < 0.3 * seen[0]
    assert float(metrics(w, batch)["accuracy"]) > 0.8


def test_56_layers_learn_and_without_skips_they_do_not():
    """Twenty pictures of noise by heart; without skips the loss stays at that of guessing, log 4."""
    ends = {}
    for skips in (True, False):
        problem = problems.residual(PICTURES, 56, width=2, skips=skips)
        shapes = jax.eval_shape(problem.init, jax.eval_shape(lambda: jax.random.key(0)))
        draw = partial(he_et_al, np.random.default_rng(0))
        w = jax.tree_util.tree_map_with_path(draw, shapes)
        batch = problem.prepare(problem.fit(PICTURES), tuple(map(jnp.asarray, PICTURES)))
        slope = jax.value_and_grad(partial(problem.loss, batch=batch, key=None))
        step = jax.jit(partial(descended, slope), compiler_options=QUICKLY)
        for _ in range(50):
            w, loss = step(w)
        ends[skips] = float(loss)
    assert ends[True] < 0.1
    assert ends[False] == pytest.approx(np.log(4), rel=0.03)


def test_it_is_there_by_name_and_comes_back_from_its_spec():
    problem = api.problem_named("residual", depth=8, skips=False)
    assert problem.spec["skips"] is False
    again = problems.restored(problem.spec, None, problem.checksum)
    assert again.spec == problem.spec


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"depth": 21}, "6n + 2 layers"),
        ({"depth": 2}, "6n + 2 layers"),
        ({"width": 0}, "whole number of channels"),
        ({"skips": 1}, "True or False"),
        ({"data": "spirals"}, "must be pictures"),
        ({"data": (RNG.normal(size=(20, 3, 9)), PICTURES[1])}, "4 × 4 pixels"),
    ],
)
def test_what_cannot_be_used_is_refused(options, sentence):
    with pytest.raises(InputError) as error:
        problems.residual(**options)
    assert sentence in str(error.value)
    assert str(error.value).endswith(".")
