"""The command that races rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from uzviz.cli import options
from uzviz.cli.arguments import (
    Activation,
    BatchSize,
    CsvFile,
    Depth,
    Epochs,
    Gradients,
    Hidden,
    Init,
    JsonFile,
    LogFolder,
    Loss,
    Note,
    OwnProblem,
    PathMemory,
    ProblemName,
    Resume,
    Schedules,
    Seed,
    Skips,
    Spectrum,
    SplitRatio,
    Spread,
    StartPoint,
    Stratify,
    Task,
    Width,
    sentences,
)
from uzviz.errors import InputError

METHODS = "gd@all,gd@1,gd,momentum,adagrad,rmsprop,adam"


def race(
    context: typer.Context,
    problem: ProblemName = None,
    rules: Annotated[
        str | None,
        typer.Option(
            help=f"Who races; rule@B sets its batch, rule+clip-norm=1 wraps it.  [default: {METHODS}]"
        ),
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
    schedule: Schedules = None,
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
    stratify: Stratify = None,
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
    with sentences():
        if resume is not None:
            kept = {"resume", "own", "json_", "csv", "plot", "no_plot"}
            options.refuse_beside(context, "--resume", kept)
        chosen = options.ProblemOptions(
            context, problem, own, hidden=hidden, activation=activation, init=init, loss=loss, split=split,
            stratify=stratify,
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
                    batch=options.batch(batch), schedule=options.schedule(schedule), margin=margin, target=target,
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
        shape = None if result.winner.schedule == "constant" else result.winner.schedule
        budget = options.flags(epochs=epochs, gradients=spent, schedule=shape, seed=seed or None)
        report.say("\nTrain the winner:")
        report.say(f"  uzviz train {chosen.typed()}{won}{budget}{chosen.flags()}")
