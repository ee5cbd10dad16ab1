"""Every text a page asks for exists in both languages, and every text there is, is used."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from server.accounts.fleet import STATES
from server.indicators.denominators import DENOMINATORS
from server.interop.imports import check  # noqa: F401  the layouts' names come with it
from server.redistribution.proposals import Status
from server.registers.follow_up import FOLLOW_UPS
from server.registers.houses import STATES as HOUSE_STATES
from server.registers.questionable import DOUBTS, OF_RECORDS
from server.reports.form_sheet import FROM
from server.reports.late_units import LATE_WITH
from server.reports.standing import STATES as REPORT_STATES
from server.stock.anomalies import KINDS as ODD_KINDS
from server.stock.count_reviews import STATES as COUNT_STATES
from server.stock.postings import DEEDS
from server.sync.openapi import describe
from server.web import exchange
from server.web.affairs import BUCKETS as MATTER_BUCKETS
from server.web.affairs_communication import STATUSES
from server.web.affairs_forces import STATES as FORCE_STATES
from server.web.affairs_forms import TOLD
from server.web.allocations import STATES as ALLOCATION_STATES
from server.web.choices import HIERARCHIES
from server.web.doubts import COLUMNS as DOUBT_COLUMNS
from server.web.duplicates import ALIKE, VERDICTS
from server.web.figures import MEASURES
from server.web.frame import SECTIONS
from server.web.help_pages import signed
from server.web.imports import IMPORTERS
from server.web.outreach import OUTCOMES
from server.web.outreach_lists import COLUMNS as ROUTE_COLUMNS
from server.web.plans import SORTS
from server.web.plans_openings import STATES as OPENING_STATES
from server.web.stock import BUCKETS
from server.web.stock_balance import LEVELS as BALANCE_LEVELS
from server.web.stock_keeping import SITE_LEVELS
from server.web.stock_levels import STATES as LEVEL_STATES
from server.web.stock_lots import SHOWN as LOTS_SHOWN
from server.web.stock_map import SHADES
from server.web.stock_sites import TODO as SITES_TODO
from server.web.texts import catalogue
from shared.faults import catalogue as faults
from shared.records.response import ACTIONS
from shared.records.signature import SIGNED_KINDS
from shared.rules.alerts import KINDS as ALERT_KINDS
from shared.rules.alerts import TONES as ALERT_TONES
from shared.rules.commitments import STATES as COMMITMENT_STATES
from shared.rules.matching import REASONS
from shared.rules.need import UNUSABLE
from shared.rules.signing import SIGNING_STATES
from shared.rules.transfers import STAGES
from shared.rules.turnover import COLUMNS as BALANCE_COLUMNS

WEB = Path(__file__).parents[3] / "server" / "web"

API = describe()
OPERATIONS = [operation for methods in API["paths"].values() for operation in methods.values()]

ATTENTION = ("slow", "slow_village", "shortage", "silent", "lot", "report", "stock")

#: Keys built from a stem and a code: every code there can be.
STEMS = {
    "section.": tuple(section.key for section in SECTIONS),
    "progress.": ("done", "on_track", "not_started", "behind", "late", "none"),
    "overview.table.": ("province", "district", "area"),
    "attention.kind.": ATTENTION,
    "attention.do.": ATTENTION,
    "measure.": MEASURES,
    "formula.": MEASURES,
    "bucket.": ("all", *BUCKETS),
    "need.part.": ("district", "commune", "place"),
    "need.unusable.": UNUSABLE,
    "need.column.": (
        "due",
        "covered",
        "coverage",
        "need",
        "on_hand",
        "promised",
        "shortage",
        "suggested",
        "missing",
        "in_parts",
        "in_stores",
        "coming",
        "for_goals",
        "promised_out",
        "left",
    ),
    "allocations.state.": ALLOCATION_STATES,
    "allocations.column.": ("lines", "planned", "received", "difference", "overdue"),
    "device.": STATES,
    "import.": tuple(IMPORTERS),
    "import.action.": ("new", "changed", "same", "fault"),
    "match.": REASONS,
    "duplicates.level.": ("likely", "possible", "no"),
    "duplicates.alike.": ALIKE,
    "duplicates.verdicts.": VERDICTS,
    "duplicates.withdraw.": VERDICTS,
    "duplicates.withdrawn.": VERDICTS,
    "duplicates.done.": VERDICTS,
    "exchange.name.": ("matching", "doses"),
    "exchange.what.": ("matching", "doses"),
    "exchange.bring.": ("matching", "doses"),
    "exchange.preview.": tuple(exchange.IMPORTERS),
    "export.": exchange.EXPORTS,
    "fault.title.": ("400", "401", "403", "404", "413", "429", "500", "503"),
    "help.operation.": tuple(operation["operationId"] for operation in OPERATIONS),
    "help.signed.": tuple({signed(operation) for operation in OPERATIONS}),
    "help.parameter.": tuple(p["name"] for operation in OPERATIONS for p in operation.get("parameters", ())),
    "help.answer.": tuple({status for operation in OPERATIONS for status in operation["responses"]}),
    "help.schema.": tuple(
        name for name, schema in API["components"]["schemas"].items() if "title" not in schema
    ),
    "fault.fixer.": tuple(sorted({row.fixer for row in faults().values()})),
}

#: Those of alerts.
STEMS |= {"alerts.tone.": ALERT_TONES, "alerts.do.": ALERT_KINDS}

MATTERS = ("staff_shortage", "proposal", "inspection_remark", "reminder")
FORMS = (*TOLD, "team_roster", "station_profile")

#: Those of the pages of affairs.
STEMS |= {
    "affairs.form.": FORMS,
    "affairs.place.": FORMS,
    "affairs.do.": FORMS,
    "matter.title.": MATTERS,
    "matter.ask.": ("proposal", "inspection_remark"),
    "matter.state.": ("open", *ACTIONS),
    "matter.do.": tuple(ACTIONS),
    "matter.bucket.": MATTER_BUCKETS,
    "matter.needed_for.": ("text", "support"),
    "forces.state.": FORCE_STATES,
    "recipients.status.": STATUSES,
    "recipients.column.": ("phone", "name", "whose", "village", "commune"),
    "reminders.detail.": LATE_WITH,
    "reminders.text.": LATE_WITH,
}


#: Those of the command pages.
STEMS |= {
    "denominator.": DENOMINATORS,
    "denominator.long.": DENOMINATORS,
    "coverage.of.": DENOMINATORS,
    "coverage.without.": DENOMINATORS,
    "coverage.by.": DENOMINATORS,
    "hierarchy.": HIERARCHIES,
    "map.title.": ("commune", "village"),
    "map.shade.": ("1", "2", "3", "4", "5", "none"),
    "more.": ("trend", "quality"),
    "reported.title.": ("district", "commune"),
    "reported.none.": ("district", "commune"),
    "reached.": (
        "reviewed", "absent", "hesitant", "refused", "deferred", "contraindicated", "cannot_come", "revisits",
        "without_id",
    ),
}  # fmt: skip

#: Those of reports.
STEMS |= {
    "report.state.": (*REPORT_STATES, "late"),
    "report.from.": FROM,
    "report.evidence.": ("entry", "kind", "day", "site", "vaccine", "detail", "amount"),
    "summary.column.": (
        "place", "above", "district", "commune", "age_group", "dose", "due_on", "planned", "people",
        "contraindicated", "due", "covered", "percent", "to_go", "days_left", "needed", "by_residence",
        "by_site", "held_back",
    ),
}  # fmt: skip


#: Those of signing and of returnees.
STEMS |= {
    "signing.of.": tuple(SIGNED_KINDS),
    "signing.what.": tuple(SIGNED_KINDS),
    "signing.none.": tuple(SIGNED_KINDS),
    "signing.state.": SIGNING_STATES,
    "returnees.column.": ("came_on", "came_from", "residence", "due"),
}


#: Those of outreach, people and doubts.
STEMS |= {
    "outreach.table.": ("province", "district", "commune", "station", "team", "area"),
    "outreach.choose.": ("revisits", "cannot_come", "people"),
    "outreach.counted.": ("revisits", "cannot_come", "people"),
    "outcome.": OUTCOMES,
    "outcome.title.": OUTCOMES,
    "house.": HOUSE_STATES,
    "people.list.": FOLLOW_UPS,
    "route.column.": ROUTE_COLUMNS,
    "schedule.state.": ("had", "due", "later", "closed", "never"),
    "schedule.on.": ("had", "due", "later"),
    "schedule.reason.": (
        "interval", "covid", "deferred", "opens", "former_dose", "not_open", "no_rule", "not_resident",
        "contraindicated", "not_needed", "condition",
    ),
    "doubt.": DOUBTS,
    "doubt.why.": OF_RECORDS,
    "doubts.column.": DOUBT_COLUMNS,
}  # fmt: skip


#: Those of plans.
STEMS |= {"compare.sort.": SORTS, "openings.state.": OPENING_STATES}

#: Those of stock books.
STEMS |= {
    "sites.level.": SITE_LEVELS,
    "sites.todo.": tuple(SITES_TODO),
    "deed.": tuple(DEEDS),
    "deed_do.": tuple(DEEDS),
    "deed_lead.": tuple(DEEDS),
    "lots.show.": tuple(LOTS_SHOWN),
    "lots.changed.": ("label", "thaw", "open"),
    "lots.term.": ("label", "revised", "thaw", "open", "vvm"),
    "counts.state.": COUNT_STATES,
    "balance.by.": BALANCE_LEVELS,
    "balance.column.": ("opening", *BALANCE_COLUMNS, "closing"),
    "balance.title.": BALANCE_COLUMNS,
}

#: Those of transfers.
STEMS |= {
    "transfers.step.": ("decide", "dispatch", "receive", "settle"),
    "transfers.do.": ("approved", "dispatched", "disputed", "lapsed", "partly", "proposed", "unconfirmed"),
    "transfers.column.": ("ordered", "dispatched", "accepted", "rejected", "lost", "back", "transit"),
    "transfers.more.": ("yes", "no"),
    "transfers.group.": (
        "open", "transit", "unconfirmed", "disputed", "approved", "proposed", "lapsed", "ended",
    ),
    "transfers.barred.": UNUSABLE,
    "transfers.stage.": STAGES,
    "transfers.decided.": ("approved", "rejected", "cancelled"),
    "transfers.summary.": ("dispatch", "receipt", "settlement"),
    "note.": ("dispatch", "receipt"),
    "note.sign.": ("writer", "carrier", "keeper", "receiver", "head"),
    "nav.group.": ("expiring", "books", "planned", "supplies"),
}  # fmt: skip


#: Those of commitments, wastage and supplies.
STEMS |= {
    "commitments.state.": COMMITMENT_STATES,
    "commitments.step.": (
        "allocated", "received", "use", "state", "recall", "order", "dispatch", "receipt", "used",
    ),
    "commitments.figure.": ("received", "used", "discarded", "moved", "left"),
    "commitments.verdict.": (*(set(COMMITMENT_STATES) - {"behind"}), "broken_over", "early"),
    "commitments.status.": ("drafted", "approved", "withdrawn", "changed"),
    "commitments.done.": ("drafted", "approved", "withdrawn"),
    "commitments.received_": ("all", "part"),
    "wastage.odd.": ODD_KINDS,
    "wastage.column.": ("day", "place", "lot", "reason"),
    "levels.state.": LEVEL_STATES,
    "levels.": ("least", "most", "title"),
    "leftovers.column.": (
        "bought", "used", "passed_on", "discarded", "left", "condition", "proposed", "plan_after", "decided",
    ),
    "leftovers.": ("title",),
    "equipment.": ("title", "in_use", "idle", "yes", "no"),
    "items.": ("title", "new"),
}  # fmt: skip

MOVE_STATUSES = get_args(Status)

#: Those of the expiring board, proposals and outcomes.
STEMS |= {
    "board.shade.": SHADES,
    "board.use.": ("usable", "unusable"),
    "column.": ("vials", "doses", "usable", "losing", "used_28"),
    "moves.status.": MOVE_STATUSES,
    "moves.is.": tuple(status for status in MOVE_STATUSES if status != "open"),
    "moves.method.": ("scenario_lp", "mean_lp", "greedy", "nothing"),
    "moves.not.": (
        "expired", "in_transit", "reserved", "safety_stock", "no_leg", "leg_too_long", "arrives_too_late",
        "arrives_expired", "no_one_due", "no_one_at_all", "no_refrigerator_room", "truck_full", "pair_limit",
        "not_worth_the_way",
    ),
    "moves.stays.": (
        "cooldown", "on_hold", "recount_first", "stale_count", "closed", "no_refrigerator", "outside", "no_position",
    ),
    "outcomes.": (
        "sent", "received", "used", "expired", "left", "saves", "saved", "saved_by_greedy", "settled_yes", "settled_no",
    ),
}  # fmt: skip


def used() -> set[str]:
    keys: set[str] = set()
    for file in [*WEB.rglob("*.html"), *WEB.glob("*.py")]:
        text = file.read_text(encoding="utf-8")
        whole = r"""\bt\(\s*["']([a-z0-9_.]+[a-z0-9_])["']\s*[,)]"""
        keys |= set(re.findall(whole, text))
        keys |= set(re.findall(r'"((?:nav|column)\.[a-z_]+)"', text))
        for stem in re.findall(r"""\bt\(\s*["']([a-z0-9_.]+\.)["']\s*[~+]""", text):
            assert stem in STEMS, f"{file.name}: {stem} is built from codes nobody lists"
    keys |= {f"{stem}{code}" for stem, codes in STEMS.items() for code in codes}
    return keys | {f"import.{name}.what" for name in IMPORTERS}


def test_every_key_used_exists_in_both_languages() -> None:
    missing = used() - catalogue().keys()
    assert not missing, sorted(missing)


def test_every_text_is_used() -> None:
    unused = catalogue().keys() - used()
    assert not unused, sorted(unused)
