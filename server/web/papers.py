"""People without papers: the worklist by commune and village, its file for the police, and their answer (R011)."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import language, reader
from server.interop.personal_codes import WORKLIST, birth_text, worklist
from server.places.order import place_key
from server.places.tree import Node
from server.registers.papers import ORDERS, count_without_papers, without_papers
from server.web import blueprint
from server.web.area import area, connection, names_shown, person_name, require, seen_place
from server.web.downloads import send_file
from server.web.listing import PAGE_ROWS, Paging, Sorting
from server.web.texts import option
from shared.records import may_author


@blueprint.get("/papers")
@login_required
def papers() -> ResponseReturnValue:
    """The worklist, narrowed to a commune or village by `place`."""
    require("identity")
    place, villages = _asked()
    counts = count_without_papers(connection(), villages)
    sorting, paging = Sorting.from_address(ORDERS, "village"), Paging.from_address(sum(counts.values()))
    return render_template(
        "identity_papers.html",
        rows=without_papers(
            connection(),
            villages,
            order=sorting.key,
            descending=sorting.descending,
            offset=paging.offset,
            limit=PAGE_ROWS,
        ),
        place=place,
        places=_places(),
        counts=_by_unit(place, counts),
        may_import=may_author(reader().role, "person"),
        may_export=names_shown(),
        birth=lambda row: birth_text(row.birth_date, row.birth_precision if names_shown() else "year"),
        person_name=person_name,
        names_shown=names_shown(),
        place_name=area().tree.name,
        where=area().where,
        sorting=sorting,
        **paging.words(),
    )


@blueprint.post("/papers/file")
@login_required
def papers_file() -> ResponseReturnValue:
    """The file for the police: people's names leave the system, so only readers who see them may take it."""
    require("identity")
    require("names")
    place, villages = _asked()
    rows = worklist(without_papers(connection(), villages), area().tree, option)
    header = [en if language() == "en" else vi for _, vi, en in WORKLIST]
    return send_file("papers", place, header, rows, request.form.get("ending", ""))


def _asked() -> tuple[Node, list[str]]:
    """The place asked for, the first of the reader's when none is, and its villages in sight."""
    asked = request.values.get("place", "")
    place = seen_place(asked) if asked else area().roots[0]
    return place, [v for v in area().tree.villages(place.id) if v in area().visible]


def _places() -> list[tuple[str, str]]:
    """Districts and communes to choose from, or the villages of one commune."""
    seen = area()
    communes = seen.at_level("commune")
    nodes = [*seen.at_level("district"), *communes] if len(communes) > 1 else seen.at_level("village")
    named = [(node.id, f"{node.name} · {seen.where(node.id)}".rstrip(" ·")) for node in nodes]
    return sorted(named, key=lambda pair: place_key(pair[1]))


def _by_unit(place: Node, counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """People without papers of the units right under a place: (id, name, people), most first."""
    tree, level = area().tree, {"province": "district", "district": "commune"}.get(place.level, "village")
    summed: dict[str, int] = {}
    for village, count in counts.items():
        if (unit := tree.up(village, level)) is not None:
            summed[unit.id] = summed.get(unit.id, 0) + count
    return sorted(
        ((id_, tree.name(id_), count) for id_, count in summed.items()),
        key=lambda row: (-row[2], place_key(row[1])),
    )
