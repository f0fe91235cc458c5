"""The commands. What they call is imported when they run, so that help comes at once."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from uzviz.cli import options
from uzviz.errors import Diverged, InputError, unknown

app = typer.Typer(
    help="Which optimizer, with which settings, trains my network best, and why?",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

METHODS = "gd@all,gd@1,gd,momentum,adagrad,rmsprop,adam"

ProblemName = Annotated[
    str | None,
    typer.Argument(
        help="digits, file.csv:target, a surface, as rosenbrock, or a formula, as x^2: uzviz list "
        "problems."
    ),
]
Hidden = Annotated[
    str | None, typer.Option(help="Units of each hidden layer, as 64,32; none; 32 unless given.")
]
Activation = Annotated[
    str | None, typer.Option(help="relu (unless given), tanh, sigmoid, gelu or silu.")
]
Init = Annotated[
    str | None, typer.Option(help="Start: zero, small, large, xavier or he (unless given).")
]
Loss = Annotated[
    str | None, typer.Option(help="cross-entropy, binary-cross-entropy, brier, mse or mae.")
]
SplitRatio = Annotated[
    str | None,
    typer.Option(help="Shares of training, validation, test; 60/20/20 unless given."),
]
Task = Annotated[
    str | None, typer.Option(help="classify or regress, where the target leaves it open.")
]
StartPoint = Annotated[str | None, typer.Option(help="Start on a surface, as -1.5,2.5.")]
Spread = Annotated[
    float | None,
    typer.Option(
        parser=options.real,
        metavar="NUMBER",
        help="Deviation of the noise a seed adds to that start.",
    ),
]
Spectrum = Annotated[str | None, typer.Option(help="Eigenvalues of the quadratic, as 1,100.")]
Depth = Annotated[
    int | None,
    typer.Option(
        parser=options.whole,
        metavar="WHOLE",
        help="Layers of the residual network, 6n + 2; 20 unless given.",
    ),
]
Width = Annotated[
    int | None,
    typer.Option(
        parser=options.whole,
        metavar="WHOLE",
        help="Its channels in the first stage; 4 unless given.",
    ),
]
Skips = Annotated[
    bool | None,
    typer.Option(
        "--skips/--no-skips", help="Whether it has its skips; it has unless told otherwise."
    ),
]
ScheduleName = Annotated[
    str,
    typer.Option(
        help="constant, cosine, warmup-cosine or inverse-time, over the budget; or inverse-root."
    ),
]
BatchSize = Annotated[str | None, typer.Option(help="Examples a step, or all; 32 unless given.")]
Epochs = Annotated[
    float | None,
    typer.Option(
        parser=options.real,
        metavar="NUMBER",
        help="Budget in passes over the training part; 20 unless given.",
    ),
]
Gradients = Annotated[
    int | None,
    typer.Option(
        parser=options.whole,
        metavar="WHOLE",
        help="Budget in gradients of single examples instead.",
    ),
]
Seed = Annotated[
    int,
    typer.Option(
        parser=options.whole, metavar="WHOLE", help="Fixes split, start and order of examples."
    ),
]
OwnProblem = Annotated[
    str | None,
    typer.Option("--problem", help="A problem of your own, as module:name, instead."),
]
LogFolder = Annotated[
    Path | None, typer.Option("--log", help="Folder for a log that TensorBoard reads.")
]
Note = Annotated[str | None, typer.Option(help="Words for the run card in the log.")]
Resume = Annotated[
    Path | None, typer.Option(help="Go on in this log's folder, as if it had never stopped.")
]
CheckpointEvery = Annotated[
    float,
    typer.Option(
        parser=options.real, metavar="NUMBER", help="Seconds between two states in the log."
    ),
]
PathMemory = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        help="Size of the paths in the log: where parameters went, even in log time; 64MB unless given, "
        "in a race for the whole final; 0 keeps none.",
    ),
]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Write the whole result here.")]
CsvFile = Annotated[Path | None, typer.Option("--csv", help="Write the curves here.")]


def _version(wanted: bool) -> None:
    if wanted:
        from uzviz import __version__

        typer.echo(f"uzviz {__version__}")
        raise typer.Exit


@app.callback()
def uzviz(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Which optimizer, with which settings, trains my network best, and why?"""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@contextmanager
def _sentences() -> Iterator[None]:
    """Errors as sentences: bad input ends with exit code 2, divergence with 1."""
    try:
        yield
    except (InputError, Diverged) as error:
        print(f"uzviz: {error}", file=sys.stderr)
        raise typer.Exit(2 if isinstance(error, InputError) else 1) from None


