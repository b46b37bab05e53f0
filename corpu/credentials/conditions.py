"""Why is there no certificate yet? Every condition from enrolment to document, from one function.

Pages of the learner, of the supervisor and of the manager, the files for machines and the list of
what waits all read `conditions`. What it calls fulfilled is what completion and issue accept:
it asks the same rules (`learning.rules`, `facts.lacking`, `facts.Draft`) and keeps none of its own.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from corpu.catalog import queries as catalog
from corpu.credentials.cases import Case, case_before, cases_of
from corpu.credentials.facts import Draft, Issuing, lacking, waits_for_batch
from corpu.credentials.kinds import NO_DOCUMENT
from corpu.credentials.models import Certificate
from corpu.credentials.reasons import Reason, Refused
from corpu.credentials.rules import CODE_LENGTH, is_printable_jp
from corpu.credentials.service import render_key
from corpu.credentials.snapshot import Signatory
from corpu.jobs import Job
from corpu.learning.conditions import Act, Condition, Need, State, of_learning
from corpu.learning.models import Completion, Enrolment
from corpu.learning.seat import Seat, seats_at
from corpu.signing.service import can_sign
from corpu.zones import local_date

NEED_OF = {
    Reason.NO_ISSUER: Need.ISSUER,
    Reason.NO_SIGNATORY: Need.SIGNATORY,
    Reason.NO_PLACE: Need.PLACE,
    Reason.BROKEN_TEMPLATE: Need.NUMBER,
    Reason.NUMBER_TAKEN: Need.NUMBER,
    Reason.UNPRINTABLE: Need.CONTENT,
    Reason.NO_REGISTRATION: Need.REGISTRATION,
    Reason.FAILED: Need.CONTENT,
    Reason.KEY_LOCKED: Need.KEY,
    Reason.BATCH: Need.BATCH,
}
OF_ISSUE = (Need.HOURS, *dict.fromkeys(NEED_OF.values()))  # what issuing asks, in order
SPELT_OUT = "–"  # in the place of what is not set yet, so that the rest can be tried
NOBODY = Issuing(
    id=UUID(int=0),
    unit_id=UUID(int=0),
    unit_name=SPELT_OUT,
    timezone="Asia/Jakarta",
    place=SPELT_OUT,
    signatory=Signatory(SPELT_OUT, "", SPELT_OUT, ""),
    number_template="{seq}/{tahun}",
    classification="",
    unit_token="",
)


@dataclass(frozen=True)
class Prospect:
    """The certificate that a person has or may get on a course, and what stands before it."""

    seat: Seat
    case: Case
    conditions: tuple[Condition, ...]

    @property
    def has_document(self) -> bool:
        """Whether the course ends with a document at all."""
        return self.case.facts.kind != NO_DOCUMENT

    @property
    def unmet(self) -> tuple[Condition, ...]:
        return tuple(one for one in self.conditions if not one.is_done)

    def meets(self, *needs: Need) -> bool:
        """Whether every condition of these kinds is fulfilled."""
        return all(one.is_done for one in self.conditions if one.need in needs)


def conditions(
    session: Session, person_id: UUID | None, seats: Collection[Seat], *, at: datetime
) -> list[Prospect]:
    """What stands between each seat and its certificate, in the order of the seats.

    `person_id` is who looks at a course that they have not taken; None where all seats are
    somebody's. One statement for any number of seats; two more where a completed course has no
    certificate, to see whether its number is free and its key opens, and one where a document
    is not drawn yet.
    """
    cases = cases_of(session, seats, at=at)
    pairs: list[tuple[Seat, Case]] = []
    for seat in seats:
        if seat.enrolment_id is not None:
            pairs.append((seat, cases[seat.enrolment_id]))
        elif person_id is not None:
            pairs.append((seat, case_before(session, person_id, seat, at=at)))
    drafts = [_draft(session, case, at) for _seat, case in pairs]
    numbers = [_number(case, made) for (_seat, case), made in zip(pairs, drafts, strict=True)]
    taken = _taken(
        session,
        [
            text
            for (_seat, case), text in zip(pairs, numbers, strict=True)
            if isinstance(text, str) and case.completion_id is not None
        ],
    )
    is_due = any(
        case.completion_id is not None and case.certificate is None for _seat, case in pairs
    )
    is_locked = is_due and not can_sign(session)
    given_up = _given_up(session, [case for _seat, case in pairs])
    return [
        Prospect(
            seat,
            case,
            (
                *_learning(seat, case),
                *_issuing(case, made, number, taken, is_locked),
                *_document(case, given_up),
            )
            if case.facts.kind != NO_DOCUMENT
            else _learning(seat, case),
        )
        for (seat, case), made, number in zip(pairs, drafts, numbers, strict=True)
    ]


def lacking_of(
    session: Session, person_id: UUID, *, at: datetime, undrawn: bool = False
) -> list[Prospect]:
    """The courses of a person that may still bring a certificate: those under way, and those
    completed without it, also before they were taken again; with `undrawn`, also certificates
    whose document is not drawn yet. One statement besides those of `conditions`."""
    to_draw = Certificate.pdf_sha256.is_(None) & Certificate.revoked_at.is_(None)
    without = (
        select(Enrolment.id)
        .outerjoin(Completion, Completion.enrolment_id == Enrolment.id)
        .outerjoin(
            Certificate,
            (Certificate.completion_id == Completion.id) & Certificate.superseded_at.is_(None),
        )
        .where(
            Enrolment.person_id == person_id,
            Enrolment.left_at.is_(None) | Enrolment.completed_at.is_not(None),
            Certificate.id.is_(None) | to_draw if undrawn else Certificate.id.is_(None),
        )
    )
    found = conditions(session, None, seats_at(session, without), at=at)
    return [one for one in found if one.has_document]


def _learning(seat: Seat, case: Case) -> tuple[Condition, ...]:
    """What learning asks, with since when answers wait for their grade."""
    return tuple(
        replace(one, since=case.awaiting.get(one.page.id))
        if one.state is State.WAITING and one.page is not None
        else one
        for one in of_learning(seat)
    )


def _draft(session: Session, case: Case, at: datetime) -> Draft:
    """The certificate as it would be put together now, with a dash for what is not set."""
    issuing = case.issuing or NOBODY
    signs = issuing.signatory
    return Draft(
        facts=case.facts,
        issuing=replace(
            issuing,
            place=issuing.place if issuing.place.strip() else SPELT_OUT,
            signatory=replace(
                signs,
                name=signs.name if signs.name.strip() else SPELT_OUT,
                post=signs.post if signs.post.strip() else SPELT_OUT,
            ),
        ),
        outline=catalog.outline(session, case.facts.edition_id),
        code="0" * CODE_LENGTH,
        issued_on=local_date(at, issuing.timezone),
    )


def _number(case: Case, made: Draft) -> str | Refused | None:
    """The number that it would get next, or why there is none; None where nobody issues it."""
    if case.issuing is None or case.certificate is not None or case.facts.kind == NO_DOCUMENT:
        return None
    last = case.last.get((case.facts.kind, made.issued_on.year), 0)
    try:
        return made.number(last + 1)
    except Refused as refusal:
        return refusal


def _taken(session: Session, numbers: Collection[str]) -> set[str]:
    """Which of these numbers another certificate bears already."""
    if not numbers:
        return set()
    return set(session.scalars(select(Certificate.number).where(Certificate.number.in_(numbers))))


def _issuing(
    case: Case,
    made: Draft,
    number: str | Refused | None,
    taken: Collection[str],
    is_locked: bool,
) -> list[Condition]:
    """What issuing asks. A certificate that stands has answered all of it."""
    if case.certificate is not None:
        done = [Condition(need, State.DONE) for need in OF_ISSUE]
        return [*done, Condition(Need.ISSUED, State.DONE, since=case.certificate.issued_at)]
    refused: dict[Need, tuple[Reason, str]] = {}
    lacks = [Reason.NO_ISSUER] if case.issuing is None else lacking(case.facts, case.issuing)
    for reason in lacks:
        refused[NEED_OF[reason]] = (reason, "")
    if isinstance(number, Refused):
        refused[Need.NUMBER] = (number.reason, number.detail)
    elif number in taken:
        refused[Need.NUMBER] = (Reason.NUMBER_TAKEN, str(number))
    if (content := _content(made, number)) is not None:
        refused[Need.CONTENT] = content
    if is_locked and case.completion_id is not None:
        refused[Need.KEY] = (Reason.KEY_LOCKED, "")
    if case.issuing is not None and waits_for_batch(case.facts, case.issuing):
        refused[Need.BATCH] = (Reason.BATCH, "")
    found = [_hours(case)]
    since = case.waits.since if case.waits else None
    for need in OF_ISSUE[1:]:
        if need in refused:
            reason, detail = refused[need]
            act = Act.SYSTEM if reason is Reason.FAILED else Act.MANAGER
            found.append(
                Condition(need, State.MISSING, act, since=since, reason=reason, detail=detail)
            )
        elif case.issuing is None and need in (Need.SIGNATORY, Need.PLACE, Need.NUMBER):
            found.append(Condition(need, State.MISSING, Act.MANAGER, since=since))
        else:
            found.append(Condition(need, State.DONE))
    if case.completion_id is not None and all(one.is_done for one in found):
        found.append(Condition(Need.ISSUED, State.WAITING, Act.SYSTEM, since=since))
    else:
        found.append(Condition(Need.ISSUED, State.MISSING))
    return found


def _content(made: Draft, number: str | Refused | None) -> tuple[Reason, str] | None:
    """Why the content cannot be put together, or None. As `service` does, any fault of ours is
    one more reason and no crash."""
    try:
        made.content(number if isinstance(number, str) else "1")
    except Refused as refusal:
        return refusal.reason, refusal.detail
    except SQLAlchemyError:
        raise
    except Exception:
        return Reason.FAILED, ""
    return None


def _hours(case: Case) -> Condition:
    """The JP can be written in figures and words (`rules.jp_words`)."""
    if is_printable_jp(case.facts.jp):
        return Condition(Need.HOURS, State.DONE)
    return Condition(Need.HOURS, State.MISSING, Act.TEACHER)


def _given_up(session: Session, cases: Collection[Case]) -> set[UUID]:
    """The certificates whose document the worker has given up drawing."""
    keys = {
        render_key(case.certificate.id): case.certificate.id
        for case in cases
        if case.certificate is not None and not case.certificate.is_drawn
    }
    if not keys:
        return set()
    failed = select(Job.dedup).where(Job.dedup.in_(keys), Job.state == "failed")
    return {keys[key] for key in session.scalars(failed) if key}


def _document(case: Case, given_up: Collection[UUID]) -> list[Condition]:
    issued = case.certificate
    if issued is None:
        return [Condition(Need.DOCUMENT, State.MISSING)]
    if issued.is_drawn:
        return [Condition(Need.DOCUMENT, State.DONE)]
    if issued.id in given_up:
        return [
            Condition(
                Need.DOCUMENT,
                State.MISSING,
                Act.MANAGER,
                since=issued.issued_at,
                reason=Reason.FAILED,
            )
        ]
    return [Condition(Need.DOCUMENT, State.WAITING, Act.SYSTEM, since=issued.issued_at)]
