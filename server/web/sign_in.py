"""Signing in and out, the language switch, a new password."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts import passwords
from server.accounts.session import reader, signed_in
from server.accounts.session import sign_in as open_session
from server.accounts.session import sign_out as close_session
from server.accounts.users import LANGUAGES, authenticate, set_language
from server.accounts.users import change_password as set_password
from server.database import db
from server.web import blueprint
from server.web.texts import t
from shared.faults import Refused, fault


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The sign-in page."""
    if signed_in():
        return redirect(_inside(request.args.get("next")))
    return render_template("sign_in.html", faults=[], username="")


@blueprint.post("/sign-in")
def sign_in_try() -> ResponseReturnValue:
    """Check a user name and a password; the failure is counted whatever the answer."""
    username = request.form.get("username", "")
    user = authenticate(username, request.form.get("password", ""))
    db.session.commit()
    if user is None:
        faults = [fault("signin.wrong")]
        return render_template("sign_in.html", faults=faults, username=username), faults[0].explanation.status
    open_session(user)
    return redirect(_inside(request.args.get("next")))


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Close the session."""
    close_session()
    return redirect(url_for("web.sign_in"))


@blueprint.post("/language")
def choose_language() -> ResponseReturnValue:
    """Switch the language of the pages; a signed-in user keeps it for next time."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
        if signed_in():
            set_language(reader(), chosen)
            db.session.commit()
    return redirect(_inside(request.form.get("next")))


@blueprint.route("/password", methods=["GET", "POST"])
@login_required
def change_password() -> ResponseReturnValue:
    """Set a new password; the reader's other sessions end."""
    if request.method == "GET":
        return render_template("password.html", faults=[])
    try:
        _change(request.form.get("current", ""), request.form.get("password", ""))
    except Refused as refused:
        return render_template("password.html", faults=refused.faults), 422
    flash(t("password.done"), "good")
    return redirect(url_for("web.overview"))


def _change(current: str, new: str) -> None:
    user = reader()
    if not passwords.matches(user.password_hash, current):
        raise Refused(fault("password.wrong", "current"))
    set_password(user, new)
    db.session.commit()
    open_session(user)


def _inside(target: str | None) -> str:
    """The address to go on to, only when it lies on this server."""
    parts = urlsplit(target or "")
    # A browser reads a backslash as a slash: "/\evil.example" would leave this server.
    if not parts.path.startswith("/") or parts.path.startswith("//") or parts.netloc or "\\" in parts.path:
        return "/"
    return parts.path + (f"?{parts.query}" if parts.query else "")
