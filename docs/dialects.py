"""Measures the dialects and writes docs/dialects.md: python docs/dialects.py

PyTorch and Keras are judged by the trajectories in tests/fixtures/dialects, Optax by itself, as installed.
"""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax

from uzviz import dialects, rules

HERE = Path(__file__).parent
FIXTURES = HERE.parent / "tests" / "fixtures" / "dialects"
OPTAX = [
    ("sgd", {}),
    ("sgd", {"momentum": 0.9}),
    ("sgd", {"momentum": 0.9, "nesterov": True}),
    ("adagrad", {}),
    ("adagrad", {"initial_accumulator_value": 0.5, "eps": 1e-3}),
    ("rmsprop", {}),
    ("rmsprop", {"momentum": 0.5, "centered": True}),
    ("adam", {}),
    ("adamw", {}),
    ("amsgrad", {}),
    ("adamax", {}),
    ("nadam", {}),
    ("nadamw", {}),
    ("radam", {}),
    ("adadelta", {}),
    ("rprop", {}),
    ("lion", {}),
]
RATE = 0.05
"""The learning rate of Optax's, which have no default of their own."""
HEAD = """# Dialects

Written by `python docs/dialects.py`. One optimizer has as many formulas as libraries; `uzviz.dialects` has each
library's: the call on the left makes the rule on the right, with the numbers that differ from its defaults. Measured:
the largest difference of w within 100 steps in float64, on a matrix [2, 5] whose gradient is c⊙(w − 1) + 0.3 cos 3w,
against {torch}, {keras} and {optax}. Trajectories of the first two are in `tests/fixtures/dialects`, with the script
that made them. Centred RMSProp takes the difference of two nearly equal numbers, in which rounding of 1e-16 stands
beside an ε of 1e-8 or 1e-7: no two programs agree further. Keras rounds means to float32, and its Adafactor takes some.

| call | rule | max \\|Δw\\| |
|---|---|---|
"""


LIMIT = 1e-13
ROUGH = 1e-6
"""What two programs may differ by: rounding, and that of centred RMSProp and Keras' Adafactor."""


def limit(library, name, options):
    rough = options.get("centered") or (library, name) == ("keras", "adafactor")
    return ROUGH if rough else LIMIT


def golden(library):
    """What was made by PyTorch or Keras."""
    return json.loads((FIXTURES / f"{library}.json").read_text())


def calls():
    """Each call: library, function, its arguments, and w after ``steps`` where it is on record."""
    for library in ("torch", "keras"):
        for case in golden(library)["cases"]:
            yield library, case["name"].lower(), case["options"], np.array(case["w"])
    for name, options in OPTAX:
        yield "optax", name, {"learning_rate": RATE, **options}, None


def rule_of(library, name, options):
    return getattr(getattr(dialects, library), name)(**options)


def trajectory(move, state):
    """w after each step of 100 from the fixtures' start."""
    told = golden("torch")
    w, c = jnp.array(told["start"]), jnp.array(told["curvatures"])

    def step(carry, t):
        w, s = carry
        w, s = move(w, c * (w - 1) + 0.3 * jnp.cos(3 * w), s, t)
        return (w, s), w

    found = jax.jit(lambda: jax.lax.scan(step, (w, state(w)), jnp.arange(1, 101))[1])()
    return found.reshape(100, -1)


def difference(library, name, options, judged):
    """The largest difference of w from the library's; in float64."""
    rule = rule_of(library, name, options)

    def ours(w, g, s, t):
        return rule.at(t).step(lambda _: (jnp.zeros(()), g), w, s, t)[:2]

    def theirs(w, g, s, t):
        update, s = transform.update(g, s, w)
        return optax.apply_updates(w, update), s

    found = trajectory(ours, rule.init)
    if judged is None:
        transform = getattr(optax, name)(**options)
        judged = trajectory(theirs, transform.init)
    else:
        found = found[np.array(golden(library)["steps"]) - 1]
    return float(np.abs(np.asarray(found) - np.asarray(judged)).max())


def left(library, name, options):
    """The row of a call, without what is measured."""
    rule = rule_of(library, name, options)
    own = {k: h.default for k, h in rules.declared(rule).items()}
    told = {k: v for k, v in rules.values(rule).items() if v != own[k]}
    timed = {k: f"{s['kind']} from {s['value']:g}" for k, s in rules.schedules_of(rule).items()}
    numbers = ", ".join(f"{k} = {timed.get(k, f'{told.get(k, 0):g}')}" for k in {**told, **timed})
    given = ", ".join(f"{k}={v!r}" for k, v in options.items())
    rule_name = rules.name_of(rule) + (f": {numbers}" if numbers else "")
    return f"| `{library}.{name}({given})` | {rule_name} |"


def head():
    made = {k: f"{k.title()} {golden(k)['made_by'][k]}" for k in ("torch", "keras")}
    made["torch"] = made["torch"].replace("Torch", "PyTorch")
    return HEAD.format(**made, optax=f"Optax {optax.__version__}")


if __name__ == "__main__":
    with jax.enable_x64(True):
        rows = [f"{left(*call[:3])} {difference(*call):.0e} |" for call in calls()]
    (HERE / "dialects.md").write_text(head() + "\n".join(rows) + "\n")
