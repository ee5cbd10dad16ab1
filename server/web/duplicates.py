"""Duplicates: the queue of records that may be of one person, side by side; verdicts, and taking them back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import language, reader
from server.registers import review
from server.registers.review import Pair, Side, Verdict
from server.web import blueprint
from server.web.area import area, connection, names_shown, person_name, require
from server.web.entries import HIDDEN
from server.web.listing import PAGE_ROWS, Paging
from server.web.texts import day, dose_type, option, t, vaccine
from server.web.writing import write
from shared.faults import Refused, fault
from shared.identifiers import is_id
from shared.kinds import KINDS
from shared.records import may_author
from shared.rules.matching import name_key
from shared.text.folding import fold

LEVELS = ("likely", "possible")
VERDICTS = ("same", "different")
ALIKE = ("same", "near", "differs", "unknown")


@dataclass(frozen=True, slots=True)
class Compared:
    """A line of the comparison: what both records say, and how alike that is (one of ALIKE)."""

    label: str
    texts: tuple[str, str]
    alike: str


@blueprint.get("/duplicates")
@login_required
def duplicates() -> ResponseReturnValue:
    """The next pair of the queue; `level` narrows it, `after` names the pair that was passed over."""
    require("identity")
    level = request.args.get("level", "")
    found = review.next_pair(
        connection(), _villages(), level if level in LEVELS else None, request.args.get("after")
    )
    pair = review.pair_of(connection(), *found) if found else None
    return _queue(pair, level if level in LEVELS else "")


@blueprint.get("/duplicates/<key>")
@login_required
def duplicate(key: str) -> ResponseReturnValue:
    """One pair, from its address."""
    require("identity")
    return _queue(_pair(key), "")


@blueprint.post("/duplicates/<key>")
@login_required
def duplicate_decide(key: str) -> ResponseReturnValue:
    """Write the verdict and go on to the next pair."""
    require("identity")
    if not may_author(reader().role, "same_person"):
        raise Refused(fault("permission.denied"))
    pair, verdict = _pair(key), request.form.get("verdict", "")
    if verdict not in VERDICTS:
        raise Refused(fault("request.malformed"))
    said = cast(Literal["same", "different"], verdict)
    checked_by, note = request.form.get("checked_by") or None, request.form.get("note", "").strip() or None
    keep = request.form.get("keep")
    following = review.next_pair(connection(), _villages(), request.form.get("level") or None, key)
    try:
        write(lambda author: review.decide(author, pair, said, keep=keep, checked_by=checked_by, note=note))
    except Refused as refused:
        return _queue(pair, "", faults=refused.faults), 422
    flash(t(f"duplicates.done.{verdict}"), "good")
    level = request.form.get("level") or None
    return redirect(
        url_for("web.duplicates", level=level)
        if following is None
        else url_for("web.duplicates", level=level, after=key)
    )


@blueprint.get("/duplicates/verdicts")
@login_required
def duplicate_verdicts() -> ResponseReturnValue:
    """Verdicts that stand, the newest first; `verdict` is same or different."""
    require("identity")
    verdict = "different" if request.args.get("verdict") == "different" else "same"
    asked = cast(Literal["same", "different"], verdict)
    waiting = review.waiting(connection(), _villages())
    paging = Paging.from_address(waiting.same if verdict == "same" else waiting.different)
    rows = review.verdicts(connection(), _villages(), asked, offset=paging.offset, limit=PAGE_ROWS)
    return render_template(
        "identity_verdicts.html",
        rows=rows,
        verdict=verdict,
        waiting=waiting,
        may_decide=may_author(reader().role, "same_person"),
        person_name=person_name,
        names_shown=names_shown(),
        place_name=area().tree.name,
        where=area().where,
        **paging.words(),
    )


@blueprint.post("/duplicates/verdicts/<verdict_id>/withdraw")
@login_required
def duplicate_withdraw(verdict_id: str) -> ResponseReturnValue:
    """Take a verdict back: the two records stand apart again, as before."""
    require("identity")
    if not may_author(reader().role, "same_person"):
        raise Refused(fault("permission.denied"))
    found = _verdict(verdict_id)
    write(lambda author: review.withdraw(author, found))
    flash(t(f"duplicates.withdrawn.{found.verdict}"), "good")
    return redirect(url_for("web.duplicate_verdicts", verdict=found.verdict))


def _queue(pair: Pair | None, level: str, faults: Any = ()) -> str:
    return render_template(
        "identity_queue.html",
        pair=pair,
        level=level,
        levels=LEVELS,
        waiting=review.waiting(connection(), _villages()),
        lines=_compared(pair) if pair else [],
        doses=_doses(pair) if pair else [],
        standing=review.standing_verdicts(connection(), pair.sides[0].id, pair.sides[1].id) if pair else [],
        may_decide=may_author(reader().role, "same_person"),
        person_name=person_name,
        names_shown=names_shown(),
        place_name=area().tree.name,
        where=area().where,
        faults=faults,
    )


def _villages() -> list[str]:
    return [node.id for node in area().at_level("village")]


def _pair(key: str) -> Pair:
    """The pair an address names, when both records lie in the reader's area; otherwise 404."""
    one, _, other = key.partition(".")
    pair = review.pair_of(connection(), one, other) if is_id(one) and is_id(other) else None
    if pair is None or not all(side.village_id in area().visible for side in pair.sides):
        raise Refused(fault("scope.hidden"))
    return pair


