"""Certificates that end: by a rule of the course, with reminders, renewed in time."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from corpu.audit import AuditEntry
from corpu.credentials import correcting, expiring, queries, revoking
from corpu.credentials.life_models import ExpiryReminder
from corpu.credentials.models import Certificate
from corpu.credentials.rules import format_code
from corpu.events import publish
from corpu.hours.models import HourEntry
from corpu.jobs import Job, run_until_idle
from corpu.learning import service as learning
from corpu.learning.models import CourseValidity
from corpu.learning.validity import (
    AlreadySet,
    BackDated,
    MonthsRefused,
    ReasonMissing,
    set_validity,
)
from corpu.people.queries import viewer_for
from tests.credentials.world import bpsdm, complete, issue, make_course
from tests.factories import make_person, save, supervise
from tests.manage.reading import text_of


@pytest.fixture
def unit(session, agency):
    return bpsdm(session)


@pytest.fixture
def course(session, app, unit):
    return make_course(session, app, unit)


@pytest.fixture
def holds(session, course, at):
    """From long ago on certificates of the course hold for so many months."""

    def said(months, from_on=date(2020, 1, 1)):
        save(
            session,
            CourseValidity(course_id=course.course_id, from_on=from_on, months=months, set_at=at),
        )

    return said


@pytest.fixture
def siti(session, agency, at):
    return viewer_for(session, make_person(session, roles=["manager"]).id, 0, at)


def endings(session, person, day):
    found = expiring.endings_of(session, [person.id], day).get(person.id, ())
    return [(one.title, one.valid_until) for one in found]


def test_the_end_counts_from_completion_and_only_where_somebody_said_so(
    session, course, holds, mira, jonas, at
):
    before = issue(session, jonas, course, at)
    holds(12)
    ending = issue(session, mira, course, at)
    assert before.valid_until is None
    assert ending.valid_until == date(2027, 11, 24)
    assert ending.snapshot["valid_until"] == "2027-11-24"
    assert "valid_until" not in before.snapshot
    corrected = correcting.correct(
        session, ending.id, {"post": "Analis"}, by=None, by_name="x", reason="uji", at=at
    )
    assert corrected.valid_until == ending.valid_until, "a correction prolongs nothing"
    assert corrected.snapshot["valid_until"] == "2027-11-24"


def test_who_checks_it_learns_that_it_has_ended(
    browser, session, course, holds, mira, at, monkeypatch
):
    holds(1)
    certificate = issue(session, mira, course, at - timedelta(days=31))
    url = f"/verify/{format_code(certificate.code)}"
    assert certificate.valid_until == at.date()
    page = text_of(browser.get(url))
    assert "Sertifikat ini sah" in page
    assert "Berlaku sampai 24 November 2026" in page
    monkeypatch.setattr("corpu.clock.now", lambda: at + timedelta(hours=13))  # past midnight
    page = text_of(browser.get(url))
    assert "habis berlaku" in page
    assert "Sertifikat ini sah" not in page
    told = browser.client.get(f"{url}/status").json
    assert (told["state"], told["valid_until"]) == ("expired", "2026-11-24")


def test_the_holder_is_reminded_once_each(session, app, unit, course, holds, mira, at):
    holds(3)
    certificate = issue(session, mira, course, at)  # ends on 24 February, in 92 days
    issue(session, mira, make_course(session, app, unit, title="Tanpa Akhir"), at)
    for days in (0, 1, 2, 2, 62, 63, 85, 90, 92, 93, 120):
        expiring.remind_job(session, {"after": None}, at + timedelta(days=days))
    sent = session.execute(
        select(ExpiryReminder.days, ExpiryReminder.at).order_by(ExpiryReminder.at)
    ).all()
    assert [(days, (moment - at).days) for days, moment in sent] == [(90, 2), (30, 62), (7, 85)]
    assert {row.certificate_id for row in session.scalars(select(ExpiryReminder))} == {
        certificate.id
    }


def test_what_was_missed_is_not_sent_after_it(session, course, holds, mira, at):
    holds(3)
    issue(session, mira, course, at)
    expiring.remind_job(session, {"after": None}, at + timedelta(days=90))  # two days are left
    assert session.scalars(select(ExpiryReminder.days)).all() == [7]


def test_the_daily_job_is_asked_for_once_a_day(session, course, holds, mira, at):
    holds(3)
    issue(session, mira, course, at - timedelta(days=62))
    for hours in (0, 1, 5, 24):
        expiring.plan_day(session, at + timedelta(hours=hours))
    session.commit()
    jobs = select(func.count()).select_from(Job).where(Job.kind == expiring.DAILY)
    assert session.scalar(jobs) == 2
    run_until_idle(session, lambda: at + timedelta(days=1))
    assert session.scalars(select(ExpiryReminder.days)).all() == [30]


def test_the_holder_and_the_supervisor_see_what_ends(
    browser, session, course, holds, mira, jonas, at
):
    holds(3)
    supervise(session, jonas, mira)
    certificate = issue(session, mira, course, at - timedelta(days=70))
    expiring.remind_job(session, {"after": None}, at)
    session.commit()
    browser.sign_in(mira)
    home = text_of(browser.get("/"))
    assert "Sertifikat segera berakhir: Air Bersih Uji" in home
    assert "Pengingat: sertifikat Air Bersih Uji akan berakhir" in home
    own = text_of(browser.get(f"/me/certificates/{certificate.id}"))
    assert "Ulangi kursusnya untuk memperbarui" in own
    assert "Diingatkan 30 hari sebelumnya" in own
    assert "Berlaku sampai 15 Desember 2026" in text_of(browser.get("/me/certificates"))
    browser.sign_in(jonas)
    assert "Air Bersih Uji" in text_of(
        browser.get(f"/team/{mira.id}").select_one("#sertifikat-luar")
    )


def test_renewed_superseded_and_revoked_ones_no_longer_end(session, course, holds, mira, at):
    holds(3)
    old = issue(session, mira, course, at - timedelta(days=80))
    day = at.date()
    assert endings(session, mira, day) == [("Air Bersih Uji", old.valid_until)]
    new = issue(session, mira, course, at, ordinal=2)
    assert (new.renews_id, new.snapshot["renews"]) == (old.id, old.number)
    assert endings(session, mira, day) == []
    revoking.revoke(
        session, new.id, by=None, by_name="x", reason="uji", revocation_class="other", at=at
    )
    assert endings(session, mira, day) == [("Air Bersih Uji", old.valid_until)]
    corrected = correcting.correct(
        session, old.id, {"post": "Analis"}, by=None, by_name="x", reason="uji", at=at
    )
    assert endings(session, mira, day) == [("Air Bersih Uji", corrected.valid_until)]


def test_a_course_may_be_taken_again_within_the_year_where_its_certificate_ends(
    session, course, holds, mira, at
):
    holds(6)
    first = at - timedelta(days=120)
    issue(session, mira, course, first)
    slug = session.scalars(select(Certificate.snapshot)).one()["course_slug"]
    opens = date(2027, 1, 27) - timedelta(days=90)
    assert opens.year == first.year
    with pytest.raises(learning.AlreadyThisYear):
        learning.enrol(session, mira.id, slug, at=at.replace(month=opens.month, day=opens.day - 1))
    session.rollback()
    seat = learning.enrol(session, mira.id, slug, at=at.replace(month=opens.month, day=opens.day))
    assert seat.ordinal == 2


def test_the_hours_of_a_renewal_within_the_year_count_once(session, course, holds, mira, at):
    holds(3)
    for ordinal, days in ((1, 80), (2, 0)):
        publish(
            session, complete(session, mira, course, at - timedelta(days=days), ordinal=ordinal)
        )
    assert session.scalar(select(func.count()).select_from(HourEntry)) == 1
    assert len(queries.held_by(session, mira.id)) == 2


# ----------------------------------------------------------------------- the rule of a course


def test_a_rule_is_said_from_a_day_on_and_never_backwards(session, course, siti, at):
    def say(months, from_on, reason="SK 12/2026"):
        set_validity(
            session,
            course.course_id,
            months=months,
            from_on=from_on,
            reason=reason,
            by=siti,
            at=at,
        )
        session.commit()

    today = at.date()
    say(24, today)
    say(24, today)  # twice is once
    say(None, today + timedelta(days=40))
    for months, from_on, reason, refusal in (
        (12, today - timedelta(days=1), "SK", BackDated),
        (12, today, "SK 1", AlreadySet),
        (0, today, "SK 1", MonthsRefused),
        (121, today, "SK 1", MonthsRefused),
        (12, today + timedelta(days=1), " ", ReasonMissing),
    ):
        with pytest.raises(refusal):
            say(months, from_on, reason)
    entries = session.scalars(select(AuditEntry).filter_by(action="course.validity_set")).all()
    assert [(one.before["months"], one.after["months"]) for one in entries] == [
        (None, 24),
        (24, None),
    ]
