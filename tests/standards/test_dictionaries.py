"""Dictionaries of an agency: drafts, versions from a day on, codes that mean one thing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from corpu import clock
from corpu.audit import AuditEntry
from corpu.standards import refusals, service
from corpu.standards.models import FrameworkVersion
from corpu.standards.queries import book_of, rows_on
from corpu.standards.rules import LevelText
from corpu.vocabulary import competencies
from tests.factories import make_agency
from tests.standards.factories import (
    BASIS,
    DAY,
    REASON,
    TODAY,
    draft_with,
    entry,
    make_framework,
    publish,
    published,
)
from tests.statements import statements


def test_a_draft_is_nobodys_requirement(session, agency):
    framework = make_framework(session, agency)
    draft_with(session, agency, framework, entry())
    assert "DAT" not in rows_on(session, TODAY)


def test_a_published_version_holds_from_its_day_on(session, agency):
    published(session, agency, entry(), starts_on=DAY)
    assert "DAT" not in rows_on(session, DAY - timedelta(days=1))
    row = rows_on(session, DAY)["DAT"]
    assert row["name_id"] == "Pengelolaan Data"
    assert [one["level"] for one in row["levels"]] == [1, 2, 3, 4, 5]
    assert row["levels"][2]["observable_id"] == "Terlihat: Pengelolaan Data pada tingkat 3"
    assert list(rows_on(session, DAY)) == [*competencies(), "DAT"]


def test_the_next_version_replaces_it_from_its_own_day_and_not_before(session, agency):
    framework = published(session, agency, entry())
    seen = draft_with(session, agency, framework, entry(name="Tata Kelola Data"))
    publish(session, agency, framework, seen, TODAY + timedelta(days=7))
    assert rows_on(session, TODAY)["DAT"]["name_id"] == "Pengelolaan Data"
    later = rows_on(session, TODAY + timedelta(days=7))
    assert later["DAT"]["name_id"] == "Tata Kelola Data"


def test_what_a_version_leaves_out_is_still_known_by_name(session, agency):
    framework = published(session, agency)
    publish(session, agency, framework, draft_with(session, agency, framework, entry()), TODAY)
    book = book_of(session)
    assert "JAR" not in book.rows(TODAY)
    assert book.row("JAR", TODAY)["name_id"] == "Jaringan Komputer"
    assert list(book.ever(TODAY))[-1] == "JAR"


@pytest.mark.parametrize("day", [DAY, DAY - timedelta(days=1)])
def test_versions_never_overlap(session, agency, day):
    framework = published(session, agency)
    seen = draft_with(session, agency, framework, entry())
    with pytest.raises(refusals.VersionsOverlap, match="2026-11-01"):
        publish(session, agency, framework, seen, day)


def test_what_replaces_a_version_does_not_begin_in_the_past(session, agency):
    framework = published(session, agency)
    seen = draft_with(session, agency, framework, entry())
    with pytest.raises(refusals.BackDated):
        publish(session, agency, framework, seen, TODAY - timedelta(days=1))


def test_the_second_of_two_who_publish_at_once_finds_no_draft(session, agency):
    framework = make_framework(session, agency)
    seen = draft_with(session, agency, framework, entry())
    publish(session, agency, framework, seen)
    with pytest.raises(refusals.NoDraft):
        publish(session, agency, framework, seen)


def test_who_has_not_seen_the_last_edit_neither_changes_nor_publishes(session, agency):
    framework = make_framework(session, agency)
    seen = draft_with(session, agency, framework, entry())
    service.put_entry(session, agency.id, framework.id, entry("JAR", "Jaringan"), seen=seen)
    for act in (
        lambda: publish(session, agency, framework, seen),
        lambda: service.put_entry(session, agency.id, framework.id, entry("X1"), seen=seen),
        lambda: service.drop_entry(session, agency.id, framework.id, "DAT", seen=seen),
    ):
        with pytest.raises(refusals.DraftChanged):
            act()


def test_an_empty_draft_is_not_published(session, agency):
    framework = make_framework(session, agency)
    with pytest.raises(refusals.NothingToPublish):
        publish(session, agency, framework, 0)


@pytest.mark.parametrize(
    ("basis", "reason", "refusal"),
    [(" ", REASON, refusals.BasisMissing), (BASIS, "", refusals.ReasonMissing)],
)
def test_basis_and_reason_are_said(session, agency, basis, reason, refusal):
    framework = make_framework(session, agency)
    seen = draft_with(session, agency, framework, entry())
    with pytest.raises(refusal):
        service.publish(
            session,
            agency.id,
            framework.id,
            starts_on=DAY,
            legal_basis=basis,
            reason=reason,
            seen=seen,
            today=TODAY,
            by=None,
            at=clock.now(),
        )


def test_a_dictionary_of_another_agency_is_not_to_be_found(session, agency):
    other = make_agency(session, name="Instansi Lain")
    framework = published(session, other)
    with pytest.raises(refusals.UnknownFramework):
        service.start_draft(session, agency.id, framework.id, by=None, at=clock.now())
    with pytest.raises(refusals.UnknownFramework):
        service.put_entry(session, agency.id, framework.id, entry("X1"), seen=0)
    with pytest.raises(refusals.UnknownFramework):
        publish(session, agency, framework, 0)


@pytest.mark.parametrize(
    ("changes", "field", "level"),
    [
        ({"code": "int"}, "code", None),
        ({"code": "INT"}, "code", None),
        ({"code": "TIK 01"}, "code", None),
        ({"code": "A" * 13}, "code", None),
        ({"name_id": ""}, "name_id", None),
        ({"definition_id": "x" * 1001}, "definition_id", None),
        ({"levels": (LevelText(),) * 5}, "description_id", 1),
        (
            {"levels": (LevelText("ada", "", ("terlihat",)),) * 4 + (LevelText("ada"),)},
            "observables_id",
            5,
        ),
    ],
)
def test_a_competency_is_refused_with_the_field_that_is_wrong(
    session, agency, changes, field, level
):
    framework = make_framework(session, agency)
    with pytest.raises(refusals.Wrong) as wrong:
        service.put_entry(session, agency.id, framework.id, replace(entry(), **changes), seen=0)
    assert (field, level) in [(one.field, one.level) for one in wrong.value.problems]


def test_a_code_means_one_thing_in_the_installation(session, agency):
    published(session, agency, entry("TIK-01"))
    other = make_framework(session, agency, code="KES", name="Kamus Kesehatan")
    with pytest.raises(refusals.Wrong) as wrong:
        service.put_entry(session, agency.id, other.id, entry("TIK-01"), seen=0)
    assert wrong.value.problems[0].params == {"name": "Kamus Teknis TIK"}


def test_a_code_stands_in_a_draft_once(session, agency):
    framework = make_framework(session, agency)
    seen = draft_with(session, agency, framework, entry())
    with pytest.raises(refusals.Wrong):
        service.put_entry(session, agency.id, framework.id, entry(), seen=seen)
    service.put_entry(session, agency.id, framework.id, entry("DATA"), replacing="DAT", seen=seen)
    draft = service.start_draft(session, agency.id, framework.id, by=None, at=clock.now())
    assert [one.code for one in service.entries_of(session, draft.id)] == ["DATA"]


def test_a_new_draft_is_a_copy_of_what_holds(session, agency):
    framework = published(session, agency)
    draft = service.start_draft(session, agency.id, framework.id, by=None, at=clock.now())
    assert draft.number == 2
    assert [one.code for one in service.entries_of(session, draft.id)] == ["DAT", "JAR"]
    again = service.start_draft(session, agency.id, framework.id, by=None, at=clock.now())
    assert again.id == draft.id
    service.discard_draft(
        session, agency.id, framework.id, seen=draft.edits, by=None, at=clock.now()
    )
    assert len(session.scalars(select(FrameworkVersion)).all()) == 1


def test_two_dictionaries_of_an_agency_have_different_codes(session, agency):
    make_framework(session, agency)
    with pytest.raises(refusals.CodeTaken):
        make_framework(session, agency, name="Yang lain")
    make_framework(session, make_agency(session, name="Instansi Lain"))


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE framework_versions SET reason = 'lain' WHERE state = 'published'",
        "DELETE FROM framework_versions",
        "UPDATE framework_competencies SET name_id = 'lain'",
        "DELETE FROM framework_competencies",
    ],
)
def test_the_database_refuses_to_change_what_was_published(session, agency, act):
    published(session, agency)
    with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
        session.execute(text(act))


def test_nor_is_it_changed_wholesale_or_by_the_content_of_a_draft(session, agency):
    framework = published(session, agency)
    service.start_draft(session, agency.id, framework.id, by=None, at=clock.now())
    session.execute(
        text(
            "UPDATE framework_competencies SET code = 'NEU' WHERE code = 'DAT' AND version_id ="
            " (SELECT id FROM framework_versions WHERE state = 'draft')"
        )
    )
    acts = [
        "UPDATE framework_competencies SET version_id ="
        " (SELECT id FROM framework_versions WHERE state = 'published') WHERE code = 'NEU'"
    ]
    if session.get_bind().dialect.name == "sqlite":
        acts += [
            "REPLACE INTO framework_versions SELECT * FROM framework_versions"
            " WHERE state = 'published'",
            "REPLACE INTO framework_competencies SELECT old.id, draft.id, 9, 'ALT', old.name_id,"
            " '', '', '', old.levels FROM framework_competencies old, framework_versions draft"
            " WHERE old.code = 'DAT' AND draft.state = 'draft'",
        ]
    else:
        acts += ["TRUNCATE framework_versions CASCADE", "TRUNCATE framework_competencies"]
    for act in acts:
        with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
            session.execute(text(act))


def test_the_same_act_on_a_draft_sent_twice_is_done_once(session, agency):
    framework = make_framework(session, agency)
    here = session, agency.id, framework.id
    table = [entry(), entry("JAR")]
    for _ in range(2):
        added = service.put_entry(*here, entry(), seen=0)
    assert added.edits == 1
    for _ in range(2):
        renamed = service.put_entry(*here, entry("DATA"), replacing="DAT", seen=1)
    assert renamed.edits == 2
    for _ in range(2):
        assert service.drop_entry(*here, "DATA", seen=2).edits == 3
    taken = service.replace_entries(*here, table, seen=3, by=None, at=clock.now())
    assert taken.edits == 4
    assert service.entries_of(session, taken.id) == table
    for act in (
        lambda: service.put_entry(*here, entry(name="Lain"), replacing="DAT", seen=3),
        lambda: service.drop_entry(*here, "JAR", seen=3),
        lambda: service.replace_entries(*here, table[:1], seen=3, by=None, at=clock.now()),
    ):
        with pytest.raises(refusals.DraftChanged):
            act()


def test_every_act_is_in_the_audit(session, agency):
    framework = published(session, agency)
    acts = session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.subject_id == str(framework.id))
        .order_by(AuditEntry.id)
    ).all()
    assert acts == ["framework.created", "framework.imported", "framework.published"]


def test_what_is_known_is_not_read_again(session, agency):
    published(session, agency)
    book_of(session)
    with statements() as sent:
        book_of(session)
        rows_on(session, date(2026, 12, 1))
    assert sent == []
    session.commit()
    with statements() as sent:
        book_of(session)
    assert len(sent) == 1  # whether it is still the same


def test_what_was_rolled_back_is_forgotten(session, agency):
    published(session, agency)
    session.commit()
    before = book_of(session)
    savepoint = session.begin_nested()
    published(session, agency, entry("KES-1"), code="KES", name="Kamus Kesehatan")
    assert "KES-1" in rows_on(session, TODAY)
    savepoint.rollback()
    assert book_of(session) is before
