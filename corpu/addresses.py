"""Absolute addresses, for what leaves the browser: QR codes, mail, the console."""

from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from config import Settings

LOCAL = "http://127.0.0.1:8000"


def absolute(path: str, settings: "Settings | None" = None) -> str:
    """The whole address of a path, with or without a request.

    It follows from `CORPU_PUBLIC_URL` alone and never from the Host that a request names:
    what is printed on a certificate must not be the choice of whoever asked for it.
    """
    settings = settings or current_app.config["SETTINGS"]
    return f"{settings.public_url or LOCAL}{path}"
