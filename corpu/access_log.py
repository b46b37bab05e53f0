"""The access log, without what would let a reader of it in."""

from typing import Any

from gunicorn.glogging import Logger

from corpu.addresses import without_token


class AccessLog(Logger):
    """As gunicorn writes it, but for the tokens of one-time links."""

    def atoms(self, *args: Any) -> dict[str, Any]:
        atoms = super().atoms(*args)
        return {
            name: without_token(value) if isinstance(value, str) else value
            for name, value in atoms.items()
        }
