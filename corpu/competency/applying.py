"""Applying a rule to every score: by the worker, some people at a time, to be stopped and gone
on with.

What a change of the rule made of a score is computed at the moment from which the rule holds,
from what was known then, so it does not matter when the worker comes to it: a batch that was
cut off is done again from its beginning and says the same.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.competency import ledger, service
from corpu.competency.change_models import ApplicationState, RuleApplication, RuleChange
from corpu.competency.effects import effects, people_after, people_with_evidence, units_of
from corpu.competency.models import CompetencyRule
from corpu.competency.rules import Rule
from corpu.errors import N_, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.jobs import enqueue
from corpu.people.models import Agency
from corpu.people.records import CONSOLE

APPLY = "competency.apply_rule"
PEOPLE = 50  # in one transaction of the worker


class NothingToStop(RuleBroken):
    message = N_("Penerapan ini sudah selesai atau sudah berhenti.")


class NothingToGoOn(RuleBroken):
    message = N_("Penerapan ini tidak sedang berhenti.")


def begin(
    session: Session,
    rule: CompetencyRule,
    former: CompetencyRule | None,
    *,
    moment: datetime,
    by: Viewer | None,
    at: datetime,
) -> RuleApplication:
    """Let the worker apply a rule that was just adopted, from its moment on."""
    application = RuleApplication(
        rule_id=rule.id,
        former_rule=former.rule if former else Rule().to_dict(),
        former_version=former.version if former else None,
        moment=moment,
        state=ApplicationState.WAITING,
        run=1,
        total=people_with_evidence(session),
        done=0,
        applied_by=by.id if by else None,
        applied_by_name=by.name if by else CONSOLE,
        applied_at=at,
    )
    session.add(application)
    session.flush()
    _ask(session, application, at)
    return application


def _ask(session: Session, application: RuleApplication, at: datetime) -> None:
    payload = {"rule": application.rule_id.hex, "run": application.run}
    enqueue(session, APPLY, payload, at=at, run_at=max(at, application.moment))


def apply_job(session: Session, payload: dict[str, Any], at: datetime) -> None:
    """Apply the rule to the next people, and ask for the rest."""
    application = _held(session, UUID(hex=payload["rule"]))
    if payload["run"] != application.run or application.state in (
        ApplicationState.STOPPED,
        ApplicationState.DONE,
    ):
        return
    application.state = ApplicationState.RUNNING
    people = people_after(session, application.after_person, limit=PEOPLE)
    _apply_to(session, application, people, at)
    application.done += len(people)
    if len(people) < PEOPLE:
        application.state, application.finished_at = ApplicationState.DONE, at
        application.total = application.done
    else:
        application.after_person = people[-1]
        _ask(session, application, at)
    session.flush()


def _apply_to(
    session: Session, application: RuleApplication, people: list[UUID], at: datetime
) -> None:
    """Write the change into the history of these people, and their scores as they are now."""
    if not people:
        return
    rule = session.get_one(CompetencyRule, application.rule_id)
    before, after = Rule.from_dict(application.former_rule), Rule.from_dict(rule.rule)
    service.hold(session, people)
    books = ledger.read(session, people, application.moment)
    units = units_of(session, people, application.moment)
    rows = [
        {
            "rule_id": rule.id,
            "person_id": person_id,
            "competency": effect.competency,
            "moment": application.moment,
            "before_level": effect.before_level,
            "before_score": effect.before_score,
            "after_level": effect.after_level,
            "after_score": effect.after_score,
            "unit_id": units[person_id][0] if person_id in units else None,
        }
        for person_id in people
        for effect in effects(books[person_id], before, after)
    ]
    if rows:
        session.execute(insert(RuleChange), rows)
    pairs = [(person_id, code) for person_id in people for code in books[person_id].pieces]
    service.recompute_all(session, pairs, at=at)


def stop(session: Session, rule_id: UUID, *, by: Viewer, at: datetime) -> None:
    """Let no further batch begin; the one under way ends. Raises NotFound, NothingToStop."""
    application = _held(session, rule_id)
    if application.state not in (ApplicationState.WAITING, ApplicationState.RUNNING):
        raise NothingToStop
    application.state = ApplicationState.STOPPED
    _log(session, application, "competency.rule_stopped", by, at)


def go_on(session: Session, rule_id: UUID, *, by: Viewer, at: datetime) -> None:
    """Go on after the last person done. Raises NotFound, NothingToGoOn."""
    application = _held(session, rule_id)
    if application.state is not ApplicationState.STOPPED:
        raise NothingToGoOn
    application.state = ApplicationState.WAITING
    application.run += 1
    _ask(session, application, at)
    _log(session, application, "competency.rule_gone_on", by, at)


def _held(session: Session, rule_id: UUID) -> RuleApplication:
    """The application, one act after the other."""
    found = session.get(RuleApplication, rule_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def _log(
    session: Session, application: RuleApplication, action: str, by: Viewer, at: datetime
) -> None:
    agency = session.execute(select(Agency.id, Agency.name).limit(1)).one()
    version = session.get_one(CompetencyRule, application.rule_id).version
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action=action,
        subject=("agency", agency.id, agency.name),
        after={"version": version, "people_done": application.done},
    )
