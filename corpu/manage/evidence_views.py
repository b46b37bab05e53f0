"""Evidence from elsewhere: files of formal assessments, certificates, corrections."""

from decimal import Decimal
from pathlib import PurePath
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from corpu import clock
from corpu.competency import assessment_file, assessments, corrections
from corpu.competency.asking_models import AssessmentImport, EvidenceCorrection
from corpu.competency.models import EvidenceRecord
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.forms import Form
from corpu.hours import certified
from corpu.hours import words as hour_words
from corpu.hours.claim_queries import claim_of
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.evidence_forms import CertificateForm, CorrectEvidenceForm, UploadForm
from corpu.manage.post_views import the_person_shown
from corpu.manage.scope import Reach, check_person, reach_of
from corpu.people.models import Person
from corpu.people.records import UnknownPerson
from corpu.permissions import Permission
from corpu.standards.words import competencies
from corpu.transactions import unit_of_work
from corpu.web import requires, takes_files, the_viewer
from corpu.workbooks import LARGEST, read_table


def _reach() -> Reach:
    return reach_of(db.session(), the_viewer(), Permission.MANAGE_COMPETENCY)


# ------------------------------------------------------------------------ formal assessments


@takes_files(LARGEST)
@bp.route("/manage/assessments", methods=["GET", "POST"])
@requires(Permission.MANAGE_COMPETENCY)
def assessment_imports() -> Any:
    """Send a file; every problem of it is said, and only a file without any is kept."""
    me, now, reach = the_viewer(), clock.now(), _reach()
    form, checked = UploadForm(), None
    act = Act(form)
    if act.is_asked():
        sent = form.file.data
        with act:
            rows = read_table(sent.stream.read(LARGEST + 1))
            checked = assessment_file.check(db.session(), rows, by=me, units=reach.units, at=now)
        if act.is_done:
            act.is_done = False
            with act, unit_of_work(db.session()) as session:
                name = PurePath((sent.filename or "").replace("\\", "/")).name
                assert checked is not None
                kept = assessments.keep(
                    session, rows, checked, name=name or "hasil", by=me, at=now
                ).id
        if act.is_done:
            return redirect(url_for(".assessment_import", import_id=kept), code=303)
    page = render_template(
        "manage/assessments.html",
        form=form,
        checked=checked,
        imports=assessments.imports_by(db.session(), me.id),
    )
    return page, act.status


def _import(import_id: UUID) -> AssessmentImport:
    found = db.session().get(AssessmentImport, import_id)
    if found is None or found.sent_by != the_viewer().id:
        raise NotFound
    return found


