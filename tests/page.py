"""Visit pages as a person would. Whatever comes back is checked for what it owes."""

from bs4 import BeautifulSoup
from flask import g, has_app_context
from flask import session as request_session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf


class Browser:
    """A person at a browser: keeps cookies, sends the token that the form carried."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page: BeautifulSoup | None = None

    def sign_in(self, person, *, epoch: int = 0) -> "Browser":
        with self.client.session_transaction() as session:
            session["_user_id"] = f"{person.id.hex}.{epoch}"
            session["_fresh"] = True
        return self

    def get(self, url, *, status=200, **kwargs) -> BeautifulSoup:
        look_again()
        return self._read(self.client.get(url, **kwargs), status)

    def post(
        self, url, data=None, *, status=303, follow=True, headers=None, **fields
    ) -> BeautifulSoup:
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

    def _read(self, response, status) -> BeautifulSoup:
        self.page = read(response, status)
        return self.page


def look_again() -> None:
    """Let the next request find out for itself who is there: the application context that a
    test works in outlives its requests, and what they keep in it."""
    if has_app_context():
        vars(g._get_current_object()).clear()


def read(response, status) -> BeautifulSoup:
    assert response.status_code == status, (response.location, response.text[:3000])
    page = BeautifulSoup(response.text, "html.parser")
    if page.html:
        headings = page.select("h1")
        assert len(headings) == 1, "a page has exactly one h1"
        title = " ".join(page.title.text.split())
        assert title.startswith(" ".join(headings[0].text.split())), "the title starts with the h1"
        assert page.html.get("lang") in ("id", "en")
    ids = [element["id"] for element in page.select("[id]")]
    assert len(ids) == len(set(ids)), f"no id appears twice: {ids}"
    assert not page.select("[style], [onclick], script:not([src])"), "nothing inline"
    for form in page.select("form"):
        assert form.get("action"), "a form works without JavaScript"
        if form.get("method", "get").lower() == "post":
            assert form.select_one("input[name=csrf_token]"), f"{form['action']} has its token"
    for box in page.select("input:not([type=hidden], [type=submit]), textarea, select"):
        named = (
            page.select_one(f"label[for='{box.get('id')}']")
            or box.get("aria-label")
            or box.get("aria-labelledby")
            or box.find_parent("label")
        )
        assert named, f"{box.get('name')} has a label"
    return page
