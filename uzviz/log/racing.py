"""A race in the log: its lanes as tensors in its own run, those of the final as runs of their own."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from uzviz.errors import InputError
from uzviz.log import card, paths, values
from uzviz.log.folder import LoggedRun
from uzviz.log.recording import PROGRESS, Log
from uzviz.log.training import STEP_LOSS
from uzviz.records import Graph, Piece, RaceRecord, Snapshot, Stage, Timed

BEGUN, STAGE, TIMED, ENDED = ("uzviz/race", "uzviz/stage", "uzviz/timed", "uzviz/ended")
"""Tags of names and numbers, as JSON."""
PIECE = "uzviz/piece"
"""The tag of a piece's place, as JSON; its arrays follow in the same record, below this tag."""


class RaceLog:
    """Writes what a race says to a folder.

    Parameters
    ----------
    begun
        All that the race can be made again from, as JSON holds it; None when it goes on.
    places, logged
        Of the pieces that are known, and the number of the last one logged.
    hyperparameters
        Of each entrant, what all its lanes share.
    """

    def __init__(
        self,
        folder: Path,
        hyperparameters: Mapping[str, Mapping[str, values.Number]],
        begun: Mapping[str, Any] | None,
        graph: Graph | None = None,
        places: Collection[tuple[Any, ...]] = (),
        logged: int = 0,
    ):
        self.folder = folder
        self._shared = hyperparameters
        self._log = Log(folder, resumed_at=logged + 1 if begun is None else None)
        self._stage: Stage | None = None
        self._pieces = logged
        self._places = set(places)
        self._lost = False
        if begun is not None:
            self._text(BEGUN, begun)
            self._log.text(0, "card", _card(begun))
        if graph is not None:
            self._log.graph(graph)

    def add(self, record: RaceRecord) -> None:
        """Write a record."""
        match record:
            case Stage():
                self._stage = record
                self._text(STAGE, asdict(record))
            case Timed():
                self._text(TIMED, {"alone": record.alone})
            case Piece():
                self._piece(record)

    def close(self, ended: Mapping[str, Any] | None) -> None:
        """End the file; ``ended`` is what came last, unless the race was broken off."""
        if ended is not None:
            self._text(ENDED, {**ended, "pieces": len(self._places)})
        self._log.close("interrupted" if ended is None else "finished")

    def _text(self, tag: str, facts: Mapping[str, Any]) -> None:
        self._log.tensor(0, tag, np.array([json.dumps(facts)], object))

    def _piece(self, piece: Piece) -> None:
        """One record, so that a piece is there as a whole or not at all."""
        if piece.stage == "final":
            self._final(piece)
        self._pieces += 1
        self._places.add(piece.place)
        place = np.array([json.dumps(piece.place)], object)
        named = {f"{PIECE}/{name}": x for name, x in piece.arrays.items()}
        self._log.tensors(self._pieces, {PIECE: place, **named})

    def _final(self, piece: Piece) -> None:
        """A run for each lane, as TensorBoard's HPARAMS page lists them; before the piece itself, with
        which they are done."""
        assert self._stage is not None
        entry = next(e for e in self._stage.entries if e["entrant"] == piece.entrant)
        for s, path in piece.paths.items():
            self._path(lane_of(self.folder, piece.entrant, self._stage.seeds[s]), path)
        roles = ["tuned", "nudged"] + ["fewer tries"] * len(entry["settings"])
        for s in range(*piece.seeds):
            for i in range(*piece.settings):
                at = s - piece.seeds[0], i - piece.settings[0]
                own = {name: float(v[i]) for name, v in entry["settings"].items()}
                lane = {"role": roles[i], "seed": self._stage.seeds[s]}
                name = piece.entrant if i < 2 else f"{piece.entrant}-{i}"
                folder = lane_of(self.folder, name, lane["seed"], roles[i])
                if not self._lost:
                    self._lost = _lane(
                        folder, {**self._shared[piece.entrant], **own, **lane}, entry,
                        {k: x[at] for k, x in piece.arrays.items()},
                    )  # fmt: skip

    def _path(self, lane: Path, path: Sequence[Snapshot]) -> None:
        try:
            paths.save(lane, path)
        except OSError as error:
            if not self._lost:
                warnings.warn(
                    f"The path of {lane} cannot be kept ({error.strerror}): the race goes on.",
                    RuntimeWarning,
                    stacklevel=2,
                )
            self._lost = True


PLACES = {"tuned": "final", "nudged": "final-nudged", "fewer tries": "final-fewer-tries"}
"""Where the lanes of a role lie."""


def lane_of(race: Path, entrant: str, seed: int, role: str = "tuned") -> Path:
    """The folder of a lane of the final."""
    return race / PLACES[role] / quoted(entrant) / f"seed-{seed}"