@bp.route("/manage/assessments/<uuid:import_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_COMPETENCY)
def assessment_import(import_id: UUID) -> Any:
    """A file that was read: looked at once more, then recorded as a whole."""
    me, now, reach = the_viewer(), clock.now(), _reach()
    found = _import(import_id)
    form = Form()
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            count = assessments.record(session, import_id, by=me, units=reach.units, at=now)
        if act.is_done:
            flash(
                ngettext(
                    "%(num)s hasil uji kompetensi tercatat.",
                    "%(num)s hasil uji kompetensi tercatat.",
                    count,
                ),
                "ok",
            )
            return redirect(url_for(".assessment_import", import_id=import_id), code=303)
        found = _import(import_id)
    page = render_template(
        "manage/assessment.html",
        found=found,
        form=form,
        checked=assessment_file.check(db.session(), found.rows, by=me, units=reach.units, at=now),
        names=competencies(),
    )
    return page, act.status


@bp.post("/manage/assessments/<uuid:import_id>/discard")
@requires(Permission.MANAGE_COMPETENCY)
def discard_assessments(import_id: UUID) -> Any:
    with unit_of_work(db.session()) as session:
        assessments.discard(session, import_id, by=the_viewer())
    flash(_("Berkas dibuang. Tidak ada yang tercatat darinya."), "ok")
    return redirect(url_for(".assessment_imports"), code=303)


# ------------------------------------------------------------------------------ certificates


@bp.route("/manage/hours/<uuid:claim_id>/evidence", methods=["GET", "POST"])
@requires(Permission.VERIFY_HOURS)
def claim_evidence(claim_id: UUID) -> Any:
    """Let the certificate of a verified claim count for a competency."""
    me, now = the_viewer(), clock.now()
    reach = reach_of(db.session(), me, Permission.VERIFY_HOURS)
    line = claim_of(db.session(), claim_id)
    if line is None:
        raise NotFound
    try:
        check_person(db.session(), line.person_id, reach, now)
    except UnknownPerson:
        raise NotFound from None
    form = CertificateForm.new(line.valid_until)
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            check_person(session, line.person_id, reach, now)
            certified.give_evidence(
                session,
                claim_id,
                form.competency.data or "",
                int(form.level.data or 0),
                form.score.data or Decimal(),
                by=me,
                reason=form.reason.data or "",
                valid_until=form.valid_until.data,
                at=now,
            )
        if act.is_done:
            flash(_("Sertifikat ini sekarang bukti kompetensi."), "ok")
            return redirect(url_for(".hour_claim", claim_id=claim_id), code=303)
    page = render_template(
        "manage/claim_evidence.html",
        line=line,
        person=db.session().get_one(Person, line.person_id),
        form=form,
        pieces=pieces_of(line.person_id, certified.source_of(claim_id)),
        names=competencies(),
        hour_words=hour_words,
    )
    return page, act.status


def pieces_of(person_id: UUID, source: str | None = None) -> list[Any]:
    """(evidence, its correction) of a person that managers may put right, the latest first."""
    statement = (
        select(EvidenceRecord, EvidenceCorrection)
        .outerjoin(EvidenceCorrection, EvidenceCorrection.evidence_id == EvidenceRecord.id)
        .where(
            EvidenceRecord.person_id == person_id,
            EvidenceRecord.kind.in_(corrections.CORRECTED),
        )
        .order_by(EvidenceRecord.observed_at.desc(), EvidenceRecord.id.desc())
    )
    if source is not None:
        statement = statement.where(EvidenceRecord.source == source)
    return list(db.session().execute(statement).all())


# ------------------------------------------------------------------------------- corrections


@bp.get("/manage/people/<uuid:person_id>/evidence")
@requires(Permission.MANAGE_COMPETENCY)
def evidence(person_id: UUID) -> str:
    person = the_person_shown(person_id, _reach(), clock.now())
    return render_template(
        "manage/evidence.html",
        person=person,
        pieces=pieces_of(person_id),
        names=competencies(),
        is_own=person_id == the_viewer().id,
    )


@bp.route("/manage/people/<uuid:person_id>/evidence/<uuid:evidence_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_COMPETENCY)
def correct_evidence(person_id: UUID, evidence_id: UUID) -> Any:
    me, now, reach = the_viewer(), clock.now(), _reach()
    person = the_person_shown(person_id, reach, now)
    piece = db.session().get(EvidenceRecord, evidence_id)
    if piece is None or piece.person_id != person_id or piece.kind not in corrections.CORRECTED:
        raise NotFound
    form = CorrectEvidenceForm.new()
    act = Act(form)
    if act.is_asked():
        chosen = form.level.data
        with act, unit_of_work(db.session()) as session:
            check_person(session, person_id, reach, now)
            corrections.correct(
                session,
                evidence_id,
                None if chosen == "none" else int(chosen),
                by=me,
                reason=form.reason.data or "",
                at=now,
            )
        if act.is_done:
            flash(_("Bukti dibetulkan. Yang lama tetap terlihat dengan alasannya."), "ok")
            return redirect(url_for(".evidence", person_id=person_id), code=303)
        person = the_person_shown(person_id, reach, now)
        piece = db.session().get_one(EvidenceRecord, evidence_id)
    page = render_template(
        "manage/evidence_correct.html",
        person=person,
        piece=piece,
        form=form,
        names=competencies(),
    )
    return page, act.status
