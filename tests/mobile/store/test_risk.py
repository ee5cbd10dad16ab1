"""What will expire, worked out on the phone: usable apart from on hand, and never more hope than people due."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mobile.store import alerts, commitments, movements, risk, stock
from mobile.store.store import Store
from shared.identifiers import named_id
from shared.reference import vaccines
from shared.rules.ages import age_in_months, latest_birth
from shared.rules.alerts import USED_OVER_DAYS
from shared.rules.vaccine_choice import proposed_vaccines
from tests.mobile.phones import (
    ITEM,
    LOT,
    PROVINCE,
    STATION,
    TODAY,
    Streams,
    basics,
    household_body,
    make_phone,
    person_body,
    raw_entry,
)


@pytest.fixture
def streams() -> Streams:
    found = Streams()
    found.deliver(basics())
    return found


def phone(tmp_path: Path, streams: Streams) -> Store:
    store = make_phone(tmp_path / "phone", ready=False)
    store.apply_page(streams.whole())
    return store


def lot(name: str, expiry: str) -> dict[str, Any]:
    body = {"item": ITEM, "lot_number": name, "label_expiry": expiry}
    return raw_entry("lot", body, subject=named_id("lot", name), place=PROVINCE)


def moved(lot: str, vials: int, reason: str, ago: int = 0, **more: Any) -> dict[str, Any]:
    body = {"state": "chilled", "vials": vials, "reason": reason} | more
    day = (TODAY - timedelta(days=ago)).isoformat()
    return raw_entry("stock_movement", body, subject=lot, place=STATION, occurred_on=day)


def adults(count: int) -> list[dict[str, Any]]:
    """People who are due for a first dose."""
    home = named_id("test", "a home")
    return [
        raw_entry("household", household_body(), subject=home),
        *(
            raw_entry(
                "person",
                person_body(home, born=f"19{60 + n % 30}-01-0{1 + n % 9}"),
                subject=named_id("p", str(n)),
            )
            for n in range(count)
        ),
    ]


@pytest.mark.proves("L28")
def test_how_a_lot_is_split_does_not_change_its_risk(tmp_path: Path, streams: Streams) -> None:
    early, later = named_id("lot", "EARLY"), named_id("lot", "LATER")
    streams.deliver([lot("EARLY", "2022-05-12"), lot("LATER", "2022-06-30")])
    streams.deliver([moved(early, 10, "received", 40), moved(later, 5, "received", 40)])
    streams.deliver([moved(early, -4, "administered", 10)])
    store = phone(tmp_path, streams)
    [whole] = risk.items(store, STATION)
    streams.deliver([moved(early, -2, "quarantined", to_state="quarantined")])
    streams.deliver([moved(early, -2, "released", state="quarantined", to_state="frozen")], stream=STATION)
    store.apply_page(streams.whole())
    [split] = risk.items(store, STATION)
    assert len(split.lots) == 3
    assert (split.at_risk, split.usable) == (whole.at_risk, whole.usable)
    used = 24
    through = (date(2022, 5, 12) - TODAY).days + 1
    assert whole.used == used
    assert whole.lots[0].at_risk == max(0, 36 - used * through // USED_OVER_DAYS)


def test_no_more_is_used_than_there_are_people_due(tmp_path: Path, streams: Streams) -> None:
    streams.deliver([moved(LOT, 30, "received", 40), moved(LOT, -10, "administered", 5)])
    streams.deliver(adults(7))
    store = phone(tmp_path, streams)
    [item] = risk.items(store, STATION)
    assert (item.usable, item.due) == (120, 7)
    assert item.at_risk == 113, "sixty doses in four weeks, and seven people left"
    assert risk.room_for(store, STATION, item.lot, date(2022, 8, 31)) == 0
    [alert] = [a for a in alerts.alerts(store, STATION) if a.kind in ("at_risk", "expiring")] or [None]
    assert alert is None, "it lasts longer than an alert looks ahead"


def test_doses_of_opened_vials_are_use_and_their_rest_is_not(tmp_path: Path, streams: Streams) -> None:
    opened = {"to_state": "opened", "to_opened_on": TODAY.isoformat(), "doses": -6}
    used = {"state": "opened", "opened_on": TODAY.isoformat()}
    streams.deliver(
        [
            moved(LOT, 5, "received", 3),
            moved(LOT, -1, "opened", **opened) | {"version": 2},
            moved(LOT, 0, "administered", doses=-4, **used) | {"version": 2},
            moved(LOT, -1, "session_end", doses=-2, **used) | {"version": 2},
        ]
    )
    store = phone(tmp_path, streams)
    assert risk.used_lately(store, STATION) == {ITEM: 4}
    [held] = stock.holdings(store, STATION)
    assert (held.state, held.vials) == ("chilled", 4)


def test_a_movement_taken_back_is_no_use(tmp_path: Path, streams: Streams) -> None:
    streams.deliver([moved(LOT, 5, "received", 3)])
    store = phone(tmp_path, streams)
    body = {"state": "chilled", "vials": -2, "reason": "administered"}
    entry = store.record("stock_movement", subject=LOT, place=STATION, body=body)
    assert risk.used_lately(store, STATION) == {ITEM: 12}
    movements.reverse(store, STATION, entry.id)
    assert risk.used_lately(store, STATION) == {ITEM: 0}
    assert [h.vials for h in stock.holdings(store, STATION)] == [5]


@pytest.mark.proves("R074")
def test_a_reserve_is_the_sites_own_before_the_items(tmp_path: Path, streams: Streams) -> None:
    streams.deliver([moved(LOT, 5, "received", 3)])
    store = phone(tmp_path, streams)
    assert commitments.least_of(store, STATION) == {}
    level = named_id("stock_level", STATION, ITEM)
    store.record("stock_level", subject=level, place=STATION, body={"item": ITEM, "least": 6})
    assert commitments.least_of(store, STATION) == {ITEM: 6}
    [alert] = [a for a in alerts.alerts(store, STATION) if a.kind == "below_least"]
    assert (alert.tone, alert.vials, alert.item) == ("warn", 5, ITEM)


def test_people_wait_and_nothing_fits(tmp_path: Path, streams: Streams) -> None:
    streams.deliver(adults(3))
    store = phone(tmp_path, streams)
    [alert] = alerts.alerts(store, STATION)
    assert (alert.kind, alert.people) == ("stock_out", 3)
    body = {"state": "chilled", "vials": 1, "reason": "received"}
    store.record("stock_movement", subject=LOT, place=STATION, body=body)
    assert "stock_out" not in {a.kind for a in alerts.alerts(store, STATION)}


@given(
    some.lists(some.dates(date(1930, 1, 1), TODAY), min_size=1, max_size=6),
    some.sampled_from(["primary_1", "primary_2", "booster_1"]),
)
def test_people_of_one_band_of_age_are_fitted_alike(births: list[date], dose: str) -> None:
    """Judging one of each band is judging them all."""
    limits, codes = risk._age_limits(), sorted(vaccines())
    fits: dict[int, list[str]] = {}
    for born in births:
        for birth in (born, latest_birth(age_in_months(born, TODAY), TODAY)):
            band = bisect_right(limits, age_in_months(birth, TODAY))
            found = proposed_vaccines(codes, dose, birth, None, TODAY)
            assert fits.setdefault(band, found) == found
