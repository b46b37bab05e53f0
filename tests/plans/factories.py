"""Plans for tests, written through the services."""

from sqlalchemy import select

from corpu.database import uuid7
from corpu.plans import goals, items, queries, service
from corpu.plans.items import Written
from corpu.plans.models import Plan, PlanTransition
from corpu.plans.rules import Kind
from tests.conftest import NOON

YEAR = 2026
REASON = "Tambahkan kegiatan yang dekat dengan tugas sehari-hari"
COACHING = Written(Kind.COACHING, "Bimbingan menulis telaahan", quantity=2)


def version(session, person, year=YEAR):
    return (
        session.scalar(select(Plan.version).where(Plan.person_id == person.id, Plan.year == year))
        or 0
    )


def add_goal(session, person, *, by=None, year=YEAR, at=NOON, key=None, **values):
    values = values or {"text": "Menulis telaahan yang dapat diputuskan"}
    goal = goals.add_goal(
        session,
        (by or person).id,
        person.id,
        year,
        key=key or uuid7(),
        version=version(session, person, year),
        at=at,
        **values,
    )
    session.commit()
    return goal


def add_item(session, person, goal, written=COACHING, *, year=YEAR, at=NOON):
    item = items.add_item(
        session,
        person.id,
        year,
        goal.id,
        written,
        key=uuid7(),
        version=version(session, person, year),
        at=at,
    )
    session.commit()
    return item


def submit(session, person, *, at=NOON, year=YEAR):
    service.submit(session, person.id, year, version=version(session, person, year), at=at)
    session.commit()


def approve(session, by, person, *, at=NOON, year=YEAR):
    service.approve(session, by.id, person.id, year, version=version(session, person, year), at=at)
    session.commit()


def send_back(session, by, person, *, reason=REASON, at=NOON):
    service.send_back(
        session, by.id, person.id, YEAR, reason, version=version(session, person), at=at
    )
    session.commit()


def mark(session, person, item, progress, *, at=NOON):
    service.mark_item(
        session,
        person.id,
        YEAR,
        item.id,
        service.Progress(progress),
        version=version(session, person),
        at=at,
    )
    session.commit()


def plan(session, person, year=YEAR):
    session.expire_all()
    return queries.plan_of(session, person.id, year)


def steps(session, person):
    """The states the plan has been in, first to last, with who led to each."""
    rows = session.execute(
        select(PlanTransition.to_state, PlanTransition.by_name)
        .join(Plan, Plan.id == PlanTransition.plan_id)
        .where(Plan.person_id == person.id)
        .order_by(PlanTransition.number)
    )
    return [(row.to_state.value, row.by_name) for row in rows]
