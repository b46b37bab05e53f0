"""For how long somebody stood above somebody else: plain values, no database."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.competency.relations import Bond, Lines, Relation, bond

A, B, C, D = (UUID(int=number) for number in range(1, 5))
NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
ZONE = "Asia/Jakarta"
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
people = st.sampled_from([A, B, C, D])


def relation(person, supervisor, start, end=None):
    return Relation(person, supervisor, start, end)


def test_a_direct_relation_lasts_its_own_days():
    lines = Lines([relation(A, B, date(2024, 1, 1), date(2025, 6, 30))])
    assert lines.spans(A, B) == [(date(2024, 1, 1), date(2025, 6, 30))]
    assert lines.spans(B, A) == []


def test_through_others_it_lasts_while_every_link_holds():
    lines = Lines(
        [
            relation(A, B, date(2024, 1, 1)),
            relation(B, C, date(2024, 3, 1), date(2025, 2, 28)),
            relation(B, C, date(2026, 1, 1)),
            relation(C, D, date(2025, 1, 1), date(2026, 5, 31)),
        ]
    )
    assert lines.spans(A, C) == [
        (date(2024, 3, 1), date(2025, 2, 28)),
        (date(2026, 1, 1), None),
    ]
    assert lines.spans(A, D) == [
        (date(2025, 1, 1), date(2025, 2, 28)),
        (date(2026, 1, 1), date(2026, 5, 31)),
    ]


def test_relations_that_took_turns_in_both_directions_end():
    lines = Lines(
        [
            relation(A, B, date(2020, 1, 1), date(2022, 12, 31)),
            relation(B, A, date(2023, 1, 1)),
            relation(B, C, date(2020, 1, 1), date(2021, 1, 1)),
        ]
    )
    assert lines.spans(A, C) == [(date(2020, 1, 1), date(2021, 1, 1))]


@given(
    st.lists(st.tuples(st.sampled_from([A, B, C, D]), st.sampled_from([A, B, C, D]), days, days))
)
def test_a_span_holds_on_a_day_just_when_a_line_of_relations_does(rows):
    held = [
        relation(person, supervisor, min(one, other), max(one, other))
        for person, supervisor, one, other in rows
        if person != supervisor
    ]
    lines = Lines(held)
    for day in {edge for row in held for edge in (row.started_on, row.ended_on)}:
        above, edge = set(), {A}
        while edge:
            edge = {
                row.supervisor_id for row in held if row.person_id in edge and row.holds_on(day)
            } - above
            above |= edge
        for supervisor in (B, C, D):
            spans = lines.spans(A, supervisor)
            assert (supervisor in above) == any(start <= day <= end for start, end in spans)


def test_an_open_relation_has_no_end():
    assert bond([(date(2024, 1, 1), None)], rated_at=NOON, at=NOON, zone=ZONE) == Bond(None, None)
    end_of_days = [(date(2024, 1, 1), date(9999, 12, 31))]
    assert bond(end_of_days, rated_at=NOON, at=NOON, zone=ZONE).ended_at is None


def test_of_several_relations_the_last_end_counts():
    spans = [(date(2024, 1, 1), date(2025, 6, 30)), (date(2025, 1, 1), date(2025, 3, 31))]
    found = bond(spans, rated_at=NOON, at=NOON, zone=ZONE)
    assert found.ended_at == datetime(2025, 6, 30, 17, tzinfo=UTC)


def test_a_relation_to_come_is_announced_and_does_not_count_yet():
    spans = [(date(2024, 1, 1), date(2025, 6, 30)), (date(2026, 11, 25), None)]
    found = bond(spans, rated_at=NOON, at=NOON, zone=ZONE)
    assert found.ended_at == datetime(2025, 6, 30, 17, tzinfo=UTC)
    assert found.begins_at == datetime(2026, 11, 24, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "begins"),
    [("Asia/Jakarta", 17), ("Asia/Makassar", 16), ("Asia/Jayapura", 15)],
)
def test_days_are_those_of_the_agencys_zone(zone, begins):
    spans = [(date(2026, 11, 25), None)]
    moment = datetime(2026, 11, 24, begins, tzinfo=UTC)
    before = bond(spans, rated_at=NOON, at=moment - timedelta(seconds=1), zone=zone)
    assert before.begins_at == moment
    assert bond(spans, rated_at=NOON, at=moment, zone=zone) == Bond(None, None)
