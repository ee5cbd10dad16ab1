"""Commands of the server's side of `tungnha`, each in its own module."""

import click

from server.cli import (
    alerting,
    benching,
    checking,
    demo,
    device,
    exporting,
    exporting_people,  # noqa: F401  adds its commands to `export`
    places,
    redistributing,
    reporting,
    scheduling,
    seed,
    serve,
    user,
)

commands: list[click.Command] = [
    *checking.commands,
    *scheduling.commands,
    *benching.commands,
    *seed.commands,
    *serve.commands,
    *demo.commands,
    *user.commands,
    *device.commands,
    *places.commands,
    *reporting.commands,
    *alerting.commands,
    *redistributing.commands,
    *exporting.commands,
]
