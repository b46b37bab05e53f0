"""The overview: what waits and for whom, with the way there; calm where nothing waits."""

import pytest

from corpu.credentials import service
from corpu.jobs import Job
from corpu.people.models import Account
from tests.credentials.world import complete, make_course, make_issuer
from tests.factories import save, supervise
from tests.manage.reading import text_of
from tests.statements import statements


def failed(at, kind="credentials.render"):
    return Job(
        kind=kind,
        payload={},
        state="failed",
        attempts=12,
        run_at=at,
        created_at=at,
        last_error="OSError: disk penuh",
    )


def test_what_waits_is_counted_and_leads_on(as_chief, session, app, health, mira, chief, at):
    make_issuer(session, health, place="")
    event = complete(session, mira, make_course(session, app, health), at)
    service.issue_for_completion(session, event)
    supervise(session, chief, mira)
    session.commit()
    page = as_chief.get("/manage")
    words = text_of(page)
    assert words.startswith("Ada yang menunggu Anda")
    assert "1 sertifikat belum terbit" in words
    assert "Tempat penandatanganan sertifikat belum ditetapkan." in words
    assert "Belum pernah punya kata sandi" in words
    for url in ("/manage/certificates/waiting", "/manage/people?state=no-password"):
        assert page.select_one(f"a[href='{url}']"), url


def test_nothing_waiting_is_said_calmly(as_chief, session, chief, jonas):
    for person in (chief, jonas):
        session.get(Account, person.id).password_hash = "x"
    supervise(session, jonas, chief)
    session.get(Account, jonas.id).is_active = False
    session.commit()
    assert "Tidak ada yang menunggu Anda" in text_of(as_chief.get("/manage"))


def test_a_unit_manager_sees_the_own_branch_only(as_ratna, session, mira, jonas, at):
    save(session, failed(at))
    page = as_ratna.get("/manage")
    figures = [figure.text.split()[0] for figure in page.select(".figure")]
    assert figures == ["2", "2", "0"]
    assert "Dinas Kesehatan" in text_of(page)
    assert "disk penuh" not in text_of(page)


def test_background_work_that_was_given_up_starts_again(as_chief, session, at, entries):
    job = save(session, failed(at))
    assert "disk penuh" in text_of(as_chief.get("/manage"))
    page = as_chief.post("/manage/jobs/retry")
    assert "1 pekerjaan menunggu giliran lagi" in text_of(page)
    job = session.get(Job, job.id, populate_existing=True)
    assert (job.state, job.attempts) == ("waiting", 0)
    as_chief.post("/manage/jobs/retry")
    assert [entry.after for entry in entries("jobs.retried")] == [{"jobs": 1}]


def test_background_work_is_not_a_unit_managers(as_ratna, session, at):
    job = save(session, failed(at))
    as_ratna.post("/manage/jobs/retry", status=404)
    job = session.get(Job, job.id, populate_existing=True)
    assert job.state == "failed"


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/manage", 9),
        ("/manage/people/new", 4),
        ("/manage/units", 4),
        ("/manage/time", 4),
        ("/manage/people/{mira}", 16),
        ("/manage/people/{mira}/correct", 4),
        ("/manage/people/{mira}/post", 8),
        ("/manage/people/{mira}/supervisor", 6),
        ("/manage/people/{mira}/link", 5),
        ("/manage/units/{health}", 6),
        ("/manage/units/{health}/issuer", 4),
    ],
)
def test_no_page_asks_the_database_too_much(as_chief, mira, health, path, most):
    with statements() as seen:
        as_chief.get(path.format(mira=mira.id, health=health.id))
    assert len(seen) <= most, "\n".join(seen)
