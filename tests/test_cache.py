"""What is kept for the next time: where, and compiled programs."""

import os
import subprocess
import sys
import zlib

import pytest

from uzviz import cache

COMMAND = ["train", "quadratic", "--spectrum", "1,2", "--gradients", "40", "--rule", "adam"]


@pytest.fixture(autouse=True)
def chosen(monkeypatch, tmp_path):
    """Nobody has chosen JAX's folder; what is set here is gone afterwards."""
    for name in cache.PROGRAMS:
        monkeypatch.setenv(name, "x")
        monkeypatch.delenv(name)
    monkeypatch.setenv("UZVIZ_CACHE", str(tmp_path / "cache"))


def forgotten():
    for name in cache.PROGRAMS:
        del os.environ[name]


def test_where_it_is(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("UZVIZ_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    assert cache.folder() == tmp_path / ".cache" / "uzviz"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert cache.folder() == tmp_path / "x" / "uzviz"
    monkeypatch.setenv("UZVIZ_CACHE", str(tmp_path / "mine"))
    assert cache.folder() == tmp_path / "mine"


def test_a_second_command_finds_the_programs_and_prints_the_same(tmp_path):
    first = commanded()
    (kept,) = (tmp_path / "cache").glob("programs-*")
    programs = {path.name: path.read_bytes() for path in kept.glob("*-cache")}
    assert any("solo_steps" in name for name in programs)
    assert commanded() == first
    assert (
        programs.items() <= {path.name: path.read_bytes() for path in kept.glob("*-cache")}.items()
    )
    for path in kept.glob("*-cache"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert commanded() == first
    again = [*kept.glob("*-cache")]
    assert any("solo_steps" in path.name for path in again)
    for path in again:
        zlib.decompress(path.read_bytes())  # those that took no time before are not all there again


def commanded():
    """What the command prints, in a process of its own, beside no complaint."""
    done = subprocess.run(
        [sys.executable, "-m", "uzviz", *COMMAND], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout


def test_the_folder_is_ones_own(tmp_path):
    cache.keep_programs()
    (kept,) = (tmp_path / "cache").glob("programs-*")
    assert os.environ["JAX_COMPILATION_CACHE_DIR"] == str(kept)
    assert kept.stat().st_mode & 0o777 == 0o700


def test_where_others_may_write_nothing_is_kept(tmp_path):
    cache.keep_programs()
    forgotten()
    (kept,) = (tmp_path / "cache").glob("programs-*")
    kept.chmod(0o770)
    cache.keep_programs()
    assert "JAX_COMPILATION_CACHE_DIR" not in os.environ


@pytest.mark.parametrize("name", cache.PROGRAMS)
def test_who_has_chosen_is_left_alone(name, monkeypatch, tmp_path):
    monkeypatch.setenv(name, "7")
    cache.keep_programs()
    assert [os.environ.get(other) for other in cache.PROGRAMS if other != name] == [None]
    assert not (tmp_path / "cache").exists()


def test_where_no_folder_can_be_made_nothing_is_kept(tmp_path):
    (tmp_path / "cache").write_text("")
    cache.keep_programs()
    assert "JAX_COMPILATION_CACHE_DIR" not in os.environ


def test_the_oldest_go_where_there_are_too_many(monkeypatch, tmp_path):
    monkeypatch.setattr(cache, "MOST", 1000)
    cache.keep_programs()
    (kept,) = (tmp_path / "cache").glob("programs-*")
    program = zlib.compress(os.urandom(300))
    for k in range(5):
        (kept / f"{k}-cache").write_bytes(program)
        os.utime(kept / f"{k}-cache", (k, k))
    forgotten()
    cache.keep_programs()
    assert sorted(path.name for path in kept.glob("*-cache")) == ["2-cache", "3-cache", "4-cache"]


def test_what_a_killed_command_left_torn_is_removed_once(tmp_path):
    cache.keep_programs()
    (kept,) = (tmp_path / "cache").glob("programs-*")
    program = zlib.compress(os.urandom(300))
    (kept / "whole-cache").write_bytes(program)
    (kept / "torn-cache").write_bytes(program[:200])
    (kept / "empty-cache").write_bytes(b"")
    (kept / "other-cache").write_bytes(cache.ZSTANDARD + bytes(9))
    forgotten()
    cache.keep_programs()
    left = ["other-cache", "whole-cache"]
    assert sorted(path.name for path in kept.glob("*-cache")) == left
