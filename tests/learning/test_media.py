"""Media of courses: for people with a session, isolated, kept for ever by their hash."""

from sqlalchemy import select

from corpu.catalog.models import Medium
from tests.courses import course_source, publish

SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4" width="4" height="4">
<title>t</title><script>alert(1)</script><rect width="4" height="4"/></svg>"""


def with_picture():
    return course_source(
        files={
            "media/x.svg": SVG,
            "01-modul/03-gambar.md": "---\ntitle: G\nid: g\n---\n![Sebuah kotak](../media/x.svg)\n",
        }
    )


def test_a_picture_is_cleaned_isolated_and_cached(browser, session, app, mira, agency, at):
    publish(session, app, with_picture())
    sha256 = session.scalar(select(Medium.sha256))
    with browser.sign_in(mira).client.get(f"/media/{sha256}/x.svg") as response:
        assert response.status_code == 200
        assert b"script" not in response.data
    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_strangers_and_guesses_get_nothing(browser, session, app, mira, agency, at):
    publish(session, app, with_picture())
    sha256 = session.scalar(select(Medium.sha256))
    assert browser.client.get(f"/media/{sha256}/x.svg").status_code in (302, 303)
    browser.sign_in(mira).get("/media/" + "0" * 64 + "/x.svg", status=404)
    browser.get("/media/..%2f..%2fsecret/x.svg", status=404)
    for name in ("a%0Ab.svg", "a%0D%0AX-Evil:%201", "%7F.svg"):
        browser.get(f"/media/{sha256}/{name}", status=404)
