"""How long a step takes."""

from __future__ import annotations

from collections.abc import Callable

from uzviz.engine import programs
from uzviz.engine.lanes import Lanes, Places

FIRST, LONGER = 64, 8
"""Steps in the first window, and how many times more in each after it."""


def step_seconds(lanes: Lanes, clock: Callable[[], float], least: float) -> float:
    """Seconds that a step on a full batch of a solo run takes, measured for at least so many.

    Compiling counts for nothing, and neither do evaluations and the drawing of orders: all epochs have the
    first one's. Of the shorter last batch, which would be compiled for itself, no step is made.
    """
    places, plan = Places(lanes), lanes.plan
    carry, most, steps, spent, compiled = places.carry, FIRST, 0, 0.0, False
    rows, full, last = places.given(plan.window(0, plan.epoch, plan.epoch))
    full[1:] = full[0]
    while spent <= least:
        window = plan.window(0, plan.steps, most)._replace(ends=False)
        began = clock()
        carry, seen, _ = programs.solo_steps(lanes.problem.formulas, places.rule, carry, places.feed,
                                             rows, full, last[:, :0], *window)  # fmt: skip
        seen.block_until_ready()
        if compiled:
            steps, spent = steps + window.size, spent + clock() - began
            most *= LONGER
        compiled = True
    return spent / steps
