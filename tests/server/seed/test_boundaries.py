"""Places of the four provinces before and after 1/7/2025: every village belongs somewhere on every day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from server.seed.land import survey
from server.seed.places import place_bodies
from server.seed.plan import SeedPlan

PROVINCES = ("11", "12", "14", "91")


def standing(body: dict[str, Any], day: date) -> dict[str, Any] | None:
    for version in body["versions"]:
        if version["valid_from"] <= day.isoformat() <= version.get("valid_to", "9999"):
            return dict(version)
    return None


@pytest.mark.proves("R018")
@pytest.mark.parametrize("province", PROVINCES)
def test_every_village_has_a_commune_on_every_day(province: str) -> None:
    places = dict(place_bodies(survey(SeedPlan("small", province_code=province))))
    changes = {date(2022, 4, 15), date(2030, 1, 1)}
    for body in places.values():
        for version in body["versions"]:
            changes.add(date.fromisoformat(version["valid_from"]))
            if "valid_to" in version:
                changes |= {date.fromisoformat(version["valid_to"]) + timedelta(days=n) for n in (0, 1)}
    for day in sorted(day for day in changes if day >= date(2021, 11, 1)):
        for place, body in places.items():
            if body["level"] != "village":
                continue
            levels, at = [], place
            while at:
                found = standing(places[at], day)
                assert found, (day, at, places[at])
                levels.append(places[at]["level"])
                at = found.get("health_parent") or found.get("parent")
            assert levels == ["village", "commune", "district", "province"], (day, place)


def test_a_commune_that_was_split_gives_villages_to_each_part_by_its_share_of_the_area() -> None:
    land = survey(SeedPlan("medium", province_code="14"))
    split = [commune for commune in land.communes if len(commune.successors) > 1]
    assert {commune.unit.code for commune in split} == {"03766", "03910", "03979", "03982", "04030", "04033"}
    for commune in split:
        fell_to = [village.successor for village in commune.villages]
        assert set(fell_to) <= set(commune.successors)
        assert len(set(fell_to)) > 1, commune.unit.name
        assert max(set(fell_to), key=fell_to.count) == commune.successor
    assert all(set(c.successors) == {c.successor} for c in land.communes if c not in split)
