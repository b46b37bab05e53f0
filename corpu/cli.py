"""Commands for people at a keyboard, gathered from the rooms.

A command's module is loaded when it is called: serving pages must not load the compiler,
its Markdown, highlighter and formula converter.
"""

from importlib import import_module

import click
from flask import Flask
from flask.cli import AppGroup

# command → the modules that make it up, and its name in the first of them
COMMANDS = {
    "content": ("content_group", "content.cli", "catalog.cli"),
    "setup": ("setup_command", "people.cli"),
    "user": ("user_group", "people.cli"),
    "competency": ("competency_group", "competency.cli"),
    "certificates": ("certificates_group", "credentials.cli"),
    "log": ("log_group", "signing.cli", "credentials.cli"),
    "backup": ("backup_group", "operations.cli"),
    "jobs": ("jobs_group", "operations.cli"),
    "doctor": ("doctor_command", "operations.cli"),
    "siasn": ("siasn_group", "siasn.cli"),
    "seed": ("seed_group", "demo.cli"),
}


class Commands(AppGroup):
    """The application's commands, each loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.commands and cmd_name in COMMANDS:
            attribute, *rooms = COMMANDS[cmd_name]
            modules = [import_module(f"corpu.{room}") for room in rooms]
            self.add_command(getattr(modules[0], attribute), cmd_name)
        return super().get_command(ctx, cmd_name)


def register_commands(app: Flask) -> None:
    commands = Commands(name=app.cli.name)
    commands.commands.update(app.cli.commands)
    app.cli = commands
