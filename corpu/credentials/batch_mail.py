"""Telling those of a batch that their certificate is there: one letter a person, none twice.

Before the server is asked, the person is marked as being told, and that is committed; after it
has answered, so is the answer. A worker killed in between leaves one mark of which nobody knows
whether it went: it is shown, and sent again only where somebody says so.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask_babel import force_locale, gettext
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from corpu import audit, mail
from corpu.addresses import absolute
from corpu.credentials import batches
from corpu.credentials.batch_files import WITH_CERTIFICATE, NotIssuedYet
from corpu.credentials.batch_models import BatchItem, BatchState, MailState
from corpu.credentials.models import Certificate
from corpu.credentials.rules import format_code
from corpu.errors import N_, RuleBroken
from corpu.identity import Viewer
from corpu.jobs import enqueue
from corpu.mail import Letter
from corpu.people.models import Account, Person
from corpu.transactions import unit_of_work

if TYPE_CHECKING:
    from config import Smtp

log = logging.getLogger(__name__)

SEND = "credentials.mail_batch"
AT_ONCE = 100  # letters in one job
LATER = timedelta(minutes=5)  # until the server is asked again that was away


class NotConfigured(RuleBroken):
    message = N_("Surel belum dikonfigurasi, jadi tidak ada yang dikirim.")


class NobodyToTell(RuleBroken):
    message = N_("Semua pemegangnya sudah diberi tahu.")


@dataclass(frozen=True)
class _Next:
    person_id: UUID
    email: str | None
    name: str
    locale: str | None
    certificates: list[tuple[UUID, str, str, str]]  # identifier, number, code, course
    key: str


def ask(
    session: Session,
    batch_id: UUID,
    settings: "Smtp",
    *,
    again: bool,
    by: Viewer,
    at: datetime,
) -> None:
    """Let the worker write to everybody who was not told; `again` also to those to whom it failed
    or may have failed. Raises NotFound, NotIssuedYet, NobodyToTell, NotConfigured."""
    batch = batches.held(session, batch_id)
    if settings.missing:
        raise NotConfigured
    if batch.state not in (BatchState.DONE, BatchState.STOPPED):
        raise NotIssuedYet
    if again:
        session.execute(
            update(BatchItem)
            .where(
                BatchItem.batch_id == batch_id,
                BatchItem.mail.in_([MailState.FAILED, MailState.SENDING, MailState.NO_ADDRESS]),
            )
            .values(mail=None, mailed_at=None)
        )
    waiting = session.scalars(
        select(BatchItem.position).where(*_waiting(batch_id)).limit(1)
    ).first()
    if waiting is None:
        raise NobodyToTell
    enqueue(session, SEND, {"batch": batch_id.hex}, at=at, dedup=f"{SEND}:{batch_id}")
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action="batch.mailed",
        subject=("batch", batch_id, ""),
        unit_id=batch.unit_id,
    )


def send(
    session: Session, settings: "Smtp", payload: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """What the job does before its transaction: write to the next hundred. The answer says when
    to go on: at once, later because the server was away, or never."""
    batch_id = UUID(hex=payload["batch"])
    if settings.missing:
        return {"again_at": None}
    try:
        with mail.post(settings) as server:
            for _ in range(AT_ONCE):
                chosen = _begin(session, batch_id, at)
                if chosen is None:
                    return {"again_at": None}
                _tell(session, server, batch_id, chosen, at)
    except mail.NotSent as away:
        log.warning("letters of batch %s wait: %s", batch_id, away)
        return {"again_at": (at + LATER).isoformat()}
    return {"again_at": at.isoformat()}


def keep_on(session: Session, payload: dict[str, Any], at: datetime) -> None:
    """The job's transaction: ask for the rest."""
    if payload["again_at"] is not None:
        rest = {"batch": payload["batch"]}
        enqueue(session, SEND, rest, at=at, run_at=datetime.fromisoformat(payload["again_at"]))


def _waiting(batch_id: UUID) -> list[Any]:
    return [
        BatchItem.batch_id == batch_id,
        BatchItem.state.in_(WITH_CERTIFICATE),
        BatchItem.mail.is_(None),
        BatchItem.completion_id.in_(
            select(Certificate.completion_id).where(
                Certificate.revoked_at.is_(None), Certificate.superseded_at.is_(None)
            )
        ),
    ]


