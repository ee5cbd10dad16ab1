"""Who is signed in to the pages: flask-login over the user table.

A session carries the user's id and a fingerprint of the password: changing the password or closing the
account ends every session of that user at its next request.
"""

from __future__ import annotations

import hmac

from flask import Flask, Response, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from server.accounts import passwords
from server.accounts.models import User
from server.accounts.users import LANGUAGES
from server.database import db
from server.errors import answer, wants_json
from shared.faults import fault


class SignedIn(UserMixin):
    """The signed-in user as flask-login sees it; `user` is the row."""

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        """What the session keeps: id and password fingerprint."""
        return f"{self.user.id}:{passwords.fingerprint(self.user.password_hash)}"


def register(app: Flask) -> None:
    """Give the app its sign-in."""
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)
    manager.session_protection = None
    manager.user_loader(_load)
    manager.unauthorized_handler(_ask_to_sign_in)


def sign_in(user: User) -> None:
    """Open a session for the user, with nothing of an earlier one left in it."""
    session.clear()
    session["language"] = user.language
    session.permanent = True
    login_user(SignedIn(user))


def sign_out() -> None:
    """Close the session; the language stays."""
    language = session.get("language")
    logout_user()
    session.clear()
    if language:
        session["language"] = language


def reader() -> User:
    """The signed-in user. Only for views behind `login_required`."""
    user: User = current_user.user
    return user


def signed_in() -> bool:
    """Whether someone is signed in."""
    return bool(current_user.is_authenticated)


def language() -> str:
    """The language this request is answered in: Vietnamese unless another was chosen.

    Sign-in puts the user's own into the session, so no database is asked and fault pages can ask too.
    """
    chosen = session.get("language")
    return str(chosen) if chosen in LANGUAGES else LANGUAGES[0]


def _load(key: str) -> SignedIn | None:
    user_id, _, mark = key.partition(":")
    user = db.session.get(User, user_id)
    if user is None or not user.active:
        return None
    if not hmac.compare_digest(mark, passwords.fingerprint(user.password_hash)):
        return None
    return SignedIn(user)


def _ask_to_sign_in() -> Response:
    if wants_json():
        return answer([fault("signin.needed")])
    target = request.full_path.rstrip("?") if request.method == "GET" else "/"
    response = redirect(url_for("web.sign_in", next=target if target != "/" else None))
    if "HX-Request" in request.headers:
        response.headers["HX-Redirect"] = response.location
    return Response(response.get_data(), response.status_code, response.headers)
