"""`/account`: one's own data, and what one may decide oneself."""

from datetime import timedelta
from typing import Any

from flask import Response, current_app, flash, g, json, redirect, render_template, request, url_for
from flask_babel import gettext, refresh

from corpu import clock, i18n
from corpu.errors import N_, DomainError, TooMany
from corpu.extensions import db
from corpu.people import (
    command_queries,
    directory,
    export,
    login,
    passwords,
    queries,
    rules,
    service,
)
from corpu.people.blueprint import THEME_COOKIE, THEMES, bp
from corpu.people.forms import ChangePasswordForm, LanguageForm, ThemeForm
from corpu.people.models import Account, Person
from corpu.permissions import Permission, Role
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer

YEAR = int(timedelta(days=365).total_seconds())
VISITS_SHOWN = 20
WRONG_PASSWORD = N_("Kata sandi sekarang keliru. Tulis lagi.")
ROLE_NAMES = {
    Role.LEARNER: N_("Peserta"),
    Role.SUPERVISOR: N_("Atasan"),
    Role.INSTRUCTOR: N_("Pengajar"),
    Role.MANAGER: N_("Pengelola"),
}


@bp.get("/account")
@requires(Permission.LEARN)
def account() -> str:
    return account_page()


def account_page(password: ChangePasswordForm | None = None) -> str:
    """The whole page; with `password`, the form that was refused."""
    me, session, now = the_viewer(), db.session(), clock.now()
    person = session.get_one(Person, me.id)
    supervisor = queries.supervisor_of(session, me.id, now)
    today = queries.agency_day(session, now)
    known = command_queries.delegations_of(session, me.id, *([supervisor[0]] if supervisor else []))
    theme = request.cookies.get(THEME_COOKIE, "")
    return render_template(
        "people/account.html",
        person=person,
        nip=rules.printed_nip(person.nip),
        standing=queries.standing(session, me.id, now),
        supervisor=supervisor[1] if supervisor else None,
        standing_in=[
            one
            for one in known
            if supervisor
            and one.principal_id == supervisor[0]
            and one.deputy_id != me.id
            and one.holds_on(today)
        ],
        handed=[one for one in known if me.id in (one.principal_id, one.deputy_id)],
        acting=[
            (post, unit)
            for post, unit, _leads in command_queries.acting_posts_of(session, me.id)
            if post.revoked_at is None and post.ended_on >= today
        ],
        today=today,
        roles=_role_lines(session, me),
        visits=directory.profile_visits(session, me.id, limit=VISITS_SHOWN),
        visits_shown=VISITS_SHOWN,
        language=LanguageForm(formdata=None, locale=i18n.choose_locale()),
        appearance=ThemeForm(formdata=None, theme=theme if theme in THEMES else "auto"),
        password=password or ChangePasswordForm(formdata=None),
    )


def _role_lines(session: Any, me: Any) -> list[tuple[str, str]]:
    """Each role of today with the branch it is for, in words."""
    units = {row.unit_id: name for row, name in directory.roles_of(session, me.id) if row.unit_id}
    return [(gettext(ROLE_NAMES[held.role]), units.get(held.unit_id, "")) for held in me.roles]


@bp.post("/account/language")
@requires(Permission.LEARN)
def change_language() -> Any:
    form = LanguageForm()
    if not form.validate_on_submit():
        flash(gettext("Pilih salah satu bahasa."), "bad")
        return _back()
    with unit_of_work(db.session()) as session:
        service.set_locale(session, the_viewer().id, form.locale.data)
    response = _back()
    _set_cookie(response, i18n.COOKIE, form.locale.data)
    # The confirmation is said in the language just chosen.
    g.locale = form.locale.data
    refresh()
    flash(gettext("Bahasa tersimpan."), "ok")
    return response


@bp.post("/account/theme")
@requires(Permission.LEARN)
def change_theme() -> Any:
    form = ThemeForm()
    if not form.validate_on_submit():
        flash(gettext("Pilih salah satu tampilan."), "bad")
        return _back()
    response = _back()
    if form.theme.data in THEMES:
        _set_cookie(response, THEME_COOKIE, form.theme.data)
    else:
        response.delete_cookie(THEME_COOKIE)
    flash(gettext("Tampilan tersimpan di peramban ini."), "ok")
    return response


@bp.post("/account/password")
@requires(Permission.LEARN)
def change_password() -> Any:
    """A new password for whoever knows the present one; other open sessions end."""
    form, me, now = ChangePasswordForm(), the_viewer(), clock.now()
    if not form.validate_on_submit():
        return account_page(form), 422
    person = db.session().get_one(Person, me.id)
    failures, address = login.address_failures()
    try:
        if failures.is_blocked(address):
            raise TooMany
        service.check_new_password(person, form.password.data)
        # Counted apart from signing in: whoever guesses there must not keep the owner from a
        # new password.
        key = login.counting_key(f"present-password:{me.id.hex}")
        with unit_of_work(db.session()) as session:
            service.open_attempt(session, None, key=key, at=now)
            present = session.get_one(Account, me.id).password_hash
        if not passwords.matches(present, form.current.data):
            failures.hit_failure(address)
            form.current.errors = [gettext(WRONG_PASSWORD)]
            return account_page(form), 422
        password_hash = passwords.hash_password(form.password.data)
        with unit_of_work(db.session()) as session:
            epoch = service.set_password(session, me.id, password_hash=password_hash, by=me, at=now)
            service.clear_count(session, key)
    except service.InvalidPassword as refusal:
        form.password.errors = [gettext(refusal.message)]
        return account_page(form), 422
    except TooMany as refusal:
        form.current.errors = [gettext(refusal.message, **refusal.params)]
        return account_page(form), 429, {"Retry-After": str(refusal.retry_after)}
    except DomainError as refusal:
        form.current.errors = [gettext(refusal.message, **refusal.params)]
        return account_page(form), refusal.status
    login.continue_session(me.id, epoch)
    flash(gettext("Kata sandi diganti. Perangkat lain sudah dikeluarkan."), "ok")
    return _back()


@bp.get("/account/sign-out-everywhere")
@requires(Permission.LEARN)
def ask_sign_out_everywhere() -> str:
    return render_template("people/sign_out_everywhere.html")


@bp.post("/account/sign-out-everywhere")
@requires(Permission.LEARN)
def sign_out_everywhere() -> Any:
    me = the_viewer()
    with unit_of_work(db.session()) as session:
        service.sign_out_everywhere(session, me.id, by=me, at=clock.now())
    login.end_session()
    flash(gettext("Semua perangkat sudah dikeluarkan. Masuk lagi untuk melanjutkan."), "ok")
    return redirect(url_for("people.login"), code=303)


@bp.get("/account/data.json")
@requires(Permission.LEARN)
def own_data() -> Response:
    """Everything kept about oneself, as a file."""
    data = export.own_data(db.session(), the_viewer().id, at=clock.now())
    text = json.dumps(data, ensure_ascii=False, indent=2, sort_keys=False)
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="data-saya.json"'
    return response


def _back() -> Any:
    return redirect(url_for("people.account"), code=303)


def _set_cookie(response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=YEAR,
        samesite="Lax",
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
