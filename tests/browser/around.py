"""What those around the learner do: supervisor, instructor, manager."""

import re

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.journey import ESSAY, SHORT, TEXT
from tests.browser.steps import heading, press

SEEN = "Menjelaskan syarat dengan tenang kepada warga yang datang marah."
WRONG_NAME = "Terbit atas nama yang keliru."


def supervisor_rates(page: Page, nip: str, learner) -> None:
    """The team, the person, the account of one score, and a rating that enters it."""
    steps.sign_in(page, nip)
    steps.open_place(page, "Tim")
    page.get_by_role("link", name=learner.full_name, exact=True).first.click()
    heading(page, learner.full_name)
    expect(page.get_by_role("rowheader", name=SHORT).first).to_be_visible()
    page.get_by_role("link", name="Komunikasi", exact=True).first.click()
    heading(page, "Komunikasi")
    expect(page.get_by_role("row").filter(has_text="Kuis loket")).to_contain_text("Dihitung")
    page.get_by_label("Level 4.").check()
    page.get_by_label("Apa yang Anda lihat?").fill(SEEN)
    page.get_by_role("button", name="Simpan penilaian").click()
    expect(page.get_by_text("Tersimpan: penilaian Anda untuk Komunikasi level 4.")).to_be_visible()


def learner_sees_the_rating(page: Page, nip: str, supervisor) -> None:
    """The new score with its reason, and who has opened one's page."""
    steps.sign_in(page, nip)
    steps.open_place(page, "Kompetensi")
    page.get_by_role("link", name="Komunikasi", exact=True).first.click()
    expect(page.get_by_role("row").filter(has_text=SEEN)).to_contain_text("Dihitung")
    page.locator("details.who summary").click()
    page.get_by_role("link", name="Akun saya").click()
    visits = page.get_by_role("region", name="Siapa yang membuka halaman saya")
    expect(visits.get_by_role("row").filter(has_text=supervisor.full_name).first).to_be_visible()


def instructor_grades(page: Page, nip: str) -> None:
    """From the queue to the grade, by the rubric; the name is not shown."""
    steps.sign_in(page, nip)
    steps.open_place(page, "Mengajar")
    press(page, "Lihat seluruh antrean")
    heading(page, "Antrean penilaian")
    page.get_by_role("row").filter(has_text="Latihan surat").get_by_role("link").first.click()
    expect(page.get_by_text(TEXT)).to_be_visible()
    page.get_by_label("2. Lengkap").check()
    page.get_by_label("2. Jelas").check()
    page.get_by_label("Komentar untuk peserta").fill("Hari, jam, dan tempatnya ada.")
    page.get_by_role("button", name="Simpan nilai").click()
    expect(page.get_by_text("Dengan ini kursusnya selesai")).to_be_visible()


def essay_course_is_complete(page: Page) -> None:
    """The grade completes the course: its certificate is there."""
    steps.open_place(page, "Sertifikat")
    expect(page.get_by_role("row").filter(has_text=ESSAY)).to_contain_text("Sah")


def office_place(page: Page, name: str) -> None:
    places = page.get_by_role("navigation", name="Tempat di Kelola")
    places.get_by_role("link", name=name, exact=True).click()


def manager_revokes(page: Page, nip: str, learner) -> None:
    steps.sign_in(page, nip)
    steps.open_place(page, "Kelola")
    office_place(page, "Sertifikat")
    page.get_by_label("Nomor, nama, NIP, atau kode").fill(learner.name)
    page.get_by_role("button", name="Cari").click()
    page.wait_for_url(re.compile("q="))
    page.get_by_role("row").filter(has_text=SHORT).get_by_role("link").click()
    heading(page, learner.full_name)
    press(page, "Cabut sertifikat")
    page.get_by_label("Keliru orang").check()
    page.get_by_label("Alasan atau dasar").fill(WRONG_NAME)
    page.get_by_role("button", name="Cabut").click()
    expect(page.get_by_text("Sudah dicabut")).to_be_visible()


def manager_makes_a_link(page: Page, learner) -> str:
    """A one-time link for a password that was forgotten; answers its address."""
    steps.open_place(page, "Kelola")
    office_place(page, "Pegawai")
    page.get_by_label("Nama, NIP, atau surel").fill(learner.name)
    page.get_by_role("button", name="Terapkan").click()
    page.wait_for_url(re.compile("q="))
    page.get_by_role("link", name=learner.full_name).first.click()
    heading(page, learner.full_name)
    press(page, "Buat tautan masuk")
    page.get_by_label("Alasan").fill("Lupa kata sandi, diminta lewat telepon.")
    page.get_by_role("button", name="Buat tautan masuk").click()
    return page.locator("p.codebox").inner_text().strip()


def use_link(page: Page, address: str, password: str) -> None:
    page.goto(address)
    page.get_by_label("Kata sandi baru", exact=True).fill(password)
    page.get_by_label("Kata sandi baru, sekali lagi").fill(password)
    page.get_by_role("button", name="Simpan dan masuk").click()
    heading(page, "Beranda")
