"""Every page, as its people see it: nothing that axe-core finds, nothing wider than a phone, no
error in the console, no call to a stranger. Light and dark, 360 and 1280 px."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
import pytest
from werkzeug.exceptions import HTTPException

from tests.browser import places
from tests.browsing import DESK, PHONE

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# Asked of the page, or in some inks alone: of whatever a glance has seen written in them.
RUN_AXE = """([rules, inks]) => {
    const among = inks && [...window.inkOf].filter(([_one, ink]) => inks.includes(ink))
    return axe.run(among ? {include: among.map(([one]) => one)} : document,
        {resultTypes: ["violations"], preload: false, ...rules}
    ).then(found => found.violations.flatMap(one => one.nodes.map(node =>
        `${one.id}: ${one.help}: ${node.html.slice(0, 200)}`)))
}"""
OF_COLOURS = ["color-contrast", "link-in-text-block"]
COLOURS = {"runOnly": OF_COLOURS}
STRUCTURE = {"rules": {rule: {"enabled": False} for rule in OF_COLOURS}}
OPEN_FOLDS = """() => document.querySelectorAll("details:not([data-popover])")
    .forEach(one => { one.open = true })"""
# What a look needs to know before it asks axe-core anything:
# - inks: in which colours the page writes: the letters, every ground behind them, and for a link
#   what is written around it. Large letters (WCAG 2.2, 1.4.3) need less.
# - changed: what is seen now and was not at the size before, or the other way round: its kind.
GLANCE = """() => {
    const elements = [...document.body.querySelectorAll("*")]
    const seen = elements.map(one => one.checkVisibility())
    const before = window.seenBefore || seen
    window.seenBefore = seen
    const changed = elements.flatMap((one, i) => before[i] === seen[i] ? [] :
        [`${one.parentElement.className} ${one.tagName} ${one.className} ${one.role}`])
    const grounds = new Map([[null, ""]])
    window.inkOf = new Map()
    const ground = one => {
        if (!grounds.has(one)) {
            const {backgroundColor, backgroundImage, opacity} = getComputedStyle(one)
            const covers = backgroundColor.startsWith("rgb(") && opacity === "1"
            const below = covers ? "" : ground(one.parentElement)
            const own = `${backgroundColor} ${backgroundImage} ${opacity}`
            grounds.set(one, own === "rgba(0, 0, 0, 0) none 1" ? below : `${below} ${own}`)
        }
        return grounds.get(one)
    }
    elements.forEach((one, i) => {
        if (!seen[i]) return
        const writes = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())
        if (!writes && !one.matches("input, textarea")) return
        const {color, fontSize, fontWeight, textDecorationLine} = getComputedStyle(one)
        const large = parseFloat(fontSize) >= (fontWeight >= 700 ? 18.66 : 24)
        const link = one.tagName === "A"
            && [textDecorationLine, fontWeight, getComputedStyle(one.parentElement).color]
        window.inkOf.set(one, [color, large, link, ground(one)].join())
    })
    return {changed, inks: [...new Set(window.inkOf.values())]}
}"""
WIDER = "() => document.scrollingElement.scrollWidth - window.innerWidth"

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
    "signing.keys": "text for machines",
    "signing.log_head": "text for machines",
    "signing.log_page": "text for machines",
    "people.own_data": "a file to keep",
    "competency.evidence": "a file to keep",
    "competency.account_document": "a file to keep",
    "competency.ledger_json": "a file to keep",
    "competency.ledger_csv": "a file to keep",
    "credentials.offline_file": "a file to keep",
    "credentials.offline_pinned": "text for machines",
    "credentials.status": "text for machines",
    "api.verify_one": "text for machines",
    "api.openapi": "text for machines",
    "manage.batch_table": "a file to keep",
    "manage.batch_file": "a file to keep",
    "credentials.pdf": "a file to keep",
    "credentials.credential_json": "a file to keep",
    "credentials.credential_jwt": "a file to keep",
    "credentials.did": "text for machines",
    "credentials.did_under_a_path": "text for machines",
    "credentials.issuer_profile": "text for machines",
    "credentials.status_list": "text for machines",
    "credentials.all_documents": "a file to keep",
    "credentials.conditions_json": "text for machines",
    "manage.waiting_person_json": "text for machines",
    "manage.certificate_pdf": "a file to keep",
    "manage.siasn_export": "a file to keep",
    "manage.siasn_send_json": "a file to keep",
    "manage.export_framework": "a file to keep",
    "manage.export_shipped": "a file to keep",
    "manage.export_standards": "a file to keep",
    "manage.export_plan_templates": "a file to keep",
    "plans.templates": "leads on to a template",
    "manage.document_example": "a picture or a file to keep",
    "manage.template_picture": "a picture",
    "manage.export_registrations": "a file to keep",
    "manage.new_document_template": "the form of a template that is there, empty",
    "manage.publish_document_template": "asks as the page that withdraws a template of plans",
    "manage.discard_document_draft": "asks as the page that withdraws a template of plans",
    "manage.withdraw_document_template": "asks as the page that withdraws a template of plans",
    "manage.void_numbers": "asks as the page that revokes a certificate",
    "manage.document_kind": "three fields of the form of a template",
    "manage.import_registrations": "the table of templates of plans, with other columns",
    "manage.template_pictures": "a file field as in the registrations' table",
    "credentials.hour_statement": "a file to keep",
    "hours.proof": "a file to keep",
    "manage.hour_proof": "a file to keep",
    "authoring.evaluation_pdf": "a file to keep",
    "authoring.evaluation_docx": "a file to keep",
    "reporting.board_csv": "a file to keep",
}
ROUNDS = [
    "anybody",
    "learner",
    "own pages",
    "newcomer",
    *(f"course {slug}" for slug in places.COURSES),
    "before the diagnostic",
    "everything proven",
    "hours left out",
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
    "rules in the office",
    "asked colleague",
    "dictionaries and standards",
    "office of a unit",
    "evaluation",
    "asked",
    "surveyed",
    "english",
    "english office",
]


@pytest.mark.parametrize("name", ROUNDS)
def test_nothing_is_wrong_on(name, rounds, shared_site, enter, eye):
    here = rounds[name]
    page = enter(shared_site)
    # Other words change the widths and nothing of elements and colours.
    if name.startswith("english"):
        faults = too_wide
    else:
        faults = eye.faults
        with_axe(page)
    found = []
    is_in = not here.who
    for visit in here.visits:
        if not is_in:
            shared_site.sign_in(page, here.who)
        is_in = not (here.who and visit.act)  # what was done may have ended the session
        response = page.goto(visit.path)
        assert response.status == visit.status, visit
        if visit.act:
            visit.act(page)
        where = f"{visit.path} {visit.act.__name__ if visit.act else ''}".strip()
        found += [f"{where}: {fault}" for fault in faults(page)]
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
    page = with_axe(enter(shared_site))
    page.route(
        "**/galat", lambda route: route.fulfill(status=status, body=body, content_type="text/html")
    )
    assert page.goto("/galat").status == status
    assert Eye().faults(page) == []


def with_axe(page):
    """Have axe-core in every page that is opened here."""
    page.add_init_script(AXE)
    return page


def sizes_of(page):
    """The two sizes, the one that is on first: each change lays the page out anew."""
    return (PHONE, DESK) if page.viewport_size == PHONE else (DESK, PHONE)


def too_wide(page) -> list[str]:
    """In which sizes the page is wider than its window, with all folds open."""
    page.evaluate(OPEN_FOLDS)
    found = []
    for size in sizes_of(page):
        if size != page.viewport_size:
            page.set_viewport_size(size)
        found += wider_than_the_window(page)
    return found


def wider_than_the_window(page) -> list[str]:
    by = page.evaluate(WIDER)
    width = page.viewport_size["width"]
    return [f"{width}: wider than the window by {by} px"] if by > 0 else []


@dataclass
class Eye:
    """Looks at pages with axe-core, and remembers what it need not look at twice.

    Every page is looked at in light, in the size that is on: the phone's and the desk's in turn.
    Its other three looks share all elements and differ in two things alone: in what the width
    shows or hides, which is looked at where a kind of element comes or goes that has not done so
    before, and in colours. Those are asked for, on any look, of what a page writes in inks that
    the theme has not shown yet.
    """

    inks: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    changing: set[str] = field(default_factory=set)

    def faults(self, page) -> list[str]:
        """What axe-core and the width have to say, in themes and sizes, with all folds open."""
        page.evaluate(OPEN_FOLDS)
        found = []
        first, then = sizes_of(page)
        on = first, "light"
        for look in (on, (first, "dark"), (then, "dark"), (then, "light")):
            size, theme = look
            if size != on[0]:
                page.set_viewport_size(size)
            if theme != on[1]:
                page.emulate_media(color_scheme=theme)
            on = look
            glance = page.evaluate(GLANCE)
            if size is first:
                whole = theme == "light"
            else:
                whole = not self.changing.issuperset(glance["changed"])
            new_inks = set(glance["inks"]) - self.inks[theme]
            said = page.evaluate(RUN_AXE, [STRUCTURE, None]) if whole else []
            if new_inks:
                said += page.evaluate(RUN_AXE, [COLOURS, list(new_inks)])
            found += [f"{size['width']} {theme}: {one}" for one in said]
            if not said:
                self.inks[theme].update(new_inks)
                self.changing.update(glance["changed"])
            if theme == "dark":
                found += wider_than_the_window(page)
        return found


@pytest.fixture(scope="session")
def eye():
    return Eye()


def test_the_new_installation_before_anybody_is_there(new_site, enter):
    """`/` and `/setup` of a real installation: the one page that the demo does not have."""
    page = with_axe(enter(new_site))
    for path, act in (("/", None), ("/setup", None), ("/setup", places.refused)):
        assert page.goto(path).status == 200
        if act:
            act(page)
        assert Eye().faults(page) == [], path


WRONG = f"""
    <img src="/static/img/favicon.svg">
    <p class="nowrap">{"lebar " * 50}</p>
    <p class="pale">pucat dalam gelap</p>
    <p class="faint">pudar di meja</p>
    <button class="nameless"></button>
    <input class="unlabelled">"""
HOW = """
    @media (prefers-color-scheme: dark) { .pale { color: #444; background: #222; } }
    @media (min-width: 60rem) {
        .faint { color: #ccc; background: #fff; }
        .unlabelled { display: none; }
    }
    @media (max-width: 59.99rem) { .nameless { display: none; } }"""
SPOIL = """(main, [html, css]) => {
    main.insertAdjacentHTML("beforeend", html)
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    document.adoptedStyleSheets = [sheet]
}"""


def test_a_fault_would_be_found(shared_site, enter):
    """On every one of the four looks, by an eye that has seen many pages before."""
    page, eye = with_axe(enter(shared_site)), Eye()
    for path in ("/", "/about", "/privasi"):
        page.goto(path)
        assert eye.faults(page) == []
    for first, then in ((DESK, PHONE), (PHONE, DESK)):
        assert page.viewport_size == first
        page.goto("/about")
        page.locator("main").evaluate(SPOIL, [WRONG, HOW])
        found = "\n".join(eye.faults(page))
        alone = {PHONE["width"]: "label", DESK["width"]: "button-name"}
        for fault in (
            f"{first['width']} light: image-alt",
            f"{first['width']} light: {alone[first['width']]}",
            f"{then['width']} dark: {alone[then['width']]}",
            "360: wider than the window",
            "360 dark: color-contrast",
            "1280 light: color-contrast",
            "1280 dark: color-contrast",
        ):
            assert fault in found
