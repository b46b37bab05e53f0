"""The whole log against itself, against the certificates, and against a head kept elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from corpu.credentials.life import RevocationClass
from corpu.credentials.models import Certificate
from corpu.credentials.signatures import revocation_sha256, superseded_sha256
from corpu.credentials.snapshot import Snapshot
from corpu.errors import N_, DomainError
from corpu.jobs import Job
from corpu.signing import log, queries, service
from corpu.signing.canonical import sha256_of
from corpu.signing.heads import Head
from corpu.signing.models import LogEntry, SigningKey
from corpu.signing.rules import FIRST_PREVIOUS, Verdict, What, faults, subject_of

BATCH = 500
_NEXT = aliased(Certificate)  # the corrected version of a certificate
FAULTS = {
    "gap": N_("Catatan sebelum nomor %(position)s hilang."),
    "link": N_("Catatan nomor %(position)s tidak menyambung pada catatan sebelumnya."),
    "hash": N_("Isi catatan nomor %(position)s tidak sesuai dengan sidiknya."),
}
UNLOGGED = {
    What.ISSUED: N_("%(number)s: sudah terbit, tetapi tidak ada catatannya."),
    What.REVOKED: N_("%(number)s: sudah dicabut, tetapi tidak ada catatannya."),
    What.SUPERSEDED: N_("%(number)s: sudah digantikan, tetapi tidak ada catatannya."),
}

UNDONE = {
    What.REVOKED: N_("%(number)s: pencabutannya tercatat, tetapi sudah dihapus."),
    What.SUPERSEDED: N_("%(number)s: pembetulannya tercatat, tetapi sudah dihapus."),
}
DIFFERS = N_("%(number)s: isinya tidak sama dengan catatan nomor %(position)s.")


class Problem(DomainError):
    """A sentence with what it is about; never raised, only told."""


@dataclass(frozen=True)
class Checked:
    """What was looked at, and what is wrong."""

    entries: int
    certificates: int
    waiting: int  # acts that the worker has yet to write down
    problems: tuple[Problem, ...]


def check(session: Session, head: Head | None = None) -> Checked:
    """Recompute every hash, then compare. Reads all of it, in pieces of five hundred."""
    problems: list[Problem] = []
    length, hash_there, is_there = _check_chain(session, head.position if head else 0, problems)
    if head is not None:
        problems += _compare(session, head, length, hash_there)
    waiting = _waiting(session)
    problems += _check_keys(session, waiting)
    certificates = _check_certificates(session, waiting, is_there, problems)
    return Checked(length, certificates, len(waiting), tuple(problems))


def _check_chain(
    session: Session, asked: int, problems: list[Problem]
) -> tuple[int, str, dict[tuple[str, What], int]]:
    """Answers the length, the hash at the position asked for, and where each act stands."""
    position, previous, hash_there = 0, FIRST_PREVIOUS, FIRST_PREVIOUS
    is_there: dict[tuple[str, What], int] = {}
    while page := queries.entries(session, position + 1, limit=BATCH):
        for fault in faults(page, position=position, previous=previous):
            problems.append(Problem(FAULTS[fault.kind], position=fault.position))
        for entry in page:
            is_there[entry.subject, entry.what] = entry.position
            if entry.position == asked:
                hash_there = entry.hash
        position, previous = page[-1].position, page[-1].hash
    return position, hash_there, is_there


def _compare(session: Session, head: Head, length: int, hash_there: str) -> Iterator[Problem]:
    # One made while the key did not open is unsigned, and can be compared all the same.
    is_signed = head.signature is not None
    foreign = (Verdict.WRONG, Verdict.UNKNOWN_KEY)
    if is_signed and head.verdict(queries.published_keys(session)) in foreign:
        yield Problem(
            N_("Tanda tangan pada berkas kepala itu tidak berlaku: berkasnya bukan dari sini.")
        )
    if head.position > length:
        yield Problem(
            N_(
                "Berkas itu mencatat sampai nomor %(position)s, sekarang hanya ada sampai "
                "%(length)s: ujung catatan dihapus."
            ),
            position=head.position,
            length=length,
        )
    elif hash_there != head.hash:
        yield Problem(
            N_(
                "Catatan nomor %(position)s bukan yang dahulu: sebagian dari nomor 1 sampai "
                "%(position)s ditulis ulang."
            ),
            position=head.position,
        )


def _waiting(session: Session) -> set[tuple[str, What]]:
    rows = session.scalars(
        select(Job.payload).where(Job.kind == log.APPEND, Job.state == "waiting")
    )
    return {(said["subject"], What(said["what"])) for said in rows}


def _content_of(snapshot: dict[str, Any]) -> str:
    """The fingerprint as the content is now; what can no longer be read has none."""
    try:
        return Snapshot.from_dict(snapshot).sha256()
    except (ValueError, TypeError, KeyError, ArithmeticError):
        return ""


def _check_keys(session: Session, waiting: set[tuple[str, What]]) -> Iterator[Problem]:
    """Each key of ours came in by the log, and what the log says was lost still is."""
    for row in session.scalars(select(SigningKey).order_by(SigningKey.valid_from)):
        subject = subject_of(row.kid)
        logged = {
            entry.what: entry.content
            for entry in session.scalars(select(LogEntry).where(LogEntry.subject == subject))
        }
        born = service.described(row) | {"retired_at": None, "compromised_at": None}
        if What.KEY_CREATED in logged:
            if logged[What.KEY_CREATED] != sha256_of(born):
                yield Problem(
                    N_("Kunci %(kid)s tidak sama dengan yang tercatat saat dibuat."), kid=row.kid
                )
        elif (subject, What.KEY_CREATED) not in waiting:
            yield Problem(N_("Kunci %(kid)s tidak pernah tercatat dibuat."), kid=row.kid)
        if What.KEY_COMPROMISED in logged and row.compromised_at is None:
            yield Problem(N_("Kunci %(kid)s tercatat bocor, tetapi tandanya dihapus."), kid=row.kid)


def _wanted(row: Any) -> dict[What, tuple[str, ...]]:
    """What the log must say of a certificate as it is now; more than one spelling where it was
    written otherwise before."""
    issued = _content_of(row.snapshot)
    wanted: dict[What, tuple[str, ...]] = {What.ISSUED: (issued,)}
    if row.revoked_at is not None:
        said = (issued, row.revoked_at, row.revocation_reason)
        # Before there were classes the log had none, and what was revoked then is now `other`.
        classes = {row.revocation_class}
        if row.revocation_class is RevocationClass.OTHER:
            classes.add(None)
        wanted[What.REVOKED] = tuple(revocation_sha256(*said, one) for one in classes)
    if row.superseded_at is not None:
        by = _content_of(row.successor) if row.successor else ""
        wanted[What.SUPERSEDED] = (superseded_sha256(issued, row.superseded_at, by),)
    return wanted


def _check_certificates(
    session: Session,
    waiting: set[tuple[str, What]],
    is_there: dict[tuple[str, What], int],
    problems: list[Problem],
) -> int:
    """Each certificate of ours is in the log as it is now, and none in the log is gone."""
    count, after = 0, UUID(int=0)
    while rows := session.execute(
        select(
            Certificate.id,
            Certificate.number,
            Certificate.code,
            Certificate.snapshot,
            Certificate.signature,
            Certificate.revoked_at,
            Certificate.revocation_reason,
            Certificate.revocation_class,
            Certificate.superseded_at,
            _NEXT.snapshot.label("successor"),
        )
        .outerjoin(_NEXT, _NEXT.replaces_id == Certificate.id)
        .where(Certificate.id > after)
        .order_by(Certificate.id)
        .limit(BATCH)
    ).all():
        after, count = rows[-1].id, count + len(rows)
        subjects = {row.id: subject_of(row.code) for row in rows}
        logged = {
            (entry.subject, entry.what): entry.content
            for entry in session.scalars(
                select(LogEntry).where(LogEntry.subject.in_(subjects.values()))
            )
        }
        for row in rows:
            wanted = _wanted(row)
            for what, contents in wanted.items():
                act = (subjects[row.id], what)
                if act in logged:
                    if logged[act] not in contents:
                        position = is_there[act]
                        problems.append(Problem(DIFFERS, number=row.number, position=position))
                elif act not in waiting and row.signature is not None:
                    problems.append(Problem(UNLOGGED[what], number=row.number))
            problems += [
                Problem(sentence, number=row.number)
                for what, sentence in UNDONE.items()
                if what not in wanted and (subjects[row.id], what) in logged
            ]
            is_there.pop((subjects[row.id], What.ISSUED), None)
    problems += [
        Problem(
            N_("Catatan nomor %(position)s menyebut sertifikat yang sudah tidak ada."),
            position=position,
        )
        for (_subject, what), position in is_there.items()
        if what is What.ISSUED
    ]
    return count
