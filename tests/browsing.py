"""Chromium for tests: where it is, how it starts, and what a page must never do in it."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REFUSALS = ("401", "409", "422")  # what the server says to a script that saves an answer
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


# The shell is the same engine without windows; a round takes about a fifth less CPU.
PROGRAMS = ("chromium-headless-shell", "chromium")


def program() -> str | None:
    """Where Chromium is: the environment's CHROMIUM, or the first of `PROGRAMS` in the path."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [named] if named else PROGRAMS)), None)


@contextmanager
def launched() -> Iterator[Browser]:
    """One browser for everything that this process tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=ARGUMENTS)
        yield browser
        browser.close()


class Watch:
    """What the pages of a context did wrong: errors of scripts and policy, calls to strangers.

    That a page answered with an error status, or that an answer was refused, is Chromium's own
    remark and none of ours: the test looks at the status itself.
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.mistakes: list[str] = []
        context.on("console", self._console)
        context.on("request", self._request)
        context.on("page", lambda page: page.on("pageerror", self._error))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        page = message.page
        status = re.search(r"the server responded with a status of (\d+)", message.text)
        if status and page is not None:
            own = message.location.get("url", "").partition("#")[0] == page.url.partition("#")[0]
            if own or status[1] in REFUSALS:
                return
        self.mistakes.append(f"{page.url if page else '?'}: {message.text}")

    def _error(self, error: Exception) -> None:
        self.mistakes.append(str(error))

    def _request(self, request) -> None:
        where = urlsplit(request.url)
        if where.scheme not in ("data", "blob") and where.netloc != self.host:
            self.mistakes.append(f"a request to another host: {request.url}")
