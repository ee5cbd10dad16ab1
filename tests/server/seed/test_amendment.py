"""The demo's plan has a later version for a few places, one of them a school, and the deviations behind it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.plans.campaigns import deviations_at
from server.plans.goals import campaign_targets, goals_of
from server.plans.models import Campaign
from server.plans.versions import differences, plan_at, plan_version_of, versions_of
from server.seed.amendment import AMENDED, AMENDED_BEFORE, AMENDMENT
from server.seed.catalogue import PLAN
from tests.server.seed.conftest import Sown


@pytest.mark.proves("R049", "R090", "R091")
def test_a_later_version_names_a_few_communes_and_a_school(spring: Sown) -> None:
    connection, today = spring.connection, spring.plan.today
    campaign = connection.execute(select(Campaign.id)).scalar_one()
    targets = campaign_targets(connection, campaign)
    newer, older = versions_of(targets, today)
    assert (newer.document, newer.targets, newer.applying) == (AMENDMENT, AMENDED + 1, AMENDED + 1)
    assert (older.document, older.targets, older.applying) == (PLAN, 60, 60 - AMENDED)
    found = differences(plan_at(targets, older.key), plan_at(targets, newer.key))
    levels = {d.sort: spring.tree.nodes[d.place_id].level for d in found}
    assert levels == {"added": "school", "changed": "commune"}
    before = today - timedelta(days=AMENDED_BEFORE + 1)
    version = plan_version_of(connection, campaign, before)
    assert version is not None
    assert version.document == PLAN
    province = spring.tree.provinces()[0].id
    assert goals_of(connection, province, before) == goals_of(connection, province, today)
    deviations = deviations_at(connection, list(spring.tree.nodes))
    assert [d.reason for d in deviations] == ["access", "people"]
    assert all(d.goal in goals_of(connection, province, today) for d in deviations)
