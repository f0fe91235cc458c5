"""A race put together again from what it said while it went on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from uzviz import records, rules
from uzviz.engine import Plan
from uzviz.races.certificates import Certificate
from uzviz.races.entrants import Entrant
from uzviz.races.final import Final, columns
from uzviz.races.group import Group
from uzviz.races.result import Race


def described(entrant: Entrant) -> dict[str, Any]:
    """An entrant as names and numbers."""
    rule = entrant.rule
    facts = {name: getattr(rule, name) for name in ("title", "memory", "gradients", "tuned")}
    return {
        "name": entrant.name,
        "batch": entrant.batch,
        "rule": rules.name_of(rule),
        "hyperparameters": rules.values(rule),
        "schedules": rules.schedules_of(rule),
        **facts,
    }


def entrant_of(facts: Mapping[str, Any]) -> Entrant:
    """The entrant of these names and numbers; of a rule that is not ours, its facts alone."""
    if rules.ours(facts["rule"]):
        rule = rules.restored(facts["rule"], facts["hyperparameters"], facts["schedules"])
    else:
        rule = rules.stand_in(facts["rule"], facts, facts["hyperparameters"])
    return Entrant(rule, facts["batch"], facts["name"])


def assembled(
    entrants: Sequence[Entrant],
    stages: Sequence[records.Stage],
    pieces: Mapping[tuple[Any, ...], Mapping[str, np.ndarray]],
    problem: str,
    alone: Sequence[float],
    ended: Mapping[str, Any] | None,
) -> Race:
    """The race of these stages and pieces, as far as it went."""
    heats: dict[str, Group] = {}
    last: dict[str, Group] = {}
    by_name = {e.name: e for e in entrants}
    for stage in {(s.stage, s.round): s for s in stages}.values():
        groups = {e["entrant"]: _group(by_name[e["entrant"]], stage, e) for e in stage.entries}
        for (kind, round_, name, *cuts), arrays in pieces.items():
            if (kind, round_) == (stage.stage, stage.round):
                groups[name].put(slice(*cuts[:2]), slice(*cuts[2:]), arrays)
        if stage.stage == "final":
            last = groups
            continue
        for name, group in groups.items():
            if name not in heats:
                heats[name] = group
            elif all(g.done.all() for g in groups.values()):
                heats[name] = heats[name].joined(group)
    tries = [g.lanes for g in heats.values()]
    finals = []
    if last and all(g.complete.any() for g in last.values()):
        finals = [Final(last[name], columns(g, tries)[1]) for name, g in heats.items()]
    protocol = dict(stages[-1].protocol) if stages else {}
    protocol["tries"] = {name: g.lanes for name, g in heats.items()}
    certificates = [Certificate(**c) for c in ended["certificates"]] if ended else []
    return Race([*heats.values()], finals, certificates, [*alone], problem, protocol, ended is None)


def _group(entrant: Entrant, stage: records.Stage, entry: Mapping[str, Any]) -> Group:
    settings = {name: np.array(values) for name, values in entry["settings"].items()}
    state = entry.get("state", (entrant.rule.memory or 0) * stage.parameters)
    return Group(
        entrant, Plan(**entry["plan"]), settings, stage.seeds, stage.parameters, state,
        entry["schedule"], tuple(entry["nudged"]),
    )  # fmt: skip
