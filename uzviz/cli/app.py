"""The commands. What they call is imported when they run, so that help comes at once."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from uzviz import cache
from uzviz.cli import options
from uzviz.cli.arguments import (
    JsonFile,
    sentences,
)
from uzviz.cli.landscapes import landscape
from uzviz.cli.racing import race
from uzviz.cli.training import train
from uzviz.errors import InputError, named, unknown

app = typer.Typer(
    help="Which optimizer, with which settings, trains my network best, and why?",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
    else:
        cache.keep_programs()


OPEN: dict[str, Any] = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Of a command that hands what it doesn't know to the problem."""
app.command(context_settings=OPEN)(train)
app.command(context_settings=OPEN)(race)
app.command()(landscape)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="A folder of runs: event files, anyone's.")],
    file: Annotated[Path, typer.Argument(help="Where to write: .parquet, .csv or .json.")],
) -> None:
    """Write every point of all runs' scalars as one table, with hyperparameters as columns."""
    with sentences():
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
    with sentences():
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
        bool,
        typer.Option(
            "--list", help="List the scenes, or the one named, with settings and presets, and end."
        ),
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
    with sentences():
        options.check_files("", json_)
        if json_ is not None and not list_scenes:
            raise InputError("--json writes the list of scenes: give --list too.")
        if list_scenes and set_:
            raise InputError("--list opens no scene: leave out --set.")
        settings = options.settings(set_ or [])
        from uzviz import api
        from uzviz.cli import report

        if not list_scenes:
            api.serve_play(scene, settings, port=port, host=host)
            return
        rows = api.listed_scenes()
        if scene:
            rows = [named("scene", scene, {row["name"]: row for row in rows})]
        report.listed_scenes(rows)
        options.write(json_, lambda file: file.write_text(json.dumps(rows)))


@app.command("list")
def list_(
    what: Annotated[
        str,
        typer.Argument(
            help="rules, wrappers, dialects, schedules, losses, problems, data or distances."
        ),
    ],
    json_: JsonFile = None,
) -> None:
    """List what there is: rules and what goes around them, schedules, losses, problems, data, distances."""
    with sentences():
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
