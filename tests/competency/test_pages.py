import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from corpu.competency.models import CompetencyScore
from corpu.competency.vectors import check_vectors, read_vectors
from corpu.people.export import own_data
from tests.assessment.factories import SLUG, publish_course
from tests.competency.factories import (
    NOON,
    graded,
    observe,
    piece,
    rate,
    record,
    teach,
)
from tests.factories import make_person
from tests.statements import statements

pytestmark = pytest.mark.usefixtures("at")
HOUR = timedelta(hours=1)


def words(element):
    return " ".join(element.get_text(" ").split())


@pytest.fixture
def knows_agency(app, session, agency):
    """As in a running process, which asks for the name of the agency once."""
    app.extensions["agency_names"] = (agency.name, agency.short_name)
    yield
    del app.extensions["agency_names"]


def test_the_profile_shows_scores_gaps_and_the_next_step(session, browser, mira, store):
    teach(session, publish_course(session, store), ("PPB", 2))
    observe(session, mira, "PPB", 1, "90")
    observe(session, mira, "PPB", 2, "60")
    observe(session, mira, "INT", 3, "90")
    page = browser.sign_in(mira).get("/me/competencies")
    rows = {row.th.a.text: words(row) for row in page.select("#semua-kompetensi tbody tr")}
    assert len(rows) == 9
    assert "1,80" in rows["Pelayanan Publik"]
    assert "Kurang 1" in rows["Pelayanan Publik"]
    assert "Terpenuhi" in rows["Integritas"]
    assert "Belum teramati" in rows["Kerja Sama"]
    assert "Belum teramati (7 dari 9)" in words(page)
    assert "60,00 dari 75,00" in words(page)
    assert page.select_one(f"a.button[href='/courses/{SLUG}']")
    assert page.select_one("svg[role=img] polygon.have, svg[role=img] polyline.have-line")


def test_the_profile_of_somebody_new_says_what_comes_first(browser, mira):
    page = browser.sign_in(mira).get("/me/competencies")
    assert "Belum ada kompetensi yang teramati" in words(page)
    assert "Belum teramati (9 dari 9)" in words(page)


def test_without_a_post_the_profile_says_so(session, browser, agency):
    nobody = make_person(session, post_type="TIDAK_DIKENAL")
    page = browser.sign_in(nobody).get("/me/competencies")
    assert "Tanpa syarat jabatan tidak ada JPM" in words(page)


def test_the_account_tells_each_piece_and_why(session, browser, mira, endang, attempt):
    record(session, graded(attempt, piece(level=2, score="62"), at=NOON - HOUR))
    record(session, graded(attempt, piece(level=2, score="80", weight="2"), at=NOON))
    observe(session, mira, "PPB", 2, "85", weight="1", at=NOON)
    observe(session, mira, "PPB", 3, "100", weight="2", is_thin=True)
    rate(session, endang, mira, 1, reason="Rapi <b>sekali</b>")
    page = browser.sign_in(mira).get("/me/competencies/PPB")
    text = words(page)
    assert "(80 × 2 + 85 × 1) ÷ 3" in text
    assert "81,66 dari 75,00" in text
    assert "Percobaan ini dinilai ulang pada 24 November 2026." in text
    assert "Kurang dari 3 poin pada level ini" in text
    assert "Endang Sulistyowati, 24 November 2026" in text
    assert "“Rapi <b>sekali</b>”" in text
    assert "Jabatan ini mensyaratkan level 2, jadi terpenuhi." in text
    assert "Yang membuatnya level 3" in text
    assert "Aturan bawaan CorpU." in text


def test_the_account_says_what_the_caps_hold_back(session, browser, mira):
    observe(session, mira, "PPB", 3, "80")
    observe(session, mira, "PPB", 4, "84")
    text = words(browser.sign_in(mira).get("/me/competencies/PPB"))
    assert "Tercapai nilainya, dibatasi" in text
    assert "84,00 ÷ 75,00 = 1,12, paling tinggi 0,99. Jadi 3 + 0,99 = 3,99 ." in text
    assert "Tidak ada kursus yang dapat menggantikannya" in text


def test_a_regulation_or_a_person_is_never_guessed_from_the_address(browser, mira):
    browser.sign_in(mira)
    for code in ("XYZ", "ppb", "PPB%00", "..", "a" * 3000):
        browser.get(f"/me/competencies/{code}", status=404)


def test_nobody_reaches_the_account_of_another(session, browser, mira, jonas):
    observe(session, mira, "PPB", 2, "91.5")
    browser.sign_in(jonas)
    for address in (
        "/me/competencies",
        "/me/competencies/PPB",
        f"/me/competencies/PPB?person={mira.id}",
        f"/me/competencies/PPB/evidence.json?person_id={mira.id}",
    ):
        text = browser.client.get(address).text
        assert "91,5" not in text
        assert "91.5" not in text
    browser.get(f"/me/competencies/{mira.id}", status=404)


