"""Use cases: which post in which unit, and who supervises whom, from a day to a day.

Moving somebody never rewrites history: what ran before the first day of the new entry
ends on the day before it. An entry with the very same first day is corrected in place;
one that starts later must be dealt with first.
"""

from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from corpu import vocabulary
from corpu.errors import N_, NotFound, RuleBroken
from corpu.events import SupervisionChanged, publish
from corpu.identity import Viewer
from corpu.people.command_queries import closes_circle, stand_ins_of
from corpu.people.models import Posting, Supervision, Unit
from corpu.people.records import (
    EndsBeforeStart,
    LaterEntryExists,
    UnknownUnit,
    lock_agency,
    log,
    plain,
    the_person,
)
from corpu.people.rules import Edge, InvalidInput, clean_text, through
from corpu.standards.queries import rows_on

Dated = TypeVar("Dated", Posting, Supervision)
HIGHEST_LEVEL = 5


class UnknownPostType(InvalidInput):
    field = "post_type"
    message = N_("Pilih jenis jabatan dari daftar.")


class BadPost(InvalidInput):
    field = "title"
    message = N_("Tulis nama jabatan, paling panjang 200 huruf.")


class BadRequirement(InvalidInput):
    field = "required_levels"
    message = N_("Level yang dituntut jabatan adalah 0 sampai 5 untuk kompetensi yang dikenal.")


class UnitArchived(RuleBroken):
    field = "unit"
    message = N_("Unit ini sudah diarsipkan. Pilih unit yang masih ada.")


class OwnSupervisor(RuleBroken):
    field = "person"
    message = N_("Orang tidak dapat menjadi atasannya sendiri.")


class SupervisionLoop(RuleBroken):
    field = "person"
    message = N_(
        "%(supervisor)s berada di bawah %(person)s pada masa itu, langsung atau tidak langsung. "
        "Akhiri dahulu hubungan yang lama, atau pilih atasan lain."
    )


class UnknownSupervision(NotFound):
    message = N_("Hubungan atasan ini tidak ada di sini.")


def set_posting(
    session: Session,
    person_id: UUID,
    *,
    unit_id: UUID,
    title: str,
    post_type: str,
    grade: str = "",
    required_levels: dict[str, int] | None = None,
    started_on: date,
    by: Viewer | None,
    reason: str = "",
    at: datetime,
) -> Posting:
    """The post and unit from a day on. `post_type` is a key of the default levels;
    `required_levels` names the competencies for which this post asks something else."""
    lock_agency(session)
    person = the_person(session, person_id)
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise UnknownUnit
    if unit.archived_at is not None:
        raise UnitArchived
    values = {
        "unit_id": unit_id,
        "title": clean_text(title),
        "post_type": post_type,
        "grade": clean_text(grade)[:10],
        "required_levels": dict(required_levels) if required_levels else None,
    }
    _check_post(session, values, started_on)
    posting, before = _place(session, Posting, person_id, started_on, values)
    if before == (now := _seen(posting, values)):
        return posting
    log(
        session,
        person,
        "posting.set",
        by=by,
        at=at,
        before=before,
        after=now | {"unit": unit.name},
        reason=reason,
    )
    return posting


