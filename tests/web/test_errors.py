"""Whatever goes wrong, a person gets a page that says what to do, and the log has its number."""

import gc
import json
import logging
import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from flask import abort, request
from sqlalchemy import event, func, select
from sqlalchemy import text as sqlalchemy_text
from sqlalchemy.exc import OperationalError, TimeoutError
from werkzeug.exceptions import ServiceUnavailable

from corpu import create_app
from corpu.audit import AuditEntry, record
from corpu.errors import NotAllowed, NotFound, RuleBroken, TooMany
from corpu.extensions import db
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import HTTP_ERRORS, requires
from tests import factories
from tests.conftest import NOON, settings_for
from tests.page import Browser, read

SECRET_PLACE = "a-word-that-only-the-trace-holds"


def fail(kind):
    """What a view may run into."""
    match kind:
        case "400":
            abort(400)
        case "403":
            raise NotAllowed
        case "404":
            raise NotFound
        case "409":
            raise RuleBroken
        case "413":
            return request.form["text"]
        case "429":
            raise TooMany(retry_after=90)
        case "500":
            raise RuntimeError(SECRET_PLACE)
        case "503":
            raise OperationalError("SELECT 1", {}, Exception(SECRET_PLACE))
        case "503-abort":
            raise ServiceUnavailable
        case "503-pool":
            raise TimeoutError(SECRET_PLACE)
        case "500-sql":
            db.session.connection().exec_driver_sql("SELECT * FROM no_such_table")
        case "half":
            with unit_of_work(db.session()) as session:
                record(
                    session,
                    at=NOON,
                    actor_id=None,
                    actor_name="konsol",
                    action="half.saved",
                    subject=("test", 1, "test"),
                )
                raise RuntimeError(SECRET_PLACE)
    raise AssertionError(kind)


def with_failures(app):
    """The application and a view for each of its failures."""
    app.testing = False  # nothing is let through to the test instead of to the person

    @app.route("/fail/<kind>", methods=["GET", "POST"])
    @requires(Permission.PUBLIC)
    def failing(kind):
        return fail(kind)

    return app


@pytest.fixture
def failing_app(live_app):
    return with_failures(live_app)


@pytest.fixture
def client(failing_app):
    return failing_app.test_client()


@pytest.fixture
def dead(tmp_path):
    """An application whose database is gone."""
    url = f"sqlite:///{tmp_path / 'gone' / 'corpu.db'}"
    return with_failures(create_app(settings_for(url, tmp_path))).test_client()


def ask(client, status, **kwargs):
    """Meet the status in the way a person does."""
    if status == 405:
        return client.delete("/privasi", **kwargs)
    if status == 413:
        return client.post("/fail/413", data={"text": "a" * 10 * 1024 * 1024}, **kwargs)
    return client.get(f"/fail/{status}", **kwargs)


ALL = [400, 403, 404, 405, 409, 413, 429, 500, 503]


def check_headers(response):
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("status", ALL)
@pytest.mark.parametrize("locale", ["id", "en"])
def test_every_refusal_is_a_page_with_a_way_on(client, status, locale):
    client.set_cookie("lang", locale)
    response = ask(client, status)
    page = read(response, status)
    check_headers(response)
    assert page.html["lang"] == locale
    assert page.select_one("main .eyebrow").text == str(status)
    assert re.fullmatch("[0-9a-f]{8}", page.select_one(".mono").text)
    assert page.select_one("header a.brand"), "there is a way to the front page"
    assert len(page.select("main .button:not(.quiet)")) == (0 if status in (500, 503) else 1)
    assert SECRET_PLACE not in response.text
    assert "Traceback" not in response.text
    if locale == "id":
        assert page.h1.text == HTTP_ERRORS[status][0]


@pytest.mark.parametrize("status", ALL)
@pytest.mark.parametrize("locale", ["id", "en"])
def test_a_machine_gets_the_same_as_json(client, status, locale):
    client.set_cookie("lang", locale)
    response = ask(client, status, headers={"Accept": "application/json"})
    assert response.status_code == status
    check_headers(response)
    answer = response.get_json()
    assert answer.keys() == {"status", "title", "detail", "reference"}
    assert answer["status"] == status
    assert all(answer.values())
    assert SECRET_PLACE not in response.text


def test_a_signed_in_person_keeps_the_menu(failing_app):
    with failing_app.app_context():
        mira = factories.make_person(db.session(), name="Mira Lestari")
        db.session.remove()
    browser = Browser(failing_app.test_client()).sign_in(mira)
    page = browser.get("/fail/404", status=404)
    assert page.select_one("nav.menu a")
    assert "Mira Lestari" in page.select_one("details.who").text
    assert page.select_one("main .button").text.strip() == "Ke Beranda"


