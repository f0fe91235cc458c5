"""What a rule is on a parabola: where it converges, how fast, and whether it swings."""

import numpy as np
import pytest

import uzviz as uz
from uzviz import engine, problems


# Theory: GD converges iff αλ < 2, the heavy ball iff αλ < 2(1+β), Nesterov iff αλ < 2(1+β)/(1+2β).
@pytest.mark.parametrize(
    ("rule", "limit"),
    [
        (uz.GradientDescent(lr=1.0), 2.0),
        (uz.Momentum(lr=1.0, beta=0.9), 3.8),
        (uz.Momentum(lr=1.0, beta=0.5), 3.0),
        (uz.Nesterov(lr=1.0, beta=0.9), 3.8 / 2.8),
    ],
)
def test_thresholds_on_a_parabola(x64, rule, limit):
    assert engine.stability(rule, [0.999 * limit]).rate < 1
    assert engine.stability(rule, [1.001 * limit]).rate > 1


def test_the_rate_is_that_of_the_walk(x64):
    for rule in (uz.Momentum(lr=0.1, beta=0.7), uz.Nesterov(lr=0.05, beta=0.6)):
        found = engine.paths(problems.quadratic([1.0, 7.0]), [rule], np.ones((1, 2)), 400)
        away = np.linalg.norm(found.w[0], axis=-1)
        measured = (away[400] / away[200]) ** (1 / 200)
        assert measured == pytest.approx(float(engine.stability(rule, [1.0, 7.0]).rate), rel=5e-3)


def test_what_swings(x64):
    stability = engine.stability
    assert not stability(uz.GradientDescent(lr=0.5), [1.0]).swings
    assert stability(uz.GradientDescent(lr=1.5), [1.0]).swings
    # The heavy ball's roots are complex iff (1 + β − αλ)² < 4β.
    assert not stability(uz.Momentum(lr=0.01, beta=0.5), [1.0]).swings
    assert stability(uz.Momentum(lr=0.5, beta=0.5), [1.0]).swings
