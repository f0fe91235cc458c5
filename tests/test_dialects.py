"""Other libraries' optimizers: PyTorch's and Keras' by trajectories that they made, Optax's by itself."""

import json
from pathlib import Path
from runpy import run_path

import jax
import jax.numpy as jnp
import pytest

import uzviz as uz
from uzviz import dialects, races, rules, tree
from uzviz.cli.app import main
from uzviz.errors import InputError
from uzviz.races.entrants import entrants, settings

ROOT = Path(__file__).parent.parent
DOCS = run_path(str(ROOT / "docs" / "dialects.py"))
CALLS = {DOCS["left"](*call[:3]).split("|")[1].strip(): call for call in DOCS["calls"]()}


@pytest.mark.parametrize("text", CALLS)
def test_it_does_what_the_library_does(text, x64):
    library, name, options, judged = CALLS[text]
    assert DOCS["difference"](library, name, options, judged) <= DOCS["limit"](
        library, name, options
    )


def test_they_are_not_each_other(x64):
    """What the judge above would say if a dialect took another's formula."""
    cases = {c["name"]: c["w"] for c in DOCS["golden"]("torch")["cases"] if not c["options"]}
    for name, mine in (
        ("Adagrad", "keras.adagrad"),
        ("NAdam", "keras.nadam"),
        ("RMSprop", "keras.rmsprop"),
    ):
        rule = rules.replaced(rules.named(mine), {"lr": 0.01 if name != "NAdam" else 0.002})

        def move(w, g, s, t, rule=rule):
            return rule.step(lambda _: (jnp.zeros(()), g), w, s, t)[:2]

        found = DOCS["trajectory"](move, rule.init)[-1]
        assert abs(found - jnp.array(cases[name][-1])).max() > 1e-4


def test_the_table_is_fresh():
    written = (ROOT / "docs" / "dialects.md").read_text().splitlines()
    rows = [line.rpartition("|")[0].rpartition("|")[0] for line in written if line[:3] == "| `"]
    said = [DOCS["left"](*call[:3]).rpartition("|")[0] for call in CALLS.values()]
    assert rows == said, "run: .venv/bin/python docs/dialects.py"


@pytest.mark.parametrize("name", dialects.NAMES)
def test_names_and_numbers_make_it_again(name):
    rule = rules.named(name)
    told = json.loads(
        json.dumps([rules.name_of(rule), rules.values(rule), rules.schedules_of(rule)])
    )
    assert rules.restored(*told) == rule
    assert rules.ours(told[0])
    rules.check_numbers(rule)


@pytest.mark.parametrize("cls", dialects.OWN, ids=lambda cls: cls.name)
def test_its_own_rules_keep_the_contract(cls):
    """Structure and dtype, memory, asking once at w, a source, and no step without a gradient."""
    rule, w = cls(), {"a": jnp.ones((2, 3), jnp.bfloat16), "b": jnp.ones(3), "c": jnp.ones(())}
    shape = lambda x: jax.tree.map(lambda v: (v.shape, v.dtype), x)  # noqa: E731

    def step(w, s):
        return rule.step(lambda w: (jnp.zeros(()), jax.tree.map(jnp.sign, w)), w, s, 2)[:2]

    state = jax.eval_shape(rule.init, w)
    assert shape(jax.eval_shape(step, w, state)) == shape((w, state))
    kept = sum(rule.numbers(v.shape) for v in jax.tree.leaves(w))
    assert tree.size(state) - ("product" in state) == kept
    assert rules.wrappers.asks_once(rule)
    assert "Source:" in cls.__doc__
    assert "math:" in cls.__doc__


def test_the_command_line_knows_them_and_a_log_keeps_them(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = ["train", "rosenbrock", "--gradients", "6", "--rule", "keras.adagrad+clip-norm"]
    assert main([*words, "--lr", "0.1", "--log", "a"]) == 0
    kept = uz.read(tmp_path / "a").rule()
    assert rules.value(kept, "lr") == 0.1
    assert kept.rule == dialects.keras.adagrad(learning_rate=0.1)
    assert main(["train", "rosenbrock", "--rule", "torch.adagrat"]) == 2
    assert "torch.adagrad" in capsys.readouterr().err


def test_they_enter_races_under_the_names_typed():
    ours, theirs = entrants(["torch.adam", "keras.adam@8"])
    assert (ours.name, theirs.name) == ("torch.adam", "keras.adam@8")
    grid = {"keras.adam@8.b1": [0.5, 0.9], "torch.adam.eps": [1e-3]}
    assert settings(theirs, 0.1, grid)["b1"].tolist() == [0.5, 0.9]
    assert settings(ours, 0.1, grid)["eps"].tolist() == [1e-3]
    assert races.entrant_of(races.described(theirs)) == theirs


def test_what_pytorch_refuses_is_refused():
    with pytest.raises(InputError, match="nesterov needs a momentum"):
        dialects.torch.sgd(nesterov=True)


@pytest.mark.parametrize(
    ("rule", "schedule"), [("optax.rprop", "cosine"), ("keras.adagrad", "r0=cosine")]
)
def test_what_a_state_begins_with_may_be_on_a_schedule(rule, schedule):
    """At t = 1, where a cosine has its whole value."""
    problem = uz.problems.quadratic([1.0])
    timed, plain = (
        uz.train(problem, rules.named(rule), gradients=1, **given)
        for given in ({"schedule": schedule}, {})
    )
    assert float(timed.w[0]) == float(plain.w[0])
