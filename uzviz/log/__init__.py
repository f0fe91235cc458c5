"""Records on disk: event files that TensorBoard reads, written and read; states. No JAX."""

from uzviz.log.card import changes, facts
from uzviz.log.checkpoints import best, checksum, newest, states
from uzviz.log.files import Entry, Points
from uzviz.log.folder import Folder, LoggedRun, held, holds_run, is_event_file, is_held
from uzviz.log.frames import Damage
from uzviz.log.landscapes import (
    LandscapeLog,
    LoggedLandscape,
    check_name,
    keep_directions,
    kept_directions,
    landscapes_of,
)
from uzviz.log.paths import file_size as path_size
from uzviz.log.paths import read as read_path
from uzviz.log.racing import LoggedRace, RaceLog, holds_race, lane_of
from uzviz.log.recording import Log
from uzviz.log.training import (
    RESERVED,
    TrainingLog,
    holds_training,
    made_of,
    path_of,
    run_of,
    start_of,
)
from uzviz.log.values import Picture

__all__ = [
    "RESERVED", "Damage", "Entry", "Folder", "LandscapeLog", "Log", "LoggedLandscape", "LoggedRace", "LoggedRun",
    "Picture", "Points", "RaceLog", "TrainingLog", "best", "changes", "check_name", "checksum", "facts", "held",
    "holds_race", "holds_run", "holds_training", "is_event_file", "is_held", "keep_directions", "kept_directions",
    "landscapes_of", "lane_of", "made_of", "newest", "path_of", "path_size", "read_path", "run_of", "start_of", "states",
]  # fmt: skip
