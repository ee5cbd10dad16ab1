"""Random histories of several devices, and random ways for them to arrive."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from shared.identifiers import named_id
from tests.server.ledger.hands import LOT, PROVINCE, SITES, TODAY, VILLAGES, Hand, place

ROLES = ("station", "mobile_team", "station", "district_reviewer")
PERSONS = [f"person {n}" for n in range(3)]
HOUSES = [f"house {n}" for n in range(2)]


def hands() -> list[Hand]:
    return [Hand(named_id("device", str(n)), named_id("user", str(n)), role) for n, role in enumerate(ROLES)]


Step = tuple[int, int, int, int]


def write(steps: list[Step]) -> list[Hand]:
    """The history that the steps spell: each (device, what, about whom, how). What was seen is what stood before."""
    made = hands()
    seen: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for device, what, whom, how in steps:
        hand = made[device % len(made)]
        writers = STOCK_WRITERS if hand.role == "district_reviewer" else _WRITERS
        raw = writers[what % len(writers)](hand, whom, random.Random(how), seen)
        seen.setdefault((raw["kind"], raw["subject"]), []).append(raw)
    return made


Seen = dict[tuple[str, str], list[dict[str, Any]]]


def _household(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    name = HOUSES[whom % len(HOUSES)]
    known = seen.get(("household", place(name)), [])
    if not known:
        return hand.household(name, VILLAGES[whom % len(VILLAGES)])
    body: dict[str, Any] = chance.choice(
        [{"phone": f"09{chance.randint(10**7, 10**8 - 1)}"}, {"note": None}, {"head_name": "Vàng A"}]
    )
    village = chance.choice([known[0]["place"]] * 3 + list(VILLAGES))
    return hand.entry("household", place(name), village, body, based_on=_parents(chance, known))


def _person(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    name = PERSONS[whom % len(PERSONS)]
    known = seen.get(("person", place(name)), [])
    if not known:
        registered = TODAY - timedelta(days=chance.choice((0, 5, 60, 300)))
        return hand.person(name, VILLAGES[whom % len(VILLAGES)], on=registered)
    body: dict[str, Any] = chance.choice(
        [
            {"phone": f"09{chance.randint(10**7, 10**8 - 1)}"},
            {"residence": chance.choice(["absent", "permanent", "moved"])},
            {"contraindication": chance.choice(["CD_DI_UNG", None])},
            {"birth_date": f"{chance.choice((1950, 1985, 2004, 2006, 2012))}-{chance.randint(4, 5):02}-30"},
            {"vulnerable": chance.sample(["elderly", "pregnant", "minority"], chance.randint(0, 3))},
            {"cannot_come": chance.choice(["old", None]), "id_kind": "cccd", "id_number": "012345678901"},
        ]
    )
    village = chance.choice(VILLAGES)
    on = _lately(chance)
    return hand.entry("person", place(name), village, body, on=on, based_on=_parents(chance, known))


def _move(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    name = PERSONS[whom % len(PERSONS)]
    known = seen.get(("person", place(name)), [])
    if not known:
        registered = TODAY - timedelta(days=chance.choice((0, 5, 60, 300)))
        return hand.person(name, VILLAGES[whom % len(VILLAGES)], on=registered)
    body = {"household": place(chance.choice(HOUSES))}
    village = chance.choice(VILLAGES)
    on = _lately(chance)
    return hand.entry("person", place(name), village, body, on=on, based_on=_parents(chance, known))


def _dose(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    name = PERSONS[whom % len(PERSONS)]
    changed = _correction(chance, seen, "dose", place(name))
    body = {
        "vaccine": chance.choice(["AZ", "ABDALA", "PFZ_ADULT"]),
        "dose_type": chance.choice(["primary_1", "primary_2", "primary_3", "booster_1", "booster_2"]),
        "screening": "eligible",
        "lot": LOT,
    }
    if chance.random() < 0.2:
        body["from_certificate"] = True
    on = TODAY - timedelta(days=chance.choice((0, 1, 2, chance.randint(0, 300))))
    return hand.entry("dose", place(name), chance.choice(SITES), body, on=on, **changed, **_told(chance, on))


def _screening(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    name = PERSONS[whom % len(PERSONS)]
    changed = _correction(chance, seen, "screening", place(name))
    body = {"outcome": chance.choice(["eligible", "caution", "contraindicated", "contraindicated"])}
    if body["outcome"] == "contraindicated":
        body["reason"] = "anaphylaxis_component"
    on = TODAY - timedelta(days=chance.randint(0, 4))
    return hand.entry("screening", place(name), chance.choice(SITES), body, on=on, **changed)


def _observation(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    """How somebody left after a dose that is known; now and then told of another person."""
    doses = [raw for (kind, _), raws in seen.items() if kind == "dose" for raw in raws]
    if not doses:
        return _dose(hand, whom, chance, seen)
    of = chance.choice(doses)
    subject = of["subject"] if chance.random() < 0.9 else place(PERSONS[whom % len(PERSONS)])
    body: dict[str, Any] = {"dose": of["id"], "result": chance.choice(["well", "left", "on_paper"])}
    if body["result"] != "on_paper":
        body["minutes"] = chance.randint(5, 90)
    changed = _correction(chance, seen, "observation", subject)
    return hand.entry("observation", subject, of["place"], body, on=_lately(chance), **changed)


def _verdict(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    """Two persons are one, or are not; often as a correction of what was said before."""
    one, other = sorted(chance.sample(PERSONS, 2), key=place)
    subject = named_id("pair", place(one), place(other))
    changed = _correction(chance, seen, "same_person", subject)
    verdict = chance.choice(["same", "same", "same", "different"])
    raw = hand.verdict(one, other, chance.choice(VILLAGES), verdict, **changed)
    if verdict == "same":
        raw["body"]["keep"] = place(chance.choice((one, other)))
    return raw


def _void(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    """An event is withdrawn; now and then the withdrawal names another subject, and then withdraws nothing."""
    kinds = ("dose", "visit", "screening", "observation", "same_person")
    events = [raw for (kind, _), raws in seen.items() if kind in kinds for raw in raws]
    if not events:
        return _dose(hand, whom, chance, seen)
    target = chance.choice(events)
    if chance.random() < 0.1:
        target = target | {"subject": place(PERSONS[whom % len(PERSONS)])}
    return hand.void(target)


def _told(chance: random.Random, on: date) -> dict[str, Any]:
    """Recorded on the evening of the day or after midnight in Vietnam, by a clock that may be an hour off."""
    told: dict[str, Any] = {"recorded_at": f"{on.isoformat()}T{chance.choice((9, 16, 17))}:30:00.000Z"}
    return told | ({"clock_offset_s": 3_600} if chance.random() < 0.3 else {})


def _lately(chance: random.Random) -> date:
    return TODAY - timedelta(days=chance.choice((0, 0, 1, 3, 10)))


def _visit(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    members = chance.sample(PERSONS, chance.randint(1, 3))
    found = ("reviewed", "absent", "refused", "hesitant", "deferred", "contraindicated", "moved", "deceased")
    lines: list[dict[str, Any]] = [{"person": place(m), "outcome": chance.choice(found)} for m in members]
    for line in lines:
        if line["outcome"] in ("refused", "hesitant"):
            line["reason"] = chance.choice(["side_effects", "distrust"])
    body: dict[str, Any] = {
        "visit_type": chance.choice(["door_to_door", "mop_up", "facility"]),
        "outcomes": lines,
    }
    if chance.random() < 0.3:
        body["revisit_on"] = "2022-04-20"
    house = HOUSES[whom % len(HOUSES)]
    changed = _correction(chance, seen, "visit", place(house))
    on = _lately(chance)
    return hand.entry("visit", place(house), chance.choice(VILLAGES), body, on=on, **changed)


def _movement(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    on = TODAY - timedelta(days=chance.randint(0, 4))
    moved = seen.get(("stock_movement", LOT), [])
    if moved and chance.random() < 0.3:
        return _reversal(hand, whom, chance, chance.choice(moved), on)
    if chance.random() < 0.3:
        return hand.entry("stock_movement", LOT, SITES[whom % 2], _changed_state(chance), on=on)
    body: dict[str, Any] = {
        "state": chance.choice(["frozen", "thawed"]),
        "vials": chance.choice([-3, -1, 2, 5]),
        "reason": "data_entry",
    }
    if body["state"] == "thawed":
        body["thawed_on"] = f"2022-04-0{chance.randint(1, 3)}"
    return hand.entry("stock_movement", LOT, SITES[whom % 2], body, on=on)


def _changed_state(chance: random.Random) -> dict[str, Any]:
    """Some vials thawed, opened or set apart."""
    vials = chance.randint(1, 4)
    frozen = {"state": "frozen", "vials": -vials}
    thawed = {"state": "thawed", "thawed_on": f"2022-04-0{chance.randint(1, 3)}", "vials": -vials}
    return chance.choice(
        [
            {**frozen, "reason": "thawed", "to_state": "thawed", "to_thawed_on": "2022-04-02"},
            {
                **thawed, "reason": "opened", "to_state": "opened", "to_opened_on": "2022-04-14", "doses": -6 * vials,
                "to_thawed_on": thawed["thawed_on"],
            },
            {**thawed, "reason": "quarantined", "to_state": "quarantined"},
        ]
    )  # fmt: skip


def _reversal(hand: Hand, whom: int, chance: random.Random, of: dict[str, Any], on: date) -> dict[str, Any]:
    """Mostly the mirror of a movement, now and then of another site or amount, or of a reversal."""
    body = dict(of["body"]) | {"reverses": of["id"]}
    for name in ("vials", "doses"):
        if name in body:
            body[name] = -body[name]
    if chance.random() < 0.2:
        body["vials"] *= 2
    site = of["place"] if chance.random() < 0.8 else SITES[whom % 2]
    return hand.entry("stock_movement", LOT, site, body, on=on)


def _transfer(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    """A document of one of two transfers, in no sensible order; often one that corrects another."""
    sites = SITES[:2] if whom % 2 else SITES[1::-1]
    body: dict[str, Any] = dict(zip(("source", "destination"), sites, strict=True))
    line: dict[str, Any] = {"lot": LOT, "state": chance.choice(["frozen", "chilled"])}
    kinds = ["transfer_order", "dispatch", "dispatch", "receipt", "receipt"]
    if hand.role == "district_reviewer":
        kinds += ["transfer_decision", "transfer_decision", "settlement", "settlement"]
    kind, vials = chance.choice(kinds), chance.randint(1, 5)
    more: dict[str, dict[str, Any]] = {
        "transfer_order": {
            "purpose": "supply",
            "dispatch_by": "2022-04-20",
            "lines": [line | {"vials": vials}],
        },
        "transfer_decision": {
            "decision": chance.choice(["approved", "approved", "rejected", "cancelled"]),
            "lines": [line | {"vials": vials}],
        },
        "dispatch": {"document": f"PX {vials}", "lines": [line | {"vials": vials}]},
        "receipt": {
            "more": chance.choice(["yes", "no"]),
            "lines": [
                line | {"accepted": vials, "rejected": chance.randint(0, 2), "vvm": chance.randint(1, 4)}
            ],
        },
        "settlement": {
            "cause": "lost",
            "reason": "x",
            "lines": [line | {"lost": 1, "back": chance.randint(0, 2)}],
        },
    }
    subject = place(f"transfer {whom % 2}")
    where = sites[1] if kind == "receipt" else sites[0]
    on = TODAY - timedelta(days=chance.randint(0, 4))
    return hand.entry(
        kind, subject, where, body | more[kind], on=on, **_correction(chance, seen, kind, subject)
    )


def _explanation(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    """Why a count differs; of a count that is known, or still to come."""
    counts = [raw for (kind, _), raws in seen.items() if kind == "stock_count" for raw in raws]
    if not counts:
        return _count(hand, whom, chance, seen)
    of = chance.choice(counts)
    reason, vials = chance.choice([("found", 2), ("lost", -1), ("broken", -2)])
    lines = [{"lot": LOT, "state": "frozen", "vials": vials, "reason": reason}]
    changed = _correction(chance, seen, "count_explanation", of["id"])
    on = date.fromisoformat(of["occurred_on"])
    return hand.entry("count_explanation", of["id"], of["place"], {"lines": lines}, on=on, **changed)


def _count(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    line = {"lot": LOT, "state": "frozen", "vials": chance.choice([None, 0, 7])}
    if chance.random() < 0.3:
        line["vvm"] = chance.randint(1, 4)
    body = {"lines": [line]}
    site = SITES[whom % 2]
    return hand.entry("stock_count", site, site, body, **_correction(chance, seen, "stock_count", site))


def _session(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    subject, site = place(f"session {whom % 2}"), SITES[whom % 2]
    known = seen.get(("session", subject), [])
    on = TODAY - timedelta(days=chance.randint(0, 9))
    if not known:
        return hand.entry(
            "session", subject, site, {"session_type": "mobile", "point_name": "Nhà văn hóa"}, on=on
        )
    body: dict[str, Any] = chance.choice([{"closed": True}, {"team": ["Điều dưỡng"]}, {"point_name": None}])
    return hand.entry("session", subject, chance.choice(SITES), body, on=on, based_on=_parents(chance, known))


def _lines(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    body = {"period": "2022", "source": "x", "lines": [{"age_group": "A18", "current": chance.randint(0, 9)}]}
    if hand.role != "station":
        return _movement(hand, whom, chance, seen)
    changed = _correction(chance, seen, "population_return", PROVINCE)
    return hand.entry("population_return", PROVINCE, PROVINCE, body, **changed)


def _refused(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    return hand.person(PERSONS[whom % len(PERSONS)], VILLAGES[0]) | {
        "body": {"full_name": chance.randint(0, 5)}
    }


def _from_tomorrow(hand: Hand, whom: int, chance: random.Random, seen: Seen) -> dict[str, Any]:
    return hand.entry("tomorrow", place("x"), VILLAGES[0], {"x": chance.randint(0, 5)})


def _correction(chance: random.Random, seen: Seen, kind: str, subject: str) -> dict[str, Any]:
    """Often it corrects an earlier event, perhaps a correction, now and then one about somebody else."""
    own = [raw["id"] for raw in seen.get((kind, subject), [])]
    others = [raw["id"] for (of, _), raws in seen.items() if of == kind for raw in raws]
    earlier = own if chance.random() < 0.7 else others
    return {"corrects": chance.choice(earlier)} if earlier and chance.random() < 0.5 else {}


def _parents(chance: random.Random, known: list[dict[str, Any]]) -> list[str]:
    count = min(len(known), chance.choice((1, 1, 1, 2, 3)))
    return [raw["id"] for raw in chance.sample(known, count)]


_WRITERS = [
    _person, _move, _dose, _household, _visit, _movement, _count, _session, _lines, _move, _dose, _person,
    _refused, _from_tomorrow, _void, _verdict, _screening, _void, _verdict, _observation, _transfer, _transfer,
    _explanation, _movement,
]  # fmt: skip

#: What moves stock.
STOCK_WRITERS = [_movement, _count, _transfer, _transfer, _transfer, _explanation]

_step = st.tuples(
    st.integers(0, 3), st.integers(0, len(_WRITERS) - 1), st.integers(0, 3), st.integers(0, 999)
)
#: Up to forty steps, short and long histories alike (a plain list is mostly a handful long).
steps = st.integers(0, 40).flatmap(lambda count: st.lists(_step, min_size=count, max_size=count))


def pushes(made: list[Hand], chance: random.Random) -> list[tuple[Hand, list[dict[str, Any]]]]:
    """The history in some order, cut into pushes, with repetitions: every record comes at least once."""
    arriving: list[tuple[Hand, dict[str, Any]]] = [(hand, raw) for hand in made for raw in hand.written]
    arriving += chance.choices(arriving, k=len(arriving) // 2) if arriving else []
    chance.shuffle(arriving)
    found: list[tuple[Hand, list[dict[str, Any]]]] = []
    for hand, raw in arriving:
        if found and found[-1][0] is hand and chance.random() < 0.8:
            found[-1][1].append(raw)
        else:
            found.append((hand, [raw]))
    merged: list[tuple[Hand, list[dict[str, Any]]]] = []
    for hand, raws in found:  # pushes of one device may also wait and go together
        waiting = next((m for m in merged if m[0] is hand), None) if chance.random() < 0.5 else None
        if waiting is not None:
            waiting[1].extend(raws)
        else:
            merged.append((hand, raws))
    return merged