def _begin(session: Session, batch_id: UUID, at: datetime) -> _Next | None:
    """Mark the next person as being told, all their certificates of the batch together. Two
    workers never choose the same."""
    with unit_of_work(session):
        first = session.execute(
            select(BatchItem.position, BatchItem.person_id)
            .where(*_waiting(batch_id))
            .order_by(BatchItem.position)
            .limit(1)
            .with_for_update(of=BatchItem, skip_locked=True)
        ).first()
        if first is None:
            return None
        mine = [*_waiting(batch_id), BatchItem.person_id == first.person_id]
        rows = session.execute(
            select(
                BatchItem.position,
                Certificate.id,
                Certificate.number,
                Certificate.code,
                Certificate.snapshot["course_title"].as_string().label("course"),
                Person.email,
                Certificate.snapshot["name"].as_string().label("name"),
                Account.locale,
            )
            .join(
                Certificate,
                (Certificate.completion_id == BatchItem.completion_id)
                & Certificate.superseded_at.is_(None),
            )
            .join(Person, Person.id == BatchItem.person_id)
            .outerjoin(Account, Account.person_id == Person.id)
            .where(*mine)
            .order_by(BatchItem.position)
        ).all()
        state = MailState.SENDING if rows[0].email else MailState.NO_ADDRESS
        _mark(session, batch_id, first.person_id, None, state, at)
    return _Next(
        person_id=first.person_id,
        email=rows[0].email,
        name=rows[0].name,
        locale=rows[0].locale,
        certificates=[(row.id, row.number, row.code, row.course) for row in rows],
        key=f"{batch_id.hex}.{rows[0].position}",
    )


def _tell(session: Session, server: mail.Post, batch_id: UUID, chosen: _Next, at: datetime) -> None:
    if chosen.email is None:
        return
    state: MailState | None = MailState.SENT
    away: mail.NotSent | None = None
    try:
        server.send(_letter(chosen), at=at)
    except mail.Unknown as broken:
        log.warning("whether letter %s went is not known: %s", chosen.key, broken)
        return
    except mail.Refused as refusal:
        log.warning("letter %s was refused: %s", chosen.key, refusal)
        state = MailState.FAILED
    except mail.NotSent as gone:
        state, away = None, gone
    with unit_of_work(session):
        _mark(session, batch_id, chosen.person_id, MailState.SENDING, state, at)
    if away is not None:
        raise away


def _mark(
    session: Session,
    batch_id: UUID,
    person_id: UUID,
    was: MailState | None,
    becomes: MailState | None,
    at: datetime,
) -> None:
    session.execute(
        update(BatchItem)
        .where(
            BatchItem.batch_id == batch_id,
            BatchItem.person_id == person_id,
            BatchItem.state.in_(WITH_CERTIFICATE),
            BatchItem.mail.is_(None) if was is None else BatchItem.mail == was,
        )
        .values(mail=becomes, mailed_at=at if becomes is not None else None)
    )


def _letter(chosen: _Next) -> Letter:
    with force_locale(chosen.locale or "id"):
        several = len(chosen.certificates) > 1
        page = "" if several else f"/{chosen.certificates[0][0]}"
        lines = [gettext("Yth. %(name)s,", name=chosen.name), ""]
        for _id, number, code, course in chosen.certificates:
            lines += [
                gettext("Sertifikat Anda untuk “%(course)s” sudah terbit.", course=course),
                gettext("Nomor: %(number)s", number=number),
                gettext(
                    "Siapa pun dapat memeriksanya: %(address)s",
                    address=absolute(f"/verify/{format_code(code)}"),
                ),
                "",
            ]
        lines += [
            gettext(
                "Unduh PDF-nya sesudah masuk: %(address)s",
                address=absolute(f"/me/certificates{page}"),
            ),
            "",
            gettext("Surat ini dikirim otomatis; tidak perlu dibalas."),
        ]
        subject = gettext(
            "Sertifikat Anda sudah terbit: %(course)s", course=chosen.certificates[0][3]
        )
    return Letter(
        chosen.email or "",
        chosen.name,
        " ".join(subject.split())[:200],
        "\n".join(lines),
        chosen.key,
    )