@app.command()
def train(
    context: typer.Context,
    problem: ProblemName = None,
    rule: Annotated[str, typer.Option(help="Its name; `uzviz list rules` shows all.")] = "adam",
    lr: Annotated[
        float | None,
        typer.Option(
            parser=options.real, metavar="NUMBER", help="Step size; the rule's own unless given."
        ),
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="Another hyperparameter, as b2=0.99.")
    ] = None,
    batch: BatchSize = None,
    epochs: Epochs = None,
    gradients: Gradients = None,
    seed: Seed = 0,
    sampling: Annotated[
        str, typer.Option(help="reshuffle each epoch, or uniform with replacement.")
    ] = "reshuffle",
    schedule: ScheduleName = "constant",
    probe: Annotated[
        list[str] | None,
        typer.Option(
            help="Measure by layer: gradient-norm, update-ratio, or histograms of weights, gradients, "
            "updates; a log gets these three unless told otherwise, or none."
        ),
    ] = None,
    every: Annotated[
        int | None,
        typer.Option(
            parser=options.whole,
            metavar="WHOLE",
            help="Steps between two probes; fifty in a run unless given.",
        ),
    ] = None,
    hidden: Hidden = None,
    activation: Activation = None,
    init: Init = None,
    loss: Loss = None,
    split: SplitRatio = None,
    task: Task = None,
    start: StartPoint = None,
    spread: Spread = None,
    spectrum: Spectrum = None,
    depth: Depth = None,
    width: Width = None,
    skips: Skips = None,
    own: OwnProblem = None,
    log: LogFolder = None,
    note: Note = None,
    checkpoint_every: CheckpointEvery = 10.0,
    path_memory: PathMemory = None,
    resume: Resume = None,
    json_: JsonFile = None,
    csv: CsvFile = None,
) -> None:
    """Train one network and print its losses."""
    with _sentences():
        options.check_files(problem or "", json_, csv)
        if resume is not None:
            kept = {"resume", "own", "checkpoint_every", "json_", "csv"}
            options.refuse_beside(context, "--resume", kept)
        chosen = options.ProblemOptions(
            problem, own, hidden=hidden, activation=activation, init=init, loss=loss, split=split,
            task=task, start=start, spread=spread, spectrum=spectrum, depth=depth, width=width, skips=skips,
        )  # fmt: skip
        room = options.path_memory(path_memory, log)
        values = options.assignments(set_ or [])
        if lr is not None and "lr" in values:
            raise InputError(f"lr is set to {values['lr']} and {lr}: give it one value.")
        values |= {} if lr is None else {"lr": lr}
        from uzviz import api
        from uzviz.cli import report

        with report.bar("train") as advance:
            follow = report.steps_of(advance)
            if resume is None:
                run = api.train(
                    chosen.make(), api.rule_named(rule, **values), batch=options.batch(batch),
                    epochs=epochs, gradients=gradients, seed=seed, sampling=sampling,
                    schedule=schedule, probe=[] if probe == ["none"] else probe, every=every, log=log, note=note or "",
                    checkpoint_every=checkpoint_every, path_memory=room, on_record=follow,
                )  # fmt: skip
            elif api.holds_race(resume):
                raise InputError(f"{resume} holds a race: go on with uzviz race --resume {resume}.")
            else:
                own_problem = chosen.own_problem()
                run = api.resume(
                    resume, problem=own_problem, checkpoint_every=checkpoint_every, on_record=follow
                )
        assert isinstance(run, api.Run)
        report.run(run)
        options.write(json_, run.to_json)
        options.write(csv, run.to_csv)
        if run.status == "interrupted":
            report.goes_on("train", log or resume)
            raise typer.Exit(130)
        if run.status == "diverged":
            raise Diverged(
                f"The run diverged by step {run.step}: try a smaller step size or another "
                "initialisation."
            )


