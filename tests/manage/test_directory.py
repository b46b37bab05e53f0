"""Finding people: by name, number, address, unit and state; page after page."""

from datetime import timedelta

import pytest

from corpu.people.directory import State, counts, directory_page
from corpu.people.models import Account, NipHistory
from tests.factories import make_person, save, supervise
from tests.manage.reading import text_of
from tests.statements import statements


def names(page):
    return [row.select_one("th a").text for row in page.select("tbody tr")]


@pytest.mark.parametrize("words", ["mira", "LESTARI mira", "{nip}", "NIP. {printed}", "{email}"])
def test_people_are_found_however_they_are_written(as_chief, mira, jonas, words):
    nip = mira.nip
    printed = f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"
    asked = words.format(nip=nip, printed=printed, email=mira.email.upper())
    page = as_chief.get("/manage/people", query_string={"q": asked})
    assert names(page) == ["Mira Lestari"]


def test_an_earlier_number_still_leads_to_the_person(as_chief, session, mira, at):
    old = "197001011995031901"
    save(session, NipHistory(person_id=mira.id, nip=old, replaced_at=at, reason="salah"))
    assert names(as_chief.get(f"/manage/people?q={old}")) == ["Mira Lestari"]


def test_signs_that_the_database_reads_otherwise_are_only_signs(as_chief, mira):
    for asked in ("%", "_", "' OR 1=1 --"):
        page = as_chief.get("/manage/people", query_string={"q": asked})
        assert "Tidak ada yang cocok" in text_of(page)


def test_a_unit_holds_the_people_below_it(as_chief, mira, jonas, health, ratna):
    assert names(as_chief.get(f"/manage/people?unit={health.id}")) == [
        "Mira Lestari",
        "Ratna Wulandari",
    ]


def test_a_unit_manager_never_sees_others_whatever_is_asked(as_ratna, mira, jonas, elsewhere):
    for query in ("", "?state=all", "?q=jonas", f"?unit={elsewhere.id}", "?state=no-post"):
        assert "Jonas" not in text_of(as_ratna.get(f"/manage/people{query}"))


def test_states_part_the_people(as_chief, session, mira, jonas, chief):
    supervise(session, chief, mira)
    session.get(Account, mira.id).password_hash = "x"
    session.get(Account, jonas.id).is_active = False
    session.commit()
    assert names(as_chief.get("/manage/people?state=inactive")) == ["Jonas Tahitu"]
    assert "Mira Lestari" not in names(as_chief.get("/manage/people?state=no-supervisor"))
    assert "Mira Lestari" not in names(as_chief.get("/manage/people?state=no-password"))
    assert len(names(as_chief.get("/manage/people?state=all"))) == 3
    assert len(names(as_chief.get("/manage/people?state=nonsense"))) == 2


def test_the_counts_are_those_of_the_lists(session, mira, jonas, chief, health, at):
    supervise(session, chief, mira, ended_on=at.date() - timedelta(days=1))
    found = counts(session, at=at)
    for state in State:
        assert found[state] == directory_page(session, at=at, state=state).total
    assert found[State.NO_SUPERVISOR] == 3


def test_pages_follow_one_another_without_gap_or_repetition(session, as_chief, health):
    for number in range(60):
        make_person(session, name=f"Pegawai {number // 2:02}", unit=health)
    seen, url = [], "/manage/people?q=pegawai"
    while url:
        page = as_chief.get(url)
        seen += [row.select_one("th a")["href"] for row in page.select("tbody tr")]
        assert "60 orang." in text_of(page)
        following = page.select_one("a[rel=next]")
        url = following["href"] if following else None
    assert len(seen) == len(set(seen)) == 60


def test_a_place_that_nobody_wrote_begins_at_the_beginning(as_chief, mira):
    for after in ("x", "~", "Mira~zz", "~" * 300):
        assert names(as_chief.get("/manage/people", query_string={"q": "mira", "after": after}))


def test_the_list_costs_the_same_for_many_people(session, as_chief, health):
    def cost():
        with statements() as seen:
            as_chief.get("/manage/people")
        return len(seen)

    few = cost()
    for number in range(30):
        make_person(session, name=f"Pegawai {number:02}", unit=health)
    assert cost() == few <= 6
