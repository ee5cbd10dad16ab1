"""`tungnha`: one command whose parts the installed programs add through the entry points `tungnha.commands`.

An entry point names a list of click commands and is called as the extra that brings what it needs (`server`,
`mobile`). Where an extra is not installed its commands are simply not there, and asking for one says which.

Every command that reports takes `--json`: one documented object on standard output and nothing else there;
progress goes to standard error. Exit code 0: done, 1: a fault or a failed check, 2: wrong use.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import click

from shared.faults import Refused

GROUP = "tungnha.commands"

_OURS = ("server", "mobile", "shared")


class Faults(click.ClickException):
    """What was refused, in both languages; exit code 1."""

    def __init__(self, error: Refused) -> None:
        lines = [f"{found.message('vi')}\n{found.message('en')}" for found in error.faults]
        super().__init__("\n".join(lines))

    def show(self, file: Any = None) -> None:
        """The words alone, on standard error."""
        click.echo(self.message, err=True)


class Programs(click.Group):
    """The commands of every installed program. `found` replaces the installed entry points (tests)."""

    def __init__(self, *args: Any, found: Iterable[EntryPoint] | None = None, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self._found = found

    @cached_property
    def _loaded(self) -> tuple[dict[str, click.Command], dict[str, str]]:
        """Commands by name, and the extras that are not installed with the module each lacks."""
        commands: dict[str, click.Command] = {}
        lacking: dict[str, str] = {}
        points = entry_points(group=GROUP) if self._found is None else self._found
        for point in sorted(points, key=lambda each: each.name):
            try:
                listed = point.load()
            except ModuleNotFoundError as error:
                module = (error.name or "").partition(".")[0]
                if module in _OURS:
                    raise
                lacking[point.name] = module
                continue
            commands |= {command.name or "": command for command in listed}
        return commands, lacking

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in order."""
        return sorted({*super().list_commands(ctx), *self._loaded[0]})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command; a usage error that names the extras when it may belong to one that is not installed."""
        commands, lacking = self._loaded
        found = super().get_command(ctx, cmd_name) or commands.get(cmd_name)
        if found is None and lacking:
            extras = ",".join(sorted(lacking))
            modules = ", ".join(sorted(lacking.values()))
            raise click.UsageError(
                f"Chưa có lệnh “{cmd_name}”. Phần chưa cài: {extras} (thiếu {modules}).\n"
                f"No command “{cmd_name}”. Not installed: {extras} ({modules} is missing).\n"
                f"  pip install 'tungnha[{extras}]'"
            )
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Run; what was refused ends with its words and exit code 1, never with a traceback."""
        try:
            return super().invoke(ctx)
        except Refused as error:
            raise Faults(error) from error


@click.group(cls=Programs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="tungnha", prog_name="tungnha")
def main() -> None:
    """Từng Nhà: rà soát từng nhà, không sót một ai / house to house, nobody missed."""


if __name__ == "__main__":
    main(prog_name="tungnha")
