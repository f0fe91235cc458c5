"""Results of races, as the board makes, keeps and sends them."""

import asyncio
import json
import math
import shutil
import threading
import time

import numpy as np
import pytest

import uzviz as uz
from uzviz.board.app import RaceResults

HOST = [("host", "127.0.0.1:6060")]


def race_of(folder):
    """A race's own run, and one lane of its final."""
    with uz.Log(folder / "race") as log:
        log.tensor(0, "uzviz/race", np.array([json.dumps({"note": "why"})], object))
    own = {"entrant": "adam", "role": "tuned", "seed": 3}
    with uz.Log(folder / "race" / "final" / "adam" / "seed-3", hyperparameters=own) as log:
        log.scalars(0, {"loss": 1.0})
    for name, seed in [("text", "no number"), ("lost", math.nan)]:
        with uz.Log(folder / "race" / name, hyperparameters={**own, "seed": seed}) as log:
            log.scalars(0, {"loss": 1.0})


def test_a_race_is_made_once_until_its_log_grows(board, tmp_path):
    race_of(tmp_path)
    asked = []
    client = board(races=lambda log: asked.append(log.folder) or {"x": math.nan})
    number = client.runs["race"]["id"]
    assert client.runs["race"]["race"]
    lane = client.runs["race/final/adam/seed-3"]["id"]
    for _ in range(2):
        found = client(f"/api/race?run={number}").json()
        assert found["race"] == {"x": None}
        assert found["lanes"] == [{"entrant": "adam", "role": "tuned", "seed": 3, "run": lane}]
    assert asked == [tmp_path / "race"]
    assert client(f"/api/facts?run={number}").json()["note"] == "why"
    with uz.Log(tmp_path / "race") as log:
        log.scalars(1, {"loss": 1.0})
    end = time.monotonic() + 20
    while len(asked) < 2 and time.monotonic() < end:
        client(f"/api/race?run={number}")
        time.sleep(0.05)
    assert len(asked) == 2


def test_who_asks_for_the_same_race_waits_for_one_and_keeps_no_other(board, tmp_path):
    race_of(tmp_path)
    asked, go = [], threading.Event()

    def slow(log):
        asked.append(log.name)
        assert go.wait(20)
        return {"x": 1}

    client = board(races=slow)
    address = f"/api/race?run={client.runs['race']['id']}"

    async def ask():
        races = [asyncio.create_task(client._ask(address, "GET", HOST)) for _ in range(60)]
        while not asked:
            await asyncio.sleep(0.01)
        races[0].cancel()
        other = await asyncio.wait_for(client._ask("/api/runs", "GET", HOST), 20)
        go.set()
        return other, await asyncio.gather(*races[1:])

    other, found = asyncio.run(ask())
    assert other.status == 200
    assert [answer.json()["race"] for answer in found] == [{"x": 1}] * 59
    assert asked == ["race"]


def test_a_race_that_grew_while_its_result_was_made_is_made_again(board, tmp_path, monkeypatch):
    race_of(tmp_path)
    asked, go = [], threading.Event()
    store = board().store
    run = next(run for run in store.everything()[0] if run.line["race"])

    def slow(log):
        asked.append(log.name)
        assert go.wait(20)
        return {"x": len(asked)}

    results = RaceResults(store, slow)

    async def ask():
        first = asyncio.create_task(results(run))
        while not asked:
            await asyncio.sleep(0.01)
        monkeypatch.setattr(type(run), "state", (-1, 0))
        later = [asyncio.create_task(results(run)) for _ in range(5)]
        await asyncio.sleep(0)
        go.set()
        return await asyncio.gather(first, *later)

    assert asyncio.run(ask()) == [{"x": 1}] + [{"x": 2}] * 5


def test_results_that_failed_are_made_again_and_those_of_gone_races_dropped(board, tmp_path):
    race_of(tmp_path / "one")
    race_of(tmp_path / "two")
    store = board().store
    races = {run.line["name"]: run for run in store.everything()[0] if run.line["race"]}
    asked = []

    def fails_once(log):
        asked.append(log.name)
        if len(asked) == 1:
            raise uz.InputError("It takes too long.")
        return {"x": 1}

    results = RaceResults(store, fails_once)
    with pytest.raises(uz.InputError, match="too long"):
        asyncio.run(results(races["one/race"]))
    assert asyncio.run(results(races["one/race"])) == {"x": 1}
    shutil.rmtree(tmp_path / "one")
    number = races["one/race"].line["id"]
    end = time.monotonic() + 20
    while store.present([number]) != [None] and time.monotonic() < end:
        time.sleep(0.01)
    asyncio.run(results(races["two/race"]))
    assert list(results._kept) == [races["two/race"].line["id"]]


def test_a_race_without_who_makes_results_is_a_sentence(board, tmp_path):
    race_of(tmp_path)
    client = board()
    assert client(f"/api/race?run={client.runs['race']['id']}").status == 404
