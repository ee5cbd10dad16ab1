"""The coverage report: denominators, past days, and the communes of 2022 and of 2025 side by side."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import Engine

from server.cli import reporting
from server.database import migrate, open_engine
from server.indicators.sharing import Shares, shared_out
from server.seed.plan import SeedPlan
from server.seed.run import seed
from tests.server.checks import small

SUMS = (
    "people",
    "absent",
    "contraindicated",
    "not_due",
    "due",
    "covered",
    "doses_here",
    "planned",
    "denominator",
)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    small.fill(engine)
    yield engine
    engine.dispose()


def report(engine: Engine, *arguments: str) -> dict[str, Any]:
    url = engine.url.render_as_string(hide_password=False)
    call = CliRunner(env={"TUNGNHA_NOW": "2022-04-15"}).invoke(
        reporting.report, ["coverage", *arguments, "--database", url]
    )
    assert call.exit_code == 0, call.output
    told: dict[str, Any] = json.loads(call.stdout)
    return told


def adults(rows: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = [row for row in rows if (row["age_group"], row["dose_type"]) == ("A18", "booster_1")]
    return row


@pytest.mark.proves("R012", "R017", "R058", "R064")
def test_each_denominator_divides_by_what_it_says(engine: Engine) -> None:
    found = {}
    for which in ("enumerated", "opening", "current", "plan"):
        told = report(engine, "--denominator", which)
        assert told["denominator"] == which
        assert told["formula"]["vi"]
        found[which] = adults(told["rows"])
    row = found["enumerated"]
    assert row["denominator"] == row["due"]
    assert row["people"] == row["contraindicated"] + row["not_due"] + row["due"]
    off = row["contraindicated"] + row["not_due"]
    assert found["opening"]["denominator"] == 40 - off
    assert found["current"]["denominator"] == 41 - off
    assert found["plan"]["denominator"] == found["plan"]["planned"] == 9
    for row in found.values():
        expected = round(100 * row["covered"] / row["denominator"], 1) if row["denominator"] > 0 else None
        assert row["percent"] == expected


def test_a_commune_without_a_figure_makes_the_sum_unknown_and_is_named(engine: Engine) -> None:
    rows = report(engine, "--denominator", "current", "--by", "province")["rows"]
    (teens,) = [row for row in rows if row["age_group"] == "A12_17"]
    assert teens["denominator"] is teens["percent"] is None
    assert "Xã Thử" in teens["notes"]
    assert teens["due"] > 0


def test_a_past_day_is_counted_from_the_register_as_it_was(engine: Engine) -> None:
    today, before = adults(report(engine)["rows"]), adults(report(engine, "--as-of", "2022-04-01")["rows"])
    assert before["people"] < today["people"], "most people were registered on 15/04"
    assert before["covered"] == 0, "boosters were given on 10/04"
    assert today["covered"] > 0
    assert before["doses_here"] < today["doses_here"]


def test_a_workbook_has_the_rows_and_says_where_they_come_from(engine: Engine, tmp_path: Path) -> None:
    url = engine.url.render_as_string(hide_password=False)
    files = [str(tmp_path / name) for name in ("a.xlsx", "a.json", "a.csv")]
    arguments = ["--xlsx", files[0], "--json", files[1], "--csv", files[2], "--database", url]
    call = CliRunner(env={"TUNGNHA_NOW": "2022-04-15"}).invoke(reporting.report, ["coverage", *arguments])
    assert call.exit_code == 0, call.output
    assert call.stdout == ""
    rows = json.loads(Path(files[1]).read_text(encoding="utf-8"))["rows"]
    assert len(Path(files[2]).read_text(encoding="utf-8-sig").splitlines()) == 1 + len(rows)
    book = load_workbook(io.BytesIO(Path(files[0]).read_bytes()))
    cells = [[cell.value for cell in line] for line in book.worksheets[0].iter_rows()]
    heading = cells.index(next(line for line in cells if line[0] == "province"))
    percent = cells[heading].index("percent")
    shares = [line[percent] for line in cells[heading + 1 :]]
    assert shares == [None if row["percent"] is None else pytest.approx(row["percent"] / 100) for row in rows]
    assert "2022-04-15" in str([cell.value for line in book.worksheets[1].iter_rows() for cell in line])


GROUPED = (("2022", "province"), ("2022", "commune"), ("2025", "commune"), ("2025", "village"))


@pytest.fixture(scope="module", params=["11", "12", "14", "91"])
def province(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Engine]]:
    engine = open_engine(str(tmp_path_factory.mktemp("province") / "seeded.db"))
    migrate(engine)
    seed(engine, SeedPlan("small", province_code=request.param))
    yield request.param, engine
    engine.dispose()


@pytest.mark.slow
@pytest.mark.proves("R018", "R091")
@pytest.mark.parametrize("denominator", ["current", "plan"])
def test_both_hierarchies_add_up_to_the_province_in_every_column(
    province: tuple[str, Engine], denominator: str
) -> None:
    code, engine = province
    for day in ("2022-04-15", f"2022-03-{10 + int(code) % 20}", "2025-08-01"):
        found = {
            (hierarchy, level): sums(
                report(
                    engine, "--by", level, "--hierarchy", hierarchy, "--as-of", day, "--denominator", denominator
                )["rows"]
            )
            for hierarchy, level in GROUPED
        }  # fmt: skip
        whole = found["2022", "province"]
        assert all(total == whole for total in found.values()), (day, found)
        assert all(whole["A18 booster_1"].values()), "nothing is left out, and nothing is unknown"


def sums(rows: list[dict[str, Any]]) -> dict[str, dict[str, int | None]]:
    found: dict[str, dict[str, int | None]] = {}
    for row in rows:
        mine = found.setdefault(f"{row['age_group']} {row['dose_type']}", dict.fromkeys(SUMS, 0))
        nobody_lives_there = row["notes"].startswith("chỉ tính")
        for name in SUMS:
            if nobody_lives_there and name in ("planned", "denominator"):
                continue
            value, so_far = row[name], mine[name]
            mine[name] = None if value is None or so_far is None else so_far + value
    return found


@given(st.integers(0, 10_000), st.dictionaries(st.text("abc", min_size=1), st.integers(0, 500), min_size=1))
def test_shares_are_whole_fair_and_add_up(told: int, weights: dict[str, int]) -> None:
    shares = shared_out(told, weights)
    assert sum(shares.values()) == told
    total = sum(weights.values())
    for key, share in shares.items():
        fair = told * weights[key] / total if total else told / len(weights)
        assert abs(share - fair) < 1


@settings(suppress_health_check=[HealthCheck.too_slow], phases=tuple(Phase))
@given(st.data())
def test_however_villages_are_grouped_the_groups_add_up(data: st.DataObject) -> None:
    villages = [f"v{n}" for n in range(data.draw(st.integers(1, 12)))]
    units: dict[str, list[str]] = {}
    for village in villages:
        units.setdefault(data.draw(st.sampled_from("ABC")), []).append(village)
    told = {unit: data.draw(st.integers(0, 500)) for unit in units}
    people = {village: data.draw(st.integers(0, 90)) for village in villages}
    groups: dict[str, list[str]] = {}
    for village in villages:
        groups.setdefault(data.draw(st.sampled_from("XYZ")), []).append(village)
    shares = Shares(units, told, people)
    assert sum(shares.of(group).people or 0 for group in groups.values()) == sum(told.values())
    for group in groups.values():
        whole = all(set(inside) <= set(group) or not set(inside) & set(group) for inside in units.values())
        assert shares.of(group).estimated is not whole
    unknown = next(iter(units))
    without = Shares(units, {**told, unknown: None}, people)
    touched = [group for group in groups.values() if set(group) & set(units[unknown])]
    assert all(
        without.of(group).people is None and without.of(group).missing == (unknown,) for group in touched
    )
