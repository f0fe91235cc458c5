"""What is minimised, and data."""

from uzviz.problems.problem import PARTS, Problem, Split, generator_for, key_for
from uzviz.problems.supervised import classify, learn, regress
from uzviz.problems.surfaces import beale, himmelblau, quadratic, rosenbrock, surface

SURFACES = {
    "rosenbrock": rosenbrock,
    "beale": beale,
    "himmelblau": himmelblau,
    "quadratic": quadratic,
}

__all__ = [
    "PARTS", "SURFACES", "Problem", "Split", "beale", "classify", "generator_for", "himmelblau",
    "key_for", "learn", "quadratic", "regress", "rosenbrock", "surface",
]  # fmt: skip
