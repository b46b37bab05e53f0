"""Templates of documents: those of the agency by kind, written as a form beside what it draws."""

import base64
from collections.abc import Collection
from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from corpu.credentials import template_queries, template_service
from corpu.credentials.arrangements import Arrangement, Chosen
from corpu.credentials.designs import Design, first_design
from corpu.credentials.documents import pictures_in
from corpu.credentials.examples import example
from corpu.credentials.kinds import Kind
from corpu.credentials.pdf import PdfRefused, PdfUnavailable, render_pdf, sketch_of
from corpu.credentials.pictures import pictures_of
from corpu.credentials.snapshot import UnprintableText
from corpu.database import uuid7
from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.extensions import db
from corpu.manage import document_words as words
from corpu.manage.blueprint import bp
from corpu.manage.document_forms import BANDS, SIGNERS, DesignAct, DesignForm, form_data
from corpu.manage.document_scope import DocumentDesk, document_desk
from corpu.manage.forms import choices
from corpu.manage.standard_forms import WithdrawForm
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer

DOTS = 64  # of the picture beside the form, to the inch


class EditedElsewhere(RuleBroken):
    message = N_(
        "Templat ini sudah diubah orang lain sejak Anda membukanya. Buka lagi di tab lain dan "
        "bandingkan, lalu simpan lagi bila isian Anda yang benar."
    )


class ExampleLater(DomainError):
    status = 503
    message = N_("Contoh belum dapat digambar. Coba lagi beberapa saat lagi.")


@bp.get("/manage/certificates/templates")
@requires(Permission.MANAGE_ISSUERS)
def document_templates() -> str:
    here = document_desk()
    found = template_queries.templates_of(here.session, here.agency_id)
    return render_template(
        "manage/documents.html",
        here=here,
        found=found,
        kinds=template_queries.kinds_of(here.session, here.agency_id),
        usual={one.kind: one for one in found if one.is_usual},
        words=words,
    )


@bp.get("/manage/certificates/templates/<uuid:template_id>")
@requires(Permission.MANAGE_ISSUERS)
def document_template(template_id: UUID) -> str:
    here = document_desk()
    one = template_queries.template_of(here.session, here.agency_id, template_id)
    courses = template_queries.usages(here.session, here.agency_id, template_id, one.kind)
    return render_template("manage/document.html", here=here, one=one, courses=courses, words=words)


@bp.route("/manage/certificates/templates/new/<kind>", methods=["GET", "POST"])
@requires(Permission.MANAGE_ISSUERS)
def new_document_template(kind: str) -> Any:
    if kind not in set(Kind):
        raise NotFound
    here = document_desk()
    here.check()
    form = DesignForm(data=form_data(first_design(Kind(kind))) | {"form_id": str(uuid7())})
    return _written(here, form, Kind(kind), None)