def test_what_to_wait_for_and_what_to_use_stands_in_the_headers(client):
    assert ask(client, 429).headers["Retry-After"] == "90"
    assert ask(client, 503).headers["Retry-After"] == "10"
    assert "GET" in ask(client, 405).headers["Allow"]


# ------------------------------------------------------------------------------ the log


@pytest.mark.parametrize("kind", ["500", "503", "503-abort", "503-pool", "500-sql", "half"])
def test_the_number_on_the_page_stands_in_the_log(client, caplog, kind):
    with caplog.at_level(logging.ERROR):
        response = client.get(f"/fail/{kind}")
    page = BeautifulSoup(response.text, "html.parser")
    entries = [entry for entry in caplog.records if page.select_one(".mono").text in entry.message]
    assert len(entries) == 1
    assert response.status_code == (503 if kind.startswith("503") else 500)
    if response.status_code == 500:
        assert entries[0].exc_info, "with what led to it"
        assert f"/fail/{kind}" in entries[0].message


def test_two_failures_have_two_numbers(client):
    first, second = (read(client.get("/fail/500"), 500).select_one(".mono") for _ in range(2))
    assert first.text != second.text


# ---------------------------------------------------------------------- nothing half saved


def test_a_unit_of_work_that_fails_leaves_no_trace(failing_app, client):
    read(client.get("/fail/half"), 500)
    with failing_app.app_context():
        saved = db.session.scalar(select(func.count()).where(AuditEntry.action == "half.saved"))
    assert saved == 0
    read(client.get("/about"), 200)


def test_a_commit_that_fails_is_no_success(failing_app, client):
    with failing_app.app_context():
        engine = db.engine

    def refuse(_connection):
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    @failing_app.get("/save")
    def save():
        with unit_of_work(db.session()) as session:
            record(
                session,
                at=NOON,
                actor_id=None,
                actor_name="konsol",
                action="half.saved",
                subject=("test", 1, "test"),
            )
        return "saved"

    event.listen(engine, "commit", refuse)
    try:
        response = client.get("/save")
    finally:
        event.remove(engine, "commit", refuse)
    assert response.status_code == 503
    with failing_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0


# --------------------------------------------------------------------------- dead database


@pytest.mark.parametrize("locale", ["id", "en"])
@pytest.mark.parametrize("signed_in", [False, True], ids=["stranger", "signed in"])
@pytest.mark.parametrize("status", ALL)
def test_without_a_database_there_is_still_a_page(dead, status, signed_in, locale):
    dead.set_cookie("lang", locale)
    if signed_in:
        with dead.session_transaction() as session:
            session["_user_id"] = f"{'0' * 32}.0"
    response = ask(dead, status)
    page = read(response, 500 if status == 500 else 503)
    check_headers(response)
    assert page.html["lang"] == locale
    assert SECRET_PLACE not in response.text


def test_without_a_database_a_machine_gets_json(dead):
    headers = {"Accept": "application/json"}
    assert dead.get("/fail/500", headers=headers).get_json()["status"] == 500
    assert dead.get("/", headers=headers).get_json()["status"] == 503


def test_a_database_that_goes_away_after_the_page_does_not_take_the_page_along(
    failing_app, monkeypatch
):
    @failing_app.get("/reads")
    @requires(Permission.PUBLIC)
    def reads():
        db.session.execute(select(AuditEntry.id)).all()
        return "the page"

    def gone(connection):
        connection.dbapi_connection.close()
        raise dialect.loaded_dbapi.OperationalError("server closed the connection")

    with failing_app.app_context():
        dialect = db.engine.dialect
    client = failing_app.test_client()
    client.get("/reads")  # the very first connection rolls back to look around
    monkeypatch.setattr(dialect, "do_rollback", gone)
    for _ in range(2):
        assert client.get("/reads").text == "the page"
    # SQLite's connections were left to the garbage: cleared here, and not amid another test.
    monkeypatch.undo()
    gc.collect()


def test_a_layout_that_fails_is_a_page_too(failing_app, client, caplog):
    @failing_app.context_processor
    def broken():
        raise RuntimeError(SECRET_PLACE)

    with caplog.at_level(logging.ERROR):
        page = read(client.get("/nowhere"), 500)
    assert page.select_one(".mono").text in caplog.text


# -------------------------------------------------------------------------- too much at once


