"""Publishing makes immutable, numbered editions, all at once or not at all."""

import pytest
from sqlalchemy import func, select

from corpu.catalog import queries, service
from corpu.catalog.models import Course, Edition, EditionPage
from corpu.catalog.publishing import rerender
from corpu.jobs import Job
from tests.courses import course_source, publish, storage_of
from tests.factories import make_person, save


def test_the_first_edition_is_number_one_and_current(session, app, agency):
    edition = publish(session, app, course_source())
    assert (edition.number, edition.is_current) == (1, True)
    assert queries.current_edition(session, "kursus-uji").title == "Kursus Uji"


def test_the_same_source_publishes_nothing_new(session, app, agency):
    publish(session, app, course_source())
    assert publish(session, app, course_source()) is None
    assert session.scalar(select(func.count()).select_from(Edition)) == 1


def test_a_change_makes_the_next_edition_and_the_first_stays(session, app, agency):
    first = publish(session, app, course_source())
    second = publish(session, app, course_source(title="Kursus Uji Baru"))
    session.refresh(first)
    assert (second.number, first.is_current) == (2, False)
    assert first.title == "Kursus Uji"


def test_an_id_that_vanished_is_refused_and_the_old_edition_stays(session, app, agency):
    publish(session, app, course_source())
    renamed = course_source(pages=("a",), files={"01-modul/02-x.md": "---\ntitle: X\n---\nTeks.\n"})
    with pytest.raises(service.IdsLost) as refusal:
        publish(session, app, renamed)
    session.rollback()
    assert [problem.code for problem in refusal.value.problems] == ["id-lost"]
    assert queries.current_edition(session, "kursus-uji").number == 1


def test_an_id_may_be_said_to_be_gone(session, app, agency):
    publish(session, app, course_source())
    renamed = course_source(pages=("a",), files={"01-modul/02-x.md": "---\ntitle: X\n---\nTeks.\n"})
    assert publish(session, app, renamed, removed=["b"]).number == 2


def test_an_edition_from_the_browser_is_not_overwritten_unawares(session, app, agency):
    edition = publish(session, app, course_source())
    edition.origin = "browser"
    session.commit()
    with pytest.raises(service.NotFromHere):
        publish(session, app, course_source(title="Dari folder"))
    session.rollback()
    assert publish(session, app, course_source(title="Dari folder"), onto=1).number == 2


def test_exporting_gives_the_source_byte_for_byte(session, app, agency):
    source = course_source(
        files={"01-modul/01-a.md": "\ufeff---\r\ntitle: A\r\nid: a\r\n---\r\nTeks.\r\n"}
    )
    edition = publish(session, app, source)
    assert service.export(session, storage_of(app), edition.id) == dict(source.files)


def test_keys_and_feedback_are_kept_apart_from_what_is_shown(session, app, agency):
    edition = publish(session, app, course_source())
    for page in session.scalars(select(EditionPage).filter_by(edition_id=edition.id)):
        assert "umpan-" not in str(page.segments)
        assert "correct" not in str(page.segments)
    assert "umpan-kuda-a" in str(
        session.get(EditionPage, (edition.id, "a")).checks["cek-a"]["options"][0]
    )


def test_publishing_asks_for_a_look_at_those_inside(session, app, agency):
    publish(session, app, course_source())
    assert session.scalar(select(Job.kind)) == "learning.evaluate_course"


def test_authors_are_found_by_their_number_and_only_named(session, app, agency):
    author = make_person(session, name="Agus Priyanto")
    edition = publish(session, app, course_source(extra=f"authors: [{author.nip}]\n"))
    assert [a.name for a in queries.authors_of(session, edition.id)] == ["Agus Priyanto"]


def test_html_is_made_again_from_the_source_after_an_upgrade(session, app, agency):
    edition = publish(session, app, course_source())
    page = session.get(EditionPage, (edition.id, "a"))
    page.segments = [{"html": "lama"}]
    edition.renderer_version = 0
    session.commit()
    rerender(session, storage_of(app), edition.id)
    session.refresh(page)
    assert "pelayanan air minum" in page.segments[0]["html"]


def test_a_course_keeps_its_owner_through_editions(session, app, agency):
    publish(session, app, course_source())
    owner = session.scalar(select(Course.owner_unit_id))
    publish(session, app, course_source(title="Lagi"), owner_unit_id=None)
    assert session.scalar(select(Course.owner_unit_id)) == owner


def test_nothing_is_published_where_nobody_could_own_it(session, app):
    with pytest.raises(service.NoOwner):
        publish(session, app, course_source(), owner_unit_id=None)


def test_an_archived_course_is_not_listed(session, app, agency):
    publish(session, app, course_source())
    assert [c.slug for c in queries.listed(session)] == ["kursus-uji"]
    course = session.scalars(select(Course)).one()
    course.archived_at = course.created_at
    save(session, course)
    assert queries.listed(session) == []
