"""What becomes of a certificate after its issue: decisions on plain values.

A certificate holds until it ends, is superseded by a corrected one, or is revoked. Whoever revokes
says a class of reasons, which is public, and the reason itself, which may name people and is not.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum

CONSENT = timedelta(days=14)  # for the second person to answer; then what was asked for lapses
CONSENT_ENDS_AFTER = timedelta(days=7)  # giving up the second person: so late, for all to see
REMIND_BEFORE = (90, 30, 7)  # days before the end
LAST_ZONE = "Asia/Jakarta"  # where a day of Indonesia ends last: an end is counted generously


class RevocationClass(StrEnum):
    """Why a certificate was revoked, in the words that everybody may read."""

    IDENTITY = "identity"  # it was issued to the wrong person
    DATA = "data"  # what it says is wrong
    REQUIREMENTS = "requirements"  # they were not met after all
    FRAUD = "fraud"
    DUPLICATE = "duplicate"  # it was issued twice
    ORDER = "order"  # of a court or an inspectorate
    OTHER = "other"


class Standing(StrEnum):
    """What a certificate is worth on a day, the gravest first."""

    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    VALID = "valid"


class ActKind(StrEnum):
    REVOKE = "revoke"
    CORRECT = "correct"


class Asked(StrEnum):
    """What became of an act that a second person must agree to."""

    WAITING = "waiting"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # nobody answered in time
    OVERTAKEN = "overtaken"  # the certificate was changed or revoked another way


class Wished(StrEnum):
    """What became of a holder's wish for a correction."""

    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"  # the certificate was revoked


class Answer(StrEnum):
    """What one may do about something that waits for a second person."""

    AGREE = "agree"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


def standing(
    *,
    revoked_at: datetime | None,
    superseded_at: datetime | None,
    valid_until: date | None,
    day: date,
) -> Standing:
    """What a certificate is worth on a day of Indonesia's westernmost zone. `valid_until` is the
    last day on which it holds."""
    if revoked_at is not None:
        return Standing.REVOKED
    if superseded_at is not None:
        return Standing.SUPERSEDED
    if valid_until is not None and day > valid_until:
        return Standing.EXPIRED
    return Standing.VALID


def answers(
    state: Asked, *, is_asker: bool, lapses_at: datetime, at: datetime
) -> frozenset[Answer]:
    """What somebody with the right may do about an act that was asked for: whoever asked may only
    take it back, everybody else agree or refuse, and nobody anything once it is settled or late."""
    if state is not Asked.WAITING or at >= lapses_at:
        return frozenset()
    return frozenset({Answer.WITHDRAW} if is_asker else {Answer.AGREE, Answer.REFUSE})


def consent_is_needed(needs_consent: bool, until: datetime | None, at: datetime) -> bool:
    """Whether a second person must agree now. `until` is set where it was given up: it holds on
    to that moment, so that nobody switches it off to act alone at once."""
    return needs_consent and (until is None or at < until)


def reminder_due(valid_until: date, day: date, sent: Collection[int]) -> int | None:
    """Which of the reminders (in days before the end) is due on a day; None where none is. After a
    pause only the one that fits now is sent, not those that were missed."""
    left = (valid_until - day).days
    fitting = [days for days in REMIND_BEFORE if 0 <= left <= days]
    due = min(fitting, default=None)
    return None if due is None or due in sent else due
