"""What the phone says: one language at a time, Vietnamese first."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import shared.text
from shared.clock import VIETNAM, from_stamp
from shared.faults import Fault
from shared.text import formats
from shared.text.translations import Catalogue

_FILES = (Path(__file__).with_name("messages.csv"), Path(shared.text.__file__).with_name("messages.csv"))


class Words:
    """The texts of the app in the language of its worker."""

    def __init__(self) -> None:
        self.lang = "vi"
        self._catalogue = Catalogue(*_FILES)

    def t(self, key: str, **params: Any) -> str:
        """A text of the message files; figures are given by name and already formatted."""
        return self._catalogue.text(key, self.lang, **params)

    def __contains__(self, key: object) -> bool:
        """Whether there is a text of this key."""
        return key in self._catalogue

    def counted(self, key: str, count: int) -> str:
        """A text with a count; English has another one (``key.one``) for a single thing."""
        one = f"{key}.one"
        single = count == 1 and one in self._catalogue
        return self.t(one if single else key, count=self.number(count))

    def fault(self, fault: Fault) -> str:
        """What a fault says."""
        return fault.message(self.lang)

    def label(self, kind: str, field: str) -> str:
        """A declared field's name."""
        from shared.kinds import KINDS  # the lock has no fields, and does not wait for them

        return KINDS[kind].field_label(field, self.lang)

    def option(self, kind: str, field: str, code: Any) -> str:
        """A declared option's name."""
        from shared.kinds import option_label  # as above

        return option_label(kind, field, code, self.lang)

    def number(self, value: int | None) -> str:
        """12.345, or – when not known."""
        return formats.number(value, self.lang)

    def percent(self, share: float | None) -> str:
        """93,4 %, or – when nobody is due."""
        return formats.percent(share, self.lang)

    def day(self, value: date | None) -> str:
        """15/04/2022, or – when not known."""
        return formats.day(value, self.lang) if value else "–"

    def days_left(self, days: int) -> str:
        """còn 12 ngày, hôm nay, quá 3 ngày."""
        return formats.days_left(days, self.lang)

    def hour(self, moment: datetime) -> str:
        """08:14 of an aware moment, in Vietnam's time."""
        return f"{moment.astimezone(VIETNAM):%H:%M}"

    def moment(self, stamp: str | None) -> str:
        """08:14 15/04, in Vietnam's time; – when never."""
        if not stamp:
            return "–"
        try:
            moment = from_stamp(stamp)
        except ValueError:
            moment = datetime.fromisoformat(stamp)
        return f"{moment.astimezone(VIETNAM):%H:%M %d/%m}"


words = Words()
