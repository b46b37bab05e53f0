"""The access log, without what would let a reader of it sign in."""

import re
from typing import Any

from gunicorn.glogging import Logger

LINK = re.compile(r"(/login/link/)[^\s/?\"]+")


class AccessLog(Logger):
    """A one-time link is a password for a day: its token is left out."""

    def atoms(self, *args: Any) -> dict[str, Any]:
        atoms = super().atoms(*args)
        return {
            name: LINK.sub(r"\1…", value) if isinstance(value, str) else value
            for name, value in atoms.items()
        }
