"""Issuing, and trying again. Every function flushes and none commits."""

import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from corpu.catalog.models import Course
from corpu.credentials.batch_models import BatchCourse
from corpu.credentials.facts import (
    Draft,
    Facts,
    Issuing,
    draft,
    facts_of,
    issuing_unit,
    waits_for_batch,
)
from corpu.credentials.kinds import NO_DOCUMENT
from corpu.credentials.models import Certificate, NumberSequence, PendingCertificate
from corpu.credentials.reasons import Reason, Refused
from corpu.credentials.rules import new_code
from corpu.credentials.sealing import qr_payload
from corpu.credentials.signatures import log_issue, log_issues, signed_bytes
from corpu.events import (
    CourseCompleted,
    IssuerChanged,
    KeyCreated,
)
from corpu.jobs import enqueue
from corpu.learning.models import Completion
from corpu.people.queries import branch
from corpu.signing.service import KeyLocked, Signer, signer

log = logging.getLogger(__name__)

RENDER, RETRY = "credentials.render", "credentials.retry"
RENDER_ALL = "credentials.render_all"
DRAW_AFTER = timedelta(minutes=1)  # whoever waits for one document comes before a batch
BATCH = 100  # certificates per transaction, so that nobody waits long behind a batch
RETRY_EVERY = timedelta(minutes=10)


# ------------------------------------------------------------------------------ issuing


def issue_for_completion(session: Session, event: CourseCompleted) -> None:
    """Issue the certificate of a completion, or let it wait with the reason and who must act.

    Whatever is refused here undoes nothing else: the completion, its hours and its evidence
    stand. A course without a document gets none. A second call finds the first's certificate.
    """
    for facts in facts_of(session, [event.completion_id]):
        if facts.kind != NO_DOCUMENT:
            _issue([facts], session, at=event.at)


@dataclass
class Tried:
    """What became of asking for certificates, by completion."""

    new: set[UUID] = field(default_factory=set)
    present: set[UUID] = field(default_factory=set)  # had one already
    refused: dict[UUID, Refused] = field(default_factory=dict)

    @property
    def with_certificate(self) -> int:
        return len(self.new) + len(self.present)


def issue_in_batch(session: Session, completions: list[UUID], *, at: datetime) -> Tried:
    """Issue for these completions, in this order of numbers, also those that wait for a batch.
    Whoever has a certificate keeps it; what is refused waits with its reason."""
    facts = {one.completion_id: one for one in facts_of(session, completions)}
    several = [facts[one] for one in completions if one in facts]
    with_document = [one for one in several if one.kind != NO_DOCUMENT]
    return _issue(with_document, session, at=at, in_batch=True)


def _issue(
    several: list[Facts], session: Session, *, at: datetime, in_batch: bool = False
) -> Tried:
    """Issue for each.

    Numbers come last and in the order of their sequences: two transactions that take
    numbers of the same two units never wait for one another in a circle.
    """
    drafts: list[Draft] = []
    tried = Tried()
    units: dict[UUID, Issuing | None] = {}
    known = set(
        session.scalars(
            select(Certificate.completion_id).where(
                Certificate.completion_id.in_([facts.completion_id for facts in several])
            )
        )
    )
    for facts in several:
        if facts.completion_id in known:
            tried.present.add(facts.completion_id)
            continue
        if facts.owner_unit_id not in units:
            units[facts.owner_unit_id] = issuing_unit(session, facts.owner_unit_id)
        issuing = units[facts.owner_unit_id]
        try:
            made = _draft(session, facts, issuing, at)
            if not in_batch and waits_for_batch(facts, made.issuing):
                raise Refused(Reason.BATCH)
            drafts.append(made)
        except Refused as refusal:
            _let_wait(session, facts, issuing, refusal, at)
            tried.refused[facts.completion_id] = refusal
    pen = _pen(session, at) if drafts else None
    drafts.sort(key=lambda made: made.sequence_key)
    for key, same in groupby(drafts, key=lambda made: made.sequence_key):
        group = list(same)
        if len(group) > 1 and pen is not None and _keep_all(session, key, group, pen, at):
            tried.new |= {made.facts.completion_id for made in group}
            continue
        for made in group:
            try:
                _number_and_keep(session, made, pen, at)
            except Refused as refusal:
                _let_wait(session, made.facts, made.issuing, refusal, at)
                tried.refused[made.facts.completion_id] = refusal
            else:
                tried.new.add(made.facts.completion_id)
    _no_longer_wait(session, tried.new | tried.present)
    return tried