def test_a_large_paste_is_refused_with_its_size_said(client):
    page = read(ask(client, 413), 413)
    assert "1 MB" in page.select_one("main").text


@pytest.mark.parametrize("path", ["/login", "/logout", "/fail/413"])
def test_a_large_paste_never_reaches_a_view(client, path):
    read(client.post(path, data={"name": "a" * 10 * 1024 * 1024}), 413)


def test_large_json_is_refused_as_json(client):
    content = json.dumps({"answer": "a" * 2 * 1024 * 1024})
    response = client.post("/fail/413", data=content, content_type="application/json")
    assert response.status_code == 413
    assert response.get_json()["status"] == 413


def test_a_form_of_very_many_parts_is_refused(client):
    parts = {f"f{n}": "" for n in range(3000)}
    read(client.post("/login", data=parts, content_type="multipart/form-data"), 413)


# ------------------------------------------------------------------------- strange requests


@pytest.fixture
def public(live_app):
    """The same installation as it is served to the public, under one name."""
    here = live_app.config["SETTINGS"]
    app = create_app(replace(here, mode="production", public_url="https://corpu.example.go.id"))
    yield app.test_client()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    "host", ["https://evil.example", "https://corpu.example.go.id.evil.example"]
)
def test_a_strange_host_is_refused_with_a_page(public, host):
    response = public.get("/about", base_url=host)
    read(response, 400)
    assert "evil" not in response.text
    check_headers(response)
    read(public.get("/about", base_url="https://corpu.example.go.id"), 200)


@pytest.mark.parametrize(
    "path", ["/\0", "/\xff\xfe", "//evil.example", "/a" * 4000, "/courses/../../etc/passwd"]
)
def test_strange_addresses_lead_nowhere(client, path):
    response = client.get("/", environ_overrides={"PATH_INFO": path})
    assert response.status_code in (303, 308, 404)
    if response.status_code == 404:
        read(response, 404)
    else:
        assert response.location.startswith(("/", "http://localhost/"))
        assert not response.location.startswith("//")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/courses/a\0b", 404),
        ("/learn/a\0b", 404),
        ("/learn/a/b\0", 404),
        ("/media/\0/x", 404),
        ("/author/\0", 403),  # as any page of a room that this person may not enter
    ],
)
def test_an_address_with_a_nul_is_nowhere_for_anybody(failing_app, path, status):
    """PostgreSQL refuses a NUL where SQLite takes it: neither may come to it."""
    with failing_app.app_context():
        session = db.session()
        factories.make_agency(session)
        person = factories.make_person(session)
        db.session.remove()
    browser = Browser(failing_app.test_client()).sign_in(person)
    response = browser.client.get("/", environ_overrides={"PATH_INFO": path})
    read(response, status)


def test_a_nul_in_a_form_or_a_search_is_let_go(failing_app):
    @failing_app.route("/echo", methods=["GET", "POST"])
    @requires(Permission.PUBLIC)
    def echo():
        return {"form": request.form.getlist("a"), "args": request.args.to_dict(flat=False)}

    failing_app.config["WTF_CSRF_ENABLED"] = False
    answer = failing_app.test_client().post("/echo?q=x%00y&q=z", data={"a": ["1\0", "2"]})
    assert answer.get_json() == {"form": ["1", "2"], "args": {"q": ["xy", "z"]}}
    answer = failing_app.test_client().post(
        "/echo", data={"a": "1\x002"}, content_type="multipart/form-data"
    )
    assert answer.get_json()["form"] == ["12"]


@pytest.mark.parametrize("silent", [True, False])
def test_json_nested_beyond_measure_is_unreadable_json(failing_app, silent):
    @failing_app.post("/json")
    @requires(Permission.PUBLIC)
    def take():
        return {"read": request.get_json(silent=silent)}

    failing_app.config["WTF_CSRF_ENABLED"] = False
    response = failing_app.test_client().post(
        "/json", data="[" * 100_000 + "]" * 100_000, content_type="application/json"
    )
    assert response.status_code == (200 if silent else 400)


def test_the_log_does_not_hold_what_a_statement_was_given(client, failing_app, caplog):
    """Names and answers of people do not belong there."""

    @failing_app.get("/fail-with-a-name")
    @requires(Permission.PUBLIC)
    def failing_with_a_name():
        text_of = sqlalchemy_text("SELECT * FROM no_such_table WHERE name = :name")
        db.session.execute(text_of, {"name": SECRET_PLACE})

    assert client.get("/fail-with-a-name").status_code == 500
    assert "no_such_table" in caplog.text
    assert SECRET_PLACE not in caplog.text
