"""What sessions are watched for: people put off at screening, reactions after a dose, how everybody left."""

from datetime import timedelta
from random import Random
from typing import Any

from server.seed.plan import SeedPlan
from server.seed.register import Member
from server.seed.sessions import Session
from server.seed.writing import Writer

#: Among 10,000 doses: reactions reported, and those of them that are serious.
REACTIONS, SERIOUS = 90, 2

#: Among 1,000 people who still lack a dose: put off at screening lately, and found contraindicated.
PUT_OFF, BARRED = 25, 2

#: Doses are watched for reactions from this many days before the seed's day.
WATCHED_DAYS = 45

#: Phones record how people left from this many days before the seed's day.
OBSERVED_DAYS = 10

#: Among 1,000 people observed: nobody recorded how they left, they left early, it was copied from paper.
FORGOTTEN, EARLY, ON_PAPER = 4, 12, 15

_ORDINARY = (("pain",), ("pain", "fever"), ("fever", "fatigue"), ("fatigue", "headache"), ("aches",))
_SERIOUS = (("rash", "breathing"), ("chest_pain",), ("anaphylaxis",))
_WHY = ("acute_illness", "abnormal_vital_signs", "chronic_flare")


def watch(
    writer: Writer, chance: Random, plan: SeedPlan, member: Member, site: str, given: int, dose: str
) -> bool:
    """Perhaps a reaction to a dose given so many days after (negative: before) the seed's day; whether there was."""
    drawn = chance.randrange(10_000)
    if given < -WATCHED_DAYS or drawn >= REACTIONS:
        return False
    serious = drawn < SERIOUS
    onset = plan.day(min(-1, given + chance.choice((0, 0, 1))))
    body: dict[str, Any] = {
        "dose": dose,
        "onset_on": max(onset, plan.day(given)).isoformat(),
        "severity": "serious" if serious else "ordinary",
        "symptoms": list(chance.choice(_SERIOUS if serious else _ORDINARY)),
        "outcome": "recovering" if serious else "recovered",
    }
    if serious:
        body["treated_at"] = "Trung tâm Y tế huyện"
    writer.write(
        "reaction", member.id, site, plan.day(min(-1, given + 1)) if given < -1 else plan.day(given), body
    )
    return True


def observe(
    writer: Writer,
    chance: Random,
    plan: SeedPlan,
    member: Member,
    session: Session,
    dose: str,
    *,
    reacted: bool,
) -> None:
    """How somebody left after a dose of these days: nearly all of them after half an hour and well."""
    drawn, minutes = chance.randrange(1_000), 30 + chance.randrange(12)
    if session.day < -OBSERVED_DAYS or drawn < FORGOTTEN:
        return
    body: dict[str, Any] = {"dose": dose, "session": session.id, "result": "well", "minutes": minutes}
    if reacted:
        body["result"] = "reaction"
    elif drawn < FORGOTTEN + EARLY:
        body |= {"result": "left", "minutes": minutes // 2}
    elif drawn < FORGOTTEN + EARLY + ON_PAPER:
        body = {"dose": dose, "session": session.id, "result": "on_paper"}
    writer.write("observation", member.id, session.site, plan.day(session.day), body)


def screen(writer: Writer, chance: Random, plan: SeedPlan, member: Member, site: str, last_day: int) -> None:
    """Perhaps someone who still lacks a dose came and was put off, or must not have it."""
    drawn = chance.randrange(1_000)
    if drawn >= PUT_OFF:
        return
    on = plan.day(last_day - chance.randint(0, 12))
    body: dict[str, Any] = {"outcome": "contraindicated", "reason": "anaphylaxis_component"}
    if drawn >= BARRED:
        until = on + timedelta(days=chance.choice((7, 10, 14)))
        body = {"outcome": "deferred", "reason": chance.choice(_WHY), "deferred_until": until.isoformat()}
    writer.write("screening", member.id, site, on, body)
