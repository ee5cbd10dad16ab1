"""Sessions of a commune: who was vaccinated where on which day, with the vials that were opened for them."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from server.seed.courses import Given
from server.seed.fridge import Fridge
from server.seed.land import Commune
from server.seed.plan import SeedPlan
from server.seed.register import Member
from server.seed.writing import Ids, Writer

#: From this day on the mobile team of the district goes out to those who cannot come.
TEAM_SINCE = -30

_TEAM_ROLES = ("Y sĩ", "Điều dưỡng", "Nhân viên y tế thôn bản", "Cán bộ dân số")


@dataclass(slots=True)
class Session:
    """A day's session at one site. `lots`: vaccine -> lot id, once the vials were taken out."""

    id: str
    day: int
    site: str
    mobile: bool
    villages: set[str] = field(default_factory=set)
    doses: dict[str, int] = field(default_factory=dict)
    lots: dict[str, str] = field(default_factory=dict)


class Sessions:
    """Every session of a commune: at its station, and those of the district's mobile team in its villages."""

    def __init__(self, commune: Commune, ids: Ids, team_villages: frozenset[str]) -> None:
        self._commune, self._ids, self._team_villages = commune, ids, team_villages
        self._sessions: dict[tuple[bool, int], Session] = {}

    def attend(self, member: Member, village: str, given: Given) -> Session:
        """The session at which a person has a dose; counted there."""
        _, day, vaccine = given
        mobile = day >= TEAM_SINCE and member.cannot_come and village in self._team_villages
        session = self._sessions.get((mobile, day))
        if session is None:
            site = self._commune.district.team if mobile else self._commune.station
            session = self._sessions[mobile, day] = Session(self._ids.new(), day, site, mobile)
        session.villages.add(village)
        session.doses[vaccine] = session.doses.get(vaccine, 0) + 1
        return session

    def write(
        self, plan: SeedPlan, chance: Random, writers: dict[bool, Writer], fridges: dict[bool, Fridge]
    ) -> None:
        """Write the sessions by day, taking their vials out of the fridges; fills in each session's lots."""
        for session in sorted(self._sessions.values(), key=lambda each: (each.day, each.mobile)):
            lines: list[dict[str, Any]] = []
            for vaccine, doses in session.doses.items():
                lot, opened = fridges[session.mobile].use(session.day, vaccine, doses, session.id)
                session.lots[vaccine] = lot.id
                spare = chance.choice((0, 0, 1, 2))
                line = {"lot": lot.id, "vials_taken": opened + spare, "vials_opened": opened}
                lines.append(line | {"vials_returned": spare, "vials_discarded": 0})
            body: dict[str, Any] = {
                "session_type": "mobile" if session.mobile else "fixed",
                "point_name": "Tại nhà" if session.mobile else f"Trạm Y tế {self._commune.unit.name}",
                "lots": lines,
                "closed": True,
            }
            if session.mobile:
                body["villages"] = sorted(session.villages)
                body["team"] = list(_TEAM_ROLES[: chance.randint(2, 4)])
            writers[session.mobile].write("session", session.id, session.site, plan.day(session.day), body)


def dose_body(session: Session, given: Given, cautious: bool) -> dict[str, Any]:
    """The body of a dose given at a session."""
    dose_type, _, vaccine = given
    body: dict[str, Any] = {
        "vaccine": vaccine,
        "dose_type": dose_type,
        "screening": "caution" if cautious else "eligible",
        "session": session.id,
        "lot": session.lots[vaccine],
    }
    if session.mobile:
        body["at_home"] = True
    return body
