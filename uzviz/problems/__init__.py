"""What is minimised, and data."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from uzviz.errors import InputError
from uzviz.problems.clusters import kmeans
from uzviz.problems.convolutions import cnn
from uzviz.problems.curves import Valleys, valleys
from uzviz.problems.formulas import Formula, formula
from uzviz.problems.functions import CURVES, Curve
from uzviz.problems.lines import linear
from uzviz.problems.mapped import Mapped
from uzviz.problems.modules import of_module
from uzviz.problems.notation import FUNCTIONS
from uzviz.problems.online import Online, one_in_three, rare
from uzviz.problems.pictures import Pictures
from uzviz.problems.planes import PLANES, Plane, beale, himmelblau, rosenbrock
from uzviz.problems.problem import PARTS, Formulas, Problem, Split, generator_for, key_for
from uzviz.problems.quadratics import quadratic
from uzviz.problems.regressions import logistic, polynomial, softmax
from uzviz.problems.resnets import residual
from uzviz.problems.shapes import SHAPES
from uzviz.problems.signals import Expected, Signals, expected, signals
from uzviz.problems.sources import SOURCES, is_data
from uzviz.problems.supervised import BINARY, CLASSIFICATION, REGRESSION, classify, learn, regress
from uzviz.problems.surfaces import bowl, surface
from uzviz.problems.tables import ARRAYS, BUNDLED
from uzviz.problems.texts import entropies, read_text
from uzviz.problems.transformers import text

SURFACES: dict[str, Callable[..., Problem]] = {**PLANES, "quadratic": quadratic}
NAMED: dict[str, Callable[..., Problem]] = {
    **CURVES,
    **SURFACES,
    "linear": linear,
    "polynomial": polynomial,
    "logistic": logistic,
    "softmax": softmax,
    "kmeans": kmeans,
    "cnn": cnn,
    "residual": residual,
    "text": text,
}
"""What is made of its name alone, without a file."""
LOSSES = {"classify": CLASSIFICATION, "regress": REGRESSION}
"""By task, the losses that networks on tables may be trained by."""

_MAKERS: dict[str, Callable[..., Problem]] = {
    "classify": classify,
    "regress": regress,
    **NAMED,
    "formula": formula,
}


def restored(spec: Mapping[str, Any], split_seed: int | None, checksum: str) -> Problem:
    """The problem of these names and numbers, on the same data.

    Raises
    ------
    InputError
        for a problem that is not ours, and for data that are no longer the same.
    """
    options = dict(spec)
    make = _MAKERS.get(options.pop("kind", ""))
    if make is None or options.get("data") == ARRAYS:
        raise InputError(
            "The problem is one of your own: give it again, as problem=… or --problem module:make."
        )
    made = replace(make(**options), split_seed=split_seed)
    if made.checksum != checksum:
        raise InputError(
            f"The data of {made.name} are no longer those of the run: bring the file back as it was."
        )
    return made


__all__ = [
    "BINARY", "BUNDLED", "CURVES", "FUNCTIONS", "LOSSES", "NAMED", "PARTS", "PLANES", "SHAPES", "SOURCES", "SURFACES", "Curve", "Expected", "Formula", "Formulas", "Mapped", "Online", "Pictures", "Plane", "Problem",
    "Signals", "Split", "Valleys", "beale", "bowl", "classify", "cnn", "entropies", "expected", "formula", "generator_for", "himmelblau", "is_data", "key_for", "kmeans", "learn",
    "linear", "logistic", "of_module", "one_in_three", "polynomial", "quadratic", "rare", "read_text", "regress", "residual", "restored", "rosenbrock", "signals", "softmax", "surface", "text", "valleys",
]  # fmt: skip
