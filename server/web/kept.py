"""What pages add up, kept until a village is counted again, stock moves, the places or the plan change, or the day."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

from flask import current_app, g

from server.indicators.refreshing import counted_state
from server.redistribution.proposals import runs_state
from server.settings import current_settings
from server.stock.soon import heads_of
from server.web.area import Area, area, connection
from server.web.choices import Choice

T = TypeVar("T")

#: Results one worker keeps; the least recently used goes first.
MOST = 48


def kept(chosen: Choice, about: Hashable, make: Callable[[], T]) -> T:
    """The result of `make`, from before when nothing it comes from has changed since.

    It must come from the chosen day and tree (which is another one as soon as anything arrives in the province's
    own stream, its plan included), the reader's villages and their cells alone, and nobody may change it.
    """
    if "counted" not in g:
        g.counted = counted_state(connection())
    key = (about, chosen.as_of, id(chosen.tree), id(chosen.seen.tree), chosen.seen.visible, g.counted)
    return _kept(key, (chosen.tree, chosen.seen.tree), make)


def kept_stock(about: Hashable, make: Callable[[], T]) -> T:
    """The same for what comes from the stock of the reader's sites as it stands today, from forecasts and proposals,
    and from their tree, alone.
    """
    seen = area()
    key = (about, seen.visible, id(seen.tree), *_stock_state(), frozenset(_heads().items()))
    return _kept(key, seen.tree, make)


def kept_by_site(about: Hashable, make: Callable[[list[str]], Mapping[str, T]]) -> dict[str, T]:
    """The same site by site: `make` is given the sites with news, and answers with something for every one of them.

    What it says of a site must come from that site's stock, the catalogue, the forecasts and the tree alone.
    """
    seen, heads = area(), _heads()
    shared = (id(seen.tree), *_stock_state(), *(heads.get(id_, 0) for id_ in _provinces(seen)))
    known: dict[Hashable, tuple[Hashable, object, T]] = current_app.extensions.setdefault(
        "tungnha.kept_by_site", {}
    )
    found: dict[str, T] = {}
    stale = []
    for site in seen.sites():
        held = known.get((about, site))
        if held is not None and held[0] == (shared, heads.get(site, 0)):
            found[site] = held[2]
        else:
            stale.append(site)
    if stale:
        made = make(stale)
        for site in stale:
            found[site] = made[site]
            known[about, site] = ((shared, heads.get(site, 0)), seen.tree, made[site])
    return found


def _stock_state() -> tuple[Hashable, ...]:
    """The day, and what is another as soon as stock was forecast and weighed again."""
    if "weighed" not in g:
        g.weighed = runs_state(connection())
    return current_settings().clock.today(), g.weighed


def _heads() -> dict[str, int]:
    """How far the streams have come in which everything about the stock of the reader's sites arrives: the sites' own
    and, for items and lots, the province's.
    """
    if "stock_heads" not in g:
        seen = area()
        g.stock_heads = heads_of(connection(), [*seen.sites(), *_provinces(seen)])
    heads: dict[str, int] = g.stock_heads
    return heads


def _provinces(seen: Area) -> list[str]:
    return sorted({node.province for node in seen.roots})


def _kept(key: Hashable, held: object, make: Callable[[], T]) -> T:
    """`held` are the objects whose ids the key has: as long as they are, no other can have their ids."""
    results: OrderedDict[Hashable, tuple[object, object]] = current_app.extensions.setdefault(
        "tungnha.kept", OrderedDict()
    )
    found = results.get(key)
    if found is None:
        found = results[key] = (make(), held)
        while len(results) > MOST:
            results.popitem(last=False)
    else:
        results.move_to_end(key)
    return found[0]  # type: ignore[return-value]
