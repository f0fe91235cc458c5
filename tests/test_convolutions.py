"""The convolutional network: a forward pass by SciPy, starts, that it learns."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.signal import correlate2d

import uzviz as uz
from uzviz.api.catalogue import problem_named
from uzviz.engine import start_point
from uzviz.errors import InputError
from uzviz.problems import cnn, restored
from uzviz.problems.convolutions import Kernels

RNG = np.random.default_rng(0)
PICTURES = RNG.normal(size=(24, 7, 6, 3)).astype(np.float32), np.arange(24) % 4
SMALL = {"channels": [3, 5], "hidden": [6]}


def logits(w, x):
    """Of one picture [channels, height, width]."""
    for layer in w.convolutions:
        k, b = np.asarray(layer.weight), np.asarray(layer.bias)
        x = np.array([
            sum(correlate2d(plane, kernel, "same") for plane, kernel in zip(x, kernels, strict=True)) + bias
            for kernels, bias in zip(k, b, strict=True)
        ])  # fmt: skip
        x = np.maximum(x, 0)
        x = x[:, : x.shape[1] // 2 * 2, : x.shape[2] // 2 * 2]
        x = np.maximum(
            np.maximum(x[:, ::2, ::2], x[:, 1::2, ::2]),
            np.maximum(x[:, ::2, 1::2], x[:, 1::2, 1::2]),
        )
    h = x.ravel()
    for i, layer in enumerate(w.head.layers):
        h = np.asarray(layer.weight) @ (h if i == 0 else np.maximum(h, 0)) + np.asarray(layer.bias)
    return h


def test_the_forward_pass_is_that_of_scipy():
    init = cnn(PICTURES, **SMALL).init
    shapes = jax.eval_shape(init, jax.eval_shape(lambda: jax.random.key(0)))
    w = jax.tree.map(lambda x: RNG.normal(size=x.shape).astype(np.float32), shapes)
    x = PICTURES[0][:2]
    wanted = [logits(w, np.moveaxis(one, -1, 0)) for one in x]
    found = jax.jit(lambda w, x: w(x))(w, np.moveaxis(x, -1, 1))
    assert np.asarray(found) == pytest.approx(np.array(wanted), rel=1e-3, abs=1e-4)


def test_kernels_start_as_he_et_al():
    k = np.asarray(jax.jit(lambda key: Kernels(64, 64, "he", key).weight)(jax.random.key(0)))
    assert k.std() == pytest.approx(np.sqrt(2 / (9 * 64)), rel=0.02)


def test_it_learns_the_digits():
    problem = cnn("digits", channels=[4, 8], hidden=[])
    some = slice(0, 400)
    rows = tuple(v[some] for v in problem.data)
    batch = problem.prepare(problem.fit(rows), tuple(map(jnp.asarray, rows)))
    held = problem.prepare(problem.fit(rows), tuple(jnp.asarray(v[400:800]) for v in problem.data))
    f = jax.value_and_grad(lambda w: problem.loss(w, batch, None))
    rule, w = uz.Adam(lr=0.02), start_point(problem, 0)
    step = jax.jit(lambda w, s, t: rule.step(f, w, s, t))
    s = rule.init(w)
    for t in range(1, 61):
        w, s, _ = step(w, s, t)
    assert float(jax.jit(problem.metrics)(w, held)["accuracy"]) > 0.7


def test_it_is_there_by_name_and_comes_back_from_its_spec():
    problem = problem_named("cnn", channels=[2, 4], hidden=[8], loss="multiclass-hinge")
    again = restored(problem.spec, None, problem.checksum)
    assert (again.formulas, again.init, again.spec) == (
        problem.formulas,
        problem.init,
        problem.spec,
    )
    assert problem.formulas != cnn("digits", [2, 4]).formulas


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"channels": []}, "channels are"), ({"channels": [0]}, "channels are"), ({"channels": [2.5]}, "channels are"),
        ({"channels": 3}, "channels are"), ({"channels": [2, 2, 2, 2]}, "16 × 16 pixels at least"),
        ({"data": "moons"}, "must be pictures"), ({"loss": "hinge"}, "loss of several logits"),
        ({"hidden": [0]}, "hidden layers"), ({"activation": "rely"}, "did you mean relu"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(options, says):
    with pytest.raises(InputError, match=says):
        cnn(**{"data": "digits", **options})
