"""A unit's signatory and number template: checked when written, and what waits is tried again."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from corpu.audit import AuditEntry
from corpu.credentials import service
from corpu.credentials.issuers import BadValue, IssuerValues, set_issuer
from corpu.credentials.models import Issuer
from corpu.errors import NotFound
from corpu.jobs import run_until_idle
from tests.credentials.world import bpsdm, certificate_of, complete, make_course, waiting_of
from tests.factories import make_unit

GOOD = IssuerValues(
    place="Surabaya",
    signatory_name="Ir. Jonas Hadi, M.P.",
    signatory_nip="NIP 19720314 199803 1 905",
    signatory_post="Kepala",
    number_template="{klasifikasi}/{seq}/{unit}/{tahun}",
    classification="800.2",
    unit_token="BPSDM",
)


def set_up(session, unit, values, at):
    issuer = set_issuer(session, unit.id, values, by=None, by_name="Siti", at=at)
    session.commit()
    return issuer


def test_a_unit_that_begins_to_issue_issues_what_waits(session, app, agency, mira, at):
    unit = make_unit(session)
    event = complete(session, mira, make_course(session, app, unit), at)
    service.issue_for_completion(session, event)
    session.commit()
    issuer = set_up(session, unit, GOOD, at)
    assert issuer.signatory_nip == "197203141998031905"
    run_until_idle(session, lambda: at)
    assert certificate_of(session, event).number == "800.2/1/BPSDM/2026"
    assert waiting_of(session, event) is None


def test_a_change_is_audited_with_what_changed_and_a_repetition_is_not(session, agency, at):
    unit = make_unit(session)
    set_up(session, unit, GOOD, at)
    set_up(session, unit, replace(GOOD, place="Malang"), at)
    set_up(session, unit, replace(GOOD, place="Malang"), at)
    entries = session.scalars(
        select(AuditEntry).filter_by(action="issuer.changed").order_by(AuditEntry.id)
    ).all()
    assert len(entries) == 2
    assert (entries[1].before, entries[1].after) == ({"place": "Surabaya"}, {"place": "Malang"})
    assert session.scalar(select(func.count()).select_from(Issuer)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number_template", ""),
        ("number_template", "{tahun}"),
        ("number_template", "{seq}/{angkatan}/{tahun}"),
        ("signatory_nip", "123"),
        ("signatory_name", "Mira 明"),
        ("place", "x" * 101),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_at_its_field(session, agency, at, field, value):
    unit = make_unit(session)
    with pytest.raises(BadValue) as refused:
        set_issuer(
            session, unit.id, replace(GOOD, **{field: value}), by=None, by_name="Siti", at=at
        )
    assert refused.value.field == field
    assert refused.value.status == 422
    assert session.scalar(select(func.count()).select_from(Issuer)) == 0


def test_a_template_that_writes_the_numbers_of_another_unit_is_refused(session, agency, at):
    bpsdm(session, number_template="{seq}/{tahun}")
    with pytest.raises(BadValue, match="BPSDM Provinsi Contoh"):
        set_up(session, make_unit(session), replace(GOOD, number_template="{seq}/{tahun}"), at)


def test_an_archived_or_unknown_unit_cannot_issue(session, agency, mira, at):
    unit = make_unit(session)
    unit.archived_at = at
    session.commit()
    for unit_id in (unit.id, mira.id):
        with pytest.raises(NotFound):
            set_issuer(session, unit_id, GOOD, by=None, by_name="Siti", at=at)
