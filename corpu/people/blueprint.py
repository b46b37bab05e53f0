"""The door of this room, and what it does around every request of the application."""

from typing import Any

from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState

from corpu import jobs
from corpu.people import login
from corpu.people.sign_in import forget_unknown

THEMES = ("light", "dark")
THEME_COOKIE = "theme"

bp = Blueprint("people", __name__, template_folder="templates")


@bp.record_once
def wire(state: BlueprintSetupState) -> None:
    """Sessions for the whole application, and the worker's task of forgetting."""
    login.init_app()
    jobs.every_tick(forget_unknown)


@bp.after_app_request
def remember_browser(response: Response) -> Response:
    return login.remember_browser(response)


@bp.app_context_processor
def frame() -> dict[str, Any]:
    """The theme chosen on `/account`; without one the device decides."""
    chosen = request.cookies.get(THEME_COOKIE, "") if request else ""
    return {"theme": chosen if chosen in THEMES else ""}
