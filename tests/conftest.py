import os
import tempfile

# Programs are compiled once for all tests and the commands they start; set before JAX is imported,
# and by the first process for those that run beside it.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", tempfile.mkdtemp(prefix="uzviz-tests-"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")

import jax
import pytest
from hypothesis import settings

# The same examples every time; how long one takes depends on what was compiled before.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")


@pytest.fixture
def x64():
    """Float64 for one test: theory is not tested in float32."""
    with jax.enable_x64(True):
        yield
