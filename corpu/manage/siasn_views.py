"""SIASN: which certificates are there, which wait, which somebody must see to."""

from typing import Any
from uuid import UUID

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from corpu import clock
from corpu.credentials.rules import format_nip
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.forms import ReasonForm
from corpu.manage.scope import Reach, reach_of
from corpu.manage.table_files import table_file
from corpu.people import export as own_data
from corpu.people.rules import clean_text
from corpu.permissions import Permission
from corpu.siasn import export, queries, service, tables, turns, work
from corpu.siasn import words as siasn_words
from corpu.siasn.models import State
from corpu.siasn.queries import Line
from corpu.transactions import unit_of_work
from corpu.web import page_asked, requires, the_viewer

PAGE = 25
SHOWN = 100  # rows of what would be sent, and of what may be marked
MOST_ROWS = 20_000  # of one file

own_data.register("siasn", queries.own_part)


def _reach() -> Reach:
    return reach_of(db.session(), the_viewer(), Permission.MANAGE_CERTIFICATES)


def _known(state: str | None) -> State | None:
    return State(state) if state in set(State) else None


def _common() -> dict[str, Any]:
    """What every page of this place says."""
    return {
        "missing": work.settings().missing,
        "siasn_words": siasn_words,
        "format_nip": format_nip,
        "states": State,
    }


@bp.get("/manage/siasn")
@requires(Permission.MANAGE_CERTIFICATES)
def siasn() -> str:
    session, units = db.session(), _reach().units
    asked = clean_text(request.args.get("q", "")[:200])
    state = _known(request.args.get("state"))
    number = page_asked()
    first = (number - 1) * PAGE
    counts = queries.counts(session, units=units)
    found = queries.counts(session, units=units, words=asked) if asked else counts
    total = sum(found.values()) if state is None else found[state]
    kept: dict[str, Any] = {"q": asked or None, "state": state.value if state else None}
    return render_template(
        "manage/siasn.html",
        **_common(),
        rows=queries.lines(session, units=units, state=state, words=asked, first=first, limit=PAGE),
        counts=counts,
        asked=asked,
        state=state,
        gate=turns.gate_of(session),
        now=clock.now(),
        first=first,
        total=total,
        previous_url=url_for(".siasn", **kept, page=number - 1) if first else "",
        next_url=url_for(".siasn", **kept, page=number + 1) if first + PAGE < total else "",
    )


@bp.get("/manage/siasn/<uuid:certificate_id>")
@requires(Permission.MANAGE_CERTIFICATES)
def siasn_record(certificate_id: UUID) -> str:
    session, line = db.session(), _line(certificate_id)
    return render_template(
        "manage/siasn_record.html",
        **_common(),
        line=line,
        kind_name=tables.name_of(line.kind),
        body=export.requests_of([line], work.settings().agency)[0],
        said_lines=queries.said_about(session, line.record.id) if line.record is not None else [],
        gate=turns.gate_of(session),
        now=clock.now(),
    )


def _line(certificate_id: UUID) -> Line:
    line = queries.line_of(db.session(), certificate_id, units=_reach().units)
    if line is None:
        raise NotFound
    return line


# ---------------------------------------------------------------------- sending and trying again


@bp.route("/manage/siasn/send", methods=["GET", "POST"])
@requires(Permission.MANAGE_CERTIFICATES)
def siasn_send() -> Any:
    """What would be sent, and the act of sending it."""
    units = _reach().units
    if request.method == "POST":
        if work.settings().missing:
            flash(_("SIASN belum dikonfigurasi. Tidak ada yang dikirim."), "warn")
            return redirect(url_for(".siasn_send"), code=303)
        now = clock.now()
        with unit_of_work(db.session()) as session:
            count = service.queue(session, units=units, by=the_viewer(), at=now)
            work.plan(session, now)
        flash(
            ngettext("%(num)s catatan masuk antrean.", "%(num)s catatan masuk antrean.", count),
            "ok",
        )
        return redirect(url_for(".siasn", state=State.WAITING.value), code=303)
    session = db.session()
    return render_template(
        "manage/siasn_send.html",
        **_common(),
        rows=queries.lines(session, units=units, state=State.UNSENT, limit=SHOWN),
        total=queries.counts(session, units=units)[State.UNSENT],
        most=service.MOST_AT_ONCE,
        name_of=tables.name_of,
    )


