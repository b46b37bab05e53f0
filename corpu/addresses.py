"""Addresses outside the browser: whole ones for QR codes and the console, and those in logs."""

import re
from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from config import Settings

LOCAL = "http://127.0.0.1:8000"
# Addresses that end in a token which lets its holder in.
ONE_TIME = re.compile(r"(/(?:login/link|evaluation)/)[^\s/?\"]+")


def without_token(text: str) -> str:
    """An address, or a line with one, fit for a log: a one-time link is a password."""
    return ONE_TIME.sub(r"\1…", text)


def absolute(path: str, settings: "Settings | None" = None) -> str:
    """The whole address of a path, with or without a request.

    It follows from `CORPU_PUBLIC_URL` alone and never from the Host that a request names:
    what is printed on a certificate must not be the choice of whoever asked for it.
    """
    settings = settings or current_app.config["SETTINGS"]
    return f"{settings.public_url or LOCAL}{path}"
