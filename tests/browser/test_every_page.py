"""Every page, as its people see it: nothing that axe-core finds, nothing wider than a phone, no
error in the console, no call to a stranger. Light and dark, 360 and 1280 px."""

from pathlib import Path

import axe_playwright_python
import pytest
from werkzeug.exceptions import HTTPException

from tests.browser import places
from tests.browsing import DESK, PHONE, overhang

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """options => axe.run({resultTypes: ["violations"], preload: false, ...options})
    .then(found => found.violations.flatMap(one => one.nodes.map(node =>
        `${one.id}: ${one.help}: ${node.html.slice(0, 200)}`)))"""
# The themes share every element and differ in colours alone.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
OPEN_FOLDS = """() => document.querySelectorAll("details:not([data-popover])")
    .forEach(one => { one.open = true })"""

# GET routes that show no page, and why.
NO_PAGES = {
    "static": "files",
    "media.medium": "files of courses",
    "pages.robots": "text for machines",
    "pages.security": "text for machines",
    "pages.security_at_the_root": "text for machines",
    "pages.favicon": "a picture",
    "pages.alive": "text for machines",
    "pages.ready": "text for machines",
    "people.own_data": "a file to keep",
    "competency.evidence": "a file to keep",
    "competency.account_document": "a file to keep",
    "competency.ledger_json": "a file to keep",
    "competency.ledger_csv": "a file to keep",
    "credentials.pdf": "a file to keep",
    "manage.certificate_pdf": "a file to keep",
    "credentials.hour_statement": "a file to keep",
    "hours.proof": "a file to keep",
    "manage.hour_proof": "a file to keep",
    "reporting.board_csv": "a file to keep",
}
ROUNDS = [
    "anybody",
    "learner",
    "own pages",
    "newcomer",
    *(f"course {slug}" for slug in places.COURSES),
    "holder",
    "goals",
    "supervisor",
    "plans",
    "plans of the line",
    "deputy",
    "head",
    "instructor",
    "idle instructor",
    "people in the office",
    "office",
    "office of a unit",
    "english",
    "english office",
]


@pytest.mark.parametrize("name", ROUNDS)
def test_nothing_is_wrong_on(name, rounds, shared_site, enter):
    here = rounds[name]
    page = enter(shared_site)
    # Other words change the widths and nothing of the colours.
    themes = ("light",) if name.startswith("english") else ("light", "dark")
    found = []
    for visit in here.visits:
        if here.who:
            shared_site.sign_in(page, here.who)
        page.set_viewport_size(PHONE)
        response = page.goto(visit.path)
        assert response.status == visit.status, visit
        if visit.act:
            visit.act(page)
        where = f"{visit.path} {visit.act.__name__ if visit.act else ''}".strip()
        found += [f"{where}: {fault}" for fault in faults(page, themes)]
    assert not found, "\n".join(found)


def test_every_page_that_can_be_opened_is_looked_at(rounds, shared_site):
    assert set(rounds) == set(ROUNDS)
    app = shared_site.app
    addresses = app.url_map.bind("localhost")
    seen = set()
    for one in rounds.values():
        for visit in one.visits:
            try:
                seen.add(addresses.match(visit.path.partition("?")[0], method="GET")[0])
            except HTTPException:
                assert visit.status >= 400, visit
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    assert pages - seen - set(NO_PAGES) == set(), "pages that no round visits"
    assert set(NO_PAGES) <= pages - seen, "what shows no page exists and is not visited"


@pytest.mark.parametrize("status", [500, 503])
def test_the_page_that_comes_when_nothing_else_does(status, shared_site, enter):
    """Drawn without database, session and catalogue, as the error handler draws it."""
    bare = shared_site.app.jinja_env.get_template("errors/bare.html")
    with shared_site.app.test_request_context("/"):
        body = bare.render(
            status=status, title="Sedang sibuk", advice="Coba lagi.", reference="a1b2", locale="id"
        )
    page = enter(shared_site)
    page.route(
        "**/galat", lambda route: route.fulfill(status=status, body=body, content_type="text/html")
    )
    assert page.goto("/galat").status == status
    assert faults(page) == []


def faults(page, themes=("light", "dark")) -> list[str]:
    """What axe-core and the width have to say, in both themes and sizes, with all folds open."""
    page.evaluate(AXE)
    page.evaluate(OPEN_FOLDS)
    found = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        for theme in themes:
            page.emulate_media(color_scheme=theme)
            said = page.evaluate(RUN_AXE, {} if theme == "light" else COLOURS)
            found += [f"{size['width']} {theme}: {one}" for one in said]
        wider = overhang(page)
        if wider > 0:
            found.append(f"{size['width']}: wider than the window by {wider} px")
    return found


def test_the_new_installation_before_anybody_is_there(new_site, enter):
    """`/` and `/setup` of a real installation: the one page that the demo does not have."""
    page = enter(new_site)
    for path, act in (("/", None), ("/setup", None), ("/setup", places.refused)):
        page.set_viewport_size(PHONE)
        assert page.goto(path).status == 200
        if act:
            act(page)
        assert faults(page) == [], path


def test_a_fault_would_be_found(shared_site, enter):
    page = enter(shared_site)
    page.goto("/about")
    wrong = f"<img src='/static/img/favicon.svg'><p class='nowrap'>{'lebar ' * 50}</p>"
    page.locator("main").evaluate(
        "(main, html) => main.insertAdjacentHTML('beforeend', html)", wrong
    )
    found = faults(page)
    assert any("360 light: image-alt" in one for one in found), found
    assert any("360: wider than the window" in one for one in found), found
