"""Visit pages as a person would. Whatever comes back is checked for what it owes."""

from functools import cached_property

from bs4 import BeautifulSoup
from flask import g, has_app_context
from flask import session as request_session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from lxml.html import HtmlElement, document_fromstring


class Page:
    """What came back, read into elements only where a test looks at it."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _soup(self) -> BeautifulSoup:
        return BeautifulSoup(self._text, "html.parser")

    def __getattr__(self, name: str):
        return getattr(self._soup, name)

    def __str__(self) -> str:
        return str(self._soup)


class Browser:
    """A person at a browser: keeps cookies, sends the token that the form carried."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page: Page | None = None

    def sign_in(self, person, *, epoch: int = 0) -> "Browser":
        with self.client.session_transaction() as session:
            session["_user_id"] = f"{person.id.hex}.{epoch}"
            session["_fresh"] = True
        return self

    def get(self, url, *, status=200, **kwargs) -> Page:
        look_again()
        return self._read(self.client.get(url, **kwargs), status)

    def post(self, url, data=None, *, status=303, follow=True, headers=None, **fields) -> Page:
        """Send a form as the page would; follows the redirect unless told otherwise."""
        data = dict(data or {}) | fields
        data.setdefault("csrf_token", self.csrf_token())
        look_again()
        response = self.client.post(url, data=data, headers=headers)
        if response.status_code == status == 303 and follow:
            return self.get(response.location)
        return self._read(response, status)

    def json(self, url, payload, *, status=200):
        look_again()
        response = self.client.post(url, json=payload, headers={"X-CSRFToken": self.csrf_token()})
        assert response.status_code == status, response.text
        return response.get_json()

    def csrf_token(self) -> str:
        look_again()
        with (
            self.client.application.test_request_context(),
            self.client.session_transaction() as session,
        ):
            request_session.update(session)
            token = generate_csrf()
            session["csrf_token"] = request_session["csrf_token"]
        return token

    def _read(self, response, status) -> Page:
        self.page = read(response, status)
        return self.page


def look_again() -> None:
    """Let the next request find out for itself who is there: the application context that a
    test works in outlives its requests, and what they keep in it."""
    if has_app_context():
        vars(g._get_current_object()).clear()


def read(response, status) -> Page:
    assert response.status_code == status, (response.location, response.text[:3000])
    if response.text.strip():
        owes(document_fromstring(response.text), is_whole="<html" in response.text)
    return Page(response.text)


def owes(page: HtmlElement, *, is_whole: bool) -> None:
    """What every page owes: asked of each one that any test opens, hence by the fast reader."""
    if is_whole:
        (heading,) = page.iter("h1")
        title = words(page.find(".//title"))
        assert title.startswith(words(heading)), "the title starts with the h1"
        assert page.get("lang") in ("id", "en")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)), f"no id appears twice: {ids}"
    assert not page.xpath("//@style | //@onclick | //script[not(@src)]"), "nothing inline"
    for form in page.iter("form"):
        assert form.get("action"), "a form works without JavaScript"
        if form.get("method", "get").lower() == "post" and form.get("data-no-session") is None:
            assert form.xpath(".//input[@name='csrf_token']"), f"{form.get('action')} has its token"
    labelled = set(page.xpath("//label/@for"))
    for box in page.iter("input", "textarea", "select"):
        if box.get("type") in ("hidden", "submit"):
            continue
        named = (
            box.get("id") in labelled
            or box.get("aria-label")
            or box.get("aria-labelledby")
            or next(box.iterancestors("label"), None) is not None
        )
        assert named, f"{box.get('name')} has a label"


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
