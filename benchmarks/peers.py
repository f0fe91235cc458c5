"""The rivals, each at its best practice. Each is a function of (sizes, batch, data, epochs) that
returns one call which trains anew for those epochs and gives the number of steps it made.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from itertools import pairwise

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import jax.numpy as jnp
import numpy as np
import optax

Train = Callable[[], int]
LR = 1e-3


def torch_device() -> str:
    """Where PyTorch computes: on a GPU, if there is one."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def torch_fused(sizes, batch, data, epochs, threads=1) -> Train:
    """PyTorch: fused Adam, tensors on the device, a permutation an epoch; on a GPU with XLA's precision of products
    there."""
    import torch
    from torch import nn

    device = torch_device()
    if device == "cuda":
        torch.set_float32_matmul_precision("high")
    x, y = (torch.from_numpy(v).to(device) for v in (data[0], data[1].astype(np.int64)))
    loss = nn.CrossEntropyLoss()

    def train() -> int:
        torch.set_num_threads(threads)
        layers = [m for a, b in pairwise(sizes) for m in (nn.Linear(a, b), nn.ReLU())]
        net = nn.Sequential(*layers[:-1]).to(device)
        optimizer = torch.optim.Adam(net.parameters(), lr=LR, fused=True)
        steps = 0
        for _ in range(epochs):
            order = torch.randperm(len(x), device=device)
            for i in range(0, len(x), batch):
                rows = order[i : i + batch]
                optimizer.zero_grad()
                last = loss(net(x[rows]), y[rows])
                last.backward()
                optimizer.step()
                steps += 1
        last.item()  # waits for a GPU
        return steps

    return train


def keras_jax(sizes, batch, data, epochs) -> Train:
    """Keras 3 on JAX: model.fit on arrays in memory, compiled."""
    import keras

    net = keras.Sequential(
        [keras.Input((sizes[0],))]
        + [keras.layers.Dense(n, activation="relu") for n in sizes[1:-1]]
        + [keras.layers.Dense(sizes[-1])]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile(optimizer=keras.optimizers.Adam(LR), loss=loss, jit_compile=True)
    w = net.get_weights()

    def train() -> int:
        net.set_weights(w)
        net.fit(*data, batch_size=batch, epochs=epochs, verbose=0)
        return epochs * -(-len(data[0]) // batch)

    return train


def scikit_learn(sizes, batch, data, epochs) -> Train:
    """scikit-learn's MLPClassifier, which stops for nothing."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    def train() -> int:
        net = MLPClassifier(sizes[1:-1], batch_size=batch, learning_rate_init=LR,
                            max_iter=epochs, tol=0, n_iter_no_change=10**9, alpha=0)  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            net.fit(*data)
        return epochs * -(-len(data[0]) // batch)

    return train


def start(sizes, flip=True):
    """Weights (in, out), or flipped to (out, in): which is faster depends on the sizes."""
    rng = np.random.default_rng(0)
    drawn = [rng.normal(size=(a, b)) * np.sqrt(2 / a) for a, b in pairwise(sizes)]
    return [(jnp.asarray(v.T if flip else v, jnp.float32), jnp.zeros(v.shape[1])) for v in drawn]


def loss(w, x, y, flip=True):
    for weight, bias in w[:-1]:
        x = jax.nn.relu(x @ (weight.T if flip else weight) + bias)
    z = x @ (w[-1][0].T if flip else w[-1][0]) + w[-1][1]
    chosen = jnp.take_along_axis(z, y[:, None], -1)[:, 0]
    return jnp.mean(jax.nn.logsumexp(z, -1) - chosen)


def scan_of(tx, x, y, carry, order, flip=True):
    """The bare loop: every step's rows come from outside and are gathered inside."""

    def body(carry, rows):
        w, s = carry
        taken = (v.at[rows].get(mode="promise_in_bounds") for v in (x, y))
        value, g = jax.value_and_grad(loss)(w, *taken, flip)
        update, s = tx.update(g, s, w)
        return (optax.apply_updates(w, update), s), value

    return jax.lax.scan(body, carry, order)


def orders(n, batch, epochs, rng):
    """Full batches of ``epochs`` permutations; the bare loop drops an epoch's rest."""
    k = n // batch
    drawn = [rng.permutation(n)[: k * batch].reshape(k, batch) for _ in range(epochs)]
    return np.concatenate(drawn).astype(np.int32)


def copied(carry, shape=()):
    """A copy that may be donated, repeated along new axes in front."""
    return jax.tree.map(lambda v: jnp.array(jnp.broadcast_to(v, shape + v.shape)), carry)


def jax_scan(sizes, batch, data, epochs, flip) -> Train:
    """The best hand-written JAX: one donated scan, Optax, the order drawn by NumPy outside."""
    tx = optax.adam(LR)
    x, y = jnp.asarray(data[0]), jnp.asarray(data[1])
    run = jax.jit(partial(scan_of, tx, flip=flip), donate_argnums=2)
    w, rng = start(sizes, flip), np.random.default_rng(0)

    def train() -> int:
        order = orders(len(x), batch, epochs, rng)
        _, seen = run(x, y, copied((w, tx.init(w))), jnp.asarray(order))
        seen.block_until_ready()
        return len(order)

    return train


def jax_vmap(sizes, batch, rows, data, epochs, sizes_of_step, nested) -> Train:
    """Bare `vmap` over step sizes × seeds, with batches of its own for each seed.

    ``rows``, [seeds, n], are the training examples of each seed; ``nested`` maps step sizes inside
    seeds, so that a seed's batches are shared, and otherwise every lane carries its own.
    """
    x, y = jnp.asarray(data[0]), jnp.asarray(data[1])
    rates, rng = jnp.asarray(sizes_of_step, jnp.float32), np.random.default_rng(0)

    def lane(lr, carry, order):
        return scan_of(optax.adam(lr), x, y, carry, order)

    if nested:
        inner = jax.vmap(lane, in_axes=(0, 0, None))
        run = jax.jit(jax.vmap(inner, in_axes=(None, 0, 0)), donate_argnums=1)
        shape = (len(rows), len(rates))
    else:
        run = jax.jit(jax.vmap(lane), donate_argnums=1)
        shape = (len(rows) * len(rates),)
        rates = jnp.tile(rates, len(rows))
    w = start(sizes)
    carry = (w, optax.adam(1.0).init(w))

    def train() -> int:
        drawn = [r[orders(len(r), batch, epochs, rng)] for r in rows]
        order = np.stack(drawn) if nested else np.repeat(np.stack(drawn), len(sizes_of_step), 0)
        _, seen = run(rates, copied(carry, shape), jnp.asarray(order))
        seen.block_until_ready()
        return seen.size

    return train
