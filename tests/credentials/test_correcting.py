"""A correction issues a certificate that visibly takes the place of another."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from corpu.audit import AuditEntry
from corpu.competency.models import EvidenceRecord
from corpu.credentials import (
    correcting,
    documents,
    log_check,
    pdf,
    queries,
    revoking,
    service,
    wallet,
)
from corpu.credentials.badges.models import Badge
from corpu.credentials.life import Standing
from corpu.credentials.models import Certificate, Issuer, NumberSequence
from corpu.credentials.rules import format_code
from corpu.credentials.snapshot import Snapshot
from corpu.errors import NotFound
from corpu.hours.models import HourEntry
from corpu.jobs import run_until_idle
from corpu.signing.rules import Verdict
from tests.credentials.samples import sample
from tests.credentials.world import bpsdm, complete, issue, make_course
from tests.factories import make_person
from tests.manage.reading import text_of

WHO = {"by": None, "by_name": "Siti Maesaroh", "reason": "Gelar tertinggal, SK 12/2026"}
NAME = {"name": "Mira Lestari, S.Sos."}


@pytest.fixture
def unit(session, agency):
    return bpsdm(session, unit_token="BPSDM")


@pytest.fixture
def course(session, app, unit):
    return make_course(session, app, unit)


@pytest.fixture
def old(session, course, mira, at):
    return issue(session, mira, course, at - timedelta(days=3))


def correct(session, certificate, at, changes=NAME, **more):
    new = correcting.correct(session, certificate.id, changes, at=at, **WHO | more)
    session.commit()
    return new


def current(session):
    return session.scalars(select(Certificate).filter_by(superseded_at=None)).all()


def test_the_new_one_says_what_is_right_and_which_it_replaces(session, old, mira, at):
    before = dict(old.snapshot)
    new = correct(session, old, at)
    assert (old.number, new.number) == ("800.2/00001/BPSDM/XI/2026", "800.2/00002/BPSDM/XI/2026")
    assert old.snapshot == before
    content = Snapshot.from_dict(new.snapshot)
    assert (content.name, content.replaces) == ("Mira Lestari, S.Sos.", old.number)
    changed = {key for key, value in before.items() if new.snapshot[key] != value}
    assert changed == {"name", "number", "code", "verify_url", "issued_on"}
    shown = queries.by_code(session, new.code)
    assert shown.is_intact
    assert shown.signed.verdict is Verdict.VALID
    assert new.qr_payload
    (entry,) = session.scalars(select(AuditEntry).filter_by(action="certificate.corrected"))
    assert (entry.before["name"], entry.after["name"]) == ("Mira Lestari", NAME["name"])
    assert mira.name == "Mira Lestari", "the person's own record is not touched"


def test_whoever_checks_the_old_one_is_led_to_the_new_one(browser, session, old, at):
    new = correct(session, old, at)
    page = browser.get(f"/verify/{format_code(old.code)}")
    assert "Sertifikat ini sudah digantikan" in text_of(page)
    assert "karena pembetulan" in text_of(page)
    assert page.select_one(f'a[href="/verify/{format_code(new.code)}"]').text.endswith(new.number)
    assert page.select_one("article.verdict.bad")
    told = browser.client.get(f"/verify/{format_code(old.code)}/status").json
    assert (told["state"], told["superseded_on"]) == ("superseded", "2026-11-24")
    assert told["superseded_by"]["number"] == new.number
    assert told["superseded_by"]["address"].endswith(format_code(new.code))
    fresh = text_of(browser.get(f"/verify/{format_code(new.code)}"))
    assert "Sertifikat ini sah" in fresh
    assert f"Nomor {old.number}, karena pembetulan" in fresh


def test_hours_and_evidence_are_counted_once(session, old, at):
    def counted():
        return [
            session.scalar(select(func.count()).select_from(model))
            for model in (HourEntry, EvidenceRecord)
        ]

    before = counted()
    correct(session, old, at)
    assert counted() == before


def test_the_log_names_both_and_a_correction_undone_in_the_table_is_found(session, old, at):
    correct(session, old, at)
    run_until_idle(session, lambda: at)
    done = log_check.check(session)
    assert (done.problems, done.certificates, done.waiting) == ((), 2, 0)
    assert done.entries == 4  # the key, two issues, one superseded
    session.execute(delete(Badge))
    session.execute(delete(Certificate).where(Certificate.id != old.id))
    session.execute(update(Certificate).values(superseded_at=None))
    said = {problem.message for problem in log_check.check(session).problems}
    assert log_check.UNDONE[log_check.What.SUPERSEDED] in said


def test_the_document_of_the_new_one_names_the_old_one(session, old, at):
    new = correct(session, old, at)
    written = pdf.written(Snapshot.from_dict(new.snapshot))
    assert written["remarks"] == [f"Menggantikan nomor {old.number} karena pembetulan"]
    ends = sample(valid_until=date(2028, 3, 31), renews="800.2/1")
    assert pdf.written(ends)["remarks"] == [
        "Memperbarui nomor 800.2/1",
        "Berlaku sampai dengan 31 Maret 2028",
    ]
    assert Snapshot.from_dict(ends.to_dict()) == ends
    plain = sample()
    assert not {"valid_until", "renews", "replaces"} & set(plain.to_dict())


def test_the_wallet_folds_the_old_one_and_beranda_counts_one(browser, session, old, mira, at):
    new = correct(session, old, at)
    (entry,) = wallet.entries_of(session, mira.id, "Asia/Jakarta")
    assert entry.held.id == new.id
    assert [one.id for one in entry.earlier] == [old.id]
    assert entry.matches([old.number.casefold()]), "who looks for the old number finds the new one"
    page = browser.sign_in(mira).get("/me/certificates")
    assert page.select_one(f'details a[href="/me/certificates/{old.id}"]')
    own = text_of(browser.get(f"/me/certificates/{old.id}"))
    assert f"Buka penggantinya, nomor {new.number}" in own
    home = text_of(browser.get("/"))
    assert "Sertifikat dibetulkan" in home
    assert "2 sertifikat" not in home


def test_the_old_document_stays_where_it_was(session, app, old, at):
    storage = app.extensions["storage"]
    before = documents.pdf_of(session, storage, old.id)
    correct(session, old, at)
    assert documents.pdf_of(session, storage, old.id) == before


def test_without_signatory_nothing_is_issued_and_no_number_spent(session, old, at):
    session.scalars(select(Issuer)).one().signatory_name = ""
    session.commit()
    with pytest.raises(correcting.CannotIssue) as refused:
        correct(session, old, at)
    session.rollback()
    assert "Penanda tangan" in str(refused.value)
    assert [one.id for one in current(session)] == [old.id]
    assert session.scalar(select(NumberSequence.last)) == 1


def test_what_is_no_longer_current_cannot_be_corrected_or_revoked(session, old, at):
    new = correct(session, old, at)
    for act in (correct, revoke):
        with pytest.raises(revoking.AlreadySuperseded):
            act(session, old, at)
    revoke(session, new, at)
    for act in (correct, revoke):
        with pytest.raises(revoking.AlreadyRevoked):
            act(session, new, at)
    assert queries.by_code(session, old.code).successor.revoked_at == at
    with pytest.raises(NotFound):
        correct(session, new, at, units={old.person_id})


def revoke(session, certificate, at):
    revoking.revoke(session, certificate.id, revocation_class="data", at=at, **WHO)
    session.commit()


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({}, "name"),
        ({"name": " Dr.  Mira  Ma’ruf, S.Sos., M.Si. "}, "name"),  # the same, otherwise spelt
        ({"name": " "}, "name"),
        ({"agency": ""}, "agency"),
        ({"name": "ก" * 10}, "name"),  # letters that no font of ours has
        ({"post": "x" * 201}, "post"),
        ({"nip": "123"}, "nip"),
        ({"completed_on": date(2027, 1, 5)}, "completed_on"),  # not yet
        ({"completed_on": date(2025, 12, 12), "started_on": date(2025, 12, 1)}, "completed_on"),
        ({"started_on": date(2026, 12, 13)}, "started_on"),
    ],
)
def test_what_cannot_be_printed_or_would_move_hours_is_refused_at_its_field(wanted, field):
    with pytest.raises(correcting.InvalidInput) as refused:
        correcting.changes_of(sample(), wanted, today=date(2026, 12, 31))
    assert refused.value.field == field


def test_only_what_differs_is_a_change():
    content = sample()
    wanted = {
        "name": content.name,
        "nip": "19850223 200604 2 908",
        "post": " Analis  Muda ",
        "started_on": date(2026, 11, 27),
        "completed_on": content.completed_on,
    }
    assert correcting.changes_of(content, wanted, today=date(2026, 12, 31)) == {
        "post": "Analis Muda",
        "started_on": "2026-11-27",
    }


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(["correct", "revoke", "issue again"]), max_size=5))
def test_of_a_completion_one_certificate_is_current_whatever_happens(session, course, at, acts):
    event = complete(session, make_person(session), course, at)
    service.issue_for_completion(session, event)
    of_this = select(Certificate).filter_by(completion_id=event.completion_id)
    for act in acts:
        one = session.scalars(of_this.filter_by(superseded_at=None)).one()
        if act == "issue again":
            service.issue_for_completion(session, event)
        elif one.revoked_at is None:
            (correct if act == "correct" else revoke)(session, one, at)
    versions = session.scalars(of_this.order_by(Certificate.sequence)).all()
    states = [queries.standing_of(one, at.date()) for one in versions]
    assert set(states[:-1]) <= {Standing.SUPERSEDED}
    assert states[-1] in (Standing.VALID, Standing.REVOKED)
    assert [one.replaces_id for one in versions[1:]] == [one.id for one in versions[:-1]]


def test_two_current_versions_are_refused_by_the_database(session, old):
    other = {
        column.key: getattr(old, column.key)
        for column in Certificate.__table__.c
        if column.key not in ("id", "pdf_sha256")
    }
    twin = Certificate(**other | {"number": "x", "code": "0" * 16, "sequence": 99})
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(twin)
