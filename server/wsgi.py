"""The entry point of WSGI servers: `gunicorn server.wsgi:app`."""

from server.app import create_app

app = create_app()