@app.command()
def race(
    context: typer.Context,
    problem: ProblemName = None,
    rules: Annotated[
        str | None,
        typer.Option(help=f"Who races; rule@B sets its batch.  [default: {METHODS}]"),
    ] = None,
    lr: Annotated[
        str, typer.Option(help="Step sizes: low:high:count, or a list; it grows where needed.")
    ] = "1e-4:1:13",
    grid: Annotated[
        list[str] | None, typer.Option(help="More to try, as adam.b2=0.9,0.99,0.999.")
    ] = None,
    seeds: Annotated[
        int, typer.Option(parser=options.whole, metavar="WHOLE", help="How many seeds.")
    ] = 10,
    final_seeds: Annotated[
        int,
        typer.Option(
            parser=options.whole,
            metavar="WHOLE",
            help="Fresh seeds of the final; 13 or more for seven entrants.",
        ),
    ] = 20,
    search: Annotated[
        str, typer.Option(help="grid, or random:64 settings between the ends of --lr.")
    ] = "grid",
    batch: BatchSize = None,
    epochs: Epochs = None,
    gradients: Gradients = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            parser=options.real, metavar="NUMBER", help="Budget in seconds of each one alone."
        ),
    ] = None,
    steps_from: Annotated[
        Path | None, typer.Option(help="Budgets of an earlier race, from its JSON file.")
    ] = None,
    schedule: ScheduleName = "constant",
    margin: Annotated[
        float,
        typer.Option(
            parser=options.real, metavar="NUMBER", help="Share of the loss too small to matter."
        ),
    ] = 0.01,
    target: Annotated[
        float | None,
        typer.Option(parser=options.real, metavar="NUMBER", help="Validation loss to reach."),
    ] = None,
    fixed_split: Annotated[
        bool, typer.Option("--fixed-split", help="One split for every seed.")
    ] = False,
    seed: Seed = 0,
    hidden: Hidden = None,
    activation: Activation = None,
    init: Init = None,
    loss: Loss = None,
    split: SplitRatio = None,
    task: Task = None,
    start: StartPoint = None,
    spread: Spread = None,
    spectrum: Spectrum = None,
    depth: Depth = None,
    width: Width = None,
    skips: Skips = None,
    own: OwnProblem = None,
    log: LogFolder = None,
    note: Note = None,
    path_memory: PathMemory = None,
    resume: Resume = None,
    plot: Annotated[Path, typer.Option(help="The picture.")] = Path("race.png"),
    no_plot: Annotated[bool, typer.Option("--no-plot", help="Draw no picture.")] = False,
    json_: JsonFile = None,
    csv: CsvFile = None,
) -> None:
    """Race rules over step sizes and seeds, all networks trained together."""
    with _sentences():
        if resume is not None:
            kept = {"resume", "own", "json_", "csv", "plot", "no_plot"}
            options.refuse_beside(context, "--resume", kept)
        chosen = options.ProblemOptions(
            problem, own, hidden=hidden, activation=activation, init=init, loss=loss, split=split,
            task=task, start=start, spread=spread, spectrum=spectrum, depth=depth, width=width, skips=skips,
        )  # fmt: skip
        room = options.path_memory(path_memory, log)
        picture = None if no_plot else plot
        sizes, more = options.step_sizes(lr), options.grid(grid or [])
        options.check_picture(picture)
        options.check_files(problem or "", json_, csv, picture)
        from uzviz import api
        from uzviz.cli import report

        with report.bar("race") as advance:
            if resume is None:
                made = chosen.make()
                methods = METHODS if made.data is not None else METHODS.replace("gd@all,gd@1,", "")
                result = api.race(
                    made, (methods if rules is None else rules).split(","), lr=sizes, grid=more,
                    search=search, seeds=seeds, final_seeds=final_seeds, epochs=epochs,
                    gradients=gradients, seconds=seconds, steps_from=steps_from,
                    batch=options.batch(batch), schedule=schedule, margin=margin, target=target,
                    fixed_split=fixed_split, seed=seed, log=log, note=note or "",
                    path_memory=room, on_progress=advance,
                )  # fmt: skip
            elif not api.holds_race(resume):
                raise InputError(f"{resume} holds a run: go on with uzviz train --resume {resume}.")
            else:
                result = api.resume(resume, problem=chosen.own_problem(), on_progress=advance)
        assert isinstance(result, api.Race)
        report.race(result)
        if result.interrupted:
            report.goes_on("race", log or resume)
        if not result.begun:
            raise typer.Exit(130)
        options.write(json_, result.to_json)
        options.write(csv, result.to_csv)
        options.write_picture(picture, result)
        if picture:
            report.say(f"Drew {picture}.")
        if result.interrupted:
            raise typer.Exit(130)
        if resume is not None:
            return
        won = options.winner_flags(result)
        spent = result.winner.plan.budget if steps_from or seconds is not None else gradients
        shape = None if schedule == "constant" else schedule
        budget = options.flags(epochs=epochs, gradients=spent, schedule=shape, seed=seed or None)
        report.say("\nTrain the winner:")
        report.say(f"  uzviz train {chosen.typed()}{won}{budget}{chosen.flags()}")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="A folder of runs: event files, anyone's.")],
    file: Annotated[Path, typer.Argument(help="Where to write: .parquet, .csv or .json.")],
) -> None:
    """Write every point of all runs' scalars as one table, with hyperparameters as columns."""
    with _sentences():
        kind = options.export_kind(file)
        options.check_files("", file)
        from uzviz import api
        from uzviz.cli import report

        runs = api.read(folder)
        options.write(file, lambda unfinished: runs.export(unfinished, kind))
        report.exported(runs, file)