def _draft(session: Session, facts: Facts, issuing: Issuing | None, at: datetime) -> Draft:
    try:
        return draft(session, facts, issuing, new_code(), at=at)
    except (Refused, SQLAlchemyError):
        raise
    except Exception as error:
        raise _fault(facts, error) from error


def _fault(facts: Facts, error: Exception) -> Refused:
    """A fault of ours must not cost the learner the attempt that completed the course, nor the
    others of a batch their certificates."""
    log.error("no certificate for completion %s", facts.completion_id, exc_info=error)
    return Refused(Reason.FAILED)


def _pen(session: Session, at: datetime) -> Signer | None:
    """What signs them all; None where the secret of the server does not open the key."""
    try:
        return signer(session, at=at)
    except KeyLocked:
        log.error("certificates wait: the signing key does not open with this server's secret")
        return None


def _number_and_keep(
    session: Session, made: Draft, pen: Signer | None, at: datetime
) -> Certificate:
    """Take the next number, sign and insert, or nothing: a refusal gives the number back."""
    if pen is None:
        raise Refused(Reason.KEY_LOCKED)
    facts, number = made.facts, ""
    try:
        with session.begin_nested():
            sequence = next_number(session, *made.sequence_key)
            number = made.number(sequence)
            certificate = _certificate(made, sequence, pen, at)
            session.add(certificate)
    except DataError as error:
        raise _fault(facts, error) from error
    except IntegrityError:
        # Two units whose templates write alike, or the same completion from elsewhere.
        first = session.scalar(
            select(Certificate).filter_by(completion_id=facts.completion_id, superseded_at=None)
        )
        if first is not None:
            return first
        if session.scalar(select(Certificate.id).filter_by(number=number)) is not None:
            raise Refused(Reason.NUMBER_TAKEN, number) from None
        raise
    ask_to_draw(session, certificate.id, at, is_first=True)
    log_issue(session, certificate.code, certificate.snapshot_sha256, at=at)
    return certificate


def _keep_all(
    session: Session,
    key: tuple[UUID, str, int],
    group: list[Draft],
    pen: Signer,
    at: datetime,
) -> bool:
    """Number, sign and insert all of a sequence in a handful of statements, or none: where one
    of them is refused the numbers go back, and the answer is False."""
    try:
        with session.begin_nested():
            first = next_number(session, *key, many=len(group)) - len(group) + 1
            rows = [_certificate(made, first + n, pen, at) for n, made in enumerate(group)]
            session.add_all(rows)
    except (DataError, IntegrityError, Refused):
        return False
    drawn = {"certificate_ids": [str(row.id) for row in rows]}
    enqueue(session, RENDER_ALL, drawn, at=at, run_at=at + DRAW_AFTER)
    log_issues(session, rows, at=at)
    return True


def _certificate(made: Draft, sequence: int, pen: Signer, at: datetime) -> Certificate:
    """The certificate with this place in its sequence, signed. Raises Refused."""
    facts = made.facts
    try:
        content = made.numbered(sequence)
        signature = pen.sign(signed_bytes(content), at=at)
        payload = qr_payload(content, pen, at=at)
    except Refused:
        raise
    except Exception as error:
        raise _fault(facts, error) from error
    return Certificate(
        completion_id=facts.completion_id,
        person_id=facts.person_id,
        course_id=facts.course_id,
        issuer_id=made.issuing.id,
        kind=facts.kind,
        year=made.issued_on.year,
        sequence=sequence,
        number=content.number,
        code=content.code,
        snapshot=content.to_dict(),
        snapshot_sha256=content.sha256(),
        issued_at=at,
        valid_until=content.valid_until,
        renews_id=facts.renews_id,
        signature=signature.value,
        kid=signature.kid,
        signed_at=signature.at,
        qr_payload=payload,
    )


