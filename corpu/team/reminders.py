"""Use case: remind somebody of their plan or hours, once a subject and day."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.database import insert_unless_taken, uuid7
from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.people.queries import capacity_at, places_over, standing
from corpu.people.rules import clean_text
from corpu.team.models import Reminder, Subject
from corpu.zones import local_date

LEAST, MOST = 10, 1000  # characters of what is written
NAME = 300


class NotBelow(NotFound):
    message = N_("Orang ini bukan bawahan Anda hari ini.")


class NoWords(DomainError):
    message = N_("Tulis alasannya, 10 sampai 1.000 huruf.")


class RemindedAlready(RuleBroken):
    message = N_("Hari ini sudah diingatkan oleh %(name)s.")


def remind(
    session: Session, by: UUID, person_id: UUID, subject: Subject, text: str, *, at: datetime
) -> Reminder:
    """Leave a reminder that the person sees on Beranda.

    One a subject and day, whoever sends it: the same words by the same supervisor are the first
    ones, anything else is refused with RemindedAlready. Raises NotBelow, NoWords.
    """
    places = places_over(session, by, person_id, at)
    if not places:
        raise NotBelow
    text = clean_text(text)
    if not LEAST <= len(text) <= MOST:
        raise NoWords
    here = standing(session, person_id, at)
    name = standing(session, by, at).full_name
    if (capacity := capacity_at(session, by, places[0], at)) is not None:
        name = capacity.signed(name)
    key = {"person_id": person_id, "subject": subject, "day": local_date(at, here.timezone)}
    values = {
        "id": uuid7(),
        "text": text,
        "by_id": by,
        "by_name": name[:NAME],
        "unit_id": here.unit_id,
        "unit_name": here.unit_name,
        "post_title": here.post_title,
        "at": at,
    }
    reminder: Reminder | None = insert_unless_taken(session, Reminder, key | values)
    if reminder is None:
        first = session.scalars(select(Reminder).filter_by(**key)).one()
        if (first.by_id, first.text) == (by, text):
            return first
        raise RemindedAlready(name=first.by_name)
    audit.record(
        session,
        at=at,
        actor_id=by,
        actor_name=name,
        action="reminder.sent",
        subject=("person", person_id, here.full_name),
        unit_id=here.unit_id,
        after={"reminder": subject.value},
        reason=text,
    )
    return reminder


def own_part(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """Every reminder somebody received, for their own file."""
    rows = session.scalars(
        select(Reminder).filter_by(person_id=person_id).order_by(Reminder.at, Reminder.id)
    )
    return [
        {
            "subject": row.subject,
            "text": row.text,
            "by": row.by_name,
            "unit": row.unit_name,
            "post": row.post_title,
            "at": row.at,
        }
        for row in rows
    ]
