"""Writing down other learning, as a person does it: without JavaScript."""

import re
from io import BytesIO

import pytest
from sqlalchemy import select
from werkzeug.test import EnvironBuilder

from corpu.hours.models import LearningClaim, State
from corpu.hours.proofs import LARGEST
from tests.hours.conftest import REASON, make_claim, refuse, session_of, verify
from tests.hours.test_book import words
from tests.hours.test_proofs import PDF
from tests.page import look_again, read

NEW = "/me/hours/new"

pytestmark = pytest.mark.usefixtures("at")


def filled(**changes):
    return {
        "step": "check",
        "form": "KL06",
        "title": "Webinar Tata Naskah",
        "organiser": "ANRI",
        "started_on": "2026-03-02",
        "ended_on": "",
        "amount": "",
        "note": "",
    } | changes


def hidden(page):
    return {
        box["name"]: box.get("value", "")
        for box in page.select("main form input[type=hidden]")
        if box["name"] != "csrf_token"
    }


def send(browser, page, **changes):
    return browser.post(NEW, hidden(page) | {"step": "send"} | changes)


def claims(session):
    session.expire_all()
    return session.scalars(select(LearningClaim)).all()


def test_the_jp_are_shown_before_anything_is_sent(session, browser, mira):
    browser.sign_in(mira).get(NEW)
    page = browser.post(NEW, filled(ended_on="2026-03-03"), status=200)
    assert page.h1.text == "8 JP menurut aturan"
    assert "Perlan 10/2018, tabel perlan-10-2018.1" in words(page)
    assert claims(session) == []
    page = send(browser, page)
    (made,) = claims(session)
    assert (made.jp, made.title, made.state) == (8, "Webinar Tata Naskah", State.CLAIMED)
    assert "Terkirim: 8 JP menunggu verifikasi." in words(page)
    assert "Menunggu verifikasi, 8" in words(page)
    assert "0 dari 20 JP diakui" in words(page)


def test_the_fields_come_back_to_be_changed(session, browser, mira):
    browser.sign_in(mira)
    page = browser.post(NEW, filled(note="Sifat naskah"), status=200)
    page = browser.post(NEW, hidden(page) | {"step": "edit"}, status=200)
    assert page.select_one("[name=title]")["value"] == "Webinar Tata Naskah"
    assert page.select_one("[name=started_on]")["value"] == "2026-03-02"
    assert page.select_one("[name=form] option[selected]")["value"] == "KL06"
    assert page.select_one("[name=note]").text.strip() == "Sifat naskah"
    assert claims(session) == []


def test_a_second_click_sends_nothing_more(session, browser, mira):
    page = browser.sign_in(mira).post(NEW, filled(), status=200)
    fields = hidden(page) | {"step": "send"}
    browser.post(NEW, fields)
    browser.post(NEW, fields)
    assert len(claims(session)) == 1


def test_what_an_old_form_says_otherwise_is_not_lost(session, browser, mira):
    page = browser.sign_in(mira).post(NEW, filled(), status=200)
    fields = hidden(page) | {"step": "send"}
    browser.post(NEW, fields)
    page = browser.post(NEW, fields, title="Webinar Arsip", status=409)
    assert "Formulir ini sudah terkirim dengan isian lain." in words(page)
    send(browser, page)
    assert {one.title for one in claims(session)} == {"Webinar Tata Naskah", "Webinar Arsip"}


def test_a_proof_that_comes_with_the_second_try_is_not_swallowed(browser, mira):
    page = browser.sign_in(mira).post(NEW, filled(), status=200)
    send(browser, page)
    more = {"step": "send", "proof": (BytesIO(PDF), "sertifikat.pdf")}
    browser.post(NEW, hidden(page) | more, status=409)


def test_a_cap_and_a_likely_double_are_told_beforehand(session, browser, mira, by_siti):
    for day in (3, 11):
        verify(session, make_claim(session, mira, session_of(day)), by_siti)
    coaching = filled(form="NKL01", title="Coaching", amount="1", started_on="11-03-2026")
    page = browser.sign_in(mira).post(NEW, coaching, status=200)
    assert "Yang akan dihitung: 0 JP" in words(page)
    assert "Dihitung paling banyak 4 JP sebulan." in words(page)
    assert "Mungkin sudah tercatat" in words(page)
    assert "Judulnya sama." in words(page)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"form": ""}, "Pilih bentuk belajarnya."),
        ({"form": "KL99"}, "Pilih salah satu dari daftar"),
        ({"title": " "}, "Tulis nama kegiatannya."),
        ({"title": "x" * 301}, "Tulis paling banyak 300 huruf."),
        ({"started_on": "kemarin"}, "Tulis tanggal yang ada"),
        ({"started_on": ""}, "Tulis hari pertamanya."),
        ({"ended_on": "2026-03-01"}, "Hari terakhir tidak mungkin sebelum hari pertama."),
        ({"started_on": "2026-11-25"}, "Catat kegiatan ini setelah selesai"),
        ({"started_on": "1999-01-01"}, "Konversi JP berlaku untuk kegiatan sejak 1 Januari 2019."),
        ({"amount": "dua"}, "Tulis angka, misalnya 12,5"),
        ({"amount": "-2"}, "Tulis jumlah di atas 0."),
        ({"amount": "9" * 5000}, "Tulis angka, misalnya 12,5"),
        ({"amount": "NaN"}, "Tulis angka, misalnya 12,5"),
        ({"amount": "9" * 50}, "Tulis jumlah di atas 0."),
        ({"amount": "1e999999"}, "Tulis angka, misalnya 12,5"),
        ({"form": "KL03", "amount": "1.000"}, "Tulis 1000 atau 1: titik atau koma"),
        ({"form": "KL03", "amount": "12,5000000001"}, "paling banyak dua angka di belakang koma"),
        ({"form": "KL03"}, "Tulis JP yang tercetak pada sertifikat."),
    ],
)
@pytest.mark.parametrize("step", ["check", "send"])
def test_bad_input_gets_its_sentence_and_nothing_half_done(
    session, browser, mira, changes, sentence, step
):
    page = browser.sign_in(mira).post(NEW, filled(step=step, **changes), status=422)
    assert sentence in words(page)
    assert page.select_one("[aria-invalid=true]")
    assert claims(session) == []


