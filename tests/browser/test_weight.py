"""What a page costs on a slow line, in bytes as they travel."""

import pytest

from corpu.catalog import queries as catalog
from corpu.extensions import db
from tests.browser.places import COURSES

FIRST, LATER = 60_000, 15_000  # bytes without pictures


def weight_of(page, path: str, until: str = "load") -> dict[str, int]:
    """Bytes of each thing that came over the line for this page, pictures left out."""
    came = []

    def note(request) -> None:
        came.append(request)

    page.on("requestfinished", note)
    assert page.goto(path, wait_until=until).status == 200
    page.remove_listener("requestfinished", note)
    weights = {}
    for request in came:
        response = request.response()
        if request.resource_type == "image" or response.status == 304:
            continue
        sizes = request.sizes()
        if response.header_value("content-encoding") is None and "font" not in request.url:
            assert sizes["responseBodySize"] < 1000, f"{request.url} is sent uncompressed"
        weights[request.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]
    return weights


def pages_of(site, slug: str) -> list[str]:
    """The course's pages for reading, which are its heaviest."""
    with site.app.app_context():
        outline = catalog.current_edition(db.session(), slug)
        db.session.remove()
    return [f"/learn/{slug}/{page.id}" for page in outline.pages if page.quiz is None]


@pytest.mark.parametrize("slug", COURSES)
def test_a_module_page_is_light(slug, rounds, shared_site, enter):
    """The first page brings style, font and scripts along; the following ones bring themselves.
    Chromium asks a page's cache here as a visitor's browser does."""
    page = enter(shared_site)
    shared_site.sign_in(page, rounds[f"course {slug}"].who)
    addresses = pages_of(shared_site, slug)
    first = weight_of(page, addresses[0], until="networkidle")
    assert sum(first.values()) <= FIRST, first
    for address in addresses[1:]:
        later = weight_of(page, address)
        assert sum(later.values()) <= LATER, later
