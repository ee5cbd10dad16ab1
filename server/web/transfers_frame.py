"""What every page of transfers needs: the transfer the reader may see, what they may do with it, its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import request

from server.accounts.session import reader
from server.places.order import place_key
from server.settings import current_settings
from server.stock.sending import Sendable
from server.stock.transfer_lines import Document
from server.stock.transfers import Standing, transfer
from server.web.area import area, connection, require
from server.web.person import fault_words
from server.web.texts import day, in_language, kind_label, option, t
from shared.faults import Fault, Refused, fault
from shared.identifiers import is_id
from shared.records import may_author
from shared.reference import reasons

#: Stages in which each step may be written on a page; what happened elsewhere comes from the phones all the same.
_STAGES = {
    "decide": frozenset({"proposed", "approved", "lapsed"}),
    "dispatch": frozenset({"approved", "unconfirmed", "dispatched", "partly"}),
    "receive": frozenset({"approved", "unconfirmed", "dispatched", "partly", "disputed"}),
    "settle": frozenset({"disputed"}),
}
_KIND = {
    "decide": "transfer_decision",
    "dispatch": "dispatch",
    "receive": "receipt",
    "settle": "settlement",
}

#: The step a stage waits for.
TURN = {
    "proposed": "decide", "lapsed": "decide", "approved": "dispatch", "unconfirmed": "dispatch",
    "dispatched": "receive", "partly": "receive", "disputed": "settle",
}  # fmt: skip

#: The step at which a document of a kind is written, and corrected.
STEP_OF = {"dispatch": "dispatch", "receipt": "receive", "settlement": "settle"}

TONES = {
    "disputed": "late", "unconfirmed": "warn", "partly": "warn", "dispatched": "quiet", "lapsed": "late",
    "proposed": "warn", "approved": "quiet", "closed": "good", "rejected": "quiet", "cancelled": "quiet",
}  # fmt: skip

#: The stage of the vial monitor as forms offer it.
MONITOR = ("1", "2", "3", "4")


def today() -> date:
    """Today, from the one clock."""
    return current_settings().clock.today()


def seen_transfer(transfer_id: str) -> Standing:
    """The transfer, when the reader sees one of its two sites; otherwise it does not exist for them (404)."""
    require("stock")
    found = transfer(connection(), transfer_id, today()) if is_id(transfer_id) else None
    if found is None or not {found.row.source_id, found.row.destination_id} & area().visible:
        raise Refused(fault("scope.hidden"))
    return found


def steps(one: Standing) -> list[str]:
    """Of decide, dispatch, receive, settle those the reader may write now."""
    return [step for step in _STAGES if _fits(one, step) and may(one, step)]


def _fits(one: Standing, step: str) -> bool:
    """Whether a step belongs to the stage; nothing but a shortage can be settled."""
    return one.stage in _STAGES[step] and (step != "settle" or one.in_transit > 0)


def may(one: Standing, step: str) -> bool:
    """Whether the reader's role and area allow a step, whatever the stage.

    A dispatch is written by who keeps the source, a receipt by who keeps the destination; who decides or settles
    answers for both.
    """
    ends = {"dispatch": {one.row.source_id}, "receive": {one.row.destination_id}}
    wanted = ends.get(step, {one.row.source_id, one.row.destination_id})
    return may_author(reader().role, _KIND[step]) and wanted <= area().visible


def need_step(one: Standing, step: str) -> Document | None:
    """Refuse readers who may not write a step; the document the address says is to be corrected, None for a new one."""
    if not may(one, step):
        both = step in ("decide", "settle") and may_author(reader().role, _KIND[step])
        raise Refused(fault("transfer.not_yours_to_decide" if both else "permission.denied"))
    wanted = request.values.get("corrects", "")
    if not wanted:
        if not _fits(one, step):
            raise Refused(fault("permission.denied"))
        return None
    found = next(
        (d for d in one.documents if d.id == wanted and STEP_OF[d.kind] == step and not d.idle), None
    )
    if found is None:
        raise Refused(fault("scope.hidden"))
    return found


def decider(one: Standing) -> str:
    """Who decides: the health authority of the district both sites are in, else of the province."""
    tree = area().tree
    districts = {tree.up(site, "district") for site in (one.row.source_id, one.row.destination_id)}
    node = districts.pop() if len(districts) == 1 else None
    if node is None:
        source = tree.get(one.row.source_id) or tree.get(one.row.destination_id)
        return t("transfers.health_of", place=tree.name(source.province if source else None))
    return t("transfers.health_of", place=node.name)


def whose_turn(one: Standing) -> str:
    """Who acts next, by name; empty at an end."""
    if one.awaited == "decider":
        return decider(one)
    if one.awaited is None:
        return ""
    return area().tree.name(one.row.source_id if one.awaited == "source" else one.row.destination_id)


def named_sites(ids: Iterable[str]) -> list[tuple[str, str]]:
    """(id, name with the places above), stores first, then in their order."""
    tree = area().tree
    ordered = sorted(ids, key=lambda p: (tree.nodes[p].level != "store", place_key(tree.name(p)), p))
    return [(p, ", ".join(filter(None, (tree.name(p), area().where(p))))) for p in ordered]


def holding_words(state: str, thawed_on: date | None) -> str:
    """“Đã rã đông 01/04/2022”, “Đông lạnh”."""
    words = option("stock_movement", "state", state)
    return f"{words} {day(thawed_on)}" if thawed_on else words


def asked_day(name: str, usual: date) -> date:
    """A day of the form; the usual one when it is blank or no day."""
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return usual


def days_ahead(days: int) -> str:
    """A day from today on, as a date input has it."""
    return (today() + timedelta(days=days)).isoformat()


def fefo_codes() -> list[tuple[str, str]]:
    """(code, words) of reasons not to send the shortest-dated lot."""
    return [(code, in_language(reason, "label")) for code, reason in reasons("fefo_override").items()]


def fefo_words(code: str) -> str:
    """A reason not to send the shortest-dated lot; a code nobody knows stands for itself."""
    return dict(fefo_codes()).get(code, code)


def line_body(one: Sendable, vials: int) -> dict[str, Any]:
    """A line of a document about a holding."""
    lot, state, thawed_on = one.key
    body: dict[str, Any] = {"lot": lot, "state": state, "vials": vials}
    return body | ({"thawed_on": thawed_on.isoformat()} if thawed_on else {})


def typed(name: str) -> int | None:
    """A whole number from the form, without its dots; None when it is blank, −1 when it is no number."""
    text = request.form.get(name, "").strip().replace(".", "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def typed_vials(rows: Sequence[Sendable]) -> dict[str, int]:
    """Holding -> vials typed beside it; what is blank or 0 is left out."""
    found = {one.name: typed(f"vials.{one.name}") for one in rows}
    if -1 in found.values():
        raise Refused(fault("field.not_whole", t("transfers.column.vials")))
    return {name: vials for name, vials in found.items() if vials}


def flag_words(flags: Iterable[Fault]) -> list[str]:
    """Flags in words, their days as they are read here."""
    return [fault_words(flag) for flag in flags]


def words() -> Mapping[str, Any]:
    """What every page of transfers can say."""
    return {
        "today": today(),
        "place_name": area().tree.name,
        "where": area().where,
        "whose_turn": whose_turn,
        "holding_words": holding_words,
        "tones": TONES,
        "monitor": MONITOR,
        "kind_label": kind_label,
        "fefo_words": fefo_words,
        "as_day": date.fromisoformat,
    }
