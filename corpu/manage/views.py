"""The learning manager's room: what waits, and the way to each place."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask_babel import ngettext

from corpu import clock
from corpu.credentials.queries import waiting
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.hours.claim_queries import queue_counts
from corpu.hours.models import State as Claimed
from corpu.manage import (
    account_views,
    acting_views,
    audit_views,
    batch_views,
    certificate_change_views,
    certificate_views,
    competency_views,
    document_use_views,
    document_views,
    esign_views,
    evaluation_views,
    evidence_views,
    framework_edit_views,
    hours_views,
    ipasn_views,
    issuer_views,
    key_views,
    new_person_views,
    number_views,
    people_views,
    post_views,
    queries,
    registration_views,
    requirement_views,
    role_views,
    rule_views,
    service,
    siasn_views,
    standard_draft_views,
    standard_effect_views,
    standard_views,
    template_table_views,
    template_views,
    time_views,
    unit_views,
    validity_views,
    waiting_views,
    words,
)
from corpu.manage.blueprint import bp
from corpu.manage.people_views import here
from corpu.people.directory import State, counts
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer
from corpu.zones import local_year

__all__ = [
    "account_views",
    "acting_views",
    "audit_views",
    "batch_views",
    "bp",
    "certificate_change_views",
    "certificate_views",
    "competency_views",
    "document_use_views",
    "document_views",
    "esign_views",
    "evaluation_views",
    "evidence_views",
    "framework_edit_views",
    "hours_views",
    "ipasn_views",
    "issuer_views",
    "key_views",
    "new_person_views",
    "number_views",
    "people_views",
    "post_views",
    "registration_views",
    "requirement_views",
    "role_views",
    "rule_views",
    "siasn_views",
    "standard_draft_views",
    "standard_effect_views",
    "standard_views",
    "template_table_views",
    "template_views",
    "time_views",
    "unit_views",
    "validity_views",
    "waiting_views",
]

WAITING_SHOWN = 5


@bp.get("/manage")
@requires(Permission.MANAGE_PEOPLE)
def index() -> str:
    me, (session, now, reach) = the_viewer(), here()
    year = local_year(now, me.timezone)
    found = counts(session, at=now, units=reach.units)
    tree = queries.unit_tree(session, reach.units)
    pending = waiting(session, units=reach.units, limit=WAITING_SHOWN)
    return render_template(
        "manage/index.html",
        counts=found,
        states=State,
        units=len(tree),
        tops=[line for line in tree if line.depth == 0],
        pending=pending,
        pending_count=queries.pending_count(session, reach.units),
        issued=queries.issued_since(
            session, reach.units, datetime(year, 1, 1, tzinfo=ZoneInfo(me.timezone))
        ),
        claims=queue_counts(session, reach.units, now)[Claimed.CLAIMED],
        failed=queries.failed_jobs(session) if reach.is_all else [],
        year=year,
        now=now,
        reach=reach,
        words=words,
    )


@bp.post("/manage/jobs/retry")
@requires(Permission.MANAGE_PEOPLE)
def retry_jobs() -> Any:
    """Background work belongs to the whole agency, and so does its button."""
    if not here()[2].is_all:
        raise NotFound
    with unit_of_work(db.session()) as session:
        count = service.retry_failed_jobs(session, by=the_viewer(), at=clock.now())
    flash(
        ngettext(
            "%(num)s pekerjaan menunggu giliran lagi.",
            "%(num)s pekerjaan menunggu giliran lagi.",
            count,
        ),
        "ok",
    )
    return redirect(url_for(".index"), code=303)
