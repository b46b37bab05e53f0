"""How a unit issues: tried before it is saved, and what waits is then issued."""

import pytest
from sqlalchemy import select

from corpu import clock
from corpu.credentials import service
from corpu.credentials.models import Issuer
from corpu.jobs import run_until_idle
from tests.credentials.world import certificate_of, complete, make_course, make_issuer
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, fields_of, send, text_of

SIGNED = {
    "signatory_name": "Dr. Endang Uji, M.Si.",
    "signatory_nip": "19700101 199503 2 901",
    "signatory_post": "Kepala Dinas",
    "place": "Surabaya",
}


@pytest.fixture
def url(health):
    return f"/manage/units/{health.id}/issuer"


def issuer_of(session, unit):
    return session.scalar(
        select(Issuer).filter_by(unit_id=unit.id).execution_options(populate_existing=True)
    )


def test_what_waits_is_issued_once_the_signatory_stands(
    as_chief, session, app, health, mira, url, at, entries
):
    event = complete(session, mira, make_course(session, app, health), at)
    service.issue_for_completion(session, event)
    session.commit()
    assert certificate_of(session, event) is None
    send(as_chief, url, **SIGNED, reason=REASON)
    run_until_idle(session, clock.now)
    assert certificate_of(session, event).number == "800.2/00001/DINKES/XI/2026"
    (entry,) = entries("issuer.changed")
    assert entry.after["signatory_nip"] == "197001011995032901"
    assert (entry.before["place"], entry.reason) == ("", REASON)


def test_the_example_is_drawn_without_saving_and_without_a_reason(as_chief, session, health, url):
    page = as_chief.get(url)
    data = fields_of(page, url) | {
        "number_template": "{seq:3}/{unit}/{bulan_romawi}/{tahun}",
        "unit_token": "KES",
        "act": "preview",
    }
    page = as_chief.post(url, data, status=200)
    assert "001/KES/XI/2026" in text_of(page.select_one("#contoh"))
    assert page.select_one("[name=unit_token]")["value"] == "KES"
    assert issuer_of(session, health) is None


def test_a_template_that_cannot_be_used_says_all_that_is_wrong(as_chief, url):
    data = {"number_template": "{seqq}/{unit", "act": "preview"}
    page = as_chief.post(url, fields_of(as_chief.get(url), url) | data, status=200)
    wrong = text_of(page.select_one("#contoh"))
    assert "{seqq} tidak dikenal" in wrong
    assert "harus berpasangan" in wrong
    assert "harus memuat {tahun}" in wrong


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number_template", "{tahun}"),
        ("number_template", ""),
        ("number_template", "{seq}/{angkatan}/{tahun}"),
        ("signatory_nip", "123"),
        ("signatory_name", "Endang 明"),
        ("place", "x" * 101),
        ("reason", ""),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field_and_the_rest_kept(
    as_chief, session, health, url, field, value
):
    data = SIGNED | {"reason": REASON} | {field: value}
    page = send(as_chief, url, **data, status=422)
    assert error_at(page, field)
    assert page.select_one("[name=signatory_post]")["value"] == "Kepala Dinas"
    assert issuer_of(session, health) is None


def test_the_same_form_sent_twice_changes_once(as_chief, url, entries):
    data = fields_of(as_chief.get(url), url) | SIGNED | {"reason": REASON}
    as_chief.post(url, data)
    as_chief.post(url, data)
    assert len(entries("issuer.changed")) == 1


def test_the_second_of_two_managers_sees_what_the_first_has_changed(
    as_chief, as_ratna, session, health, url
):
    make_issuer(session, health, unit_token="DINKES")
    mine = fields_of(as_chief.get(url), url) | {"place": "Malang", "reason": REASON}
    theirs = fields_of(as_ratna.get(url), url) | {"place": "Madiun", "reason": REASON}
    as_chief.post(url, mine)
    page = as_ratna.post(url, theirs, status=409)
    shown = text_of(page.select_one("section[aria-labelledby=berubah]"))
    assert "Malang" in shown
    assert "Madiun" in shown
    assert issuer_of(session, health).place == "Malang"


def test_an_archived_unit_does_not_issue(as_chief, session, health, url, at):
    health.archived_at = at
    session.commit()
    as_chief.get(url, status=404)
