"""Every page in both languages: what it says itself is all in one."""

from collections import Counter, deque
from functools import cache
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup

from tests.i18n.conftest import Walk
from tests.i18n.words import foreign, unmarkable, visible
from tests.page import Browser

ROLES = (
    "nobody",
    "newcomer",
    "learner",
    "colleague",
    "asked",
    "surveyed",
    "supervisor",
    "instructor",
    "manager",
)
FIRST = (
    "/",
    "/login",
    "/about",
    "/privasi",
    "/aksesibilitas",
    "/verify",
    "/verify?code=",
    "/verify/AAAA-BBBB-CCCC-DDDD",
    "/no-such-page",
    "/courses?q=zzzz",
    "/courses/no-such-course",
    "/manage/people",
)
MOST = {
    "learning.page": 4,
    "manage.person": 3,
    "catalog.index": 2,
    "competency.account": 2,
    None: 2,
}
# No page that is read: files, addresses for machines, or what only leads on.
UNREAD = {
    "static",
    "pages.favicon",
    "pages.robots",
    "pages.security",
    "pages.security_at_the_root",
    "pages.alive",
    "pages.ready",
    "credentials.offline_file",
    "credentials.offline_pinned",
    "credentials.status",
    "api.verify_one",
    "api.openapi",
    "manage.batch_file",
    "credentials.status_list",
    "credentials.credential_jwt",
    "credentials.did",
    "credentials.did_under_a_path",
    "credentials.issuer_profile",
    "signing.keys",
    "signing.log_head",
    "signing.log_page",
    "media.medium",
    "manage.template_picture",
    "plans.templates",
}
ON_THE_FIRST_DAY = {"people.setup"}
# One worker walks, so that each way is gone once.
pytestmark = pytest.mark.xdist_group("languages")


@cache
def ways(walk: Walk, role: str, language: str) -> dict[str, tuple[str | None, list[str]]]:
    """Each kind of page once, as a person meets them by their links: by address, what kind
    it is, and what it says that is not in the language."""
    browser = Browser(walk.app.test_client())
    if role != "nobody":
        browser.sign_in(walk.people[role])
    browser.client.set_cookie("lang", language)
    urls = walk.app.url_map.bind("localhost")
    queue, found, count = deque([*FIRST, *walk.addresses.get(role, ())]), {}, Counter()
    while queue:
        address = queue.popleft()
        kind = endpoint_of(urls, urlsplit(address).path)
        if address in found or count[kind] >= MOST.get(kind, 1):
            continue
        response = browser.client.get(address)
        assert response.status_code < 500, address
        if 300 <= response.status_code < 400:
            queue.append(urlsplit(response.location)._replace(scheme="", netloc="").geturl())
            continue
        count[kind] += response.status_code == 200
        found[address] = (kind if response.status_code == 200 else None, [])
        if response.mimetype == "text/html":
            page = BeautifulSoup(response.data, "html.parser")
            assert page.html["lang"] == language, address
            found[address][1].extend(mixed(page, walk, language))
            queue.extend(links(page, address))
    return found


def mixed(page, walk, language):
    for text in visible(page, language):
        if foreign(walk.data.sub(" ", text), language):
            yield text
    for text in unmarkable(page, language):
        if foreign(walk.titles.sub(" ", walk.data.sub(" ", text)), language):
            yield text


def endpoint_of(urls, path):
    try:
        return urls.match(path, method="GET")[0]
    except Exception:
        return None


def links(page, address):
    for link in page.select("a[href]:not([download])"):  # the file to keep has two languages
        target = urlsplit(urljoin(f"http://localhost{address}", link["href"]))
        if target.netloc == "localhost" and "lang=" not in target.query:
            yield target._replace(scheme="", netloc="", fragment="").geturl()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_speaks_one_language(walk, role, language):
    found = ways(walk, role, language)
    assert len(found) > 5
    assert [(address, texts) for address, (_kind, texts) in found.items() if texts] == []


def test_no_kind_of_page_is_left_out(walk):
    """Every address that answers with a page is reached by somebody in the test above."""
    visited = {kind for role in ROLES for kind, _texts in ways(walk, role, "en").values()}
    pages = {
        rule.endpoint
        for rule in walk.app.url_map.iter_rules()
        if "GET" in rule.methods and rule.endpoint not in UNREAD
    }
    assert pages - visited == ON_THE_FIRST_DAY


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_first_day_speaks_one_language_too(browser, language):
    for address in ("/", "/setup", "/login"):
        page = browser.get(f"{address}?lang={language}")
        assert page.html["lang"] == language
        for text in visible(page, language):
            assert not foreign(text, language), (address, text)