def set_supervisor(
    session: Session,
    person_id: UUID,
    supervisor_id: UUID,
    *,
    started_on: date,
    by: Viewer | None,
    reason: str = "",
    at: datetime,
) -> Supervision:
    """Who supervises the person from a day on. Refuses a loop at any depth among the
    relations that share a day with this one, those in somebody's place included."""
    lock_agency(session)
    person, supervisor = the_person(session, person_id), the_person(session, supervisor_id)
    if person_id == supervisor_id:
        raise OwnSupervisor
    own = Edge(person_id, supervisor_id, started_on)
    stand_ins = stand_ins_of(session, supervisor_id, started_on)
    if closes_circle(session, [own, *through([own], stand_ins)]):
        raise SupervisionLoop(supervisor=supervisor.full_name, person=person.full_name)
    earlier = session.scalar(
        select(Supervision).where(
            Supervision.person_id == person_id, Supervision.ended_on.is_(None)
        )
    )
    if (
        earlier is not None
        and earlier.supervisor_id == supervisor_id
        and earlier.started_on <= started_on
    ):
        return earlier
    relation, before = _place(
        session, Supervision, person_id, started_on, {"supervisor_id": supervisor_id}
    )
    if before:
        former = UUID(before["supervisor_id"])
        publish(
            session,
            SupervisionChanged(person_id, former, started_on - timedelta(days=1), at),
        )
    publish(session, SupervisionChanged(person_id, supervisor_id, None, at))
    log(
        session,
        person,
        "supervisor.set",
        by=by,
        at=at,
        before=before,
        after=_seen(relation, {"supervisor_id": supervisor_id})
        | {"supervisor": supervisor.full_name},
        reason=reason,
    )
    return relation


def end_supervision(
    session: Session,
    supervision_id: UUID,
    *,
    ended_on: date,
    by: Viewer | None,
    reason: str = "",
    at: datetime,
) -> Supervision:
    """Say the last day of a relation. An ended one can only be ended earlier, never
    stretched: a longer one is a new entry, which is checked for loops."""
    lock_agency(session)
    relation = session.get(Supervision, supervision_id, populate_existing=True)
    if relation is None:
        raise UnknownSupervision
    if relation.ended_on is not None and relation.ended_on <= ended_on:
        return relation
    if ended_on < relation.started_on:
        raise EndsBeforeStart
    before = plain({"supervisor_id": relation.supervisor_id, "ended_on": relation.ended_on})
    relation.ended_on = ended_on
    session.flush()
    publish(session, SupervisionChanged(relation.person_id, relation.supervisor_id, ended_on, at))
    log(
        session,
        the_person(session, relation.person_id),
        "supervisor.ended",
        by=by,
        at=at,
        before=before,
        after=plain({"supervisor_id": relation.supervisor_id, "ended_on": ended_on}),
        reason=reason,
    )
    return relation


def _place(
    session: Session,
    model: type[Dated],
    person_id: UUID,
    started_on: date,
    values: dict[str, Any],
) -> tuple[Dated, dict[str, Any] | None]:
    """Put an open entry after what ran before; answers it and what it replaced, as JSON."""
    reaching = session.scalars(
        select(model)
        .where(
            model.person_id == person_id,
            or_(model.ended_on.is_(None), model.ended_on >= started_on),
        )
        .order_by(model.started_on)
        .execution_options(populate_existing=True)
    ).all()
    before = None
    for row in reaching:
        if row.started_on > started_on:
            raise LaterEntryExists(day=row.started_on)
    for row in reaching:
        before = _seen(row, values)
        if row.started_on == started_on:
            row.ended_on = None
            for key, value in values.items():
                setattr(row, key, value)
            session.flush()
            return row, before
        row.ended_on = started_on - timedelta(days=1)
        session.flush()
    entry = model(person_id=person_id, started_on=started_on, **values)
    session.add(entry)
    session.flush()
    return entry, before


def _seen(row: Posting | Supervision, values: dict[str, Any]) -> dict[str, Any]:
    return plain({key: getattr(row, key) for key in (*values, "started_on", "ended_on")})


def _check_post(session: Session, values: dict[str, Any], day: date) -> None:
    if not 1 <= len(values["title"]) <= 200:
        raise BadPost
    if not vocabulary.required_level(values["post_type"]):
        raise UnknownPostType
    own = values["required_levels"] or {}
    known = rows_on(session, day) if own else {}
    for code, level in own.items():
        if code not in known or not (isinstance(level, int) and 0 <= level <= HIGHEST_LEVEL):
            raise BadRequirement
