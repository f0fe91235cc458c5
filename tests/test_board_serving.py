"""The board in processes and threads of its own, as people start it."""

import http.client
import json
import signal
import socket
import subprocess
import sys
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
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
        listening.close()


def test_a_point_is_told_within_a_second_of_its_write(folder):
    log = uz.Log(folder / "live")
    log.scalars(0, {"loss": 1.0})
    log.flush()
    beside = serving.Beside(folder)
    try:
        with urllib.request.urlopen(f"{beside.address}api/events", timeout=20) as events:
            told, at = 0, []

            def cursor():
                while not (line := events.readline()).startswith(b"data"):
                    pass
                return json.loads(line[5:])["cursor"]

            end = time.monotonic() + 10
            while time.monotonic() < end:
                told = cursor()
                state = json.loads(got(f"{beside.address}api/runs"))
                if state["known"] and state["reading"]["done"] == 2 and state["cursor"] == told:
                    break
            for step in range(1, 4):
                log.scalars(step, {"loss": 2.0})
                log.flush()
                wrote = time.monotonic()
                assert cursor() > told
                at.append(time.monotonic() - wrote)
        assert max(at) < 1.0
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
    refused(capsys)


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


def test_the_result_of_a_race_comes_from_a_process_of_its_own(tmp_path):
    small_race(tmp_path / "race")
    results = boards.RaceResults(idle=0.5)
    try:
        found = results(tmp_path / "race")
        assert results._pool is not None
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
        with pytest.raises(uz.InputError, match=r"\.$"):
            results(broken)
        end = time.monotonic() + 10
        while results._pool is not None and time.monotonic() < end:
            time.sleep(0.05)
        assert results._pool is None
    finally:
        results.close()


def test_help_names_the_options(capsys):
    assert main(["board", "--help"]) == 0
    said = capsys.readouterr().out
    for option in ("--port", "--host", "--allow-host"):
        assert option in said
