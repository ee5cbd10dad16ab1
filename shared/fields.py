"""Fields of a record body: marshmallow fields with labels in both languages.

One declaration gives the phone's form, the checks on both sides, the API description and export columns.
Each field also spells its own check as a Python expression (`sure`), from which `shared.checker` compiles
the fast path; a value the expression does not accept goes through marshmallow, which decides.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields

from shared.clock import from_stamp, stamp
from shared.identifiers import is_id

_DAY = re.compile(r"(?:1[89]|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")

#: Names the compiled checks may use.
CHECK_NAMES: dict[str, Any] = {}


def is_day(value: Any) -> bool:
    """Whether `value` is a real day between 1800 and 2099 as ``YYYY-MM-DD``."""
    if type(value) is not str or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_moment(value: Any) -> bool:
    """Whether `value` is the stamp of a real moment, spelt in the one way `shared.clock.stamp` spells it."""
    if type(value) is not str:
        return False
    try:
        return stamp(from_stamp(value)) == value
    except ValueError:
        return False


CHECK_NAMES |= {"is_day": is_day, "is_moment": is_moment, "is_id": is_id, "is_code": _CODE.fullmatch}

_MESSAGES: dict[str, str | list[Any] | dict[Any, Any]] = {
    "required": "field.missing",
    "null": "field.missing",
}


class RecordField(fields.Field[Any]):
    """The base: a label in two languages; an optional field may be null, which clears it in an edit.

    `form` names the way a phone asks for it: text, long_text, number, day, choice, flag, many, hidden.
    """

    form = "text"

    def __init__(self, vi: str, en: str, *, required: bool = False, form: str | None = None) -> None:
        super().__init__(required=required, allow_none=not required, error_messages=_MESSAGES)
        self.labels = {"vi": vi, "en": en}
        self.form = form or type(self).form

    def label(self, lang: str) -> str:
        """The field's name as people read it."""
        return self.labels["en" if lang == "en" else "vi"]

    def sure(self, name: str, names: dict[str, Any]) -> str:
        """A Python expression over `name`, true only for values that are valid; it may use and add `names`."""
        raise NotImplementedError

    def json_schema(self) -> dict[str, Any]:
        """The field in JSON Schema 2020-12, as OpenAPI 3.1 uses it."""
        raise NotImplementedError


class Text(RecordField):
    """Words: 1 to `longest` characters, not only spaces, without NUL (which no database stores)."""

    def __init__(self, vi: str, en: str, *, longest: int = 120, **rest: Any) -> None:
        super().__init__(vi, en, **rest)
        self.longest = longest

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if type(value) is not str:
            raise ValidationError("field.not_text")
        if not value.strip():
            raise ValidationError("field.blank")
        if len(value) > self.longest:
            raise ValidationError("field.too_long")
        if "\0" in value:
            raise ValidationError("field.not_text")
        return value

    def sure(self, name: str, names: dict[str, Any]) -> str:
        """See RecordField."""
        return f"type({name}) is str and len({name}) <= {self.longest} and {name}.strip() and '\\0' not in {name}"

    def json_schema(self) -> dict[str, Any]:
        """See RecordField."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest}


class Code(RecordField):
    """A code of a list that is data (vaccine, age group, reason): its form is checked here, its meaning later."""

    form = "choice"

    def __init__(self, vi: str, en: str, *, codes: str, **rest: Any) -> None:
        super().__init__(vi, en, **rest)
        self.codes = codes

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if type(value) is not str or not _CODE.fullmatch(value):
            raise ValidationError("field.not_code")
        return value

    def sure(self, name: str, names: dict[str, Any]) -> str:
        """See RecordField."""
        return f"type({name}) is str and is_code({name})"

    def json_schema(self) -> dict[str, Any]:
        """See RecordField."""
        return {"type": "string", "pattern": f"^{_CODE.pattern}$", "description": f"code of {self.codes}"}


class Ref(RecordField):
    """The identifier of another thing. It may arrive before that thing does."""

    form = "hidden"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if type(value) is not str or not is_id(value):
            raise ValidationError("field.not_id")
        return value

    def sure(self, name: str, names: dict[str, Any]) -> str:
        """See RecordField."""
        return f"type({name}) is str and is_id({name})"

    def json_schema(self) -> dict[str, Any]:
        """See RecordField."""
        return {"type": "string", "format": "uuid"}


class Day(RecordField):
    """A plain date, never an instant (L26)."""

    form = "day"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not is_day(value):
            raise ValidationError("field.not_day")
        return value

    def sure(self, name: str, names: dict[str, Any]) -> str:
        """See RecordField."""
        return f"is_day({name})"

    def json_schema(self) -> dict[str, Any]:
        """See RecordField."""
        return {"type": "string", "format": "date"}


class Moment(RecordField):
    """A moment in UTC as entries spell it: ``2022-04-15T01:02:03.456Z``."""

    form = "hidden"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not is_moment(value):
            raise ValidationError("field.not_moment")
        return value

    def sure(self, name: str, names: dict[str, Any]) -> str:
        """See RecordField."""
        return f"is_moment({name})"

    def json_schema(self) -> dict[str, Any]:
        """See RecordField."""
        return {"type": "string", "format": "date-time"}


class Whole(RecordField):
    """A whole number between two bounds."""

    form = "number"

    def __init__(self, vi: str, en: str, *, least: int = 0, most: int = 1_000_000_000, **rest: Any) -> None:
        super().__init__(vi, en, **rest)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if type(value) is not int:
            raise ValidationError("field.not_whole")
        if not self.least <= value <= self.most:
            raise ValidationError("field.out_of_range")
        return value

    def sure(self, name: str, names: dict[str, Any]) -> str:
        """See RecordField."""
        return f"type({name}) is int and {self.least} <= {name} <= {self.most}"

    def json_schema(self) -> dict[str, Any]:
        """See RecordField."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class Flag(RecordField):
    """Yes or no."""

    form = "flag"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if type(value) is not bool:
            raise ValidationError("field.not_flag")
        return value

    def sure(self, name: str, names: dict[str, Any]) -> str:
        """See RecordField."""
        return f"type({name}) is bool"

    def json_schema(self) -> dict[str, Any]:
        """See RecordField."""
        return {"type": "boolean"}


class Choice(RecordField):
    """One of a few codes fixed with the kind's version. `retired` codes are still accepted (L8), not offered."""

    form = "choice"

    def __init__(
        self,
        vi: str,
        en: str,
        options: Mapping[str, tuple[str, str]],
        *,
        retired: Mapping[str, tuple[str, str]] | None = None,
        **rest: Any,
    ) -> None:
        super().__init__(vi, en, **rest)
        self.options = dict(options)
        self.accepted = {**self.options, **(retired or {})}

    def option_label(self, code: str, lang: str) -> str:
        """An option as people read it; the code itself when a newer phone sent one unknown here."""
        pair = self.accepted.get(code)
        return code if pair is None else pair[1 if lang == "en" else 0]

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if type(value) is not str or value not in self.accepted:
            raise ValidationError("field.not_option")
        return value

    def sure(self, name: str, names: dict[str, Any]) -> str:
        """See RecordField."""
        options = f"options_{len(names)}"
        names[options] = frozenset(self.accepted)
        return f"type({name}) is str and {name} in {options}"

    def json_schema(self) -> dict[str, Any]:
        """See RecordField."""
        return {"type": "string", "enum": list(self.accepted)}
