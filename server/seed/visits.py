"""Door-to-door visits of the last weeks: what each household answered, and which were never visited."""

from datetime import timedelta
from random import Random
from typing import Any

from server.seed.plan import SeedPlan
from server.seed.register import Home, Member
from server.seed.writing import Writer
from shared.reference import reasons
from shared.rules.visits import is_asked_about

#: From this age on, people answer for themselves.
_OF_AGE = 18


def visit_days(chance: Random, home: Home, reach: float, last_day: int) -> list[int]:
    """Days (offsets) on which a household was visited; `reach` is the share of households ever visited."""
    if chance.random() > reach:
        return []
    first = max(home.registered, -45)
    if first > last_day:
        return []
    days = [chance.randint(first, last_day)]
    if chance.random() < 0.16 and days[0] < last_day:
        days.append(chance.randint(days[0] + 1, last_day))
    return days


def write_visit(
    writer: Writer, chance: Random, plan: SeedPlan, home: Home, day: int, lacking: set[str]
) -> None:
    """Write one visit. `lacking` are members who still lack a dose that is due."""
    on = plan.day(day)
    lines = [
        _outcome(chance, member, member.id in lacking, on)
        for member in home.members
        if is_asked_about(member.residence) and member.registered <= on
    ]
    if not lines:
        return
    body: dict[str, Any] = {"visit_type": "door_to_door", "outcomes": lines}
    if chance.random() < 0.7:
        body["communication"] = chance.choices(
            ("home", "loudspeaker", "meeting", "message"), (70, 12, 12, 6)
        )[0]
    if any(line["outcome"] in ("absent", "hesitant", "refused") for line in lines) and chance.random() < 0.5:
        body["revisit_on"] = (on + timedelta(days=chance.randint(2, 9))).isoformat()
    if "lat_e6" in home.body:
        body["lat_e6"] = home.body["lat_e6"] + chance.randint(-150, 150)
        body["lon_e6"] = home.body["lon_e6"] + chance.randint(-150, 150)
    writer.write("visit", home.id, home.village.id, on, body)


def _outcome(chance: Random, member: Member, lacks: bool, on: Any) -> dict[str, Any]:
    line: dict[str, Any] = {"person": member.id, "outcome": "reviewed"}
    draw = chance.random()
    if member.residence == "absent":
        away = "studying_away" if member.years() < 22 and draw < 0.5 else "working_away"
        return line | {"outcome": "absent", "reason": away}
    if member.contraindicated:
        return line | {"outcome": "contraindicated", "reason": member.body["contraindication"]}
    if lacks:
        if member.cannot_come and draw > 0.5:
            line["transport_need"] = True
        child = member.years() < _OF_AGE
        if child and draw < 0.72:
            line |= {"reached": True, "consent": _consent(draw)}
        if draw < 0.10:
            return line | {"outcome": "refused", "reason": chance.choice(list(reasons("refusal"))[:8])}
        if draw < 0.20:
            return line | {"outcome": "hesitant", "reason": chance.choice(list(reasons("refusal"))[:8])}
        if draw < 0.27:
            return line | {"outcome": "deferred", "reason": chance.choice(list(reasons("deferral"))[:5])}
        if draw < 0.55:
            line["appointment_on"] = (on + timedelta(days=chance.randint(1, 12))).isoformat()
            return line
    if draw > 0.93:
        return line | {"outcome": "absent", "reason": chance.choice(("not_at_home", "fields", "fields"))}
    return line


def _consent(draw: float) -> str:
    return "decline" if draw < 0.10 else "considering" if draw < 0.20 else "agree"
