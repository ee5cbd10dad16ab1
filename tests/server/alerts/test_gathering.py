"""Every kind of alert from a real ledger, within the reader's sites only; on both databases."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask

from server.alerts.gathering import alerts
from server.alerts.naming import Names
from server.database import db
from server.places.tree import Tree
from server.redistribution.losing import exposed_stock
from shared.rules.alerts import KINDS, Alert
from tests.server.alerts.conftest import Matters, author
from tests.server.world import TODAY


def gathered(sites: list[str]) -> list[Alert]:
    connection = db.session.connection()
    return alerts(connection, Tree.load(connection, TODAY), sites, TODAY)


@pytest.mark.proves("R008", "R037", "R074")
def test_every_kind_is_found_and_can_be_said(matters: tuple[Flask, Matters]) -> None:
    _, made = matters
    found = gathered(made.sites)
    assert {alert.kind for alert in found} == set(KINDS)
    names = Names.of(db.session.connection(), Tree.load(db.session.connection(), TODAY), found)
    for alert in found:
        for lang in ("vi", "en"):
            said = names.say(alert, TODAY, lang)
            assert "–" not in said.replace("Huổi Luông", ""), (alert, said)
            assert "{" not in said


def test_amounts_are_those_of_the_ledger(matters: tuple[Flask, Matters]) -> None:
    _, made = matters
    found = {
        (alert.kind, alert.about or alert.lot): alert
        for alert in gathered(made.sites)
        if made.store in (alert.site, alert.other)
    }
    lots, transfers = made.lots, made.transfers
    assert found["expiring", lots["soon"]].doses == 120
    issued = 6 * (10 + 10 + 5 + 1)
    assert found["expiring", lots["soon"]].losing == 120 - issued * 6 // 28, "six days at the pace of 28"
    assert found["expired", lots["gone"]].vials == 3
    assert found["hold", lots["stopped"]].vials == 4
    assert found["negative", lots["below"]].vials == -5
    assert found["vvm", lots["warm"]].vials == 6
    assert found["unconfirmed", transfers["slow"]].vials == 10
    assert found["disputed", transfers["short"]].vials == 2
    assert found["undispatched", transfers["early"]].vials == 8
    assert found["lapsed", transfers["lapsed"]].vials == 10
    assert found["commitment", made.commitment].lot == lots["later"]
    waiting = [alert for alert in gathered(made.sites) if alert.kind == "stock_out"]
    assert made.station in {alert.site for alert in waiting}
    assert all(alert.people > 0 for alert in waiting)


def test_nothing_of_other_sites_is_read(matters: tuple[Flask, Matters]) -> None:
    _, made = matters
    other = made.sites[2:3]
    found = gathered(other)
    assert found, "it has stock that is stopped and people who wait"
    assert {alert.site for alert in found} == set(other)
    mine = Counter(alert.kind for alert in gathered([made.elsewhere]))
    assert {"disputed", "unconfirmed"} <= set(mine), "both ends hear of a transfer"


def test_what_is_lost_is_what_the_board_says(matters: tuple[Flask, Matters]) -> None:
    _, made = matters
    exposed = exposed_stock(db.session.connection(), made.sites, [made.store], TODAY)
    board: Counter[tuple[str, str]] = Counter()
    for each in exposed:
        board[each.stock.site_id, each.stock.lot_id] += each.losing
    told = [alert for alert in gathered(made.sites) if alert.kind in ("expiring", "at_risk")]
    assert told
    for alert in told:
        assert alert.losing == board[alert.site, alert.lot or ""]


def test_an_alert_is_gone_with_its_reason(matters: tuple[Flask, Matters]) -> None:
    _, made = matters
    manager = author("tinh")
    body = {"state": "frozen", "vials": -3, "reason": "expired"}
    manager.write("stock_movement", subject=made.lots["gone"], place=made.store, body=body)
    free = {"hold": None}
    manager.write(
        "lot", subject=made.lots["stopped"], place=made.world.province, body=free,
        based_on=manager.heads("lot", made.lots["stopped"]),
    )  # fmt: skip
    manager.flush()
    here = {(alert.kind, alert.lot) for alert in gathered([made.store])}
    assert ("expired", made.lots["gone"]) not in here
    assert ("hold", made.lots["stopped"]) not in here
