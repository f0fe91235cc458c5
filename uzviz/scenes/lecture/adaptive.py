"""Adaptive methods (slides 40–43): a step size for each weight, where gradients differ much in size."""

from __future__ import annotations

import jax
import numpy as np

from uzviz import engine, problems, rules
from uzviz.engine import Rounds
from uzviz.rules import Adam, Momentum, RMSProp, Rule, declared
from uzviz.scenes import grounds
from uzviz.scenes.controls import Choice, Number, Point, Several, Whole, hyperparameter
from uzviz.scenes.scene import Frame, Part, Scene, Settings
from uzviz.scenes.several import soonest

OPTIONS = ("gd", "momentum", "adagrad", "rmsprop", "adam-uncorrected", "adam", "amsgrad")
SIDE = (-2.5, 2.5)
MOST_STEPS = 400
WAY = ("kappa", "every", "noise", "alpha", "beta", "rho", "b1", "b2", "start", "steps")
"""What changes how a rule goes."""


def spectrum(settings: Settings) -> tuple[float, float]:
    """Curvatures of the two weights: the first's is κ times smaller, and so is its gradient."""
    return 1 / settings["kappa"], 1.0


def rule_of(name: str, settings: Settings) -> Rule:
    """The rule of that name with the hyperparameters that are set; α is the same for all."""
    own = {k: settings[k] for k in ("beta", "rho", "b1", "b2") if k in declared(rules.NAMES[name])}
    return rules.named(name, lr=settings["alpha"], **own)


def walked(name: str, settings: Settings) -> Rounds:
    """Where the rule goes, [MOST_STEPS + 1, …]: what is shown of it is cut at last, so that the programs of
    what is computed of it serve any number of steps."""
    problem = problems.rare(
        spectrum(settings), (settings["every"], 1), settings["noise"], settings["start"]
    )
    start = np.array([settings["start"]])
    found = engine.online(problem, rule_of(name, settings), start, MOST_STEPS)
    return jax.tree.map(lambda x: x[0], found)


def moves(found: Rounds) -> np.ndarray:
    """How each step moved each weight, [steps + 1, 2]; the start is no step."""
    return np.diff(found.w, axis=0, prepend=found.w[:1])


def averages(rule: Rule, found: Rounds) -> dict[str, np.ndarray]:
    """Adam's averages as they are without the zero that they began at."""
    if not isinstance(rule, Adam):
        return {}
    # The start has no step, and zeros for averages.
    t = np.maximum(np.arange(len(found.w)), 1)[:, None]
    pairs = {"m̂": ("m", rule.b1), "v̂": ("v", rule.b2)}
    return {
        name: np.asarray(rules.unbiased(found.s[of], memory, t))
        for name, (of, memory) in pairs.items()
    }


def sizes(rule: Rule, found: Rounds) -> np.ndarray:
    """The step size of each weight, |Δw|/|d|, where d is what the rule moves along: the gradient, or its
    average if it keeps one; NaN where d is 0."""
    kept = found.s | averages(rule, found)
    along = next((kept[name] for name in ("m̂", "m", "p") if name in kept), found.g)
    return np.abs(moves(found)) / np.where(along == 0, np.nan, np.abs(along))


def ground(settings: Settings) -> Frame:
    """The loss of all terms, without noise."""
    values = grounds.over_plane(problems.bowl, SIDE, SIDE, data=[np.array(spectrum(settings))])
    return {"values": values, "x": SIDE, "y": SIDE}


def squares(found: Rounds) -> np.ndarray:
    """What a rule keeps of the squared gradients: r or v, as its paper calls it; NaN if it keeps none."""
    kept = next((found.s[name] for name in ("r", "vmax", "v") if name in found.s), None)
    return np.full_like(found.w, np.nan) if kept is None else kept


def walks(settings: Settings) -> Frame:
    names = settings["rules"]
    own = [rule_of(name, settings) for name in names]
    all_ = soonest(lambda name: walked(name, settings), names)
    terms, last = np.array(spectrum(settings)), settings["steps"]
    along = {
        "w": [x.w for x in all_],
        "sizes": [sizes(rule, x) for rule, x in zip(own, all_, strict=True)],
        "squares": [squares(x) for x in all_],
        "loss": [engine.values(problems.bowl, x.w, terms) for x in all_],
    }
    return {
        **{name: np.stack(values)[:, : last + 1] for name, values in along.items()},
        "rules": names, "ends": [x.w[last].tolist() for x in all_],
        "alive": [bool(x.alive[last]) for x in all_],
    }  # fmt: skip


def terms(settings: Settings) -> Frame:
    """What each update of one rule is made of, from its own state, [terms, steps + 1, 2]."""
    name = settings["rule"]
    rule, found = rule_of(name, settings), walked(name, settings)
    made = {"g": found.g, **found.s, **averages(rule, found)}
    made |= {"Δw": moves(found), "|Δw|/|d|": sizes(rule, found)}
    values = np.stack(list(made.values()))[:, : settings["steps"] + 1]
    return {"values": values, "terms": list(made), "rule": name}


def memory(_: Settings) -> Frame:
    shown = [rules.NAMES[name] for name in OPTIONS]
    return {"rules": OPTIONS, "numbers": [cls.memory for cls in shown]}


SCENE = Scene(
    name="adaptive",
    title="Adaptive methods",
    slides="40–43",
    formulas=(
        r"\text{AdaGrad: } r \leftarrow r + g \odot g,\quad \text{RMSProp: } r \leftarrow \rho r + (1-\rho)\, g \odot g,\quad w \leftarrow w - \frac{\alpha}{\varepsilon + \sqrt{r}} \odot g",
        r"\text{Adam: } \hat m = \frac{m}{1-\beta_1^t},\quad \hat v = \frac{v}{1-\beta_2^t},\quad w \leftarrow w - \alpha \frac{\hat m}{\varepsilon + \sqrt{\hat v}}",
    ),
    controls={
        "rules": Several(("gd", "momentum", "adagrad", "rmsprop", "adam"), OPTIONS, 1),
        "rule": Choice("adam", OPTIONS),
        "kappa": Number(100.0, 1.0, 1000.0, "log", "[1, 1e6]"),
        "alpha": hyperparameter(Adam, "lr", 0.001, 1.0, default=0.1, scale="log"),
        "beta": hyperparameter(Momentum, "beta", 0.0, 0.99),
        "rho": hyperparameter(RMSProp, "rho", 0.0, 0.999),
        "b1": hyperparameter(Adam, "b1", 0.0, 0.99),
        "b2": hyperparameter(Adam, "b2", 0.0, 0.9999),
        "every": Whole(1, 1, 50),
        "noise": Number(0.0, 0.0, 1.0, interval="[0, 1e6]"),
        "start": Point((-2.0, 2.0)),
        "steps": Whole(150, 1, MOST_STEPS),
    },
    parts={
        "ground": Part(ground, ("kappa",)),
        "walks": Part(walks, ("rules", *WAY)),
        "terms": Part(terms, ("rule", *WAY)),
        "memory": Part(memory, ()),
    },
    presets={
        "lecture": {},
        "correction": {"rules": ["adam-uncorrected", "adam"], "steps": 60},
        "growing": {"rules": ["adagrad", "rmsprop"], "rule": "adagrad", "steps": 400, "noise": 0.3},
        "rare": {"kappa": 1.0, "every": 20, "rules": ["gd", "adagrad", "adam"], "rule": "adagrad"},
        "noisy": {"noise": 0.5, "rules": ["gd", "rmsprop", "adam"], "alpha": 0.03, "steps": 300},
    },
)
