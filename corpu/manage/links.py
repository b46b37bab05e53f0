"""The page that shows a one-time link, once."""

from datetime import datetime

from flask import current_app, render_template, request, url_for

from corpu.addresses import absolute
from corpu.people.accounts import LINK_LASTS
from corpu.people.models import Person
from corpu.people.rules import printed_nip


def link_page(person: Person, token: str, at: datetime, *, is_new: bool) -> str:
    """Drawn in answer to the form itself: the token stands nowhere else, so a redirect would
    have to carry it."""
    path = url_for("people.sign_in_link", token=token)
    return render_template(
        "manage/link.html",
        person=person,
        nip=printed_nip(person.nip),
        address=_address(path),
        until=at + LINK_LASTS,
        is_new=is_new,
    )


def _address(path: str) -> str:
    """Where a public address is set, that one; else the one the manager is using."""
    if current_app.config["SETTINGS"].public_url:
        return absolute(path)
    return request.host_url.rstrip("/") + path
