"""The command that looks at the ground around a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from uzviz.cli import options
from uzviz.cli.arguments import JsonFile, OwnProblem, sentences
from uzviz.errors import InputError, shown


def landscape(
    run: Annotated[
        Path,
        typer.Argument(metavar="RUN", help="The folder of a training, of a race, or of its lane."),
    ],
    directions: Annotated[
        str | None,
        typer.Option(
            help="random (unless given), path (unless given, of a race), hessian, axes, or module:name of "
            "your own: one or two trees like the parameters, or a function that makes them of these."
        ),
    ] = None,
    towards: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="RUN2", help="Look towards another run; given twice, at the plane of three."
        ),
    ] = None,
    beside: Annotated[
        list[Path] | None,
        typer.Option(metavar="RUN2", help="A further run of the same problem whose path is shown."),
    ] = None,
    at: Annotated[
        str, typer.Option(help="The last parameters, or the best by validation loss.")
    ] = "last",
    centre: Annotated[
        str | None,
        typer.Option(help="Of a race: whose end is the centre; the winner's unless given."),
    ] = None,
    final_seed: Annotated[
        int | None,
        typer.Option(
            parser=options.whole,
            metavar="WHOLE",
            help="Of a race: which seed of the final; the first unless given.",
        ),
    ] = None,
    dimensions: Annotated[
        int | None,
        typer.Option(
            parser=options.whole, metavar="WHOLE", help="1 or 2; 2 unless given, 1 towards one run."
        ),
    ] = None,
    size: Annotated[str, typer.Option(help="Points along each direction, as 51 or 51,31.")] = "51",
    span: Annotated[
        str | None,
        typer.Option(help="From where to where along each direction, as 1 or -0.5,1.5."),
    ] = None,
    normalise: Annotated[
        str, typer.Option(help="Random directions, by filter, by layer or none.")
    ] = "filter",
    seed: Annotated[
        int, typer.Option(parser=options.whole, metavar="WHOLE", help="Of random directions.")
    ] = 0,
    examples: Annotated[
        str, typer.Option(help="How many examples of each part of the run's split, or all.")
    ] = "1024",
    parts: Annotated[
        str, typer.Option(help="Of the run's split, with commas: train, validation, test.")
    ] = "train,validation",
    maps: Annotated[
        str,
        typer.Option(
            help="Beside losses, with commas: metrics, gradient-norm, curvature; or none."
        ),
    ] = "metrics",
    lanczos: Annotated[
        int | None,
        typer.Option(
            parser=options.whole,
            metavar="WHOLE",
            help="Of the map of curvature: steps at a point; 10 unless given.",
        ),
    ] = None,
    curvature: Annotated[
        bool,
        typer.Option(
            "--curvature",
            help="Find eigenvalues, their density and trace at the centre, and sharpness along the path.",
        ),
    ] = False,
    eigenvalues: Annotated[
        int | None,
        typer.Option(
            parser=options.whole,
            metavar="WHOLE",
            help="With --curvature: how many of either end; 5 unless given.",
        ),
    ] = None,
    memory: Annotated[
        str, typer.Option(metavar="SIZE", help="What the map may take at most.")
    ] = "4GiB",
    name: Annotated[
        str | None, typer.Option(help="Its name in the log; the kind of directions unless given.")
    ] = None,
    log: Annotated[
        bool, typer.Option("--log/--no-log", help="Whether it is written into the run's log.")
    ] = True,
    own: OwnProblem = None,
    plot: Annotated[Path, typer.Option(help="The picture.")] = Path("landscape.png"),
    no_plot: Annotated[bool, typer.Option("--no-plot", help="Draw no picture.")] = False,
    json_: JsonFile = None,
) -> None:
    """Compute the loss around a trained network, with the paths that led there."""
    with sentences():
        picture = None if no_plot else plot
        options.check_picture(picture)
        options.check_files("", json_, picture)
        if eigenvalues is not None and not curvature:
            raise InputError("--eigenvalues is given without --curvature: give that too.")
        measured = [] if maps in {"", "none"} else maps.split(",")
        if lanczos is not None and "curvature" not in measured:
            raise InputError(
                "--lanczos is given without a map of curvature: give --maps curvature."
            )
        counts = {"lanczos": lanczos, "eigenvalues": eigenvalues}
        asked: dict[str, Any] = {
            **{name: count for name, count in counts.items() if count is not None},
            "size": _sizes(size),
            "span": None if span is None else _span(span),
            "examples": _examples(examples),
            "maps": measured,
            "memory": options.memory(memory, "--memory", "such as 4GiB"),
            "problem": None if own is None else options.imported(own),
            "directions": _directions(directions),
            "parts": parts.split(","),
        }
        from uzviz import api
        from uzviz.cli import figures, report

        with report.bar("landscape") as advance:
            found = api.landscape(
                run, towards=towards or [], beside=beside or [], at=at, centre=centre,
                final_seed=final_seed, dimensions=dimensions, normalise=normalise, seed=seed,
                curvature=curvature, name=name, log=log, on_progress=advance, **asked,
            )  # fmt: skip
        if not found.values:
            report.say("Interrupted before a point was done.")
            raise typer.Exit(130)
        figures.landscape(found)
        options.write(
            json_, lambda file: file.write_text(json.dumps(found.to_dict(), allow_nan=False))
        )
        options.write_picture(picture, found)
        if picture:
            report.say(f"Drew {picture}.")
        if found.interrupted:
            report.say("Interrupted: the same command goes on." if log else "Interrupted.")
            raise typer.Exit(130)


def _directions(text: str | None) -> Any:
    """Their kind, or the user's own."""
    if text is None or ":" not in text:
        return text
    found = options.named_in_module(text, "--directions")
    if found is None:
        raise InputError(f"--directions is '{shown(text)}', but no module has such a name.")
    return found


def _sizes(text: str) -> int | list[int]:
    sizes = options.numbers(text, "--size")
    if any(n != round(n) for n in sizes):
        raise InputError(f"--size is '{shown(text)}', but must be whole numbers, as 51 or 51,31.")
    return int(sizes[0]) if len(sizes) == 1 else [int(n) for n in sizes]


def _span(text: str) -> float | list[float]:
    ends = options.numbers(text, "--span")
    return ends[0] if len(ends) == 1 else ends


def _examples(text: str) -> int | None:
    if text == "all":
        return None
    if not text.isdecimal() or len(text) > 18:
        raise InputError(f"--examples is '{shown(text)}', but must be a whole number, or 'all'.")
    return int(text)
