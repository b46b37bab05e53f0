"""Certificates from elsewhere, as they are claimed for the Buku JP: those of another CorpU are
known by the keys that we trust, signed PDFs by the roots that the operator has named."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from corpu.credentials import queries
from corpu.credentials.badges.checking import Finding as BadgeFinding
from corpu.credentials.badges.checking import looks_like_one
from corpu.credentials.badges.verdicts import Record, judge
from corpu.credentials.checking import Finding, check
from corpu.credentials.documents import Storage
from corpu.credentials.life import RevocationClass
from corpu.credentials.life_words import CLASSES
from corpu.credentials.offline import known_keys
from corpu.credentials.payload import Sealed, agrees, content_of
from corpu.credentials.pdf_links import credentials, links
from corpu.hours import checks
from corpu.hours.checks import Certified, Differs, Found, Seal
from corpu.hours.models import LearningClaim, ProofCheck
from corpu.hours.pairs import title_words
from corpu.hours.proofs import Kind
from corpu.pdf_signatures import NotRead, signatures_of
from corpu.people.models import Person
from corpu.signing.pdf_check import trusted
from corpu.signing.queries import key_of
from corpu.storage import Missing

log = logging.getLogger(__name__)

OF_QR = {
    Finding.HOLDS: Seal.PROVEN,
    Finding.WRONG: Seal.ALTERED,
    Finding.UNKNOWN_KEY: Seal.UNKNOWN_KEY,
    Finding.COMPROMISED: Seal.KEY_LOST,
    Finding.RETIRED: Seal.DOUBTFUL,
    Finding.NOT_YET: Seal.DOUBTFUL,
    Finding.EXPIRED: Seal.EXPIRED,
}
OF_BADGE = {
    BadgeFinding.HOLDS: Seal.PROVEN,
    BadgeFinding.WRONG: Seal.ALTERED,
    BadgeFinding.UNKNOWN_KEY: Seal.UNKNOWN_KEY,
    BadgeFinding.COMPROMISED: Seal.KEY_LOST,
    BadgeFinding.RETIRED: Seal.DOUBTFUL,
    BadgeFinding.NOT_YET: Seal.DOUBTFUL,
    BadgeFinding.EXPIRED: Seal.EXPIRED,
}
OF_RECORD = {
    Record.REVOKED: Seal.REVOKED,
    Record.SUPERSEDED: Seal.DOUBTFUL,
    Record.UNKNOWN: Seal.DOUBTFUL,
    Record.DIFFERS: Seal.DOUBTFUL,
}


def recognised(session: Session, text: str, *, at: datetime, name: str) -> Certified | None:
    """What a text is worth as a certificate of a CorpU, ours or another's; None where it is none.

    `name` is the full name of whom it should be of.
    """
    if looks_like_one(text):
        return _badge(session, text, at, name)
    return _qr(session, text, at, name)


def is_ours(session: Session, certified: Certified) -> bool:
    """Whether it was issued here, where its hours are recorded already."""
    return key_of(session, certified.kid) is not None


def _badge(session: Session, text: str, at: datetime, name: str) -> Certified | None:
    judged = judge(session, text, at=at)
    checked, claims = judged.checked, judged.checked.claims
    if checked.finding is BadgeFinding.NOT_ONE:
        return None
    seal = OF_BADGE[checked.finding]
    if claims is None or checked.key is None:
        return Certified(seal, kid=checked.kid)
    if seal is Seal.PROVEN:
        seal = Seal.EXAMPLE if claims.is_example else seal
        seal = OF_RECORD.get(judged.record, seal) if judged.record else seal
    return Certified(
        seal,
        address=claims.address,
        owner=checked.key.owner,
        kid=checked.kid,
        number=claims.number,
        title=claims.course_title,
        issuer=claims.issuer,
        jp=claims.jp,
        started_on=claims.started_on,
        ended_on=claims.completed_on,
        reason=_reason(judged.found),
        differs=() if claims.names(name) else (Differs.NAME,),
    )


def _qr(session: Session, text: str, at: datetime, name: str) -> Certified | None:
    checked = check(text, known_keys(session), today=at.date())
    if checked.sealed is None:
        return None
    seal = OF_QR[checked.finding]
    if checked.key is None or seal is Seal.ALTERED:
        return Certified(seal, kid=checked.sealed.kid)
    content = checked.sealed.content
    found = _recorded(session, checked.sealed)
    if seal is Seal.PROVEN:
        seal = Seal.EXAMPLE if content.demo else seal
        seal = found[0] if found else seal
    return Certified(
        seal,
        address=checked.sealed.address,
        owner=checked.key.owner,
        kid=checked.sealed.kid,
        number=content.number,
        name=content.name,
        title=content.course_title,
        issuer=content.issuer,
        jp=content.jp,
        started_on=content.started_on,
        ended_on=content.completed_on,
        reason=found[1] if found else "",
        differs=() if _is_named(content.name, "name" in content.cut, name) else (Differs.NAME,),
    )


def _recorded(session: Session, sealed: Sealed) -> tuple[Seal, str] | None:
    """What speaks against it in our own record; None where nothing does, and for others'."""
    if key_of(session, sealed.kid) is None:
        return None
    found = queries.by_code(session, sealed.code)
    if (
        found is None
        or not found.is_intact
        or not agrees(sealed.content, content_of(found.content))
    ):
        return Seal.DOUBTFUL, ""
    if found.revoked_at is not None:
        return Seal.REVOKED, _reason(found)
    return None if found.superseded_at is None else (Seal.DOUBTFUL, "")


