"""Plt, Plh and Pj beside the definitive post, with or without a supervisor's line."""

from datetime import timedelta

import pytest

from corpu.people import command_queries, queries
from corpu.people.models import Basis
from tests.factories import make_person, supervise
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, fields_of, send, text_of

FORM = {
    "kind": "plt",
    "title": "Kepala Bidang Gizi",
    "started_on": "2026-11-02",
    "ended_on": "2027-01-31",
    "reason": REASON,
}


@pytest.fixture
def url(mira):
    return f"/manage/people/{mira.id}/acting"


@pytest.fixture
def boss(session, health):
    boss = make_person(session, name="Retno Palupi", unit=health)
    supervise(session, boss, make_person(session, name="Umi Kulsum", unit=health))
    return boss


def test_an_acting_post_is_written_beside_the_definitive_one(
    as_chief, session, mira, division, url, at, entries
):
    as_chief.get(url)
    assert fields_of(as_chief.page, url)["unit"] == str(division.id)
    before = queries.standing(session, mira.id, at)
    page = send(as_chief, url, **FORM)
    assert "Plt. Kepala Bidang Gizi" in text_of(page)
    assert queries.standing(session, mira.id, at) == before
    assert queries.line_of(session, mira.id, at) == []
    (entry,) = entries("acting.set")
    assert (entry.after["title"], entry.reason) == ("Plt. Kepala Bidang Gizi", REASON)
    audit = text_of(as_chief.get(f"/manage/people/{mira.id}"))
    assert "Nama jabatan sementara: Plt. Kepala Bidang Gizi" in audit
    send(as_chief, url, **FORM)
    assert len(entries("acting.set")) == 1, "a second click writes nothing"


def test_the_line_comes_with_the_post_only_where_it_is_said(
    as_chief, session, mira, boss, url, at, entries
):
    page = send(as_chief, url, **FORM, person=boss.email)
    assert "Memimpin bawahan Retno Palupi" in text_of(page)
    assert [depth for _person, depth in queries.line_of(session, mira.id, at)] == [1]
    [handed] = command_queries.delegations_of(session, mira.id)
    assert (handed.basis, handed.acting) == (Basis.ACTING, "Plt. Kepala Bidang Gizi")
    [(post, _unit, _leads)] = command_queries.acting_posts_of(session, mira.id)
    page = send(as_chief, f"{url}/{post.id}/end", reason=REASON)
    assert "Diakhiri lebih awal" in text_of(page)
    assert queries.line_of(session, mira.id, at + timedelta(minutes=1)) == []
    assert [entry.action for entry in entries()][-2:] == ["acting.ended", "delegation.ended"]


def test_a_circle_and_wrong_days_are_refused_at_the_form(as_chief, session, mira, boss, url, at):
    supervise(session, boss, make_person(session, name="Kasi", unit=None))
    middle = make_person(session, name="Kepala Seksi", supervisor=boss)
    supervise(session, middle, mira)
    page = send(as_chief, url, **FORM, person=boss.email, status=409)
    assert "akan memutuskan tentang orang yang berada di atasnya" in text_of(page)
    assert command_queries.acting_posts_of(session, mira.id) == []
    page = send(as_chief, url, **FORM | {"ended_on": "2028-01-31"}, status=409)
    assert "Paling lama setahun" in error_at(page, "ended_on")
    page = send(as_chief, url, **FORM | {"ended_on": "2026-10-31"}, status=409)
    assert "tidak boleh sebelum" in error_at(page, "ended_on")
    page = send(as_chief, url, **FORM | {"kind": "raja"}, status=422)
    assert error_at(page, "kind")


def test_beyond_the_reach_of_a_manager_nobody_is_found(as_ratna, as_chief, jonas, url, session):
    as_ratna.get(f"/manage/people/{jonas.id}/acting", status=404)
    send(as_chief, url, **FORM)
    as_ratna.get(url)
    [(post, _unit, _leads)] = command_queries.acting_posts_of(
        session, session.query(type(jonas)).filter_by(name="Mira Lestari").one().id
    )
    as_ratna.get(f"/manage/people/{jonas.id}/acting/{post.id}/end", status=404)
    as_chief.get(f"/manage/people/{jonas.id}/acting/{post.id}/end", status=404)
    page = send(as_ratna, url, **FORM | {"title": "Kepala Seksi"}, person=jonas.nip, status=422)
    assert "Tidak ada pegawai aktif" in text_of(page)
