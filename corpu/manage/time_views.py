"""More time for a quiz: to one person, or to everybody who takes it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from corpu import clock
from corpu.assessment.service import grant_extra_time
from corpu.catalog.queries import outline
from corpu.database import uuid7
from corpu.errors import N_, RuleBroken
from corpu.extensions import db
from corpu.manage import picking, queries
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.forms import TimeForm
from corpu.manage.scope import Reach, check_person, reach_of
from corpu.people.models import Person
from corpu.people.records import lock_agency
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer


class NotForEverybody(RuleBroken):
    field = "who"
    message = N_(
        "Peserta kuis ini juga pegawai unit lain. Beri waktu kepada satu pegawai, atau minta "
        "pengelola seluruh instansi."
    )


@dataclass(frozen=True)
class TimedQuiz:
    """A quiz with a time limit, in a course that is open."""

    slug: str
    page_id: str
    course_title: str
    title: str
    minutes: int
    owner_unit_id: UUID

    @property
    def value(self) -> str:
        return f"{self.slug}/{self.page_id}"


def timed_quizzes(session: Session) -> list[TimedQuiz]:
    """Every quiz and diagnostic that has a time limit, course by course."""
    found = []
    for edition_id, owner in queries.open_courses(session):
        course = outline(session, edition_id)
        found += [
            TimedQuiz(course.slug, page.id, course.title, page.title, page.quiz.time_limit, owner)
            for page in course.tests
            if page.quiz is not None and page.quiz.time_limit is not None
        ]
    return found


@bp.route("/manage/time", methods=["GET", "POST"])
@requires(Permission.GRANT_TIME)
def extra_time() -> Any:
    session: Session = db.session()
    now = clock.now()
    reach = reach_of(session, the_viewer(), Permission.GRANT_TIME)
    quizzes = timed_quizzes(session)
    form = TimeForm(form_id=uuid7().hex)
    form.quiz.choices = [SelectChoice("", _("Pilih kuis"))] + [
        SelectChoice(
            quiz.value,
            _("%(title)s, %(minutes)s menit", title=quiz.title, minutes=quiz.minutes),
            optgroup=quiz.course_title,
        )
        for quiz in quizzes
    ]
    act = Act(form)
    if act.is_asked():
        quiz = next(one for one in quizzes if one.value == form.quiz.data)
        is_for_all = form.who.data == "all"
        person_id = None if is_for_all else picking.pick(session, form, reach, now)
        if person_id is None and not is_for_all:
            act.status = 422
        else:
            with act, unit_of_work(db.session()) as session:
                _grant(session, form, quiz, person_id, reach)
        if act.is_done:
            flash(_said(form, quiz, person_id), "ok")
            return redirect(url_for(".extra_time"), code=303)
    given = queries.grants(db.session(), reach.units, now)
    page = render_template(
        "manage/time.html",
        form=form,
        quizzes=quizzes,
        notes=picking.notes(form),
        grants=given,
        quiz_titles={(quiz.slug, quiz.page_id): quiz.title for quiz in quizzes},
        act=act,
        reach=reach,
    )
    return page, act.status


def _grant(
    session: Session, form: TimeForm, quiz: TimedQuiz, person_id: UUID | None, reach: Reach
) -> None:
    lock_agency(session)  # of two clicks at once, the second finds what the first has given
    if person_id is not None:
        check_person(session, person_id, reach, clock.now())
    elif not reach.holds(quiz.owner_unit_id):
        raise NotForEverybody
    try:
        grant_id = UUID(hex=form.form_id.data or "")
    except ValueError:
        grant_id = uuid7()
    grant_extra_time(
        session,
        course=quiz.slug,
        page=quiz.page_id,
        person_id=person_id,
        minutes=form.minutes.data or 0,
        reason=form.reason.data or "",
        by=the_viewer(),
        at=clock.now(),
        grant_id=grant_id,
    )


def _said(form: TimeForm, quiz: TimedQuiz, person_id: UUID | None) -> str:
    minutes = ngettext("%(num)s menit", "%(num)s menit", form.minutes.data or 0)
    name = db.session().get_one(Person, person_id).full_name if person_id else _("semua peserta")
    return _(
        "Tersimpan: tambahan %(minutes)s untuk %(name)s pada %(quiz)s.",
        minutes=minutes,
        name=name,
        quiz=quiz.title,
    )
