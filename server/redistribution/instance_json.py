"""The instance as a JSON file: read with every fault named, written so that reading gives the same again.

The format stands with an example in docs/redistribution.md. Positions are decimal degrees in the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from server.redistribution.instance import Demand, Holding, Instance, Leg, Parameters, Site
from server.redistribution.json_fields import Fields, entries_of, object_of
from shared.faults import Refused, fault

FORMAT = "tungnha.redistribution.instance"
VERSION = 1


def read_instance(text: str | bytes) -> Instance:
    """The instance of a file; Refused with every fault found, each with the path of its field."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise Refused(fault("redistribution.not_json", line=getattr(error, "lineno", 1))) from None
    if not isinstance(document, dict) or (document.get("format"), document.get("version")) != (
        FORMAT,
        VERSION,
    ):
        raise Refused(fault("redistribution.format", "format", expected=f"{FORMAT} {VERSION}"))
    top = Fields(document, "", [])
    item = object_of(top, "item")
    code, per_vial = item.text("code"), item.whole("doses_per_vial", least=1, most=1000)
    instance = Instance(
        code,
        per_vial,
        top.day("day"),
        tuple(_site(each) for each in entries_of(top, "sites")),
        tuple(_holding(each, per_vial) for each in entries_of(top, "holdings")),
        tuple(_leg(each) for each in entries_of(top, "legs")) if document.get("legs") is not None else None,
        tuple((each.text("from"), each.text("to")) for each in entries_of(top, "cooldowns", optional=True)),
        tuple(
            (each.text("code"), each.whole("per_vial", 1, least=1, most=1000))
            for each in entries_of(item, "companions", optional=True)
        ),
        _parameters(object_of(top, "parameters", optional=True)),
    )
    faults = top.faults or list(_references(instance))
    if faults:
        raise Refused(faults)
    return instance


