"""What is answered to whoever asks about certificates, one or many: the same as `/verify` says,
and no more about people.

A code, or what a QR holds, is enough: nobody guesses those. A number is printed on every copy and
counts up, so it opens nothing without the name or the NIP that stands beside it; a number that is
right with a name that is wrong is answered like one that is unknown.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from corpu.credentials import queries
from corpu.credentials.checking import Checked, check
from corpu.credentials.payload import agrees, content_of
from corpu.credentials.queries import Shown
from corpu.credentials.rules import format_code, mask_nip, normalise_code
from corpu.people.rules import nip_digits
from corpu.signing.queries import published_keys, trusted_keys
from corpu.signing.rules import PublicKey
from corpu.texts import clean_text
from corpu.zones import local_date

ZONE = "Asia/Jakarta"  # of whoever asks without an account
TITLES = {"prof", "dr", "drs", "dra", "drg", "drh", "ir", "apt", "ns", "h", "hj"}
LONGEST = 2000  # letters of what is asked about one


class State(StrEnum):
    """What is known of a certificate."""

    VALID = "valid"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"  # a corrected one has taken its place
    EXPIRED = "expired"
    UNCERTAIN = "uncertain"  # our record is not what it was, or not what the QR says
    UNKNOWN = "unknown"
    FORGED = "forged"  # what the QR holds does not hold
    ELSEWHERE = "elsewhere"  # signed by an agency that we trust: ask there whether it stands
    INCOMPLETE = "incomplete"  # nothing to look for, or a number alone
    NOT_CHECKED = "not_checked"  # after too many unknown ones


NEGATIVE = (State.UNKNOWN, State.FORGED)  # what counts as a miss


@dataclass(frozen=True)
class Question:
    """What is known of one certificate: a code or what its QR holds; or number with name or NIP."""

    code: str = ""  # or an address that ends with it, or what a QR holds
    number: str = ""
    name: str = ""
    nip: str = ""


@dataclass(frozen=True)
class Answer:
    """What is answered. `shown` is there where something of the record may be said."""

    question: Question
    state: State
    shown: Shown | None = None
    checked: Checked | None = None

    @property
    def is_miss(self) -> bool:
        return self.state in NEGATIVE


def answer(session: Session, questions: Sequence[Question], *, at: datetime) -> list[Answer]:
    """Answer them in their order. Two statements for each 500 codes and two for each 500 numbers;
    three more where a QR is among them."""
    own: list[PublicKey] = []
    keys: list[PublicKey] = []
    if any("#" in question.code for question in questions):
        own = published_keys(session)
        keys = [*own, *trusted_keys(session)]
    judged = [_judged(question, keys, at) for question in questions]
    codes = [_code(question, one) for question, one in zip(questions, judged, strict=True)]
    numbers = [
        _number(question.number) if code is None and _has_second(question) else None
        for question, code in zip(questions, codes, strict=True)
    ]
    found = _Found(
        queries.by_codes(session, {code for code in codes if code}),
        queries.by_numbers(session, {number for number in numbers if number}),
        {key.kid for key in own},
    )
    return [
        _answer(question, code, number, checked, found, at)
        for question, code, number, checked in zip(questions, codes, numbers, judged, strict=True)
    ]


@dataclass(frozen=True)
class _Found:
    codes: dict[str, Shown]
    numbers: dict[str, Shown]
    own: Collection[str]  # our keys


def _answer(
    question: Question,
    code: str | None,
    number: str | None,
    checked: Checked | None,
    found: _Found,
    at: datetime,
) -> Answer:
    if checked is not None:
        return _of_payload(question, checked, found, at)
    if code is not None:
        shown = found.codes.get(code)
        return Answer(question, State.UNKNOWN if shown is None else state_of(shown, at), shown)
    if question.code.strip():
        return Answer(question, State.UNKNOWN)
    if number is None:
        return Answer(question, State.INCOMPLETE)
    shown = found.numbers.get(number)
    if shown is None or not fits(question, shown):
        return Answer(question, State.UNKNOWN)
    return Answer(question, state_of(shown, at), shown)


def _of_payload(question: Question, checked: Checked, found: _Found, at: datetime) -> Answer:
    """By its signature first; what our own key has signed is then compared with our record."""
    if not checked.holds:
        return Answer(question, State.FORGED, checked=checked)
    assert checked.sealed is not None
    if checked.sealed.kid not in found.own:
        return Answer(question, State.ELSEWHERE, checked=checked)
    shown = found.codes.get(normalise_code(checked.sealed.code) or "")
    if shown is None:
        return Answer(question, State.UNKNOWN, checked=checked)
    if not agrees(checked.sealed.content, content_of(shown.content)):
        return Answer(question, State.UNCERTAIN, checked=checked)
    return Answer(question, state_of(shown, at), shown, checked)


def state_of(shown: Shown, at: datetime) -> State:
    """What a certificate of ours is worth at a moment."""
    if not shown.is_intact:
        return State.UNCERTAIN
    return State(queries.standing_of(shown, local_date(at, ZONE)).value)


def facts_of(shown: Shown) -> dict[str, Any]:
    """What `/verify` shows of a certificate, as JSON values."""
    content = shown.content
    return {
        "code": format_code(content.code),
        "number": content.number,
        "title": content.title,
        "name": content.name,
        "nip": mask_nip(content.nip),
        "unit": content.unit or content.agency,
        "course": content.course_title,
        "jp": f"{content.jp.normalize():f}",
        "completed_on": content.completed_on.isoformat(),
        "issued_on": content.issued_on.isoformat(),
        "issuer": content.issuer,
        "example": content.demo,
    }


def as_json(one: Answer) -> dict[str, Any]:
    """An answer as machines read it. Nothing is said of a record that cannot be relied upon."""
    said: dict[str, Any] = {"state": one.state.value}
    if one.checked is not None:
        said["finding"] = one.checked.finding.value
    if one.shown is not None and one.state is not State.UNCERTAIN:
        said["certificate"] = facts_of(one.shown)
        if one.shown.revoked_at is not None:
            said["revoked_on"] = local_date(one.shown.revoked_at, ZONE).isoformat()
            if one.shown.revocation_class is not None:
                said["revoked_for"] = one.shown.revocation_class.value
        if one.shown.valid_until is not None:
            said["valid_until"] = one.shown.valid_until.isoformat()
        if one.shown.successor is not None:
            said["successor"] = format_code(one.shown.successor.code)
    if one.state is State.ELSEWHERE and one.checked is not None and one.checked.sealed is not None:
        said["ask"] = one.checked.sealed.address
    return said


# ------------------------------------------------------------------------- what was written


def _judged(question: Question, keys: Sequence[PublicKey], at: datetime) -> Checked | None:
    """What a QR is worth by itself; None where there is only a code, or nothing."""
    if "#" not in question.code:
        return None
    return check(question.code.strip(), keys, today=at.date())


def _code(question: Question, checked: Checked | None) -> str | None:
    if checked is not None:
        if not checked.holds or checked.sealed is None:
            return None
        return normalise_code(checked.sealed.code)
    return normalise_code(question.code.strip().rstrip("/").rpartition("/")[2])


def _number(text: str) -> str | None:
    return clean_text(text) or None


def _has_second(question: Question) -> bool:
    return bool(question.number.strip() and (question.name.strip() or question.nip.strip()))


def fits(question: Question, shown: Shown) -> bool:
    """Whether name or NIP beside a number are those of the certificate. Where both were given,
    both must fit. The name is compared letter by letter, without case; titles may be left out."""
    content = shown.content
    if question.nip.strip() and nip_digits(question.nip) != (content.nip or None):
        return False
    if question.name.strip():
        name = _plain(question.name)
        return bool(name) and name == _plain(content.name)
    return bool(question.nip.strip())


def _plain(name: str) -> str:
    """A name as it is compared: letters and digits in lower case, without titles, which are
    what stands behind a comma and some abbreviations in front."""
    words = clean_text(name).casefold().partition(",")[0].split()
    while len(words) > 1 and words[0].rstrip(".") in TITLES:
        words.pop(0)
    return "".join(letter for word in words for letter in word if letter.isalnum())