def quoted(name: str) -> str:
    """An entrant's name as that of a folder."""
    return "".join(c if c.isalnum() or c in "@-_=+" else f"%{ord(c):02X}" for c in name)


def _lane(
    folder: Path, hyperparameters: dict[str, values.Number], entry: dict[str, Any], found: Any
) -> bool:
    """Write the run of a lane; whether something of it was lost."""
    steps, n = np.array(entry["steps"]), entry["plan"]["n"]
    examples = np.array(entry["examples"])
    progress = {
        "epoch": examples / n,
        "gradients": entry["plan"]["cost"] * examples,
        "examples": examples,
    }
    curves = {name.removeprefix("curves/"): x for name, x in found.items() if "curves/" in name}
    ends = {name.removeprefix("end/"): float(x) for name, x in found.items() if "end/" in name}
    curves[STEP_LOSS] = curves.pop("train/loss")
    whole = np.isfinite(curves["validation/loss"])
    made = np.arange(len(steps)) <= (len(steps) if whole.all() else whole.argmin())
    columns = {**curves, **{PROGRESS + k: v for k, v in progress.items()}}
    group = json.dumps({k: v for k, v in hyperparameters.items() if k != "seed"})
    before = folder.is_dir() and any(folder.iterdir())
    with Log(folder, hyperparameters=hyperparameters, group=group,
             resumed_at=0 if before else None) as log:  # fmt: skip
        log.columns(
            steps[made], {k: v[made] for k, v in columns.items()}, np.full(made.sum(), time.time())
        )
        log.scalars(int(steps[-1]), {k: v for k, v in ends.items() if k not in curves})
        log.close("diverged" if found["died"] else "finished")
    return log.lost


def _card(begun: Mapping[str, Any]) -> str:
    facts = begun["facts"]
    rows = {
        "command": f"`{card.command()}`",
        "problem": ", ".join(f"{k} {v}" for k, v in begun["problem"].items()),
        "SHA-256 of the data": begun["checksum"],
        "entrants": ", ".join(e["name"] for e in begun["entrants"]),
        **{k: v for k, v in begun["terms"].items() if v not in (None, {}) and "path" not in k},
        **({"paths": begun["path"]} if begun["path"] else {}),
        **facts["versions"],
        **facts["machine"],
    }
    return card.table(rows, begun["note"])


class LoggedRace:
    """A race as it was logged: what it began with, its stages and pieces, and how it ended.

    Raises
    ------
    InputError
        for a folder without a race.
    """

    def __init__(self, run: LoggedRun):
        if run.tags.get(BEGUN) != "tensors":
            raise InputError(f"{run.folder} holds no race of Uzviz: give the folder of one.")
        try:
            self._read(run)
        except (ValueError, KeyError, TypeError, IndexError):
            raise InputError(
                f"{run.folder} doesn't say what was raced there in a form that is understood."
            ) from None

    def _read(self, run: LoggedRun) -> None:
        self.begun = _texts(run, BEGUN)[0]
        for needed in ("problem", "name", "checksum", "split_seed", "entrants", "terms", "facts"):
            self.begun[needed]
        said = _texts(run, STAGE) if STAGE in run.tags else []
        self.stages = [Stage(**{**s, "seeds": tuple(s["seeds"])}) for s in said]
        self.alone = _texts(run, TIMED)[-1]["alone"] if TIMED in run.tags else []
        self.ended = _texts(run, ENDED)[-1] if ENDED in run.tags else None
        self.count = max((event.step for event in run.events(PIECE)), default=0)
        """The number of the last piece."""
        self.pieces = dict(_pieces(run)) if PIECE in run.tags else {}
        told = {(s.stage, s.round) for s in self.stages}
        lost = any(place[:2] not in told for place in self.pieces)
        if self.ended and (lost or self.ended["pieces"] > len(self.pieces)):
            self.ended = None  # some are damaged, and can be made again


def holds_race(run: LoggedRun) -> bool:
    """Whether a run is a race's own."""
    return run.tags.get(BEGUN) == "tensors"


def _texts(run: LoggedRun, tag: str) -> list[dict[str, Any]]:
    return [json.loads(x[0]) for _, x in run.tensors(tag)]


def _pieces(run: LoggedRun) -> Any:
    """Places and arrays of all pieces."""
    for event in run.events(PIECE):
        arrays = {v.tag: values.array_of(v.tensor) for v in event.summary.value}
        place = json.loads(arrays.pop(PIECE)[0])
        yield tuple(place), {k.removeprefix(f"{PIECE}/"): x for k, x in arrays.items()}
