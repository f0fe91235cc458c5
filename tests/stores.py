"""Folders of runs, and what a store that follows one says of them."""

import os
import time

import numpy as np

import uzviz as uz


def until(condition, seconds=20.0):
    """Wait for what the reading thread will do."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def write(folder, values, first=0, tag="loss", **own):
    with uz.Log(folder, hyperparameters=own or None) as log:
        steps = np.arange(first, first + len(values))
        log.columns(steps, {tag: np.array(values, np.float32)}, 1.7e9 + steps)


def all_read(store):
    found = store.runs(0, "")
    reading = found["reading"]
    return found["known"] and reading["done"] == reading["total"]


def lines(store):
    return {line["name"]: line for line in store.runs(0, "")["runs"]}


def values_of(store, number):
    (run,) = store.present([number])
    found = run and run.points("loss")
    return found and found[1].value.tolist()


def age(folder, seconds):
    """Let a run's files be as old as this."""
    then = time.time() - seconds
    for path in folder.iterdir():
        os.utime(path, (then, then))
