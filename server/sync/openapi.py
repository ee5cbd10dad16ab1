"""The API's description (OpenAPI 3.1), made from the same schemas that check entries."""

from typing import Any

import shared.records  # noqa: F401  declares every kind
from shared.faults import catalogue
from shared.kinds import KINDS, Kind
from shared.permissions import FIELD_ROLES
from shared.wire import PAGE_BYTES, PAGE_ENTRIES, PUSH_BYTES, PUSH_LIMIT

_UUID = {"type": "string", "format": "uuid"}
_HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_STAMP = {"type": "string", "format": "date-time"}


def describe() -> dict[str, Any]:
    """The whole description as JSON-ready data."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Từng Nhà",
            "version": "1",
            "summary": "Enrol a phone, push entries, pull streams.",
            "description": (
                f"A push carries at most {PUSH_LIMIT} entries and {PUSH_BYTES} bytes before gzip; a pulled page at"
                f" most {PAGE_ENTRIES} entries and {PAGE_BYTES} bytes. Every record of a push gets an outcome;"
                " the receipt proves what is stored. Repeating a push changes nothing."
            ),
        },
        "paths": {
            "/api/v1/enrol": {"post": _enrol()},
            "/api/v1/device-codes": {"post": _device_codes()},
            "/api/v1/sync/push": {"post": _push()},
            "/api/v1/sync/pull": {"get": _pull()},
        },
        "components": {
            "securitySchemes": {
                "device": {"type": "http", "scheme": "bearer"},
                "person": {"type": "http", "scheme": "basic"},
            },
            "schemas": {
                "Fault": _fault(),
                "Receipt": _receipt(),
                "Entry": {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in KINDS]},
                **{kind.name: _entry(kind) for kind in KINDS.values()},
            },
        },
    }


def _entry(kind: Kind) -> dict[str, Any]:
    nature = (
        "The first entry of a subject is whole; later ones name `based_on` and carry changed fields only."
        if kind.nature == "register"
        else "Happened once; corrected by another entry that names it in `corrects`."
    )
    body = kind.schema.json_schema()
    if kind.nature == "register":
        body = {"anyOf": [body, {**body, "required": []}]}
    return {
        "type": "object",
        "title": f"{kind.label('vi')} / {kind.label('en')}",
        "description": f"{nature} Authors: {', '.join(sorted(kind.authors))}. Streams: {', '.join(kind.streams)}.",
        "properties": {
            "id": {**_UUID, "description": "UUID version 7, made on the phone"},
            "kind": {"const": kind.name},
            "version": {"type": "integer", "minimum": 1, "maximum": kind.version},
            "subject": _UUID,
            "place": _UUID,
            "author": _UUID,
            "device": _UUID,
            "device_seq": {"type": "integer", "minimum": 1},
            "occurred_on": {"type": "string", "format": "date"},
            "recorded_at": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"},
            "clock_offset_s": {"type": "integer"},
            "based_on": {"type": "array", "items": _UUID, "minItems": 1, "maxItems": 16},
            "corrects": _UUID,
            "body": body,
        },
        "required": [
            "id", "kind", "version", "subject", "place", "author", "device", "device_seq", "occurred_on",
            "recorded_at", "body",
        ],
        "additionalProperties": False,
    }  # fmt: skip


def _fault() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "code": {"enum": sorted(catalogue())},
            "field": {"type": ["string", "null"]},
            "params": {"type": "object"},
            "vi": {"type": "string"},
            "en": {"type": "string"},
            "fixer": {"enum": sorted({row.fixer for row in catalogue().values()})},
        },
        "required": ["code", "field", "params", "vi", "en", "fixer"],
    }


def _receipt() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "Every number of the device up to `received_through` is stored; `hash` runs over them.",
        "properties": {
            "device": _UUID,
            "received_through": {"type": "integer"},
            "count": {"type": "integer"},
            "hash": _HASH,
        },
        "required": ["device", "received_through", "count", "hash"],
    }


def _enrol() -> dict[str, Any]:
    asked = _object({"code": {"type": "string"}, "label": {"type": "string"}}, required=["code"])
    user = _object(
        {
            "id": _UUID,
            "username": {"type": "string"},
            "full_name": {"type": "string"},
            "role": {"enum": sorted(FIELD_ROLES)},
        }
    )
    answer = _object(
        {
            "device_id": _UUID,
            "token": {"type": "string"},
            "user": user,
            "places": {"type": "array", "items": _UUID},
            "site": {"anyOf": [_UUID, {"type": "null"}]},
            "province": {"anyOf": [_UUID, {"type": "null"}]},
            "streams": {"type": "array", "items": _UUID},
            "server_time": _STAMP,
        }
    )
    return _operation("enrol", "Turn a one-time code into a device", asked, answer, security=[])


def _device_codes() -> dict[str, Any]:
    asked = _object(
        {
            "roles": {"type": "array", "items": {"enum": sorted(FIELD_ROLES)}},
            "place": _UUID,
            "limit": {"type": "integer", "minimum": 1, "maximum": 1000},
        },
        required=[],
    )
    code = _object(
        {
            "id": _UUID,
            "username": {"type": "string"},
            "full_name": {"type": "string"},
            "role": {"type": "string"},
            "places": {"type": "array", "items": _UUID},
            "code": {"type": "string"},
        }
    )
    answer = _object({"codes": {"type": "array", "items": code}})
    return _operation(
        "issue_codes", "Issue enrolment codes for field users", asked, answer, security=[{"person": []}]
    )


def _push() -> dict[str, Any]:
    entries = {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}, "maxItems": PUSH_LIMIT}
    asked = _object({"device": _UUID, "sent_at": _STAMP, "entries": entries}, required=["entries"])
    faults = {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}}
    outcome = _object(
        {
            "id": {"type": ["string", "null"]},
            "outcome": {"enum": ["accepted", "duplicate", "held", "refused"]},
            "faults": faults,
            "flags": faults,
        },
        required=["id", "outcome"],
    )
    answer = _object(
        {
            "outcomes": {"type": "array", "items": outcome},
            "receipt": {"$ref": "#/components/schemas/Receipt"},
            "server_time": _STAMP,
        }
    )
    return _operation("push", "Store entries and answer for each", asked, answer)


def _pull() -> dict[str, Any]:
    stream = _object(
        {
            "id": _UUID,
            "from": {"type": "integer"},
            "to": {"type": "integer"},
            "hash": _HASH,
            "entries": {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}},
        }
    )
    answer = _object(
        {
            "streams": {"type": "array", "items": stream},
            "cursor": {"type": "string"},
            "more": {"type": "boolean"},
            "follow": {"type": "array", "items": _UUID},
            "server_time": _STAMP,
        }
    )
    operation = _operation("pull", "The next page of the streams the device follows", None, answer)
    operation["parameters"] = [
        {
            "name": "cursor",
            "in": "query",
            "schema": {"type": "string"},
            "description": "as answered last; empty at first",
        }
    ]
    return operation


def _object(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    needed = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": needed}


def _operation(
    name: str,
    summary: str,
    asked: dict[str, Any] | None,
    answer: dict[str, Any],
    security: list[dict[str, list[str]]] | None = None,
) -> dict[str, Any]:
    refused = _object({"faults": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}}})
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "security": [{"device": []}] if security is None else security,
        "responses": {
            "200": {"description": "Done", "content": {"application/json": {"schema": answer}}},
            "default": {"description": "Faults", "content": {"application/json": {"schema": refused}}},
        },
    }
    if asked is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": asked}}}
    return operation
