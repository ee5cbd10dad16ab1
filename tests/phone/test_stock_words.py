"""Every state, stage and kind that a rule can give has its sign and its words on the phone, in both languages."""

from __future__ import annotations

import pytest

from tests.phone import harness  # noqa: F401  Kivy is set up before a screen's module is imported

pytestmark = pytest.mark.phone


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_whatever_a_rule_says_can_be_shown(lang: str) -> None:
    from mobile.screens.stock_words import ALERT_ICONS, COMMITMENT_SIGNS, STAGE_SIGNS
    from mobile.widgets.icons import ICONS
    from mobile.words import words
    from shared.rules import alerts, commitments, transfers

    assert set(STAGE_SIGNS) == set(transfers.STAGES)
    assert set(COMMITMENT_SIGNS) == set(commitments.STATES)
    assert set(ALERT_ICONS) == set(alerts.KINDS)
    before = words.lang
    words.lang = lang
    try:
        said = [words.t(f"transfer.stage_{stage}") for stage in STAGE_SIGNS]
        said += [words.t(f"commitment.{state}") for state in COMMITMENT_SIGNS]
    finally:
        words.lang = before
    assert all(said)
    icons = {icon for icon, _ in (*STAGE_SIGNS.values(), *COMMITMENT_SIGNS.values())} | set(
        ALERT_ICONS.values()
    )
    assert icons <= set(ICONS)
