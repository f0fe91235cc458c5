"""The compiled loop: problem + rule + probes → records."""

from uzviz.engine.loop import Lanes, Probe, check, on_device, run, start_point
from uzviz.engine.plan import SAMPLINGS, Plan, planned

__all__ = [
    "SAMPLINGS",
    "Lanes",
    "Plan",
    "Probe",
    "check",
    "on_device",
    "planned",
    "run",
    "start_point",
]
