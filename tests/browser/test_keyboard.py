"""A person without a mouse: Tab, Enter, Space and arrows alone, and always seeing where one is."""

import re

from playwright.sync_api import Page, expect

from corpu.demo import cast
from tests.browser import steps
from tests.browser.journey import SHORT
from tests.browser.steps import RIGHT, heading
from tests.browsing import DESK

HERE = """() => {
    const here = document.activeElement
    const ring = one => getComputedStyle(one).outlineStyle !== "none" &&
        parseFloat(getComputedStyle(one).outlineWidth) >= 2
    const label = here.labels?.length ? [...here.labels].map(one => one.innerText).join(" ") : ""
    const group = here.closest("fieldset")?.querySelector("h2, legend")?.innerText || ""
    return {
        name: (here.getAttribute("aria-label") || label || here.innerText || "").trim(),
        group: group.trim(),
        kind: here.type || here.tagName.toLowerCase(),
        shown: [here, ...(here.labels || [])].some(ring), // a tick may light its whole label
    }
}"""
FAR = 120  # steps of Tab within which everything is reached


def tab_to(page: Page, name: str, *, group: str = "", kind: str = "") -> None:
    """Go on with Tab until the thing of that name has the focus; each stop on the way shows it."""
    passed = []
    for _ in range(FAR):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here["kind"] == "body":
            continue  # the window's own controls come between the last thing and the first
        assert here["shown"], f"the focus is not to be seen on {here}"
        passed.append(here["name"])
        fits = re.search(name, here["name"]) and group in here["group"]
        if fits and kind in here["kind"]:
            return
    raise AssertionError(f"{name!r} is not reached by Tab: {passed}")


def press(page: Page, name: str, key: str = "Enter") -> None:
    tab_to(page, name)
    page.keyboard.press(key)


def pick(page: Page, group: str, choice: str) -> None:
    """One of several by arrows: the group is one stop."""
    tab_to(page, "", group=group, kind="radio")
    page.keyboard.press("Space")
    for _ in range(9):
        if page.evaluate(HERE)["name"] == choice:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{choice!r} is not reached by arrows")


def answer(page: Page, title: str, value) -> None:
    if isinstance(value, str):
        tab_to(page, "Jawaban Anda", group=title)
        page.keyboard.type(value)
    elif isinstance(value, dict):
        for item, choice in value.items():
            tab_to(page, f"{item}$", group=title, kind="select")
            page.keyboard.type(choice)
            expect(page.locator("select:focus option:checked")).to_have_text(choice)
    elif len(value) == 1:
        pick(page, title, value[0])
    else:
        for choice in value:
            tab_to(page, f"^{choice}$", group=title)
            page.keyboard.press("Space")


def test_the_keyboard_alone_leads_to_the_certificate(sqlite_site, enter):
    page = enter(sqlite_site, viewport=DESK)
    page.goto("/login")
    tab_to(page, "NIP atau surel")
    page.keyboard.type(sqlite_site.person(cast.LEARNER).nip)
    tab_to(page, "Kata sandi")
    page.keyboard.type(cast.PASSWORD)
    page.keyboard.press("Enter")
    heading(page, "Beranda")
    press(page, "Langsung ke isi")
    assert page.evaluate("() => document.activeElement.id") == "isi"
    press(page, "^Katalog$")
    heading(page, "Katalog kursus")
    press(page, f"^{SHORT}$")
    heading(page, SHORT)
    press(page, "Ikuti kursus ini")
    heading(page, "Salam pertama")
    pick(page, "Apa yang didahulukan?", "Salam")
    press(page, "Periksa")
    expect(page.get_by_text("Tepat.")).to_be_visible()
    press(page, "Selesai dan lanjut")
    heading(page, "Mendengar sampai selesai")
    for choice in ("Mengulang keperluannya", "Menunggu sampai kalimatnya selesai"):
        press(page, choice, "Space")
    press(page, "Periksa")
    expect(page.get_by_text("Tepat.")).to_be_visible()
    press(page, "Selesai dan lanjut", "Space")
    heading(page, "Kuis loket")
    press(page, "Mulai kuis")
    page.wait_for_url("**/attempts/*")
    for title, value in RIGHT.items():
        answer(page, title, value)
    steps.saved(page)
    press(page, "Periksa lalu kumpulkan")
    heading(page, "Kumpulkan jawaban?")
    press(page, "Kumpulkan jawaban")
    heading(page, "Kuis loket: lulus")
    press(page, "Lihat apa yang Anda peroleh")
    heading(page, "Kursus selesai")
    press(page, "Lihat sertifikat")
    heading(page, "Sertifikat saya")
    press(page, f"^{SHORT}$")
    heading(page, SHORT)
    tab_to(page, "Unduh PDF")
    with page.expect_download() as started:
        page.keyboard.press("Enter")
    assert started.value.path().read_bytes().startswith(b"%PDF")
