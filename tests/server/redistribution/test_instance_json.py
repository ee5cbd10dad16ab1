"""The instance's file: what is written reads back the same; every fault is named, with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from server.redistribution.instance import Instance
from server.redistribution.instance_json import read_instance, write_instance
from shared.faults import Refused
from tests.server.redistribution.instances import holding, instance, instances, site


@settings(max_examples=60)
@given(instances())
def test_what_is_written_reads_back_the_same(given_instance: Instance) -> None:
    assert read_instance(write_instance(given_instance)) == given_instance


def test_a_file_with_only_what_is_needed_takes_the_standard_parameters() -> None:
    found = read_instance(json.dumps(_least()))
    assert found.parameters == type(found.parameters)()
    assert (found.sites[0].lat_e6, found.sites[0].lon_e6) == (22_396_000, 103_458_500)
    assert found.holdings[0].doses_per_vial == 6
    assert found.legs is None


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        (lambda d: d.pop("day"), "day", "field.missing"),
        (lambda d: d.update(day="30/04/2022"), "day", "field.not_day"),
        (lambda d: d.update(sites={}), "sites", "field.not_list"),
        (lambda d: d["sites"].append(3), "sites[1]", "field.not_object"),
        (lambda d: d["sites"][0].update(lat="22"), "sites[0].lat", "redistribution.not_number"),
        (lambda d: d["sites"][0].update(lat=122), "sites[0].lat", "field.out_of_range"),
        (lambda d: d["sites"][0].update(id=" "), "sites[0].id", "field.blank"),
        (lambda d: d["sites"][0].update(id="s" * 201), "sites[0].id", "field.too_long"),
        (lambda d: d["sites"][0].update(id=7), "sites[0].id", "field.not_text"),
        (lambda d: d["sites"][0].update(may_send=1), "sites[0].may_send", "field.not_flag"),
        (lambda d: d["sites"][0].pop("demand"), "sites[0].demand", "field.missing"),
        (lambda d: d["sites"][0].update(demand=[]), "sites[0].demand", "field.not_object"),
        (lambda d: d["sites"][0]["demand"].update(dispersion=0.5), "sites[0].demand.dispersion", "field.out_of_range"),
        (lambda d: d["sites"][0]["demand"].update(weekdays=[0]), "sites[0].demand.weekdays[0]", "field.out_of_range"),
        (lambda d: d["sites"][0]["demand"].update(weekdays="2"), "sites[0].demand.weekdays", "field.not_list"),
        (lambda d: d["holdings"][0].update(vials=-1), "holdings[0].vials", "field.out_of_range"),
        (lambda d: d["holdings"][0].update(vials=1.5), "holdings[0].vials", "field.not_whole"),
        (lambda d: d["holdings"][0].update(vials=True), "holdings[0].vials", "field.not_whole"),
        (lambda d: d["holdings"][0].update(site="x"), "holdings[0].site", "redistribution.unknown_site"),
        (lambda d: d["holdings"].append(d["holdings"][0]), "holdings[1]", "redistribution.twice"),
        (lambda d: d.update(cooldowns=[{"from": "a", "to": "x"}]), "cooldowns[0].to", "redistribution.unknown_site"),
        (lambda d: d.update(parameters={"scenarios": "many"}), "parameters.scenarios", "field.not_whole"),
        (lambda d: d.update(parameters={"speed_kmh": 0}), "parameters.speed_kmh", "field.out_of_range"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(change: Any, field: str, code: str) -> None:
    document = _least()
    change(document)
    with pytest.raises(Refused) as refused:
        read_instance(json.dumps(document))
    assert [(fault.code, fault.field) for fault in refused.value.faults] == [(code, field)]
    (fault,) = refused.value.faults
    assert fault.message("vi") != fault.message("en")


def test_all_faults_are_told_at_once() -> None:
    document = _least()
    document["sites"][0]["lat"] = None
    document["holdings"][0] |= {"vials": "ten", "effective_expiry": "soon"}
    with pytest.raises(Refused) as refused:
        read_instance(json.dumps(document))
    assert [f.field for f in refused.value.faults] == [
        "sites[0].lat",
        "holdings[0].vials",
        "holdings[0].effective_expiry",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "redistribution.not_json"),
        ("[]", "redistribution.format"),
        ("{}", "redistribution.format"),
        ('{"format": "tungnha.redistribution.instance", "version": 2}', "redistribution.format"),
    ],
)
def test_another_kind_of_file_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_instance(text)
    assert [f.code for f in refused.value.faults] == [code]


def test_not_a_number_is_no_number() -> None:
    document = json.dumps(_least()).replace("22.396", "NaN")
    with pytest.raises(Refused) as refused:
        read_instance(document)
    assert refused.value.faults[0].code == "redistribution.not_number"


def test_the_order_of_lists_is_settled() -> None:
    sites, holdings = [site("b"), site("a")], [holding("y", "b", 1, 9), holding("x", "a", 1, 9)]
    turned = instance(sites[::-1], holdings[::-1])
    assert instance(sites, holdings).sorted() == turned.sorted()


def _least() -> dict[str, Any]:
    return {
        "format": "tungnha.redistribution.instance",
        "version": 1,
        "item": {"code": "comirnaty", "doses_per_vial": 6},
        "day": "2022-03-01",
        "sites": [{"id": "a", "lat": 22.396, "lon": 103.4585, "demand": {"mean_per_day": 3}}],
        "holdings": [
            {"id": "h", "site": "a", "lot": "124001", "vials": 4, "effective_expiry": "2022-03-31"},
        ],
    }
