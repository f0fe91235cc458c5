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