def test_a_decimal_comma_is_understood(session, browser, mira):
    page = browser.sign_in(mira).post(NEW, filled(form="KL03", amount="12,5"), status=200)
    assert page.h1.text == "12,5 JP menurut aturan"
    send(browser, page)
    assert str(claims(session)[0].jp) == "12.50"


def test_the_proof_is_kept_and_given_back_as_a_file(session, browser, mira, jonas):
    page = browser.sign_in(mira).post(NEW, filled(), status=200)
    send(browser, page, proof=(BytesIO(PDF), "../Sertifikat.exe"))
    (made,) = claims(session)
    assert (made.proof_kind, made.proof_name) == ("pdf", "Sertifikat.pdf")
    url = f"/me/hours/claims/{made.id}/proof"
    answer = browser.client.get(url)
    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=Sertifikat.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    browser.sign_in(jonas).get(url, status=404)
    browser.get(url.removesuffix("/proof"), status=404)


def test_a_file_that_is_something_else_is_refused_and_the_fields_stay(session, browser, mira):
    page = browser.sign_in(mira).post(NEW, filled(), status=200)
    fields = hidden(page) | {"step": "send", "proof": (BytesIO(b"MZ" * 40), "sertifikat.pdf")}
    page = browser.post(NEW, fields, status=422)
    assert "Isi berkas ini bukan salah satunya." in words(page)
    assert hidden(page)["title"] == "Webinar Tata Naskah"
    assert claims(session) == []


def post_large(browser, fields, data, *, status):
    """As `browser.post`; what the test client encodes into a file on disk is closed again."""
    fields = fields | {"csrf_token": browser.csrf_token(), "proof": (BytesIO(data), "a.pdf")}
    builder = EnvironBuilder(NEW, method="POST", data=fields)
    environ = builder.get_environ()
    look_again()
    response = browser.client.open(environ)
    environ["wsgi.input"].close()
    builder.close()
    return read(response, status)


def test_a_file_may_be_large_but_not_too_large(session, browser, mira):
    page = browser.sign_in(mira).post(NEW, filled(), status=200)
    fields = hidden(page) | {"step": "send"}
    large = PDF[:9] + b"\0" * (LARGEST - len(PDF)) + PDF[9:]
    page = post_large(browser, fields, large + b"\0", status=422)
    assert "Berkas ini lebih dari 5 MB." in words(page)
    page = post_large(browser, fields, b"\0" * (LARGEST + 2 * 1024 * 1024), status=413)
    assert "Berkasnya paling besar 5 MB." in words(page)
    assert claims(session) == []
    post_large(browser, fields, large, status=303)
    assert len(claims(session)) == 1


def test_ten_megabytes_of_words_are_refused(session, browser, mira):
    page = browser.sign_in(mira).post(NEW, filled(note="x" * 10_000_000), status=413)
    assert "terlalu besar" in words(page)
    assert claims(session) == []


def test_the_book_shows_every_state_and_the_page_of_a_claim_says_why(
    session, browser, mira, by_siti
):
    for day in (3, 11, 20):
        verify(session, make_claim(session, mira, session_of(day)), by_siti)
    refuse(session, make_claim(session, mira), by_siti)
    page = browser.sign_in(mira).get("/me/hours")
    assert "4 dari 20 JP diakui" in words(page)
    assert "2 JP di atas batas. Dihitung paling banyak 4 JP sebulan." in words(page)
    assert REASON in words(page)
    assert "Dengan laju sejak awal tahun, jumlahnya menjadi 4,45 JP" in words(page)
    link = page.find("a", string=re.compile("Webinar"))["href"]
    page = browser.get(link)
    assert REASON in words(page)
    assert "Siti Maesaroh" in words(page)
    assert not page.select("main form")


def test_a_claim_is_withdrawn_from_its_page(session, browser, mira, jonas):
    made = make_claim(session, mira)
    url = f"/me/hours/claims/{made.id}"
    browser.sign_in(jonas).post(f"{url}/withdraw", status=404)
    browser.sign_in(mira).get(url)
    page = browser.post(f"{url}/withdraw")
    assert "Catatan ditarik." in words(page)
    assert claims(session)[0].state is State.WITHDRAWN
    browser.post(f"{url}/withdraw")


def test_a_withdrawn_or_decided_claim_is_not_withdrawn_again(session, browser, mira, by_siti):
    made = make_claim(session, mira)
    verify(session, made, by_siti)
    page = browser.sign_in(mira).post(f"/me/hours/claims/{made.id}/withdraw", status=409)
    assert "Hanya catatan yang masih menunggu" in words(page)
    assert claims(session)[0].state is State.VERIFIED
