import stat
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from corpu.audit import AuditEntry
from corpu.extensions import db
from corpu.installation import Installation, Origin
from corpu.people import first_run, queries, service
from corpu.people.models import Account, Agency, Person, Unit
from corpu.permissions import Role
from corpu.transactions import unit_of_work
from tests.factories import make_person, make_unit
from tests.people.test_sign_in import is_signed_in

ANSWERS = {
    "agency": "Badan Pengembangan SDM Papua",
    "short_name": "BPSDM Papua",
    "province": "91",
    "name": "Yosep Wonda",
    "nip": "19800101 200501 1 901",
}


@pytest.fixture
def token(app, session):
    instance = app.config["SETTINGS"].instance
    first_run.forget_setup_token(instance)
    yield first_run.setup_token(instance)
    first_run.forget_setup_token(instance)


def as_options(answers):
    return [
        part for key, value in answers.items() for part in (f"--{key.replace('_', '-')}", value)
    ]


def test_the_first_set_up_makes_agency_unit_and_manager(session, at):
    made = service.set_up(session, at=at, **ANSWERS)
    agency = session.get(Agency, made.agency_id)
    assert (agency.timezone, agency.region_code) == ("Asia/Jayapura", "91")
    assert session.get(Unit, made.unit_id).timezone == "Asia/Jayapura"
    assert session.get(Installation, 1).origin is Origin.REAL
    assert queries.viewer_for(session, made.person_id, 0, at).has_role(Role.MANAGER)
    assert service.person_of_link(session, made.token, at=at).id == made.person_id
    assert session.get(Account, made.person_id).password_hash is None
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == [
        "installation.set_up",
        "person.created",
        "role.assigned",
        "account.link_made",
        "key.created",
    ]


def test_a_second_set_up_is_refused(session, at):
    service.set_up(session, at=at, **ANSWERS)
    with pytest.raises(first_run.AlreadySetUp):
        service.set_up(session, at=at, **ANSWERS)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"province": "Atlantis"}, "provinsi"),
        ({"agency": " "}, "nama instansi"),
        ({"nip": "123"}, "18 angka"),
        ({"name": ""}, "nama orangnya"),
    ],
)
def test_a_wrong_answer_leaves_nothing_behind(app, session, at, wrong, refusal):
    result = app.test_cli_runner().invoke(args=["setup", *as_options(ANSWERS | wrong)])
    assert result.exit_code == 1
    assert refusal in result.output
    assert first_run.is_new(session)
    assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_the_command_prints_a_link_and_never_a_password(app, session, browser, at):
    result = app.test_cli_runner().invoke(args=["setup", *as_options(ANSWERS)])
    assert result.exit_code == 0, result.output
    link = result.output.split()[-1]
    assert link.startswith("http://127.0.0.1:8000/login/link/")
    path = link.removeprefix("http://127.0.0.1:8000")
    browser.post(path, password="tiga ekor kambing", again="tiga ekor kambing")
    assert is_signed_in(browser)
    again = app.test_cli_runner().invoke(args=["setup", *as_options(ANSWERS)])
    assert again.exit_code == 1
    assert "sudah disiapkan" in again.output


def test_the_command_asks_for_what_was_not_said(app, session, at):
    answers = "\n".join(ANSWERS.values()) + "\n"
    result = app.test_cli_runner().invoke(args=["setup"], input=answers)
    assert result.exit_code == 0, result.output
    assert session.scalar(select(Agency.short_name)) == "BPSDM Papua"


def test_a_person_can_be_made_and_helped_from_the_console(app, session, agency, at):
    make_unit(session, code="DKP", name="Dinas Kelautan")
    runner = app.test_cli_runner()
    new = ["--name", "Siti", "--nip", "198502232006042908", "--role", "instructor"]
    post = ["--unit", "DKP", "--post", "Analis", "--post-type", "JF_PT"]
    result = runner.invoke(args=["user", "create", *new, *post])
    assert result.exit_code == 0, result.output
    person = service.person_by_nip(session, "198502232006042908")
    assert queries.standing(session, person.id, at).unit_name == "Dinas Kelautan"
    assert queries.viewer_for(session, person.id, 0, at).has_role(Role.INSTRUCTOR)
    first = result.output.split()[-1].rsplit("/", 1)[1]
    result = runner.invoke(args=["user", "link", "19850223 200604 2 908"])
    second = result.output.split()[-1].rsplit("/", 1)[1]
    assert service.person_of_link(session, second, at=at).id == person.id
    with pytest.raises(service.LinkNotValid):
        service.person_of_link(session, first, at=at)
    for wrong in (
        ["user", "link", "198001012005011999"],
        ["user", "link", "12"],
        ["user", "create", *new],
        ["user", "create", "--name", "X", "--email", "x@go.id", "--unit", "DKP"],
        ["user", "create", "--name", "X", "--email", "x@go.id", *post, "--unit", "ZZZ"],
    ):
        result = runner.invoke(args=wrong)
        assert result.exit_code == 1, wrong
        assert result.output.startswith("Error: ")
    assert session.scalar(select(Person).filter_by(email="x@go.id")) is None


# ------------------------------------------------------------------------ in the browser


def test_the_browser_may_do_it_with_the_token_of_the_console(app, browser, session, token, at):
    page = browser.get("/")
    assert page.select_one("a[href='/setup']")
    browser.get("/setup")
    page = browser.post("/setup", ANSWERS, token="guessed", status=422)
    assert "bukan yang tercetak" in page.text
    assert page.select_one("#agency")["value"] == ANSWERS["agency"]
    page = browser.post("/setup", ANSWERS | {"nip": "123"}, token=token, status=422)
    assert "18 angka" in page.text
    assert first_run.is_new(session)
    page = browser.post("/setup", ANSWERS, token=f" {token} ")
    assert page.h1.text == "Tentukan kata sandi"
    assert "Yosep Wonda" in page.text
    as_json = {"Accept": "application/json"}
    assert browser.client.get("/setup", headers=as_json).status_code == 404
    assert not (app.config["SETTINGS"].instance / first_run.TOKEN_FILE).exists()


def test_setup_is_gone_once_there_is_an_account(browser, session, token, at):
    make_person(session)
    as_json = {"Accept": "application/json"}
    assert browser.client.get("/setup", headers=as_json).status_code == 404
    response = browser.client.post(
        "/setup",
        data=ANSWERS | {"token": token, "csrf_token": browser.csrf_token()},
        headers=as_json,
    )
    assert response.status_code == 404


def test_the_token_is_printed_and_only_its_owner_can_read_it(app, browser, session, token, capsys):
    app.extensions.pop("setup_announced", None)
    browser.get("/setup")
    browser.get("/setup")
    assert capsys.readouterr().err.count(token) == 1
    path = app.config["SETTINGS"].instance / first_run.TOKEN_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first_run.setup_token(path.parent) == token, "made once"


def test_asking_for_a_token_that_was_never_made_makes_none(tmp_path):
    assert not first_run.is_setup_token(tmp_path, "")
    assert not first_run.is_setup_token(tmp_path, "x")
    assert list(tmp_path.iterdir()) == []


def test_of_two_set_ups_at_once_one_stands(live_app, at):
    start, outcomes = Barrier(2), []

    def run():
        with live_app.app_context():
            start.wait(10)
            try:
                with unit_of_work(db.session()) as session:
                    service.set_up(session, at=at, **ANSWERS)
                outcomes.append("made")
            except first_run.AlreadySetUp:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["made", "refused"]
    with live_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Agency)) == 1
