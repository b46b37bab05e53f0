from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from corpu import clock, events
from corpu.catalog.models import Course
from corpu.events import CourseCompleted
from corpu.hours import queries, service
from corpu.hours.models import HourEntry
from corpu.learning import service as learning
from corpu.learning.models import Completion, Enrolment
from corpu.people.export import own_data
from corpu.transactions import unit_of_work
from tests.assessment.factories import SLUG, publish_course, storage_in, take_seat
from tests.factories import make_person, make_unit, save
from tests.statements import statements

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.fixture
def course(session, agency, tmp_path):
    """A course whose completion asks for its reading alone."""
    return publish_course(session, storage_in(tmp_path), completion="")


def complete(session, person, edition, *, at=NOON, zone="Asia/Jakarta", jp="2.5", ordinal=1):
    """A completion as `learning` leaves it, and what follows from it."""
    enrolment = save(
        session,
        Enrolment(
            person_id=person.id,
            course_id=edition.course_id,
            ordinal=ordinal,
            enrolled_at=at,
            completed_at=at,
        ),
    )
    completion = save(
        session,
        Completion(
            enrolment_id=enrolment.id,
            person_id=person.id,
            course_id=edition.course_id,
            edition_id=edition.id,
            unit_name="Dinas Uji",
            timezone=zone,
            post_title="Analis Uji",
            jp=Decimal(jp),
            completed_at=at,
        ),
    )
    event = CourseCompleted(completion.id, enrolment.id, person.id, edition.course_id, at)
    service.record_completion(session, event)
    session.commit()
    return event


def entries(session):
    session.expire_all()
    return session.scalars(select(HourEntry).order_by(HourEntry.day)).all()


def test_completing_a_course_writes_its_hours(session, mira, course):
    complete(session, mira, course)
    [entry] = entries(session)
    assert (entry.jp, entry.year, entry.day) == (Decimal("2.50"), 2026, date(2026, 11, 24))
    assert (entry.course_title, entry.unit_name) == ("Air Uji", "Dinas Uji")
    book = queries.book_of(session, mira.id, 2026)
    assert (book.total, book.remaining) == (Decimal("2.50"), Decimal("17.50"))
    assert book.lines[0].slug == SLUG


# The first moment of 2027 in UTC, by zone: WIT comes first, WIB last.
@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Asia/Jakarta", datetime(2026, 12, 31, 17, tzinfo=UTC)),
        ("Asia/Pontianak", datetime(2026, 12, 31, 17, tzinfo=UTC)),
        ("Asia/Makassar", datetime(2026, 12, 31, 16, tzinfo=UTC)),
        ("Asia/Jayapura", datetime(2026, 12, 31, 15, tzinfo=UTC)),
    ],
)
def test_the_year_is_that_of_the_units_zone(session, mira, jonas, course, zone, midnight):
    complete(session, mira, course, at=midnight - timedelta(seconds=1), zone=zone)
    complete(session, jonas, course, at=midnight, zone=zone)
    assert [(entry.year, entry.day) for entry in entries(session)] == [
        (2026, date(2026, 12, 31)),
        (2027, date(2027, 1, 1)),
    ]


def test_a_course_counts_once_a_year_and_again_in_the_next(session, mira, course):
    complete(session, mira, course, at=NOON)
    complete(session, mira, course, at=NOON + timedelta(days=1), ordinal=2, jp="9")
    complete(session, mira, course, at=NOON + timedelta(days=60), ordinal=3)
    assert [(entry.year, entry.jp) for entry in entries(session)] == [
        (2026, Decimal("2.50")),
        (2027, Decimal("2.50")),
    ]


def test_the_same_event_twice_writes_once(session, mira, course):
    event = complete(session, mira, course)
    service.record_completion(session, event)
    assert len(entries(session)) == 1


def test_whoever_was_first_in_the_year_stands(session, mira, course, monkeypatch):
    complete(session, mira, course)
    real = session.scalar
    blind = [None]  # what the look before writing saw, before the other had committed

    def scalar(*arguments, **options):
        return blind.pop() if blind else real(*arguments, **options)

    monkeypatch.setattr(session, "scalar", scalar)
    complete(session, mira, course, at=NOON + timedelta(days=1), ordinal=2)
    assert len(entries(session)) == 1


def test_hours_go_with_the_transaction_that_completes(session, mira, course, monkeypatch):
    def fail(session, event):
        raise RuntimeError("the certificate could not be written")

    monkeypatch.setitem(events._reactions, CourseCompleted, [service.record_completion, fail])
    enrolment = take_seat(session, mira)
    person_id = mira.id
    monkeypatch.setattr(learning.rules, "is_complete", lambda *_: True)
    with pytest.raises(RuntimeError), unit_of_work(session):
        learning.complete_page(session, person_id, SLUG, "bacaan", at=NOON)
    assert session.scalar(select(func.count()).select_from(HourEntry)) == 0
    assert session.get_one(Enrolment, enrolment.id).completed_at is None


