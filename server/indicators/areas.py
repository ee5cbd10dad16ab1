"""Villages told to which area they belong: what SQL needs to add cells up to communes, districts or sites."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from sqlalchemy import ARRAY, Connection, FromClause, Text, bindparam, cast, column, func, select

from server.database import Id


def area_table(connection: Connection, areas: Mapping[str, str]) -> FromClause:
    """A table (village_id, area) of the mapping, to join cells with."""
    if connection.dialect.name == "postgresql":
        villages = cast(func.string_to_array(bindparam("area_keys", ",".join(areas), Text), ","), ARRAY(Id))
        names = func.string_to_array(bindparam("area_names", ",".join(areas.values()), Text), ",")
        unnested = func.unnest(villages, names).table_valued(column("village_id", Id), column("area", Text))
        return unnested.render_derived("areas")
    pairs = func.json_each(bindparam("areas", orjson.dumps(list(areas.items())).decode(), Text))
    each = pairs.table_valued(column("value", Text), name="pairs")
    return select(
        func.json_extract(each.c.value, "$[0]", type_=Text).label("village_id"),
        func.json_extract(each.c.value, "$[1]", type_=Text).label("area"),
    ).subquery("areas")
