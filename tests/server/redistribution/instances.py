"""Small instances for the laws: few sites and lots, every limit of the model drawn now and then."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from server.redistribution.instance import Demand, Holding, Instance, Leg, Parameters, Site

DAY = date(2022, 3, 1)


def site(name: str, mean: float = 1.0, east: int = 0, **values: object) -> Site:
    """A site `east` kilometres (road: 1.4 times that) from the first, on the equator."""
    demand = values.pop("demand", Demand(mean))
    return Site(name, 0, round(east / 111.195 * 1_000_000), demand, **values)  # type: ignore[arg-type]


def holding(name: str, at: str, vials: int, days: int, **values: object) -> Holding:
    """Vials of 10 doses that last until `days` after the day, that day counted."""
    return Holding(name, at, f"L{days}", vials, 10, DAY + timedelta(days=days), **values)  # type: ignore[arg-type]


def instance(sites: list[Site], holdings: list[Holding], **values: object) -> Instance:
    """An instance with certain demand unless `parameters` says otherwise."""
    parameters = values.pop("parameters", Parameters(forecast_error=0.0, scenarios=4, leg_cost=0.0))
    return Instance("vaccine", 10, DAY, tuple(sites), tuple(holdings), parameters=parameters, **values)  # type: ignore[arg-type]


demands = st.builds(
    Demand,
    st.sampled_from([0.0, 0.5, 4.0, 9.0]),
    st.sampled_from([1.0, 3.0]),
    st.sampled_from([None, None, None, 40]),
    st.sampled_from([(), (1, 4), (6,)]),
    st.none() | st.sampled_from([0.0, 0.5]),
)


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    """Two to five sites, up to seven holdings."""
    names = [f"s{number}" for number in range(draw(st.integers(2, 5)))]
    sites = [
        Site(
            name,
            draw(st.integers(0, 900_000)),
            draw(st.integers(0, 900_000)),
            draw(demands),
            capacity_vials=draw(st.sampled_from([None, None, None, 12, 40])),
            safety_doses=draw(st.sampled_from([0, 0, 15, 60])),
            send_limit_vials=draw(st.sampled_from([None, None, None, 3])),
            may_send=draw(st.sampled_from([True] * 6 + [False])),
            may_receive=draw(st.sampled_from([True] * 6 + [False])),
        )
        for name in names
    ]
    holdings = []
    for number in range(draw(st.integers(0, 8))):
        vials = draw(st.sampled_from([0, 1, 7, 20, 40, 60]))
        holdings.append(
            Holding(
                f"h{number}",
                draw(st.sampled_from(names)),
                f"L{number % 3}",
                vials,
                draw(st.sampled_from([1, 6, 10, 10])),
                DAY + timedelta(days=draw(st.integers(-1, 40))),
                draw(st.sampled_from([0, 0, 0, 5])),
                draw(st.sampled_from([False, False, False, True])),
                draw(st.sampled_from([None] * 6 + [DAY + timedelta(days=3)])),
                draw(st.sampled_from([None] * 6 + ["recount_first"])),
            )
        )
    pairs = [(a, b) for a in names for b in names if a != b]
    legs = None
    if draw(st.sampled_from([False, False, True])):
        legs = tuple(
            Leg(
                *pair,
                draw(st.sampled_from([0.0, 40.0, 150.0])),
                draw(st.sampled_from([0.0, 1.0, 5.0, 12.0])),
                allowed,
            )
            for pair in pairs
            if (allowed := draw(st.sampled_from([True, True, False]))) or pair[0] == names[0]
        )
    parameters = Parameters(
        min_days_left=draw(st.integers(0, 10)),
        dispatch_days=draw(st.integers(0, 3)),
        max_leg_hours=draw(st.sampled_from([2.0, 8.0, 30.0])),
        scenarios=draw(st.sampled_from([0, 3, 8])),
        leg_cost=draw(st.sampled_from([0.0, 0.0, 0.5, 5.0])),
        shortage_penalty=draw(st.sampled_from([0.0, 0.05, 0.5])),
        min_leg_vials=draw(st.sampled_from([1, 1, 3])),
        max_pairs=draw(st.sampled_from([None, None, None, 1, 2, 0])),
        truck_capacity_vials=draw(st.sampled_from([None, None, 4])),
        horizon_days=draw(st.sampled_from([None, None, 20])),
        neighbours=draw(st.sampled_from([1, 15])),
    )
    cooldowns = tuple(draw(st.lists(st.sampled_from(pairs), max_size=2, unique=True)))
    return Instance(
        "vaccine",
        10,
        DAY,
        tuple(sites),
        tuple(holdings),
        legs,
        cooldowns,
        draw(st.sampled_from([(), (("diluent", 1),)])),
        parameters,
    )
