"""The evaluation of a course, for who teaches it and who manages it: page, PDF, DOCX."""

from datetime import date
from typing import Any

from flask import Response, render_template, request

from corpu import clock
from corpu.authoring import queries
from corpu.authoring.views import bp
from corpu.errors import N_, DomainError, NotFound
from corpu.evaluation import document
from corpu.evaluation.reports import Report, report_of
from corpu.extensions import db
from corpu.numbers import whole
from corpu.permissions import Permission
from corpu.typesetting import PdfRefused, PdfUnavailable
from corpu.web import requires, the_viewer

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class NotDrawn(DomainError):
    status = 503
    message = N_("Laporan PDF belum dapat dibuat. Coba lagi sebentar lagi.")


@bp.get("/author/<slug>/evaluation")
@requires(Permission.AUTHOR)
def evaluation(slug: str) -> str:
    report, said = _report(slug)
    return render_template(
        "authoring/evaluation.html",
        report=report,
        told=said,
        improve=document.improve_first(report),
        chosen=_chosen(),
    )


@bp.get("/author/<slug>/evaluation/report.pdf")
@requires(Permission.AUTHOR)
def evaluation_pdf(slug: str) -> Response:
    _found, said = _report(slug)
    db.session().close()  # drawing takes its time, and needs no connection
    try:
        drawn = document.as_pdf(said, clock.now())
    except (PdfRefused, PdfUnavailable) as problem:
        raise NotDrawn from problem
    return _file(drawn, "application/pdf", f"evaluasi-{slug}.pdf")


@bp.get("/author/<slug>/evaluation/report.docx")
@requires(Permission.AUTHOR)
def evaluation_docx(slug: str) -> Response:
    _found, said = _report(slug)
    return _file(document.as_docx(said, clock.now()), DOCX, f"evaluasi-{slug}.docx")


def _report(slug: str) -> tuple[Report, document.Said]:
    session, me, now = db.session(), the_viewer(), clock.now()
    course = queries.taught_course(session, me, slug)
    period, edition = _chosen()
    report = report_of(session, course.course_id, _day(period), _number(edition))
    if report.edition is not None and report.edition not in report.editions:
        raise NotFound
    return report, document.said_of(report, now, me.timezone)


def _chosen() -> tuple[str, str]:
    return request.args.get("period", ""), request.args.get("edition", "")


def _day(text: str) -> date | None:
    """The batch asked for; what is no batch is no page."""
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
    if (found.month, found.day) not in ((1, 1), (7, 1)):
        raise NotFound
    return found


def _number(text: str) -> int | None:
    found = whole(text)
    if text and found is None:
        raise NotFound
    return found


def _file(content: bytes, mimetype: str, name: str) -> Any:
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
