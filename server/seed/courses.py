"""Who had which dose on which day: the campaign of a commune, from the first round to last week."""

from dataclasses import dataclass
from random import Random

from server.seed.plan import SeedPlan
from server.seed.register import Member

#: A booster is due three months after the primary series; a few days more, as sessions fall.
BOOSTER_AFTER = 92

#: (dose type, day as an offset from the seed's day, vaccine)
Given = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Round:
    """A round of first doses with one vaccine: first and last day (offsets), days between doses, doses in all."""

    vaccine: str
    share: int
    first: int
    last: int
    interval: int
    doses: int = 2


ROUNDS = (
    Round("AZ", 38, -257, -212, 56),
    Round("VERO", 27, -217, -178, 24),
    Round("PFZ_ADULT", 20, -190, -152, 25),
    Round("MDN", 8, -186, -150, 28),
    Round("ABDALA", 7, -164, -142, 14, 3),
)


@dataclass(frozen=True, slots=True)
class Willing:
    """Shares of the people (least, most) who come for each dose; `late` are those of the communes that lag."""

    first: tuple[float, float]
    second: tuple[float, float]
    teens: tuple[float, float]
    booster: tuple[float, float]
    late_teens: tuple[float, float]
    late_booster: tuple[float, float]


_NORTH_WEST = Willing((0.955, 0.995), (0.93, 0.985), (0.83, 0.99), (0.60, 0.95), (0.60, 0.72), (0.38, 0.55))

#: By province; the seed has the figures of Lai Châu for its neighbours too.
WILLING = {
    **dict.fromkeys(("11", "12", "14"), _NORTH_WEST),
    "91": Willing((0.975, 0.998), (0.96, 0.992), (0.88, 0.99), (0.85, 0.99), (0.66, 0.76), (0.55, 0.70)),
}
TEENS = Round("PFZ_ADULT", 100, -158, -128, 25)
_SHARES = [each.share for each in ROUNDS]
_BOOSTERS = ("PFZ_ADULT", "AZ", "MDN_BOOST")


class Campaign:
    """A commune's calendar and how willing its people are. `last_day`: the latest day it has reported."""

    def __init__(self, chance: Random, plan: SeedPlan, people: int, last_day: int) -> None:
        self._chance = chance
        self.last_day = last_day
        days = 1 + people // 1_600
        self._firsts = {each: self._days(each, days) for each in (*ROUNDS, TEENS)}
        self._catch_up = sorted(chance.sample(range(-140, -15), 5))
        self._booster_days = sorted(chance.sample(range(-88, -15), 3 + people // 900))
        self.recent = self._recent_days(people)
        late = chance.random() < 0.17
        willing = WILLING[plan.province]
        self.first = chance.uniform(*willing.first)
        self.second = chance.uniform(*willing.second)
        self.teens = chance.uniform(*(willing.late_teens if late else willing.teens))
        self.booster = chance.uniform(*(willing.late_booster if late else willing.booster))
        self.share_recent = chance.uniform(0.03, 0.10) if late else chance.uniform(0.10, 0.32)

    def course(self, member: Member) -> list[Given]:
        """A person's doses in order; empty for the young, the unwilling and most of the contraindicated."""
        chance = self._chance
        if member.residence in ("moved", "deceased") and chance.random() < 0.5:
            return []
        if member.contraindicated:
            return self._primary(ROUNDS[0])[:1] if member.years(-210) >= 18 and chance.random() < 0.4 else []
        if member.years(-165) >= 18:
            return self._adult(member)
        if member.years(-130) >= 12:
            return self._teen(member)
        return self._late_teen(member) if member.years(-10) >= 12 else []

    def _adult(self, member: Member) -> list[Given]:
        chance = self._chance
        willing = self.first - (0.12 if member.residence == "absent" else 0)
        if chance.random() > willing:
            return []
        each = chance.choices(ROUNDS, _SHARES)[0]
        doses = self._primary(each)
        if chance.random() > self.second:
            return doses[:1]
        if chance.random() > self.booster:
            return doses
        return doses + self._booster(doses[-1][1])

    def _teen(self, member: Member) -> list[Given]:
        chance = self._chance
        doses = self._primary(TEENS)
        if chance.random() > self.teens + 0.06:
            return []
        if member.years(doses[0][1]) < 12:
            return self._late_teen(member)
        if chance.random() > self.teens:
            return doses[:1]
        if self.recent and chance.random() < self.share_recent:
            return [doses[0], ("primary_2", chance.choice(self.recent), "PFZ_ADULT")]
        return doses

    def _late_teen(self, member: Member) -> list[Given]:
        """Who turned twelve after the schools' round: from the winter's sessions on, the second dose lately."""
        first = [day for day in self._booster_days if member.years(day) >= 12]
        if not first:
            return [("primary_1", self.recent[-1], "PFZ_ADULT")] if self.recent else []
        doses: list[Given] = [("primary_1", first[0], "PFZ_ADULT")]
        later = [day for day in (*first, *self.recent) if day >= first[0] + TEENS.interval]
        if later and self._chance.random() < self.teens:
            doses.append(("primary_2", later[0], "PFZ_ADULT"))
        return doses

    def _primary(self, each: Round) -> list[Given]:
        chance = self._chance
        day = chance.choice(self._firsts[each])
        doses: list[Given] = [("primary_1", day, each.vaccine)]
        for number in range(2, each.doses + 1):
            day += each.interval
            if chance.random() < 0.06:
                day = next((later for later in self._catch_up if later > day + 7), day)
            doses.append((f"primary_{number}", day, each.vaccine))
        return doses

    def _booster(self, complete: int) -> list[Given]:
        chance = self._chance
        from_day = complete + BOOSTER_AFTER
        earlier = [day for day in self._booster_days if day >= from_day]
        recent = [day for day in self.recent if day >= from_day]
        if recent and (not earlier or chance.random() < self.share_recent):
            earlier = recent
        if not earlier:
            return []
        day = chance.choice(earlier)
        return [("booster_1", day, _BOOSTERS[(day * 7 + self._firsts[TEENS][0]) % len(_BOOSTERS)])]

    def _days(self, each: Round, count: int) -> list[int]:
        span = range(each.first, each.last + 1)
        return sorted(self._chance.sample(span, min(count, len(span))))

    def _recent_days(self, people: int) -> list[int]:
        """Session days of the last two weeks that have been reported."""
        days = range(-13, self.last_day + 1)
        return sorted(self._chance.sample(days, min(len(days), 3 + people // 1_600)))