@bp.get("/manage/siasn/send.json")
@requires(Permission.MANAGE_CERTIFICATES)
def siasn_send_json() -> Response:
    """The same, exactly as it would go."""
    found = queries.lines(
        db.session(), units=_reach().units, state=State.UNSENT, limit=service.MOST_AT_ONCE
    )
    response = jsonify(export.requests_of(found, work.settings().agency))
    response.headers["Content-Disposition"] = 'attachment; filename="siasn.json"'
    return response


@bp.post("/manage/siasn/retry")
@requires(Permission.MANAGE_CERTIFICATES)
def siasn_retry() -> Any:
    """Try again what failed, and open the way where it was closed."""
    return _again(None, url_for(".siasn"))


@bp.post("/manage/siasn/<uuid:certificate_id>/retry")
@requires(Permission.MANAGE_CERTIFICATES)
def siasn_retry_one(certificate_id: UUID) -> Any:
    """The same for one, which is queued where it never was."""
    _line(certificate_id)
    return _again([certificate_id], url_for(".siasn_record", certificate_id=certificate_id))


def _again(only: list[UUID] | None, back: str) -> Any:
    if work.settings().missing:
        flash(_("SIASN belum dikonfigurasi. Tidak ada yang dikirim."), "warn")
        return redirect(back, code=303)
    units, me, now = _reach().units, the_viewer(), clock.now()
    with unit_of_work(db.session()) as session:
        count = 0
        if only is not None:
            count = service.queue(session, units=units, only=only, by=me, at=now)
        count = count or service.retry(session, units=units, only=only, by=me, at=now)
        work.plan(session, now)
    flash(
        ngettext("%(num)s catatan dicoba sekarang.", "%(num)s catatan dicoba sekarang.", count)
        if count
        else _("Tidak ada yang perlu dicoba lagi."),
        "ok" if count else "warn",
    )
    return redirect(back, code=303)


# --------------------------------------------------------------------------------- by hand


@bp.get("/manage/siasn/export.<ending>")
@requires(Permission.MANAGE_CERTIFICATES)
def siasn_export(ending: str) -> Response:
    """The rows of the list as they would be entered by hand."""
    if ending not in ("csv", "xlsx"):
        raise NotFound
    state = _known(request.args.get("state"))
    words = clean_text(request.args.get("q", "")[:200])
    found = queries.lines(
        db.session(), units=_reach().units, state=state, words=words, limit=MOST_ROWS
    )
    rows = export.table_rows(found, ending)
    with unit_of_work(db.session()) as session:
        export.note_export(session, by=the_viewer(), rows=len(rows), at=clock.now())
    return table_file(ending, "siasn", export.HEADING, rows)


@bp.route("/manage/siasn/mark", methods=["GET", "POST"])
@requires(Permission.MANAGE_CERTIFICATES)
def siasn_mark() -> Any:
    """Say what people have entered or taken out in SIASN themselves."""
    units, me = _reach().units, the_viewer()
    form = ReasonForm()
    act = Act(form)
    sent = request.form if request.method == "POST" else request.args
    chosen = _chosen(sent.getlist("certificates"))
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            count = service.mark(
                session,
                chosen,
                units=units,
                reason=form.reason.data or "",
                by=me,
                at=clock.now(),
            )
        if act.is_done:
            flash(ngettext("%(num)s catatan ditandai.", "%(num)s catatan ditandai.", count), "ok")
            return redirect(url_for(".siasn"), code=303)
    none_chosen = request.method == "POST" and not chosen
    if none_chosen and not form.form_errors:  # beside what is wrong with the reason
        act.refuse(service.NothingChosen())
    only = _chosen(request.args.getlist("certificates")) or None
    rows = queries.to_mark(db.session(), units=units, only=only, limit=SHOWN)
    page = render_template(
        "manage/siasn_mark.html",
        **_common(),
        form=form,
        act=act,
        rows=rows,
        chosen=chosen,
        none_chosen=none_chosen,
    )
    return page, act.status


def _chosen(texts: list[str]) -> set[UUID]:
    """The identifiers among what was sent; NotFound for what is none."""
    try:
        return {UUID(text) for text in texts[: 2 * SHOWN]}
    except ValueError:
        raise NotFound from None
