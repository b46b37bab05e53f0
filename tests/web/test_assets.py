"""Static files: kept for a year under the address that names their content, never longer."""

import gzip
import re
from pathlib import Path

import pytest

import corpu
from corpu.assets import Assets

STATIC = Path(corpu.__file__).parent / "static"


@pytest.fixture
def client(bare_app):
    return bare_app.test_client()


@pytest.fixture
def css_url(bare_app):
    return bare_app.jinja_env.globals["static_url"]("css/app.css")


def test_a_file_under_its_version_may_be_kept_for_a_year(client, css_url):
    response = client.get(css_url)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.content_type == "text/css; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("version", ["", "?v=", "?v=000000000000", "?x=1"])
def test_under_an_older_version_the_present_file_comes_but_is_not_kept(client, version):
    response = client.get("/static/css/app.css" + version)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, no-cache"


def test_text_travels_compressed_to_those_who_take_it(client, css_url):
    plain = client.get(css_url)
    packed = client.get(css_url, headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("refusal", ["gzip;q=0", "gzip; q=0.0", "br", "identity"])
def test_who_refuses_gzip_gets_none(client, css_url, refusal):
    response = client.get(css_url, headers={"Accept-Encoding": refusal})
    assert "Content-Encoding" not in response.headers


def test_a_font_is_not_compressed_twice(client, bare_app):
    name = next(path.name for path in (STATIC / "fonts").glob("*.woff2"))
    url = bare_app.jinja_env.globals["static_url"](f"fonts/{name}")
    response = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert response.content_type == "font/woff2"
    assert "Content-Encoding" not in response.headers


def test_the_style_sheet_names_its_font_by_version(client, css_url):
    (reference,) = re.findall(r'url\("([^"]+)"\)', client.get(css_url).text)
    assert re.fullmatch(r"\.\./fonts/[\w-]+\.woff2\?v=[0-9a-f]{12}", reference)
    font = client.get("/static/" + reference.removeprefix("../"))
    assert "immutable" in font.headers["Cache-Control"]


def test_an_unchanged_file_is_not_sent_again(client, css_url):
    tag = client.get(css_url).headers["ETag"]
    again = client.get("/static/css/app.css", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_head_says_the_length_and_sends_nothing(client, css_url):
    response = client.head(css_url)
    assert response.data == b""
    assert int(response.headers["Content-Length"]) == len(client.get(css_url).data)


@pytest.mark.parametrize(
    "path", ["../assets.py", "%2e%2e/assets.py", "css/../../assets.py", "nothing.css", "", "css"]
)
def test_nothing_but_the_folder_s_own_files_is_served(bare_app, path):
    assets = Assets(STATIC)
    assert assets.get(path) is None


def test_a_misspelt_file_is_an_error_and_not_a_broken_picture(bare_app):
    with pytest.raises(KeyError):
        bare_app.jinja_env.globals["static_url"]("css/ap.css")


def test_a_changed_file_has_another_address(tmp_path):
    (tmp_path / "a.css").write_text("a {}")
    before = Assets(tmp_path).url("a.css")
    (tmp_path / "a.css").write_text("b {}")
    assert Assets(tmp_path).url("a.css") != before


def test_while_developing_a_change_is_seen_at_once(tmp_path):
    (tmp_path / "a.css").write_text("a {}")
    assets = Assets(tmp_path, watch=True)
    (tmp_path / "b.css").write_text("b {}")
    assert assets.get("b.css").body == b"b {}"


def test_style_sheet_scripts_and_font_keep_within_what_a_weak_signal_bears():
    def packed(pattern):
        return sum(len(gzip.compress(path.read_bytes(), 9)) for path in STATIC.glob(pattern))

    assert packed("css/app.css") <= 15 * 1024
    assert packed("js/*.js") <= 8 * 1024
    # On the pages that check certificates alone, and at the first use there.
    assert packed("js/verify/*.js") <= 7 * 1024
    assert packed("js/vendor/ed25519.js") <= 7 * 1024
    assert packed("js/vendor/jsqr.js") <= 47 * 1024
    assert sum(path.stat().st_size for path in STATIC.glob("fonts/*.woff2")) <= 18 * 1024
