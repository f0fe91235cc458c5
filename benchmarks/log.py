"""The log: writing beside PyTorch's SummaryWriter and tensorboardX, reading beside TensorBoard's Rust
server, EventAccumulator and tbparse, and states beside the disk itself.

Reading: runs × tags × steps as tensorboardX writes them, one scalar a record, and as we do. The Rust
server (what `tensorboard --load_fast=true` starts) is timed from its start until it has served every
series over its own interface; it keeps 1,000 points a series and checks no checksums, we keep all points
and check all.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from report import machine

import uzviz as uz

warnings.filterwarnings("ignore")
TAGS = [f"group{i % 4}/tag{i:02d}" for i in range(20)]
TEN = {f"train/value{i}": 0.5 + i for i in range(10)}


def table(title: str, unit: str, found: dict[str, list[float]]) -> dict[str, float]:
    """Print medians with their range; returns the medians."""
    print(f"\n{title} ({unit})")
    for name, values in found.items():
        print(
            f"  {name:28} {statistics.median(values):10.3f}   [{min(values):.3f} … {max(values):.3f}]"
        )
    return {name: statistics.median(values) for name, values in found.items()}


def alternate(contestants: dict[str, Callable[[], float]], repeats: int) -> dict[str, list[float]]:
    """What each contestant measures of itself, in turn; the first round is apart."""
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for repeat in range(repeats + 1):
        for name, run in contestants.items():
            value = run()
            if repeat:
                found[name].append(value)
    return found


class Ours:
    def __init__(self, folder: str):
        self.log = uz.Log(folder)

    def add(self, step: int, values: dict[str, float]) -> None:
        self.log.scalars(step, values)

    def close(self) -> None:
        self.log.close()


class Theirs:
    """PyTorch's SummaryWriter and tensorboardX's, as people use them."""

    def __init__(self, folder: str, make: Callable[[str], object]):
        self.writer = make(folder)

    def add(self, step: int, values: dict[str, float]) -> None:
        for tag, value in values.items():
            self.writer.add_scalar(tag, value, step)

    def close(self) -> None:
        self.writer.close()


def writers() -> dict[str, Callable[[str], Ours | Theirs]]:
    import tensorboardX
    from torch.utils import tensorboard

    return {
        "ours": Ours,
        "PyTorch SummaryWriter": lambda f: Theirs(f, tensorboard.SummaryWriter),
        "tensorboardX": lambda f: Theirs(f, tensorboardX.SummaryWriter),
    }


def writing(repeats: int) -> None:
    def contestant(make: Callable[[str], Ours | Theirs]) -> Callable[[], float]:
        def run() -> float:
            folder = tempfile.mkdtemp()
            writer = make(folder)
            began = time.perf_counter()
            for step in range(5000):
                writer.add(step, TEN)
            spent = time.perf_counter() - began
            writer.close()
            shutil.rmtree(folder)
            return 1e6 * spent / 50_000

        return run

    found = alternate({name: contestant(make) for name, make in writers().items()}, repeats)
    medians = table("writing ten scalars a step, on the training thread", "µs a scalar", found)
    print(f"  ours is {medians['PyTorch SummaryWriter'] / medians['ours']:.1f} × SummaryWriter")


def slowing(repeats: int) -> None:
    """Steps that compute for 1 ms each, in wall time, with and without ten scalars logged."""
    a = np.random.default_rng(0).normal(size=(160, 160))
    for _ in range(2):  # the first time the processor wakes up
        began, rounds = time.perf_counter(), 0
        while time.perf_counter() - began < 0.5:
            a @ a
            rounds += 1
    load = max(1, round(rounds / 500))

    def contestant(make: Callable[[str], Ours | Theirs] | None) -> Callable[[], float]:
        def run() -> float:
            folder = tempfile.mkdtemp()
            writer = make(folder) if make else None
            began = time.perf_counter()
            for step in range(3000):
                for _ in range(load):
                    a @ a
                if writer is not None:
                    writer.add(step, TEN)
            spent = time.perf_counter() - began
            if writer is not None:
                writer.close()
            shutil.rmtree(folder)
            return 1e3 * spent / 3000

        return run

    contestants: dict[str, Callable[[], float]] = {"nothing": contestant(None)}
    contestants |= {name: contestant(make) for name, make in writers().items()}
    medians = table(
        "a step of about 1 ms with ten scalars", "ms a step", alternate(contestants, repeats)
    )
    for name in writers():
        print(f"  {name} slows it by {100 * (medians[name] / medians['nothing'] - 1):.1f} %")


def make_runs(folder: Path, runs: int, steps: int, ours: bool) -> None:
    import tensorboardX

    draw = np.random.default_rng(0)
    for run in range(runs):
        values = draw.normal(size=(steps, len(TAGS))).astype(np.float32)
        if ours:
            with uz.Log(folder / f"run{run:03d}") as log:
                for step, row in enumerate(values.tolist()):
                    log.scalars(step, dict(zip(TAGS, row, strict=True)))
            continue
        writer = tensorboardX.SummaryWriter(str(folder / f"run{run:03d}"))
        for step, row in enumerate(values.tolist()):
            for tag, value in zip(TAGS, row, strict=True):
                writer.add_scalar(tag, value, step)
        writer.close()


READ = {
    "ours": """
