"""A credential judged by its signature, and what our record says of the certificate behind it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from corpu.credentials import queries
from corpu.credentials.badges.checking import Checked, check
from corpu.credentials.badges.document import Claims
from corpu.credentials.offline import known_keys
from corpu.signing.queries import key_of


class Record(StrEnum):
    """What the issuer's record says; of other agencies' certificates we have none."""

    VALID = "valid"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"  # by a corrected certificate
    UNKNOWN = "unknown"
    DIFFERS = "differs"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Judged:
    """`record` and `found` are None where no known key signed it: it is not asked for then."""

    checked: Checked
    record: Record | None = None
    found: queries.Shown | None = None

    @property
    def holds(self) -> bool:
        """Signature, time and, where it is ours, the record."""
        return self.checked.holds and self.record in (Record.VALID, Record.ELSEWHERE)

    @property
    def is_ours(self) -> bool:
        return self.record not in (None, Record.ELSEWHERE)


def judge(session: Session, text: str, *, at: datetime) -> Judged:
    """Judge a credential as JSON or JWT. Five statements at most."""
    checked = check(text, known_keys(session), at=at)
    if checked.claims is None:
        return Judged(checked)
    if key_of(session, checked.kid) is None:
        return Judged(checked, Record.ELSEWHERE)
    found = queries.by_code(session, checked.claims.code)
    return Judged(checked, _record(checked.claims, found), found)


def _record(claims: Claims, found: queries.Shown | None) -> Record:
    if found is None:
        return Record.UNKNOWN
    content = found.content
    same = (content.number, content.jp, content.completed_on, content.issued_on) == (
        claims.number,
        claims.jp,
        claims.completed_on,
        claims.issued_on,
    )
    if not found.is_intact or not same or not claims.names(content.name):
        return Record.DIFFERS
    if found.revoked_at is not None:
        return Record.REVOKED
    return Record.VALID if found.superseded_at is None else Record.SUPERSEDED
