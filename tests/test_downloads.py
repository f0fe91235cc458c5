"""Downloads: from a real server, whole or not at all, and only when they are asked for by name."""

import gzip
import hashlib
import http.server
import resource
import socket
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from test_idx import packed

from uzviz.api import explored
from uzviz.cli.app import main
from uzviz.errors import InputError
from uzviz.problems import downloads
from uzviz.problems.downloads import REMOTE, File, Remote, fetched
from uzviz.problems.sources import load

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (60, 4, 4), np.uint8)
LABELS = (np.arange(60) % 3).astype(np.uint8)
CONTENTS = {
    file.name: gzip.compress(packed(x))
    for file, x in zip(REMOTE["mnist"].files, [PICTURES, LABELS, PICTURES[:12], LABELS[:12]], strict=True)
}  # fmt: skip
FIRST = REMOTE["mnist"].files[0].name


class Answers(http.server.BaseHTTPRequestHandler):
    """Says what the server's table has for a path: bytes, or another address, or less than is promised."""

    def do_GET(self):
        self.server.asked.append(self.path)
        found = self.server.table.get(self.path)
        if isinstance(found, str):
            self.send_response(302)
            self.send_header("Location", found)
            self.end_headers()
        elif found is None:
            self.send_error(404)
        else:
            data, promised = found if isinstance(found, tuple) else (found, len(found))
            self.send_response(200)
            self.send_header("Content-Length", str(promised))
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch, tmp_path):
    """A server with MNIST's four files, smaller, as the only place to fetch them from."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.table, server.asked = {f"/a/{name}": data for name, data in CONTENTS.items()}, []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server.here = f"http://127.0.0.1:{server.server_port}/"
    files = tuple(
        File(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in CONTENTS.items()
    )
    monkeypatch.setattr(downloads, "SECURE", (server.here,))
    monkeypatch.setattr(downloads, "TIMEOUT", 5.0)
    for name in REMOTE:
        monkeypatch.setitem(REMOTE, name, Remote((f"{server.here}a/", f"{server.here}b/"), files))
    monkeypatch.setenv("UZVIZ_CACHE", str(tmp_path / "cache"))
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def kept(tmp_path):
    return {path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()}


def test_what_is_asked_for_by_name_is_fetched_once(server, tmp_path):
    table = load("mnist", "classify")
    assert np.array_equal(table.x, PICTURES.reshape(60, 16))
    assert np.array_equal(table.test[1], LABELS[:12])
    assert (table.name, table.pixels, table.unit) == ("mnist", (4, 4), 255.0)
    assert kept(tmp_path) == set(CONTENTS)
    assert len(server.asked) == 4
    assert np.array_equal(load("mnist", None).x, table.x)
    assert len(server.asked) == 4
    assert load("fashion-mnist", None).classes == ["T-shirt/top", "Trouser", "Pullover"]


def test_the_command_line_trains_on_it(server, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "mnist", "--batch", "46"]) == 2
    assert "from 1 to 45 training examples" in capsys.readouterr().err
    assert len(server.asked) == 4


def test_what_was_damaged_in_the_cache_is_fetched_anew(server, tmp_path):
    fetched("mnist")
    path = tmp_path / "cache" / "mnist" / FIRST
    path.write_bytes(CONTENTS[FIRST][:-1] + b"x")
    fetched("mnist")
    assert path.read_bytes() == CONTENTS[FIRST]
    assert len(server.asked) == 5


BAD = {
    "other bytes": (CONTENTS[FIRST][:-1] + b"x", "SHA-256 is"),
    "too few": (CONTENTS[FIRST][:-1], "only"),
    "too many": (CONTENTS[FIRST] + b"x", "more than"),
    "more than the memory": ((b"x" * 100_000, 1 << 50), "more than"),
    "broken off": ((CONTENTS[FIRST][:30], len(CONTENTS[FIRST])), "30 of"),
    "not there": (None, "Not Found"),
    "a way to an address that is not https": ("http://127.0.0.1:9/", "not https"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_partial_or_foreign_file_is_never_taken_for_the_whole(server, tmp_path, case):
    server.table[f"/a/{FIRST}"], says = BAD[case]
    with pytest.raises(InputError, match=says):
        fetched("mnist")
    assert kept(tmp_path) == set()
    server.table[f"/b/{FIRST}"] = CONTENTS[FIRST]
    fetched("mnist")
    assert kept(tmp_path) == set(CONTENTS)


def test_a_server_may_lead_on_to_where_it_is_safe(server):
    server.table[f"/a/{FIRST}"] = f"{server.here}moved"
    server.table["/moved"] = CONTENTS[FIRST]
    fetched("mnist")


def test_only_https_is_asked(server, monkeypatch):
    monkeypatch.setattr(downloads, "SECURE", ("https://",))
    with pytest.raises(InputError, match="not https"):
        fetched("mnist")
    assert server.asked == []


def test_all_addresses_are_https_and_all_checksums_whole():
    for remote in REMOTE.values():
        assert all(place.startswith("https://") and place.endswith("/") for place in remote.places)
        assert all(len(bytes.fromhex(file.sha256)) == 32 for file in remote.files)
        assert [file.name for file in remote.files] == list(CONTENTS)


def test_a_disk_that_is_full_is_a_sentence(server, tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50, before[1]))
    try:
        with pytest.raises(InputError, match=r"File too large.*make room there"):
            fetched("mnist")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert kept(tmp_path) == set()


def test_a_cache_that_is_no_folder_is_a_sentence(server, tmp_path):
    (tmp_path / "cache").write_text("")
    with pytest.raises(InputError, match="set UZVIZ_CACHE"):
        fetched("mnist")


@pytest.fixture
def offline(monkeypatch):
    """Nothing can be connected to, and whoever tries is found out."""

    def refused(*_):
        raise AssertionError("The network was asked.")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)


def test_nothing_else_asks_the_network(offline, capsys):
    for name in ("digits", "iris", "spirals"):
        load(name, None)
    assert main(["list", "data"]) == 0
    assert "11.6 MB" in capsys.readouterr().out
    with pytest.raises(InputError, match="did you mean mnist"):
        load("mnst", None)


def test_the_board_never_downloads(offline, tmp_path, monkeypatch):
    """Whatever a log says that its data are called."""
    monkeypatch.setattr(explored.log, "holds_training", lambda run: True)
    (tmp_path / "a").mkdir()
    asked = SimpleNamespace(root=str(tmp_path), name="a")
    for name in (*REMOTE, "idx:/etc", "x.npz", "x.npy:y.npy", "x.parquet:y"):
        made = {"start": {"problem": {"kind": "classify", "data": name}}}
        monkeypatch.setattr(explored.log, "made_of", lambda run, made=made: made)
        with pytest.raises(InputError, match="opens no file that a log names"):
            explored._opened(asked)
