"""What is printed: progress, tables, and where files went."""

from __future__ import annotations

import math
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from uzviz.api import Race, Record, Run, Start, Steps

WIDEST = 240
"""Tables are printed in their own width, for a person to widen the window or scroll."""


class Out(Console):
    """The console of standard output; who stops reading it early, as `head` does, is left alone."""

    def on_broken_pipe(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


out = Out(highlight=False, soft_wrap=False)


def say(text: str) -> None:
    """A line that is never broken."""
    out.print(text, soft_wrap=True, markup=False)


@contextmanager
def bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar for people, none when the output is no terminal: call it with done, total."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as shown:
        task = shown.add_task(title, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def steps_of(advance: Callable[[int, int], None]) -> Callable[[Record], None]:
    """Turn the records of a run into progress."""
    total = 0

    def take(record: Record) -> None:
        nonlocal total
        if isinstance(record, Start):
            total = record.steps
        if isinstance(record, Steps):
            advance(record.first - 1 + record.loss.shape[-1], total)

    return take


def run(run: Run) -> None:
    """Losses and metrics of the parts at the last evaluation."""
    start, results = run.start, run.results
    table = Table(box=None, pad_edge=False, header_style="bold")
    metrics = [name.removeprefix("validation/") for name in results if "validation/" in name]
    metrics.sort(key=lambda name: name != "loss")
    for column in ["", *metrics]:
        table.add_column(column, justify="left" if not column else "right")
    for part in start.examples:
        if f"{part}/loss" in results:
            table.add_row(part, *(_value(m, results[f"{part}/{m}"]) for m in metrics))
    numbers = ", ".join(f"{k}={v:g}" for k, v in start.hyperparameters.items())
    last = f", the last of an epoch {start.last_batch}" * (start.last_batch != start.batch)
    say(
        f"{start.problem.get('data', start.problem['kind'])}: {start.rule}({numbers}), "
        f"{start.parameters:,} parameters, batch {start.batch}{last}, "
        f"{run.step:,} of {start.steps:,} steps, seed {start.seeds[0]}"
    )
    out.print(table)
    if run.status != "finished":
        say(f"The run {'was ' if run.status == 'interrupted' else ''}{run.status}.")


def race(race: Race) -> None:
    """A row for each method."""
    frame, metrics, tried = race.table(), race.metrics, race.tried
    say(_protocol(race))
    table = Table(box=None, pad_edge=False, header_style="bold")
    names = [f"{part}\n{m}" for m in ["loss", *metrics] for part in ("validation", "test")]
    heads = ["method", "batch", *(_short(t) for t in tried), *names, "step-size\ntolerance"]
    for head in [*heads, "memory", "ended\nabove start", "diverged"]:
        table.add_column(head, justify="left" if head == "method" else "right", no_wrap=True)
    for row in frame.to_dict("records"):
        cells = [
            _ranged(row, f"{p}/{m}") for m in ["loss", *metrics] for p in ("validation", "test")
        ]
        lanes = row["lanes"]
        table.add_row(
            row["method"], str(row["batch"]), *(_number(row.get(t)) for t in tried), *cells,
            _number(row["tolerance"]), str(row["memory"]),
            f"{row['above start']}/{lanes}", f"{row['diverged']}/{lanes}",
        )  # fmt: skip
    Out(width=max(out.width, WIDEST), highlight=False).print(table, soft_wrap=True)
    say(
        f"Best step size by median validation loss; [interval of the median over seeds, covering "
        f"{100 * frame['coverage'].min():.1f} %]; "
        "tolerance: decades of step size within 10 % of the best loss; memory: numbers per parameter."
    )


def _protocol(race: Race) -> str:
    p = race.protocol
    lanes = sum(g.lanes * len(g.seeds) for g in race.groups)
    done = sum(int(g.done.sum()) for g in race.groups)
    what = f"{lanes:,} lanes" if done == lanes else f"interrupted with {done:,} of {lanes:,} lanes"
    sizes = "/".join(str(n) for n in p["examples"].values())
    return (
        f"{race.problem}: {what} of {race.groups[0].parameters:,} parameters, "
        f"{len(p['seeds'])} seeds, budget {p['budget']:,} {p['unit']}, examples {sizes} "
        f"({p['split']}), {p['schedule']}, last batch {p['last batch']}"
    )


def listed(what: str, rows: list[dict[str, Any]]) -> None:
    """A catalogue, its parts one under the other."""
    for row in rows:
        out.print(f"[bold]{row['name']}[/bold]  {row['title']}")
        for line in _readable(row["text"]).splitlines():
            say(f"    {line}" if line else "")
        for h in row.get("hyperparameters", []):
            say(f"    --set {h['name']}={h['default']:g}  {h['meaning']}, in {h['range']}")
        out.print()


SIGNS = {r"\leftarrow": "←", r"\sqrt": "√", r"\quad": " ", r"\,": " ", r"\max": "max", "\\": "",
         ":math:": "", ".. math::": "", "`": ""}  # fmt: skip


def _readable(text: str) -> str:
    """A docstring's formulas as one writes them by hand."""
    text = re.sub(r"\\hat (\w)", "\\1\u0302", text)
    text = re.sub(r"\\sqrt\{([^{}]*)\}", r"√(\1)", re.sub(r"\\bigl|\\bigr", "", text))
    for sign, plain in SIGNS.items():
        text = text.replace(sign, plain)
    return text


def _short(name: str) -> str:
    return "step\nsize" if name == "lr" else name


def _number(value: float | None) -> str:
    return "–" if value is None or math.isnan(value) else f"{value:.3g}"


def _value(metric: str, value: float) -> str:
    if not math.isfinite(value):
        return "not finite"
    return f"{100 * value:.1f} %" if metric == "accuracy" else f"{value:.4g}"


def _ranged(row: dict[str, Any], name: str) -> str:
    values = [row[name], row[f"{name} low"], row[f"{name} high"]]
    if name.endswith("accuracy"):
        middle, low, high = (f"{100 * v:.1f}" if math.isfinite(v) else "–" for v in values)
        return f"{middle} % \\[{low}, {high}]"
    middle, low, high = (f"{v:.3g}".replace("inf", "∞") for v in values)
    return f"{middle} \\[{low}, {high}]"
