"""What waits for people who act for others: their team, their graders' queue, their branch."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from corpu.assessment.queries import queue_length
from corpu.credentials.life_queries import count_waiting
from corpu.credentials.models import PendingCertificate
from corpu.identity import Viewer
from corpu.jobs import Job
from corpu.people.models import Account, Person, Posting, SignInLink
from corpu.people.queries import agency_day, in_force, reach
from corpu.permissions import Permission, can
from corpu.team.members import Member
from corpu.team.queries import waiting_for
from corpu.team.rules import PLAN_MONTH, Want


@dataclass(frozen=True)
class Duties:
    """What waits; nothing where the role is not held."""

    team: tuple[tuple[Member, Want], ...] = ()
    essays: int = 0
    certificates: int = 0  # completed courses whose certificate cannot be issued yet
    certificate_requests: int = 0  # consents, and wishes of holders
    unlinked: int = 0  # people who have no way to sign in yet
    failed_jobs: int = 0

    def __bool__(self) -> bool:
        return bool(
            self.team
            or self.essays
            or self.certificates
            or self.certificate_requests
            or self.unlinked
            or self.failed_jobs
        )


def duties_of(
    session: Session, viewer: Viewer, at: datetime, *, plan_month: int = PLAN_MONTH
) -> Duties:
    """What waits for the viewer, by their roles. No statement for a learner."""
    team = []
    if can(viewer, Permission.SEE_TEAM):
        team = waiting_for(session, viewer.id, at, plan_month=plan_month)
    essays = queue_length(session, viewer) if can(viewer, Permission.GRADE) else 0
    certificates = requests = unlinked = failed = 0
    if can(viewer, Permission.MANAGE_CERTIFICATES):
        certificates = _pending(session, viewer)
        units = reach(session, viewer, Permission.MANAGE_CERTIFICATES)
        requests = count_waiting(session, units, at=at)
    if can(viewer, Permission.MANAGE_PEOPLE):
        unlinked = _unlinked(session, viewer, at)
        if reach(session, viewer, Permission.MANAGE_PEOPLE) is None:
            failed = _failed(session)
    return Duties(tuple(team), essays, certificates, requests, unlinked, failed)


def _pending(session: Session, viewer: Viewer) -> int:
    units = reach(session, viewer, Permission.MANAGE_CERTIFICATES)
    statement = select(func.count()).select_from(PendingCertificate)
    if units is not None:
        statement = statement.where(PendingCertificate.unit_id.in_(units))
    return session.scalar(statement) or 0


def _unlinked(session: Session, viewer: Viewer, at: datetime) -> int:
    """Active people without a password and without a link that still opens."""
    usable = (
        select(SignInLink.id)
        .where(
            SignInLink.person_id == Account.person_id,
            SignInLink.used_at.is_(None),
            SignInLink.revoked_at.is_(None),
            SignInLink.expires_at > at,
        )
        .correlate(Account)
        .exists()
    )
    statement = (
        select(func.count(Person.id.distinct()))
        .join(Account, Account.person_id == Person.id)
        .where(Account.is_active, Account.password_hash.is_(None), ~usable)
    )
    units = reach(session, viewer, Permission.MANAGE_PEOPLE)
    if units is not None:
        day = agency_day(session, at)
        statement = statement.join(
            Posting, and_(Posting.person_id == Person.id, in_force(Posting, day))
        ).where(Posting.unit_id.in_(units))
    return session.scalar(statement) or 0


def _failed(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Job).where(Job.state == "failed")) or 0
