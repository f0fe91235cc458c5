"""The compiled loop: problem + rule + probes → records."""

from uzviz.engine.autopsy import Replay, Step, overflow, replay
from uzviz.engine.graph import flops, graph_of
from uzviz.engine.lanes import Lanes, check, on_device, start_point
from uzviz.engine.loop import FINITE, Keeping, run
from uzviz.engine.online import Rounds, online
from uzviz.engine.plan import MOST_SNAPSHOTS, SAMPLINGS, Plan, planned
from uzviz.engine.slopes import slopes
from uzviz.engine.stability import Stability, stability
from uzviz.engine.stops import Probe, Snapshots
from uzviz.engine.timing import step_seconds
from uzviz.engine.walk import Path, paths
from uzviz.engine.walker import Walker

__all__ = [
    "FINITE", "MOST_SNAPSHOTS", "SAMPLINGS", "Keeping", "Lanes", "Path", "Plan", "Probe", "Replay", "Rounds", "Snapshots", "Stability", "Step", "Walker", "check", "flops", "graph_of", "on_device", "overflow",
    "online", "paths", "planned", "replay", "run", "slopes", "stability", "start_point", "step_seconds",
]  # fmt: skip
