"""Which files and folders the board reads, links and pipes among them."""

import os
import shutil

import pytest
from stores import lines, until, write

import uzviz as uz
from uzviz.board.folders import Folders


def test_links_that_lead_out_of_the_folder_are_not_followed(tmp_path, following):
    write(tmp_path / "outside" / "run", [1])
    write(tmp_path / "runs" / "a", [1])
    (outside,) = (tmp_path / "outside" / "run").iterdir()
    (inside,) = (tmp_path / "runs" / "a").iterdir()
    (tmp_path / "runs" / "folder").symlink_to(tmp_path / "outside")
    for name, target in [("file", outside), ("own", inside), ("lost", tmp_path / "nothing")]:
        (tmp_path / "runs" / name).mkdir()
        (tmp_path / "runs" / name / "events.tfevents.1").symlink_to(target)
    (tmp_path / "runs" / "loop").symlink_to(tmp_path / "runs")
    assert list(lines(following(tmp_path / "runs"))) == ["a", "own"]


def test_a_link_that_leads_nowhere_hides_nothing_else(tmp_path, following):
    write(tmp_path / "a", [1])
    (tmp_path / "a" / "0.tfevents").symlink_to("0.tfevents")
    (tmp_path / "a" / "1.tfevents").symlink_to("x" * 300)
    (tmp_path / "0.tfevents").symlink_to("0.tfevents")
    write(tmp_path / "b", [1])
    assert list(lines(following(tmp_path))) == ["a", "b"]


def test_a_folder_that_becomes_a_link_is_read_no_more(tmp_path, following):
    write(tmp_path / "outside", [7])
    with uz.Log(tmp_path / "runs" / "a") as log:
        log.text(0, "words", "mine")
    store = following(tmp_path / "runs")
    run = store.run(0)
    (own,) = (tmp_path / "runs" / "a").iterdir()
    (other,) = (tmp_path / "outside").iterdir()
    other.rename(other.with_name(own.name))
    shutil.rmtree(tmp_path / "runs" / "a")
    (tmp_path / "runs" / "a").symlink_to(tmp_path / "outside")
    with pytest.raises(uz.InputError, match="can no longer be read"):
        run.log.text("words")
    assert run.log.files == []
    until(lambda: lines(store) == {})


def test_pipes_and_devices_are_not_opened(tmp_path, following):
    write(tmp_path / "a", [1])
    (tmp_path / "b").mkdir()
    os.mkfifo(tmp_path / "b" / "events.tfevents.1")
    os.mkfifo(tmp_path / "a" / "z.tfevents.2")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "tfevents").symlink_to("/dev/zero")
    assert list(lines(following(tmp_path))) == ["a"]


def test_folders_are_listed_again_when_they_change(tmp_path):
    folders = Folders(tmp_path)
    assert folders.scan() == {}
    write(tmp_path / "a" / "b", [1])
    assert list(folders.scan()) == ["a/b"]
    for folder in (tmp_path, tmp_path / "a", tmp_path / "a" / "b"):
        os.utime(folder, (1e9, 1e9))
    folders.scan()
    write(tmp_path / "a" / "c", [1])
    assert list(folders.scan()) == ["a/b", "a/c"]
    assert not folders.holds(tmp_path)
    assert folders.holds(tmp_path / "a")
    assert not folders.holds(f"{tmp_path}-other/a")


def test_a_folder_that_cannot_be_read_hides_alone(tmp_path, following, monkeypatch):
    """Said by the system, since root may read everything."""
    write(tmp_path / "a", [1])
    write(tmp_path / "b", [1])
    listed = os.scandir

    def scandir(path):
        if str(path).endswith("/b"):
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr("uzviz.board.folders.os.scandir", scandir)
    assert list(lines(following(tmp_path))) == ["a"]
