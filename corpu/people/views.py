"""Coming in and going out: the start page, signing in, one-time links."""

from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from corpu import clock
from corpu.errors import N_, DomainError, NotFound, TooMany
from corpu.extensions import db
from corpu.people import (
    account_views,
    login,
    passwords,
    resending,
    rules,
    service,
    setup_views,
)
from corpu.people.blueprint import bp
from corpu.people.demo import ROLES, demo_person
from corpu.people.first_run import is_new
from corpu.people.forms import DemoForm, NewPasswordForm, SignInForm
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, viewer, wants_json

__all__ = ["account_views", "bp", "setup_views"]

WRONG = N_("NIP, surel, atau kata sandi ini keliru. Periksa ketiganya, lalu coba lagi.")
BLOCKED = N_(
    "Terlalu banyak percobaan gagal dari jaringan ini. Coba lagi sepuluh menit lagi, "
    "atau pakai peramban yang pernah Anda pakai untuk masuk."
)


@bp.get("/")
@requires(Permission.PUBLIC)
def home() -> Any:
    """Beranda for who is signed in, which a room above draws; else what this is."""
    person = viewer()
    if person is None:
        return render_template("people/start.html", is_new=is_new(db.session()))
    beranda = current_app.extensions.get("home")
    return beranda(person) if beranda else render_template("people/home.html")


# ------------------------------------------------------------------------- signing in


@bp.get("/login", endpoint="login")
@requires(Permission.PUBLIC)
def sign_in_form() -> Any:
    asked = request.args.get("next")
    if viewer() is not None:
        return redirect(login.next_target(asked), code=303)
    return sign_in_page(next=asked)


def sign_in_page(
    form: SignInForm | None = None,
    *,
    sealed: str = "",
    lost: bool = False,
    next: str | None = None,
) -> str:
    """The page with the form; `sealed` is a form kept to be sent again, `lost` says that
    one could not be kept."""
    if form is None:
        form = SignInForm(formdata=None, next=next or "", sealed=sealed)
    is_demo = current_app.config["SETTINGS"].mode == "demo"
    return render_template(
        "people/sign_in.html",
        form=form,
        demo=DemoForm(formdata=None, next=form.next.data, sealed=form.sealed.data)
        if is_demo
        else None,
        roles=ROLES,
        lost=lost,
    )


@bp.post("/login", endpoint="sign_in")
@requires(Permission.PUBLIC)
def sign_in() -> Any:
    form = SignInForm()
    if not form.validate_on_submit():
        return sign_in_page(form), 422
    try:
        person_id, epoch = _check(form.identifier.data, form.password.data)
    except TooMany as refusal:
        form.password.errors = [gettext(refusal.message, **refusal.params)]
        return sign_in_page(form), 429, {"Retry-After": str(refusal.retry_after)}
    except DomainError as refusal:
        form.password.errors = [gettext(refusal.message, **refusal.params)]
        return sign_in_page(form), refusal.status
    login.begin_session(person_id, epoch, remember=form.remember.data)
    return _go_on(form.next.data, form.sealed.data)


def _check(identifier: str, password: str) -> tuple[Any, int]:
    """Person and epoch for a right password; otherwise a DomainError with what to say."""
    now = clock.now()
    name = rules.sign_in_name(identifier)
    failures, address = login.address_failures()
    if failures.is_blocked(address):
        found = service.find_account(db.session(), name)
        if found is None or not login.is_known(found[0]):
            raise TooMany(BLOCKED, retry_after=600)
    with unit_of_work(db.session()) as session:
        attempt = service.open_attempt(
            session,
            name,
            key=login.counting_key(name[1] if name else identifier),
            is_known=login.is_known,
            at=now,
        )
    if not passwords.matches(attempt.password_hash, password) or attempt.person_id is None:
        failures.hit_failure(address)
        raise DomainError(WRONG)
    outdated = attempt.password_hash and passwords.is_outdated(attempt.password_hash)
    new_hash = passwords.hash_password(password) if outdated else None
    with unit_of_work(db.session()) as session:
        epoch = service.settle(
            session, attempt.person_id, at=now, checked=attempt.password_hash, new_hash=new_hash
        )
    return attempt.person_id, epoch


def _go_on(next: str | None, sealed: str | None) -> Any:
    """After signing in: the form that came too late is shown to be sent, else the page asked."""
    person = viewer()
    assert person is not None
    try:
        kept = resending.unseal(sealed or "", person.id)
    except DomainError as refusal:
        flash(gettext(refusal.message), "warn")
        kept = None
    if kept is not None:
        return render_template("people/resend.html", kept=kept)
    return redirect(login.next_target(next), code=303)


@bp.post("/login/demo")
@requires(Permission.PUBLIC)
def demo_sign_in() -> Any:
    """Enter as one of the invented people. Outside demo mode this does not exist."""
    if current_app.config["SETTINGS"].mode != "demo":
        raise NotFound
    found = demo_person(db.session(), request.form.get("role", ""), at=clock.now())
    if found is None:
        raise NotFound
    login.begin_session(*found, remember=False)
    return _go_on(request.form.get("next"), request.form.get("sealed"))


@bp.post("/logout")
@requires(Permission.PUBLIC)
def logout() -> Any:
    login.end_session()
    if wants_json():
        return Response(status=204)
    flash(gettext("Anda sudah keluar."), "ok")
    return redirect(url_for("people.login"), code=303)


# ---------------------------------------------------------------------- one-time links


@bp.route("/login/link/<token>", methods=["GET", "POST"])
@requires(Permission.PUBLIC)
def sign_in_link(token: str) -> Any:
    """Choose a password. Opening the page uses nothing up; sending the form does."""
    if len(token) > 200:
        abort(404)
    form = NewPasswordForm()
    now = clock.now()
    try:
        person = service.person_of_link(db.session(), token, at=now)
        greeting = {"full_name": person.full_name, "nip": rules.printed_nip(person.nip)}
        if form.validate_on_submit():
            service.check_new_password(person, form.password.data)
            password_hash = passwords.hash_password(form.password.data)
            with unit_of_work(db.session()) as session:
                person_id, epoch = service.use_sign_in_link(
                    session, token, password_hash=password_hash, at=now
                )
            login.begin_session(person_id, epoch, remember=False)
            flash(gettext("Kata sandi tersimpan. Anda sudah masuk."), "ok")
            return redirect(url_for("people.home"), code=303)
    except service.InvalidPassword as refusal:
        form.password.errors = [gettext(refusal.message)]
    except service.LinkNotValid as refusal:
        page = render_template("people/link_ended.html", sentence=gettext(refusal.message))
        return page, refusal.status
    page = render_template("people/link.html", form=form, token=token, **greeting)
    return page, 422 if form.errors or form.password.errors else 200