import sys, uzviz as uz
runs = uz.read(sys.argv[1])
points = sum(len(run.scalars(tag).value) for run in runs.values() for tag in run.tags)
""",
    "EventAccumulator": """
import sys, os
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
points = 0
for name in sorted(os.listdir(sys.argv[1])):
    run = EventAccumulator(os.path.join(sys.argv[1], name), size_guidance={"scalars": 0})
    run.Reload()
    points += sum(len(run.Scalars(tag)) for tag in run.Tags()["scalars"])
""",
    "tbparse": """
import sys
from tbparse import SummaryReader
points = len(SummaryReader(sys.argv[1]).scalars)
""",
    "TensorBoard's Rust server": """
import os, subprocess, sys, tempfile, time
import grpc, tensorboard_data_server
from tensorboard.data.proto import data_provider_pb2 as pb, data_provider_pb2_grpc
folder, runs, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
port_file = os.path.join(tempfile.mkdtemp(), "port")
server = subprocess.Popen([tensorboard_data_server.server_binary(), "--logdir", folder, "--port", "0",
                           "--port-file", port_file], stderr=subprocess.DEVNULL)
while not os.path.exists(port_file) or not open(port_file).read().strip():
    time.sleep(.005)
options = [("grpc.max_receive_message_length", -1)]
channel = grpc.insecure_channel("localhost:" + open(port_file).read().strip(), options)
stub = data_provider_pb2_grpc.TensorBoardDataProviderStub(channel)
plugin = pb.PluginFilter(plugin_name="scalars")
while True:
    said = stub.ListScalars(pb.ListScalarsRequest(plugin_filter=plugin))
    tags = [t for r in said.runs for t in r.tags]
    if len(tags) == 20 * runs and all(t.metadata.max_step == steps - 1 for t in tags):
        break
    time.sleep(.02)
points = 0
for r in said.runs:
    filter_ = pb.RunTagFilter(runs=pb.RunFilter(names=[r.run_name]))
    got = stub.ReadScalars(pb.ReadScalarsRequest(plugin_filter=plugin, run_tag_filter=filter_,
                                                 downsample=pb.Downsample(num_points=1000)))
    points += sum(len(t.data.value) for x in got.runs for t in x.tags)
