"""One's own claims: written down, looked at before sending, withdrawn."""

from io import BytesIO
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

from corpu import clock, i18n
from corpu.database import uuid7
from corpu.errors import N_, DomainError, NotAllowed, NotFound
from corpu.extensions import db
from corpu.forms import refuse
from corpu.hours import check_words, checks, claim_queries, claims, proposals, queries, words
from corpu.hours.blueprint import bp
from corpu.hours.claim_queries import ClaimLine
from corpu.hours.claims import AlreadySent
from corpu.hours.forms import ClaimForm
from corpu.hours.proofs import LARGEST, MIMETYPES, kind_of, shown_name
from corpu.hours.proposals import Proof, Weighed
from corpu.permissions import Permission
from corpu.storage import Missing
from corpu.transactions import unit_of_work
from corpu.web import requires, takes_files, the_viewer
from corpu.zones import local_date

LONGEST_SHOWN = 64 * 1024  # letters of a digital credential


class ProofLost(DomainError):
    status = 503
    message = N_(
        "Berkas bukti ini tidak terbaca dari penyimpanan kami dan harus dipulihkan dari cadangan."
    )


@takes_files(LARGEST)
@bp.route("/me/hours/new", methods=["GET", "POST"])
@requires(Permission.LEARN)
def new_claim() -> Any:
    """Two steps on one address: fill in, then see what it makes and send it. The file comes
    with the second, since no browser shows a chosen file again."""
    me, now = the_viewer(), clock.now()
    form = ClaimForm.on(local_date(now, me.timezone))
    step = request.form.get("step", "") if request.method == "POST" else "edit"
    if step == "edit" or not form.validate_on_submit():
        return _asking(form, 200 if step == "edit" else 422)
    try:
        weighed = proposals.weigh(db.session(), me.id, form.proposal(), at=now)
    except DomainError as error:
        return _asking(form, refuse(form, error))
    if step != "send":
        return _checking(form, weighed)
    try:
        proof = _kept(form)
        with unit_of_work(db.session()) as session:
            made = claims.claim(
                session,
                me.id,
                form.proposal(),
                at=now,
                claim_id=_claim_id(form),
                proof=proof,
                shown=(form.shown.data or "").replace("\0", "")[:LONGEST_SHOWN],
            )
            jp, year = made.jp, made.year
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        if isinstance(error, AlreadySent):
            form.claim_id.data = uuid7().hex
        return _checking(form, weighed, refuse(form, error))
    flash(_("Terkirim: %(jp)s JP menunggu verifikasi.", jp=i18n.number(jp)), "ok")
    return redirect(url_for(".book", year=year), code=303)


def _asking(form: ClaimForm, status: int) -> Any:
    return render_template("hours/claim_new.html", form=form), status


def _checking(form: ClaimForm, weighed: Weighed, status: int = 200) -> Any:
    page = render_template(
        "hours/claim_check.html",
        form=form,
        weighed=weighed,
        closed_at=queries.closed_at(db.session(), the_viewer().id, weighed.converted.year),
        proposal=form.proposal(),
        words=words,
    )
    return page, status


def _kept(form: ClaimForm) -> Proof | None:
    """The file in our storage, where one was sent. Raises BadProof."""
    sent = form.proof.data
    if not sent or not getattr(sent, "filename", ""):
        return None
    data = sent.stream.read(LARGEST + 1)
    kind = kind_of(data)
    sha256 = current_app.extensions["storage"].put(data)
    return Proof(sha256, kind, shown_name(sent.filename, kind))


def _claim_id(form: ClaimForm) -> UUID:
    try:
        return UUID(hex=form.claim_id.data or "")
    except ValueError:
        return uuid7()


def _own(claim_id: UUID) -> ClaimLine:
    found = claim_queries.claim_of(db.session(), claim_id, the_viewer().id)
    if found is None:
        raise NotFound
    return found


@bp.get("/me/hours/claims/<uuid:claim_id>")
@requires(Permission.LEARN)
def claim(claim_id: UUID) -> str:
    """One of my claims, with all that was decided about it."""
    found = _own(claim_id)
    return render_template(
        "hours/claim.html",
        line=found,
        closed_at=queries.closed_at(db.session(), found.person_id, found.year),
        decisions=claim_queries.decisions_on(db.session(), claim_id),
        found=checks.found_of(db.session(), claim_id),
        check_words=check_words,
        words=words,
    )


@bp.post("/me/hours/claims/<uuid:claim_id>/withdraw")
@requires(Permission.LEARN)
def withdraw_claim(claim_id: UUID) -> Any:
    with unit_of_work(db.session()) as session:
        claims.withdraw(session, claim_id, by=the_viewer(), at=clock.now())
    flash(_("Catatan ditarik. Anda dapat mencatatnya lagi kapan saja."), "ok")
    return redirect(url_for(".claim", claim_id=claim_id), code=303)


@bp.get("/me/hours/claims/<uuid:claim_id>/proof")
@requires(Permission.LEARN)
def proof(claim_id: UUID) -> Response:
    """The file that I sent."""
    return proof_response(_own(claim_id))


def proof_response(found: ClaimLine) -> Response:
    """A proof as a file to keep: never shown within a page of ours, whatever it holds."""
    if found.proof_sha256 is None or found.proof_kind is None:
        raise NotFound
    try:
        data = current_app.extensions["storage"].get(found.proof_sha256)
    except Missing as error:
        raise ProofLost from error
    return send_file(
        BytesIO(data),
        mimetype=MIMETYPES[found.proof_kind],
        as_attachment=True,
        download_name=found.proof_name,
        etag=False,
    )
