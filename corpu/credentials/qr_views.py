"""The QR's payload: checked by the server for who has no scripts, and the checker for offline."""

from typing import Any

from flask import Response, jsonify, redirect, request, url_for
from flask_babel import format_decimal, gettext
from markupsafe import escape
from werkzeug.wrappers import Response as AnyResponse

from corpu import clock
from corpu.addresses import absolute
from corpu.credentials import findings, offline, queries
from corpu.credentials.badges.checking import looks_like_one
from corpu.credentials.badges.verify_views import credential_verdict
from corpu.credentials.blueprint import bp
from corpu.credentials.checking import Checked, Finding, check
from corpu.credentials.life import LAST_ZONE, Standing
from corpu.credentials.life_words import CLASSES
from corpu.credentials.payload import Content, agrees, content_of
from corpu.credentials.public import count_miss, public_page
from corpu.credentials.rules import format_code, normalise_code
from corpu.extensions import csrf, db
from corpu.i18n import day, moment
from corpu.permissions import Permission
from corpu.signing.queries import key_of
from corpu.web import requires
from corpu.zones import local_date

LONGEST_TYPED = 2000  # of what was pasted, given back


@bp.post("/verify")
@csrf.exempt  # changes nothing and asks for no session: there is nothing to forge
@requires(Permission.PUBLIC)
def verify_text() -> AnyResponse:
    """Check what a QR holds, pasted; a code alone leads to its page, as in the other field."""
    typed = request.form.get("qr", "")
    if not typed.strip():
        return _refused(gettext("Tempel dahulu isi QR."), "")
    if looks_like_one(typed):
        return credential_verdict(typed)
    if "#" not in typed and (code := normalise_code(typed.strip().rpartition("/")[2])):
        return redirect(url_for("credentials.verify", code=format_code(code)), code=303)
    session = db.session()
    checked = check(typed, offline.known_keys(session), today=clock.now().date())
    if checked.sealed is None:
        title, text = findings.TITLES[checked.finding], findings.TEXTS[checked.finding]
        return _refused(f"{title}. {text}", typed[:LONGEST_TYPED])
    said = _said(checked)
    if said["facts"] is not None:
        said |= _asked(checked)
    return public_page("credentials/qr.html", v=said)


@bp.get("/verify/<code>/status")
@requires(Permission.PUBLIC)
def status(code: str) -> Response:
    """Whether a certificate is revoked, for the checker, also for the one on somebody's disk."""
    found = queries.by_code(db.session(), code)
    said: dict[str, Any] = {"at": clock.now().isoformat(timespec="seconds")}
    if found is None:
        count_miss()
        said["state"] = "unknown"
    elif not found.is_intact:
        said["state"] = "uncertain"
    else:
        said |= _stands(found)
    response = jsonify(said)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _stands(found: queries.Shown) -> dict[str, Any]:
    """What a certificate is worth today, and since when, for machines. Of a revocation the class
    is told and never the reason, which may name people."""
    state = found.standing_on(local_date(clock.now(), LAST_ZONE))
    said: dict[str, Any] = {"state": state.value, "number": found.content.number}
    if found.valid_until is not None:
        said["valid_until"] = found.valid_until.isoformat()
    if found.revoked_at is not None and found.revocation_class is not None:
        said["revoked_on"] = local_date(found.revoked_at, LAST_ZONE).isoformat()
        said["reason_class"] = found.revocation_class.value
        said["reason"] = str(CLASSES[found.revocation_class])
    if found.superseded_at is not None and found.successor is not None:
        said["superseded_on"] = local_date(found.superseded_at, LAST_ZONE).isoformat()
        said["superseded_by"] = {
            "number": found.successor.number,
            "address": absolute(f"/verify/{format_code(found.successor.code)}"),
        }
    return said


@bp.get("/verify/offline.json")
@requires(Permission.PUBLIC)
def offline_pinned() -> Response:
    """Keys, words and sentences for the checker on this page."""
    response = jsonify(offline.pinned(db.session(), at=clock.now()))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@bp.get("/verify/offline.html")
