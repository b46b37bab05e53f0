"""Make the pictures of the README from the running demo: `make pictures`.

Needs Chromium (Debian's package) and a demo that answers on 127.0.0.1:8000 or `CORPU_URL`.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

URL = os.environ.get("CORPU_URL", "http://127.0.0.1:8000")
FOLDER = Path(__file__).parent / "pictures"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# name, role, path, width, height
PICTURES = [
    ("beranda", "learner", "/", 1280, 860),
    ("modul-ponsel", "learner", "/learn/dasar-sdgs", 360, 740),
    ("kompetensi", "learner", "/me/competencies", 1280, 900),
    ("tim", "supervisor", "/team", 1280, 900),
]


def take(browser: Browser, name: str, role: str, path: str, width: int, height: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="id-ID")
    page = context.new_page()
    page.goto(f"{URL}/login")
    page.locator(f"button[name=role][value={role}]").click()
    page.goto(URL + path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
    context.close()


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for picture in PICTURES:
            take(browser, *picture)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
