import os
import tempfile

# Programs are compiled once for the tests of a process and the commands they start; set before JAX is
# imported. Processes beside one another share no cache, and those that are killed have none: JAX writes
# its entries in place, and reading a torn one can end the reader.
os.environ["JAX_COMPILATION_CACHE_DIR"] = tempfile.mkdtemp(prefix="uzviz-tests-")
os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"

import jax
import pytest
from hypothesis import settings

# The same examples every time; how long one takes depends on what was compiled before.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")


@pytest.fixture
def no_cache(monkeypatch):
    """For commands that will be killed."""
    monkeypatch.setenv("JAX_ENABLE_COMPILATION_CACHE", "false")


@pytest.fixture
def x64():
    """Float64 for one test: theory is not tested in float32."""
    with jax.enable_x64(True):
        yield


@pytest.fixture(autouse=True, scope="module")
def freed():
    """Compiled programs are given back after each file: each takes maps of memory, of which a process
    may have 65,530, and XLA ends the process that has no more."""
    yield
    jax.clear_caches()
