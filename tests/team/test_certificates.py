"""Why one of one's people has no certificate yet: states, never answers or marks."""

from sqlalchemy import select

from corpu.people.models import ProfileVisit
from tests.assessment.factories import begin, publish_course, take_seat
from tests.statements import statements
from tests.team.factories import team_url


def text_of(page):
    return " ".join(page.get_text(" ").split())


def test_a_supervisor_reads_states_and_who_must_act(
    browser, session, mira, endang, head, jonas, store, at
):
    publish_course(session, store)
    take_seat(session, mira)
    begin(session, mira)
    browser.sign_in(endang).get(f"{team_url(mira)}/certificates")  # and the visit is noted
    with statements() as sent:
        page = browser.get(f"{team_url(mira)}/certificates")
    assert len(sent) <= 8, sent
    said = text_of(page)
    assert "Masih 1 halaman." in said
    assert "Belum lulus." in said
    assert "Sedang dikerjakan" not in said, "an attempt under way is nobody else's to see"
    assert "Belum ada unit penerbit sertifikat untuk kursus ini." in said
    assert not page.select(".todo a")
    assert session.scalar(select(ProfileVisit.viewer_id)) == endang.id
    browser.sign_in(head).get(f"{team_url(mira)}/certificates")


def test_who_is_not_above_finds_nothing(browser, session, mira, endang, jonas, at):
    browser.sign_in(endang).get(f"{team_url(jonas)}/certificates", status=404)
    browser.sign_in(mira).get(f"{team_url(mira)}/certificates", status=403)
