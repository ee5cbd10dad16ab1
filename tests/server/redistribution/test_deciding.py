"""A proposal decided: one transfer with its order and decision, however often somebody tries."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.redistribution.both_ends import both_ends
from server.redistribution.deciding import Verdict, decide, transfer_of
from server.redistribution.proposals import proposal_of
from server.settings import current_settings
from server.stock.transfer_models import Transfer, TransferLine
from server.sync.projectors import PROJECTORS
from shared.faults import Refused
from tests.server.redistribution.proposed import propose
from tests.server.world import TODAY, World

APPROVED = Verdict("approved", 1, TODAY + timedelta(days=2), "QĐ 12/2022")


def _decide(world: World, proposal: str, verdict: Verdict) -> str:
    connection = db.session.connection()
    user = db.session.get_one(User, world.users["tinh"])
    author = ServerAuthor(connection, user, current_settings().clock, PROJECTORS)
    made = decide(author, proposal, verdict, "Vì sắp hết hạn")
    author.flush()
    return made


@pytest.mark.proves("R008", "R063")
def test_approving_orders_what_was_decided(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    source, destination = (world.stations[commune] for commune in world.communes[:2])
    with app.app_context():
        connection = db.session.connection()
        proposal = propose(connection, world, source, destination)
        made = _decide(world, proposal, APPROVED)
        assert made == transfer_of(proposal)
        row = connection.execute(select(Transfer.__table__).where(Transfer.id == made)).one()
        assert (row.source_id, row.destination_id, row.purpose) == (source, destination, "redistribution")
        assert (row.decision, row.proposal_id, row.document) == ("approved", proposal, "QĐ 12/2022")
        assert (row.saves, row.saves_from, row.saves_to) == (5, 3, 6), "one of two vials saves half"
        line = connection.execute(
            select(TransferLine.__table__).where(TransferLine.transfer_id == made)
        ).one()
        assert (line.ordered, line.dispatched) == (1, 0)
        found = proposal_of(connection, proposal)
        assert found is not None
        assert (found.status, found.transfer_id) == ("approved", made)
        with pytest.raises(Refused, match="decided"):
            _decide(world, proposal, APPROVED)


def test_rejecting_needs_a_reason_and_is_kept(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    source, destination = (world.stations[commune] for commune in world.communes[:2])
    with app.app_context():
        connection = db.session.connection()
        proposal = propose(connection, world, source, destination)
        rejected = replace(APPROVED, decision="rejected")
        with pytest.raises(Refused, match="reason_missing"):
            _decide(world, proposal, rejected)
        _decide(world, proposal, replace(rejected, reason="Đường đang sạt lở"))
        found = proposal_of(connection, proposal)
        assert found is not None
        assert (found.status, found.decision_reason) == ("rejected", "Đường đang sạt lở")


def test_no_more_is_ordered_than_there_is(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    source, destination = (world.stations[commune] for commune in world.communes[:2])
    with app.app_context():
        proposal = propose(db.session.connection(), world, source, destination)
        for vials in (0, 100_000):
            with pytest.raises(Refused, match=r"redistribution\.vials"):
                _decide(world, proposal, replace(APPROVED, vials=vials))


def test_both_ends_say_what_the_move_changes(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    source, destination = (world.stations[commune] for commune in world.communes[:2])
    with app.app_context():
        connection = db.session.connection()
        found = proposal_of(connection, propose(connection, world, source, destination))
        assert found is not None
        giving, receiving = both_ends(connection, found, TODAY)
        assert (giving.site_id, receiving.site_id) == (source, destination)
        assert giving.before - giving.after == found.doses, "hardly anything is used there"
        assert receiving.after >= receiving.before
        assert (giving.still_due, receiving.daily_milli) == (4, 9000)
