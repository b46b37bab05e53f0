"""What pages and acts of a quiz ask of the database."""

import pytest
from sqlalchemy import select

from corpu.assessment.models import Attempt
from tests.assessment.factories import QUIZ, SLUG, take_seat
from tests.statements import statements

QUIZ_URL = f"/learn/{SLUG}/{QUIZ}"


def url(attempt, *rest):
    return "/".join([f"{QUIZ_URL}/attempts/{attempt.id}", *rest])


@pytest.fixture
def me(browser, mira, at):
    return browser.sign_in(mira)


def test_pages_and_acts_ask_little_of_the_database(me, session, mira, publish):
    publish(time_limit=20)
    take_seat(session, mira)
    me.get(QUIZ_URL)
    token = {"csrf_token": me.csrf_token()}
    with statements() as seen:
        response = me.client.post(f"{QUIZ_URL}/attempts", data=token)
    assert response.status_code == 303
    assert len(seen) <= 8, seen
    session.expire_all()
    attempt = session.scalars(select(Attempt)).one()
    with statements() as seen:
        me.get(url(attempt))
    assert len(seen) <= 5, seen
    for counter in (1, 2):
        payload = {"question": "isian", "answer": f"x{counter}", "counter": counter}
        with statements() as seen:
            me.json(url(attempt, "answers"), payload)
        assert len(seen) <= 5, seen
    with statements() as seen:
        me.get(url(attempt, "submit"))
    assert len(seen) <= 5, seen
    with statements() as seen:
        response = me.client.post(url(attempt, "submit"), data=token)
    assert response.status_code == 303
    assert len(seen) <= 15, seen
    with statements() as seen:
        me.get(url(attempt, "result"))
    assert len(seen) <= 6, seen