@bp.route("/manage/certificates/templates/<uuid:template_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_ISSUERS)
def edit_document_template(template_id: UUID) -> Any:
    here = document_desk()
    here.check()
    one = template_queries.template_of(here.session, here.agency_id, template_id)
    if one.archived_at is not None:
        flash(_("Templat ini sudah ditarik."), "warn")
        return redirect(url_for(".document_template", template_id=template_id), code=303)
    form = DesignForm(
        data=form_data(one.latest.design) | {"name": one.name, "seen": _version(one.latest)}
    )
    return _written(here, form, one.kind, one)


def _written(here: DocumentDesk, form: Any, kind: Kind, one: Any) -> Any:
    """The form beside its picture; what was asked of it."""
    named = _pictures(here)
    form.logo.choices = choices([("", _("Tanda CorpU")), *named])
    form.background.choices = choices([("", _("Bingkai bawaan")), *named])
    act = DesignAct(form)
    if request.form.get("act") != "preview" and act.is_asked():
        with act, unit_of_work(db.session()) as session:
            if one is None:
                draft = template_service.create_template(
                    session,
                    here.agency_id,
                    kind,
                    form.name.data or "",
                    form.design,
                    template_id=_form_id(form),
                    by=the_viewer(),
                    at=here.now,
                )
            else:
                now = template_queries.template_of(session, here.agency_id, one.id).latest
                if form.seen.data != _version(now) and form.design != now.design:
                    form.seen.data = _version(now)
                    raise EditedElsewhere
                draft = template_service.save_draft(
                    session,
                    here.agency_id,
                    one.id,
                    form.name.data or "",
                    form.design,
                    by=the_viewer(),
                    at=here.now,
                )
            template_id = draft.template_id
        if act.is_done:
            flash(_("Draf tersimpan. Sertifikat memakainya setelah diterbitkan."), "ok")
            return redirect(url_for(".document_template", template_id=template_id), code=303)
    picture, problem = _picture(here, form.design, kind, dict(named))
    page = render_template(
        "manage/document_form.html",
        form=form,
        one=one,
        kind=kind,
        picture=picture,
        problem=problem,
        words=words,
        signers=SIGNERS,
        bands=BANDS,
    )
    return page, act.status


def _form_id(form: Any) -> UUID:
    try:
        return UUID(form.form_id.data)
    except (ValueError, TypeError):
        return uuid7()


def _version(version: Any) -> str:
    return f"{version.number} {version.changed_at.isoformat()}"


def _pictures(here: DocumentDesk) -> list[tuple[str, str]]:
    """The agency's pictures: SHA-256 and name."""
    return [(row.sha256, row.name) for row in pictures_of(here.session, here.agency_id)]


def _picture(
    here: DocumentDesk, design: Design, kind: Kind, own: Collection[str]
) -> tuple[str, str]:
    """The first sheet as a data address, or why there is none."""
    try:
        content, pictures = _example(here, design, kind, own)
        drawn = sketch_of(content, pictures=pictures, dots=DOTS)
    except UnprintableText as error:
        letters = " ".join(error.letters)
        return "", _("Huruf ini tidak dapat dicetak: %(letters)s.", letters=letters)
    except (PdfRefused, PdfUnavailable):
        return "", _(ExampleLater.message)
    return "data:image/png;base64," + base64.b64encode(drawn).decode(), ""


def _example(
    here: DocumentDesk, design: Design, kind: Kind, own: Collection[str]
) -> tuple[Any, dict[str, bytes]]:
    issuing = template_queries.example_issuer(here.session, here.agency_id)
    settled = template_service.settled(here.session, here.agency_id, kind)
    chosen = Chosen(UUID(int=0), 1, design)
    arrangement = Arrangement(chosen, settled.number_template, settled.allow_unsigned)
    names = [one for one in design.pictures if one in own]
    pictures = pictures_in(current_app.extensions["storage"], names)
    here.session.close()  # drawing takes its time; nobody waits for a connection meanwhile
    return example(arrangement, issuing, design, kind.value, at=here.now), pictures


@bp.get("/manage/certificates/templates/<uuid:template_id>/<int:number>.<ending>")
@requires(Permission.MANAGE_ISSUERS)
def document_example(template_id: UUID, number: int, ending: str) -> Response:
    """A version as a made-up person would have it: picture of the first sheet, or whole PDF."""
    here = document_desk()
    one = template_queries.template_of(here.session, here.agency_id, template_id)
    version = next((version for version in one.versions if version.number == number), None)
    if version is None or ending not in ("png", "pdf"):
        raise NotFound
    content, pictures = _example(here, version.design, one.kind, dict(_pictures(here)))
    try:
        if ending == "png":
            data, kind = sketch_of(content, pictures=pictures, dots=DOTS), "image/png"
        else:
            data, kind = render_pdf(content.to_dict(), pictures=pictures), "application/pdf"
    except (PdfRefused, PdfUnavailable) as error:
        raise ExampleLater from error
    response = Response(data, mimetype=kind)
    response.headers["Content-Disposition"] = f'inline; filename="contoh-{number}.{ending}"'
    return response


@bp.route("/manage/certificates/templates/<uuid:template_id>/publish", methods=["GET", "POST"])
@requires(Permission.MANAGE_ISSUERS)
def publish_document_template(template_id: UUID) -> Any:
    here = document_desk()
    here.check()
    one = template_queries.template_of(here.session, here.agency_id, template_id)
    back = url_for(".document_template", template_id=template_id)
    if request.method == "POST":
        number = request.form.get("number", type=int) or 0
        try:
            with unit_of_work(db.session()) as session:
                template_service.publish(
                    session, here.agency_id, template_id, number, by=the_viewer(), at=here.now
                )
        except template_service.Unusable as refusal:  # what was allowed when it was written
            flash(" ".join(str(sentence) for _field, sentence in refusal.problems), "error")
            return redirect(back, code=303)
        except RuleBroken as refusal:
            flash(_(refusal.message), "error")
            return redirect(back, code=303)
        flash(_("Versi %(number)s diterbitkan.", number=number), "ok")
        return redirect(back, code=303)
    if one.draft is None:
        flash(_("Tidak ada draf untuk diterbitkan."), "warn")
        return redirect(back, code=303)
    courses = template_queries.usages(here.session, here.agency_id, template_id, one.kind)
    return render_template(
        "manage/document_publish.html",
        one=one,
        back=back,
        courses=[course for course in courses if course.is_own],
        words=words,
    )


@bp.route("/manage/certificates/templates/<uuid:template_id>/discard", methods=["GET", "POST"])
@requires(Permission.MANAGE_ISSUERS)
def discard_document_draft(template_id: UUID) -> Any:
    here = document_desk()
    here.check()
    one = template_queries.template_of(here.session, here.agency_id, template_id)
    back = url_for(".document_template", template_id=template_id)
    if request.method == "POST":
        with unit_of_work(db.session()) as session:
            is_there = template_service.discard_draft(
                session, here.agency_id, template_id, by=the_viewer(), at=here.now
            )
        flash(_("Draf dibuang."), "ok")
        return redirect(back if is_there else url_for(".document_templates"), code=303)
    if one.draft is None:
        return redirect(back, code=303)
    return render_template("manage/document_discard.html", one=one, back=back)


@bp.route("/manage/certificates/templates/<uuid:template_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.MANAGE_ISSUERS)
def withdraw_document_template(template_id: UUID) -> Any:
    here = document_desk()
    here.check()
    one = template_queries.template_of(here.session, here.agency_id, template_id)
    back = url_for(".document_template", template_id=template_id)
    if one.archived_at is not None:
        flash(_("Templat ini sudah ditarik."), "warn")
        return redirect(back, code=303)
    form = WithdrawForm()
    act = DesignAct(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            template_service.archive_template(
                session,
                here.agency_id,
                template_id,
                reason=form.reason.data or "",
                by=the_viewer(),
                at=here.now,
            )
        if act.is_done:
            flash(_("Templat ditarik. Sertifikat berikutnya memakai yang biasa."), "ok")
            return redirect(url_for(".document_templates"), code=303)
    page = render_template("manage/document_withdraw.html", one=one, form=form, back=back)
    return page, act.status
