"""What one supervisor does in two windows at the same moment, with real transactions."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from corpu.competency.models import EvidenceRecord
from corpu.extensions import db
from corpu.people.models import ProfileVisit
from tests.factories import make_person
from tests.page import Browser
from tests.team.factories import REASON, team_url


def test_two_windows_leave_one_visit_and_a_double_click_one_rating(live_app, at):
    with live_app.app_context():
        session = db.session()
        endang = make_person(session, name="Endang Sulistyowati")
        mira = make_person(session, name="Mira Lestari", supervisor=endang)
        url = team_url(mira)
        windows = [Browser(live_app.test_client()).sign_in(endang) for _ in range(4)]
        db.session.remove()
    tokens = [window.csrf_token() for window in windows]
    start = Barrier(len(windows))

    def act(number):
        client = windows[number].client
        start.wait(10)
        seen = client.get(url).status_code
        start.wait(30)
        form = {"level": "3", "reason": REASON, "csrf_token": tokens[number]}
        return seen, client.post(f"{url}/competencies/PPB", data=form).status_code

    with ThreadPoolExecutor(len(windows)) as pool:
        answers = list(pool.map(act, range(len(windows))))
    assert answers == [(200, 303)] * len(windows)
    with live_app.app_context():
        assert db.session.query(ProfileVisit).count() == 1
        assert db.session.query(EvidenceRecord).count() == 1
        db.session.remove()
