"""The expiring stock board: sums and one page of rows, added up and sorted by the database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Select,
    String,
    Table,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    func,
    or_,
    select,
)

from server.database import Id
from server.ledger.models import Stream
from server.stock.expiry_models import StockExpiry, StockLoss, StockWeighed
from server.stock.models import Item, Lot, StockBalance
from shared.rules.expiry import BUCKETS, bucket, days_left

_HELD: Table = StockExpiry.__table__  # type: ignore[assignment]
_LOSS: Table = StockLoss.__table__  # type: ignore[assignment]
_STREAM: Table = Stream.__table__  # type: ignore[assignment]
_WEIGHED: Table = StockWeighed.__table__  # type: ignore[assignment]

#: By expiry; by doses; by what will be lost, items nobody used there first.
Order = Literal["expiry", "doses", "losing"]


@dataclass(frozen=True, slots=True)
class Filter:
    """What the board shows; an empty set shows all. `usable` True leaves out what may not be used, False what may."""

    buckets: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    lots: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    usable: bool | None = None
    losing: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """Holdings of one item in one bucket, usable or not. `amount` is in doses, in units of items without doses.

    `losing` is what of them expires unused where it stands.
    """

    item_id: str
    bucket: str
    usable: bool
    holdings: int
    vials: int
    amount: int
    losing: int


@dataclass(frozen=True, slots=True)
class SiteSum:
    """A site's stock in doses (units): on hand, usable, what will be lost, and the amounts by bucket that are not 0."""

    site_id: str
    on_hand: int
    usable: int
    losing: int
    buckets: dict[str, int] = field(hash=False)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One holding. `doses` None for items without doses; `days_left` as in `expiring_stock`.

    `stopped`: why it may not be used (`shared.rules.need.UNUSABLE`), None when it may. `losing` and `used` (in four
    weeks) are None until the site's stock was weighed.
    """

    site_id: str
    holding_id: str
    lot_id: str
    lot_number: str
    item_id: str
    item_name_vi: str
    item_name_en: str
    state: str
    thawed_on: date | None
    opened_on: date | None
    vvm: int | None
    label_expiry: date | None
    expiry: date | None
    days_left: int | None
    bucket: str
    vials: int
    doses: int | None
    hold: str | None
    stopped: str | None
    losing: int | None
    used: int | None


def board_sums(
    connection: Connection, sites: Collection[str], today: date, shown: Filter = Filter()
) -> list[Sum]:
    """Sums by item, bucket and usability over these sites."""
    usable = _usable(today)
    keys = [_HELD.c.item_id, _bucket(today).label("bucket"), usable.label("usable")]
    query = select(
        *keys,
        func.count(),
        func.sum(_HELD.c.vials),
        func.sum(_AMOUNT),
        func.sum(func.coalesce(_LOSS.c.losing, 0)),
    ).select_from(_JOINED)
    query = query.where(_among(connection, sites), *_conditions(shown, today)).group_by(*keys)
    rows = connection.execute(query)
    return [Sum(r[0], r[1], bool(r[2]), *(int(value) for value in r[3:])) for r in rows]


def site_sums(
    connection: Connection, sites: Collection[str], today: date, shown: Filter = Filter()
) -> list[SiteSum]:
    """Sums by site; sites with nothing to show are left out."""
    names = [name for name, _ in BUCKETS] + ["later", "unknown"]
    told = _bucket(today)
    query = select(
        _HELD.c.site_id,
        func.sum(_AMOUNT),
        func.sum(case((_usable(today), _AMOUNT), else_=0)),
        func.sum(func.coalesce(_LOSS.c.losing, 0)),
        *(func.sum(case((told == name, _AMOUNT), else_=0)) for name in names),
    ).select_from(_JOINED)
    query = query.where(_among(connection, sites), *_conditions(shown, today)).group_by(_HELD.c.site_id)
    return [
        SiteSum(
            row[0],
            int(row[1]),
            int(row[2]),
            int(row[3]),
            {name: int(amount) for name, amount in zip(names, row[4:], strict=True) if amount},
        )
        for row in connection.execute(query)
    ]


def board_rows(
    connection: Connection,
    sites: Collection[str],
    today: date,
    shown: Filter = Filter(),
    *,
    order: Order = "expiry",
    limit: int,
    offset: int = 0,
) -> list[BoardRow]:
    """One page of holdings of these sites, sorted in the database."""
    # Keys first: sorting whole rows would carry every column of every holding along.
    wanted = select(_HELD.c.holding_id).select_from(_JOINED if order == "losing" or shown.losing else _HELD)
    wanted = wanted.where(_among(connection, sites), *_conditions(shown, today))
    wanted = wanted.order_by(*_ORDERS[order]).limit(limit).offset(offset)
    ids = list(connection.scalars(wanted))
    found = {row.holding_id: _row(row, today) for row in connection.execute(_detail(ids))}
    return [found[holding] for holding in ids]


def board_count(connection: Connection, sites: Collection[str], today: date, shown: Filter = Filter()) -> int:
    """How many holdings `board_rows` has in all."""
    query = select(func.count()).select_from(_JOINED if shown.losing else _HELD)
    return int(connection.scalar(query.where(_among(connection, sites), *_conditions(shown, today))) or 0)


@dataclass(frozen=True, slots=True)
class Soon:
    """Doses that expire within some days (or have), and the holding with most of them."""

    doses: int
    most: BoardRow


def soonest(connection: Connection, sites: Collection[str], today: date, within: int) -> Soon | None:
    """Doses of these sites that may be used for `within` days at most; None when there are none."""
    due = [_HELD.c.expires_on <= today + timedelta(days=within), _HELD.c.doses > 0, _among(connection, sites)]
    doses = connection.scalar(select(func.sum(_HELD.c.doses)).where(*due))
    if not doses:
        return None
    most = select(_HELD.c.holding_id).where(*due)
    holding = connection.scalars(
        most.order_by(_HELD.c.doses.desc(), _HELD.c.expires_on, _HELD.c.holding_id).limit(1)
    )
    return Soon(int(doses), _row(connection.execute(_detail([holding.one()])).one(), today))


def stock_state(connection: Connection, streams: Collection[str]) -> tuple[Any, ...]:
    """Something that is another as soon as anything arrives in these streams (of sites and their province), or a site
    was weighed: heads only grow. What is kept under it, and under the day, is as if it had just been read.
    """
    heads = select(func.count(), func.sum(_STREAM.c.head)).where(_in(connection, _STREAM.c.id, streams))
    weighed = select(
        func.count(),
        func.sum(_WEIGHED.c.site_head),
        func.sum(_WEIGHED.c.province_head),
        func.max(_WEIGHED.c.weighed_on),
    )
    return *connection.execute(heads).one(), *connection.execute(weighed).one()


_AMOUNT = func.coalesce(_HELD.c.doses, _HELD.c.vials)
_JOINED = _HELD.outerjoin(_LOSS, _LOSS.c.holding_id == _HELD.c.holding_id)
_LAST = _HELD.c.expires_on.is_(None)
_ORDERS: dict[str, tuple[Any, ...]] = {
    "expiry": (_LAST, _HELD.c.expires_on, _HELD.c.holding_id),
    "doses": (_AMOUNT.desc(), _HELD.c.holding_id),
    "losing": (
        func.coalesce(_LOSS.c.losing, 0) == 0,
        func.coalesce(_LOSS.c.used, 0) > 0,
        func.coalesce(_LOSS.c.losing, 0).desc(),
        _LAST,
        _HELD.c.expires_on,
        _HELD.c.holding_id,
    ),
}


def _bucket(today: date) -> ColumnElement[str]:
    """`shared.rules.expiry.bucket` for SQL."""
    day = _HELD.c.expires_on
    steps = [(day <= today + timedelta(days=most), name) for name, most in BUCKETS]
    return case((day.is_(None), "unknown"), *steps, else_="later")


def _usable(today: date) -> ColumnElement[bool]:
    return and_(_HELD.c.stopped.is_(None), _HELD.c.expires_on >= today, _HELD.c.vials > 0)


def _conditions(shown: Filter, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if shown.buckets:
        found.append(_in_buckets(shown.buckets, today))
    for named, values in (
        (_HELD.c.item_id, shown.items),
        (_HELD.c.lot_id, shown.lots),
        (_HELD.c.state, shown.states),
    ):
        if values:
            found.append(named.in_(sorted(values)))
    if shown.usable is not None:
        usable = _usable(today)
        found.append(usable if shown.usable else or_(usable.is_(False), _LAST))
    if shown.losing:
        found.append(_LOSS.c.losing > 0)
    return found


def _in_buckets(names: Collection[str], today: date) -> ColumnElement[bool]:
    """As ranges of days, which an index serves."""
    day = _HELD.c.expires_on
    parts: list[ColumnElement[bool]] = [day.is_(None)] if "unknown" in names else []
    after: int | None = None
    for name, most in (*BUCKETS, ("later", None)):
        if name in names:
            bounds = [] if after is None else [day > today + timedelta(days=after)]
            bounds += [] if most is None else [day <= today + timedelta(days=most)]
            parts.append(and_(*bounds))
        after = most
    return or_(*parts)


def _detail(ids: Collection[str]) -> Select[Any]:
    return (
        select(
            _HELD.c.site_id, _HELD.c.holding_id, _HELD.c.lot_id, Lot.lot_number, _HELD.c.item_id, Item.name_vi,
            Item.name_en, _HELD.c.state, StockBalance.thawed_on, StockBalance.opened_on, StockBalance.vvm,
            Lot.label_expiry, _HELD.c.expires_on, _HELD.c.vials, _HELD.c.doses, Lot.hold, _HELD.c.stopped,
            _LOSS.c.losing, _LOSS.c.used,
        )
        .select_from(_JOINED)
        .join(StockBalance, StockBalance.holding_id == _HELD.c.holding_id)
        .join(Lot, Lot.id == _HELD.c.lot_id)
        .join(Item, Item.id == _HELD.c.item_id)
        .where(_HELD.c.holding_id.in_(ids))
    )  # fmt: skip


def _row(row: Any, today: date) -> BoardRow:
    left = days_left(row.expires_on, today)
    stopped = "expired" if left is not None and left < 0 and row.stopped != "vvm" else row.stopped
    values: list[Any] = [
        *row[:13],
        left,
        bucket(left),
        row.vials,
        row.doses,
        row.hold,
        stopped,
        row.losing,
        row.used,
    ]
    return BoardRow(*values)


def _among(connection: Connection, sites: Collection[str]) -> ColumnElement[bool]:
    return _in(connection, _HELD.c.site_id, sites)


def _in(connection: Connection, named: Any, values: Collection[str]) -> ColumnElement[bool]:
    """One parameter however many values: a province has thousands of sites."""
    if connection.dialect.name == "postgresql":
        told = func.string_to_array(bindparam("named_values", ",".join(sorted(values)), Text), ",")
        found: ColumnElement[bool] = named == any_(cast(told, ARRAY(Id)))
        return found
    pairs = func.json_each(bindparam("named_values", orjson.dumps(sorted(values)).decode(), Text))
    listed: ColumnElement[bool] = named.in_(
        select(pairs.table_valued(column("value", String), name="named").c.value)
    )
    return listed
