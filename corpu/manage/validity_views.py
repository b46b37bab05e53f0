"""For how long certificates hold, by course; and whether a second person agrees, by unit."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from corpu import clock
from corpu.catalog.models import Course, Edition
from corpu.credentials.consent import set_consent
from corpu.credentials.issuers import issuer_of
from corpu.credentials.life import consent_is_needed
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.i18n import day
from corpu.learning.validity import (
    Validity,
    months_of,
    read_validity,
    set_validity,
    validity_of,
)
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.certificate_forms import ConsentForm, ValidityForm
from corpu.manage.certificate_views import units_within
from corpu.manage.scope import reach_of, unit_within
from corpu.people.queries import agency_day
from corpu.people.records import UnknownUnit
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer


@dataclass(frozen=True)
class Line:
    """A course with what is said of it; `later` what will change, in words."""

    id: UUID
    slug: str
    title: str
    language: str
    rules: Validity
    now: int | None
    later: str


def told(months: int | None) -> str:
    """A time of validity in words."""
    if months is None:
        return _("tidak berakhir")
    return ngettext("%(num)s bulan", "%(num)s bulan", months)


@bp.get("/manage/certificates/validity")
@requires(Permission.MANAGE_CERTIFICATES)
def validities() -> str:
    """The courses of units in reach, with how long their certificates hold."""
    return render_template("manage/validities.html", courses=_courses(), told=told)


@bp.route("/manage/certificates/validity/<slug>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CERTIFICATES)
def course_validity(slug: str) -> Any:
    """Say for how long certificates of a course hold, from a day on."""
    now, me = clock.now(), the_viewer()
    course = next(iter(_courses(slug)), None)
    if course is None:
        raise NotFound
    form = ValidityForm(data={"from_on": agency_day(db.session(), now)})
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            set_validity(
                session,
                course.id,
                months=form.months.data,
                from_on=form.from_on.data,
                reason=form.reason.data or "",
                by=me,
                at=now,
            )
        if act.is_done:
            flash(
                _(
                    "Tersimpan: untuk yang selesai mulai %(day)s, %(months)s.",
                    day=day(form.from_on.data),
                    months=told(form.months.data),
                ),
                "ok",
            )
            return redirect(url_for(".validities"), code=303)
    page = render_template(
        "manage/validity.html",
        course=course,
        rules=course.rules,
        form=form,
        act=act,
        told=told,
    )
    return page, act.status


def _courses(slug: str = "") -> list[Line]:
    """The courses of units in reach that end with a document, by title. One statement besides
    that of the reach and that of the day."""
    session, units = db.session(), units_within()
    statement = (
        select(
            Course.id,
            Course.slug,
            Edition.title,
            Edition.language,
            validity_of(Course.id).label("validity"),
        )
        .join(Edition, (Edition.course_id == Course.id) & Edition.is_current)
        .where(Edition.certificate != "none")
        .order_by(Edition.title)
    )
    if slug:
        statement = statement.where(Course.slug == slug)
    if units is not None:
        statement = statement.where(Course.owner_unit_id.in_(units))
    today = agency_day(session, clock.now())
    found = []
    for row in session.execute(statement):
        rules = tuple(sorted(read_validity(row.validity), key=lambda one: one[0]))
        found.append(
            Line(
                row.id,
                row.slug,
                row.title,
                row.language,
                rules,
                months_of(rules, today),
                _later(rules, today),
            )
        )
    return found


def _later(rules: Validity, today: date) -> str:
    return "; ".join(
        _("mulai %(day)s: %(months)s", day=day(start), months=told(months))
        for start, months in rules
        if start > today
    )


# ------------------------------------------------------------------------- a second person


@bp.route("/manage/units/<uuid:unit_id>/consent", methods=["GET", "POST"])
@requires(Permission.MANAGE_ISSUERS)
def certificate_consent(unit_id: UUID) -> Any:
    """Whether a second manager agrees to what becomes of this unit's certificates."""
    now, me, session = clock.now(), the_viewer(), db.session()
    unit = unit_within(session, unit_id, reach_of(session, me, Permission.MANAGE_ISSUERS))
    issuer = issuer_of(session, unit_id)
    if issuer is None:
        raise UnknownUnit
    is_needed = consent_is_needed(issuer.needs_consent, issuer.consent_until, now)
    is_ending = is_needed and issuer.consent_until is not None
    form = ConsentForm(data={"needed": "yes" if is_needed and not is_ending else "no"})
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as unit_session:
            set_consent(
                unit_session,
                unit_id,
                form.needed.data == "yes",
                by=me,
                reason=form.reason.data or "",
                at=now,
            )
        if act.is_done:
            flash(_("Tersimpan."), "ok")
            return redirect(url_for(".certificate_consent", unit_id=unit_id), code=303)
    page = render_template(
        "manage/certificate_consent.html",
        unit=unit,
        form=form,
        act=act,
        ends_at=issuer.consent_until if is_ending else None,
    )
    return page, act.status
