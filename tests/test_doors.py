"""The doors between the rooms: which may open which, by every import, lazy and type-only ones too."""

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import uzviz

PACKAGE = Path(uzviz.__file__).parent
EVERYTHING = {"tree", "hyper", "records", "losses", "distances", "schedules", "rules", "dialects", "problems", "probes", "engine",
              "verdicts", "races", "landscapes", "log", "board", "scenes", "api"}  # fmt: skip
DOORS = {
    "errors": set(),
    "checks": set(),
    "machine": set(),
    "cache": set(),
    "tree": set(),
    "hyper": set(),
    "records": set(),
    "losses": set(),
    "distances": set(),
    "schedules": {"tree", "hyper"},
    "rules": {"tree", "hyper", "schedules"},
    "dialects": {"tree", "hyper", "rules", "schedules"},
    "problems": {"tree", "hyper", "losses", "distances", "cache"},
    "probes": {"tree", "records"},
    "engine": {"tree", "records", "rules", "problems", "probes", "machine"},
    "verdicts": {"records"},
    "races": {"tree", "records", "engine", "rules", "problems", "verdicts"},
    "landscapes": {"tree", "records", "engine", "rules", "problems", "probes"},
    "log": {"records", "machine"},
    "board": {"records", "log", "verdicts"},
    "scenes": {"engine", "rules", "schedules", "problems", "losses", "distances", "hyper"},
    "api": EVERYTHING - {"api"},
    "cli": {"api", "hyper", "cache"},
    "__init__": EVERYTHING,
    "__main__": {"cli"},
}
NO_JAX = [
    "errors",
    "checks",
    "machine",
    "cache",
    "hyper",
    "records",
    "verdicts",
    "log",
    "board",
    "cli",
]
FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(file):
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(file):
    """Every module that a file imports, wherever the import stands; `uzviz.x` as dotted names."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports by a relative name"
            if node.module == "uzviz":
                yield from (f"uzviz.{alias.name}" for alias in node.names)
            else:
                yield node.module


def doors_opened(file):
    for name in imported(file):
        parts = name.split(".")
        if parts[0] == "uzviz" and len(parts) > 1:
            yield parts[1]


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_a_room_opens_only_its_doors(file):
    room = room_of(file)
    assert room in DOORS, f"{room} is no room of the plan"
    allowed = DOORS[room] | {"errors", "checks", room, "__version__"}
    assert set(doors_opened(file)) <= allowed


@pytest.mark.parametrize("room", NO_JAX)
def test_rooms_without_jax_import_none(room):
    for file in FILES:
        if room_of(file) == room:
            assert not {n.split(".")[0] for n in imported(file)} & {"jax", "equinox", "optax"}


def test_every_room_of_the_plan_exists():
    rooms = {room_of(file) for file in FILES}
    assert rooms == set(DOORS)


def modules():
    yield uzviz
    for found in pkgutil.walk_packages([str(PACKAGE)], "uzviz."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def test_no_public_function_has_the_name_of_a_room():
    rooms = set(DOORS) - {"__init__", "__main__"}
    for module in modules():
        for name, value in vars(module).items():
            own = inspect.isfunction(value) and value.__module__ == module.__name__
            assert not (own and name in rooms), f"{module.__name__}.{name}"


def test_public_names_are_themselves_after_every_module_is_imported():
    assert list(modules())
    for name in uzviz.__all__:
        value = getattr(uzviz, name)
        assert inspect.ismodule(value) == (name in uzviz._ROOMS)
    assert uzviz.train.__name__ == "train"
    assert uzviz.race.__name__ == "race"
    assert callable(uzviz.train)
    with pytest.raises(AttributeError):
        _ = uzviz.nothing


@pytest.mark.parametrize("module", ["uzviz", "uzviz.cli.app"])
def test_heavy_libraries_wait_until_they_are_needed(module):
    heavy = {"jax", "numpy", "pandas", "sklearn", "matplotlib", "equinox", "scipy"}
    code = f"import sys, {module}; print(*{heavy!r} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