def test_without_a_session_there_is_nothing_to_see(browser, agency):
    for address in ("/me/competencies", "/me/competencies/PPB", "/me/hours"):
        assert browser.client.get(address).status_code in (302, 303, 401)


def test_the_evidence_of_a_score_can_be_computed_again_elsewhere(session, browser, mira, attempt):
    record(session, graded(attempt, piece(score="66.6667", weight="7.5")))
    response = browser.sign_in(mira).client.get("/me/competencies/PPB/evidence.json")
    assert "attachment" in response.headers["Content-Disposition"]
    cases = read_vectors(response.text)
    assert cases[0]["evidence"][0]["score"] == "66.6667"
    assert check_vectors(cases) == []


def test_ones_own_data_hold_evidence_and_scores(session, mira, attempt):
    record(session, graded(attempt, piece(score="66.6667")))
    part = json.loads(json.dumps(own_data(session, mira.id, at=NOON)))["competency"]
    assert [row["score"] for row in part["evidence"]] == ["66.6667"]
    assert [(row["competency"], row["level"]) for row in part["scores"]] == [("PPB", 0)]


@pytest.mark.usefixtures("knows_agency")
def test_the_pages_ask_little_of_the_database(session, browser, mira, endang, store):
    teach(session, publish_course(session, store), ("PPB", 2))
    for code in ("INT", "KSM", "PPB"):
        observe(session, mira, code, 1, "90")
    rate(session, endang, mira, 1)
    browser.sign_in(mira)
    for address in ("/me/competencies", "/me/competencies/PPB"):
        session.expire_all()
        with statements() as seen:
            browser.get(address)
        assert len(seen) <= 5, seen


def test_check_vectors_agrees_with_the_shipped_examples(app, tmp_path):
    case = {
        "name": "satu kuis",
        "at": "2026-12-01T00:00:00Z",
        "evidence": [
            {
                "id": "a",
                "kind": "assessment",
                "level": 2,
                "score": 80.5,
                "source": "q",
                "observed_at": "2026-11-01T00:00:00Z",
            }
        ],
        "expect": {"level": 2, "score": 2.00, "capped": False, "counted": ["a"], "ignored": []},
    }
    good, bad, broken = (tmp_path / f"{name}.json" for name in ("good", "bad", "broken"))
    good.write_text(json.dumps([case]))
    bad.write_text(json.dumps([case, case | {"expect": case["expect"] | {"level": 3}}]))
    broken.write_bytes(b"\xff\xfe[")
    run = app.test_cli_runner().invoke
    result = run(args=["competency", "check-vectors", str(good)])
    assert (result.exit_code, result.output.strip()) == (0, "1 kasus, semuanya sama.")
    result = run(args=["competency", "check-vectors", str(bad)])
    assert result.exit_code == 1
    assert "satu kuis: level: 3 ≠ 2" in result.output
    assert run(args=["competency", "check-vectors", str(broken)]).exit_code == 1
    assert run(args=["competency", "check-vectors", str(tmp_path / "none")]).exit_code == 2


def test_recompute_verifies_and_repairs_every_score(app, session, mira, jonas):
    for person in (mira, jonas):
        observe(session, person, "PPB", 2, "90")
        observe(session, person, "INT", 1, "30")
    run = app.test_cli_runner().invoke
    verify = ["competency", "recompute", "--verify"]
    result = run(args=verify)
    assert (result.exit_code, result.output.strip()) == (0, "4 skor, semuanya sama.")
    wrong = session.get(CompetencyScore, (mira.id, "PPB"))
    wrong.level, wrong.score = 5, Decimal("5.00")
    session.delete(session.get(CompetencyScore, (jonas.id, "INT")))
    session.commit()
    result = run(args=verify)
    assert result.exit_code == 1
    assert f"{mira.id} PPB: level 5, skor 5.00, seharusnya level 2, skor 2.00" in result.output
    assert f"{jonas.id} INT: tidak tersimpan, seharusnya level 0, skor 0.40" in result.output
    session.expire_all()
    assert session.get(CompetencyScore, (mira.id, "PPB")).level == 5, "verify only looks"
    assert run(args=["competency", "recompute"]).exit_code == 0
    assert run(args=verify).exit_code == 0
    session.expire_all()
    levels = session.scalars(
        select(CompetencyScore.level).where(CompetencyScore.competency == "PPB")
    ).all()
    assert levels == [2, 2]
