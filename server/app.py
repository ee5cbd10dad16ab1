"""The application: settings in, a Flask app out."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from server import errors
from server.accounts import session
from server.database import db, prepare_engine
from server.settings import EXTENSION, Settings, current_settings
from shared.clock import stamp

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
ONE_YEAR = 31_536_000


def create_app(settings: Settings | None = None) -> Flask:
    """The server as a WSGI app. Without settings they are read from the environment (SettingsError)."""
    settings = settings or Settings.from_environment()
    app = Flask("server", template_folder="web/templates", static_folder="web/static")
    app.config.from_mapping(settings.flask_config())
    app.extensions[EXTENSION] = settings
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    session.register(app)
    csrf = CSRFProtect(app)
    errors.register(app)
    _register_blueprints(app, csrf)
    app.add_url_rule("/healthz", view_func=health)
    app.after_request(_secure)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def health() -> Response:
    """Whether the server and its database answer, and the field's time here; 503 with Retry-After when the database
    does not. A demonstration says that it is one.
    """
    db.session.execute(text("SELECT 1"))
    settings = current_settings()
    return jsonify(status="ok", server_time=stamp(settings.clock.now()), demo=settings.demo)


def _register_blueprints(app: Flask, csrf: CSRFProtect) -> None:
    from server import sync, web

    app.register_blueprint(web.blueprint)
    # Tokens and passwords of the API travel in a header no other site can make a browser send.
    csrf.exempt(sync.blueprint)
    app.register_blueprint(sync.blueprint)


def _secure(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR}")
    if request.endpoint == "static":
        # Every address of a static file carries its version or digest.
        headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    else:
        headers.setdefault("Cache-Control", "no-store")
    return response
