"""Why there is no certificate yet, told to the pages of the learner and to machines."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, jsonify, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from corpu import clock
from corpu.addresses import absolute
from corpu.credentials.blueprint import bp
from corpu.credentials.condition_words import Reader, item_of, items_of
from corpu.credentials.conditions import Prospect, conditions
from corpu.credentials.rules import format_code
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.learning.conditions import Item, told_by
from corpu.learning.seat import Seat, seat
from corpu.permissions import Permission
from corpu.web import requires, the_viewer


def _told(session: Session, person_id: UUID, seat: Seat, at: datetime) -> list[Item]:
    (prospect,) = conditions(session, person_id, [seat], at=at)
    return items_of(prospect, Reader.LEARNER)


told_by(_told)


@bp.get("/learn/<slug>/certificate.json")
@requires(Permission.LEARN)
def conditions_json(slug: str) -> Response:
    """The conditions of my certificate on a course, each with its state and who must act."""
    session, me, now = db.session(), the_viewer(), clock.now()
    here = seat(session, me.id, slug)
    if here is None:
        raise NotFound
    (prospect,) = conditions(session, me.id, [here], at=now)
    return jsonify({"as_of": now.isoformat(), **as_json(prospect, Reader.LEARNER)})


def as_json(prospect: Prospect, reader: Reader) -> dict[str, Any]:
    """A prospect for machines: the words of `need`, `state` and `who_acts` never change, those of
    `title` and `text` are for people and in the reader's language."""
    issued, outline = prospect.case.certificate, prospect.seat.outline
    found = []
    for condition in prospect.conditions:
        item = item_of(prospect, condition, reader)
        found.append(
            {
                "need": condition.need,
                "state": condition.state,
                "who_acts": condition.act,
                "since": condition.since and condition.since.isoformat(),
                "page": condition.page and condition.page.id,
                "reason": condition.reason or None,
                "title": _plain(item.title),
                "text": _plain(item.text),
                "url": absolute(item.url) if item.url else None,
            }
        )
    return {
        "course": outline.slug,
        "course_title": outline.title,
        "document": prospect.case.facts.kind if prospect.has_document else None,
        "certificate": issued
        and {
            "number": issued.number,
            "code": format_code(issued.code),
            "issued_at": issued.issued_at.isoformat(),
            "revoked_at": issued.revoked_at and issued.revoked_at.isoformat(),
            "verify_url": absolute(url_for("credentials.verify", code=format_code(issued.code))),
        },
        "conditions": found,
    }


def _plain(text: str) -> str:
    return Markup(text).striptags()