def ask_to_draw(
    session: Session, certificate_id: UUID, at: datetime, *, is_first: bool = False
) -> None:
    """Have a document drawn by a job of its own, once however often it is asked."""
    payload = {"certificate_id": str(certificate_id)}
    key = render_key(certificate_id)
    enqueue(session, RENDER, payload, at=at, dedup=key, is_first=is_first)


def render_key(certificate_id: UUID) -> str:
    """By which the job that draws the document of a certificate is found again."""
    return f"{RENDER}:{certificate_id}"


def next_number(session: Session, issuer_id: UUID, kind: str, year: int, *, many: int = 1) -> int:
    """The next number of a sequence, or the last of the `many` next, whose row stays locked until
    the transaction ends: a rollback gives them back before anybody else could have taken a later
    one."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(NumberSequence)
        .values(issuer_id=issuer_id, kind=kind, year=year, last=many)
        .on_conflict_do_update(
            index_elements=["issuer_id", "kind", "year"], set_={"last": NumberSequence.last + many}
        )
        .returning(NumberSequence.last)
    )
    return session.scalars(statement).one()


def _let_wait(
    session: Session, facts: Facts, issuing: Issuing | None, refusal: Refused, at: datetime
) -> None:
    row = session.get(PendingCertificate, facts.completion_id)
    if row is None:
        row = PendingCertificate(completion_id=facts.completion_id, since=at)
        session.add(row)
    row.unit_id = issuing.unit_id if issuing else facts.owner_unit_id
    row.reason, row.detail, row.tried_at = refusal.reason, refusal.detail, at
    session.flush()


def _no_longer_wait(session: Session, completions: Collection[UUID]) -> None:
    if completions:
        session.execute(
            delete(PendingCertificate).where(PendingCertificate.completion_id.in_(completions))
        )


# ------------------------------------------------------------------------- trying again


@dataclass(frozen=True)
class Retried:
    """What a round of trying again did; `more` when it stopped at its batch."""

    issued: int
    waiting: int
    more: bool


def retry_pending(
    session: Session,
    at: datetime,
    unit_id: UUID | None = None,
    *,
    tried_before: datetime | None = None,
    limit: int = BATCH,
    also_batched: bool = False,
) -> Retried:
    """Try again to issue what waits, longest untried first, at most `limit` of them. What waits
    for a batch is left alone, unless `also_batched`: no other try would issue it.

    With `unit_id`, only for courses owned by that unit or one below it: those whose issuing
    unit may be another after a change there. With `tried_before`, only what was not tried
    since; calling until `more` is false then tries each once.
    """
    query = (
        select(PendingCertificate.completion_id)
        .order_by(PendingCertificate.tried_at, PendingCertificate.completion_id)
        .limit(limit)
        .with_for_update(of=PendingCertificate, skip_locked=True)
    )
    if not also_batched:
        query = query.where(~_waits_for_its_batch())
    if tried_before is not None:
        query = query.where(PendingCertificate.tried_at < tried_before)
    if unit_id is not None:
        query = (
            query.join(Completion, Completion.id == PendingCertificate.completion_id)
            .join(Course, Course.id == Completion.course_id)
            .where(Course.owner_unit_id.in_(branch(session, [unit_id])))
        )
    waiting = session.scalars(query).all()
    several = facts_of(session, waiting, skip_locked=True) if waiting else []
    issued = _issue(several, session, at=at).with_certificate
    return Retried(issued, len(several) - issued, more=len(waiting) == limit)


def _waits_for_its_batch() -> Any:
    """Whether a row waits for nothing but the batch, and its course is still issued so."""
    still = (
        select(BatchCourse.course_id)
        .join(Completion, Completion.course_id == BatchCourse.course_id)
        .where(
            Completion.id == PendingCertificate.completion_id,
            BatchCourse.unit_id == PendingCertificate.unit_id,
        )
        .exists()
    )
    return and_(PendingCertificate.reason == Reason.BATCH, still)


def try_again(session: Session, completions: Collection[UUID], *, at: datetime) -> Retried:
    """Issue for these completions whatever was tried before, and have documents drawn that are
    not drawn yet; what has both is left as it is."""
    issued = select(Certificate.completion_id).where(Certificate.completion_id.in_(completions))
    without = set(completions) - set(session.scalars(issued))
    several = [one for one in facts_of(session, without) if one.kind != NO_DOCUMENT]
    number = _issue(several, session, at=at).with_certificate
    undrawn = select(Certificate.id).where(
        Certificate.completion_id.in_(completions),
        Certificate.pdf_sha256.is_(None),
        Certificate.revoked_at.is_(None),
    )
    for certificate_id in session.scalars(undrawn).all():
        ask_to_draw(session, certificate_id, at)
    return Retried(number, len(several) - number, more=False)


OF_TEMPLATES = (
    Reason.NO_SIGNATORY,
    Reason.NO_PLACE,
    Reason.BROKEN_TEMPLATE,
    Reason.NUMBER_TAKEN,
    Reason.UNPRINTABLE,
    Reason.NO_REGISTRATION,
)


def retry_after_template(session: Session, *, at: datetime) -> None:
    """A template, what holds for a kind, or a code of LAN changed: what may have waited for it
    is tried by jobs, one for each unit."""
    waiting = select(PendingCertificate.unit_id).where(PendingCertificate.reason.in_(OF_TEMPLATES))
    for unit_id in session.scalars(waiting.distinct()):
        _enqueue_retry(session, str(unit_id), before=at, at=at)


def plan_retry(session: Session, event: IssuerChanged) -> None:
    """A unit's signatory or template changed: what waits below it is tried by a job."""
    _enqueue_retry(session, str(event.unit_id), before=event.at, at=event.at)


