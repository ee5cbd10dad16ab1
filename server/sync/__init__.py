"""The API phones speak: enrol, push, pull."""

from server.sync.views import blueprint as blueprint
