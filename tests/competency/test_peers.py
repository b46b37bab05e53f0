"""Ratings that are shown and not counted: one's own, and those of colleagues who were asked."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from corpu.competency import peers, queries
from corpu.competency.asking_models import PeerRequest
from corpu.competency.models import EvidenceKind
from corpu.competency.service import (
    NotInLine,
    OwnRating,
    ReasonTooLong,
    UnknownCompetency,
    WrongLevel,
)
from corpu.errors import NotFound
from corpu.people.export import own_data
from corpu.people.queries import viewer_for
from tests.competency.factories import NOON, evidence_of, kept, observe, rate
from tests.factories import make_person, make_unit, supervise
from tests.page import Browser
from tests.statements import statements
from tests.team.factories import make_many


@pytest.fixture
def unit(session, agency):
    return make_unit(session, name="Dinas Perpustakaan")


@pytest.fixture
def mira(session, unit):
    return make_person(session, name="Mira Lestari", unit=unit)


@pytest.fixture
def rani(session, unit):
    """Rani works beside Mira."""
    return make_person(session, name="Rani Kusuma", unit=unit)


def viewer(session, person):
    return viewer_for(session, person.id, 0, NOON)


def ask(session, by, person, *whom, codes=("PPB",)):
    count = peers.ask(
        session, person.id, [one.id for one in whom], codes, by=viewer(session, by), at=NOON
    )
    session.commit()
    return count


def request(session):
    return session.scalars(select(PeerRequest)).one()


def test_ones_own_rating_is_shown_and_not_counted(session, mira):
    observe(session, mira, "PPB", 1, "90")
    before = kept(session, mira)
    for _ in range(2):
        peers.rate_oneself(session, mira.id, "PPB", 5, "Sudah lama", at=NOON)
        session.commit()
    (own,) = [one for one in evidence_of(session, mira) if one.kind is EvidenceKind.SELF]
    assert (own.level, own.actor_id) == (5, mira.id)
    assert kept(session, mira) == before
    account = queries.account_of(session, mira.id, "PPB", NOON)
    assert [one.why_not for one in account.ignored] == ["self"]
    peers.rate_oneself(session, mira.id, "PPB", 4, "", at=NOON + timedelta(hours=1))
    assert len(evidence_of(session, mira)) == 3, "a correction is a new entry"


@pytest.mark.parametrize(
    ("code", "level", "reason", "refusal"),
    [
        ("XYZ", 3, "", UnknownCompetency),
        ("PPB", 0, "", WrongLevel),
        ("PPB", 6, "", WrongLevel),
        ("PPB", True, "", WrongLevel),
        ("PPB", 3, "x" * 1001, ReasonTooLong),
    ],
)
def test_a_wrong_rating_of_oneself_leaves_nothing(session, mira, code, level, reason, refusal):
    with pytest.raises(refusal):
        peers.rate_oneself(session, mira.id, code, level, reason, at=NOON)
    assert evidence_of(session, mira) == []


def test_a_colleague_who_was_asked_answers_once_and_it_counts_for_nothing(
    session, mira, rani, endang
):
    assert ask(session, endang, mira, rani, codes=("INT", "PPB")) == 1
    assert ask(session, endang, mira, rani) == 0, "she is asked already"
    found = request(session)
    peers.answer(session, found.id, {"PPB": 4}, "Sabar di loket", peer_id=rani.id, at=NOON)
    session.commit()
    (piece,) = evidence_of(session, mira)
    assert (piece.kind, piece.level, piece.actor_id) == (EvidenceKind.PEER, 4, rani.id)
    assert kept(session, mira) == (None, None)
    with pytest.raises(peers.AnsweredBefore):
        peers.answer(session, found.id, {"INT": 4}, "", peer_id=rani.id, at=NOON)
    with pytest.raises(peers.AnsweredBefore):
        peers.close(session, found.id, by_id=endang.id, at=NOON)
    assert ask(session, endang, mira, rani) == 1, "another time"


def test_the_person_never_learns_who_it_was(session, browser, mira, rani, endang, at):
    ask(session, endang, mira, rani)
    peers.answer(session, request(session).id, {"PPB": 4}, "Sabar", peer_id=rani.id, at=NOON)
    session.commit()
    browser.sign_in(mira)
    text = browser.get("/me/competencies/PPB").get_text(" ")
    assert "Penilaian rekan" in text
    assert "Sabar" in text
    whole = [
        text,
        browser.client.get("/me/competencies/ledger.json").text,
        browser.client.get("/me/competencies/ledger.csv").text,
        browser.client.get("/me/competencies/PPB/evidence.json").text,
        str(own_data(session, mira.id, at=NOON)),
    ]
    for one in whole:
        assert "Rani" not in one
        assert str(rani.id) not in one
        assert rani.id.hex not in one
    given = own_data(session, rani.id, at=NOON)["competency"]
    assert [one["reason"] for one in given["ratings_given"]] == ["Sabar"]
    assert len(given["peer_requests"]["of_me"]) == 1
    assert given["peer_requests"]["by_me"] == []
    assert len(own_data(session, endang.id, at=NOON)["competency"]["peer_requests"]["by_me"]) == 1


def test_the_unit_of_a_colleague_does_not_give_them_away(session, browser, mira, endang, at):
    alone = make_person(session, name="Tono", unit=make_unit(session, name="Balai Sendiri"))
    supervise(session, endang, alone)
    ask(session, endang, mira, alone)
    peers.answer(session, request(session).id, {"PPB": 4}, "Sabar", peer_id=alone.id, at=NOON)
    session.commit()
    browser.sign_in(mira)
    for ending in ("json", "csv"):
        assert "Balai Sendiri" not in browser.client.get(f"/me/competencies/ledger.{ending}").text
    assert "Balai Sendiri" not in str(own_data(session, mira.id, at=NOON))


def test_only_the_supervisor_who_asked_learns_who_answered(
    app, session, mira, rani, endang, jonas, at
):
    supervise(session, jonas, endang)  # above Mira too
    ask(session, endang, mira, rani)
    peers.answer(session, request(session).id, {"PPB": 4}, "Sabar", peer_id=rani.id, at=NOON)
    session.commit()
    for person, name in ((endang, "Rani Kusuma"), (jonas, "Rekan")):
        page = Browser(app.test_client()).sign_in(person).get(f"/team/{mira.id}/peers")
        assert page.select_one("tbody tr").get_text(" ").split("24 November")[0].strip() == name
        assert page.select(f"[name=peers][value='{rani.id}']"), "whom to ask, anybody may see"


def test_a_manager_who_was_rated_does_not_learn_it_from_the_audit(
    app, session, unit, rani, endang, at
):
    siti, dewi = (
        make_person(session, name=name, unit=unit, roles=["manager"]) for name in ("Siti", "Dewi")
    )
    supervise(session, endang, siti)
    ask(session, endang, siti, rani)
    peers.answer(session, request(session).id, {"PPB": 4}, "Sabar", peer_id=rani.id, at=NOON)
    session.commit()
    for person, is_told in ((siti, False), (dewi, True)):
        browser = Browser(app.test_client()).sign_in(person)
        page = browser.get("/manage/audit").main.get_text(" ")
        assert ("Rani Kusuma" in page) is is_told
        data = {"csrf_token": browser.csrf_token()}
        assert (
            "Rani Kusuma" in browser.client.post("/manage/audit.csv", data=data).text
        ) is is_told


def test_anybody_of_many_is_found_by_name_or_unit_and_who_was_ticked_stays(
    app, session, mira, rani, endang, at
):
    make_many(session, endang, 350)
    address, boss = f"/team/{mira.id}/peers", Browser(app.test_client()).sign_in(endang)

    def offered(page):
        return [label.get_text(" ") for label in page.select("#peers label")]

    page = boss.get(address)
    assert len(offered(page)) == peers.SHOWN
    assert "Tidak semua rekan tampak" in page.get_text(" ")
    first = page.select_one("#peers input")["value"]
    form = {"step": "search", "peers": [first], "competencies": ["INT"]}
    with statements() as seen:
        page = boss.post(address, form | {"words": "besar 349"}, status=200)
    assert len(seen) <= 9, seen
    assert [one.split(",")[0] for one in offered(page)] == ["Pegawai 000", "Pegawai 349"]
    assert [one["value"] for one in page.select("input[checked]")] == [first, "INT"]
    found = page.select("#peers input")[1]["value"]
    page = boss.post(address, form | {"words": "perpustakaan"}, status=200)
    assert "Rani Kusuma" in offered(page)[1]
    page = boss.post(address, {"words": "%" * 5000, "step": "search"}, status=200)
    assert "Tidak ada rekan yang nama atau unitnya memuat kata itu" in page.get_text(" ")
    strange = {"step": "search", "peers": ["x", str(endang.id), str(mira.id)], "words": "rani"}
    assert len(offered(boss.post(address, strange, status=200))) == 1
    boss.post(address, {"words": "0", "peers": [first, found], "competencies": ["INT"]})
    assert {str(one.peer_id) for one in session.scalars(select(PeerRequest))} == {first, found}


def test_who_may_ask_whom(session, mira, rani, endang, jonas):
    for by, person, whom, codes, refusal in (
        (endang, endang, [rani], ["PPB"], OwnRating),
        (jonas, mira, [rani], ["PPB"], NotInLine),
        (mira, rani, [endang], ["PPB"], NotInLine),
        (endang, mira, [], ["PPB"], peers.NobodyChosen),
        (endang, mira, [rani], [], peers.NothingAsked),
        (endang, mira, [rani], ["XYZ"], UnknownCompetency),
        (endang, mira, [jonas], ["PPB"], peers.NotAPeer),
        (endang, mira, [mira], ["PPB"], peers.NotAPeer),
        (endang, mira, [endang], ["PPB"], peers.NotAPeer),
    ):
        with pytest.raises(refusal):
            ask(session, by, person, *whom, codes=codes)
    assert session.scalars(select(PeerRequest)).all() == []


def test_only_what_was_asked_of_oneself_is_answered(session, mira, rani, endang, jonas):
    ask(session, endang, mira, rani)
    found = request(session).id
    for peer, levels, refusal in (
        (jonas, {"PPB": 3}, NotFound),
        (mira, {"PPB": 3}, NotFound),
        (rani, {}, peers.NothingRated),
        (rani, {"INT": 3}, UnknownCompetency),
        (rani, {"PPB": 6}, WrongLevel),
    ):
        with pytest.raises(refusal):
            peers.answer(session, found, levels, "", peer_id=peer.id, at=NOON)
    with pytest.raises(NotFound):
        peers.close(session, found, by_id=mira.id, at=NOON)
    peers.close(session, found, by_id=rani.id, at=NOON)
    peers.close(session, found, by_id=rani.id, at=NOON)
    with pytest.raises(peers.AnsweredBefore):
        peers.answer(session, found, {"PPB": 3}, "", peer_id=rani.id, at=NOON)
    assert evidence_of(session, mira) == []


def test_a_supervisor_cannot_rate_oneself_or_a_stranger(session, mira, endang, jonas):
    with pytest.raises(OwnRating):
        rate(session, endang, endang)
    with pytest.raises(NotInLine):
        rate(session, endang, jonas)


def test_on_the_pages(app, session, mira, rani, endang, jonas, at):
    def enter(person):
        return Browser(app.test_client()).sign_in(person)

    boss, peer, own = enter(endang), enter(rani), enter(mira)
    address = f"/team/{mira.id}/peers"
    page = boss.get(address)
    assert "Rani Kusuma" in page.get_text(" ")
    assert "Jonas" not in page.get_text(" ")
    boss.post(address, {"peers": [], "competencies": ["PPB"]}, status=422)
    boss.post(address, {"peers": [str(jonas.id)], "competencies": ["PPB"]}, status=422)
    page = boss.post(address, {"peers": [str(rani.id)], "competencies": ["INT", "PPB"]})
    assert "Belum dijawab" in page.get_text(" ")
    found = request(session).id
    assert peer.get("/me/competencies").select("a[href='/me/peer-ratings']")
    assert "Mira Lestari" in peer.get("/me/peer-ratings").get_text(" ")
    url = f"/me/peer-ratings/{found}"
    enter(jonas).get(url, status=404)
    own.get(url, status=404)
    assert "sedikitnya satu" in peer.post(url, status=422).get_text(" ")
    peer.post(url, {"level_PPB": "9"}, status=422)
    peer.post(url, {"level_PPB": "4", "reason": "Sabar"})
    assert "Tidak ada lagi yang perlu" in peer.get(url).get_text(" ")
    assert "Dijawab" in boss.get(address).get_text(" ")
    boss.post(f"/team/{rani.id}/peers/{found}/close", status=404)  # it is not about her
    boss.post(f"{address}/{found}/close", status=409)
    peer.post(f"{url}/decline", status=409)
    own.get(f"/team/{rani.id}/peers", status=403)
    enter(endang).get(f"/team/{rani.id}/peers", status=404)
    own.post("/me/competencies/PPB/self", status=422)
    own.post("/me/competencies/XYZ/self", {"level": "3"}, status=404)
    page = own.post("/me/competencies/PPB/self", {"level": "5", "reason": "Lama di loket"})
    assert "Penilaian diri" in page.get_text(" ")
    assert "Lama di loket" in page.get_text(" ")