def write_instance(instance: Instance) -> str:
    """The file of an instance, one line an entry."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "item": {
            "code": instance.item,
            "doses_per_vial": instance.doses_per_vial,
            "companions": [{"code": code, "per_vial": number} for code, number in instance.companions],
        },
        "day": instance.day.isoformat(),
        "parameters": {name: getattr(instance.parameters, name) for name in Parameters.__slots__},
        "sites": [_site_json(site) for site in instance.sites],
        "holdings": [_holding_json(holding) for holding in instance.holdings],
        "cooldowns": [{"from": origin, "to": to} for origin, to in instance.cooldowns],
    }
    if instance.legs is not None:
        document["legs"] = [
            {"from": g.origin, "to": g.destination, "km": g.km, "hours": g.hours, "allowed": g.allowed}
            for g in instance.legs
        ]
    parts = (f"{json.dumps(name)}: {_spelt(value)}" for name, value in document.items())
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _spelt(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value, ensure_ascii=False)
    return "[\n" + ",\n".join(f"  {json.dumps(each, ensure_ascii=False)}" for each in value) + "\n]"


def _site(each: Fields) -> Site:
    demand = object_of(each, "demand")
    weekdays = demand.wholes("weekdays", least=1, most=7)
    return Site(
        each.text("id"),
        round(each.number("lat", least=-90, most=90) * 1_000_000),
        round(each.number("lon", least=-180, most=180) * 1_000_000),
        Demand(
            demand.number("mean_per_day", least=0, most=1e6),
            demand.number("dispersion", 1.0, least=1, most=1e4),
            demand.whole_or_none("still_due"),
            tuple(sorted(set(weekdays))),
            demand.number_or_none("forecast_error", most=3),
        ),
        each.text("name", ""),
        each.whole_or_none("capacity_vials"),
        each.whole("safety_doses", 0),
        each.whole_or_none("send_limit_vials"),
        each.flag("may_send", True),
        each.flag("may_receive", True),
        each.text("why_not", "") or None,
    )


def _site_json(site: Site) -> dict[str, Any]:
    demand = site.demand
    return {
        "id": site.id,
        "name": site.name,
        "lat": site.lat_e6 / 1_000_000,
        "lon": site.lon_e6 / 1_000_000,
        "demand": {
            "mean_per_day": demand.mean_per_day,
            "dispersion": demand.dispersion,
            "still_due": demand.still_due,
            "weekdays": list(demand.weekdays),
            "forecast_error": demand.forecast_error,
        },
        "capacity_vials": site.capacity_vials,
        "safety_doses": site.safety_doses,
        "send_limit_vials": site.send_limit_vials,
        "may_send": site.may_send,
        "may_receive": site.may_receive,
        "why_not": site.why_not,
    }


def _holding(each: Fields, per_vial: int) -> Holding:
    return Holding(
        each.text("id"),
        each.text("site"),
        each.text("lot"),
        each.whole("vials"),
        each.whole("doses_per_vial", per_vial, least=1, most=1000),
        each.day("effective_expiry"),
        each.whole("reserved_vials", 0),
        each.flag("short_legs_only", False),
        each.day_or_none("arrives_on"),
        each.text("why_not", "") or None,
    )


def _holding_json(holding: Holding) -> dict[str, Any]:
    return {
        "id": holding.id,
        "site": holding.site,
        "lot": holding.lot,
        "vials": holding.vials,
        "doses_per_vial": holding.doses_per_vial,
        "effective_expiry": holding.effective_expiry.isoformat(),
        "reserved_vials": holding.reserved_vials,
        "short_legs_only": holding.short_legs_only,
        "arrives_on": holding.arrives_on and holding.arrives_on.isoformat(),
        "why_not": holding.why_not,
    }


def _leg(each: Fields) -> Leg:
    return Leg(
        each.text("from"),
        each.text("to"),
        each.number("km", least=0, most=20_000),
        each.number("hours", least=0, most=1_000),
        each.flag("allowed", True),
    )


def _parameters(given: Fields) -> Parameters:
    standard = Parameters()
    days = (
        "min_days_left",
        "dispatch_days",
        "shortage_days",
        "min_leg_vials",
        "seed",
        "scenarios",
        "neighbours",
    )
    whole = {name: given.whole(name, getattr(standard, name)) for name in days}
    limits = ("max_pairs", "truck_capacity_vials", "horizon_days")
    limit = {name: given.whole_or_none(name, getattr(standard, name)) for name in limits}
    numbers = ["max_leg_hours", "short_leg_hours", "cost_vial_km", "handling_cost"]
    numbers += ["leg_cost", "shortage_penalty", "forecast_error"]
    number = {name: given.number(name, getattr(standard, name), least=0, most=1e4) for name in numbers}
    positive = ("road_factor", "speed_kmh", "hours_per_day")
    number |= {name: given.number(name, getattr(standard, name), least=0.1, most=1e3) for name in positive}
    return Parameters(**whole, **limit, **number)  # type: ignore[arg-type]


def _references(instance: Instance) -> Iterable[Any]:
    """Ids that stand twice, and names of sites that are not there."""
    sites = {site.id for site in instance.sites}
    yield from _twice("sites", [site.id for site in instance.sites])
    yield from _twice("holdings", [holding.id for holding in instance.holdings])
    legs = instance.legs or ()
    yield from _twice("legs", [f"{leg.origin} → {leg.destination}" for leg in legs])
    for number, holding in enumerate(instance.holdings):
        if holding.site not in sites:
            yield fault("redistribution.unknown_site", f"holdings[{number}].site", site=holding.site)
    ends = [("legs", n, leg.origin, leg.destination) for n, leg in enumerate(legs)]
    ends += [("cooldowns", n, *pair) for n, pair in enumerate(instance.cooldowns)]
    for name, number, origin, destination in ends:
        for end, site in (("from", origin), ("to", destination)):
            if site not in sites:
                yield fault("redistribution.unknown_site", f"{name}[{number}].{end}", site=site)


def _twice(name: str, ids: list[str]) -> Iterable[Any]:
    seen: set[str] = set()
    for number, each in enumerate(ids):
        if each in seen:
            yield fault("redistribution.twice", f"{name}[{number}]", id=each)
        seen.add(each)
