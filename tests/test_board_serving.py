"""The board in processes and threads of its own, as people start it."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest

import uzviz as uz
from uzviz import problems
from uzviz.api import boards
from uzviz.board import serving
from uzviz.board.folders import Folders
from uzviz.board.guard import is_loopback, is_name
from uzviz.board.watched import WatchedLog
from uzviz.cli.app import main


@pytest.fixture
def folder(tmp_path):
    with uz.Log(tmp_path / "runs" / "a") as log:
        log.scalars(0, {"loss": 1.0})
    return tmp_path / "runs"


@contextmanager
def started(folder, *options):
    """A board's process, and what it said first."""
    command = [sys.executable, "-m", "uzviz", "board", str(folder), "--port", "0", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


def got(address):
    with urllib.request.urlopen(address, timeout=20) as answer:
        return answer.read()


def address_of(said):
    return next(word for word in said.split() if word.startswith("http"))


def test_no_answer_waits_for_the_receipt_of_its_first_packet(folder):
    with started(folder) as (_, said):
        host = address_of(said).removeprefix("http://").strip("/")
        connection = http.client.HTTPConnection(host, timeout=20)
        seconds = []
        for _ in range(20):
            began = time.perf_counter()
            connection.request("GET", "/api/nothing")
            connection.getresponse().read()
            seconds.append(time.perf_counter() - began)
        connection.close()
    assert min(seconds[5:]) < 0.03  # those receipts come after 40 ms


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(folder, sign):
    with started(folder) as (process, said):
        address = address_of(said)
        assert said == f"Board of runs at {address} (Ctrl-C ends it)\n"
        assert json.loads(got(f"{address}api/runs"))["folder"] == "runs"
        host = address.removeprefix("http://").strip("/")
        listening = http.client.HTTPConnection(host, timeout=20)
        listening.request("GET", "/api/events")
        events = listening.getresponse()
        assert events.headers["content-type"].startswith("text/event-stream")
        assert events.readline() == b"retry: 1000\n"
        process.send_signal(sign)
        assert process.wait(20) == 0
        assert process.stderr.read() == ""
        listening.close()


def test_a_point_is_told_when_it_is_written(folder):
    log = uz.Log(folder / "live")
    log.scalars(0, {"loss": 1.0})
    log.flush()
    beside = serving.Beside(folder)
    try:
        with urllib.request.urlopen(f"{beside.address}api/events", timeout=20) as events:
            told = 0

            def cursor():
                end = time.monotonic() + 20
                while not (line := events.readline()).startswith(b"data"):
                    assert time.monotonic() < end, "it was never told"
                return json.loads(line[5:])["cursor"]

            end = time.monotonic() + 20
            while time.monotonic() < end:
                told = cursor()
                state = json.loads(got(f"{beside.address}api/runs"))
                if state["known"] and state["reading"]["done"] == 2 and state["cursor"] == told:
                    break
            for step in range(1, 4):
                log.scalars(step, {"loss": 2.0})
                log.flush()
                assert cursor() > told
    finally:
        beside.close()
        log.close()


def test_fifty_pages_at_once(folder):
    beside = serving.Beside(folder)
    try:
        listening = [urllib.request.urlopen(f"{beside.address}api/events") for _ in range(50)]
        with ThreadPoolExecutor(50) as pool:
            found = list(pool.map(got, [f"{beside.address}api/runs"] * 50))
        assert len({json.loads(answer)["server"] for answer in found}) == 1
        for events in listening:
            assert events.readline() == b"retry: 1000\n"
            events.close()
    finally:
        beside.close()


def test_answers_are_sent_at_once():
    """asyncio sets TCP_NODELAY on sockets of this protocol alone."""
    with serving._bound("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP


def test_beyond_this_machine_it_needs_a_token(folder):
    with started(folder, "--host", "0.0.0.0", "--allow-host", "board.lan") as (_, said):
        address = address_of(said)
        host, port, token = address.removeprefix("http://").rstrip("/").replace(":", "/").split("/")
        assert host == socket.gethostname()
        assert len(token) >= 40
        here = f"http://127.0.0.1:{port}"
        for path in ("", "api/runs", "assets/x.js"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                got(f"{here}/{path}")
            assert refused.value.code == 403
            refused.value.close()
        assert got(f"{here}/{token}/api/runs")
        for name, answered in [("board.lan", True), ("evil.example", False), (host, True)]:
            request = urllib.request.Request(f"{here}/{token}/api/runs", headers={"Host": name})
            try:
                got(request)
                assert answered
            except urllib.error.HTTPError as error:
                assert not answered
                error.close()


def test_an_empty_folder_says_so_and_serves(tmp_path):
    with started(tmp_path) as (process, said):
        assert process.stdout.readline().strip() == (
            f"{tmp_path} holds no run yet: the board shows what comes."
        )
        assert json.loads(got(f"{address_of(said)}api/runs"))["reading"]["total"] == 0


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def refused(capsys, *arguments):
    """The one sentence that bad input ends with."""
    assert main(["board", *map(str, arguments)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    sentence = said.err.removeprefix("uzviz: ")
    assert sentence.count("\n") == 1
    assert sentence.endswith((".\n", "?\n"))
    return sentence


def test_bad_input_is_a_sentence(tmp_path, folder, taken, capsys):
    assert "no folder" in refused(capsys, tmp_path / "nothing")
    (file,) = (folder / "a").iterdir()
    assert "is a file" in refused(capsys, file)
    assert f"Port {taken} is taken" in refused(capsys, folder, "--port", taken)
    assert "65535" in refused(capsys, folder, "--port", 70000)
    assert "65535" in refused(capsys, folder, "--port", -1)
    refused(capsys, folder, "--port", "high")
    assert "address" in refused(capsys, folder, "--host", "203.0.113.7")
    assert "no host" in refused(capsys, folder, "--host", "no.such.host.invalid")
    assert "no host" in refused(capsys, folder, "--host", "x" * 300)
    assert "name is empty" in refused(capsys, "")
    for name in ("*", "http://x.y/", "", "évil", "board.lan:80", "."):
        assert "allowed host" in refused(capsys, folder, "--allow-host", name)
    refused(capsys)


@pytest.mark.parametrize("name", ["board.lan", "Board.LAN.", "::1", "[fe80::1]", "192.0.2.7"])
def test_names_and_addresses_may_be_allowed(name):
    assert is_name(name)


@pytest.mark.parametrize(
    ("host", "local"),
    [("localhost", True), ("LOCALHOST", True), ("127.0.0.1", True), ("127.0.0.2", True),
     ("::1", True), ("0.0.0.0", False), ("::", False), ("", False), ("127.evil.example", False),
     ("192.0.2.7", False)],
)  # fmt: skip
def test_what_is_the_loopback(host, local):
    assert is_loopback(host) == local


def test_an_unreadable_folder_is_a_sentence(folder, monkeypatch, capsys):
    def unreadable(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(serving.os, "scandir", unreadable)
    assert "cannot be read (Permission denied)" in refused(capsys, folder)


def test_the_board_of_a_notebook(folder, monkeypatch):
    for name in boards.REMOTE:
        monkeypatch.delenv(name, raising=False)
    shown = uz.show(folder, height=400)
    try:
        assert uz.show(str(folder)) is shown
        assert shown.address in repr(shown)
        html = shown._repr_html_()
        assert f'<iframe src="{shown.address}"' in html
        assert 'height="800"' in html  # as the last call has it
        assert json.loads(got(f"{shown.address}api/runs"))["folder"] == "runs"
        with pytest.raises(urllib.error.HTTPError) as refused:
            got(shown.address.rsplit("/", 2)[0] + "/api/runs")
        refused.value.close()
    finally:
        shown.close()
    assert uz.show(folder) is not shown
    uz.show(folder).close()


def test_the_board_of_a_notebook_elsewhere(folder, monkeypatch):
    for name in boards.REMOTE:
        monkeypatch.delenv(name, raising=False)
    shown = uz.show(folder)
    try:
        assert shown.address in shown._repr_html_()
        monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
        monkeypatch.setattr(boards.importlib.util, "find_spec", lambda name: None)
        assert "install jupyter-server-proxy" in shown._repr_html_()
        monkeypatch.setattr(boards.importlib.util, "find_spec", lambda name: name)
        port, token = shown.address.split(":")[-1].strip("/").split("/")
        assert f'src="/user/ada/proxy/{port}/{token}/"' in shown._repr_html_()
        monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX")
        monkeypatch.setenv("SSH_CONNECTION", "elsewhere")
        assert f'src="/proxy/{port}/{token}/"' in shown._repr_html_()
        monkeypatch.setenv("VSCODE_PID", "1")
        assert shown.address in shown._repr_html_()
    finally:
        shown.close()


@pytest.mark.parametrize(
    ("given", "height"), [("nowhere", 800), (7, 800), (".", 3), (".", "tall"), ("a\0b", 800)]
)
def test_what_cannot_be_shown_is_a_sentence(given, height):
    with pytest.raises(uz.InputError, match=r"\.$"):
        uz.show(given, height=height)


def test_import_is_quick_and_brings_no_server():
    code = "import sys, uzviz.board; print(*{'starlette', 'uvicorn', 'numpy', 'asyncio'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def small_race(folder):
    problem = problems.quadratic([1.0, 10.0], start=[1.0, 1.0], spread=0.1)
    uz.race(
        problem,
        ["gd", "momentum"],
        lr=[0.01, 0.1],
        seeds=2,
        final_seeds=8,
        gradients=30,
        log=folder,
    )


def logged(root, name):
    """A run's log as the board watches it."""
    log = WatchedLog(name, Folders(root))
    log.paths = [str(path) for path in log.folder.iterdir() if path.is_file()]
    return log


def test_the_result_of_a_race_comes_from_a_process_of_its_own(tmp_path):
    small_race(tmp_path / "race")
    results = boards.RaceResults(idle=0.5)
    try:
        found = results(logged(tmp_path, "race"))
        assert [e["entrant"] for e in found["entrants"]] == ["gd", "momentum"]
        assert found["table"]
        for entrant in found["entrants"]:
            assert entrant["curves"] == {}
            tuned, *others = entrant["final"]["curves"]["validation/loss"][0]
            assert len(tuned) > 1
            assert others
            assert not any(others)
        broken = tmp_path / "broken"
        with uz.Log(broken) as log:
            log.tensor(0, "uzviz/race", np.array(["[]"], object))
        with pytest.raises(uz.InputError, match=r"\.$") as refused:
            results(logged(tmp_path, "broken"))
        assert str(tmp_path) not in str(refused.value)
        end = time.monotonic() + 20
        while results._worker.pid is not None:
            assert time.monotonic() < end
            time.sleep(0.05)
    finally:
        results.close()


def test_a_race_whose_files_lead_out_of_the_folder_is_not_read(tmp_path):
    small_race(tmp_path / "outside" / "race")
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "folder").symlink_to(tmp_path / "outside" / "race")
    (tmp_path / "runs" / "file").mkdir()
    for path in (tmp_path / "outside" / "race").glob("*tfevents*"):
        (tmp_path / "runs" / "file" / path.name).symlink_to(path)
    assert boards.race_result(logged(tmp_path, "outside/race"))["table"]
    assert boards.race_result(logged(tmp_path, "runs/file"))["table"]
    for name in ("folder", "file"):
        log = logged(tmp_path / "runs", name)
        assert log.paths
        with pytest.raises(uz.InputError) as refused:
            boards._result(log.folders.root, log.name, log.paths)
        assert str(refused.value) == f"{name} holds no race of Uzviz: give the folder of one."


def test_a_race_that_takes_too_long_ends_its_process(tmp_path):
    with uz.Log(tmp_path / "race") as log:
        log.scalars(0, {"loss": 1.0})
    results = boards.RaceResults(limit=0)
    try:
        with pytest.raises(uz.InputError, match="takes longer than 0 s"):
            results(logged(tmp_path, "race"))
        results._worker.limit = 120
        with pytest.raises(uz.InputError, match="race holds no race"):
            results(logged(tmp_path, "race"))
    finally:
        results.close()


def test_a_board_that_ends_waits_for_no_race(tmp_path, caplog):
    with uz.Log(tmp_path / "race") as log:
        log.tensor(0, "uzviz/race", np.array(["{}"], object))
    asked, go = threading.Event(), threading.Event()
    beside = serving.Beside(tmp_path, lambda log: {"x": asked.set() or go.wait(60)})
    try:
        end = time.monotonic() + 20
        while not any(run.line["race"] for run in beside.store.everything()[0]):
            assert time.monotonic() < end
            time.sleep(0.01)
        with ThreadPoolExecutor(1) as pool:
            made = pool.submit(got, f"{beside.address}api/race?run=0")
            assert asked.wait(20)
            beside.close()
            with pytest.raises(urllib.error.HTTPError, match="503") as refused:
                made.result(20)
            assert "The board ended" in json.loads(refused.value.read())["error"]
            refused.value.close()
        assert not [said for said in caplog.messages if "Exception" in said]
    finally:
        go.set()
        beside.close()


def test_closing_ends_what_is_being_made(tmp_path):
    with uz.Log(tmp_path / "race") as log:
        log.scalars(0, {"loss": 1.0})
    results = boards.RaceResults()
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(results, logged(tmp_path, "race"))
        while results._worker.pid is None and not made.done():
            time.sleep(0.001)
        results.close()
        with pytest.raises(uz.InputError, match=r"broke the process|holds no race"):
            made.result(20)
    with pytest.raises(uz.InputError, match="closed"):
        results(logged(tmp_path, "race"))


def test_help_names_the_options(capsys):
    assert main(["board", "--help"]) == 0
    said = capsys.readouterr().out
    for option in ("--port", "--host", "--allow-host"):
        assert option in said
