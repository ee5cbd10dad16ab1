"""Faults as HTTP answers: JSON for the API, a page in the reader's language for browsers.

Whatever goes wrong, the answer says what happened, what is safe and what to do; nothing internal leaves.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from shared.faults import Fault, Refused, fault

RETRY_AFTER_SECONDS = 30

_CODES = {
    401: "signin.needed",
    403: "permission.denied",
    404: "scope.hidden",
    405: "request.method",
    413: "request.too_large",
    429: "request.too_many",
    503: "server.busy",
}


def register(app: Flask) -> None:
    """Answer every exception of the app's requests as faults."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _database)
    app.register_error_handler(Exception, _unexpected)


def answer(faults: Iterable[Fault], status: int | None = None) -> Response:
    """The faults as the answer of this request; the status is the gravest of theirs unless given."""
    found = list(faults)
    status = status or max(f.explanation.status for f in found)
    if wants_json():
        response = jsonify(faults=[f.as_json() for f in found])
    else:
        response = make_response(render_template("fault.html", faults=found, status=status))
    response.status_code = status
    if status in (429, 503):
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if status == 401 and wants_json():
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def wants_json() -> bool:
    """Whether this request speaks the API rather than showing a page."""
    return request.path.startswith("/api/") or request.path == "/healthz"


def _refused(error: Refused) -> Response:
    return answer(error.faults)


def _csrf(error: CSRFError) -> Response:
    return answer([fault("request.expired")])


def _http(error: HTTPException) -> Response:
    if isinstance(error.response, Response):
        return error.response
    status = error.code or 500
    if 300 <= status < 400:
        return make_response(error.get_response())
    return answer([fault(_CODES.get(status, "request.malformed"))], status)


def _database(error: Exception) -> Response:
    """A database that cannot be reached or is too busy; a wrong statement is our own mistake instead."""
    ours = isinstance(error, DBAPIError) and not isinstance(error, OperationalError)
    if ours and not getattr(error, "connection_invalidated", False):
        return _unexpected(error)
    current_app.logger.error("database: %s %s", request.method, request.path, exc_info=error)
    return answer([fault("server.database_down")])


def _unexpected(error: Exception) -> Response:
    incident = secrets.token_hex(4)
    current_app.logger.error("incident %s: %s %s", incident, request.method, request.path, exc_info=error)
    return answer([fault("server.failed", incident=incident)], 500)
