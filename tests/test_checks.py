"""What was given against what was asked for: the answer is never an exception."""

import jax.numpy as jnp
import numpy as np
import pytest

from uzviz.checks import numbers, whole

NO_NUMBERS = ["1", None, True, [True], ["1"], [[1.0]], [1, [2]], [np.inf], [np.nan], [1e300], [1j],
              [10**400], {0.1}, object(), (x for x in [1]), 0.1]  # fmt: skip


@pytest.mark.parametrize("given", NO_NUMBERS, ids=lambda x: type(x).__name__)
def test_what_are_no_numbers(given):
    assert numbers(given) is None


@pytest.mark.parametrize(
    "given", [[], [1], (1, 2.5), np.arange(3), jnp.ones(2), range(4)], ids=repr
)
def test_what_are_numbers(given):
    assert numbers(given).tolist() == [float(x) for x in given]


@pytest.mark.parametrize(
    "given", [0, 11, 2.0, "3", None, True, np.bool_(True), [1], np.nan, 10**400]
)
def test_what_is_no_whole_number_from_one_to_ten(given):
    assert not whole(given, 1, 10)


@pytest.mark.parametrize("given", [1, 10, np.int64(3), jnp.int32(4)])
def test_what_is_one(given):
    assert whole(given, 1, 10)