def test_another_unit_later_changes_no_line(session, mira, course):
    complete(session, mira, course)
    before = queries.book_of(session, mira.id, 2026)
    make_unit(session, name="Unit Baru", timezone="Asia/Jayapura")
    assert queries.book_of(session, mira.id, 2026) == before


def test_totals_for_many_come_in_one_statement(session, mira, jonas, course):
    complete(session, mira, course)
    with statements() as seen:
        totals = queries.totals_of(session, [mira.id, jonas.id], 2026)
    assert totals == {mira.id: Decimal("2.50"), jonas.id: Decimal(0)}
    assert len(seen) == 1
    assert queries.totals_of(session, [], 2026) == {}


# ---------------------------------------------------------------------------- the page


def words(page):
    return " ".join(page.get_text(" ").split())


@pytest.mark.usefixtures("at")
class TestPage:
    def test_the_book_shows_the_lines_and_the_total(self, session, browser, mira, course):
        complete(session, mira, course, zone="Asia/Makassar")
        page = browser.sign_in(mira).get("/me/hours")
        line = page.select_one("tbody tr[role=row]")
        assert line.a["href"] == f"/courses/{SLUG}"
        assert "24 November 2026 WITA" in words(page)
        assert "2,5 dari 20 JP diakui" in words(page)
        assert "Kurang 17,5 JP sampai 31 Desember 2026." in words(page)
        assert "PP 11/2017 jo. PP 17/2020, pasal 203" in words(page)

    def test_an_empty_book_says_how_it_fills(self, browser, mira):
        page = browser.sign_in(mira).get("/me/hours")
        assert "Belum ada catatan" in words(page)
        assert page.select_one("a.button[href='/courses']")

    def test_a_course_under_way_is_the_quickest(self, session, browser, mira, course):
        take_seat(session, mira)
        page = browser.sign_in(mira).get("/me/hours")
        assert page.select_one(f".note a[href='/learn/{SLUG}']")
        assert "1 JP, sisa 2 halaman" in words(page)

    def test_the_duty_once_met_asks_for_nothing(self, session, browser, mira, course):
        complete(session, mira, course, jp="20")
        page = browser.sign_in(mira).get("/me/hours")
        assert "Kewajiban 20 JP terpenuhi." in words(page)

    def test_an_archived_course_has_no_address(self, session, browser, mira, course):
        complete(session, mira, course)
        session.get_one(Course, course.course_id).archived_at = NOON
        session.commit()
        page = browser.sign_in(mira).get("/me/hours")
        assert not page.select("tbody th a")

    def test_an_earlier_year_can_be_opened(self, session, browser, mira, course):
        complete(session, mira, course, at=datetime(2025, 3, 1, 5, tzinfo=UTC))
        browser.sign_in(mira)
        page = browser.get("/me/hours")
        assert [year.text for year in page.select("nav .num")] == ["2026", "2025"]
        assert page.select_one("nav a.num")["href"] == "/me/hours?year=2025"
        page = browser.get("/me/hours?year=2025")
        assert page.h1.text == "Buku JP 2025"
        assert page.select_one("nav b[aria-current=page].num").text == "2025"
        assert "Kurang 17,5 JP pada akhir tahun itu." in words(page)

    @pytest.mark.parametrize("year", ["2024", "x", "-1", "9" * 5000, "٢٠٢٦", "2026.0"])
    def test_a_year_without_hours_is_no_page(self, browser, mira, year):
        browser.sign_in(mira).get("/me/hours", query_string={"year": year}, status=404)

    def test_nobody_sees_the_hours_of_another(self, session, browser, mira, jonas, course):
        complete(session, mira, course)
        page = browser.sign_in(jonas).get(f"/me/hours?person={mira.id}")
        assert "Air Uji" not in words(page)

    def test_ones_own_data_hold_every_line(self, session, mira, course):
        complete(session, mira, course)
        [line] = own_data(session, mira.id, at=NOON)["hours"]
        assert (line["jp"], line["day"]) == ("2.50", "2026-11-24")

    def test_the_page_asks_little_of_the_database(self, app, session, browser, mira, course):
        complete(session, mira, course)
        app.extensions["agency_names"] = ("BPSDM", "BPSDM")
        try:
            session.expire_all()
            browser.sign_in(mira)
            with statements() as seen:
                browser.get("/me/hours")
        finally:
            del app.extensions["agency_names"]
        assert len(seen) <= 5, seen


def test_the_year_of_the_page_is_that_of_the_viewers_zone(session, browser, agency, monkeypatch):
    east = make_person(session, unit=make_unit(session, timezone="Asia/Jayapura"))
    west = make_person(session)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 31, 15, 30, tzinfo=UTC))
    assert browser.sign_in(east).get("/me/hours").h1.text == "Buku JP 2027"
    assert browser.sign_in(west).get("/me/hours").h1.text == "Buku JP 2026"


@pytest.mark.parametrize(
    "year", ["20260", "02026", "020269999999999999999999", "2026" + "9" * 5000, "²⁰²⁶", "-2026"]
)
def test_a_year_that_is_none_of_ones_own_is_no_page(browser, mira, at, year):
    browser.sign_in(mira).get("/me/hours", query_string={"year": year}, status=404)
