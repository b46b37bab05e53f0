"""Certificates from elsewhere that end: who hears of it, when, and until they are renewed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.hours.claims import AlreadySent
from corpu.hours.endings import ending_of
from corpu.hours.models import LearningClaim
from corpu.hours.proposals import EndsTooEarly
from corpu.hours.validity import NEAR, PAST, SOON, Stage, stage
from corpu.people.export import own_data
from corpu.team.queries import waiting_for
from corpu.team.rules import Kind, certificate_want
from tests.factories import supervise
from tests.hours.conftest import NOON, make_claim, proposal, refuse, verify
from tests.hours.test_book import words
from tests.hours.test_claim_pages import NEW, claims, filled, hidden, send
from tests.page import Browser

TODAY = date(2026, 11, 24)
LICENCE = "Sertifikat Ahli K3"
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def certificate(session, person, by=None, *, left, title=LICENCE, day=2, **more):
    """One that holds so many days more; verified where somebody does."""
    when = date(2026, 3, day)
    until = TODAY + timedelta(days=left)
    what = proposal(form="KL08", title=title, started_on=when, ended_on=when, valid_until=until)
    made = make_claim(session, person, what, **more)
    if by is not None:
        verify(session, made, by, reason="Sertifikat asli sudah dilihat")
    return made


def endings(session, person, day=TODAY):
    return [one.title for one in ending_of(session, [person.id], day).get(person.id, ())]


# --------------------------------------------------------------------------------- the rule


@given(DAYS, DAYS)
def test_the_nearer_the_end_the_more_urgent_until_it_is_long_past(last, day):
    found = stage(last, day)
    order = [None, Stage.SOON, Stage.NEAR, Stage.EXPIRED]
    before = stage(last, day - timedelta(days=1))
    if day - last <= PAST:
        assert order.index(found) >= order.index(before)
        assert (found is Stage.EXPIRED) is (day > last)
    else:
        assert found is None


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (SOON.days + 1, None),
        (SOON.days, Stage.SOON),
        (NEAR.days + 1, Stage.SOON),
        (NEAR.days, Stage.NEAR),
        (0, Stage.NEAR),
        (-1, Stage.EXPIRED),
        (-PAST.days, Stage.EXPIRED),
        (-PAST.days - 1, None),
    ],
)
def test_the_database_finds_what_the_rule_speaks_of(session, mira, by_siti, left, expected):
    made = certificate(session, mira, by_siti, left=100)
    day = made.valid_until - timedelta(days=left)
    assert stage(made.valid_until, day) is expected
    (found,) = ending_of(session, [mira.id], day).get(mira.id, [None])
    assert (found and found.stage_on(day)) is expected


@given(st.lists(st.integers(-400, 120), max_size=6))
def test_a_supervisor_hears_of_the_most_urgent_and_how_many_there_are(days):
    class One:
        def __init__(self, left):
            self.title, self.valid_until = str(left), TODAY + timedelta(days=left)

        def stage_on(self, day):
            return stage(self.valid_until, day)

    want = certificate_want([One(left) for left in sorted(days)], TODAY)
    over = sorted(left for left in days if -365 <= left < 0)
    soon = sorted(left for left in days if 0 <= left <= 90)
    if not over and not soon:
        assert want is None
        return
    assert want.kind is (Kind.CERTIFICATE_EXPIRED if over else Kind.CERTIFICATE_EXPIRING)
    assert want.titles == tuple(map(str, over or soon))
    assert want.others == (len(soon) if over else 0)
    assert want.last_day == TODAY + timedelta(days=(over or soon)[0])


# ------------------------------------------------------------------------------- the claims


def test_only_what_somebody_verified_is_spoken_of(session, mira, jonas, by_siti):
    certificate(session, mira, left=10)
    assert endings(session, mira) == []
    certificate(session, mira, by_siti, left=10, title="Lain", day=9)
    assert endings(session, mira) == ["Lain"]
    assert endings(session, jonas) == []


def test_a_renewed_one_is_left_out_unless_the_new_one_is_refused(session, mira, by_siti):
    certificate(session, mira, by_siti, left=-3)
    certificate(session, mira, by_siti, left=40, title=LICENCE.upper(), day=9)
    assert endings(session, mira) == [LICENCE.upper()]
    newest = certificate(session, mira, left=400, day=16)
    assert endings(session, mira) == [], "the new one waits for somebody else"
    refuse(session, newest, by_siti)
    assert endings(session, mira) == [LICENCE.upper()]


def test_it_cannot_end_before_it_was_earned_and_is_part_of_what_is_sent(session, mira):
    with pytest.raises(EndsTooEarly) as refused:
        certificate(session, mira, left=-400)
    assert refused.value.field == "valid_until"
    made = certificate(session, mira, left=0)
    with pytest.raises(AlreadySent):
        certificate(session, mira, left=1, claim_id=made.id)
    (row,) = own_data(session, mira.id, at=NOON)["hour_claims"]
    assert row["valid_until"] == TODAY.isoformat()


# -------------------------------------------------------------------------------- the pages


def test_the_end_is_written_down_checked_and_becomes_that_of_the_evidence(
    app, session, browser, mira, siti, at
):
    browser.sign_in(mira).get(NEW)
    for wrong, said in (
        ("2026-02-01", "pada atau sesudah"),
        ("0026-02-01", "1950"),
        ("x", "anggal"),
    ):
        page = browser.post(NEW, filled(valid_until=wrong), status=422)
        assert said in words(page.select_one(".field.wrong"))
        assert page.select_one("[name=title]")["value"] == "Webinar Tata Naskah", "kept"
    page = browser.post(NEW, filled(valid_until="2027-01-31"), status=200)
    assert hidden(page)["valid_until"] == "2027-01-31"
    send(browser, page)
    (made,) = claims(session)
    assert made.valid_until == date(2027, 1, 31)
    assert "31 Januari 2027" in words(browser.get(f"/me/hours/claims/{made.id}"))
    office = Browser(app.test_client()).sign_in(siti)
    page = office.get(f"/manage/hours/{made.id}")
    assert "Periksa juga masa berlakunya: sampai 31 Januari 2027" in words(page)
    session.get_one(LearningClaim, made.id).proof_kind = "pdf"
    session.get_one(LearningClaim, made.id).proof_sha256 = "a" * 64
    session.commit()
    office.post(f"/manage/hours/{made.id}", {"decision": "verified", "seen": "0", "reason": ""})
    page = office.get(f"/manage/hours/{made.id}/evidence")
    assert page.select_one("[name=valid_until]")["value"] == "2027-01-31"


def test_supervisor_and_person_see_it_each_on_their_pages(
    app, session, browser, mira, jonas, by_siti, at
):
    supervise(session, jonas, mira)
    over = certificate(session, mira, by_siti, left=-3)
    certificate(session, mira, by_siti, left=80, title="Operator Forklift", day=9)
    found = [want for _one, want in waiting_for(session, jonas.id, NOON) if want.titles]
    assert [(one.kind, one.titles, one.others) for one in found] == [
        (Kind.CERTIFICATE_EXPIRED, (LICENCE,), 1)
    ]
    boss = Browser(app.test_client()).sign_in(jonas)
    (item,) = boss.get("/team?kind=certificate").select("article.item")
    assert item.h3.text == f"Sertifikat habis berlaku: {LICENCE}"
    assert "Berlaku sampai 21 November 2026" in words(item)
    assert "1 sertifikat lain segera berakhir" in words(item)
    url = item.select_one("a.button")["href"]
    assert url == f"/team/{mira.id}#sertifikat-luar"
    assert len(boss.get(url).select("#sertifikat-luar tbody tr")) == 2
    assert "Sertifikat mana yang diperbarui" in words(boss.get(f"/team/{mira.id}/sheet"))
    page = browser.sign_in(mira).get("/me/certificates")
    rows = page.select("section[aria-labelledby=luar] tbody tr")
    assert [words(row.select_one(".tag")) for row in rows] == [
        "Habis berlaku",
        "Sampai 12 Februari 2027",
    ]
    assert rows[0].a["href"] == f"/me/hours/claims/{over.id}"
