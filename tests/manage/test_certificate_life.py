"""The pages on which certificates are corrected, agreed on, answered, and given an end."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from corpu.credentials import wishes
from corpu.credentials.life_models import Proposal
from corpu.credentials.models import Certificate, Issuer
from corpu.credentials.rules import format_code
from corpu.learning.models import CourseValidity
from tests.credentials.world import issue, make_course, make_issuer
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, fields_of, send, text_of
from tests.page import Browser

REQUESTS = "/manage/certificates/requests"


@pytest.fixture
def mine(session, app, health, mira, at):
    """Issued by the health office."""
    make_issuer(session, health)
    return issue(session, mira, make_course(session, app, health), at)


@pytest.fixture
def theirs(session, app, elsewhere, jonas, at):
    """Issued elsewhere."""
    make_issuer(session, elsewhere)
    return issue(session, jonas, make_course(session, app, elsewhere), at)


@pytest.fixture
def by_two(session, mine):
    """A second manager must agree."""
    session.scalars(select(Issuer)).one().needs_consent = True
    session.commit()


def current(session):
    return session.scalars(
        select(Certificate).filter_by(superseded_at=None).execution_options(populate_existing=True)
    ).one()


def test_a_correction_is_looked_at_before_it_is_issued(as_chief, session, mine):
    url = f"/manage/certificates/{mine.id}/correct"
    page = send(as_chief, url, name="Mira Lestari, S.Sos.", reason=REASON, act="check", status=200)
    assert "Mira Lestari Mira Lestari, S.Sos." in text_of(page.select_one("table"))
    assert current(session).id == mine.id, "looking issues nothing"
    filled = fields_of(page, url)
    back = as_chief.post(url, filled | {"act": "edit"}, status=200)
    assert back.select_one("[name=name]")["value"] == "Mira Lestari, S.Sos."
    for _click in range(2):
        page = as_chief.post(url, filled | {"act": "issue"})
    new = current(session)
    assert (new.replaces_id, new.snapshot["name"]) == (mine.id, "Mira Lestari, S.Sos.")
    assert new.sequence == 2, "two clicks issue once"
    old = as_chief.get(f"/manage/certificates/{mine.id}")
    assert f"nomor {new.number}" in text_of(old)
    assert not old.select_one("a.danger")
    assert "Digantikan" in text_of(as_chief.get("/manage/certificates?state=superseded"))
    listed = as_chief.get("/manage/certificates?state=valid").select("tbody tr")
    assert len(listed) == 1
    assert "Menggantikan" in text_of(as_chief.get(f"/verify/{format_code(new.code)}"))


def test_what_cannot_be_corrected_so_is_said_at_its_field_and_kept(as_chief, session, mine):
    url = f"/manage/certificates/{mine.id}/correct"
    same = send(as_chief, url, reason=REASON, act="check", status=422)
    assert "Belum ada yang berbeda" in error_at(same, "name")
    page = send(as_chief, url, name="", post="Analis Ahli", act="check", reason="", status=422)
    assert error_at(page, "reason")
    assert page.select_one("[name=post]")["value"] == "Analis Ahli"
    page = send(as_chief, url, name="ก" * 9, step="issue", reason=REASON, status=422)
    assert "tidak dapat dicetak" in error_at(page, "name")
    assert current(session).id == mine.id


def test_what_lies_out_of_reach_does_not_exist(as_ratna, session, theirs, jonas, ratna, at):
    session.scalars(select(Issuer)).one().needs_consent = True
    wish = wishes.ask(session, jonas.id, theirs.id, "Nama saya salah tulis.", at=at)
    proposal = _asked(session, theirs, at)
    for path in (
        f"/manage/certificates/{theirs.id}/correct",
        f"{REQUESTS}/{proposal.id}",
        f"/manage/certificates/wishes/{wish.id}",
        f"/manage/certificates/validity/{theirs.snapshot['course_slug']}",
    ):
        as_ratna.get(path, status=404)
        as_ratna.post(path, {"reason": REASON, "answer": REASON}, status=404)
    assert "Tidak ada yang menunggu" in text_of(as_ratna.get(REQUESTS))


def _asked(session, certificate, at):
    made = Proposal(
        certificate_id=certificate.id,
        kind="revoke",
        revocation_class="data",
        reason=REASON,
        asked_at=at,
        asked_by_name="konsol",
        lapses_at=at + timedelta(days=14),
        state="waiting",
    )
    session.add(made)
    session.commit()
    return made


def test_one_asks_and_another_agrees(as_chief, as_ratna, session, mine, by_two):
    url = f"/manage/certificates/{mine.id}/revoke"
    assert "persetujuan pengelola lain" in text_of(as_ratna.get(url))
    page = send(as_ratna, url, reason=REASON, revocation_class="fraud")
    assert "tetap berlaku" in text_of(page)
    assert current(session).revoked_at is None
    asked = session.scalars(select(Proposal.id)).one()
    own = as_ratna.get(f"{REQUESTS}/{asked}")
    assert "Tarik kembali" in text_of(own)
    assert "Setujui" not in text_of(own)
    as_ratna.post(f"{REQUESTS}/{asked}", {"act": "agree"}, status=409)
    assert "1 permintaan menunggu jawaban" in text_of(as_chief.get("/manage/certificates"))
    assert "1 permintaan tentang sertifikat" in text_of(as_chief.get("/"))
    page = as_chief.get(REQUESTS)
    assert page.select_one(f'a[href="{REQUESTS}/{asked}"]')
    refused = as_chief.post(f"{REQUESTS}/{asked}", {"act": "refuse", "answer": ""}, status=422)
    assert error_at(refused, "answer")
    done = text_of(as_chief.post(f"{REQUESTS}/{asked}", {"act": "agree"}))
    assert "Sudah dicabut" in done
    assert "Kecurangan" in done
    as_chief.post(f"{REQUESTS}/{asked}", {"act": "agree"}, status=409)
    assert "Disetujui" in text_of(as_chief.get(f"{REQUESTS}/{asked}"))


def test_a_correction_that_is_refused_leaves_everything(as_chief, as_ratna, session, mine, by_two):
    url = f"/manage/certificates/{mine.id}/correct"
    page = send(as_ratna, url, post="Analis Ahli", reason=REASON, act="check", status=200)
    as_ratna.post(url, fields_of(page, url) | {"act": "issue"})
    asked = session.scalars(select(Proposal.id)).one()
    assert "Analis Uji Analis Ahli" in text_of(as_chief.get(f"{REQUESTS}/{asked}"))
    as_chief.post(f"{REQUESTS}/{asked}", {"act": "refuse", "answer": "Belum ada SK"})
    assert current(session).id == mine.id
    assert "Belum ada SK" in text_of(as_ratna.get(f"{REQUESTS}/{asked}"))


def test_a_holder_asks_and_reads_the_answer(app, session, as_chief, mine, mira, jonas, at):
    url = f"/me/certificates/{mine.id}/correction"
    holder = Browser(app.test_client()).sign_in(mira)
    assert error_at(send(holder, url, text="salah", status=422), "text")
    page = send(holder, url, text="Gelar saya S.Sos., tercetak tanpa gelar.")
    assert "menunggu pengelola" in text_of(page)
    page = send(holder, url, text="Juga jabatannya keliru sekali.", status=409)
    assert "masih menunggu" in text_of(page)
    Browser(app.test_client()).sign_in(jonas).get(url, status=404)
    wish = as_chief.get(REQUESTS).select_one("tbody a")["href"]
    assert "Gelar saya" in text_of(as_chief.get(f"/manage/certificates/{mine.id}"))
    assert "Gelar saya" in text_of(as_chief.get(f"/manage/certificates/{mine.id}/correct"))
    assert error_at(as_chief.post(wish, {"answer": ""}, status=422), "answer")
    for _click in range(2):
        as_chief.post(wish, {"answer": "Kirim salinan ijazah"})
    told = text_of(holder.get(f"/me/certificates/{mine.id}"))
    assert "ditolak" in told
    assert "Kirim salinan ijazah" in told
    send(holder, url, text="Ijazah sudah saya kirim: S.Sos.")
    page = holder.post(f"{url}/withdraw")
    assert "ditarik kembali" in text_of(page).lower()


def test_a_unit_says_whether_two_must_agree(as_chief, as_ratna, session, health, mine):
    url = f"/manage/units/{health.id}/consent"
    page = send(as_chief, url, needed="yes", reason=REASON)
    assert page.select_one("[value=yes][checked]")
    assert session.scalars(select(Issuer.needs_consent)).one()
    page = send(as_chief, url, needed="no", reason=REASON)
    assert "masih diperlukan sampai 1 Desember 2026" in text_of(page)
    assert error_at(send(as_chief, url, needed="no", reason="", status=422), "reason")
    as_ratna.get(url)


def test_a_course_gets_an_end_for_its_certificates(as_chief, session, mine, at):
    slug = mine.snapshot["course_slug"]
    url = f"/manage/certificates/validity/{slug}"
    assert "tidak berakhir" in text_of(as_chief.get("/manage/certificates/validity"))
    assert error_at(send(as_chief, url, months="0", reason=REASON, status=422), "months")
    past = send(as_chief, url, months="24", from_on="2026-01-01", reason=REASON, status=422)
    assert "surut" in error_at(past, "from_on")
    page = send(as_chief, url, months="24", reason=REASON)
    assert "24 bulan" in text_of(page.select_one("tbody"))
    send(as_chief, url, months="", from_on="2027-01-01", reason=REASON)
    assert "mulai 1 Januari 2027" in text_of(as_chief.get("/manage/certificates/validity"))
    assert session.scalars(
        select(CourseValidity.months).order_by(CourseValidity.from_on)
    ).all() == [
        24,
        None,
    ]
