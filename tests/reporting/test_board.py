"""The figures of the goals against a world counted by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from corpu import clock
from corpu.catalog.models import Course
from corpu.learning.models import Enrolment
from corpu.people.models import Posting
from corpu.reporting import queries
from corpu.reporting.queries import Figures, Scope
from tests.factories import make_person, make_unit
from tests.reporting.world import complete, day, enrol, make_course, move, words
from tests.statements import statements

NONE = Figures()


def figures(learners, completions, jp):
    return Figures(learners, completions, Decimal(jp))


def board(session, year=2026, unit=None):
    tree = queries.unit_tree(session)
    units = queries.branch_of(tree, unit.id) if unit else None
    return queries.board(session, Scope(year, units), tree)


def by_goal(found):
    return {row.number: row.figures for row in found.goals if row.figures is not None}


def by_unit(found):
    return {row.name: row.figures for row in found.units}


def test_each_goal_counts_its_own_courses_people_completions_and_hours(session, province):
    found = board(session)
    assert by_goal(found) == {
        6: figures(2, 1, 2),
        11: figures(2, 2, 6),
        16: figures(3, 3, 8),
    }
    assert {row.number: row.courses for row in found.goals if row.courses} == {6: 1, 11: 1, 16: 2}
    assert len(found.goals) == 17
    assert found.measured == 3


def test_the_total_counts_a_course_of_two_goals_once(session, province):
    found = board(session)
    assert (found.courses, found.total) == (2, figures(3, 3, 8))
    assert sum(row.figures.jp for row in found.goals if row.figures) == 16


def test_whoever_moved_is_counted_where_each_thing_happened(session, province):
    assert by_unit(board(session)) == {
        "Provinsi Uji": NONE,
        "Dinas Air": figures(2, 1, 2),  # Mira, and Sari when she enrolled
        "Dinas Kota": figures(1, 2, 6),  # Jonas; completed by him and, after moving, by Sari
    } | {name: NONE for name in by_unit(board(session)) if name.startswith("Dinas Uji")}


def test_moving_somebody_afterwards_changes_no_figure(session, province):
    before = board(session)
    move(session, province.mira, province.b, day(11).date())
    assert board(session) == before


def test_a_unit_is_counted_with_all_units_below(session, province):
    assert by_goal(board(session, unit=province.top)) == by_goal(board(session))
    inside = board(session, unit=province.a)
    assert by_goal(inside) == {6: figures(1, 1, 2), 11: figures(1, 0, 0), 16: figures(2, 1, 2)}
    assert inside.total == figures(2, 1, 2)
    assert list(by_unit(inside)) == ["Dinas Air"]


def test_the_rows_behind_a_goal_are_its_courses_and_units(session, province):
    tree = queries.unit_tree(session)
    found = queries.goal_detail(session, 16, Scope(2026), tree)
    assert [(row.slug, row.goals, row.figures) for row in found.courses] == [
        ("air", (6, 16), figures(2, 1, 2)),
        ("kota", (11, 16), figures(2, 2, 6)),
    ]
    assert found.total == figures(3, 3, 8)
    eleven = queries.goal_detail(session, 11, Scope(2026), tree)
    assert by_unit(eleven)["Dinas Air"] == figures(1, 0, 0)
    assert by_unit(eleven)["Dinas Kota"] == figures(1, 2, 6)


def test_board_and_goal_page_say_the_same(session, province):
    tree = queries.unit_tree(session)
    for scope in (Scope(2026), Scope(), Scope(2026, frozenset([province.b.id]))):
        for row in queries.board(session, scope, tree).goals:
            found = queries.goal_detail(session, row.number, scope, tree)
            assert (len(found.courses), found.total) == (row.courses, row.figures)


def test_without_courses_nothing_is_measured(session, agency):
    found = board(session)
    assert found.measured == 0
    assert found.total is None
    assert all(row.figures is None and row.courses == 0 for row in found.goals)


def test_a_course_that_nobody_follows_is_zero_and_not_unmeasured(session, app, agency):
    make_course(session, app, "laut", [14])
    found = board(session)
    assert by_goal(found) == {14: NONE}
    assert found.total == NONE


def test_before_a_course_existed_nothing_could_be_measured(session, app, agency):
    make_course(session, app, "laut", [14], at=day(6))
    assert board(session, year=2025).total is None
    assert by_goal(board(session, year=2026)) == {14: NONE}


def test_an_archived_course_keeps_its_years_and_gets_no_new_ones(session, province):
    session.get_one(Course, province.water.course_id).archived_at = day(11)
    session.commit()
    assert by_goal(board(session))[6] == figures(2, 1, 2)
    assert 6 not in by_goal(board(session, year=2027))


def test_what_is_completed_after_archiving_still_counts(session, province):
    session.get_one(Course, province.water.course_id).archived_at = day(11)
    [place] = session.query(Enrolment).filter_by(completed_at=None)
    complete(session, place, province.water, day(2, year=2027))
    found = board(session, year=2027)
    assert by_goal(found)[6] == figures(0, 1, 2)


def test_a_course_without_a_goal_counts_nowhere_and_that_is_said(session, app, province):
    edition = make_course(session, app, "umum", [])
    complete(session, enrol(session, province.mira, "umum", day(7)), edition, day(7, 2))
    found = board(session)
    assert found.without_goal == 1
    assert found.total == figures(3, 3, 8)


def test_the_goals_are_those_of_the_present_edition(session, app, province):
    make_course(session, app, "air", [14], jp=2, owner_unit_id=province.top.id, at=day(10))
    found = by_goal(board(session))
    assert found[14] == figures(2, 1, 2)
    assert 6 not in found
    assert found[16] == figures(2, 2, 6)


def test_taken_again_next_year_a_person_is_one_learner_over_all_years(session, province):
    place = enrol(session, province.mira, "air", day(1, 15, year=2027))
    complete(session, place, province.water, day(2, year=2027))
    assert by_goal(board(session, year=2027))[6] == figures(1, 1, 2)
    assert by_goal(board(session, year=None))[6] == figures(2, 2, 4)


# 15.30 UTC on 31 December: 22.30 WIB and 23.30 WITA of 2026, 00.30 WIT of 2027.
@pytest.mark.parametrize(
    ("zone", "year"),
    [
        ("Asia/Jakarta", 2026),
        ("Asia/Pontianak", 2026),
        ("Asia/Makassar", 2026),
        ("Asia/Jayapura", 2027),
    ],
)
def test_the_year_is_that_of_the_zone_of_the_unit(session, app, agency, zone, year):
    edition = make_course(session, app, "air", [6])
    person = make_person(session, unit=make_unit(session, timezone=zone))
    late = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
    complete(session, enrol(session, person, "air", late), edition, late)
    assert by_goal(board(session, year=year)) == {6: figures(1, 1, 2)}
    assert by_goal(board(session, year=2026 + 2027 - year)) == {6: NONE}
    assert year in queries.years(session, late)


def test_somebody_without_a_unit_is_counted_by_the_zone_of_the_agency(session, app, agency):
    edition = make_course(session, app, "air", [6])
    person = make_person(session)
    [post] = session.query(Posting).filter_by(person_id=person.id)
    post.ended_on = date(2026, 1, 1)
    session.commit()
    complete(session, enrol(session, person, "air", day(3)), edition, day(3, 2))
    found = board(session)
    assert by_goal(found) == {6: figures(1, 1, 2)}
    assert (found.units[-1].unit_id, found.units[-1].figures) == (None, figures(1, 1, 2))


# ---------------------------------------------------------------------------- the pages


@pytest.mark.usefixtures("at")
class TestPages:
    def test_the_board_shows_each_goal_with_its_figures(self, browser, province):
        page = browser.sign_in(province.mira).get("/goals")
        rows = page.select("#semua-tujuan tbody tr")
        assert len(rows) == 17
        assert [cell.text for cell in rows[5].select("td")] == ["1", "2", "1", "2"]
        assert "Belum diukur" in words(rows[13])
        assert "24 November 2026, 12.00 WIB" in words(page)
        assert len(page.select("a.button:not(.quiet), button.button:not(.quiet)")) == 1

    def test_the_wheel_and_the_table_lead_to_the_same_rows(self, browser, province):
        page = browser.sign_in(province.mira).get(f"/goals?year=2026&unit={province.a.id}")
        link = f"/goals/6?year=2026&unit={province.a.id}"
        assert page.select_one("#semua-tujuan tbody tr:nth-of-type(6) a")["href"] == link
        assert page.select_one("svg a.g6")["href"] == link
        assert "1 kelulusan" in page.select_one("svg a.g6")["aria-label"]
        assert "belum diukur" in page.select_one("svg a.g14")["aria-label"]
        page = browser.get(link)
        assert page.h1.text == "Air Bersih dan Sanitasi Layak"
        assert [cell.text for cell in page.select("#kursus tbody td.right")] == ["1", "1", "2"]

    def test_a_goal_without_a_course_says_that_it_is_not_measured(self, browser, province):
        page = browser.sign_in(province.mira).get("/goals/14")
        assert "Belum diukur" in words(page.select_one("main"))
        assert not page.select(".facts")

    def test_without_any_course_the_page_says_what_comes(self, browser, mira):
        page = browser.sign_in(mira).get("/goals")
        assert "Belum ada yang dapat diukur" in words(page)
        assert not page.select(".facts")

    def test_nobody_is_named(self, browser, province):
        browser.sign_in(province.jonas)
        for path in ("/goals", "/goals/16", "/goals.csv"):
            page = browser.get(path)
            for name in ("Mira", "Sari", province.mira.nip, str(province.mira.id)):
                assert name not in str(page), path

    @pytest.mark.parametrize("path", ["/goals", "/goals/6", "/goals.csv"])
    @pytest.mark.parametrize(
        "query",
        [
            {"year": "2019"},
            {"year": "x"},
            {"year": "٢٠٢٦"},
            {"year": "9" * 5000},
            {"unit": "x"},
            {"unit": "0198d3c0-0000-7000-8000-000000000000"},
        ],
    )
    def test_a_year_or_unit_that_is_not_there_is_no_page(self, browser, mira, path, query):
        browser.sign_in(mira).get(path, query_string=query, status=404)

    @pytest.mark.parametrize("path", ["/goals/0", "/goals/18", "/goals/-1", "/goals/enam"])
    def test_there_are_seventeen_goals(self, browser, mira, path):
        browser.sign_in(mira).get(path, status=404)

    @pytest.mark.parametrize("path", ["/goals", "/goals/6", "/goals.csv"])
    def test_a_stranger_signs_in_first(self, browser, agency, path):
        response = browser.client.get(path)
        assert (response.status_code, response.location) == (303, f"/login?next={path}")

    def test_earlier_years_can_be_chosen(self, session, app, browser, mira):
        make_course(session, app, "air", [6], at=day(3, year=2024))
        enrol(session, mira, "air", day(5, year=2024))
        page = browser.sign_in(mira).get("/goals?year=2024")
        years = [option.text for option in page.select("#tahun option")]
        assert years == ["2026", "2025", "2024", "Semua tahun"]
        assert page.select_one("#tahun option[selected]").text == "2024"
        assert page.select_one(".figure").text.startswith("1")

    def test_the_pages_ask_as_much_for_many_as_for_few(self, app, session, browser, province):
        app.extensions["agency_names"] = ("BPSDM", "BPSDM")
        try:
            browser.sign_in(province.mira)
            for path, most in (("/goals", 8), ("/goals/16", 7), ("/goals.csv", 8)):
                session.expire_all()
                with statements() as few:
                    browser.get(path)
                assert len(few) <= most, few
            for n in range(5):
                unit = make_unit(session, parent=province.top)
                enrol(session, make_person(session, unit=unit), "air", day(8, n + 1))
            session.expire_all()
            with statements() as many:
                browser.get("/goals.csv")
            assert len(many) == len(few)
        finally:
            del app.extensions["agency_names"]


def test_the_year_of_the_page_is_that_of_the_viewers_zone(session, browser, agency, monkeypatch):
    east = make_person(session, unit=make_unit(session, timezone="Asia/Jayapura"))
    west = make_person(session)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 31, 15, 30, tzinfo=UTC))
    for person, year in ((east, "2027"), (west, "2026")):
        page = browser.sign_in(person).get("/goals")
        assert page.select_one("#tahun option[selected]").text == year
