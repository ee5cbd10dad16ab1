"""The doses of a series in words: had, due, not yet or never, with the reason and the document that says so (R016)."""

from __future__ import annotations

from mobile.screens.describe import Sign
from mobile.words import words
from shared.rules.schedule import PlannedDose

#: The sign of each state.
STATES = {
    "had": ("check-circle-outline", "good"),
    "due": ("needle", "brand"),
    "later": ("calendar-clock", "muted"),
    "closed": ("lock-outline", "muted"),
    "never": ("cancel", "muted"),
}


def planned_sign(dose: PlannedDose) -> Sign:
    """Đến lịch từ 10/01/2022."""
    icon, tone = STATES[dose.state]
    state = words.t(f"series.{dose.state}")
    if dose.on is None:
        return Sign(state, icon, tone)
    day = words.day(dose.on)
    when = day if dose.state == "had" else words.t("series.from", day=day)
    return Sign(f"{state} {when}", icon, tone)


def planned_why(dose: PlannedDose) -> str:
    """Chưa đủ khoảng cách với mũi trước. Theo 10722/BYT-DP."""
    parts = [words.t(f"series.reason.{dose.reason}")] if dose.reason else []
    if dose.document:
        parts.append(words.t("why.by", document=dose.document))
    return " ".join(parts)
