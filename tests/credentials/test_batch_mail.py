"""Holders are told by letter: each once, over a real conversation with a server of our own."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from config import BadSetting, Settings, Smtp
from corpu import jobs
from corpu.credentials import batch_mail, batches, service
from corpu.credentials.batch_models import BatchItem, MailState
from corpu.credentials.models import Certificate
from corpu.people.models import Account, Person
from corpu.people.queries import viewer_for
from tests.credentials.test_batches import drafted, one_part, worked
from tests.credentials.world import bpsdm, complete, make_course, revoked
from tests.factories import make_person, make_unit
from tests.postbox import postbox

LIST = "/manage/certificates/batches"


@pytest.fixture
def box():
    with postbox() as server:
        yield server


@pytest.fixture
def configured(app, box):
    before = app.config["SETTINGS"]
    smtp = Smtp("127.0.0.1", box.port, sender="corpu@bpsdm.example", security="none")
    app.config["SETTINGS"] = replace(before, smtp=smtp)
    yield smtp
    app.config["SETTINGS"] = before


@pytest.fixture
def issued(session, app, agency, at, monkeypatch):
    """A batch of three with certificates, whose documents nobody draws here."""
    monkeypatch.setattr(service, "DRAW_AFTER", timedelta(days=9))
    unit = bpsdm(session)
    manager = make_person(session, name="Sari Pengelola", unit=unit, roles=["manager"])
    by = viewer_for(session, manager.id, 0, at)
    course, here = make_course(session, app, unit), make_unit(session)
    holders = [
        make_person(session, name=name, unit=here) for name in ("Ayu, S.E.", "Budi", "Citra")
    ]
    for holder in holders:
        complete(session, holder, course, at)
    batch_id = drafted(session, course, by, at)
    batches.begin(session, batch_id, by=by, reason="Uji", at=at)
    session.commit()
    one_part(session, batch_id, at)
    return SimpleNamespace(id=batch_id, manager=manager, by=by, course=course, holders=holders)


def asked(session, issued, smtp, at, *, again=False):
    batch_mail.ask(session, issued.id, smtp, again=again, by=issued.by, at=at)
    session.commit()
    worked(session, at)


def states(session):
    session.expire_all()
    return session.scalars(select(BatchItem.mail).order_by(BatchItem.position)).all()


def test_each_holder_gets_one_letter_with_a_link(session, browser, box, configured, issued, at):
    holders = session.scalars(select(Person).where(Person.name.in_(["Budi", "Citra"]))).all()
    addresses = [session.get(Person, one.id).email for one in issued.holders]
    session.execute(update(Account).where(Account.person_id == holders[0].id).values(locale="en"))
    session.commit()
    here = f"{LIST}/{issued.id}"
    browser.sign_in(issued.manager).get(here)
    assert "Belum diberi tahu: 3" in browser.page.get_text()
    browser.post(f"{here}/mail")
    browser.post(f"{here}/mail")  # two clicks
    worked(session, at)
    assert box.addressed_to() == addresses
    letter = box.letters[0]
    assert letter["To"].addresses[0].display_name == "Ayu, S.E."
    assert letter["Auto-Submitted"] == "auto-generated"
    text = letter.get_content()
    certificate = session.scalars(select(Certificate).order_by(Certificate.sequence)).first()
    assert f"/me/certificates/{certificate.id}" in text
    assert certificate.number in text
    assert session.get(Person, issued.holders[0].id).nip not in letter.as_string()
    assert "Terkirim: 3" in browser.get(here).get_text()
    asked_again = browser.post(f"{here}/mail", status=409).get_text()
    assert "sudah diberi tahu" in asked_again
    worked(session, at + timedelta(days=1))
    assert len(box.letters) == 3


def test_who_cannot_be_told_holds_up_nobody_and_may_be_told_again(
    session, box, configured, issued, at
):
    second = issued.holders[1]
    emails = [session.get(Person, one.id).email for one in issued.holders]
    session.get(Person, second.id).email = None
    session.commit()
    box.refuse[emails[0]] = "550 kotak penuh"
    asked(session, issued, configured, at)
    assert states(session) == [MailState.FAILED, MailState.NO_ADDRESS, MailState.SENT]
    box.refuse.clear()
    asked(session, issued, configured, at, again=True)
    assert states(session) == [MailState.SENT, MailState.NO_ADDRESS, MailState.SENT]
    assert box.addressed_to() == [emails[2], emails[0]]


def test_a_line_that_breaks_leaves_one_unsure_and_sends_it_no_second_time(
    session, box, configured, issued, at
):
    box.hang_up_after = 1
    asked(session, issued, configured, at)
    worked(session, at + timedelta(hours=1))
    assert states(session) == [MailState.SENDING, MailState.SENT, MailState.SENT]
    assert len(set(box.addressed_to())) == len(box.letters) == 3


def test_a_worker_that_dies_after_handing_over_writes_no_second_letter(
    session, box, configured, issued, at, monkeypatch
):
    real = batch_mail._mark

    def dies(_session, _batch, _person, was, *_others):
        if was is MailState.SENDING:
            raise KeyboardInterrupt
        real(_session, _batch, _person, was, *_others)

    monkeypatch.setattr(batch_mail, "_mark", dies)
    batch_mail.ask(session, issued.id, configured, again=False, by=issued.by, at=at)
    session.commit()
    with pytest.raises(KeyboardInterrupt):
        worked(session, at)
    monkeypatch.setattr(batch_mail, "_mark", real)
    worked(session, at + timedelta(minutes=3))  # when its lease has run out
    assert states(session) == [MailState.SENDING, MailState.SENT, MailState.SENT]
    assert len(box.letters) == 3


def test_a_server_that_is_away_is_asked_again_and_a_revoked_one_is_not_told(
    session, box, configured, issued, at
):
    away = replace(configured, port=1)
    told = batch_mail.send(session, away, {"batch": issued.id.hex}, at)
    assert told == {"again_at": (at + batch_mail.LATER).isoformat()}
    assert states(session) == [None, None, None]
    last = session.scalars(select(Certificate).order_by(Certificate.sequence.desc())).first()
    revoked(session, last.id, at, reason="Keliru")
    session.commit()
    asked(session, issued, configured, at)
    assert states(session) == [MailState.SENT, MailState.SENT, None]


def test_without_a_server_it_is_said_and_nothing_is_sent(session, browser, issued, at):
    here = f"{LIST}/{issued.id}"
    said = browser.sign_in(issued.manager).get(here).get_text()
    assert "Surel belum dikonfigurasi" in said
    assert "CORPU_SMTP_HOST" in said
    browser.post(f"{here}/mail", status=409)
    assert not session.scalars(select(jobs.Job).filter_by(kind=batch_mail.SEND)).all()


@pytest.mark.parametrize(
    ("settings", "stops"),
    [
        ({"CORPU_SMTP_HOST": "smtp.example", "CORPU_SMTP_SECURITY": "none"}, True),
        ({"CORPU_SMTP_HOST": "smtp.example", "CORPU_SMTP_SECURITY": "ssl"}, True),
        ({"CORPU_SMTP_HOST": "smtp.example", "CORPU_SMTP_SENDER": "corpu"}, True),
        ({"CORPU_SMTP_HOST": "127.0.0.1", "CORPU_SMTP_SECURITY": "none"}, False),
        ({"CORPU_SMTP_HOST": "smtp.example", "CORPU_SMTP_SENDER": "a@b.example"}, False),
    ],
)
def test_settings_that_would_send_in_clear_stop_the_start(tmp_path, settings, stops):
    environment = {"CORPU_MODE": "test", "CORPU_INSTANCE": str(tmp_path), **settings}
    if stops:
        with pytest.raises(BadSetting):
            Settings.from_environment(environment)
        return
    assert Settings.from_environment(environment).smtp.host == settings["CORPU_SMTP_HOST"]
    demo = Settings.from_environment(environment | {"CORPU_MODE": "demo"}).smtp
    assert demo.host in ("", "127.0.0.1"), "an example writes to nobody"
