"""The register the phone is measured with is what it says, and fits the budget of a commune."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mobile.bench import commune
from mobile.bench.figures import FIGURES, Measured
from mobile.store.store import Store


@pytest.mark.slow
@pytest.mark.proves("L14")
def test_a_commune_fits_its_budget(tmp_path: Path) -> None:
    commune.fill(tmp_path, "http://127.0.0.1:9")
    limit = next(figure.limit for figure in FIGURES if figure.name == "database")
    assert (tmp_path / "store.db").stat().st_size <= limit * 2**20
    store = Store.open(tmp_path, commune.PIN, clock=commune.CLOCK)
    assert store.ready
    counted = {
        table: store.database.rows(f"SELECT count(*) FROM {table}")[0][0] for table in ("entry", "person")
    }
    assert counted == {"entry": commune.ENTRIES, "person": commune.PEOPLE}
    came = sum(store.apply_page(json.loads(page)) for page in commune.to_come())
    assert came == commune.TO_COME
    store.close()


def test_a_figure_says_whether_it_is_met() -> None:
    figure = next(each for each in FIGURES if each.name == "unlock")
    met, missed = Measured(figure, figure.limit, 40.0), Measured(figure, figure.limit + 1, 0.0)
    assert met.met
    assert met.ratio == 0.1
    assert not missed.met
    assert missed.as_json()["ratio"] is None
    assert "ABOVE ITS LIMIT" in missed.line()
    assert "ABOVE" not in met.line()