def plan_retry_below(session: Session, unit_id: UUID, *, at: datetime) -> None:
    """Have all that waits below a unit tried by a job."""
    _enqueue_retry(session, str(unit_id), before=at, at=at)


def plan_after_key(session: Session, event: KeyCreated) -> None:
    """There is another key: what waited because the last one could not be opened is tried."""
    waiting = select(PendingCertificate.unit_id).where(
        PendingCertificate.reason == Reason.KEY_LOCKED
    )
    for unit_id in session.scalars(waiting.distinct()):
        _enqueue_retry(session, str(unit_id), before=event.at, at=event.at)


def retry_job(session: Session, payload: dict[str, Any], at: datetime) -> None:
    """The job behind `plan_retry`: one batch, and the next as a job of its own."""
    before = datetime.fromisoformat(payload["before"])
    done = retry_pending(
        session, at, UUID(payload["unit_id"]), tried_before=before, also_batched=True
    )
    if done.more:
        _enqueue_retry(session, payload["unit_id"], before=before, at=at)


def _enqueue_retry(session: Session, unit_id: str, *, before: datetime, at: datetime) -> None:
    # What was refused at this very moment was refused for the state before the change.
    before += timedelta(microseconds=1)
    enqueue(session, RETRY, {"unit_id": unit_id, "before": before.isoformat()}, at=at)


def retry_tick(session: Session, at: datetime) -> None:
    """Now and then all that waits, for changes that tell nobody: a name, a unit's place."""
    retry_pending(session, at, tried_before=at - RETRY_EVERY, limit=20)
