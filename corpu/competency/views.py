"""One's own competencies: the profile, and the account of each score."""

import json

from flask import Response, render_template, request, url_for

from corpu import clock
from corpu.competency import export, ledger_file, queries, rating_views, words
from corpu.competency.account_pdf import account_pdf
from corpu.competency.blueprint import bp
from corpu.competency.ways import way_to_close
from corpu.errors import N_, DomainError
from corpu.extensions import db
from corpu.forms import day_of
from corpu.people import export as own_data
from corpu.people.queries import agency_day
from corpu.people.requirement import history_of, requirement_on
from corpu.permissions import Permission
from corpu.spreadsheets import as_csv
from corpu.standards.words import in_force
from corpu.typesetting import PdfRefused, PdfUnavailable
from corpu.web import requires, the_viewer

__all__ = ["bp", "rating_views"]


class NotDrawn(DomainError):
    status = 503
    message = N_("PDF belum dapat dibuat. Hitungannya tetap ada di halaman; coba lagi nanti.")


own_data.register("competency", export.own_part)


@bp.record_once
def _offer_words(state) -> None:
    """The macros are drawn by other rooms too, which know nothing of our sentences."""
    state.app.jinja_env.globals["competency_words"] = words


@bp.get("/me/competencies")
@requires(Permission.LEARN)
def profile():
    session = db.session()
    mine = queries.profile_of(session, the_viewer().id, clock.now())
    return render_template(
        "competency/profile.html",
        profile=mine,
        step=queries.next_step(session, mine),
        link=lambda code: url_for("competency.account", code=code),
    )


@bp.get("/me/competencies/close-gap")
@requires(Permission.LEARN)
def close_gap():
    return render_template(
        "competency/close_gap.html",
        way=way_to_close(db.session(), the_viewer().id, clock.now()),
        link=lambda code: url_for("competency.account", code=code),
    )


@bp.get("/me/competencies/requirement")
@requires(Permission.LEARN)
def requirement():
    """What one's post requires on a day, what says so, and how it came to be."""
    session, me, text = db.session(), the_viewer(), request.args.get("day", "")
    today = agency_day(session, clock.now())
    day = day_of(text) or today
    return render_template(
        "competency/requirement.html",
        found=requirement_on(session, me.id, day),
        steps=history_of(session, me.id, today),
        day=day,
        wrong_day=bool(text) and day_of(text) is None,
    )


@bp.get("/me/competencies/ledger.json")
@requires(Permission.LEARN)
def ledger_json():
    """All of one's evidence with rule, relations and results, to be computed again by anyone."""
    whole = ledger_file.ledger_file(db.session(), the_viewer().id, clock.now())
    text = json.dumps(whole, ensure_ascii=False, indent=2)
    return _file(text, "application/json", "buku-bukti.json")


@bp.get("/me/competencies/ledger.csv")
@requires(Permission.LEARN)
def ledger_csv():
    """The same as a table: one row for each thing, which its first cell names."""
    whole = ledger_file.ledger_file(db.session(), the_viewer().id, clock.now())
    table = as_csv(ledger_file.HEADING, ledger_file.csv_rows(whole))
    return _file(table, "text/csv", "buku-bukti.csv")


@bp.get("/me/competencies/<code>")
@requires(Permission.LEARN)
def account(code: str):
    found = queries.account_of(db.session(), the_viewer().id, code, clock.now())
    return render_template("competency/account.html", account=found, may_rate=code in in_force())


@bp.get("/me/competencies/<code>/evidence.json")
@requires(Permission.LEARN)
def evidence(code: str):
    """The evidence of one score with its result, to be computed again by anyone."""
    found = queries.account_of(db.session(), the_viewer().id, code, clock.now())
    text = json.dumps([export.case_of(found)], ensure_ascii=False, indent=2)
    return _file(text, "application/json", f"bukti-{found.code}.json")


@bp.get("/me/competencies/<code>/account.pdf")
@requires(Permission.LEARN)
def account_document(code: str):
    """The account as the page tells it, to hand on or to keep."""
    session, me = db.session(), the_viewer()
    found = queries.account_of(session, me.id, code, clock.now())
    session.close()  # drawing takes its time, and needs no connection
    try:
        drawn = account_pdf(found, me.timezone)
    except (PdfRefused, PdfUnavailable) as problem:
        raise NotDrawn from problem
    return _file(drawn, "application/pdf", f"hitungan-{found.code}.pdf")


def _file(content: str | bytes, mimetype: str, name: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
