"""The first set-up of a real installation: agency, its first unit, its first manager.

While there is no account, whoever can read the console may do it in the browser too: the
token printed there is kept in `instance/setup-token`, readable by its owner only.
"""

import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from corpu import audit, vocabulary
from corpu.errors import N_, RuleBroken
from corpu.events import InstallationSetUp, publish
from corpu.installation import Installation, Origin
from corpu.people.accounts import make_sign_in_link
from corpu.people.models import Account, Agency, Unit
from corpu.people.persons import create_person
from corpu.people.queries import agency_day
from corpu.people.records import CONSOLE
from corpu.people.roles import assign_role
from corpu.people.rules import InvalidInput, clean_text
from corpu.permissions import Role

TOKEN_FILE = "setup-token"


class AlreadySetUp(RuleBroken):
    message = N_("Instalasi ini sudah disiapkan. Masuk sebagai pengelola untuk mengubahnya.")


class UnknownProvince(InvalidInput):
    field = "province"
    message = N_("Pilih provinsi dari daftar; zona waktu mengikutinya.")


class BadAgency(InvalidInput):
    field = "agency"
    message = N_("Tulis nama instansi (paling panjang 200 huruf) dan nama pendeknya (60).")


@dataclass(frozen=True)
class SetUp:
    """What the first set-up made; `token` opens the manager's one-time link."""

    agency_id: UUID
    unit_id: UUID
    person_id: UUID
    token: str


def provinces() -> list[dict[str, Any]]:
    """The provinces with Kemendagri code, name and zone, in the order of the codes."""
    return list(vocabulary.load("provinces")["provinces"])


def find_province(text: str) -> dict[str, Any]:
    """A province by code or name. Raises UnknownProvince."""
    wanted = clean_text(text).casefold()
    for province in provinces():
        if wanted in (province["kemendagri_code"], province["name"].casefold()):
            return province
    raise UnknownProvince


def is_new(session: Session) -> bool:
    """Whether nothing has been set up: no account, no agency, no kind of installation."""
    return all(
        session.scalar(select(column).limit(1)) is None
        for column in (Account.person_id, Agency.id, Installation.id)
    )


def set_up(
    session: Session,
    *,
    agency: str,
    short_name: str,
    province: str,
    name: str,
    nip: str | None = None,
    email: str | None = None,
    title_before: str = "",
    title_after: str = "",
    at: datetime,
) -> SetUp:
    """Make the agency in the zone of its province, a first unit of the same name, and its
    first manager. Refuses with AlreadySetUp; of two at once, one is refused."""
    if not is_new(session):
        raise AlreadySetUp
    place = find_province(province)
    agency, short_name = clean_text(agency), clean_text(short_name)
    if not 1 <= len(agency) <= 200 or not 1 <= len(short_name) <= 60:
        raise BadAgency
    try:
        with session.begin_nested():
            session.add(Installation(id=1, origin=Origin.REAL, created_at=at))
            session.flush()
    except IntegrityError:
        raise AlreadySetUp from None
    body = Agency(
        name=agency,
        short_name=short_name,
        region_code=place["kemendagri_code"],
        timezone=place["timezone"],
        created_at=at,
    )
    session.add(body)
    session.flush()
    unit = Unit(agency_id=body.id, code="1", name=agency, timezone=body.timezone)
    session.add(unit)
    session.flush()
    audit.record(
        session,
        at=at,
        actor_id=None,
        actor_name=CONSOLE,
        action="installation.set_up",
        subject=("agency", body.id, body.name),
        unit_id=unit.id,
        after={"short_name": short_name, "region_code": body.region_code},
    )
    person = create_person(
        session,
        name=name,
        nip=nip,
        email=email,
        title_before=title_before,
        title_after=title_after,
        agency_id=body.id,
        by=None,
        at=at,
    )
    assign_role(
        session, person.id, Role.MANAGER, started_on=agency_day(session, at), by=None, at=at
    )
    token = make_sign_in_link(session, person.id, by=None, at=at)
    publish(session, InstallationSetUp(at))
    return SetUp(body.id, unit.id, person.id, token)


def setup_token(instance: Path) -> str:
    """The token for `/setup`, made when it is first asked for."""
    path = instance / TOKEN_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    token = secrets.token_urlsafe(24)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(token)
    return token


def is_setup_token(instance: Path, text: str) -> bool:
    """Whether somebody who writes this can read the console. Nothing is made by asking."""
    try:
        token = (instance / TOKEN_FILE).read_text(encoding="ascii").strip()
    except OSError:
        return False
    return bool(token) and hmac.compare_digest(token.encode(), text.strip().encode())


def forget_setup_token(instance: Path) -> None:
    """The token has done its work."""
    (instance / TOKEN_FILE).unlink(missing_ok=True)
