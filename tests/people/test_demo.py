import pytest

from corpu import create_app
from corpu.extensions import db
from corpu.installation import Installation, Origin
from tests.conftest import settings_for
from tests.factories import make_person, save, supervise
from tests.page import Browser
from tests.people.test_sign_in import is_signed_in

PLAYERS = {
    "learner": "Peserta Peragaan",
    "instructor": "Pengajar Peragaan",
    "supervisor": "Atasan Peragaan",
    "manager": "Pengelola Peragaan",
}


@pytest.fixture
def demo_app(live_app, tmp_path):
    app = create_app(
        settings_for(live_app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, mode="demo")
    )
    with app.app_context():
        session = db.session()
        given = {"instructor": ["instructor"], "manager": ["manager"]}
        people = {
            role: make_person(session, name=name, roles=given.get(role, ()))
            for role, name in PLAYERS.items()
        }
        supervise(session, people["supervisor"], people["learner"])
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def installed_as(app, origin, at):
    with app.app_context():
        save(db.session(), Installation(id=1, origin=origin, created_at=at))
        db.session.remove()


def test_each_role_is_entered_by_one_button(demo_app, at):
    installed_as(demo_app, Origin.DEMO, at)
    for role, name in PLAYERS.items():
        browser = Browser(demo_app.test_client())
        page = browser.get("/login")
        buttons = page.select("form[action='/login/demo'] button[name=role]")
        assert [button["value"] for button in buttons] == list(PLAYERS)
        browser.post("/login/demo", role=role)
        assert name in browser.get("/account").text


def test_a_cast_may_name_who_plays_a_role(demo_app, at):
    demo_app.extensions["demo_cast"] = {"learner": "198001012005011999"}
    with demo_app.app_context():
        make_person(db.session(), name="Bintang Peragaan", nip="198001012005011999")
        db.session.remove()
    browser = Browser(demo_app.test_client())
    browser.post("/login/demo", role="learner")
    assert "Bintang Peragaan" in browser.get("/account").text


def test_an_unknown_role_is_nobody(demo_app, at):
    browser = Browser(demo_app.test_client())
    browser.post("/login/demo", role="governor", status=404)
    assert not is_signed_in(browser)


def test_a_database_of_real_people_is_never_entered_so(demo_app, at):
    installed_as(demo_app, Origin.REAL, at)
    browser = Browser(demo_app.test_client())
    browser.post("/login/demo", role="manager", status=404)
    assert not is_signed_in(browser)


def test_demo_mode_offers_no_real_set_up(demo_app):
    browser = Browser(demo_app.test_client())
    browser.get("/setup", status=404)
    result = demo_app.test_cli_runner().invoke(args=["setup"])
    assert result.exit_code == 1
    assert "CORPU_MODE" in result.output
