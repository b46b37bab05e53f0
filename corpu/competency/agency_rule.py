"""The agency's own rule of scoring: dated, versioned, and its change a recorded fact."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from corpu import audit
from corpu.competency.applying import begin
from corpu.competency.models import CompetencyRule, CompetencyScore
from corpu.competency.rules import Rule
from corpu.competency.service import hold
from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.people.models import Agency, Person
from corpu.people.records import CONSOLE, lock_agency
from corpu.people.rules import clean_text

REASON = 500  # characters


class NoAgency(NotFound):
    message = N_("Instansi belum dibuat. Jalankan `flask setup` dahulu.")


class RuleReasonMissing(DomainError):
    message = N_("Tulis dasar perubahan aturan, paling banyak %(most)s huruf.")


class LaterRuleExists(RuleBroken):
    message = N_("Sudah ada aturan versi %(version)s yang mulai berlaku sesudah saat itu.")


def adopt_rule(
    session: Session,
    data: Mapping[str, Any],
    *,
    valid_from: datetime,
    reason: str,
    by: Viewer | None,
    at: datetime,
) -> CompetencyRule:
    """Let a rule hold from a moment on, as the next version; the worker then applies it to
    every score and writes it into everybody's history (`applying`).

    `data` as `Rule.from_dict` reads it; what is left out takes its default. The rule that
    holds at that moment adopted once more is the one there is. Raises Refused for a wrong
    value, RuleReasonMissing, LaterRuleExists, NoAgency.
    """
    rule = Rule.from_dict(data)
    reason = clean_text(reason)
    if not 1 <= len(reason) <= REASON:
        raise RuleReasonMissing(most=REASON)
    lock_agency(session)
    agency = session.scalar(select(Agency).order_by(Agency.id).limit(1))
    if agency is None:
        raise NoAgency
    latest = session.scalar(
        select(CompetencyRule)
        .filter_by(agency_id=agency.id)
        .order_by(CompetencyRule.version.desc())
        .limit(1)
    )
    if latest is not None and latest.valid_from > valid_from:
        raise LaterRuleExists(version=latest.version)
    if latest is not None and latest.rule == rule.to_dict():
        return latest
    adopted = CompetencyRule(
        agency_id=agency.id,
        version=(latest.version if latest else 0) + 1,
        valid_from=valid_from,
        rule=rule.to_dict(),
        reason=reason,
    )
    session.add(adopted)
    session.flush()
    moment = max(valid_from, at)
    begin(session, adopted, latest, moment=moment, by=by, at=at)
    audit.record(
        session,
        at=at,
        actor_id=by.id if by else None,
        actor_name=by.name if by else CONSOLE,
        action="competency.rule_adopted",
        subject=("agency", agency.id, agency.name),
        before=latest.rule if latest else None,
        after=rule.to_dict() | {"version": adopted.version, "valid_from": valid_from.isoformat()},
        reason=reason,
    )
    _fall_due(session, agency, moment)
    return adopted


def rule_at(session: Session, at: datetime) -> CompetencyRule | None:
    """The version in force at a moment; None while the defaults hold."""
    return session.scalar(
        select(CompetencyRule)
        .where(CompetencyRule.valid_from <= at)
        .order_by(CompetencyRule.valid_from.desc(), CompetencyRule.version.desc())
        .limit(1)
    )


def latest_rule(session: Session) -> CompetencyRule | None:
    """The version that was adopted last, in force already or not; None: the defaults."""
    return session.scalar(select(CompetencyRule).order_by(CompetencyRule.version.desc()).limit(1))


def _fall_due(session: Session, agency: Agency, moment: datetime) -> None:
    """Every score is to be computed again at that moment, those due earlier keep theirs.

    The people are taken first, in the order in which everybody takes them (`service.hold`):
    scores that are being written for two competencies would otherwise meet these halfway.
    """
    later = or_(CompetencyScore.due_at.is_(None), CompetencyScore.due_at > moment)
    people = select(Person.id).where(Person.agency_id == agency.id)
    hold(session, people.where(Person.id.in_(select(CompetencyScore.person_id))))
    session.execute(
        update(CompetencyScore)
        .where(CompetencyScore.person_id.in_(people), later)
        .values(due_at=moment)
        .execution_options(synchronize_session=False)
    )