@app.command("board")
def board_(
    folder: Annotated[  # no Path: that of nothing is this folder's
        str, typer.Argument(metavar="FOLDER", help="A folder of runs: event files, anyone's.")
    ],
    port: Annotated[
        int,
        typer.Option(parser=options.whole, metavar="WHOLE", help="Where to listen; 0: a free one."),
    ] = 6060,
    host: Annotated[
        str, typer.Option(help="Listen there; beyond this machine, a random token is asked for.")
    ] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A further name that the board is asked for by."),
    ] = None,
) -> None:
    """Show a folder's runs in the browser, live."""
    with _sentences():
        from uzviz import api

        api.serve_board(folder, port=port, host=host, allow=allow_host or [])


@app.command()
def play(
    scene: Annotated[
        str, typer.Argument(metavar="[SCENE]", help="Where to begin, as momentum; --list has all.")
    ] = "",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A setting of the scene, as alpha=0.001."),
    ] = None,
    list_scenes: Annotated[
        bool, typer.Option("--list", help="List the scenes, their settings and presets, and end.")
    ] = False,
    port: Annotated[
        int,
        typer.Option(parser=options.whole, metavar="WHOLE", help="Where to listen; 0: a free one."),
    ] = 6060,
    host: Annotated[
        str, typer.Option(help="Listen there; beyond this machine, a random token is asked for.")
    ] = "127.0.0.1",
    json_: JsonFile = None,
) -> None:
    """Play with the lecture's scenes in the browser: optimizers, step sizes, landscapes, live."""
    with _sentences():
        options.check_files("", json_)
        if json_ is not None and not list_scenes:
            raise InputError("--json writes the list of scenes: give --list too.")
        settings = options.settings(set_ or [])
        from uzviz import api
        from uzviz.cli import report

        if not list_scenes:
            api.serve_play(scene, settings, port=port, host=host)
            return
        rows = api.listed_scenes()
        report.listed_scenes(rows)
        options.write(json_, lambda file: file.write_text(json.dumps(rows)))


@app.command("list")
def list_(
    what: Annotated[str, typer.Argument(help="rules, problems or distances.")],
    json_: JsonFile = None,
) -> None:
    """List the rules, the problems or the distances there are."""
    with _sentences():
        from uzviz import api
        from uzviz.cli import report

        if what not in api.CATALOGUES:
            raise unknown("list", what, api.CATALOGUES)
        options.check_files("", json_)
        rows = api.CATALOGUES[what]()
        report.listed(what, rows)
        options.write(json_, lambda file: file.write_text(json.dumps(rows)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; 2 with one sentence for bad input."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        return app(arguments, prog_name="uzviz", standalone_mode=False) or 0
    except TyperException as error:
        print(f"uzviz: {error.format_message()}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"uzviz: {error.filename or 'The output'} cannot be written: {error.strerror}.",
              file=sys.stderr)  # fmt: skip
        return 1
    except (KeyboardInterrupt, typer.Abort):
        print("uzviz: interrupted before anything was done.", file=sys.stderr)
        return 130
