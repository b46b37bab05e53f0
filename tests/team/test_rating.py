"""A supervisor's rating through its form."""

from datetime import timedelta
from decimal import Decimal

import pytest

from corpu import clock
from corpu.competency import service
from corpu.vocabulary import competencies
from tests.competency.factories import evidence_of, kept, observe, rate
from tests.team.factories import NOON, REASON, team_url


def send(browser, person, level="3", reason=REASON, code="PPB", **more):
    return browser.post(team_url(person, code), level=level, reason=reason, **more)


def test_a_rating_enters_the_score_and_the_page_says_what_was_saved(
    browser, session, mira, endang, at
):
    page = send(browser.sign_in(endang), mira, "4")
    assert "penilaian Anda untuk Pelayanan Publik level 4" in page.text
    assert "Level yang dicapai sekarang 4" in page.text
    assert REASON in page.text
    assert kept(session, mira) == (4, Decimal("4.00"))
    [row] = evidence_of(session, mira)
    assert (row.level, row.reason, row.actor_id) == (4, REASON, endang.id)


def test_score_and_evidence_are_saved_together_or_not_at_all(
    browser, session, mira, endang, at, monkeypatch
):
    def broken(*_args, **_more):
        raise RuntimeError("the score cannot be written")

    monkeypatch.setattr(service, "recompute", broken)
    send(browser.sign_in(endang), mira, status=500)
    assert evidence_of(session, mira) == []
    assert kept(session, mira) is None


def test_the_form_describes_each_level_and_what_follows(browser, session, mira, endang, at):
    rate(session, endang, mira, 2, reason="Sudah menanggapi keluhan warga")
    page = browser.sign_in(endang).get(team_url(mira, "PPB"))
    form = page.select_one("form.card")
    for row in competencies()["PPB"]["levels"]:
        assert row["description_id"] in form.text
        assert row["observable_id"] in form.text
    assert len(form.select("input[type=radio]")) == 5
    assert not form.select("input[checked]")
    assert "Level 2, 24 November 2026" in page.text
    assert "Sudah menanggapi keluhan warga" in page.select_one("aside .panel").text
    assert "dapat dibaca oleh Mira Lestari" in page.text
    assert "Berlaku 24 bulan" in page.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"level": ""}, "Pilih level yang Anda lihat"),
        ({"level": "6"}, "Pilih salah satu dari daftar"),
        ({"level": "0"}, "Pilih salah satu dari daftar"),
        ({"level": "tiga"}, "Pilih"),
        ({"reason": ""}, "Tulis apa yang Anda lihat"),
        ({"reason": " \u200b \n "}, "Tulis apa yang Anda lihat"),
        ({"reason": "a      b     c"}, "paling sedikit 10 huruf"),
        ({"reason": "a" * 1001}, "paling banyak 1.000 huruf"),
    ],
)
def test_what_says_too_little_is_refused_beside_the_field_and_kept(
    browser, session, mira, endang, at, wrong, sentence
):
    fields = {"level": "3", "reason": REASON} | wrong
    page = send(browser.sign_in(endang), mira, **fields, status=422)
    assert sentence in page.select_one("form.card").text
    assert evidence_of(session, mira) == []
    if "level" in wrong:
        assert page.select_one("textarea").text.strip() == REASON
    else:
        assert page.select_one("input[type=radio][checked]")["value"] == "3"


def test_a_missing_level_is_asked_for(browser, session, mira, endang, at):
    page = browser.sign_in(endang).post(team_url(mira, "PPB"), reason=REASON, status=422)
    assert "Pilih level yang Anda lihat" in page.text


def test_a_double_click_rates_once_and_a_change_of_mind_twice(
    browser, session, mira, endang, at, monkeypatch
):
    send(browser.sign_in(endang), mira)
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(seconds=40))
    page = send(browser, mira)
    assert "level 3" in page.text
    assert len(evidence_of(session, mira)) == 1
    send(browser, mira, "2")
    assert [row.level for row in evidence_of(session, mira)] == [3, 2]
    assert kept(session, mira)[0] == 2


def test_a_rating_lifts_what_the_cap_on_tests_held_back(browser, session, mira, endang, at):
    observe(session, mira, "PPB", 4, "95")
    assert kept(session, mira)[0] != 4
    send(browser.sign_in(endang), mira, "4")
    assert kept(session, mira)[0] == 4


def test_the_person_reads_the_rating_with_its_reason(browser, session, mira, endang, at):
    send(browser.sign_in(endang), mira)
    page = browser.sign_in(mira).get("/me/competencies/PPB")
    assert REASON in page.text
    assert "Endang Sulistyowati" in page.text


def test_a_huge_paste_is_refused_with_a_page(browser, session, mira, endang, at):
    send(browser.sign_in(endang), mira, reason="a" * 3_000_000, status=413)
    assert evidence_of(session, mira) == []


def test_a_form_without_its_token_changes_nothing(browser, session, mira, endang, at):
    browser.sign_in(endang).post(
        team_url(mira, "PPB"), level="3", reason=REASON, csrf_token="", status=400
    )
    assert evidence_of(session, mira) == []
