"""Evaluation in the office: rounds with their links, a course's rule, figures of its effect."""

from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import HiddenField, IntegerField, SelectChoice, SelectField, ValidationError
from wtforms.validators import InputRequired, NumberRange

from corpu import clock
from corpu.addresses import absolute
from corpu.catalog.models import Course, Edition
from corpu.database import uuid7
from corpu.errors import NotAllowed, NotFound
from corpu.evaluation import indicators, invitations, queries, service, words
from corpu.evaluation.models import (
    EvaluationIndicator,
    EvaluationInvitation,
    EvaluationRound,
    SupervisorAnswer,
)
from corpu.extensions import db
from corpu.forms import ExactField, Form
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.forms import day_field, one_line, reason_field
from corpu.manage.scope import Reach, reach_of
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import page_asked, requires, the_viewer

PAGE = 25


def _reach() -> Reach:
    return reach_of(db.session(), the_viewer(), Permission.MANAGE_EVALUATION)


def _round(session: Any, round_id: UUID, reach: Reach) -> EvaluationRound:
    """The round, or NotFound also where its person is out of reach."""
    found = session.get(EvaluationRound, round_id)
    if found is None or not reach.holds(found.unit_id):
        raise NotFound
    return found


def _course(session: Any, slug: str, reach: Reach) -> Course:
    found = session.scalar(select(Course).filter_by(slug=slug))
    if found is None or not reach.holds(found.owner_unit_id):
        raise NotFound
    return found


def _edition(session: Session, course: Course) -> Edition:
    """The present edition, which has the title that people know."""
    return session.scalars(select(Edition).filter_by(course_id=course.id, is_current=True)).one()


class RuleForm(Form):
    months = IntegerField(
        _l("Bulan sesudah selesai"),
        description=_l(
            "Kapan yang bersangkutan, atasan, rekan, dan bawahan ditanya. Lazimnya 3–6."
        ),
        validators=[
            InputRequired(_l("Tulis banyaknya bulan.")),
            NumberRange(1, 12, message=_l("Tulis angka 1 sampai 12.")),
        ],
        render_kw={"inputmode": "numeric"},
    )
    form = SelectField(_l("Bentuk pelatihan"), description=_l("Menentukan butir survei reaksi."))


