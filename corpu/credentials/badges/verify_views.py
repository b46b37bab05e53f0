"""A credential that somebody shows, checked by the server."""

from typing import Any

from flask import request
from flask_babel import format_decimal
from markupsafe import escape
from werkzeug.wrappers import Response as AnyResponse

from corpu import clock
from corpu.credentials import findings
from corpu.credentials.badges import words
from corpu.credentials.badges.checking import LARGEST, Finding
from corpu.credentials.badges.verdicts import Judged, Record, judge
from corpu.credentials.blueprint import bp
from corpu.credentials.life import RevocationClass
from corpu.credentials.life_words import CLASSES
from corpu.credentials.public import public_page
from corpu.extensions import csrf, db
from corpu.i18n import day, moment
from corpu.permissions import Permission
from corpu.web import requires
from corpu.zones import local_date

ZONE = "Asia/Jakarta"  # of whoever asks without an account


@bp.post("/verify/credential")
@csrf.exempt  # changes nothing and asks for no session: there is nothing to forge
@requires(Permission.PUBLIC)
def verify_credential() -> AnyResponse:
    """Check a credential from a file or pasted."""
    typed = request.form.get("credential", "")
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        data = sent.stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            return _refused(str(words.TOO_LARGE), typed)
        typed = data.decode("utf-8-sig", errors="replace")
    return credential_verdict(typed)


def credential_verdict(typed: str) -> AnyResponse:
    """The page that says what a credential is worth."""
    if not typed.strip():
        return _refused(str(words.EMPTY), "")
    judged = judge(db.session(), typed, at=clock.now())
    finding = judged.checked.finding
    if finding is Finding.NOT_ONE:
        return _refused(f"{words.TITLES[finding]}. {words.TEXTS[finding]}", typed[:LARGEST])
    return public_page("credentials/credential.html", v=_said(judged))


def _refused(sentence: str, typed: str) -> AnyResponse:
    return public_page(
        "credentials/verify.html",
        422,
        typed="",
        asked=False,
        credential_error=sentence,
        credential_typed=typed,
    )


# Where our record is that of this very credential.
KNOWN = (Record.VALID, Record.REVOKED, Record.SUPERSEDED)


def _said(judged: Judged) -> dict[str, Any]:
    """The verdict as the page shows it: that of the record, where it knows worse."""
    checked, claims, record = judged.checked, judged.checked.claims, judged.record
    text = str(words.TEXTS[checked.finding])
    if checked.finding is Finding.UNKNOWN_KEY:
        text = f"{text} ({checked.kid})"
    said = {
        "empty": False,
        "bad": not judged.holds,
        "title": words.TITLES[checked.finding],
        "text": text,
        "warnings": [findings.MORE["demo"]] if claims and claims.is_example else [],
        "facts": _facts(judged) if claims else None,
        "asked": "",
        "asked_bad": False,
        "address": claims.address if claims else "",
    }
    if record is not None:
        said["asked"] = _asked(judged, record)
        said["asked_bad"] = record not in (Record.VALID, Record.ELSEWHERE)
        if checked.holds and said["asked_bad"]:
            said["title"], said["text"] = said["asked"], words.TEXTS[Finding.HOLDS]
    return said


def _asked(judged: Judged, record: Record) -> str:
    text, found = str(words.ASKED[record]), judged.found
    if record is Record.VALID:
        return escape(text).format(at=moment(clock.now(), ZONE))
    if record is Record.REVOKED and found is not None and found.revoked_at is not None:
        on = day(local_date(found.revoked_at, ZONE))
        reason = CLASSES[found.revocation_class or RevocationClass.OTHER]
        return text.format(on=on, reason=reason)
    return text


def _facts(judged: Judged) -> dict[str, str]:
    claims, key = judged.checked.claims, judged.checked.key
    assert claims is not None
    assert key is not None
    # Only of our own record do we know the name: the credential holds no more than its hash.
    content = None
    if judged.found is not None and judged.record in KNOWN:
        content = judged.found.content
    return {
        "name": content.name if content else str(words.UNKNOWN_NAME),
        "number": claims.number,
        "course_title": claims.course_title,
        "issuer": claims.issuer,
        "jp": f"{format_decimal(claims.jp)} JP",
        "serial": f"••• {content.nip[-3:]}" if content and content.nip else "–",
        "started_on": day(claims.started_on),
        "completed_on": day(claims.completed_on),
        "issued_on": day(claims.issued_on),
        "title_of": claims.title,
        "edition": claims.edition,
        "key": str(findings.MORE["key"]).format(kid=key.kid, owner=key.owner),
    }