def _verdict(verdict_id: str) -> Verdict:
    found = review.standing_verdict(connection(), verdict_id) if is_id(verdict_id) else None
    if found is None or not area().visible.issuperset(found.villages):
        raise Refused(fault("scope.hidden"))
    return found


def _compared(pair: Pair) -> list[Compared]:
    one, other = pair.sides
    codes = {reason.code for reason in pair.likeness.reasons}
    born = "same" if codes & {"birth_same"} else "differs" if "birth_differs" in codes else "near"
    return [
        Compared(
            _label("full_name"),
            (person_name(one.full_name), person_name(other.full_name)),
            _names_alike(one.full_name, other.full_name),
        ),
        Compared(_label("birth_date"), (_born(one), _born(other)), born),
        _by(one, other, "sex", lambda side: option("person", "sex", side.sex)),
        _by(one, other, "id_number", _papers, key=lambda side: side.id_number, secret=True),
        _by(one, other, "phone", lambda side: side.phone, secret=True),
        _by(one, other, "guardian_name", lambda side: side.guardian_name, key=_guardian, secret=True),
        Compared(
            t("identity.head"),
            (_secret(one.head_name), _secret(other.head_name)),
            _alike(_folded(one.head_name), _folded(other.head_name)),
        ),
        Compared(t("column.place"), (_home(one), _home(other)), _alike(one.village_id, other.village_id)),
        _by(one, other, "residence", lambda side: option("person", "residence", side.residence)),
    ]


def _label(name: str) -> str:
    """A field of a person as people read it."""
    return KINDS["person"].field_label(name, language())


def _by(
    one: Side,
    other: Side,
    name: str,
    words: Callable[[Side], str | None],
    *,
    key: Callable[[Side], Any] | None = None,
    secret: bool = False,
) -> Compared:
    texts = tuple((_secret(words(side)) if secret else words(side)) or "–" for side in (one, other))
    keys = [(key or words)(side) for side in (one, other)]
    return Compared(_label(name), (texts[0], texts[1]), _alike(*keys))


def _alike(one: Any, other: Any) -> str:
    if not one or not other:
        return "unknown"
    return "same" if one == other else "differs"


def _names_alike(one: str, other: str) -> str:
    if one.casefold() == other.casefold():
        return "same"
    return "near" if fold(one) == fold(other) or name_key(one) == name_key(other) else "differs"


def _guardian(side: Side) -> str | None:
    return _folded(side.guardian_name)


def _folded(name: str | None) -> str | None:
    return name_key(name) if name else None


def _secret(text: str | None) -> str:
    """What only readers who see names may read; others learn whether there is anything."""
    return "–" if not text else text if names_shown() else HIDDEN


def _papers(side: Side) -> str | None:
    return side.id_number and f"{option('person', 'id_kind', side.id_kind)} {side.id_number}"


def _born(side: Side) -> str:
    if side.birth_precision == "year" or not names_shown():
        return str(side.birth_date.year)
    return f"{side.birth_date:%m/%Y}" if side.birth_precision == "month" else day(side.birth_date)


def _home(side: Side) -> str:
    return f"{area().tree.name(side.village_id)}, {area().where(side.village_id)}"


def _doses(pair: Pair) -> list[Compared]:
    """Doses of both, those of one type and day beside each other."""
    keys = sorted({(dose.given_on, dose.dose_type) for side in pair.sides for dose in side.doses})
    lines = []
    for given_on, dose in keys:
        texts = tuple(
            ", ".join(
                f"{day(d.given_on)} · {vaccine(d.vaccine)}"
                for d in side.doses
                if (d.given_on, d.dose_type) == (given_on, dose)
            )
            for side in pair.sides
        )
        lines.append(
            Compared(dose_type(dose), (texts[0] or "–", texts[1] or "–"), "same" if all(texts) else "unknown")
        )
    return lines
