"""The command line: real files, real processes, bad input in sentences."""

import contextlib
import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
from typing import NamedTuple

import pytest

from uzviz.cli import report
from uzviz.cli.app import main


class Result(NamedTuple):
    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture
def uzviz(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        code = main(arguments)
        return Result(code, *capsys.readouterr())

    return call


SMALL = ["--hidden", "8", "--batch", "83"]


def test_train_prints_three_parts(uzviz):
    result = uzviz("train", "digits", *SMALL, "--rule", "gd", "--lr", "1e-3", "--epochs", "3")
    assert result.exit_code == 0
    for word in ("train", "validation", "test", "loss", "accuracy", "39 of 39 steps"):
        assert word in result.stdout


def test_train_writes_strict_json_and_csv(uzviz, tmp_path):
    uzviz("train", "digits", *SMALL, "--epochs", "2", "--probe", "gradient-norm", "--every", "8",
          "--json", "run.json", "--csv", "run.csv")  # fmt: skip
    found = json.loads((tmp_path / "run.json").read_text(), parse_constant=pytest.fail)
    assert found["status"] == "finished"
    assert len(found["loss"]) == 26
    assert [p["step"] for p in found["probes"]] == [0, 8, 16, 24]
    assert "test/accuracy" in found["results"]
    assert (tmp_path / "run.csv").read_text().count("step/loss") == 26


def test_race_draws_writes_and_names_the_winner_whose_command_trains_its_lane(uzviz, tmp_path):
    result = uzviz("race", "linear", "--rules", "gd,momentum", "--lr", "1e-2,3e-2", "--seeds", "1",
                   "--grid", "momentum.beta=0.5,0.8", "--epochs", "2", "--batch", "10",
                   "--json", "r.json", "--csv", "r.csv")  # fmt: skip
    assert result.exit_code == 0
    assert (tmp_path / "race.png").read_bytes().startswith(b"\x89PNG")
    found = json.loads((tmp_path / "r.json").read_text(), parse_constant=pytest.fail)
    assert [e["entrant"] for e in found["entrants"]] == ["gd", "momentum"]
    heats = sum(len(e["settings"]["lr"]) for e in found["entrants"])
    final = sum(
        len(e["final"]["seeds"]) * len(e["final"]["settings"]["lr"]) for e in found["entrants"]
    )
    assert (tmp_path / "r.csv").read_text().count("\n") == 1 + (heats + final) * 3
    assert "best, or not told from the best" in result.stdout
    command = result.stdout.strip().splitlines()[-1].split()
    assert command[:3] == ["uzviz", "train", "linear"]
    assert uzviz(*command[1:], "--json", "t.json").exit_code == 0
    _, momentum = found["entrants"]
    lr, beta = (float(command[command.index(f) + 1].split("=")[-1]) for f in ("--lr", "--set"))
    settings = list(zip(momentum["settings"]["lr"], momentum["settings"]["beta"], strict=True))
    best = momentum["end"]["test/loss"][0][settings.index((lr, beta))]
    alone = json.loads((tmp_path / "t.json").read_text())["results"]["test/loss"]
    assert alone == pytest.approx(best, rel=1e-3)


def test_a_surface_needs_no_data(uzviz):
    result = uzviz("train", "beale", "--rule", "gd", "--lr", "0.005", "--gradients", "300")
    assert result.exit_code == 0
    assert "0.0416" in result.stdout


def test_a_problems_own_options_follow_its_name(uzviz):
    typed = [
        "polynomial",
        "--degree",
        "2",
        "--truth",
        "x^2",
        "--noise=0",
        "--x",
        "0,1",
        "--data-seed",
        "3",
    ]
    result = uzviz("race", *typed, "--rules", "gd", "--lr", "0.1", "--seeds", "1", "--epochs", "2",
                   "--batch", "all", "--no-plot")  # fmt: skip
    assert result.exit_code == 0
    command = result.stdout.strip().splitlines()[-1]
    assert command.endswith("--degree 2 --truth 'x^2' --noise 0 --x 0,1 --data-seed 3")
    assert "3 parameters" in uzviz(*shlex.split(command)[1:]).stdout


def test_lists(uzviz):
    assert "--kappa (number)" in uzviz("list", "problems").stdout
    assert "Crammer & Singer (2001)" in uzviz("list", "losses").stdout
    assert "--set b2=0.999" in uzviz("list", "rules").stdout
    assert "himmelblau" in uzviz("list", "problems").stdout
    assert "11.6 MB" in uzviz("list", "data").stdout
    assert "Hamming (1950)" in uzviz("list", "distances").stdout


def test_divergence_ends_with_one(uzviz):
    result = uzviz("race", "quadratic", "--rules", "gd", "--lr", "1e30", "--seeds", "2")
    assert result.exit_code == 1
    assert "smaller step sizes" in result.stderr
    result = uzviz("train", "quadratic", "--rule", "gd", "--lr", "1e30")
    assert result.exit_code == 1
    assert "diverged" in result.stderr


CSV = {
    "good.csv": "a,b,y\n" + "1,2,no\n3,4,yes\n5,6,no\n" * 20,
    "empty.csv": "",
    "ragged.csv": "a,y\n1,0\n1,2,3\n",
    "missing.csv": "a,y\n1,0\n,1\n3,0\n",
    "one.csv": "a,y\n" + "1,x\n" * 20,
}  # fmt: skip

BAD = [
    (["train", "digitz"], "digits"),
    (["train", "digits", "--rule", "adamm"], "did you mean adam"),
    (["train", "digits", "--set", "b4=1"], "b1"),
    (["train", "digits", "--set", "b2"], "field=value"),
    (["train", "digits", "--set", "b2=1"], "[0, 1)"),
    (["train", "digits", "--lr", "0"], "(0, inf)"),
    (["train", "digits", "--lr", "nan"], "(0, inf)"),
    (["train", "digits", "--lr", "fast"], "fast"),
    (["train", "digits", "--batch", "0"], "from 1 to 1079"),
    (["train", "digits", "--batch", "2000"], "from 1 to 1079"),
    (["train", "digits", "--batch", "many"], "'all'"),
    (["train", "digits", "--hidden", "0"], "hidden"),
    (["train", "digits", "--hidden", "a"], "--hidden"),
    (["train", "digits", "--activation", "rely"], "relu"),
    (["train", "digits", "--init", "hee"], "he"),
    (["train", "digits", "--loss", "mse"], "cross-entropy"),
    (["train", "digits", "--epochs", "0"], "number above 0"),
    (["train", "digits", "--epochs", "1", "--gradients", "9"], "once"),
    (["train", "digits", "--split", "100/0/0"], "split"),
    (["train", "digits", "--split", "99.99/0.005/0.005"], "empty"),
    (["train", "digits", "--json", "no/such/file.json"], "no folder"),
    (["train", "digits", "--csv", "."], "folder"),
    (["train", "digits", "--seed", "-1"], "seed"),
    (["train", "digits", "--probe", "gradient"], "gradient-norm"),
    (["train", "digits", "--set", "b2=0.9,0.99"], "one number"),
    (["train", "digits", "--set", "lr=1", "--lr", "2"], "one value"),
    (["train", "digits", "--batch", "9" * 5000], "whole number"),
    (["train", "digits", "--hidden", "1000000000"], "1,000,000"),
    (["train", "digits", "--epochs", "1e300"], "finite"),
    (["train", "digits", "--epochs", "inf"], "finite"),
    (["train", "digits", "--epochs", "1e9"], "the most"),
    (["train", "digits", "--split", "1e308/1e308/1e308"], "shares"),
    (["train", "digits", "--lr", "1e-60"], "float32"),
    (["train", "digits", "--json", "x", "--csv", "./x"], "two results"),
    (["train", "good.csv:y", "--json", "good.csv"], "holds the data"),
    (["train", "digits", "--json", "n" * 254], "cannot be written"),
    (["train", "beale", "--start", "1e300,2"], "numbers"),
    (["race", "digits", "--seeds", "2147483647"], "100,000"),
    (["race", "digits", "--lr", "1:2:1000000000"], "100,000"),
    (["race", "digits", "--grid", "adam.b2=0.9", "--grid", "adam.b2=0.5"], "twice"),
    (["train", "digits", "--start", "1,2"], "no option 'start'"),
    (["train", "digits", "--hidden", "nan"], "--hidden"),
    (["train", "beale", "--start", "1"], "two numbers"),
    (["train", "beale", "--hidden", "7"], "no option 'hidden'"),
    (["train", "beale", "--task", "classify"], "no task"),
    (["train", "beale", "--spectrum", "1,2"], "no option 'spectrum'"),
    (["train", "none.csv:y"], "no file"),
    (["train", "empty.csv:y"], "empty"),
    (["train", "none.parquet:y"], "no file"),
    (["train", "none.npz"], "no file"),
    (["train", "none.npy:y.npy"], "no file"),
    (["train", "idx:none"], "no folder"),
    (["train", "."], "no IDX files"),
    (["train", "digits", "--points", "9"], "is no shape"),
    (["train", "moons", "--noise", "-1"], "from 0"),
    (["train", "moons", "--imbalance", "-1"], "power"),
    (["train", "diabetes", "--stratify"], "leave out stratify"),
    (["train", "mnst"], "mnist"),
    (["train", "ragged.csv:y"], "ragged"),
    (["train", "missing.csv:y"], "missing"),
    (["train", "one.csv:y"], "one class"),
    (["train", "good.csv:z"], "column"),
    (["train", "good.csv"], ":column"),
    (["train", "good.csv:y", "--task", "regress"], "classify"),
    (["train", "good.csv:y", "--task", "guess"], "did you mean regress"),
    (["race", "digits", "--seeds", "few"], "whole number"),
    (["race", "digits", "--sedes", "3"], "--seeds"),
    (["train", "--resum", "x"], "did you mean --resume"),
    (["train", "--degree", "3", "polynomial"], "come after its name"),
    (["train", "polynomial", "--degre", "3"], "did you mean --degree"),
    (["train", "polynomial", "--degree"], "without a value"),
    (["train", "polynomial", "--degree", "--noise", "1"], "without a value"),
    (["train", "polynomial", "--degree", "2.5"], "whole numbers"),
    (["train", "polynomial", "--degree", "2,3"], "one whole number"),
    (["train", "polynomial", "--degree", "2", "--degree=3"], "twice"),
    (["train", "polynomial", "moons"], "options alone"),
    (["train", "logistic"], "give --data"),
    (["train", "--problem", "./mine.py:f"], "must be module:name"),
    (["train", "--problem", "os:getenv"], "is called without arguments"),
    (["train", "--problem", "a:b", "--degree", "3"], "come after its name"),
    (["train"], "problem"),
    (["race", "digits", "--seeds", "0"], "seeds"),
    (["race", "digits", "--lr", "1:1e-4:5"], "rise"),
    (["race", "digits", "--lr", "1e-4:1"], "low:high:count"),
    (["race", "digits", "--lr", "1e-4:1:nan"], "numbers"),
    (["race", "digits", "--lr", "1e-4:inf:5"], "numbers"),
    (["race", "digits", "--rules", "adam,gd@none"], "'all'"),
    (["race", "digits", "--rules", ""], "rule"),
    (["race", "digits", "--grid", "adam.b2"], "rule.field"),
    (["race", "digits", "--grid", "adam.b2=1"], "[0, 1)"),
    (["race", "digits", "--plot", "race.exe"], ".png"),
    (["list", "optimizers"], "rules"),
]


@pytest.mark.parametrize(("arguments", "says"), BAD, ids=[" ".join(a) for a, _ in BAD])
def test_bad_input_is_one_sentence_exit_2_and_nothing_written(uzviz, tmp_path, arguments, says):
    for name, text in CSV.items():
        (tmp_path / name).write_text(text)
    result = uzviz(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert not result.stdout
    assert "Traceback" not in result.stderr
    assert {p.name for p in tmp_path.iterdir()} == set(CSV)


def test_text_labels_are_fine(uzviz, tmp_path):
    (tmp_path / "good.csv").write_text(CSV["good.csv"])
    small = ["--rule", "gd", "--hidden", "4", "--batch", "all", "--epochs", "1"]
    assert uzviz("train", "good.csv:y", *small).exit_code == 0


LONG = {
    "train": ["--rule", "gd"],
    "race": ["--rules", "gd", "--lr", "1e-2", "--seeds", "1"],
}


@pytest.mark.parametrize("command", ["train", "race"])
def test_ctrl_c_reports_what_is_done(tmp_path, command):
    """A real process on a terminal, interrupted once its bar shows that training goes on."""
    # What starts in the background of a shell ignores SIGINT, and its children with it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    terminal, theirs = pty.openpty()
    small = ["--batch", "10", "--epochs", "20000"]
    process = subprocess.Popen(
        [sys.executable, "-m", "uzviz", command, "linear", *LONG[command], *small],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    os.close(theirs)
    signal.signal(signal.SIGINT, before)
    shown = b""
    while not re.search(rb"[1-9]\d* %", shown):
        shown += os.read(terminal, 4096)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    os.set_blocking(terminal, False)
    with contextlib.suppress(OSError):
        while more := os.read(terminal, 4096):
            shown += more
    os.close(terminal)
    assert process.returncode == 130
    assert "interrupted" in out.lower()
    assert b"Traceback" not in shown


def test_help_is_in_place_of_nothing(uzviz):
    assert "race" in uzviz().stdout
    assert uzviz().exit_code == 0


def test_who_stops_reading_early_loses_no_file(tmp_path):
    command = f"{sys.executable} -m uzviz race quadratic --seeds 2 --gradients 20 --rules gd"
    line = f"{command} --lr 1e-3 --no-plot --json r.json --csv r.csv | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stderr == ""
    assert {p.name for p in tmp_path.iterdir()} == {"r.json", "r.csv"}


def test_links_and_pipes_stay_what_they_are(uzviz, tmp_path):
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", "pipe"], cwd=tmp_path, stdout=subprocess.PIPE)
    both = ["--json", "link.json", "--csv", "pipe"]
    assert uzviz("train", "quadratic", "--gradients", "3", *both).exit_code == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text())["status"] == "finished"
    assert reader.communicate()[0].startswith(b"step,name,value")


def test_the_winners_command_names_every_hyperparameter_that_is_not_the_default(uzviz):
    result = uzviz("race", "beale", "--rules", "adam", "--lr", "0.05", "--grid", "adam.b2=0.5",
                   "--gradients", "9", "--seeds", "1", "--final-seeds", "1",
                   "--no-plot")  # fmt: skip
    assert "--lr 0.05 --set b2=0.5 --batch 1 --gradients 9" in result.stdout


def test_a_formula_is_trained(uzviz, tmp_path):
    result = uzviz("train", "x**2", "--rule", "gd", "--start", "6", "--lr", ".25",
                   "--gradients", "8", "--json", "run.json")  # fmt: skip
    assert result.exit_code == 0
    found = json.loads((tmp_path / "run.json").read_text())
    assert found["results"]["train/loss"] == pytest.approx(0.0234375**2)
    wrong = uzviz("train", "x**", "--rule", "gd")
    assert wrong.exit_code == 2
    assert "something is missing" in wrong.stderr
    assert "did you mean rosenbrock" in uzviz("train", "rosenbrok").stderr
    assert "must be a number x" in uzviz("train", "x^2", "--start", "1,2").stderr
    assert "has no task" in uzviz("train", "x^2", "--task", "classify").stderr
    assert "has no option 'hidden': it takes spread, start" in uzviz(
        "train", "x^2", "--hidden", "8"
    ).stderr  # fmt: skip
    assert "formula" in uzviz("list", "problems").stdout


def test_a_formula_is_raced_and_resumed(uzviz):
    result = uzviz("race", "x^4 - 8x^2 + 16", "--rules", "gd,momentum", "--lr", "1e-3,1e-2",
                   "--start", "3", "--spread", "0.1", "--gradients", "20", "--seeds", "2",
                   "--final-seeds", "8", "--no-plot", "--log", "logs")  # fmt: skip
    assert result.exit_code == 0
    assert "uzviz train 'x^4 - 8x^2 + 16'" in result.stdout
    assert uzviz("race", "--resume", "logs", "--no-plot").exit_code == 0


def test_progress_is_told_line_by_line_where_there_is_no_terminal(monkeypatch, capsys):
    with report.bar("heats") as advance:
        advance(1, 4)
        monkeypatch.setattr(report, "EVERY", 0.0)
        advance(2, 4)
        advance(4, 4, "final")
    assert capsys.readouterr().err == "uzviz: heats, 50 % done\nuzviz: final, 100 % done\n"
