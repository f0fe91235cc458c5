"""The compiled loop: problem + rule + probes → records."""

from uzviz.engine.autopsy import Replay, Step, overflow, replay
from uzviz.engine.graph import flops, graph_of
from uzviz.engine.lanes import Lanes, check, start_point
from uzviz.engine.loop import FINITE, Keeping, run
from uzviz.engine.online import Rounds, costs, online
from uzviz.engine.plan import MOST_SNAPSHOTS, SAMPLINGS, Plan, planned
from uzviz.engine.rows import Streamed, on_device
from uzviz.engine.slopes import slopes, values
from uzviz.engine.stability import Stability, stability
from uzviz.engine.stops import Probe, Snapshots
from uzviz.engine.threads import together, workers
from uzviz.engine.timing import step_seconds
from uzviz.engine.walk import Path, paths
from uzviz.engine.walker import Walker

__all__ = [
    "FINITE", "MOST_SNAPSHOTS", "SAMPLINGS", "Keeping", "Lanes", "Path", "Plan", "Probe", "Replay", "Rounds", "Snapshots", "Stability", "Step", "Streamed", "Walker", "check", "costs", "flops", "graph_of", "on_device", "overflow",
    "online", "paths", "planned", "replay", "run", "slopes", "stability", "start_point", "step_seconds",
    "together", "values", "workers",
]  # fmt: skip
