"""Why one of one's people has no certificate yet: states, never answers or marks."""

from uuid import UUID

from flask import render_template

from corpu import clock
from corpu.credentials.condition_words import Reader, items_of
from corpu.credentials.conditions import lacking_of
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.people.queries import is_in_line, standing
from corpu.permissions import Permission
from corpu.team.views import bp, note_visit
from corpu.web import requires, the_viewer


@bp.get("/team/<uuid:person_id>/certificates")
@requires(Permission.SEE_TEAM)
def certificates(person_id: UUID) -> str:
    """What the certificates of one person still need, and who must act."""
    session, now = db.session(), clock.now()
    if is_in_line(session, the_viewer().id, person_id, now) is None:
        raise NotFound
    page = render_template(
        "team/certificates.html",
        standing=standing(session, person_id, now),
        found=[
            (one, items_of(one, Reader.SUPERVISOR))
            for one in lacking_of(session, person_id, at=now)
        ],
    )
    note_visit(person_id, now)
    return page
