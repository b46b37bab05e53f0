"""Closing a year, and stating what it held."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pikepdf
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from corpu import clock, jobs
from corpu.audit import AuditEntry
from corpu.credentials import closing, statement_documents, statements
from corpu.credentials.closing import YearNotOver
from corpu.credentials.documents import fingerprint
from corpu.errors import NotFound
from corpu.hours.models import Decision, HourStatement
from corpu.hours.queries import book_of, closed_at
from corpu.people.export import own_data
from corpu.people.queries import viewer_for
from tests.factories import make_issuer, make_person, make_unit, save
from tests.factories import people as tables
from tests.hours.conftest import decide, make_claim, proposal, refuse, session_of, verify
from tests.page import Browser

JANUARY = datetime(2027, 1, 15, 3, tzinfo=UTC)
LATER = JANUARY + timedelta(days=20)


@pytest.fixture
def siti(session, agency):
    return make_person(session, name="Siti Maesaroh", roles=["manager"])


@pytest.fixture
def by_siti(session, siti):
    return viewer_for(session, siti.id, 0, JANUARY)


def close(session, person, by, *, year=2026, at=JANUARY):
    done = closing.close(session, person.id, year, by=by.id, by_name=by.name, at=at)
    session.commit()
    return done


def stated(session, person, year=2026):
    session.expire_all()
    return statements.statement_of(session, person.id, year)


def drawn(session, app, person, year=2026):
    storage = app.extensions["storage"]
    return statement_documents.pdf_of(session, storage, person.id, year, at=LATER)[1]


def text_of(data):
    reader = PdfReader(io.BytesIO(data))
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


# 31 December 24.00 in Jakarta, when it has been next year in Jayapura for two hours.
@pytest.mark.parametrize(("second", "is_over"), [(-1, False), (0, True)])
def test_a_year_is_closed_once_it_is_over_in_all_three_zones(
    session, mira, by_siti, second, is_over
):
    moment = datetime(2026, 12, 31, 17, tzinfo=UTC) + timedelta(seconds=second)
    if is_over:
        assert close(session, mira, by_siti, at=moment)
        return
    with pytest.raises(YearNotOver):
        close(session, mira, by_siti, at=moment)


@pytest.mark.parametrize("year", [2018, 2027, 2028, -1])
def test_no_other_year_can_be_closed(session, mira, by_siti, year):
    with pytest.raises(YearNotOver):
        close(session, mira, by_siti, year=year)


def test_a_closed_book_stays_as_it_was(session, mira, by_siti):
    verify(session, make_claim(session, mira, at=JANUARY), by_siti, at=JANUARY)
    assert close(session, mira, by_siti)
    late = make_claim(session, mira, session_of(9), at=LATER)
    assert stated(session, mira).later == ()
    verify(session, late, by_siti, at=LATER)
    found = stated(session, mira)
    assert (found.jp, found.now) == (4, 6)
    assert [(one.title, one.then, one.now) for one in found.later] == [("Coaching", 0, 2)]
    assert not close(session, mira, by_siti, at=LATER), "closed once"
    assert stated(session, mira).jp == 4


def test_a_correction_afterwards_is_shown_as_one(session, mira, by_siti):
    made = make_claim(session, mira, at=JANUARY)
    verify(session, made, by_siti, at=JANUARY)
    close(session, mira, by_siti)
    refuse(session, made, by_siti, seen=1, at=LATER)
    found = stated(session, mira)
    assert (found.jp, found.now) == (4, 0)
    assert [(one.title, one.then, one.now) for one in found.later] == [
        ("Webinar Tata Naskah", 4, 0)
    ]


@pytest.mark.parametrize("is_first", [True, False])
def test_only_what_is_decided_after_the_closing_is_late(session, mira, by_siti, is_first):
    """The moments are those at which each began; whoever waited for the other came second."""
    made = make_claim(session, mira, at=JANUARY)
    moment = timedelta(seconds=5)
    if is_first:
        verify(session, made, by_siti, at=JANUARY + moment)
        close(session, mira, by_siti)
    else:
        close(session, mira, by_siti)
        verify(session, made, by_siti, at=JANUARY - moment)
    (line,) = book_of(session, mira.id, 2026).claims
    assert line.is_late(closed_at(session, mira.id, 2026)) is not is_first
    assert (stated(session, mira).later == ()) is is_first


def test_unit_and_post_are_those_of_the_last_day_of_the_year(session, agency, by_siti):
    old = make_unit(session, name="Dinas Lama", timezone="Asia/Jayapura")
    make_issuer(session, old, place="Jayapura")
    person = make_person(session, unit=old)
    posting = session.scalars(select(tables.Posting).filter_by(person_id=person.id)).one()
    posting.ended_on = date(2026, 12, 31)
    new = make_unit(session, name="Dinas Baru")
    save(
        session,
        tables.Posting(
            person_id=person.id,
            unit_id=new.id,
            title="Kepala",
            post_type="PENGAWAS",
            grade="IV/a",
            started_on=date(2027, 1, 1),
        ),
    )
    close(session, person, by_siti)
    content = stated(session, person).content
    assert (content["unit"], content["post"], content["place"]) == (
        "Dinas Lama",
        "Analis Uji",
        "Jayapura",
    )
    assert content["signatory"]["name"] == "Dr. Endang Uji, M.Si."


def test_whoever_had_the_post_that_year_gets_the_statement(session, agency, siti, by_siti):
    """By the last post of the year: retired in it or after it, moved away, not yet there."""
    health, works = make_unit(session, name="Dinas Kesehatan"), make_unit(session)
    board = make_unit(session, parent=health)

    def posted(*posts, unit=health):
        person = make_person(session, unit=unit)
        first = session.scalars(select(tables.Posting).filter_by(person_id=person.id)).one()
        first.ended_on = posts[0]
        for start, where in posts[1:]:
            new = {"title": "Kepala", "post_type": "PENGAWAS", "started_on": start}
            save(session, tables.Posting(person_id=person.id, unit_id=where.id, **new))
        session.commit()
        return person

    retired = posted(date(2027, 1, 2))
    session.get_one(tables.Account, retired.id).is_active = False
    retired_in_may = posted(date(2026, 5, 31), unit=board)
    moved_in_january = posted(date(2027, 1, 1), (date(2027, 1, 2), works))
    moved_in_may = posted(date(2026, 5, 31), (date(2026, 6, 1), works))
    came_in_may = posted(date(2026, 5, 31), (date(2026, 6, 1), health), unit=works)
    came_in_january = posted(date(2027, 1, 1), (date(2027, 1, 2), health), unit=works)
    gone_long_ago = posted(date(2025, 12, 31))
    theirs = {retired.id, retired_in_may.id, moved_in_january.id, came_in_may.id}

    closing.plan_closing(session, 2026, frozenset({health.id}), by=by_siti, at=JANUARY)
    closing.close_job(session, closing_asked(session), JANUARY)
    (line,) = closing.years(session, frozenset({health.id}), JANUARY)
    assert set(session.scalars(select(HourStatement.person_id))) == theirs
    assert (line.people, line.closed) == (4, 4)
    assert stated(session, retired_in_may).content["post"] == "Analis Uji"
    assert stated(session, came_in_may).content["post"] == "Kepala"
    make_claim(session, gone_long_ago, at=JANUARY)  # learnt without a post
    closing.plan_closing(session, 2026, None, by=by_siti, at=JANUARY)
    closing.close_job(session, closing_asked(session), JANUARY)
    everybody = theirs | {moved_in_may.id, came_in_january.id, gone_long_ago.id, siti.id}
    assert set(session.scalars(select(HourStatement.person_id))) == everybody


def closing_asked(session):
    latest = select(jobs.Job).filter_by(kind=closing.CLOSE).order_by(jobs.Job.id.desc())
    return session.scalars(latest).first().payload


def test_the_worker_closes_it_for_everybody_in_batches(session, agency, siti, by_siti, monkeypatch):
    monkeypatch.setattr(closing, "AT_ONCE", 2)
    health = make_unit(session)
    inside = [make_person(session, unit=make_unit(session, parent=health)) for _ in range(4)]
    outside = make_person(session)
    for _click in range(2):
        closing.plan_closing(session, 2026, frozenset({health.id}), by=by_siti, at=JANUARY)
    session.commit()
    jobs.run_until_idle(session, lambda: JANUARY)
    closed = set(session.scalars(select(HourStatement.person_id)))
    assert closed == {person.id for person in inside}
    assert outside.id not in closed
    (line,) = [
        one for one in closing.years(session, frozenset({health.id}), JANUARY) if one.year == 2026
    ]
    assert (line.people, line.closed) == (4, 4)
    entries = session.scalars(select(AuditEntry).filter_by(action="hours.year_closed")).all()
    assert entries[0].after == {"year": 2026}
    closing.plan_closing(session, 2026, None, by=by_siti, at=JANUARY)
    session.commit()
    jobs.run_until_idle(session, lambda: JANUARY)
    assert outside.id in set(session.scalars(select(HourStatement.person_id)))


def test_years_are_on_offer_from_the_first_that_has_hours(session, mira, siti):
    def years():
        return [one.year for one in closing.years(session, None, JANUARY)]

    assert years() == [2026], "nobody has learnt anything yet"
    day = date(2024, 5, 2)
    make_claim(session, mira, proposal(started_on=day, ended_on=day))
    assert years() == [2026, 2025, 2024]


def test_the_statement_says_what_stood_and_what_came_later(session, app, mira, siti, by_siti):
    for day in (3, 11, 20):
        verify(session, make_claim(session, mira, session_of(day), at=JANUARY), by_siti, at=JANUARY)
    close(session, mira, by_siti)
    verify(session, make_claim(session, mira, at=LATER), by_siti, at=LATER)
    data = drawn(session, app, mira)
    said = text_of(data)
    assert "Pernyataan Jam Pelajaran Tahun 2026" in said
    assert "4 (empat) jam pelajaran (JP)" in said
    assert "belum terpenuhi: kurang 16 JP." in said
    assert "Catatan setelah penutupan" in said
    assert "Keadaan 4 Februari 2027: 8 JP" in said
    assert "Mira Lestari" in said
    with pikepdf.open(io.BytesIO(data)) as document:
        meta = document.open_metadata()
        assert (meta.get("pdfaid:part"), meta.get("pdfuaid:part")) == ("2", "1")


def test_hours_beyond_all_measure_keep_nobodys_book_open(session, mira, by_siti):
    """Many long records make a sum that none of them has."""
    year = date(2026, 1, 1), date(2026, 12, 20)
    for title in ("Satu", "Dua"):
        what = proposal(form="KL03", title=title, started_on=year[0], ended_on=year[1])
        what = replace(what, amount=Decimal(6000))
        made = make_claim(session, mira, what, at=JANUARY)
        decide(session, made, Decision.VERIFIED, by_siti, reason="dua pelatihan", at=JANUARY)
    close(session, mira, by_siti)
    assert stated(session, mira).jp == 12_000


def test_an_open_year_has_no_statement(session, app, mira):
    with pytest.raises(NotFound):
        drawn(session, app, mira)


def test_a_title_that_no_font_has_keeps_nobody_from_their_statement(session, app, mira, by_siti):
    titles = ("研修 Arsip", "Webinar " + "panjangsekali" * 20, "مرحبا", "Café 🎓")
    for n, title in enumerate(titles):
        day = date(2026, 4, n + 1)
        what = proposal(title=title, started_on=day, ended_on=day)
        verify(session, make_claim(session, mira, what, at=JANUARY), by_siti, at=JANUARY)
    close(session, mira, by_siti)
    assert "?? Arsip" in text_of(drawn(session, app, mira))


def test_a_long_book_runs_over_several_pages(session, app, mira, by_siti):
    for n in range(60):
        day = date(2026, 2, 1) + timedelta(days=n)
        what = proposal(title=f"Webinar nomor {n}", started_on=day, ended_on=day)
        verify(session, make_claim(session, mira, what, at=JANUARY), by_siti, at=JANUARY)
    close(session, mira, by_siti)
    data = drawn(session, app, mira)
    assert "240 (dua ratus empat puluh)" in text_of(data)
    assert len(PdfReader(io.BytesIO(data)).pages) > 2


def test_ones_own_data_hold_every_closed_year_and_its_file(session, app, mira, by_siti):
    verify(session, make_claim(session, mira, at=JANUARY), by_siti, at=JANUARY)
    close(session, mira, by_siti)
    data = drawn(session, app, mira)
    (row,) = own_data(session, mira.id, at=LATER)["hour_statements"]
    assert (row["year"], row["jp"]) == (2026, "4.00")
    assert [one["pdf_sha256"] for one in row["documents"]] == [fingerprint(data)]


# ---------------------------------------------------------------------------- the pages


@pytest.fixture
def in_january(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.mark.usefixtures("in_january")
class TestPages:
    def test_the_book_of_a_closed_year_leads_to_its_statement(
        self, session, browser, mira, jonas, by_siti
    ):
        verify(session, make_claim(session, mira, at=JANUARY), by_siti, at=JANUARY)
        close(session, mira, by_siti)
        late = make_claim(session, mira, session_of(9), at=LATER)
        verify(session, late, by_siti, at=LATER)
        page = browser.sign_in(mira).get("/me/hours?year=2026")
        assert "Buku ini ditutup pada 15 Januari 2027" in page.text
        assert page.find("a", string="Coaching").find_parent("tr").find(string="Susulan")
        row = page.find("a", string="Webinar Tata Naskah").find_parent("tr")
        assert not row.find(string="Susulan")
        link = page.find("a", string="Unduh pernyataan resmi (PDF)")["href"]
        answer = browser.client.get(link)
        assert answer.data.startswith(b"%PDF-")
        assert "attachment" in answer.headers["Content-Disposition"]
        browser.sign_in(jonas).get(link, status=404)

    @pytest.mark.parametrize("year", ["", "2025", "x", "9" * 5000, "-2026", "٢٠٢٦"])
    def test_a_year_that_is_not_closed_has_no_file(self, session, browser, mira, by_siti, year):
        close(session, mira, by_siti)
        browser.sign_in(mira).get("/me/hours/statement", query_string={"year": year}, status=404)

    def test_a_claim_for_a_closed_year_is_said_to_be_late(self, session, browser, mira, by_siti):
        close(session, mira, by_siti)
        fields = {"step": "check", "form": "KL06", "title": "Arsip", "started_on": "2026-03-02"}
        page = browser.sign_in(mira).post("/me/hours/new", fields, status=200)
        assert "sudah ditutup pada 15 Januari 2027" in page.text

    def test_a_manager_closes_a_year_that_is_over(self, session, app, siti, mira):
        make_claim(session, mira, at=JANUARY)
        office = Browser(app.test_client()).sign_in(siti)
        page = office.get("/manage/hours/years")
        assert page.select_one("a[href='/manage/hours/years/2026/close']")
        page = office.get("/manage/hours/years/2026/close")
        assert "1 catatan tahun itu masih menunggu keputusan" in page.text
        page = office.post("/manage/hours/years/2026/close")
        assert "sedang ditutup di latar" in page.text
        jobs.run_until_idle(session, lambda: LATER)
        assert stated(session, mira).jp == Decimal()
        for year in ("2027", "2018", "x", "9" * 5000, "-2026"):
            office.get(f"/manage/hours/years/{year}/close", status=404)
            office.post(f"/manage/hours/years/{year}/close", status=404)

    def test_nobody_else_closes_a_year(self, browser, mira):
        browser.sign_in(mira).get("/manage/hours/years/2026/close", status=403)
