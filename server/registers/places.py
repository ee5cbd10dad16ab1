"""Brings the place tables to what the folds say."""

from sqlalchemy import Connection, Table

from server.database import in_parts, insert_rows
from server.ledger.projecting import Arrived
from server.places.models import Place, PlaceServes, PlaceSuccession, PlaceVersion
from shared.projections.programme import place_rows

_PLACE: Table = Place.__table__  # type: ignore[assignment]
_VERSION: Table = PlaceVersion.__table__  # type: ignore[assignment]
_SERVES: Table = PlaceServes.__table__  # type: ignore[assignment]
_SUCCESSION: Table = PlaceSuccession.__table__  # type: ignore[assignment]

#: The tables this room projects.
TABLES = (_PLACE, _VERSION, _SERVES, _SUCCESSION)

_PLACE_COLUMN = {
    _VERSION: _VERSION.c.place_id,
    _SERVES: _SERVES.c.place_id,
    _SUCCESSION: _SUCCESSION.c.new_id,
}


def project(connection: Connection, arrived: Arrived) -> None:
    """Project what arrived: a place's rows are written anew from its fold."""
    states = arrived.folded("place")
    if not states:
        return
    rows: dict[str, list[dict[str, object]]] = {table.name: [] for table in TABLES}
    for state in states:
        for name, found in place_rows(state).items():
            rows[name] += found
    for table, column in _PLACE_COLUMN.items():
        for part in in_parts([state.subject for state in states]):
            connection.execute(table.delete().where(column.in_(part)))
    insert_rows(connection, _PLACE, rows["place"], replace=("id",))
    for table in _PLACE_COLUMN:
        insert_rows(connection, table, rows[table.name])
