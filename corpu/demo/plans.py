"""Development plans of the demo, one in every state under almost every supervisor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.database import uuid7
from corpu.demo import cast
from corpu.demo.year import Story
from corpu.plans import goals, items, queries, service
from corpu.plans.items import Written
from corpu.plans.models import Plan
from corpu.plans.rules import Kind, State
from corpu.zones import local_date, local_year

# What becomes of the plan of each place in a unit; the head and the deputies have none.
FATES = {
    3: State.DRAFT,
    4: State.APPROVED,
    5: State.APPROVED,
    6: State.RUNNING,
    7: State.SUBMITTED,
    8: State.RETURNED,
    9: State.FINISHED,
}
WISH = "Menyusun telaahan yang dapat langsung diputuskan pimpinan"
ASKED = "Menjadi pendamping bagi pegawai baru di bidang ini"
REVISION = "Sebagian besar berupa kursus. Tambahkan penugasan yang dekat dengan tugas sehari-hari."
WORK = (
    Written(Kind.MENTORING, "Mentoring menyusun telaahan bersama kepala bidang", quantity=4),
    Written(Kind.PROJECT, "Menyusun telaahan kinerja layanan triwulan", hours=Decimal(12)),
)
ALONE = Written(Kind.READING, "Membaca pedoman dan praktik baik daerah lain", quantity=3)


def stories(
    session: Session, persons: Mapping[tuple[str, int], UUID], as_of: datetime
) -> list[Story]:
    """One for each place that has a fate; they begin within the last four months."""
    year = local_year(as_of, cast.ZONE)
    found: list[Story] = []
    for number, (key, person_id) in enumerate(persons.items()):
        unit, place = key
        above = cast.PLACES[place].above
        if place in FATES and above is not None:
            start = as_of - timedelta(days=120 - number, hours=3)
            writer = Writer(session, person_id, persons[unit, above], year)
            found.append(live(writer, FATES[place], start, as_of))
    return found


@dataclass(frozen=True)
class Writer:
    """The acts of an owner and of the supervisor on one plan, each seeing what is there."""

    session: Session
    person_id: UUID
    supervisor_id: UUID
    year: int

    @property
    def version(self) -> int:
        return (
            self.session.scalar(
                select(Plan.version).where(Plan.person_id == self.person_id, Plan.year == self.year)
            )
            or 0
        )

    @property
    def plan(self) -> queries.PlanView:
        return queries.plan_of(self.session, self.person_id, self.year)

    def goal(self, text: str, at: datetime, *, by: UUID | None = None) -> UUID:
        goal = goals.add_goal(
            self.session,
            by or self.person_id,
            self.person_id,
            self.year,
            key=uuid7(),
            version=self.version,
            text=text,
            at=at,
        )
        return goal.id

    def gaps(self, at: datetime) -> None:
        """Draw from gaps, and plan a coaching where no course closes one."""
        try:
            goals.suggest_from_gaps(
                self.session, self.person_id, self.year, version=self.version, at=at
            )
        except goals.NoGap:
            return
        for goal in self.plan.goals:
            if not goal.items and goal.code is not None:
                name = (goal.names or {})["name_id"]
                self.item(goal.id, Written(Kind.COACHING, f"Coaching {name}", quantity=2), at)

    def item(self, goal_id: UUID, written: Written, at: datetime) -> UUID:
        item = items.add_item(
            self.session,
            self.person_id,
            self.year,
            goal_id,
            written,
            key=uuid7(),
            version=self.version,
            at=at,
        )
        return item.id

    def submit(self, at: datetime) -> None:
        service.submit(self.session, self.person_id, self.year, version=self.version, at=at)

    def approve(self, at: datetime) -> None:
        service.approve(
            self.session,
            self.supervisor_id,
            self.person_id,
            self.year,
            version=self.version,
            at=at,
        )

    def send_back(self, at: datetime) -> None:
        service.send_back(
            self.session,
            self.supervisor_id,
            self.person_id,
            self.year,
            REVISION,
            version=self.version,
            at=at,
        )

    def mark(self, item_id: UUID, progress: service.Progress, at: datetime) -> None:
        service.mark_item(
            self.session,
            self.person_id,
            self.year,
            item_id,
            progress,
            version=self.version,
            at=at,
        )


def live(writer: Writer, fate: State, at: datetime, as_of: datetime) -> Story:
    """From the first goal to the state that the plan is to be in."""
    yield at
    if fate in (State.RUNNING, State.SUBMITTED, State.RETURNED, State.DRAFT):
        writer.gaps(at)
    wish = writer.goal(WISH, at)
    due = date(writer.year, 12, 15)
    if fate is State.RUNNING:  # what is not done in time stands on the supervisor's screen
        late = local_date(as_of, cast.ZONE) - timedelta(days=9)
        due = late if late.year == writer.year else due
    items = [
        writer.item(wish, Written(one.kind, one.title, "", one.quantity, one.hours, due), at)
        for one in WORK
    ]
    items.append(writer.item(wish, ALONE, at))
    if fate is State.DRAFT:
        writer.goal(ASKED, at, by=writer.supervisor_id)
        return
    at += timedelta(days=2)
    yield at
    writer.submit(at)
    if fate is State.SUBMITTED:
        return
    at += timedelta(days=3)
    yield at
    if fate is State.RETURNED:
        writer.send_back(at)
        return
    writer.approve(at)
    if fate is State.APPROVED:
        return
    for number, item_id in enumerate(items):
        at += timedelta(days=6)
        yield at
        writer.mark(item_id, service.Progress.BEGUN, at)
        if fate is State.FINISHED or number == 0:
            at += timedelta(days=5)
            yield at
            writer.mark(item_id, service.Progress.DONE, at)