def _reason(found: queries.Shown | None) -> str:
    """Of a revocation the class: the reason itself is not for whoever sends the certificate."""
    if found is None or found.revoked_at is None:
        return ""
    return str(CLASSES[found.revocation_class or RevocationClass.OTHER])


def _is_named(printed: str, is_cut: bool, name: str) -> bool:
    return name.startswith(printed) if is_cut else name == printed


# -------------------------------------------------------------------------------- the job


def look(session: Session, payload: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Before the job's transaction: what the proof of a claim holds. Reads files of strangers."""
    storage = current_app.extensions["storage"]
    found, data = found_in(session, storage, UUID(payload["claim_id"]), at=at)
    session.close()
    try:
        found = replace(found, signatures=tuple(_signatures(data)))
    except NotRead:
        found = replace(found, is_unreadable=True)
    return {"found": checks.to_json(found)}


def found_in(
    session: Session, storage: Storage, claim_id: UUID, *, at: datetime
) -> tuple[Found, bytes]:
    """The certificate of a CorpU in the proof of a claim, and the proof where it is a PDF."""
    row = session.get_one(ProofCheck, claim_id)
    claim = session.get_one(LearningClaim, claim_id)
    name = session.get_one(Person, claim.person_id).full_name
    data, certified = _file(storage, claim), None
    for text in (row.shown, *_texts(data)):
        one = recognised(session, text, at=at, name=name) if text else None
        if one is not None and (certified is None or one.seal is Seal.PROVEN):
            certified = one
        if certified is not None and certified.seal is Seal.PROVEN:
            break
    return Found(certified=certified and _compared(certified, claim)), data


def keep(session: Session, payload: dict[str, Any], at: datetime) -> None:
    """The job's transaction."""
    checks.keep(session, UUID(payload["claim_id"]), payload["found"], at=at)


def _file(storage: Storage, claim: LearningClaim) -> bytes:
    """The bytes of a PDF; nothing of pictures, whose QR is read by the browser or not at all."""
    if claim.proof_sha256 is None or claim.proof_kind is not Kind.PDF:
        return b""
    try:
        return storage.get(claim.proof_sha256)
    except Missing:
        log.error("the proof of claim %s is missing", claim.id)
        return b""


def _texts(data: bytes) -> Iterator[str]:
    if data:
        yield from credentials(data)
        yield from (link for link in links(data) if "#" in link)


def _signatures(data: bytes) -> Any:
    roots = trusted(current_app.config["SETTINGS"].esign.trust)
    return signatures_of(data, roots.decode("ascii")) if data else ()


def _compared(certified: Certified, claim: LearningClaim) -> Certified:
    """With what the claim says otherwise. A title that was cut only helps to compare."""
    differs = list(certified.differs)
    if not certified.owner:
        return certified
    if not title_words(certified.title) <= title_words(claim.title):
        differs.append(Differs.TITLE)
    if (claim.started_on, claim.ended_on) != (certified.started_on, certified.ended_on):
        differs.append(Differs.DAYS)
    if Decimal(claim.jp) != certified.jp:
        differs.append(Differs.JP)
    return replace(certified, differs=tuple(differs))
