"""What several commands take, and how they end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from uzviz.cli import options
from uzviz.errors import Diverged, InputError

ProblemName = Annotated[
    str | None,
    typer.Argument(
        help="digits, mnist, file.csv:target (uzviz list data), a surface, as rosenbrock, or a formula, as "
        "x^2: uzviz list problems."
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
    str | None,
    typer.Option(help="As binary-cross-entropy, hinge, mae or huber: uzviz list losses."),
]
SplitRatio = Annotated[
    str | None,
    typer.Option(help="Shares of training, validation, test; 60/20/20 unless given."),
]
Stratify = Annotated[
    bool | None,
    typer.Option("--stratify", help="Give every part its share of each class, within one."),
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
Schedules = Annotated[
    list[str] | None,
    typer.Option(
        "--schedule",
        help="Over the budget, as cosine or step:gamma=0.5,every=0.25, of the tuned hyperparameter; of "
        "another, as beta=cosine: uzviz list schedules.",
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


@contextmanager
def sentences() -> Iterator[None]:
    """Errors as sentences: bad input ends with exit code 2, divergence with 1."""
    try:
        yield
    except (InputError, Diverged) as error:
        print(f"uzviz: {error}", file=sys.stderr)
        raise typer.Exit(2 if isinstance(error, InputError) else 1) from None
