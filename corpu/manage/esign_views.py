"""Electronic signatures (TTE): what is signed, what waits, what failed and why."""

from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from corpu import clock
from corpu.errors import NotFound
from corpu.esign import queries, service, signers, turns, work
from corpu.esign import words as esign_words
from corpu.esign.models import State
from corpu.extensions import db
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.esign_forms import SignForm
from corpu.manage.scope import Reach, reach_of
from corpu.people import export as own_data
from corpu.people.rules import clean_text
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import page_asked, requires, the_viewer

PAGE = 25

own_data.register("esign", queries.own_part)


def _reach() -> Reach:
    return reach_of(db.session(), the_viewer(), Permission.MANAGE_CERTIFICATES)


@bp.get("/manage/tte")
@requires(Permission.MANAGE_CERTIFICATES)
def esign() -> str:
    return _page(SignForm())


@bp.post("/manage/tte")
@requires(Permission.MANAGE_CERTIFICATES)
def esign_sign() -> Any:
    """Sign what the list shows as not signed: with what was entered, where it has to be."""
    settings = work.settings()
    if settings.missing:
        flash(_("TTE belum dikonfigurasi. Tidak ada yang ditandatangani."), "warn")
        return redirect(url_for(".esign"), code=303)
    form = SignForm()
    act = Act(form)
    asked = clean_text((form.q.data or "")[:200])
    if act.is_asked():
        with act:
            count = _sign(form, asked)
        if act.is_done:
            flash(
                ngettext(
                    "%(num)s dokumen sedang ditandatangani.",
                    "%(num)s dokumen sedang ditandatangani.",
                    count,
                ),
                "ok",
            )
            back = url_for(".esign", q=asked or None, state=State.WAITING.value)
            return redirect(back, code=303)
    return _page(form, asked), act.status


def _sign(form: SignForm, asked: str) -> int:
    settings, now, units = work.settings(), clock.now(), _reach().units
    if not signers.asks(settings):
        with unit_of_work(db.session()) as session:
            count = service.queue(session, units=units, words=asked, by=the_viewer(), at=now)
            turns.plan(session, now)
        return count
    secret = service.secret_of(
        nik=form.nik.data or "",
        passphrase=form.passphrase.data or "",
        needs_nik=settings.signer == "bsre",
    )
    with unit_of_work(db.session()) as session:
        run_id, count = service.begin(session, units=units, words=asked, by=the_viewer(), at=now)
    # The thread outlives the request, so it is given the application itself, which flask's types
    # do not know behind the proxy.
    work.start_run(current_app._get_current_object(), run_id, secret)  # type: ignore[attr-defined]
    return count


@bp.post("/manage/tte/retry")
@requires(Permission.MANAGE_CERTIFICATES)
def esign_retry() -> Any:
    """Let everything that failed wait again."""
    return _again(None)


@bp.post("/manage/tte/<uuid:certificate_id>/retry")
@requires(Permission.MANAGE_CERTIFICATES)
def esign_retry_one(certificate_id: UUID) -> Any:
    """The same for one."""
    known = queries.ids(
        db.session(), units=_reach().units, states=list(State), only=certificate_id, limit=1
    )
    if not known:
        raise NotFound
    return _again(certificate_id)


def _again(only: UUID | None) -> Any:
    units, now = _reach().units, clock.now()
    with unit_of_work(db.session()) as session:
        count = service.retry(session, units=units, only=only, by=the_viewer(), at=now)
        work.plan(session, now)
    if not count:
        flash(_("Tidak ada yang perlu dicoba lagi."), "warn")
    elif signers.asks(work.settings()):
        flash(_("Menunggu lagi. Masukkan frasa sandi untuk menandatanganinya."), "ok")
    else:
        flash(_("Dicoba lagi."), "ok")
    return redirect(url_for(".esign"), code=303)


def _page(form: SignForm, asked: str | None = None) -> str:
    session, units, now = db.session(), _reach().units, clock.now()
    if asked is None:
        asked = clean_text(request.args.get("q", "")[:200])
    text = request.args.get("state")
    state = State(text) if text in set(State) else None
    number = page_asked()
    first = (number - 1) * PAGE
    counts = queries.counts(session, units=units)
    found = queries.counts(session, units=units, words=asked) if asked else counts
    total = sum(found.values()) if state is None else found[state]
    kept: dict[str, Any] = {"q": asked or None, "state": state.value if state else None}
    settings = work.settings()
    form.q.data = asked
    return render_template(
        "manage/esign.html",
        form=form,
        settings=settings,
        asks=signers.asks(settings),
        esign_words=esign_words,
        states=State,
        rows=queries.lines(
            session, units=units, at=now, state=state, words=asked, first=first, limit=PAGE
        ),
        counts=counts,
        to_sign=min(service.MOST_AT_ONCE, sum(found[one] for one in queries.TO_SIGN)),
        run=queries.last_run(session, the_viewer().id),
        now=now,
        asked=asked,
        state=state,
        first=first,
        total=total,
        previous_url=url_for(".esign", **kept, page=number - 1) if first else "",
        next_url=url_for(".esign", **kept, page=number + 1) if first + PAGE < total else "",
    )
