"""One step of every rule on 20 million parameters: megabytes a second beside a copy, Optax and PyTorch.

The gradient is given, so that the update alone is timed: our rules are asked with an oracle that has it, jitted
with parameters and state donated. Bytes are those that a step has to move, each once: parameters and state
read and written, the gradient read. The pace is in those bytes for everybody who does that rule's work.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import optax
from peers import torch_device
from report import machine, measure, report

import uzviz as uz
from uzviz import rules

Step = Callable[[], int]
SHAPES = {
    "one leaf": lambda n: [(n // 4000, 4000)],
    "200 leaves": lambda n: [(n // 200 // 400, 400)] * 200,
    "200 lanes": lambda n: [(n // 200 // 400, 400)],
}
SMALL = {"shampoo", "soap"}
"""These decompose matrices, which takes minutes where they are wide: timed with matrices of 32 × 32."""
DIVIDED = {"muon", *SMALL}
"""Not timed on one leaf, a matrix of thousands on either side, which nobody has."""
OPTAX = {
    "gd": optax.sgd, "momentum": lambda lr: optax.sgd(lr, momentum=0.9), "adagrad": optax.adagrad,
    "nesterov": lambda lr: optax.sgd(lr, momentum=0.9, nesterov=True), "adadelta": optax.adadelta,
    "rmsprop": optax.rmsprop, "rmsprop-centred": lambda lr: optax.rmsprop(lr, centered=True),
    "adafactor": optax.adafactor, "adam": optax.adam, "adamw": optax.adamw, "amsgrad": optax.amsgrad,
    "adamax": optax.adamax, "yogi": optax.yogi, "adabelief": optax.adabelief, "nadam": optax.nadam,
    "radam": optax.radam, "adan": optax.adan, "sign": optax.sign_sgd, "lion": optax.lion,
    "rprop": optax.rprop, "lars": optax.lars, "lamb": optax.lamb, "muon": optax.contrib.muon,
    "schedule-free": optax.contrib.schedule_free_sgd, "dog": optax.contrib.dog,
    "schedule-free-adamw": optax.contrib.schedule_free_adamw, "prodigy": optax.contrib.prodigy,
}  # fmt: skip
"""What of Optax does the same work, at the same step size."""
LR = 1e-4


def torch_of(name: str):
    """PyTorch's optimizer of that rule, and the ways in which it steps."""
    import torch

    every, two = ("fused", "foreach", "single"), ("foreach", "single")
    found = {
        "gd": (torch.optim.SGD, {}, every),
        "momentum": (torch.optim.SGD, {"momentum": 0.9}, every),
        "adagrad": (torch.optim.Adagrad, {}, every),
        "adam": (torch.optim.Adam, {}, every),
        "adamw": (torch.optim.AdamW, {}, every),
        "rmsprop": (torch.optim.RMSprop, {}, two),
        "adadelta": (torch.optim.Adadelta, {}, two),
        "adamax": (torch.optim.Adamax, {}, two),
        "nadam": (torch.optim.NAdam, {}, two),
        "radam": (torch.optim.RAdam, {}, two),
        "rprop": (torch.optim.Rprop, {}, two),
    }
    return found.get(name)


