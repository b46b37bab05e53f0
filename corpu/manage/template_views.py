"""Templates of development plans: those in force, a new one for some posts, taking one back."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import vocabulary
from corpu.catalog.models import Course, Edition
from corpu.extensions import db
from corpu.manage import words
from corpu.manage.blueprint import bp
from corpu.manage.forms import choices
from corpu.manage.standard_forms import FieldAct, WithdrawForm
from corpu.manage.standard_scope import Desk, desk
from corpu.manage.standard_views import units_to_choose
from corpu.manage.template_forms import (
    line_data,
    lines_asked,
    lines_of_form,
    template_form,
)
from corpu.permissions import Permission
from corpu.plans import template_words
from corpu.plans import words as plan_words
from corpu.plans.template_models import PlanTemplate
from corpu.plans.template_queries import (
    State,
    Template,
    placed,
    read_templates,
    shares_of_valued,
    template_of,
    valued,
)
from corpu.plans.template_rules import lines_of
from corpu.plans.template_service import (
    Asked,
    UnknownTemplate,
    set_templates,
    withdraw_template,
)
from corpu.standards.posts import usable
from corpu.standards.queries import book_of, rows_on
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer


@bp.get("/manage/plans/templates")
@requires(Permission.MANAGE_STANDARDS)
def plan_templates() -> str:
    here = desk()
    found = placed(
        read_templates(here.session, PlanTemplate.agency_id == here.agency_id), here.today
    )
    shown = [one for one in found if one.state in (State.IN_FORCE, State.COMING)]
    scopes = {one.template.scope for one in shown}
    past = {one.template.scope: one for one in reversed(found) if one.template.scope not in scopes}
    return render_template(
        "manage/plan_templates.html",
        shown=sorted(shown, key=_by_posts),
        past=sorted(past.values(), key=_by_posts),
        here=here,
        words=words,
        template_words=template_words,
    )


@bp.get("/manage/plans/templates/<uuid:template_id>")
@requires(Permission.MANAGE_STANDARDS)
def plan_template(template_id: UUID) -> str:
    here = desk()
    one = template_of(here.session, here.agency_id, template_id)
    same_posts = (
        PlanTemplate.agency_id == here.agency_id,
        PlanTemplate.post_type == one.post_type,
        PlanTemplate.title_key == one.scope[1],
        PlanTemplate.unit_id.is_(one.unit_id)
        if one.unit_id is None
        else PlanTemplate.unit_id == one.unit_id,
    )
    versions = placed(read_templates(here.session, *same_posts), here.today)
    values = valued(here.session, one.aims, here.today)
    book = book_of(here.session)
    return render_template(
        "manage/plan_template.html",
        one=one,
        state=next(version.state for version in versions if version.template.id == one.id),
        versions=versions,
        goals=list(zip(one.aims, values, strict=True)),
        names={aim.code: book.row(aim.code, here.today) for aim in one.aims},
        required=_required(here, one.post_type, one.title, one.unit_id),
        shares=shares_of_valued(values),
        here=here,
        words=words,
        plan_words=plan_words,
        template_words=template_words,
    )


@bp.route("/manage/plans/templates/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_STANDARDS)
def new_plan_template() -> Any:
    """For the posts of the template that the address names, filled in with it, or any."""
    here = desk()
    here.check()
    former = _former(here)
    units = units_to_choose(here.session, here.agency_id)
    written = lines_of(former.aims) if former else []
    count = lines_asked(len(written))
    post_type = request.form.get("post_type", former.post_type if former else "")
    title = request.form.get("title", former.title if former else "")[:200]
    unit = next((one for one in units if str(one.id) == request.form.get("unit", "")), None)
    unit_id = unit.id if unit else None
    if former and request.method == "GET":
        unit_id = former.unit_id
    form = template_form(
        count,
        usable(rows_on(here.session, here.today), here.agency_id),
        _required(here, post_type, title, unit_id),
        _open_courses(here.session),
    )(
        data={"starts_on": here.today}
        | ({"post_type": post_type, "title": title} if former else {})
        | ({"unit": str(former.unit_id)} if former and former.unit_id else {})
        | line_data(written)
    )
    form.count.data = str(count)
    form.post_type.choices = choices([("", _("Pilih jenis")), *words.post_types().items()])
    form.unit.choices = choices(
        [("", _("Semua unit")), *((str(one.id), one.name) for one in units)]
    )
    act = FieldAct(form)
    if request.form.get("act") != "more" and act.is_asked():
        asked = Asked(
            form.post_type.data,
            lines_of_form(form, count),
            form.title.data or "",
            UUID(form.unit.data) if form.unit.data else None,
        )
        with act, unit_of_work(db.session()) as session:
            set_templates(
                session,
                here.agency_id,
                [asked],
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                reason=form.reason.data or "",
                by=the_viewer(),
                at=here.now,
            )
        if act.is_done:
            flash(
                _(
                    "Tersimpan: templat %(post)s sejak %(day)s.",
                    post=asked.title or plan_words.posts(asked.post_type, "", ""),
                    day=words.day(form.starts_on.data),
                ),
                "ok",
            )
            return redirect(url_for(".plan_templates"), code=303)
    page = render_template(
        "manage/plan_template_form.html", form=form, count=count, words=words, former=former
    )
    return page, act.status


@bp.route("/manage/plans/templates/<uuid:template_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.MANAGE_STANDARDS)
def withdraw_plan_template(template_id: UUID) -> Any:
    here = desk()
    here.check()
    one = template_of(here.session, here.agency_id, template_id)
    back = url_for(".plan_template", template_id=template_id)
    if one.withdrawn_at is not None:
        flash(_("Templat ini sudah ditarik."), "warn")
        return redirect(back, code=303)
    form = WithdrawForm()
    act = FieldAct(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            withdraw_template(
                session,
                here.agency_id,
                template_id,
                reason=form.reason.data or "",
                by=the_viewer(),
                at=here.now,
            )
        if act.is_done:
            flash(_("Templat ditarik dan tidak ditawarkan lagi."), "ok")
            return redirect(url_for(".plan_templates"), code=303)
    page = render_template(
        "manage/plan_template_withdraw.html",
        one=one,
        form=form,
        back=back,
        template_words=template_words,
    )
    return page, act.status


def _former(here: Desk) -> Template | None:
    """The template that a new one begins with."""
    asked = request.args.get("from", "")
    try:
        return template_of(here.session, here.agency_id, UUID(asked)) if asked else None
    except ValueError:
        raise UnknownTemplate from None


def _by_posts(one: Any) -> Any:
    kinds = list(words.post_types())
    template = one.template
    order = kinds.index(template.post_type) if template.post_type in kinds else len(kinds)
    return order, template.title, template.unit_name, template.starts_on


def _required(here: Desk, post_type: str, title: str, unit_id: UUID | None) -> dict[str, int]:
    level = vocabulary.required_level(post_type)
    return book_of(here.session).required(
        here.agency_id, post_type, title, unit_id, here.today, level
    )


def _open_courses(session: Session) -> list[Any]:
    """The courses that may be suggested, by title."""
    return list(
        session.execute(
            select(Course.slug, Edition.title)
            .join(Edition, (Edition.course_id == Course.id) & Edition.is_current)
            .where(Course.archived_at.is_(None))
            .order_by(Edition.title)
        )
    )
