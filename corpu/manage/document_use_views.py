"""Where templates of documents are used, what holds for a kind, and their pictures."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from corpu.credentials import pictures, template_queries, template_service, template_use
from corpu.credentials.issuers import sample_number
from corpu.credentials.kinds import Kind
from corpu.credentials.rules import NumberTemplateError
from corpu.credentials.template_service import KindValues
from corpu.errors import DomainError, NotFound
from corpu.extensions import db
from corpu.i18n import local
from corpu.manage import document_words as words
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.document_forms import CourseForm, KindForm, PictureForm
from corpu.manage.document_scope import DocumentDesk, document_desk
from corpu.manage.forms import choices
from corpu.permissions import Permission
from corpu.storage import Missing
from corpu.transactions import unit_of_work
from corpu.web import requires, takes_files, the_viewer


@bp.route("/manage/certificates/kinds/<kind>", methods=["GET", "POST"])
@requires(Permission.MANAGE_ISSUERS)
def document_kind(kind: str) -> Any:
    """The usual template of a kind, its numbers, whether it may go without a signature."""
    if kind not in set(Kind):
        raise NotFound
    here, of_kind = document_desk(), Kind(kind)
    here.check()
    found = [
        one
        for one in template_queries.templates_of(here.session, here.agency_id)
        if one.kind is of_kind and one.archived_at is None and one.published
    ]
    now = template_service.settled(here.session, here.agency_id, of_kind)
    usual = next((str(one.id) for one in found if one.is_usual), "")
    form = KindForm(data=vars(now) | {"template": usual})
    form.template.choices = choices(
        [("", _("Bawaan CorpU")), *((str(one.id), one.name) for one in found)]
    )
    act = Act(form)
    if request.form.get("act") != "preview" and act.is_asked():
        values = KindValues(form.number_template.data or "", bool(form.allow_unsigned.data))
        with act, unit_of_work(db.session()) as session:
            me, at = the_viewer(), here.now
            template_use.set_kind(session, here.agency_id, of_kind, values, by=me, at=at)
            template_use.use_for_kind(
                session, here.agency_id, of_kind, _identifier(form.template.data), by=me, at=at
            )
        if act.is_done:
            flash(_("Tersimpan untuk %(kind)s.", kind=words.KINDS[of_kind]), "ok")
            return redirect(url_for(".document_templates"), code=303)
    page = render_template(
        "manage/document_kind.html",
        form=form,
        kind=of_kind,
        sample=_sample(here, form.number_template.data or ""),
        words=words,
    )
    return page, act.status


def _sample(here: DocumentDesk, pattern: str) -> tuple[str, list[str]]:
    """The first number of this month as the pattern would write it, or what is in the way."""
    issuing = template_queries.example_issuer(here.session, here.agency_id)
    values = {
        "number_template": pattern or issuing.number_template,
        "classification": issuing.classification,
        "unit_token": issuing.unit_token,
    }
    try:
        return sample_number(values, at=local(here.now, issuing.timezone)), []
    except NumberTemplateError as error:
        return "", [str(problem) for problem in error.problems]


def _identifier(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise template_service.UnknownTemplate from None


@bp.post("/manage/certificates/templates/<uuid:template_id>/courses")
@requires(Permission.MANAGE_ISSUERS)
def use_document_template(template_id: UUID) -> Any:
    """Give the template to a course, or take it from one."""
    here = document_desk()
    here.check()
    one = template_queries.template_of(here.session, here.agency_id, template_id)
    form = CourseForm()
    back = redirect(url_for(".document_template", template_id=template_id), code=303)
    if not form.validate_on_submit():
        flash(_("Pilih kursusnya."), "error")
        return back
    course_id = _identifier(form.course.data)
    if course_id is None:
        raise NotFound
    taken = request.form.get("act") == "remove"
    try:
        with unit_of_work(db.session()) as session:
            template_use.use_for_course(
                session,
                here.agency_id,
                course_id,
                None if taken else one.id,
                by=the_viewer(),
                at=here.now,
            )
    except (template_use.NotPublished, template_use.OtherKind) as refusal:
        flash(_(refusal.message), "error")
        return back
    flash(
        _("Kursus itu memakai templat yang biasa lagi.")
        if taken
        else _("Sertifikat berikutnya dari kursus itu memakai templat ini."),
        "ok",
    )
    return back


@bp.route("/manage/certificates/templates/pictures", methods=["GET", "POST"])
@takes_files(pictures.LARGEST_FILE)
@requires(Permission.MANAGE_ISSUERS)
def template_pictures() -> Any:
    here = document_desk()
    here.check()
    form = PictureForm()
    act = Act(form)
    if act.is_asked():
        file = request.files.get("file")
        try:
            picture = pictures.re_encoded(file.read() if file else b"")
            # Bytes first, then the row that names them: a crash between leaves a file at worst.
            sha256 = current_app.extensions["storage"].put(picture.data)
        except DomainError as error:
            act.refuse(error)
        except OSError:
            act.status = 503
            form.form_errors.append(_("Gambar belum dapat disimpan. Coba lagi nanti."))
        else:
            with act, unit_of_work(db.session()) as session:
                pictures.add_picture(
                    session,
                    here.agency_id,
                    picture,
                    sha256,
                    name=form.name.data or (file.filename if file else "") or "",
                    by=the_viewer().id,
                    by_name=the_viewer().name,
                    at=here.now,
                )
            if act.is_done:
                flash(_("Gambar tersimpan dan dapat dipilih di templat."), "ok")
                return redirect(url_for(".template_pictures"), code=303)
    page = render_template(
        "manage/document_pictures.html",
        form=form,
        found=pictures.pictures_of(db.session(), here.agency_id),
    )
    return page, act.status


@bp.get("/manage/certificates/templates/pictures/<sha256>")
@requires(Permission.MANAGE_ISSUERS)
def template_picture(sha256: str) -> Response:
    """The bytes of one of the agency's pictures."""
    here = document_desk()
    known = {one.sha256 for one in pictures.pictures_of(here.session, here.agency_id)}
    if sha256 not in known:
        raise NotFound
    try:
        data = current_app.extensions["storage"].get(sha256)
    except Missing:
        raise NotFound from None
    kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    response = Response(data, mimetype=kind)
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
