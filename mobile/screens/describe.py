"""How people, doses, lots and visits are put in words: the same everywhere, and nothing decided here."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from mobile.store.stock import HoldingRow, LotRow
from mobile.store.views import HouseholdRow, PersonRow, VisitRow
from mobile.words import words
from shared.reference import age_groups, reasons, vaccines
from shared.rules.schedule import NextDose

#: The sign of each outcome of a visit.
OUTCOME_SIGNS = {
    "reviewed": ("account-check-outline", "good"),
    "absent": ("door", "warn"),
    "hesitant": ("account-question-outline", "warn"),
    "refused": ("hand-back-right-off-outline", "late"),
    "deferred": ("clock-outline", "warn"),
    "contraindicated": ("cancel", "late"),
    "moved": ("truck-outline", "muted"),
    "deceased": ("minus-circle-outline", "muted"),
}

#: Which group of reasons explains an outcome, and whether one is needed is the rule's to say.
OUTCOME_REASONS = {
    "refused": "refusal",
    "hesitant": "refusal",
    "absent": "absence",
    "deferred": "deferral",
    "contraindicated": "contraindication",
}

#: The sign of each reason why no dose is next.
NO_DOSE = {
    "complete": ("check", "good"),
    "closed": ("calendar-alert", "muted"),
    "too_young": ("human-male-child", "muted"),
    "contraindicated": ("cancel", "late"),
}

#: Residences that say why somebody is not asked about.
AWAY = {"absent": "account-clock-outline", "moved": "truck-outline", "deceased": "minus-circle-outline"}


@dataclass(frozen=True, slots=True)
class Sign:
    """A state in words, with its icon and tone."""

    text: str
    icon: str = ""
    tone: str = "muted"


def person_line(row: PersonRow) -> str:
    """Nữ · 36 tuổi · Vợ."""
    parts = [words.option("person", "sex", row.sex), words.t(f"age.{row.birth_precision}", years=row.age)]
    return " · ".join([*parts, *filter(None, [row.relation])])


def dose_name(dose_type: str) -> str:
    """A dose as people call it in short."""
    return words.t(f"dose.{dose_type}")


def person_sign(row: PersonRow, today: date) -> Sign:
    """What is next for a person, in a chip."""
    if row.residence in AWAY:
        return Sign(words.option("person", "residence", row.residence), AWAY[row.residence])
    if row.next_dose is None:
        reason = row.no_dose if row.no_dose in NO_DOSE else "complete"
        return Sign(words.t(f"due.{reason}"), *NO_DOSE[reason])
    if row.is_due:
        return Sign(words.t("due.now", dose=dose_name(row.next_dose)), "needle", "brand")
    left = (row.due_on - today).days if row.due_on else 0
    return Sign(
        words.t("due.later", dose=dose_name(row.next_dose), left=words.days_left(left)), "clock-outline"
    )


def small(said: str) -> str:
    """The words as they stand inside a sentence."""
    return said[:1].lower() + said[1:]


def phone_number(stored: str) -> str:
    """+84912345678 as people read it: 0912 345 678. Anything else as it was recorded."""
    if not (stored.startswith("+84") and len(stored) == 12):
        return stored
    return f"0{stored[3:6]} {stored[6:9]} {stored[9:]}"


def advice_text(advice: NextDose, today: date) -> str:
    """What the rule says of the next dose, with the document that says so."""
    if advice.dose_type is None:
        return words.t(f"why.{advice.reason}")
    name = small(words.option("dose", "dose_type", advice.dose_type))
    document = words.t("why.by", document=advice.document) if advice.document else ""
    if advice.is_due(today):
        text = words.t("why.due", dose=name)
    else:
        left = words.days_left((advice.due_on - today).days) if advice.due_on else "–"
        text = words.t("why.later", dose=name, day=words.day(advice.due_on), left=left)
    return f"{text} {document}".strip()


def household_sign(row: HouseholdRow, today: date) -> Sign:
    """How a house stands in the door-to-door review."""
    if row.state == "revisit":
        waits = row.revisit_on is not None and row.revisit_on > today
        return Sign(
            words.t("house.revisit", day=f"{row.revisit_on:%d/%m}"),
            "calendar-clock",
            "muted" if waits else "warn",
        )
    if row.state == "unanswered":
        said = words.t("house.unanswered", count=words.number(row.unanswered))
        return Sign(said, "account-question-outline", "warn")
    icon, tone = ("door", "warn") if row.state == "never" else ("check", "good")
    return Sign(words.t(f"house.{row.state}"), icon, tone)


def household_line(row: HouseholdRow) -> str:
    """5 người · 2 đến lịch."""
    parts = [words.counted("count.people", row.people)]
    if row.due:
        parts.append(words.counted("count.due", row.due))
    return " · ".join(parts)


def visit_line(visit: VisitRow) -> str:
    """2 đã rà soát, 1 vắng nhà."""
    counts = Counter(str(line["outcome"]) for line in visit.outcomes)
    return ", ".join(
        words.t("visit.counted", count=count, outcome=outcome_name(code).lower())
        for code, count in counts.items()
    )


def outcome_name(code: str) -> str:
    """An outcome of a visit in words."""
    return words.option("visit", "outcome", code)


def reason_name(group: str, code: str | None) -> str:
    """A coded reason in words; the code itself when the list does not know it."""
    found = reasons(group).get(code or "")
    if found is None:
        return code or ""
    return found.label_en if words.lang == "en" else found.label_vi


def reason_options(group: str, today: date) -> list[tuple[str, str]]:
    """(code, words) of the reasons of a group that are in force."""
    return [
        (code, reason_name(group, code))
        for code, reason in reasons(group).items()
        if reason.valid_from <= today and (reason.valid_to is None or today <= reason.valid_to)
    ]


def age_group_name(code: str) -> str:
    """An age group in words, short where the app has short ones."""
    if f"group.{code}" in words:
        return words.t(f"group.{code}")
    group = age_groups().get(code)
    if group is None:
        return code
    return group.label_en if words.lang == "en" else group.label_vi


def vaccine_name(code: str) -> str:
    """A vaccine in words."""
    vaccine = vaccines().get(code)
    if vaccine is None:
        return code
    return vaccine.name_en if words.lang == "en" else vaccine.name_vi


def lot_name(lot: LotRow) -> str:
    """The item a lot is of."""
    return lot.item_name_en if words.lang == "en" else lot.item_name_vi


def unit_name(lot: LotRow) -> str:
    """What a lot is counted in."""
    return lot.unit_en if words.lang == "en" else lot.unit_vi


def holding_line(holding: HoldingRow) -> str:
    """12 lọ · 72 liều."""
    parts = [f"{words.number(holding.vials)} {unit_name(holding.lot)}"]
    if holding.doses is not None:
        parts.append(words.counted("count.doses", holding.doses))
    return " · ".join(parts)


def expiry_sign(holding: HoldingRow) -> Sign:
    """How long a holding may still be used."""
    if holding.lot.hold:
        return Sign(words.t("stock.hold"), "cancel", "late")
    if holding.days_left is None:
        return Sign(words.t("stock.no_expiry"), "calendar-alert", "warn")
    tone = {"expired": "late", "within_7": "late", "within_30": "warn"}.get(holding.bucket, "muted")
    icon = "alert-outline" if tone == "late" else "calendar-clock"
    return Sign(words.days_left(holding.days_left), icon, tone)


def holding_state(holding: HoldingRow) -> str:
    """How a holding is kept, and the last day of its use."""
    state = words.option("stock_count", "state", holding.state)
    if holding.expires_on is None:
        return state
    return words.t("stock.until", state=state, day=words.day(holding.expires_on))


def shown_value(kind: str, field: str, value: Any) -> str:
    """A recorded value in words."""
    if value is None or value == []:
        return "–"
    if field in ("phone", "guardian_phone"):
        return phone_number(str(value))
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(words.option(kind, field, one) for one in value)
    if field.endswith(("_on", "_date", "_since")):
        return words.day(date.fromisoformat(str(value)))
    return words.option(kind, field, value)
