"""What a person does on the way from signing in to a certificate, by the names they see.

Every step works with scripts and without; a step ends on the page that it led to and looks
for what that page promises.
"""

import re
from io import BytesIO

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from corpu.demo.cast import PASSWORD

RIGHT = {  # question → what a person who knows answers
    "Siapa yang menyapa lebih dahulu?": ["Petugas"],
    "Apa yang dilakukan saat mendengar?": ["Menatap yang berbicara", "Mengulang keperluannya"],
    "Loket boleh tutup sebelum jamnya.": ["Salah"],
    "Kata apa yang membuka percakapan?": "Salam",
    "Berapa persen dari 50 antrean yang selesai bila 31 selesai?": "62",
    "Urutkan dari yang pertama.": {"Salam": "1", "Keperluan": "2", "Berkas": "3"},
    "Pasangkan dokumen dengan loketnya.": {
        "Akta lahir": "Catatan sipil",
        "Izin usaha": "Perizinan",
    },
}


def heading(page: Page, text) -> None:
    expect(page.get_by_role("heading", level=1, name=text)).to_be_attached()


def press(page: Page, name, *, exact: bool = False) -> None:
    """The button or link of that name; both look alike to who uses them."""
    either = page.get_by_role("button", name=name, exact=exact).or_(
        page.get_by_role("link", name=name, exact=exact)
    )
    either.first.click()


def open_place(page: Page, name: str) -> None:
    """A place of the main menu; on a phone some stand under Lainnya."""
    menu = page.get_by_role("navigation", name="Menu utama")
    link = menu.get_by_role("link", name=name, exact=True).locator("visible=true")
    if not link.count():
        menu.get_by_text("Lainnya").click()
    link.first.click()


def sign_in(page: Page, nip: str, password: str = PASSWORD) -> None:
    page.goto("/")
    page.get_by_role("link", name="Masuk", exact=True).first.click()
    page.get_by_label("NIP atau surel").fill(nip)
    page.get_by_label("Kata sandi").fill(password)
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("navigation", name="Menu utama")).to_be_visible()


def sign_out(page: Page) -> None:
    page.locator("details.who summary").click()
    page.get_by_role("button", name="Keluar").click()
    heading(page, "Masuk")


def find_course(page: Page, words: str, goal: str, title: str, *, scripted: bool) -> None:
    """Search the catalogue and narrow it by a goal, then open the course that is left."""
    open_place(page, "Katalog")
    heading(page, "Katalog kursus")
    page.get_by_label("Cari judul atau isi").fill(words)
    page.get_by_role("button", name="Cari", exact=True).click()
    page.wait_for_url(re.compile("q="))
    panel = page.locator("details", has=page.get_by_text("Saring hasil")).first
    if panel.get_attribute("open") is None:
        panel.locator("summary").first.click()
    panel.get_by_label(goal).check()
    if not scripted:
        page.get_by_role("button", name="Terapkan saringan").click()
    page.wait_for_url(re.compile("goal="))
    expect(page.get_by_role("heading", level=2, name="1 kursus")).to_be_visible()
    page.get_by_role("link", name=title).click()
    heading(page, title)


def enrol(page: Page) -> None:
    page.get_by_role("button", name="Ikuti kursus ini").click()


def answer_check(page: Page, choices: list[str]) -> None:
    """Answer the page's check rightly, which the page says at once."""
    check = page.locator("form.check")
    for choice in choices:
        check.get_by_label(choice).check()
    check.get_by_role("button", name="Periksa", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Tepat.")).to_be_visible()


def finish_page(page: Page) -> None:
    page.get_by_role("button", name="Selesai dan lanjut").click()


def question(page: Page, title: str):
    return page.get_by_role("group").filter(has=page.get_by_role("heading", name=title))


def answer(page: Page, title: str, value) -> None:
    """Give one answer in the way its kind of question asks for."""
    box = question(page, title)
    if isinstance(value, str):
        field = box.get_by_label("Jawaban Anda")
        field.fill(value)
        field.blur()
    elif isinstance(value, list):
        for choice in value:
            box.get_by_label(choice, exact=True).check()
    else:
        for item, choice in value.items():
            box.get_by_label(re.compile(f"{item}$")).select_option(choice)


def given(page: Page, title: str):
    """The answer as the page shows it, in the shape of `RIGHT`."""
    box, right = question(page, title), RIGHT[title]
    if isinstance(right, str):
        return box.get_by_label("Jawaban Anda").input_value()
    if isinstance(right, list):
        return [one for one in right if box.get_by_label(one, exact=True).is_checked()]
    return {
        item: box.get_by_label(re.compile(f"{item}$"))
        .locator("option:checked")
        .inner_text()
        .strip()
        for item in right
    }


def saved(page: Page) -> None:
    """Wait until every answer has left for the server and come back as kept."""
    expect(page.locator("[data-save-state]")).to_contain_text(re.compile(r"Tersimpan \d\d\.\d\d"))
    page.wait_for_function(
        "() => Object.keys(localStorage).every(key => "
        "!Object.keys(JSON.parse(localStorage[key]).waiting || {}).length)"
    )


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="Periksa lalu kumpulkan").click()
    heading(page, "Kumpulkan jawaban?")
    page.get_by_role("button", name="Kumpulkan jawaban").click()


def download_certificate(page: Page) -> tuple[str, str]:
    """The PDF from the certificate's page; answers its text and the code in it."""
    with page.expect_download() as started:
        page.get_by_role("link", name="Unduh PDF").click()
    data = started.value.path().read_bytes()
    text = "\n".join(part.extract_text() for part in PdfReader(BytesIO(data)).pages)
    return text, code_in(text)


def code_in(text: str) -> str:
    found = re.search(r"\b([0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3})\b", text)
    assert found, text
    return found[1]


def verify(page: Page, code: str, verdict: str) -> None:
    """Anybody, without an account, by the code on the paper."""
    page.goto("/")
    page.get_by_role("link", name="Periksa sertifikat").first.click()
    page.get_by_label("Kode verifikasi").fill(code.lower())
    page.get_by_role("button", name="Periksa", exact=True).click()
    expect(page.get_by_role("heading", level=2, name=verdict)).to_be_visible()
