"""The command `liandong`. A command's part is imported when it is asked for: none waits for the others."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

COMMANDS: Final = {
    "serve": "server.commands.service:serve_command",
    "worker": "server.commands.service:worker_command",
    "demo": "server.commands.service:demo_command",
    "backup": "server.commands.data:backup_command",
    "restore": "server.commands.data:restore_command",
    "rebuild": "server.commands.data:rebuild_command",
    "member": "server.commands.people:member_group",
    "device": "server.commands.people:device_group",
    "couchdb": "server.commands.couchdb:couchdb_group",
    "couch": "server.couch.command:couch_command",
    "replicate": "server.replication.command:replicate_command",
    "migrate": "server.replication.migrate_command:migrate_command",
    "participant": "server.commands.participants:participant_group",
    "retention": "server.commands.retention:retention_command",
    "calendar": "server.commands.calendar:calendar_group",
    "scrub": "server.commands.scrub:scrub_command",
    "repair": "server.commands.scrub:repair_command",
    "verify": "server.commands.verify:verify_command",
    "doctor": "server.commands.checks:doctor_command",
    "settings": "server.commands.checks:settings_command",
}


class LazyGroup(click.Group):
    """Finds its commands in COMMANDS, in that order."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 click's
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Liandong: records made where there is no network, never lost, never forged."""


if __name__ == "__main__":
    main()
