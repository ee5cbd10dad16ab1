"""National places, compared with an independent list of the four provinces' units."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from shared.reference import (
    Unit,
    commune_centres,
    groupings_2025,
    national_units,
    population_figures,
    province_codes_2022,
    successions,
)

FOUR_PROVINCES = ("11", "12", "14", "91")

# (set, code): our spelling, then that of the independent list. Both are published; neither is a change.
SPELLINGS = {
    ("2022", "03177"): ("Xã Huổi Lếch", "Xã Huổi Lếnh"),
    ("2022", "03178"): ("Xã Sá Tổng", "Xã Xá Tổng"),
    ("2022", "03223"): ("Xã Sín Chải", "Xã Xín Chải"),
    ("2022", "03244"): ("Xã Xá Nhè", "Xã Sáng Nhè"),
    ("2022", "03352"): ("Xã Noong Hẹt", "Xã Noọng Hẹt"),
    ("2022", "03370"): ("Xã Pu Nhi", "Xã Pú Nhi"),
    ("2022", "03379"): ("Xã Luân Giói", "Xã Luân Giới"),
    ("2022", "03391"): ("Xã Lản Nhì Thàng", "Xã Lả Nhì Thàng"),
    ("2022", "03448"): ("Xã Pa Vệ Sủ", "Xã Pa Vệ Sử"),
    ("2022", "03460"): ("Xã Hua Bum", "Xã Hua Bun"),
    ("2022", "03565"): ("Xã Tung Qua Lìn", "Xã Tông Qua Lìn"),
    ("2022", "03574"): ("Xã Ma Li Pho", "Xã Ma Ly Pho"),
    ("2022", "03640"): ("Xã Ta Gia", "Xã Tà Gia"),
    ("2022", "03712"): ("Xã Nặm Ét", "Xã Nậm ét"),
    ("2022", "03754"): ("Xã Nong Lay", "Xã Noong Lay"),
    ("2022", "04136"): ("Xã Nà Bó", "Xã Nà Pó"),
    ("2022", "04162"): ("Xã Nà Ớt", "Xã Nà Ơt"),
    ("2022", "04174"): ("Xã Pú Bẩu", "Xã Pú Pẩu"),
}

# Their extent in April 2022 was not that of 30/06/2025: our successors come from areas, not from the list.
BY_AREA = {"03766", "03910", "03979", "03982", "04030", "04033"}


def facts(unit_set: str) -> list[dict[str, str]]:
    with Path(__file__).with_name("four_provinces.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["unit_set"] == unit_set]


def of_four_provinces(year: int) -> dict[tuple[str, str], Unit]:
    return {(unit.level, unit.code): unit for code in FOUR_PROVINCES for unit in national_units(year, code)}


def one_spelling(name: str) -> str:
    """The two ways of placing a tone mark in oa, oe, uy as one."""
    for new, old in (("oà", "òa"), ("oá", "óa"), ("oả", "ỏa"), ("oã", "õa"), ("oạ", "ọa")):
        name = name.replace(new, old)
    return name


@pytest.mark.parametrize(
    ("province", "districts", "communes", "communes_2025"),
    [("11", 10, 129, 45), ("12", 8, 106, 38), ("14", 12, 204, 75), ("91", 15, 144, 102)],
)
def test_numbers_of_units(province: str, districts: int, communes: int, communes_2025: int) -> None:
    before = Counter(unit.level for unit in national_units(2022, province))
    after = Counter(unit.level for unit in national_units(2025, province))
    assert before == {"province": 1, "district": districts, "commune": communes}
    assert after == {"province": 1, "commune": communes_2025}


def test_whole_country() -> None:
    before = Counter(unit.level for unit in national_units(2022))
    after = Counter(unit.level for unit in national_units(2025))
    assert (before["province"], before["district"]) == (63, 696)
    assert after == {"province": 34, "commune": 3321}
    assert province_codes_2022() == {unit.code for unit in national_units(2022) if unit.level == "province"}


@pytest.mark.parametrize("year", [2022, 2025])
def test_names_types_and_parents_agree_with_the_independent_list(year: int) -> None:
    ours = of_four_provinces(year)
    theirs = {(row["level"], row["code"]): row for row in facts(str(year))}
    if year == 2022:
        assert set(ours) == set(theirs)
    else:  # An Giang of 2025 holds the old An Giang too, which the list leaves out.
        assert set(theirs) <= set(ours)
        assert {unit.province_code for key, unit in ours.items() if key not in theirs} == {"91"}
    for key, row in theirs.items():
        unit = ours[key]
        expected = (
            SPELLINGS.get((str(year), unit.code), (unit.name, row["name"]))
            if unit.level == "commune"
            else None
        )
        if expected is not None and (str(year), unit.code) in SPELLINGS:
            assert (unit.name, row["name"]) == expected
        else:
            assert one_spelling(unit.name).casefold() == one_spelling(row["name"]).casefold()
        assert (unit.unit_type, unit.parent_code or "") == (row["unit_type"], row["parent_code"])


@pytest.mark.parametrize("year", [2022, 2025])
def test_every_unit_hangs_from_one_above_it(year: int) -> None:
    units = national_units(year)
    above = {"province": None, "district": "province", "commune": "district" if year == 2022 else "province"}
    known = {(unit.level, unit.code) for unit in units}
    assert len(known) == len(units)
    for unit in units:
        assert unit.name.startswith(unit.unit_type + " ")
        parent_level = above[unit.level]
        assert (parent_level is None) == (unit.parent_code is None)
        assert parent_level is None or (parent_level, unit.parent_code) in known


def test_a_set_of_another_year_is_refused() -> None:
    with pytest.raises(KeyError, match="2023"):
        national_units(2023)


def test_successions_join_the_two_sets() -> None:
    old = {unit.code: unit for unit in national_units(2022) if unit.level == "commune"}
    new = {unit.code: unit for unit in national_units(2025) if unit.level == "commune"}
    followed = {each.old_code for each in successions()} - {""}
    assert followed == set(old)
    assert {each.new_code for each in successions()} == set(new)
    for each in successions():
        assert new[each.new_code].name == each.new_name
        assert new[each.new_code].province_code == each.new_province_code
        assert each.kind in ("whole", "part")
        if each.old_code:
            unit = old[each.old_code]
            assert (each.old_name, each.old_district_code) == (unit.name, unit.parent_code)
            assert each.old_province_code == unit.province_code


def test_successors_agree_with_the_independent_list() -> None:
    for row in facts("2022"):
        if row["level"] == "commune" and row["successors"] and row["code"] not in BY_AREA:
            ours = {each.new_code for each in successions() if each.old_code == row["code"]}
            assert ours == set(row["successors"].split("|"))


def test_codes_are_reused_under_another_name() -> None:
    old = {unit.code: unit.name for unit in national_units(2022, "12") if unit.level == "commune"}
    new = {unit.code: unit.name for unit in national_units(2025, "12") if unit.level == "commune"}
    assert (old["03388"], new["03388"]) == ("Phường Quyết Tiến", "Phường Đoàn Kết")


def test_every_new_commune_of_the_four_provinces_has_a_former_district() -> None:
    districts = {unit.code: unit for code in FOUR_PROVINCES for unit in national_units(2022, code)}
    expected = {row["code"] for row in facts("2025") if row["level"] == "commune"}
    assert set(groupings_2025()) == expected
    for grouping in groupings_2025().values():
        assert districts[grouping.district_code_2022].name == grouping.district_name
        assert grouping.how


def test_every_commune_of_2022_has_a_centre_in_vietnam() -> None:
    codes = {unit.code for unit in of_four_provinces(2022).values() if unit.level == "commune"}
    assert set(commune_centres()) == codes
    for centre in commune_centres().values():
        assert 8.0 < centre.lat < 23.5
        assert 102.0 < centre.lon < 110.0


def test_population_figures_say_their_quality() -> None:
    assert population_figures(2022) == {}
    assert population_figures(2009)["province", "12"].people == 303467
    for year in (2009, 2025):
        for figure in population_figures(year).values():
            assert figure.people > 0
            assert figure.quality
            assert figure.source
