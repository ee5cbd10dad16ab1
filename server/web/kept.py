"""What pages add up from cells, kept until a village is counted again, the places or the plan change, or the day."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

from flask import current_app, g

from server.indicators.refreshing import counted_state
from server.web.area import connection
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
    results: OrderedDict[Hashable, tuple[object, object]] = current_app.extensions.setdefault(
        "tungnha.kept", OrderedDict()
    )
    key = (about, chosen.as_of, id(chosen.tree), id(chosen.seen.tree), chosen.seen.visible, g.counted)
    found = results.get(key)
    if found is None:
        # The trees are held as well: as long as they are, no other can have their ids.
        found = results[key] = (make(), (chosen.tree, chosen.seen.tree))
        while len(results) > MOST:
            results.popitem(last=False)
    else:
        results.move_to_end(key)
    return found[0]  # type: ignore[return-value]
