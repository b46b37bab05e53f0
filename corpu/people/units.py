"""Use cases: the tree of units."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.errors import N_, RuleBroken
from corpu.identity import Viewer
from corpu.people.models import Agency, Posting, Unit
from corpu.people.queries import branch
from corpu.people.records import CONSOLE, UnknownUnit, lock_agency, plain
from corpu.people.rules import InvalidInput, clean_text
from corpu.zones import ZONE_LABELS


class BadUnit(InvalidInput):
    field = "name"
    message = N_("Tulis nama unit (paling panjang 200 huruf) dan kodenya (paling panjang 40).")


class UnitCodeTaken(InvalidInput):
    status = 409
    field = "code"
    message = N_("Kode ini sudah dipakai unit lain. Tulis kode yang lain.")


class UnknownZone(InvalidInput):
    field = "timezone"
    message = N_("Pilih WIB, WITA, atau WIT.")


class UnitBelowItself(RuleBroken):
    field = "parent"
    message = N_("Unit tidak dapat berada di bawah dirinya sendiri.")


class UnitAboveArchived(RuleBroken):
    message = N_("Unit di atasnya diarsipkan. Aktifkan kembali unit itu dahulu.")


class UnitInUse(RuleBroken):
    message = N_("Masih ada pegawai atau unit aktif di bawah unit ini. Pindahkan dahulu.")


def create_unit(
    session: Session,
    *,
    code: str,
    name: str,
    timezone: str | None = None,
    parent_id: UUID | None = None,
    by: Viewer | None,
    reason: str = "",
    at: datetime,
) -> Unit:
    """A new unit of the agency; without a zone it has that of its parent or the agency."""
    lock_agency(session)
    agency = session.scalars(select(Agency).order_by(Agency.id)).one()
    parent = _the_unit(session, parent_id) if parent_id is not None else None
    timezone = timezone or (parent.timezone if parent else agency.timezone)
    values = _clean(session, {"code": code, "name": name, "timezone": timezone}, None)
    unit = Unit(agency_id=agency.id, parent_id=parent_id, **values)
    session.add(unit)
    session.flush()
    _log(session, unit, "unit.created", by, at, None, values | {"parent_id": parent_id}, reason)
    return unit


def correct_unit(
    session: Session,
    unit_id: UUID,
    changes: dict[str, Any],
    *,
    by: Viewer | None,
    reason: str,
    at: datetime,
) -> Unit:
    """Change some of code, name, timezone, parent_id. Facts keep what they copied."""
    lock_agency(session)
    unit = _the_unit(session, unit_id)
    wanted = _clean(session, {k: v for k, v in changes.items() if k != "parent_id"}, unit_id)
    if "parent_id" in changes:
        wanted["parent_id"] = changes["parent_id"]
        if wanted["parent_id"] is not None:
            _the_unit(session, wanted["parent_id"])
            if wanted["parent_id"] in branch(session, [unit_id]):
                raise UnitBelowItself
    after = {key: value for key, value in wanted.items() if value != getattr(unit, key)}
    if not after:
        return unit
    before = {key: getattr(unit, key) for key in after}
    for key, value in after.items():
        setattr(unit, key, value)
    session.flush()
    _log(session, unit, "unit.corrected", by, at, before, after, reason)
    return unit


def archive_unit(
    session: Session, unit_id: UUID, *, by: Viewer | None, reason: str, at: datetime
) -> Unit:
    """Take an empty unit out of the choices; what names it stays. Twice changes nothing."""
    lock_agency(session)
    unit = _the_unit(session, unit_id)
    if unit.archived_at is not None:
        return unit
    posted = select(Posting.id).where(Posting.unit_id == unit_id, Posting.ended_on.is_(None))
    below = select(Unit.id).where(Unit.parent_id == unit_id, Unit.archived_at.is_(None))
    if session.scalar(posted.limit(1)) or session.scalar(below.limit(1)):
        raise UnitInUse
    unit.archived_at = at
    session.flush()
    _log(
        session,
        unit,
        "unit.archived",
        by,
        at,
        {"archived_at": None},
        {"archived_at": at},
        reason,
    )
    return unit


def restore_unit(
    session: Session, unit_id: UUID, *, by: Viewer | None, reason: str, at: datetime
) -> Unit:
    """Put an archived unit back among the choices. Twice changes nothing."""
    lock_agency(session)
    unit = _the_unit(session, unit_id)
    if unit.archived_at is None:
        return unit
    if unit.parent_id is not None and _the_unit(session, unit.parent_id).archived_at is not None:
        raise UnitAboveArchived
    before = unit.archived_at
    unit.archived_at = None
    session.flush()
    _log(
        session,
        unit,
        "unit.restored",
        by,
        at,
        {"archived_at": before},
        {"archived_at": None},
        reason,
    )
    return unit


def _the_unit(session: Session, unit_id: UUID) -> Unit:
    unit = session.get(Unit, unit_id, populate_existing=True)
    if unit is None:
        raise UnknownUnit
    return unit


def _clean(session: Session, values: dict[str, Any], unit_id: UUID | None) -> dict[str, Any]:
    unknown = set(values) - {"code", "name", "timezone"}
    if unknown:
        raise TypeError(f"a unit has no {sorted(unknown)}")
    cleaned = {key: clean_text(value or "") for key, value in values.items()}
    for key, longest in (("name", 200), ("code", 40)):
        if key in cleaned and not 1 <= len(cleaned[key]) <= longest:
            raise BadUnit
    if cleaned.get("timezone", "Asia/Jakarta") not in ZONE_LABELS:
        raise UnknownZone
    if "code" in cleaned:
        taken = session.scalar(select(Unit.id).where(Unit.code == cleaned["code"]))
        if taken is not None and taken != unit_id:
            raise UnitCodeTaken
    return cleaned


def _log(
    session: Session,
    unit: Unit,
    action: str,
    by: Viewer | None,
    at: datetime,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str,
) -> None:
    audit.record(
        session,
        at=at,
        actor_id=by.id if by else None,
        actor_name=by.name if by else CONSOLE,
        action=action,
        subject=("unit", unit.id, unit.name),
        unit_id=unit.id,
        before=plain(before) if before else None,
        after=plain(after) if after else None,
        reason=reason,
    )
