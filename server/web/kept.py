"""What pages add up, kept until a village is counted again, stock moves, the places or the plan change, or the day."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

from flask import current_app, g

from server.indicators.refreshing import counted_state
from server.settings import current_settings
from server.stock.board import stock_state
from server.web.area import area, connection
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
    """The same for what comes from the stock of the reader's sites as it stands today, and from their tree, alone.

    Every entry about a site's stock arrives in the site's stream, what changes a lot or an item in the province's.
    """
    seen = area()
    if "stock_state" not in g:
        streams = [*seen.sites(), *{node.province for node in seen.roots}]
        g.stock_state = stock_state(connection(), streams)
    today = current_settings().clock.today()
    return _kept((about, today, id(seen.tree), seen.visible, g.stock_state), seen.tree, make)


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
