"""Pages are sent in fewer bytes to those who take them, and to others as they are."""

import gzip

import pytest
from flask import Flask, Response, send_file

from corpu import compression

LONG = "Air minum untuk semua. " * 100


@pytest.fixture
def client(tmp_path):
    app = Flask("compression")
    compression.init_app(app)
    (tmp_path / "berkas.txt").write_text(LONG)

    @app.get("/page")
    def page():
        return LONG

    @app.get("/short")
    def short():
        return "Air"

    @app.get("/picture")
    def picture():
        return Response(LONG, mimetype="image/png")

    @app.get("/known")
    def known():
        response = Response(LONG, mimetype="text/html")
        response.set_etag("sidik")
        return response

    @app.get("/stream")
    def stream():
        return Response((part for part in (LONG, LONG)), mimetype="text/csv")

    @app.get("/file")
    def file():
        return send_file(tmp_path / "berkas.txt", etag=False)

    return app.test_client()


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.8", "*"])
def test_a_page_is_compressed_for_who_takes_it(client, accepted):
    response = client.get("/page", headers={"Accept-Encoding": accepted})
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.data).decode() == LONG
    assert int(response.headers["Content-Length"]) == len(response.data) < len(LONG) / 5
    assert "Accept-Encoding" in response.headers["Vary"]


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
def test_others_get_the_page_as_it_is(client, accepted):
    response = client.get("/page", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in response.headers
    assert response.text == LONG
    assert "Accept-Encoding" in response.headers["Vary"], "a cache keeps the two apart"


@pytest.mark.parametrize("path", ["/short", "/picture", "/known", "/stream", "/file"])
def test_what_would_not_gain_or_is_sent_as_it_is_read_is_left_alone(client, path):
    response = client.get(path, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert "Content-Encoding" not in response.headers


def test_asking_for_the_head_alone_tells_the_same_length(client):
    whole = client.get("/page", headers={"Accept-Encoding": "gzip"})
    head = client.head("/page", headers={"Accept-Encoding": "gzip"})
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]
    assert head.data == b""