def tensors(shapes: list[tuple[int, ...]], lanes: int | None, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    front = () if lanes is None else (lanes,)
    return [rng.normal(size=front + s).astype(np.float32) for s in shapes]


def looped(step: Callable, carry: tuple, arguments: tuple) -> Step:
    """A call that makes one step of a donated carry, and waits for it."""
    kept = [jax.tree.map(jnp.array, carry)]

    def call() -> int:
        kept[0] = jax.block_until_ready(step(*kept[0], *arguments))
        return 1

    return call


def ours(name: str, w: list[np.ndarray], g: list[np.ndarray], lanes: int | None) -> Step:
    rule = rules.tuned(name, LR)
    values = jax.tree.map(lambda x: jnp.full(() if lanes is None else lanes, x, jnp.float32), rule)

    def step(w, s, rule, g):
        return rule.step(lambda w: (jnp.ones(()), g), w, s, 5)[:2]

    step = step if lanes is None else jax.vmap(step)
    init = (lambda r, w: r.init(w)) if lanes is None else jax.vmap(lambda r, w: r.init(w))
    w, g = jax.tree.map(jnp.asarray, (w, g))
    return looped(jax.jit(step, donate_argnums=(0, 1)), (w, init(values, w)), (values, g))


def by_optax(name: str, w: list[np.ndarray], g: list[np.ndarray], lanes: int | None) -> Step:
    def step(w, s, lr, g):
        update, s = OPTAX[name](lr).update(g, s, w)
        return optax.apply_updates(w, update), s

    def init(lr, w):
        return OPTAX[name](lr).init(w)

    if lanes is not None:
        step, init = jax.vmap(step), jax.vmap(init)
    lr = jnp.full(() if lanes is None else lanes, LR, jnp.float32)
    w, g = jax.tree.map(jnp.asarray, (w, g))
    return looped(jax.jit(step, donate_argnums=(0, 1)), (w, init(lr, w)), (lr, g))


def by_torch(name: str, w: list[np.ndarray], g: list[np.ndarray], way: str) -> Step:
    import torch

    make, more, _ = torch_of(name)
    device = torch_device()
    parameters = [torch.nn.Parameter(torch.from_numpy(x.copy()).to(device)) for x in w]
    for p, x in zip(parameters, g, strict=True):
        p.grad = torch.from_numpy(x.copy()).to(device)
    flags = {"single": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
    optimizer = make(parameters, lr=LR, **more, **flags[way])

    def call() -> int:
        optimizer.step()
        if device == "cuda":
            torch.cuda.synchronize()
        return 1

    return call


def copy(n: int) -> float:
    """Bytes a second, read and written, of the best copy there is here: a jitted one, or NumPy's."""
    x = np.ones(n, np.float32)
    y, j, add = x.copy(), jnp.asarray(x), jax.jit(lambda x: x + 1)
    ways = {"numpy": lambda: np.copyto(y, x), "jax": lambda: add(j).block_until_ready()}
    paces = []
    for way in ways.values():
        way()
        took = []
        for _ in range(9):
            began = time.perf_counter()
            way()
            took.append(time.perf_counter() - began)
        paces.append(8 * n / statistics.median(took))
    return max(paces)


def case(form: str, name: str, size: int, repeats: int, pace: float, torches: bool) -> str:
    """Measure one rule in one form; returns its line of JSON."""
    lanes = 200 if form == "200 lanes" else None
    shapes = [(32, 32)] * len(SHAPES[form](size)) if name in SMALL else SHAPES[form](size)
    w, g = (tensors(shapes, lanes, seed) for seed in (0, 1))
    contestants = {"ours": ours(name, w, g, lanes)}
    if name in OPTAX:
        contestants["Optax"] = by_optax(name, w, g, lanes)
    if torches and lanes is None and torch_of(name):
        for way in torch_of(name)[2]:
            contestants[f"torch {way}"] = by_torch(name, w, g, way)
    rule, n = rules.tuned(name, LR), sum(x.size for x in w)
    state = rule.kept([jax.ShapeDtypeStruct(s, jnp.float32) for s in shapes]) * (lanes or 1)
    moved = 4 * (3 * n + 2 * state)
    paces = {k: [x * moved / 1e6 for x in v] for k, v in measure(contestants, repeats).items()}
    share = statistics.median(paces["ours"]) / (pace / 1e6)
    line = report(f"{name}, {form} of {n:,}", "MB/s", paces)
    print(f"  {'':14} {share:.0%} of a copy's pace")
    return line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=uz.rules.NAMES, help="of these rules alone"
    )
    parser.add_argument("--form", action="append", choices=SHAPES)
    parser.add_argument("--size", type=int, default=20_000_000, help="parameters in all")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--no-torch", action="store_true")
    given = parser.parse_args()
    machine()
    pace = copy(given.size)
    print(f"a copy: {pace / 1e9:.1f} GB/s, read and written")
    lines = []
    for form in given.form or SHAPES:
        for name in given.only or uz.rules.NAMES:
            if name in DIVIDED and form == "one leaf":
                continue
            lines.append(case(form, name, given.size, given.repeats, pace, not given.no_torch))
    print("\n" + "\n".join(lines))


if __name__ == "__main__":
    main()
