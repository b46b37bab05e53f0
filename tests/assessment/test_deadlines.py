from datetime import timedelta

import pytest
from sqlalchemy import select, update

from corpu import jobs
from corpu.assessment import service, submission
from corpu.assessment.extra_time import MinutesRefused, NoTimeLimit, ReasonMissing
from corpu.assessment.models import Attempt, AttemptState
from corpu.assessment.submission import BATCH
from corpu.audit import AuditEntry
from corpu.errors import NotFound
from tests.assessment.factories import (
    NOON,
    QUIZ,
    SLUG,
    again,
    answer,
    answer_all,
    begin,
    hand_in,
    take_seat,
)
from tests.factories import make_person

END = NOON + timedelta(minutes=20)
SECOND = timedelta(seconds=1)


@pytest.fixture
def timed(session, mira, publish):
    publish(time_limit=20)
    take_seat(session, mira)
    return begin(session, mira)


def test_at_the_deadline_an_answer_is_in_time(session, timed):
    answer(session, timed, "isian", "x", at=END)
    assert not again(session, timed).is_late


def test_for_a_minute_more_it_is_taken_and_marked(session, timed):
    answer(session, timed, "isian", "x", at=END + 60 * SECOND)
    assert again(session, timed).is_late


def test_after_that_it_is_not_taken(session, timed):
    with pytest.raises(service.AttemptOver):
        answer(session, timed, "isian", "x", at=END + 61 * SECOND)


def test_at_the_deadline_what_is_saved_is_handed_in(session, timed, events):
    answer_all(session, timed)
    assert service.close_due(session, END + 60 * SECOND) == 0
    assert service.close_due(session, END + 61 * SECOND) == 1
    attempt = again(session, timed)
    assert (attempt.submitted_at, attempt.by_deadline) == (END, True)
    assert (attempt.state, attempt.score) == (AttemptState.GRADED, 100)
    assert [event.observed_at for event in events] == [END]
    assert service.close_due(session, END + 90 * SECOND) == 0


def test_attempts_without_a_limit_never_close(session, running):
    assert service.close_due(session, NOON + timedelta(days=400)) == 0


def test_many_are_closed_in_short_batches_and_the_worker_goes_on(session, publish, agency):
    publish(time_limit=20)
    for _ in range(BATCH + 1):
        person = make_person(session)
        take_seat(session, person)
        begin(session, person)
    jobs.wake.clear()
    assert service.close_due(session, END + 61 * SECOND) == BATCH
    assert service.close_due(session, END + 61 * SECOND) == 1


def test_one_that_fails_does_not_hold_up_the_others(
    session, publish, mira, jonas, monkeypatch, caplog
):
    publish(time_limit=20)
    attempts = []
    for person in (mira, jonas):
        take_seat(session, person)
        attempts.append(begin(session, person, at=NOON + len(attempts) * SECOND))
    finish = submission.submit_held

    def broken(session, attempt, *args, **kwargs):
        if attempt.person_id == mira.id:
            raise RuntimeError("broken")
        return finish(session, attempt, *args, **kwargs)

    monkeypatch.setattr(submission, "submit_held", broken)
    assert service.close_due(session, END + 90 * SECOND) == 1
    assert again(session, attempts[0]).state is AttemptState.IN_PROGRESS
    assert again(session, attempts[1]).state is AttemptState.GRADED


def test_more_time_granted_at_the_last_moment_counts(session, timed):
    """Somebody saw the time run out, and has it handed in after more was granted."""
    answer_all(session, timed)
    later = update(Attempt).where(Attempt.id == timed.id).values(deadline_at=END + 300 * SECOND)
    session.execute(later.execution_options(synchronize_session=False))
    assert timed.deadline_at == END
    assert service.finish_by_deadline(session, timed, at=END + 90 * SECOND) is None
    assert again(session, timed).state is AttemptState.IN_PROGRESS


def test_handed_in_too_late_counts_as_at_the_deadline(session, timed):
    result = hand_in(session, timed, at=END + timedelta(hours=3))
    assert (result.submitted_at, result.by_deadline) == (END, True)


def test_handed_in_within_the_minute_counts_as_it_came(session, timed):
    result = hand_in(session, timed, at=END + 30 * SECOND)
    assert (result.submitted_at, result.by_deadline) == (END + 30 * SECOND, False)


def test_starting_after_the_deadline_shows_what_became_of_the_attempt(session, mira, timed):
    """Nobody spends another attempt by pressing the button of yesterday's page."""
    attempt = begin(session, mira, at=END + timedelta(days=1))
    assert attempt.id == timed.id
    assert (attempt.state, attempt.submitted_at) == (AttemptState.GRADED, END)
    assert begin(session, mira, at=END + timedelta(days=1)).number == 2


def grant(session, by, **changes):
    values = {"course": SLUG, "page": QUIZ, "minutes": 15, "reason": "Listrik padam", "at": NOON}
    granted = service.grant_extra_time(session, **{**values, "person_id": None} | changes, by=by)
    session.commit()
    return granted


@pytest.fixture
def manager(session, agency):
    return make_person(session, name="Siti Pengelola", roles=["manager"])


def test_more_time_moves_the_deadline_of_one_person(session, publish, mira, jonas, manager):
    publish(time_limit=20)
    attempts = []
    for person in (mira, jonas):
        take_seat(session, person)
        attempts.append(begin(session, person))
    grant(session, manager, person_id=mira.id)
    grant(session, manager, person_id=mira.id, minutes=5)
    assert again(session, attempts[0]).deadline_at == END + timedelta(minutes=20)
    assert again(session, attempts[1]).deadline_at == END
    hand_in(session, attempts[0])
    hand_in(session, attempts[1])
    assert begin(session, mira).deadline_at == END + timedelta(minutes=20)
    assert begin(session, jonas).deadline_at == END


def test_more_time_for_everybody(session, publish, mira, jonas, manager):
    publish(time_limit=20)
    take_seat(session, mira)
    attempt = begin(session, mira)
    grant(session, manager)
    take_seat(session, jonas)
    assert again(session, attempt).deadline_at == END + timedelta(minutes=15)
    assert begin(session, jonas).deadline_at == END + timedelta(minutes=15)


def test_more_time_is_on_record_with_its_reason(session, timed, mira, manager):
    grant(session, manager, person_id=mira.id)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.reason) == (
        "quiz.extra_time",
        manager.id,
        "Listrik padam",
    )
    assert entry.subject_id == str(mira.id)
    assert entry.unit_id is not None
    assert entry.after == {"course": SLUG, "page": QUIZ, "minutes": 15, "attempts_extended": 1}


@pytest.mark.parametrize("minutes", [0, -5, 1441, True, 1.5, "15", None])
def test_minutes_out_of_range_are_refused(session, timed, manager, minutes):
    with pytest.raises(MinutesRefused):
        grant(session, manager, minutes=minutes)


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501])
def test_a_reason_is_needed(session, timed, manager, reason):
    with pytest.raises(ReasonMissing):
        grant(session, manager, reason=reason)


@pytest.mark.parametrize("changes", [{"course": "tiada"}, {"page": "bacaan"}, {"page": "tiada"}])
def test_only_a_quiz_is_extended(session, timed, manager, changes):
    with pytest.raises(NotFound):
        grant(session, manager, **changes)


def test_a_quiz_without_a_limit_has_nothing_to_extend(session, running, manager):
    with pytest.raises(NoTimeLimit):
        grant(session, manager)
