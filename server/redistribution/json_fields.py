"""Values of a JSON object, each read with its bounds; what is wrong is noted with its path and reading goes on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Any, TypeVar

from shared.faults import Fault, fault

#: No count of vials, doses or days in a file is greater.
MOST = 10_000_000
#: Stands in for a value that could not be read; the file is refused, so it goes nowhere.
_NO_DAY = date(2000, 1, 1)
#: Not a value of any kind; its absence has been noted already.
_MISSING = object()

T = TypeVar("T")


class Fields:
    """An object of the file at `path`. A value asked for without a default is required.

    Every method answers a value of its kind even when the file has none, having noted the fault in `faults`.
    """

    def __init__(self, values: dict[str, Any], path: str, faults: list[Fault]) -> None:
        self.values, self.path, self.faults = values, path, faults

    def text(self, name: str, default: str | None = None) -> str:
        """A text of at most 200 characters; required ones are not blank."""
        value = self._value(name, default)
        if not isinstance(value, str):
            return self._note("field.not_text", name, "")
        if default is None and not value.strip():
            return self._note("field.blank", name, "")
        return value if len(value) <= 200 else self._note("field.too_long", name, "")

    def whole(self, name: str, default: int | None = None, *, least: int = 0, most: int = MOST) -> int:
        """A whole number within its bounds."""
        return self._whole(name, self._value(name, default), least, most)

    def whole_or_none(self, name: str, default: int | None = None) -> int | None:
        """A whole number of zero or more, or null."""
        value = self.values.get(name, default)
        return None if value is None else self._whole(name, value, 0, MOST)

    def wholes(self, name: str, *, least: int, most: int) -> list[int]:
        """A list of whole numbers; left out, it is empty."""
        value = self.values.get(name) or []
        if not isinstance(value, list):
            return self._note("field.not_list", name, list[int]())
        return [self._whole(f"{name}[{n}]", each, least, most) for n, each in enumerate(value)]

    def number(
        self, name: str, default: float | None = None, *, least: float = -math.inf, most: float = math.inf
    ) -> float:
        """A number within its bounds; neither NaN nor infinite."""
        return self._number(name, self._value(name, default), least, most)

    def number_or_none(self, name: str, *, most: float) -> float | None:
        """A number from zero to `most`, or null."""
        value = self.values.get(name)
        return None if value is None else self._number(name, value, 0.0, most)

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self.values.get(name, default)
        return value if isinstance(value, bool) else self._note("field.not_flag", name, default)

    def day(self, name: str) -> date:
        """A day, as 2022-04-30."""
        return self._day(name, self._value(name, None))

    def day_or_none(self, name: str) -> date | None:
        """A day, or null."""
        value = self.values.get(name)
        return None if value is None else self._day(name, value)

    def _value(self, name: str, default: Any) -> Any:
        value = self.values.get(name)
        if value is None and default is None:
            return self._note("field.missing", name, _MISSING)
        return default if value is None else value

    def _whole(self, name: str, value: Any, least: int, most: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            return self._note("field.not_whole", name, least)
        return value if least <= value <= most else self._note("field.out_of_range", name, least)

    def _number(self, name: str, value: Any, least: float, most: float) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return self._note("redistribution.not_number", name, 0.0)
        return float(value) if least <= value <= most else self._note("field.out_of_range", name, 0.0)

    def _day(self, name: str, value: Any) -> date:
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            return self._note("field.not_day", name, _NO_DAY)

    def _note(self, code: str, name: str, instead: T) -> T:
        path = f"{self.path}.{name}" if self.path else name
        if not any(noted.field == path for noted in self.faults):
            self.faults.append(fault(code, path))
        return instead


def object_of(fields: Fields, name: str, *, optional: bool = False) -> Fields:
    """The object under `name`; an empty one when it may be left out."""
    path = f"{fields.path}.{name}" if fields.path else name
    value = fields.values.get(name)
    if isinstance(value, dict):
        return Fields(value, path, fields.faults)
    if value is not None or not optional:
        fields.faults.append(fault("field.missing" if value is None else "field.not_object", path))
    return Fields({}, path, fields.faults if value is None and optional else [])


def entries_of(fields: Fields, name: str, *, optional: bool = False) -> Iterator[Fields]:
    """The objects of the list under `name`, each at its place of the list."""
    path = f"{fields.path}.{name}" if fields.path else name
    value = fields.values.get(name)
    if value is None and optional:
        return
    if not isinstance(value, list):
        fields.faults.append(fault("field.missing" if value is None else "field.not_list", path))
        return
    for number, each in enumerate(value):
        if isinstance(each, dict):
            yield Fields(each, f"{path}[{number}]", fields.faults)
        else:
            fields.faults.append(fault("field.not_object", f"{path}[{number}]"))