print("memory", next(l for l in open(f"/proc/{server.pid}/status") if "VmHWM" in l).split()[1])
server.terminate(); server.wait()
""",
}  # fmt: skip
AROUND = """
import time
began = time.perf_counter()
{code}
spent = time.perf_counter() - began
peak = next(line for line in open("/proc/self/status") if "VmHWM" in line).split()[1]
print("result", spent, points, peak)
"""


def read_in_process(code: str, *arguments: object) -> tuple[float, int, float]:
    """Seconds, points and GB of a reader in a process of its own, imports included."""
    command = [sys.executable, "-c", AROUND.replace("{code}", code), *map(str, arguments)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    at = said.index("result")
    memory = float(said[said.index("memory") + 1 if "memory" in said else at + 3])
    return float(said[at + 1]), int(said[at + 2]), memory / 1e6


def reading(repeats: int, runs: int, steps: int, slow: bool) -> None:
    with tempfile.TemporaryDirectory() as place:
        theirs, ours = Path(place) / "tensorboardX", Path(place) / "ours"
        make_runs(theirs, runs, steps, ours=False)
        make_runs(ours, runs, steps, ours=True)
        memory: dict[str, float] = {}
        points: dict[str, int] = {}

        def contestant(name: str, folder: Path, as_: str) -> Callable[[], float]:
            def run() -> float:
                seconds, points[as_], memory[as_] = read_in_process(READ[name], folder, runs, steps)
                return seconds

            return run

        contestants = {
            "ours, their files": contestant("ours", theirs, "ours, their files"),
            "Rust server, their files": contestant(
                "TensorBoard's Rust server", theirs, "Rust server, their files"
            ),
            "ours, our files": contestant("ours", ours, "ours, our files"),
        }
        found = alternate(contestants, repeats)
        if slow:
            for name in ("EventAccumulator", "tbparse"):
                found[name] = [contestant(name, theirs, name)()]
        table(f"reading {runs} runs × {len(TAGS)} tags × {steps} steps", "s", found)
        for name in found:
            print(f"  {name:28} {points[name]:,} points, {memory[name]:.2f} GB")


LIST = """
import sys, uzviz as uz
tags = sum(len(run.tags) for run in uz.read(sys.argv[1]).values())
points = tags
"""


def listing(repeats: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        draw = np.random.default_rng(0)
        for run in range(1000):
            with uz.Log(Path(place) / f"run{run:04d}") as log:
                log.columns(
                    np.arange(1000), {tag: draw.normal(size=1000) for tag in TAGS[:10]},
                    1.7e9 + np.arange(1000),
                )  # fmt: skip
        found = alternate({"ours": lambda: read_in_process(LIST, place)[0]}, repeats)
        table("runs and tags of 1,000 runs × 10 tags × 1,000 steps, warm", "s", found)


def keeping(repeats: int) -> None:
    """States of 100 M parameters, synced, beside as many bytes written and synced as they are."""
    from uzviz.log import checkpoints

    tensors = {
        f"w/{i}": np.random.default_rng(i).random((1000, 1000), np.float32) for i in range(100)
    }
    data = b"".join(x.tobytes() for x in tensors.values())
    place = Path(tempfile.mkdtemp())

    def ours() -> float:
        began = time.perf_counter()
        checkpoints.save(place, "state", tensors, {"step": 1})
        return len(data) / 1e6 / (time.perf_counter() - began)

    def plain() -> float:
        path = place / "plain"
        began = time.perf_counter()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
        os.close(handle)
        return len(data) / 1e6 / (time.perf_counter() - began)

    found = alternate({"ours": ours, "the disk": plain}, repeats)
    medians = table("a state of 100 M parameters", "MB/s", found)
    print(f"  ours is {medians['ours'] / medians['the disk']:.2f} × the disk")
    shutil.rmtree(place)


def training(repeats: int) -> None:
    """`uz.train` of 64-32-10 with and without a log, steps a second."""
    problem = uz.problems.classify("digits", hidden=[32])

    def contestant(logged: bool) -> Callable[[], float]:
        def run() -> float:
            folder = tempfile.mkdtemp()
            began = time.perf_counter()
            done = uz.train(problem, uz.Adam(), epochs=1500, log=f"{folder}/a" if logged else None)
            spent = time.perf_counter() - began
            shutil.rmtree(folder)
            return done.step / spent

        return run

    found = alternate({"without": contestant(False), "with a log": contestant(True)}, repeats)
    table("training 64-32-10, every step logged", "steps/s", found)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--runs", type=int, default=300)
    options.add_argument("--steps", type=int, default=500)
    options.add_argument(
        "--slow", action="store_true", help="with EventAccumulator and tbparse, once"
    )
    chosen = options.parse_args()
    machine()
    writing(chosen.repeats)
    slowing(chosen.repeats)
    training(chosen.repeats)
    keeping(chosen.repeats)
    listing(chosen.repeats)
    reading(chosen.repeats, chosen.runs, chosen.steps, chosen.slow)