class Figure(ExactField):
    """A figure with four decimals at most."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        found = self.data
        if found is not None and not (abs(found) < 10**13 and found == round(found, 4)):
            self.data = None
            raise ValidationError(_("Tulis angka, paling banyak empat desimal."))


class IndicatorForm(Form):
    key = HiddenField()
    name = one_line(_l("Indikator"), 200, required=_l("Tulis nama indikatornya."))
    measure = one_line(_l("Satuan"), 60, required=_l("Tulis satuannya, misalnya persen."))
    before = Figure(_l("Angka sebelum"), validators=[InputRequired(_l("Tulis angkanya."))])
    before_on = day_field(_l("Tanggal angka sebelum"), _l("Pilih tanggalnya."))
    after = Figure(_l("Angka sesudah"), validators=[InputRequired(_l("Tulis angkanya."))])
    after_on = day_field(_l("Tanggal angka sesudah"), _l("Pilih tanggalnya."))
    source = one_line(_l("Sumber"), 300, required=_l("Tulis sumber angkanya."))
    reason = reason_field(_l("Mengapa perubahan ini dikaitkan dengan kursusnya?"))


def _rule_form(course_id: UUID | None) -> RuleForm:
    """Filled with what holds now."""
    months, kind = service.rule_of(db.session(), course_id)
    form = RuleForm(data={"months": months, "form": kind})
    form.form.choices = [SelectChoice(code, text) for code, text in words.FORMS.items()]
    return form


@bp.route("/manage/evaluations", methods=["GET", "POST"])
@requires(Permission.MANAGE_EVALUATION)
def evaluations() -> Any:
    """The rounds; and for who manages the whole agency, the rule of every course without one."""
    reach = _reach()
    act = Act(_rule_form(None)) if reach.is_all else None
    if request.method == "POST" and act is None:
        raise NotAllowed
    if act is not None and act.is_asked():
        with act, unit_of_work(db.session()) as session:
            service.set_rule(
                session,
                None,
                months=act.form.months.data,
                form=act.form.form.data,
                by=the_viewer(),
                at=clock.now(),
            )
        if act.is_done:
            flash(_("Aturan umum evaluasi tersimpan."), "ok")
            return redirect(url_for(".evaluations"), code=303)
    number = page_asked()
    first = (number - 1) * PAGE
    rows, total = queries.rounds(db.session(), reach.units, first=first, limit=PAGE)
    shown = render_template(
        "manage/evaluations.html",
        form=act.form if act is not None else None,
        rows=rows,
        total=total,
        first=first,
        now=clock.now(),
        previous_url=url_for(".evaluations", page=number - 1) if first else "",
        next_url=url_for(".evaluations", page=number + 1) if first + PAGE < total else "",
    )
    return shown, act.status if act is not None else 200


@bp.get("/manage/evaluations/<uuid:round_id>")
@requires(Permission.MANAGE_EVALUATION)
def evaluation_round(round_id: UUID) -> str:
    found = _round(db.session(), round_id, _reach())
    return _round_page(found, {})


@bp.post("/manage/evaluations/<uuid:round_id>/links")
@requires(Permission.MANAGE_EVALUATION)
def evaluation_links(round_id: UUID) -> str:
    """Drawn in answer to the form itself: the tokens stand nowhere else."""
    reach = _reach()
    with unit_of_work(db.session()) as session:
        _round(session, round_id, reach)
        made = invitations.make_links(session, round_id, by=the_viewer(), at=clock.now())
        links = {row.id: token for row, token in made}
    found = _round(db.session(), round_id, reach)
    return _round_page(found, {key: _address(token) for key, token in links.items()})


@bp.post("/manage/evaluations/<uuid:round_id>/<uuid:invitation_id>/revoke")
@requires(Permission.MANAGE_EVALUATION)
def revoke_invitation(round_id: UUID, invitation_id: UUID) -> Any:
    reach = _reach()
    with unit_of_work(db.session()) as session:
        _round(session, round_id, reach)
        row = session.get(EvaluationInvitation, invitation_id)
        if row is None or row.round_id != round_id:
            raise NotFound
        invitations.revoke(session, invitation_id, by=the_viewer(), at=clock.now())
    flash(_("Permintaan ditarik; tautannya tidak berlaku lagi."), "ok")
    return redirect(url_for(".evaluation_round", round_id=round_id), code=303)


def _round_page(found: EvaluationRound, links: dict[UUID, str]) -> str:
    session, now = db.session(), clock.now()
    guests = queries.guests(session, found.id)
    return render_template(
        "manage/evaluation_round.html",
        round=found,
        about=queries.asked_by(session, guests[0].id),
        guests=guests,
        links=links,
        said_answer=session.get(SupervisorAnswer, found.id),
        is_open=found.closes_at > now,
        words=words,
    )


@bp.route("/manage/courses/<slug>/evaluation", methods=["GET", "POST"])
@requires(Permission.MANAGE_EVALUATION)
def course_evaluation(slug: str) -> Any:
    reach = _reach()
    course = _course(db.session(), slug, reach)
    form = _rule_form(course.id)
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            service.set_rule(
                session,
                _course(session, slug, reach),
                months=form.months.data,
                form=form.form.data,
                by=the_viewer(),
                at=clock.now(),
            )
        if act.is_done:
            flash(_("Aturan evaluasi tersimpan."), "ok")
            return redirect(url_for(".course_evaluation", slug=slug), code=303)
    indicators = db.session().scalars(
        select(EvaluationIndicator)
        .where(EvaluationIndicator.course_id == course.id)
        .order_by(EvaluationIndicator.after_on.desc(), EvaluationIndicator.id)
    )
    page = render_template(
        "manage/evaluation_course.html",
        slug=slug,
        edition=_edition(db.session(), course),
        form=form,
        indicators=indicators.all(),
    )
    return page, act.status


@bp.route("/manage/courses/<slug>/evaluation/indicators/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_EVALUATION)
def new_indicator(slug: str) -> Any:
    reach = _reach()
    course = _course(db.session(), slug, reach)
    form = IndicatorForm(data={"key": str(uuid7())})
    act = Act(form)
    if act.is_asked():
        assert form.before.data is not None  # as validated
        assert form.after.data is not None
        with act, unit_of_work(db.session()) as session:
            indicators.record_indicator(
                session,
                _course(session, slug, reach),
                key=_key(form.key.data),
                name=form.name.data,
                measure=form.measure.data,
                before=(form.before.data, form.before_on.data),
                after=(form.after.data, form.after_on.data),
                source=form.source.data,
                reason=form.reason.data,
                by=the_viewer(),
                at=clock.now(),
            )
        if act.is_done:
            flash(_("Indikator tersimpan."), "ok")
            return redirect(url_for(".course_evaluation", slug=slug), code=303)
    page = render_template(
        "manage/evaluation_indicator.html",
        slug=slug,
        edition=_edition(db.session(), course),
        form=form,
    )
    return page, act.status


@bp.post("/manage/courses/<slug>/evaluation/indicators/<uuid:indicator_id>/withdraw")
@requires(Permission.MANAGE_EVALUATION)
def withdraw_indicator(slug: str, indicator_id: UUID) -> Any:
    reach = _reach()
    with unit_of_work(db.session()) as session:
        indicators.withdraw_indicator(
            session, _course(session, slug, reach), indicator_id, by=the_viewer(), at=clock.now()
        )
    flash(_("Indikator ditarik dari laporan."), "ok")
    return redirect(url_for(".course_evaluation", slug=slug), code=303)


def _key(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        return uuid7()


def _address(token: str) -> str:
    path = url_for("evaluation.link", token=token)
    if current_app.config["SETTINGS"].public_url:
        return absolute(path)
    return request.host_url.rstrip("/") + path
