"""Certificates for many at once: choose, look at who gets one and who not, issue, follow."""

from typing import Any
from uuid import UUID

from flask import (
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _

from corpu import clock
from corpu.credentials import batch_choice, batch_files, batch_mail, batch_queries, batches
from corpu.credentials.batch_choice import BatchableCourse, By, Choice
from corpu.credentials.batch_models import BatchState, FileKind, MailState
from corpu.credentials.rules import format_nip
from corpu.errors import N_, NotFound
from corpu.extensions import db
from corpu.manage import batch_words, queries, service, words
from corpu.manage.acts import Act
from corpu.manage.batch_forms import BatchedForm, BatchForm
from corpu.manage.blueprint import bp
from corpu.manage.forms import ReasonForm, choices
from corpu.manage.scope import Reach, reach_of
from corpu.manage.table_files import NoFile, table_file
from corpu.people.rules import clean_text
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import page_asked, requires, takes_files, the_viewer
from corpu.workbooks import LARGEST, read_table

PAGE = 25


def _reach() -> Reach:
    return reach_of(db.session(), the_viewer(), Permission.MANAGE_CERTIFICATES)


@bp.get("/manage/certificates/batches")
@requires(Permission.MANAGE_CERTIFICATES)
def batch_list() -> str:
    session, reach = db.session(), _reach()
    first = (page_asked() - 1) * PAGE
    rows, total = batch_queries.batches_of(session, reach.units, first=first, limit=PAGE)
    counts = batch_queries.counts(session, [one.id for one in rows])
    courses = batch_choice.courses(session, reach.units)
    batched, waiting = (
        batch_queries.batched_courses(session),
        batch_queries.waiting_by_course(session),
    )
    number = first // PAGE + 1
    return render_template(
        "manage/batches.html",
        rows=rows,
        counts=counts,
        courses=courses,
        batched={one.id for one in courses if batched.get(one.id) == one.issuing.unit_id},
        waiting=waiting,
        words=batch_words,
        total=total,
        first=first,
        previous_url=url_for(".batch_list", page=number - 1) if first else "",
        next_url=url_for(".batch_list", page=number + 1) if first + len(rows) < total else "",
    )


# -------------------------------------------------------------------------------- choosing


@bp.route("/manage/certificates/batches/new", methods=["GET", "POST"])
@takes_files(LARGEST)
@requires(Permission.MANAGE_CERTIFICATES)
def new_batch() -> Any:
    """Choose; the answer is a draft to look at."""
    session, reach, now = db.session(), _reach(), clock.now()
    courses = batch_choice.courses(session, reach.units)
    waiting = batch_queries.waiting_by_course(session)
    form = BatchForm(data={"course": request.args.get("course", ""), "by": By.ALL.value})
    form.course.choices = choices(
        [("", _("Pilih kursus"))]
        + [
            (
                str(one.id),
                _(
                    "%(title)s (%(count)s menunggu)",
                    title=one.title,
                    count=waiting.get(one.id, 0),
                ),
            )
            for one in courses
        ]
    )
    units = queries.unit_tree(session, reach.units)
    form.unit.choices = choices(
        [("", _("Pilih unit"))] + [(str(one.id), one.label) for one in units]
    )
    act = Act(form)
    if act.is_asked():
        (course,) = [one for one in courses if str(one.id) == form.course.data]
        with act:
            choice = _choice(form, {str(one.id): one.name for one in units})
            chosen = batch_choice.chosen(db.session(), course.id, choice)
            with unit_of_work(db.session()) as unit:
                kept = batches.draft(
                    unit, course.id, course.issuing, choice, chosen, by=the_viewer(), at=now
                ).id
        if act.is_done:
            return redirect(url_for(".batch", batch_id=kept), code=303)
    return render_template("manage/batch_new.html", form=form, courses=courses), act.status


def _choice(form: BatchForm, units: dict[str, str]) -> Choice:
    by = By(form.by.data)
    if by is By.UNIT:
        return Choice(by, unit_id=UUID(form.unit.data), unit_name=units[form.unit.data])
    if by is By.DATES:
        return Choice(by, first=form.first.data, last=form.last.data)
    if by is By.LIST:
        return Choice(by, listed=batch_choice.numbers_in(_table(form)))
    return Choice(by)


def _table(form: BatchForm) -> Any:
    """What was pasted, or what the file says. Raises BadTable, NoNumbers."""
    file = request.files.get("file")
    data = file.read() if file is not None and file.filename else b""
    if not data:
        data = (form.listed.data or "").strip().encode("utf-8")
    if not data:
        raise NoNumbers
    return read_table(data, most_rows=batch_choice.MOST + 1)


class NoNumbers(NoFile):
    field = "listed"
    message = N_("Tempel NIP-nya, atau pilih berkasnya.")


# --------------------------------------------------------------------- one batch, from draft on


def _found(batch_id: UUID) -> batch_queries.Batch:
    found = batch_queries.batch_of(db.session(), batch_id, _reach().units)
    if found is None:
        raise NotFound
    return found


@bp.route("/manage/certificates/batches/<uuid:batch_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CERTIFICATES)
def batch(batch_id: UUID) -> Any:
    """Who gets one and who not, how far it is; and, for a draft, the act of issuing."""
    found, now, form = _found(batch_id), clock.now(), ReasonForm()
    act = Act(form)
    if request.method == "POST" and found.state is not BatchState.DRAFT:  # the second click
        return redirect(url_for(".batch", batch_id=batch_id), code=303)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            reason = clean_text(form.reason.data or "")
            batches.begin(session, batch_id, by=the_viewer(), reason=reason, at=now)
        if act.is_done:
            return redirect(url_for(".batch", batch_id=batch_id), code=303)
        found = _found(batch_id)
    session = db.session()
    counts = batch_queries.counts(session, [batch_id])[batch_id]
    group = request.args.get("group", "")
    group = group if group in batch_queries.GROUPS else ""
    total = counts.get(group, 0) if group else found.total
    first = min((page_asked() - 1) * PAGE, max(total - 1, 0) // PAGE * PAGE)
    number = first // PAGE + 1
    kept: dict[str, Any] = {"batch_id": batch_id, "group": group or None}
    page = render_template(
        "manage/batch.html",
        form=form,
        act=act,
        batch=found,
        is_draft=found.state is BatchState.DRAFT,
        counts=counts,
        tried=found.total - counts.get("chosen", 0) - counts.get("blocked", 0),
        causes=batch_queries.causes(session, batch_id),
        reasons=words.CAUSES,
        rows=batch_queries.items(session, batch_id, group, at=now, skip=first, limit=PAGE),
        group=group,
        total=total,
        first=first,
        previous_url=url_for(".batch", **kept, page=number - 1) if first else "",
        next_url=url_for(".batch", **kept, page=number + 1) if first + PAGE < total else "",
        words=batch_words,
        files=batch_queries.files(session, batch_id) if found.may_make_files else [],
        format_nip=format_nip,
        mails=batch_queries.mails(session, batch_id) if found.may_make_files else {},
        mail_states=MailState,
        mail_missing=_smtp().missing,
    )
    # Reloaded without scripts while the worker is at it.
    return page, act.status, {"Refresh": "10"} if found.is_under_way else {}


@bp.post("/manage/certificates/batches/<uuid:batch_id>/stop")
@requires(Permission.MANAGE_CERTIFICATES)
def stop_batch(batch_id: UUID) -> Any:
    _found(batch_id)
    with unit_of_work(db.session()) as session:
        batches.stop(session, batch_id, by=the_viewer(), at=clock.now())
    return redirect(url_for(".batch", batch_id=batch_id), code=303)


@bp.post("/manage/certificates/batches/<uuid:batch_id>/go-on")
@requires(Permission.MANAGE_CERTIFICATES)
def go_on_with_batch(batch_id: UUID) -> Any:
    """Go on after a stop; of a batch that is done, try again those who were refused."""
    found = _found(batch_id)
    with unit_of_work(db.session()) as session:
        if found.state is BatchState.DONE:
            batches.try_refused_again(session, batch_id, by=the_viewer(), at=clock.now())
        else:
            batches.go_on(session, batch_id, by=the_viewer(), at=clock.now())
    return redirect(url_for(".batch", batch_id=batch_id), code=303)


@bp.post("/manage/certificates/batches/<uuid:batch_id>/discard")
@requires(Permission.MANAGE_CERTIFICATES)
def discard_batch(batch_id: UUID) -> Any:
    _found(batch_id)
    with unit_of_work(db.session()) as session:
        batches.discard(session, batch_id)
    flash(_("Pilihan itu dibuang. Tidak ada yang terbit."), "ok")
    return redirect(url_for(".batch_list"), code=303)


@bp.get("/manage/certificates/batches/<uuid:batch_id>/list.<ending>")
@requires(Permission.MANAGE_CERTIFICATES)
def batch_table(batch_id: UUID, ending: str) -> Response:
    """Everybody chosen, with what became of them and why."""
    if ending not in ("csv", "xlsx"):
        raise NotFound
    found = _found(batch_id)
    with unit_of_work(db.session()) as session:
        service.note_effect_export(
            session, "batch.exported", by=the_viewer(), rows=found.total, at=clock.now()
        )
    mark = "'" if ending == "csv" else ""
    rows = (
        (
            line.position,
            line.name,
            f"{mark}{line.nip}" if line.nip else "",
            line.unit,
            str(batch_words.GROUPS[line.group]),
            batch_words.why_not(line).striptags(),
            line.number,
        )
        for line in batch_queries.all_items(db.session(), batch_id, at=clock.now())
    )
    return table_file(ending, "angkatan", batch_words.HEADING, rows)


# ------------------------------------------------------------------------------------ files


@bp.post("/manage/certificates/batches/<uuid:batch_id>/files")
@requires(Permission.MANAGE_CERTIFICATES)
def ask_batch_files(batch_id: UUID) -> Any:
    """Have ZIPs or print files made by the worker."""
    _found(batch_id)
    kind = request.form.get("kind", "")
    if kind not in set(FileKind):
        raise NotFound
    with unit_of_work(db.session()) as session:
        batch_files.ask(session, batch_id, FileKind(kind), by=the_viewer(), at=clock.now())
    return redirect(url_for(".batch", batch_id=batch_id), code=303)


@bp.get("/manage/certificates/batches/<uuid:batch_id>/files/<uuid:file_id>")
@requires(Permission.MANAGE_CERTIFICATES)
def batch_file(batch_id: UUID, file_id: UUID) -> Response:
    """One of them, read from disk while it is sent."""
    found = _found(batch_id)
    file = batch_files.file_of(db.session(), batch_id, file_id)
    if file is None or file.sha256 is None:
        raise NotFound
    path = current_app.extensions["storage"].path(file.sha256)
    if not path.is_file():
        raise NotFound
    ending = {FileKind.ZIP: "zip", FileKind.PRINT: "pdf"}[file.kind]
    name = f"{found.course_slug}-{file.part:02}.{ending}"
    return send_file(path, as_attachment=True, download_name=name, etag=file.sha256)


@bp.post("/manage/certificates/batches/<uuid:batch_id>/mail")
@requires(Permission.MANAGE_CERTIFICATES)
def mail_batch(batch_id: UUID) -> Any:
    """Let the worker write to the holders."""
    _found(batch_id)
    with unit_of_work(db.session()) as session:
        batch_mail.ask(
            session,
            batch_id,
            _smtp(),
            again=request.form.get("who") == "again",
            by=the_viewer(),
            at=clock.now(),
        )
    return redirect(url_for(".batch", batch_id=batch_id), code=303)


def _smtp() -> Any:
    return current_app.config["SETTINGS"].smtp


# ------------------------------------------------------------------------- how a course issues


def _course(course_id: UUID) -> BatchableCourse:
    found = batch_choice.courses(db.session(), _reach().units)
    for one in found:
        if one.id == course_id:
            return one
    raise NotFound


@bp.route("/manage/certificates/batches/courses/<uuid:course_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CERTIFICATES)
def batch_course(course_id: UUID) -> Any:
    """Let a course issue at once, or in batches."""
    course = _course(course_id)
    now_so = batch_queries.batched_courses(db.session()).get(course_id) == course.issuing.unit_id
    form = BatchedForm(data={"way": "batch" if now_so else "once"})
    act = Act(form)
    if act.is_asked():
        batched = form.way.data == "batch"
        with act, unit_of_work(db.session()) as session:
            batches.set_batched(
                session,
                course_id,
                course.issuing,
                batched=batched,
                by=the_viewer(),
                reason=clean_text(form.reason.data or ""),
                at=clock.now(),
            )
        if act.is_done:
            flash(
                _("Sertifikat %(title)s kini menunggu angkatannya.", title=course.title)
                if batched
                else _("Sertifikat %(title)s kini terbit langsung.", title=course.title),
                "ok",
            )
            return redirect(url_for(".batch_list"), code=303)
    return render_template("manage/batch_course.html", form=form, course=course), act.status
