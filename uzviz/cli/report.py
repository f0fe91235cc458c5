"""What is printed: progress, tables, and where files went."""

from __future__ import annotations

import json
import math
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from uzviz.api import Start, Steps
from uzviz.cli.formulas import readable

if TYPE_CHECKING:
    from pathlib import Path

    from uzviz.api import Race, Record, Run, Runs

WIDEST = 240
"""Tables are printed in their own width, for a person to widen the window or scroll."""
EVERY = 30.0
"""Seconds between lines of progress."""


class Out(Console):
    """The console of standard output; who stops reading it early, as `head` does, is left alone."""

    def on_broken_pipe(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


out = Out(highlight=False, soft_wrap=False, emoji=False)


def say(text: str) -> None:
    """A line that is never broken."""
    out.print(text, soft_wrap=True, markup=False)


@contextmanager
def bar(title: str) -> Iterator[Callable[..., None]]:
    """A progress bar for people, and a line now and then where errors go to no terminal: call it with what is
    done, what there is, and, if that changes, what is going on."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(title)
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TextColumn("after"),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task(title, total=None)
        yield lambda done, total, stage=title: shown.update(
            task, completed=done, total=total, description=stage
        )


def _lines(title: str) -> Callable[..., None]:
    said = time.monotonic()

    def advance(done: int, total: int, stage: str = title) -> None:
        nonlocal said
        if total and time.monotonic() - said >= EVERY:
            said = time.monotonic()
            print(f"uzviz: {stage}, {100 * done / total:.0f} % done", file=sys.stderr, flush=True)

    return advance


def steps_of(advance: Callable[..., None]) -> Callable[[Record], None]:
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
    if run.path_words:
        say(run.path_words)
    if run.status != "finished":
        say(f"The run {'was ' if run.status == 'interrupted' else ''}{run.status}.")


def race(race: Race) -> None:
    """A row for each method, then the verdicts."""
    if not race.begun:
        say("Interrupted before a seed was done.")
        return
    say(_protocol(race))
    if race.interrupted:
        say("Interrupted: this is what was done by then.")
    frame, metrics, tried = race.table(), race.metrics, race.tried
    names = [f"{part}/{m}" for m in ["loss", *metrics] for part in ("validation", "test")]
    rows = frame.to_dict("records")
    heads = ["method", "batch", *(_short(t) for t in tried), *(n.replace("/", "\n") for n in names)]
    _print(
        heads,
        [
            [
                row["method"], str(row["batch"]),
                *(("" if t != group.axis else row["edge"]) + _number(row[t]) for t in tried),
                *(_ranged(row, name) for name in names),
            ]
            for row, group in zip(rows, race.groups, strict=True)
        ],
    )  # fmt: skip
    heads = ["method", "gradients\nto target", "epochs\nto target", "tolerance", "memory"]
    _print(
        [*heads, "µs\na step", "chaos\nfloor", "above\nstart", "diverged,\nin the final"],
        [
            [
                row["method"], *_to_target(row), _number(row["tolerance"]), _number(row["memory"]),
                _number(row["µs a step"]), _percent(row["chaos floor"]),
                f"{row['above start']}/{row['lanes']}",
                f"{row['diverged']}/{row['lanes']}, {row['diverged in the final']}",
            ]
            for row in rows
        ],
    )  # fmt: skip
    where = "the final" if race.finals else "the heats, which also chose the settings"
    say(
        f"Settings by median validation loss of the heats; losses over {frame['seeds'].min()} seeds "
        f"of {where}, [interval of the median, {100 * frame['coverage'].min():.1f} %]; target: "
        f"validation loss {race.target:.3g}; tolerance: decades of step size within 10 % of the best "
        "loss; memory: numbers per parameter; µs a step: one run alone; chaos floor: change of the "
        "test loss when the start moves by one unit in the last place."
    )
    if race.path_words:
        say(race.path_words)
    _sentences(race)


def _print(heads: list[str], rows: list[list[str]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, justify="left" if head == "method" else "right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    Out(width=max(out.width, WIDEST), highlight=False).print(table, soft_wrap=True)
    say("")


def _sentences(race: Race) -> None:
    if race.certificates:
        say("")
    for certificate in race.certificates:
        say(certificate.sentence)
    if not race.finals:
        return
    say("")
    for sentence in race.sentences:
        say(sentence)
    overlapping = race.protocol["split"] != "none" and not race.protocol["fixed"]
    if overlapping and any(v.kind == "beats" for v in race.verdicts()):
        say("(The splits of the seeds overlap, which makes p-values somewhat too small.)")


def _to_target(row: dict[str, Any]) -> list[str]:
    gradients, epochs = row["gradients to target"], row["epochs to target"]
    if not math.isfinite(gradients):
        return ["not reached", ""]
    return [f"{gradients:,.0f}", f"{epochs:.3g}"]


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100 * share:.1g} %".replace("inf", "∞")


def _protocol(race: Race) -> str:
    p = race.protocol
    lanes = sum(g.lanes * len(g.seeds) for g in race.groups)
    done = sum(int(g.done.sum()) for g in race.groups)
    what = f"{lanes:,} lanes" if done == lanes else f"interrupted with {done:,} of {lanes:,} lanes"
    sizes = "/".join(str(n) for n in p["examples"].values())
    return (
        f"{race.problem}: {what} of {race.groups[0].parameters:,} parameters, "
        f"{len(p['seeds'])} seeds and {len(p['final seeds'])} fresh ones in the final, budget in "
        f"{p['unit']} {_budgets(race)}, examples {sizes} ({p['split']}), {p['schedule']} step size, "
        f"tries {_tries(race)}, last batch {p['last batch']}"
    )


def _tries(race: Race) -> str:
    return _each(race, [g.lanes for g in race.groups])


def _budgets(race: Race) -> str:
    seconds = race.protocol["seconds"]
    timed = "" if seconds is None else f"of {seconds:g} seconds alone: "
    return timed + _each(race, [g.plan.budget for g in race.groups])


def _each(race: Race, counts: list[int]) -> str:
    """What each entrant had, once if all had as many."""
    if len(set(counts)) == 1:
        return f"{counts[0]:,} each"
    return ", ".join(f"{name} {n:,}" for name, n in zip(race.names, counts, strict=True))


def listed(what: str, rows: list[dict[str, Any]]) -> None:
    """A catalogue, its parts one under the other, its families under their names."""
    family = None
    for row in rows:
        if row.get("family") != family:
            family = row["family"]
            out.rule(f"[bold]{family}[/bold]", align="left")
        before = f"{row['name']}:" if what == "schedules" else "--set "
        out.print(f"[bold]{row['name']}[/bold]  {row['title']}")
        for line in readable(row["text"]).splitlines():
            say(f"    {line}" if line else "")
        if "state" in row:
            say(f"    {_cost(row)}")
        for h in row.get("hyperparameters", []):
            say(f"    {before}{h['name']}={h['default']:g}  {h['meaning']}, in {h['range']}")
        if "domain" in row:
            say(f"    Starts at {row['start']}; worth a look: {row['domain']}.")
        if row.get("options"):
            say(f"    {' '.join(map(_option, row['options']))}")
        out.print()


def _option(option: dict[str, Any]) -> str:
    """An option of a problem as one types it, with its default or its kind."""
    default = option["default"]
    match default:
        case None:
            return f"{option['flag']} ({option['kind']})"
        case False:
            return option["flag"]
        case True:
            return f"{option['flag']}/--no-{option['flag'][2:]}"
        case list():
            return f"{option['flag']} {','.join(f'{v:g}' for v in default)}"
        case float():
            return f"{option['flag']} {default:g}"
        case _:
            return f"{option['flag']} {default}"


def _cost(row: dict[str, Any]) -> str:
    """What a step of a rule costs, and what it keeps."""
    if row["memory"] is None:
        told = [f"{x:.3g} in a {what}" for what, x in row["state"].items()]
    else:
        told = [str(row["memory"])]
    return (
        f"gradients a step: {row['gradients']}; state, numbers per parameter: {', '.join(told)}; "
        f"a race tunes: {row['tuned'] or 'nothing'}"
    )


def listed_scenes(rows: list[dict[str, Any]]) -> None:
    """The scenes, with what can be set and what is worth a look."""
    for row in rows:
        out.print(f"[bold]{row['name']}[/bold]  {row['title']} (slides {row['slides']})")
        for name, control in row["controls"].items():
            default = control["default"]
            text = default if isinstance(default, str) else json.dumps(default)
            say(f"    --set {name}={text}  {_allowed(control)}")
        if row["presets"]:
            say(f"    presets: {', '.join(row['presets'])}")
        out.print()


def _allowed(control: dict[str, Any]) -> str:
    """What a setting may be."""
    match control["kind"]:
        case "number":
            return (
                f"from {control['low']:g} to {control['high']:g}, or any in {control['interval']}"
            )
        case "whole":
            return f"whole, from {control['low']:,} to {control['high']:,}"
        case "wholes":
            ends = f"from {control['low']} to {control['high']}"
            return f"a list of at most {control['many']} whole numbers, each {ends}"
        case "choice" | "several":
            return f"of {', '.join(control['options'])}"
        case "point":
            return "a point"
        case "points":
            return f"{control['least']} to {control['many']} points"
        case "text":
            return f"a text of up to {control['longest']} characters"
        case _:
            return "true or false"


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


def goes_on(command: str, folder: Path | None) -> None:
    """How what was broken off goes on."""
    if folder is not None:
        say(f"go on with: uzviz {command} --resume {shlex.quote(str(folder))}")


def exported(runs: Runs, file: Path) -> None:
    """What was written, and what of the logs could not be read."""
    series = [
        run.scalars(t) for run in runs.values() for t, k in run.tags.items() if k == "scalars"
    ]
    points = sum(len(points.step) for points in series)
    say(f"{file}: {points:,} points, {len(series):,} series, {len(runs):,} runs.")
    for lost in runs.damage:
        print(
            f"{lost.file} could not be read from byte {lost.offset:,}: {lost.bytes:,} bytes are lost.",
            file=sys.stderr,
        )
