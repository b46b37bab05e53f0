"""One's own data as a file: each room says what it holds about a person.

`register("learning", fn)` with `fn(session, person_id) -> JSON-able` in the room's views,
so that whatever a room keeps is in the file from its first day.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.audit import AuditEntry
from corpu.people import command_queries, directory
from corpu.people.models import Account, NipHistory, Person, SignInLink

Exporter = Callable[[Session, UUID], Any]

_exporters: dict[str, Exporter] = {}


def register(name: str, exporter: Exporter) -> None:
    """Say what a room holds about a person, under a name in the file."""
    _exporters[name] = exporter


def own_data(session: Session, person_id: UUID, *, at: datetime) -> dict[str, Any]:
    """Everything that every room holds about the person, ready for JSON."""
    parts = {name: exporter(session, person_id) for name, exporter in sorted(_exporters.items())}
    return as_json({"generated_at": at} | parts)


def as_json(value: Any) -> Any:
    """Moments and days as ISO 8601, exact numbers as text, identifiers as their digits."""
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value


def people_data(session: Session, person_id: UUID) -> dict[str, Any]:
    """This room's part: who the person is, was and may do; who looked; what was changed."""
    person = session.get_one(Person, person_id)
    account = session.get(Account, person_id)
    return {
        "id": person.id,
        "nip": person.nip,
        "email": person.email,
        "title_before": person.title_before,
        "name": person.name,
        "title_after": person.title_after,
        "created_at": person.created_at,
        "earlier_nips": [
            {"nip": row.nip, "replaced_at": row.replaced_at}
            for row in session.scalars(select(NipHistory).filter_by(person_id=person_id))
        ],
        "account": account
        and {
            "is_active": account.is_active,
            "locale": account.locale,
            "signed_in_at": account.signed_in_at,
            "failures": account.failures,
            "failed_at": account.failed_at,
        },
        "sign_in_links": [
            {
                "created_at": row.created_at,
                "expires_at": row.expires_at,
                "used_at": row.used_at,
                "revoked_at": row.revoked_at,
            }
            for row in session.scalars(select(SignInLink).filter_by(person_id=person_id))
        ],
        "postings": [
            {
                "unit": unit,
                "title": row.title,
                "post_type": row.post_type,
                "grade": row.grade,
                "required_levels": row.required_levels,
                "started_on": row.started_on,
                "ended_on": row.ended_on,
            }
            for row, unit in directory.postings_of(session, person_id)
        ],
        "acting_posts": [
            {
                "kind": post.kind,
                "title": post.title,
                "unit": unit,
                "leads_the_line_of": leads,
                "started_on": post.started_on,
                "ended_on": post.ended_on,
                "ended_early_at": post.revoked_at,
            }
            for post, unit, leads in command_queries.acting_posts_of(session, person_id)
        ],
        "delegations": [
            {
                "from": one.principal,
                "to": one.deputy,
                "basis": one.basis,
                "started_on": one.started_on,
                "ended_on": one.ended_on,
                "reason": one.reason,
                "ended_early_at": one.revoked_at,
            }
            for one in command_queries.delegations_of(session, person_id)
        ],
        "supervisors": [
            {"name": name, "started_on": row.started_on, "ended_on": row.ended_on}
            for row, name in directory.supervisions_of(session, person_id)
        ],
        "roles": [
            {
                "role": row.role,
                "unit": unit,
                "started_on": row.started_on,
                "ended_on": row.ended_on,
            }
            for row, unit in directory.roles_of(session, person_id)
        ],
        "profile_visits": [
            {"at": at, "by": name}
            for at, name in directory.profile_visits(session, person_id, limit=None)
        ],
        "changes": [
            {
                "at": row.at,
                "by": row.actor_name,
                "action": row.action,
                "before": row.before,
                "after": row.after,
                "reason": row.reason,
            }
            for row in session.scalars(
                select(AuditEntry)
                .where(
                    AuditEntry.subject_type == "person",
                    AuditEntry.subject_id == str(person_id),
                )
                .order_by(AuditEntry.id)
            )
        ],
    }


register("people", people_data)
