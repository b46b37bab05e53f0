"""The learner's way through the two short courses, with scripts or without, in the same steps."""

import re

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.steps import RIGHT, heading, press

SHORT, ESSAY = "Loket yang Ramah", "Surat yang Jelas"
TEXT = "Loket buka Senin sampai Jumat, pukul 08.00 sampai 15.00, di lantai satu."


def learn_to_the_certificate(page: Page, nip: str, *, scripted: bool) -> str:
    """From the sign-in page to the certificate in the hand; answers the code in its PDF."""
    steps.sign_in(page, nip)
    heading(page, "Beranda")
    step = page.get_by_role("region", name=re.compile("."), exact=False).and_(
        page.locator("section.next")
    )
    expect(step.get_by_role("link")).to_have_count(1)
    before = hours_of(page)
    steps.find_course(page, "loket", "Ekosistem Lautan", SHORT, scripted=scripted)
    steps.enrol(page)
    read_pages(page)
    take_quiz(page, scripted=scripted)
    press(page, "Lihat apa yang Anda peroleh")
    heading(page, "Kursus selesai")
    assert hours_of(page) == before + 1
    expect(page.get_by_role("rowheader", name=SHORT)).to_be_visible()
    steps.open_place(page, "Kompetensi")
    page.get_by_role("link", name="Komunikasi", exact=True).first.click()
    heading(page, "Komunikasi")
    expect(page.get_by_role("row").filter(has_text="Kuis loket")).to_contain_text("Dihitung")
    steps.open_place(page, "Sertifikat")
    page.get_by_role("link", name=SHORT, exact=True).click()
    heading(page, SHORT)
    text, code = steps.download_certificate(page)
    expect(page.get_by_text(code, exact=True)).to_be_visible()
    assert SHORT in text
    return code


def hours_of(page: Page) -> int:
    """The sum of the learner's own book of hours."""
    steps.open_place(page, "Buku JP")
    heading(page, re.compile("Buku JP"))
    return int(page.locator("p.figure").inner_text().split()[0])


def read_pages(page: Page) -> None:
    heading(page, "Salam pertama")
    press(page, "Jawab cek pemahaman dahulu")
    steps.answer_check(page, ["Salam"])
    steps.finish_page(page)
    heading(page, "Mendengar sampai selesai")
    steps.answer_check(page, ["Mengulang keperluannya", "Menunggu sampai kalimatnya selesai"])
    steps.finish_page(page)
    heading(page, "Kuis loket")


def take_quiz(page: Page, *, scripted: bool) -> None:
    """Begin, answer, lose nothing by a reload or a second window, hand in, read the result."""
    press(page, "Mulai kuis")
    half = list(RIGHT)[:4]
    for title in half:
        steps.answer(page, title, RIGHT[title])
    if scripted:
        steps.saved(page)
        page.reload()
    else:
        page.get_by_role("button", name="Simpan", exact=True).click()
    assert {title: steps.given(page, title) for title in half} == {t: RIGHT[t] for t in half}
    if scripted:
        other = page.context.new_page()
        other.goto(page.url)
        steps.answer(other, list(RIGHT)[4], RIGHT[list(RIGHT)[4]])
        steps.saved(other)
        other.close()
        page.reload()
    else:
        steps.answer(page, list(RIGHT)[4], RIGHT[list(RIGHT)[4]])
    for title in list(RIGHT)[5:]:
        steps.answer(page, title, RIGHT[title])
    if scripted:
        steps.saved(page)
    assert {title: steps.given(page, title) for title in RIGHT} == RIGHT
    steps.hand_in(page)
    heading(page, "Kuis loket: lulus")
    expect(page.get_by_text("100,00 dari 100")).to_be_visible()
    expect(page.get_by_role("heading", level=2, name="Pembahasan")).to_be_visible()
    page.get_by_role("group").filter(has_text="Pasangkan dokumen").locator("summary").click()
    expect(page.get_by_text("Catatan sipil").first).to_be_visible()


def check_by_code(page: Page, code: str, person) -> None:
    """Valid, with the name and no more of the NIP than its serial."""
    steps.verify(page, code, "Sertifikat ini sah")
    article = page.get_by_role("article")
    expect(article).to_contain_text(person.full_name)
    expect(article).to_contain_text(f"•••••••• •••••• • {person.nip[-3:]}")
    assert person.nip not in page.content().replace(" ", "")


def hand_in_an_essay(page: Page) -> None:
    """The second course, up to the answer that a person must read."""
    steps.open_place(page, "Katalog")
    page.get_by_role("link", name=ESSAY).click()
    steps.enrol(page)
    heading(page, "Satu kalimat satu maksud")
    steps.finish_page(page)
    press(page, "Mulai kuis")
    page.get_by_label("Jawaban Anda").fill(TEXT)
    page.get_by_label("Jawaban Anda").blur()
    steps.saved(page)
    steps.hand_in(page)
    heading(page, "Latihan surat: menunggu penilaian")
