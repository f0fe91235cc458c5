"""The command that trains one network."""

from __future__ import annotations

from typing import Annotated

import typer

from uzviz.cli import options
from uzviz.cli.arguments import (
    Activation,
    BatchSize,
    CheckpointEvery,
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
from uzviz.errors import Diverged, InputError


def train(
    context: typer.Context,
    problem: ProblemName = None,
    rule: Annotated[
        str,
        typer.Option(
            help="Its name, as adam or adam+clip-norm=1: uzviz list rules, wrappers, dialects."
        ),
    ] = "adam",
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
    schedule: Schedules = None,
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
    checkpoint_every: CheckpointEvery = 10.0,
    path_memory: PathMemory = None,
    resume: Resume = None,
    json_: JsonFile = None,
    csv: CsvFile = None,
) -> None:
    """Train one network and print its losses."""
    with sentences():
        options.check_files(problem or "", json_, csv)
        if resume is not None:
            kept = {"resume", "own", "checkpoint_every", "json_", "csv"}
            options.refuse_beside(context, "--resume", kept)
        chosen = options.ProblemOptions(
            context, problem, own, hidden=hidden, activation=activation, init=init, loss=loss, split=split,
            stratify=stratify,
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
                    schedule=options.schedule(schedule), probe=[] if probe == ["none"] else probe, every=every, log=log, note=note or "",
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
