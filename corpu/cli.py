"""Commands for people at a keyboard, gathered from the rooms."""

from importlib import import_module
from pathlib import Path

from flask import Flask

# module → the click groups and commands it offers
COMMANDS = {
    "content.cli": ["content_group"],
    "catalog.cli": [],  # adds publish and export to the content group
    "people.cli": ["setup_command", "user_group"],
    "competency.cli": ["competency_group"],
    "credentials.cli": ["certificates_group"],
    "operations.cli": ["backup_group", "jobs_group", "doctor_command"],
    "demo.cli": ["seed_group"],
}


def register_commands(app: Flask) -> None:
    for name, commands in COMMANDS.items():
        if not (Path(__file__).parent / (name.replace(".", "/") + ".py")).exists():
            continue
        module = import_module(f"corpu.{name}")
        for command in commands:
            app.cli.add_command(getattr(module, command))
