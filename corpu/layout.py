"""What every page's frame needs: who is here, the places in the menu, the agency's name."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, current_app, request, url_for
from flask_babel import get_locale, gettext
from sqlalchemy import select

from corpu import __version__
from corpu.errors import N_
from corpu.extensions import db
from corpu.identity import Viewer
from corpu.people.models import Agency
from corpu.permissions import Permission, can
from corpu.web import viewer


@dataclass(frozen=True)
class Place:
    endpoint: str
    icon: str
    label: str
    permission: Permission


@dataclass(frozen=True)
class NavLink:
    endpoint: str
    url: str
    icon: str
    label: str
    is_current: bool


PLACES = (
    Place("people.home", "home", N_("Beranda"), Permission.LEARN),
    Place("catalog.index", "book", N_("Katalog"), Permission.LEARN),
    Place("competency.profile", "radar", N_("Kompetensi"), Permission.LEARN),
    Place("hours.book", "clock", N_("Buku JP"), Permission.LEARN),
    Place("credentials.mine", "award", N_("Sertifikat"), Permission.LEARN),
    Place("team.index", "people", N_("Tim"), Permission.SEE_TEAM),
    Place("authoring.index", "edit", N_("Mengajar"), Permission.AUTHOR),
    Place("manage.index", "gear", N_("Kelola"), Permission.MANAGE_PEOPLE),
    # Everybody may see the board and finds it on Beranda; a phone's bar has no room for it.
    Place("reporting.board", "target", N_("Papan tujuan"), Permission.MANAGE_PEOPLE),
)


def links_for(person: Viewer) -> list[NavLink]:
    """The places this person may enter; a room is current on all of its pages. A room that
    this installation does not have has no place in the menu."""
    here = (request.endpoint or "").split(".")[0]
    if here == "people":  # one's account and signing in are not Beranda
        here = "" if request.endpoint != "people.home" else here
    return [
        NavLink(
            place.endpoint,
            url_for(place.endpoint),
            place.icon,
            gettext(place.label),
            here == place.endpoint.split(".")[0],
        )
        for place in PLACES
        if place.endpoint in current_app.view_functions and can(person, place.permission)
    ]


def agency_names(app: Flask, person: Viewer | None) -> tuple[str, str]:
    """Name and short name of the agency: from who is signed in, else kept by the process once
    known, so that a public page needs no statement for its frame."""
    if person is not None:
        return person.agency_name, person.agency_short
    known = app.extensions.get("agency_names")
    if known is None:
        row = db.session.execute(select(Agency.name, Agency.short_name).limit(1)).first()
        known = (row[0], row[1]) if row else ("CorpU", "CorpU")
        if row and not app.testing:
            app.extensions["agency_names"] = known
    return known


def other_locale_url() -> str:
    """This page in the other language. What answered a form is asked for anew; an address that
    takes nothing but forms leads home."""
    other = "en" if str(get_locale()) == "id" else "id"
    if request.method not in ("GET", "HEAD"):
        adapter = current_app.create_url_adapter(request)
        if adapter is None or not adapter.test(request.path, method="GET"):
            return url_for("people.home", lang=other)
    # Two slashes at the start of an address would lead to another host.
    path = quote("/" + request.path.lstrip("/"), safe="/:@!$&'()*+,;=~")
    arguments = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    return f"{request.script_root}{path}?{urlencode([*arguments, ('lang', other)])}"


def init_app(app: Flask) -> None:
    settings = app.config["SETTINGS"]

    @app.context_processor
    def frame() -> dict[str, Any]:
        person = viewer()
        name, short = agency_names(app, person)
        return {
            "viewer": person,
            "nav": links_for(person) if person else [],
            "demo_mode": settings.mode == "demo",
            "agency_name": name,
            "agency_short": short,
            "privacy_version": settings.privacy_version,
            "privacy_date": settings.privacy_date,
            "app_version": __version__,
            "current_locale": str(get_locale() or "id"),
            "other_locale_url": other_locale_url(),
            "timezone": person.timezone if person else "Asia/Jakarta",
            "can": lambda permission: can(person, Permission(permission)),
        }
