"""Entries of the seed, written as a phone would: numbered without gaps, recorded on the evening of their day."""

from collections.abc import Iterable
from datetime import date
from random import Random
from typing import Any

from shared.kinds import KINDS
from shared.reading import read  # noqa: F401  declares the kinds

#: Numbers one Ids may give before they run into the next one's.
SPAN = 1 << 26


class Ids:
    """Identifiers shaped like UUID version 7, in growing order, the same for the same generator and start."""

    def __init__(self, chance: Random, block: int) -> None:
        self._bits = chance.getrandbits
        self._next = 1_600_000_000_000 + block * SPAN

    def new(self) -> str:
        """The next identifier."""
        self._next += 1
        value = self._next << 80 | self._bits(76)
        value = value & ~(0xF << 76) | 0x7 << 76
        value = value & ~(0x3 << 62) | 0x2 << 62
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Writer:
    """One user's phone: collects raw entries until they are taken away to be accepted."""

    def __init__(self, user: str, role: str, device: str, ids: Ids) -> None:
        self.user, self.role, self.device, self.ids = user, role, device, ids
        self._seq = 0
        self._written: list[dict[str, Any]] = []

    def write(
        self,
        kind: str,
        subject: str,
        place: str,
        on: date,
        body: dict[str, Any],
        *,
        based_on: Iterable[str] = (),
        corrects: str | None = None,
    ) -> str:
        """Collect an entry; its id."""
        self._seq += 1
        seq = self._seq
        entry_id = self.ids.new()
        day = on.isoformat()
        raw = {
            "id": entry_id,
            "kind": kind,
            "version": KINDS[kind].version,
            "subject": subject,
            "place": place,
            "author": self.user,
            "device": self.device,
            "device_seq": seq,
            "occurred_on": day,
            "recorded_at": f"{day}T{10 + seq % 4:02}:{seq // 4 % 60:02}:{seq // 240 % 60:02}.{seq % 1000:03}Z",
            "body": body,
        }
        if based_on:
            raw["based_on"] = list(based_on)
        if corrects:
            raw["corrects"] = corrects
        self._written.append(raw)
        return entry_id

    def take(self) -> list[dict[str, Any]]:
        """What was collected; the next call gives what comes after."""
        taken, self._written = self._written, []
        return taken