@requires(Permission.PUBLIC)
def offline_file() -> Response:
    """The checker as one file to keep, with the keys of this moment."""
    now = clock.now()
    response = Response(offline.file(db.session(), at=now), mimetype="text/html")
    name = f"corpu-periksa-sertifikat-{local_date(now, LAST_ZONE)}.html"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _refused(sentence: str, typed: str) -> Response:
    return public_page(
        "credentials/verify.html", 422, typed="", asked=False, qr_error=sentence, qr_typed=typed
    )


def _said(checked: Checked) -> dict[str, Any]:
    """The verdict as the page shows it. What was not signed by a known key is not shown at all."""
    finding, sealed = checked.finding, checked.sealed
    assert sealed is not None
    text = str(findings.TEXTS[finding])
    if finding is Finding.UNKNOWN_KEY:
        text = f"{text} ({sealed.kid})"
    is_signed = checked.key is not None and finding is not Finding.WRONG
    content = sealed.content
    warnings = [
        findings.MORE[name]
        for name, applies in (("demo", content.demo), ("ahead", checked.is_ahead))
        if applies and is_signed
    ]
    return {
        "empty": False,
        "bad": not checked.holds,
        "title": findings.TITLES[finding],
        "text": text,
        "warnings": warnings,
        "facts": _facts(checked) if is_signed else None,
        "asked": "",
        "asked_bad": False,
        "address": sealed.address if is_signed else "",
    }


def _facts(checked: Checked) -> dict[str, str]:
    assert checked.sealed is not None
    assert checked.key is not None
    content = checked.sealed.content
    return {
        "name": _whole(content, "name"),
        "number": _whole(content, "number"),
        "course_title": _whole(content, "course_title"),
        "issuer": _whole(content, "issuer"),
        "jp": f"{format_decimal(content.jp)} JP",
        "serial": f"••• {content.serial}" if content.serial else "–",
        "started_on": day(content.started_on),
        "completed_on": day(content.completed_on),
        "issued_on": day(content.issued_on),
        "valid_until": day(content.valid_until) if content.valid_until else "–",
        "title_of": content.title or str(findings.MORE["other_title"]),
        "edition": str(content.edition),
        "key": str(findings.MORE["key"]).format(kid=checked.sealed.kid, owner=checked.key.owner),
    }


def _whole(content: Content, name: str) -> str:
    return getattr(content, name) + ("…" if name in content.cut else "")


def _asked(checked: Checked) -> dict[str, Any]:
    """What our record says of the certificate, where the key is one of ours."""
    assert checked.sealed is not None
    sealed, more = checked.sealed, findings.MORE
    if key_of(db.session(), sealed.kid) is None:
        return {"asked": more["elsewhere"], "asked_bad": False}
    found = queries.by_code(db.session(), sealed.code)
    if found is None:
        said, bad = str(more["unknown"]), True
    elif not found.is_intact or not agrees(sealed.content, content_of(found.content)):
        said, bad = str(more["differs"]), True
    elif found.revoked_at is not None and found.revocation_class is not None:
        on, why = day(local_date(found.revoked_at, LAST_ZONE)), CLASSES[found.revocation_class]
        said, bad = str(more["revoked"]).format(on=on, reason=why), True
    elif found.superseded_at is not None and found.successor is not None:
        on = day(local_date(found.superseded_at, LAST_ZONE))
        said, bad = str(more["superseded"]).format(on=on, number=found.successor.number), True
    elif found.standing_on(local_date(clock.now(), LAST_ZONE)) is Standing.EXPIRED:
        assert found.valid_until is not None
        said, bad = str(more["expired"]).format(on=day(found.valid_until)), True
    else:
        said, bad = escape(more["valid"]).format(at=moment(clock.now(), LAST_ZONE)), False
    return {"asked": said, "asked_bad": bad} | ({"bad": True, "title": said} if bad else {})
