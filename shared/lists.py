"""Fields that hold several values: a list of one field, or a list of small records (lines)."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from shared.fields import RecordField


class Body(Schema):
    """The base of record bodies and their lines: a key nobody declared is a fault, never dropped."""

    class Meta:
        """Marshmallow's settings."""

        unknown = RAISE

    error_messages = {"unknown": "field.unknown", "type": "field.not_object"}

    @classmethod
    def record_fields(cls) -> dict[str, RecordField]:
        """Declared fields by name, in the order of declaration."""
        return {n: f for n, f in cls._declared_fields.items() if isinstance(f, RecordField)}

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The body in JSON Schema 2020-12, with titles in both languages."""
        declared = cls.record_fields()
        properties: dict[str, Any] = {}
        for name, field in declared.items():
            described = field.json_schema()
            if not field.required:
                described = {"anyOf": [described, {"type": "null"}]}
            properties[name] = {"title": f"{field.label('vi')} / {field.label('en')}", **described}
        return {
            "type": "object",
            "properties": properties,
            "required": [name for name, field in declared.items() if field.required],
            "additionalProperties": False,
        }


class Many(RecordField):
    """A list of at least `least` and at most `most` values of one field."""

    form = "many"

    def __init__(
        self, vi: str, en: str, inner: RecordField, *, least: int = 0, most: int = 100, **rest: Any
    ) -> None:
        super().__init__(vi, en, **rest)
        self.inner, self.least, self.most = inner, least, most

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        check_length(value, self.least, self.most)
        errors: dict[int, Any] = {}
        for index, item in enumerate(value):
            try:
                if item is None:
                    raise ValidationError("field.missing")
                self.inner.deserialize(item)
            except ValidationError as error:
                errors[index] = error.messages
        if errors:
            raise ValidationError(errors)
        return value

    def sure(self, name: str, names: dict[str, Any]) -> str:
        """See RecordField."""
        inner = self.inner.sure(f"{name}_item", names)
        return (
            f"type({name}) is list and {self.least} <= len({name}) <= {self.most}"
            f" and all({inner} for {name}_item in {name})"
        )

    def json_schema(self) -> dict[str, Any]:
        """See RecordField."""
        return {
            "type": "array",
            "items": self.inner.json_schema(),
            "minItems": self.least,
            "maxItems": self.most,
        }


class Lines(RecordField):
    """A list of small records, each checked by a schema of its own."""

    form = "many"

    def __init__(
        self, vi: str, en: str, line: type[Body], *, least: int = 0, most: int = 200, **rest: Any
    ) -> None:
        super().__init__(vi, en, **rest)
        self.line, self.least, self.most = line, least, most
        self._schema = line()

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        check_length(value, self.least, self.most)
        errors = {i: found for i, item in enumerate(value) if (found := self._schema.validate(item))}
        if errors:
            raise ValidationError(errors)
        return value

    def sure(self, name: str, names: dict[str, Any]) -> str:
        """See RecordField."""
        check = f"line_{len(names)}"
        names[check] = names["compile_check"](self.line)
        return (
            f"type({name}) is list and {self.least} <= len({name}) <= {self.most}"
            f" and all({check}({name}_item) for {name}_item in {name})"
        )

    def json_schema(self) -> dict[str, Any]:
        """See RecordField."""
        return {
            "type": "array",
            "items": self.line.json_schema(),
            "minItems": self.least,
            "maxItems": self.most,
        }


def check_length(value: Any, least: int, most: int) -> None:
    """Raise a ValidationError unless `value` is a list of an allowed length."""
    if type(value) is not list:
        raise ValidationError("field.not_list")
    if len(value) < least:
        raise ValidationError("field.too_few")
    if len(value) > most:
        raise ValidationError("field.too_many")
