"""Certificates issued together: who gets one, in which order, and what becomes of the others."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from corpu import jobs
from corpu.credentials import batch_choice, batches, service
from corpu.credentials.batch_choice import By, Choice
from corpu.credentials.batch_models import BatchItem, BatchState, ItemState
from corpu.credentials.conditions import lacking_of
from corpu.credentials.models import Certificate, NumberSequence, PendingCertificate
from corpu.credentials.reasons import Reason
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.learning.conditions import Act, Need
from corpu.learning.models import Enrolment
from corpu.people.models import Person
from corpu.people.queries import viewer_for
from corpu.transactions import held_effects, unit_of_work
from tests.conftest import NOON
from tests.credentials.test_at_once import at_once
from tests.credentials.world import (
    bpsdm,
    certificate_of,
    complete,
    issue,
    make_course,
    waiting_of,
)
from tests.factories import make_agency, make_person, make_unit, save
from tests.statements import statements


@pytest.fixture
def unit(session, agency):
    return bpsdm(session, unit_token="BPSDM")


@pytest.fixture
def manager(session, unit, at):
    person = make_person(session, name="Sari Pengelola", unit=unit, roles=["manager"])
    return viewer_for(session, person.id, 0, at)


@pytest.fixture
def course(session, app, unit):
    return make_course(session, app, unit)


def issuing_of(session, course):
    (found,) = [one for one in batch_choice.courses(session, None) if one.id == course.course_id]
    return found.issuing


def together(session, course, by, at, *, batched=True):
    return batches.set_batched(
        session,
        course.course_id,
        issuing_of(session, course),
        batched=batched,
        by=by,
        reason="Angkatan I",
        at=at,
    )


def drafted(session, course, by, at, choice=None):
    choice = choice or Choice(By.ALL)
    found = batch_choice.chosen(session, course.course_id, choice)
    batch = batches.draft(
        session, course.course_id, issuing_of(session, course), choice, found, by=by, at=at
    )
    return batch.id


def worked(session, at):
    """The worker does what is due, except drawing, which is due later."""
    jobs.run_until_idle(session, lambda: at)


def one_part(session, batch_id, at):
    """The worker does the next part of a batch and nothing else."""
    run = batches.held(session, batch_id).run
    with unit_of_work(session):
        batches.issue_job(session, {"batch": batch_id.hex, "run": run}, at)


def became(session, batch_id):
    rows = session.execute(
        select(BatchItem.state, func.count()).filter_by(batch_id=batch_id).group_by(BatchItem.state)
    )
    return {state.value: count for state, count in rows}


def test_a_course_issues_at_once_until_its_unit_chooses_batches(
    session, app, course, manager, mira, at
):
    assert issue(session, make_person(session), course, at) is not None
    assert together(session, course, manager, at)
    assert not together(session, course, manager, at), "the second of two clicks"
    event = complete(session, mira, course, at)
    service.issue_for_completion(session, event)
    assert certificate_of(session, event) is None
    assert waiting_of(session, event).reason is Reason.BATCH
    (prospect,) = lacking_of(session, mira.id, at=at)
    (unmet,) = [one for one in prospect.unmet if one.reason]
    assert (unmet.need, unmet.act) == (Need.BATCH, Act.MANAGER)

    later = at + timedelta(hours=1)
    service.retry_tick(session, later)
    assert certificate_of(session, event) is None, "no other try issues what waits for its batch"
    assert waiting_of(session, event).tried_at == at

    together(session, course, manager, later, batched=False)
    session.commit()
    worked(session, later)
    assert certificate_of(session, event) is not None
    assert waiting_of(session, event) is None


def test_what_another_unit_chose_does_not_bind_the_one_that_issues_now(
    session, app, course, manager, unit, mira, at
):
    together(session, course, manager, at)
    other = bpsdm(session)
    session.get(service.Course, course.course_id).owner_unit_id = other.id
    session.commit()
    assert issue(session, mira, course, at) is not None
    assert together(session, course, manager, at), "and it may choose for itself"


def test_numbers_follow_unit_and_name_and_the_refused_stop_nobody(
    session, app, course, manager, at
):
    first, second = make_unit(session, name="A Dinas"), make_unit(session, name="B Dinas")
    together(session, course, manager, at)
    people = [
        make_person(session, name=name, unit=where)
        for name, where in [("Zaki", first), ("Budi", second), ("Ani 明", second), ("Ayu", first)]
    ]
    for person in people:
        service.issue_for_completion(session, complete(session, person, course, at))
    unprintable = people[2].id
    under_way = make_person(session, name="Dewi", unit=first)
    save(
        session,
        Enrolment(person_id=under_way.id, course_id=course.course_id, ordinal=1, enrolled_at=at),
    )
    batch_id = drafted(session, course, manager, at)
    assert became(session, batch_id) == {"chosen": 4, "learning": 1}
    assert session.scalar(select(func.count()).select_from(Certificate)) == 0, "only looked at"
    batches.begin(session, batch_id, by=manager, reason="Selesai angkatan", at=at)
    session.commit()
    worked(session, at)
    assert became(session, batch_id) == {"issued": 3, "refused": 1, "learning": 1}
    found = session.execute(
        select(Certificate.sequence, Certificate.snapshot["name"].as_string()).order_by(
            Certificate.sequence
        )
    ).all()
    assert [tuple(row) for row in found] == [(1, "Ayu"), (2, "Zaki"), (3, "Budi")]
    refused = session.scalars(select(BatchItem).filter_by(state=ItemState.REFUSED)).one()
    assert (refused.reason, refused.detail) == (Reason.UNPRINTABLE, "明")

    session.get(Person, unprintable).name = "Ani Ming"
    session.commit()
    with pytest.raises(batches.NothingToGoOn):
        batches.go_on(session, batch_id, by=manager, at=at)
    assert batches.try_refused_again(session, batch_id, by=manager, at=at) == 1
    session.commit()
    worked(session, at)
    assert became(session, batch_id) == {"issued": 4, "learning": 1}
    assert session.scalar(select(NumberSequence.last)) == 4
    assert session.scalar(select(func.count()).select_from(PendingCertificate)) == 0


def test_a_list_names_each_once_and_says_who_is_not_there(session, app, course, manager, mira, at):
    there, has = make_person(session), make_person(session)
    event = complete(session, there, course, at)
    issue(session, has, course, at)
    listed = (there.nip, there.nip[:8] + " " + there.nip[8:], has.nip, mira.nip, "123", "'198")
    found = batch_choice.chosen(session, course.course_id, Choice(By.LIST, listed=listed))
    assert [one.state.value for one in found] == [
        "chosen",
        "present",
        "absent",
        "unknown",
        "unknown",
    ]
    assert found[0].completion_id == event.completion_id
    assert found[3].detail == "123"


def test_days_and_units_narrow_the_choice(session, app, course, manager, unit, at):
    below = make_unit(session, parent=unit)
    early = complete(session, make_person(session, unit=below), course, at - timedelta(days=9))
    late = complete(session, make_person(session), course, at)

    def meant(choice):
        return [one.completion_id for one in batch_choice.chosen(session, course.course_id, choice)]

    day = date(2026, 11, 24)
    assert meant(Choice(By.DATES, first=day, last=day)) == [late.completion_id]
    assert meant(Choice(By.DATES, last=day - timedelta(days=1))) == [early.completion_id]
    assert meant(Choice(By.UNIT, unit_id=unit.id)) == [early.completion_id]
    with pytest.raises(batch_choice.NobodyChosen):
        meant(Choice(By.DATES, first=day + timedelta(days=1)))


def test_a_stopped_batch_goes_on_where_it_stopped(session, app, course, manager, at, monkeypatch):
    monkeypatch.setattr(batches, "AT_ONCE", 2)
    together(session, course, manager, at)
    for _ in range(5):
        service.issue_for_completion(session, complete(session, make_person(session), course, at))
    batch_id = drafted(session, course, manager, at)
    batches.begin(session, batch_id, by=manager, reason="Mulai", at=at)
    with pytest.raises(batches.NotADraft):
        batches.begin(session, batch_id, by=manager, reason="Mulai", at=at)
    with pytest.raises(batches.NotADraft):
        batches.discard(session, batch_id)
    session.commit()
    one_part(session, batch_id, at)
    batches.stop(session, batch_id, by=manager, at=at)
    with pytest.raises(batches.NothingToStop):
        batches.stop(session, batch_id, by=manager, at=at)
    session.commit()
    worked(session, at)
    assert became(session, batch_id) == {"issued": 2, "chosen": 3}
    batches.go_on(session, batch_id, by=manager, at=at)
    session.commit()
    worked(session, at)
    assert became(session, batch_id) == {"issued": 5}
    assert batches.held(session, batch_id).state is BatchState.DONE
    with pytest.raises(NotFound):
        batches.held(session, course.id)


def test_a_part_of_a_batch_takes_few_statements_however_many_are_in_it(
    session, app, course, manager, at
):
    together(session, course, manager, at)
    for _ in range(12):
        service.issue_for_completion(session, complete(session, make_person(session), course, at))
    batch_id = drafted(session, course, manager, at)
    batches.begin(session, batch_id, by=manager, reason="Mulai", at=at)
    session.commit()
    with statements() as sent:
        one_part(session, batch_id, at)
    assert became(session, batch_id) == {"issued": 12}
    assert len(sent) <= 22, sent


def test_drafts_and_strangers_numbers_are_forgotten_after_thirty_days(
    session, app, course, manager, mira, at
):
    complete(session, mira, course, at)
    choice = Choice(By.LIST, listed=(mira.nip, "bukan NIP"))
    kept, looked_at = (drafted(session, course, manager, at, choice) for _ in range(2))
    batches.begin(session, kept, by=manager, reason="Uji", at=at)
    session.commit()
    batches.forget(session, at + timedelta(days=30))
    assert became(session, looked_at)
    later = at + timedelta(days=30, seconds=1)
    batches.forget(session, later)
    assert became(session, looked_at) == {}
    details = select(BatchItem.detail).filter_by(batch_id=kept, state=ItemState.UNKNOWN)
    assert session.scalars(details).all() == [""]
    with statements() as sent:
        batches.forget(session, later)
    assert len(sent) == 1


@settings(max_examples=30)
@given(
    st.lists(st.integers(10**17, 10**18 - 1).map(str), max_size=6),
    st.sampled_from(["", "NIP", " nip baru", "Nama"]),
)
def test_a_list_gives_each_number_once_in_its_order(numbers, heading):
    column = 1 if "nip" in heading.casefold() else 0
    table = [["Nama", heading][: column + 1]] if column else []
    for number in numbers:
        spaced = f"{number[:8]} {number[8:14]} {number[14:]}"
        table += [["x", one] if column else [one] for one in (number, "", spaced)]
    found = batch_choice.numbers_in(table)
    assert list(found) == list(dict.fromkeys(numbers))


def test_two_batches_over_the_same_people_at_once_issue_each_once(live_app):
    app, many = live_app, 6
    with app.app_context(), held_effects():
        session = db.session()
        make_agency(session)
        unit = bpsdm(session)
        course = make_course(session, app, unit)
        person = make_person(session, unit=unit, roles=["manager"])
        by = viewer_for(session, person.id, 0, NOON)
        together(session, course, by, NOON)
        for _ in range(many):
            service.issue_for_completion(
                session, complete(session, make_person(session), course, NOON)
            )
        ids = []
        for _ in range(2):
            batch_id = drafted(session, course, by, NOON)
            batches.begin(session, batch_id, by=by, reason="Dua", at=NOON)
            ids.append(batch_id)
        session.commit()
        db.session.remove()

    def act(session):
        for batch_id in ids:
            with unit_of_work(session):
                batches.issue_job(session, {"batch": batch_id.hex, "run": 1}, NOON)

    assert at_once(app, [act, act]) == []
    with app.app_context():
        session = db.session()
        numbers = session.scalars(select(Certificate.sequence).order_by(Certificate.sequence)).all()
        assert numbers == list(range(1, many + 1))
        outcomes = sorted(tuple(sorted(became(session, one).items())) for one in ids)
        assert outcomes == [(("issued", many),), (("present", many),)]
