"""Records on disk: event files that TensorBoard reads, written and read; states. No JAX."""

from uzviz.log.card import changes, facts
from uzviz.log.checkpoints import Checkpoint, best, load, newest
from uzviz.log.files import Points
from uzviz.log.folder import Folder, LoggedRun, holds_run
from uzviz.log.frames import Damage
from uzviz.log.racing import LoggedRace, RaceLog, holds_race
from uzviz.log.recording import Log
from uzviz.log.training import TrainingLog, made_of, run_of, start_of
from uzviz.log.values import Picture

__all__ = [
    "Checkpoint", "Damage", "Folder", "Log", "LoggedRace", "LoggedRun", "Picture", "Points", "RaceLog",
    "TrainingLog", "best", "changes", "facts", "holds_race", "holds_run", "load", "made_of", "newest", "run_of", "start_of",
]  # fmt: skip
