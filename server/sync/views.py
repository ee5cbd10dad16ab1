"""Routes of the API under /api/v1. Each parses, calls one function of the domain, and answers."""

import gzip
from typing import Any

import orjson
from flask import Blueprint, Response, jsonify, request
from sqlalchemy import update

from server.accounts.devices import enrol, holder_of, issue_code
from server.accounts.models import Device, User
from server.accounts.users import authenticate
from server.database import db
from server.ledger.batch import Sender
from server.ledger.feed import page_bytes, pull
from server.places.scope import followed_streams, site_of, visible_places
from server.places.tree import Tree
from server.settings import current_settings
from server.sync.openapi import describe
from server.sync.push import clock_offset, decode, store
from server.sync.rollout import field_users
from shared.clock import stamp
from shared.faults import Refused, fault
from shared.permissions import may_see
from shared.wire import PUSH_BYTES

blueprint = Blueprint("sync", __name__, url_prefix="/api")

#: Answers smaller than this travel as they are.
_WORTH_GZIP = 1_024


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of this API (OpenAPI 3.1), made from the kinds' schemas."""
    return jsonify(describe())


@blueprint.post("/v1/enrol")
def enrol_device() -> Response:
    """Turn a one-time code into a device with a token."""
    asked = _json()
    code, label = asked.get("code"), asked.get("label") or "phone"
    if not isinstance(code, str) or not isinstance(label, str):
        raise Refused(fault("request.malformed"))
    enrolment = enrol(code, label)
    device = db.session.get_one(Device, enrolment.device_id)
    user = db.session.get_one(User, device.user_id)
    connection, clock = db.session.connection(), current_settings().clock
    tree = Tree.load(connection, clock.today())
    scope = visible_places(connection, user.id, tree)
    answer = {
        "device_id": enrolment.device_id,
        "token": enrolment.token,
        "user": {
            "id": user.id,
            "username": user.username,
            "full_name": user.full_name,
            "role": user.role,
        },
        "places": sorted(scope),
        "site": site_of(connection, user, tree),
        "province": next((tree.nodes[place].province for place in sorted(scope)), None),
        "streams": followed_streams(connection, user, tree),
        "server_time": stamp(clock.now()),
    }
    db.session.commit()
    return jsonify(answer)


@blueprint.post("/v1/sync/push")
def push() -> Response:
    """Store a batch of entries and answer for each, with a receipt."""
    token, settings = _token(), current_settings()
    # A read of its own, and committed: after a rollback psycopg forgets every statement it has prepared.
    with db.engine.connect().execution_options(readonly=True) as connection, connection.begin():
        holder = holder_of(connection, token)
        tree = Tree.load(connection, settings.clock.today())
        scope = visible_places(connection, holder.user.id, tree)
    if (request.content_length or 0) > PUSH_BYTES:
        raise Refused(fault("sync.too_large", most_bytes=PUSH_BYTES))
    sent = decode(request.get_data(cache=False), request.content_encoding)
    sender = Sender(holder.device_id, holder.user.id, holder.user.role, scope.__contains__)
    offset_s = clock_offset(sent.get("sent_at"), settings.clock.now())
    answer = store(db.engine, sender, sent["entries"], settings.clock, offset_s)
    told = {
        "outcomes": [arrival.as_json() for arrival in answer.arrivals],
        "receipt": answer.receipt.as_json(),
        "server_time": stamp(settings.clock.now()),
    }
    return _gzipped(Response(orjson.dumps(told), mimetype="application/json"))


@blueprint.get("/v1/sync/pull")
def pull_page() -> Response:
    """The next page of the streams the device's user follows."""
    token, clock = _token(), current_settings().clock
    with db.engine.begin() as connection:
        holder = holder_of(connection, token)
        follow = followed_streams(connection, holder.user, Tree.load(connection, clock.today()))
        page = pull(connection, follow, request.args.get("cursor", ""))
        seen = update(Device).where(Device.id == holder.device_id).values(last_seen_at=clock.now())
        connection.execute(seen)
    body = page_bytes(page, follow, stamp(clock.now()))
    return _gzipped(Response(body, mimetype="application/json"))


@blueprint.post("/v1/device-codes")
def device_codes() -> Response:
    """Issue enrolment codes for many field users at once (a rollout day). HTTP basic authentication."""
    credentials = request.authorization
    if credentials is None or credentials.type != "basic":
        raise Refused(fault("signin.wrong"))
    issuer = authenticate(credentials.username or "", credentials.password or "")
    db.session.commit()
    if issuer is None:
        raise Refused(fault("signin.wrong"))
    if not may_see(issuer.role, "issues_codes"):
        raise Refused(fault("permission.denied"))
    asked = _json()
    users = field_users(
        db.session.connection(),
        issuer.id,
        roles=asked.get("roles"),
        place=asked.get("place"),
        limit=asked.get("limit"),
        today=current_settings().clock.today(),
    )
    codes = [{**found, "code": issue_code(found["id"], issuer.id)} for found in users]
    db.session.commit()
    return jsonify(codes=codes)


def _token() -> str:
    """The bearer token of the device that asks."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused(fault("device.no_token"))
    return token


def _json() -> dict[str, Any]:
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict):
        raise Refused(fault("request.malformed"))
    return asked


def _gzipped(response: Response) -> Response:
    data = response.get_data()
    if len(data) >= _WORTH_GZIP and request.accept_encodings.best_match(["gzip"]):
        response.set_data(gzip.compress(data, compresslevel=5))
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response
