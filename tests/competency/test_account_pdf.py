"""The account of one score on paper."""

import io

import pytest
from pypdf import PdfReader

from corpu.competency import views
from corpu.typesetting import PdfUnavailable
from tests.competency.factories import graded, observe, piece, rate, record

pytestmark = pytest.mark.usefixtures("at")


def text_of(data):
    pages = PdfReader(io.BytesIO(data)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_the_document_says_what_the_page_says(session, browser, mira, endang, attempt):
    record(session, graded(attempt, piece(level=2, score="80", weight="2")))
    observe(session, mira, "PPB", 2, "85", weight="1")
    observe(session, mira, "PPB", 3, "100", weight="2", is_thin=True)
    rate(session, endang, mira, 1, reason="Rapi <b>sekali</b> #set $x$")
    browser.sign_in(mira)
    answer = browser.client.get("/me/competencies/PPB/account.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    text = text_of(answer.data)
    assert "Mira Lestari" in text
    assert "(80 × 2 + 85 × 1) ÷ 3" in text
    assert "Jabatan ini mensyaratkan level 2, jadi terpenuhi." in text
    assert "Rapi <b>sekali</b> #set $x$" in text
    assert "Keadaan 24 November 2026, 12.00 WIB." in text
    assert "Bukti yang tidak dihitung, dan sebabnya" in text
    page = browser.get("/me/competencies/PPB")
    assert page.select_one("a[href='/me/competencies/PPB/account.pdf']")


def test_without_evidence_the_document_says_so(browser, mira):
    browser.sign_in(mira)
    text = text_of(browser.client.get("/me/competencies/KOM/account.pdf").data)
    assert "Belum teramati" in text
    assert "Belum ada bukti yang dihitung." in text


def test_an_unknown_competency_has_no_document(browser, mira):
    browser.sign_in(mira)
    assert browser.client.get("/me/competencies/XYZ/account.pdf").status_code == 404


def test_where_nothing_can_be_drawn_the_answer_says_what_to_do(browser, mira, monkeypatch):
    def fail(*_):
        raise PdfUnavailable("lost")

    monkeypatch.setattr(views, "account_pdf", fail)
    browser.sign_in(mira)
    answer = browser.client.get("/me/competencies/KOM/account.pdf")
    assert answer.status_code == 503
    assert "PDF belum dapat dibuat." in answer.text
