"""What nobody holds any more is swept up when the phone rests."""

from __future__ import annotations

import weakref

from mobile.sweeping import REST_S, Sweeping


class Ring:
    """Holds itself, as a screen and its widgets do."""

    def __init__(self) -> None:
        self.itself = self


def test_swept_when_nobody_touches_and_nothing_is_sent() -> None:
    now = [100.0]
    sweeping = Sweeping(lambda: now[0])
    gone = weakref.ref(Ring())
    sweeping.look(busy=False)
    assert gone() is not None, "nobody was there"
    sweeping.touched()
    now[0] += REST_S / 2
    sweeping.look(busy=False)
    assert gone() is not None, "a thumb may wait"
    now[0] += REST_S
    sweeping.look(busy=True)
    assert gone() is not None, "a sync is under way"
    sweeping.look(busy=False)
    assert gone() is None
    later = weakref.ref(Ring())
    now[0] += REST_S
    sweeping.look(busy=False)
    assert later() is not None, "it was swept since somebody was there"
