"""What a run was made with: the command, the versions, the machine."""

from __future__ import annotations

import os
import platform
import shlex
import sys
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from uzviz.machine import cores
from uzviz.records import Start

PACKAGES = ("uzviz", "jax", "jaxlib", "equinox", "numpy")


def facts(device: str) -> dict[str, Any]:
    """The facts of this process and of what it computes on, of which a change may change bits."""
    return {
        "versions": {"python": platform.python_version(), **_versions()},
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "processor": _processor(),
            "cores": cores(),
            "device": device,
        },
    }


def command() -> str:
    """The command that was typed."""
    return shlex.join([os.path.basename(sys.argv[0]), *sys.argv[1:]]) if sys.argv else ""


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs between the facts of two processes, in words."""
    found = []
    for group, values in before.items():
        for name, value in values.items():
            other = now.get(group, {}).get(name)
            if other != value:
                found.append(f"{name} {other} instead of {value}")
    return found


def schedule_of(start: Start) -> str:
    """What the hyperparameters of a training do over time."""
    kinds = {s["kind"] for s in start.schedules.values()}
    return ", ".join(sorted(kinds)) or "constant"


def markdown(
    start: Start, facts: Mapping[str, Any], command: str, note: str, path: str = ""
) -> str:
    """The run card as people read it."""
    rows = {
        "command": f"`{command}`",
        "problem": ", ".join(f"{k} {v}" for k, v in start.problem.items()),
        "SHA-256 of the data": start.checksum,
        "rule": start.rule,
        **start.hyperparameters,
        "schedule": schedule_of(start),
        "batch": start.batch,
        "sampling": start.sampling,
        "budget": f"{start.steps:,} steps, {start.gradients:,} gradients of examples",
        "parameters": f"{start.parameters:,}",
        "seed": ", ".join(map(str, start.seeds)),
        **({"path": path} if path else {}),
        **facts["versions"],
        **facts["machine"],
    }
    return table(rows, note)


def table(rows: Mapping[str, Any], note: str) -> str:
    """Words, and below them names and values in two columns, as Markdown."""
    lines = [f"| {name} | {_cell(value)} |" for name, value in rows.items()]
    return "\n".join([*([note, ""] if note else []), "| | |", "|---|---|", *lines])


def _cell(value: Any) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            return next(
                line.split(":")[1].strip() for line in file if line.startswith("model name")
            )
    except (OSError, StopIteration, IndexError):
        return platform.processor()
