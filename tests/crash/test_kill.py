"""The server is killed at random moments while people hand in and complete courses.

What was acknowledged is there, nothing is there twice, and numbers have no gap. Fifty
kills: the first half on SQLite, the other on PostgreSQL, each on one database that lives
through all of them.
"""

import http.client
import json
import random
import threading
import time

from sqlalchemy import func, select

from corpu import clock
from corpu.assessment.models import Attempt, AttemptState, Response
from corpu.credentials.models import Certificate, NumberSequence, PendingCertificate
from corpu.extensions import db
from corpu.hours.models import HourEntry
from corpu.learning import service as learning
from corpu.learning.models import Completion, Enrolment
from corpu.models import competency as competency_models
from corpu.signing import log
from corpu.signing import queries as signing
from corpu.signing.rules import What, faults
from corpu.transactions import unit_of_work
from tests.conftest import SECRET
from tests.courses import course_source, publish
from tests.factories import make_agency, make_issuer, make_person, make_unit
from tests.serving import Server, visitor

KILLS = 25  # per database
LEARNERS = 6
SLUG = "kursus-uji"


class Life(threading.Thread):
    """A learner who goes on until the server is gone, and keeps what it acknowledged."""

    def __init__(self, port: int, who: dict[str, str], todo: list, acknowledged: list):
        super().__init__()
        self.port, self.who, self.todo, self.acknowledged = port, who, todo, acknowledged

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            while self.todo:
                self._step(connection, self.todo[0])
                self.todo.pop(0)
        except (OSError, http.client.HTTPException):
            return  # the server is gone; what was in flight is unknown, and asked again
        finally:
            connection.close()

    def _step(self, connection, step) -> None:
        kind, path, body = step
        headers = dict(self.who)
        if kind == "json":
            headers["Content-Type"] = "application/json"
            payload = json.dumps(body)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            payload = f"csrf_token={self.who['X-CSRFToken']}"
        if "{attempt}" in path:
            attempt = self._attempt(connection)
            if attempt is None:  # handed in before the kill, only the answer was lost
                self.acknowledged.append((kind, path, body))
                return
            path = path.replace("{attempt}", attempt)
        connection.request("POST", path, body=payload, headers=headers)
        response = connection.getresponse()
        response.read()
        assert response.status in (200, 303, 409), (response.status, path)
        self.acknowledged.append((kind, path, body))

    def _attempt(self, connection) -> str | None:
        """Start, or continue the one in progress: after a kill nobody remembers its address.
        None where the course is done, so that no attempt can be begun."""
        headers = self.who | {"Content-Type": "application/x-www-form-urlencoded"}
        body = f"csrf_token={self.who['X-CSRFToken']}"
        connection.request("POST", f"/learn/{SLUG}/kuis/attempts", body=body, headers=headers)
        response = connection.getresponse()
        response.read()
        if response.status == 409:
            return None
        return response.headers["Location"].rstrip("/").split("/attempts/")[1].split("/")[0]


def steps() -> list:
    answers = [
        ("json", f"/learn/{SLUG}/kuis/attempts/{{attempt}}/answers", body)
        for body in (
            {"question": "kuis-s1", "answer": "0", "counter": 1, "doubt": False},
            {"question": "kuis-s2", "answer": "0", "counter": 1, "doubt": False},
        )
    ]
    return [
        ("form", f"/learn/{SLUG}/a/complete", None),
        ("form", f"/learn/{SLUG}/b/complete", None),
        *answers,
        ("form", f"/learn/{SLUG}/kuis/attempts/{{attempt}}/submit", None),
    ]


def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(live_app, tmp_path):
    moments = random.Random(20261124)
    with live_app.app_context():
        url = live_app.config["SETTINGS"].database_url
        session = db.session()
        make_agency(session)
        unit = make_unit(session)
        make_issuer(session, unit)
        publish(session, live_app, course_source(checked=()), owner_unit_id=unit.id)
        db.session.remove()
    server = Server(live_app.config["SETTINGS"].instance, url, SECRET).start()
    acknowledged: list = []
    interrupted = 0
    try:
        lasts = let_live(server, newcomers(live_app), acknowledged)
        for kill in range(KILLS):
            lives = begun(server, [(who, steps()) for who in newcomers(live_app)], acknowledged)
            timer = threading.Timer(moments.uniform(0, lasts), server.kill)
            timer.start()
            for life in lives:
                life.join()
            timer.join()
            interrupted += any(life.todo for life in lives)
            server.process.join()
            server.start()
            # The same people go on where the kill found them.
            lives = begun(server, [(life.who, life.todo) for life in lives], acknowledged)
            for life in lives:
                life.join()
                assert not life.todo, f"kill {kill}: someone could not go on: {life.todo}"
    finally:
        server.stop()
    assert interrupted, "the kills came too late to find anybody at work"
    assert len(acknowledged) >= (1 + KILLS) * LEARNERS * 5
    with live_app.app_context():
        check(db.session())


def begun(server: Server, people: list, acknowledged: list) -> list[Life]:
    lives = [Life(server.port, who, todo, acknowledged) for who, todo in people]
    for life in lives:
        life.start()
    return lives


def let_live(server: Server, people: list, acknowledged: list) -> float:
    """One round that nobody disturbs; answers how many seconds it took on this machine."""
    began = time.monotonic()
    for life in begun(server, [(who, steps()) for who in people], acknowledged):
        life.join()
        assert not life.todo
    return time.monotonic() - began


def newcomers(app) -> list[dict[str, str]]:
    with app.app_context(), unit_of_work(db.session()) as session:
        people = [make_person(session) for _ in range(LEARNERS)]
        for person in people:
            learning.enrol(session, person.id, SLUG, at=person.created_at)
        ids = [person.id for person in people]
    return [visitor(app, person_id) for person_id in ids]


def check(session) -> None:
    people = (1 + KILLS) * LEARNERS
    assert session.scalar(select(func.count()).select_from(Completion)) == people
    assert session.scalar(select(func.count()).select_from(HourEntry)) == people
    assert session.scalar(select(func.count()).select_from(PendingCertificate)) == 0
    assert session.scalar(select(func.count()).select_from(Enrolment)) == people
    states = session.execute(select(Attempt.state, Attempt.score, Attempt.passed)).all()
    assert len(states) == people, "each quiz was taken once, however often it was started"
    assert {(state, int(score), passed) for state, score, passed in states} == {
        (AttemptState.GRADED, 100, True)
    }
    assert session.scalar(select(func.count()).select_from(Response)) == 2 * people
    check_log(session)
    numbers = sorted(session.scalars(select(Certificate.sequence)))
    assert numbers == list(range(1, people + 1)), "numbers without a gap, none twice"
    assert session.scalar(select(NumberSequence.last)) == people
    pieces = session.execute(
        select(competency_models.EvidenceRecord.person_id, func.count()).group_by(
            competency_models.EvidenceRecord.person_id
        )
    ).all()
    assert len(pieces) == people
    assert {count for _person, count in pieces} == {1}
    assert session.scalar(select(func.count()).select_from(competency_models.CompetencyScore)) == (
        people
    )


def check_log(session) -> None:
    """The sequencer was killed with the server: one chain, each certificate in it once."""
    with unit_of_work(session):
        log.append_job(session, {}, clock.now())
    entries = signing.entries(session, 1, limit=1000)
    assert list(faults(entries)) == []
    issued = [entry.content for entry in entries if entry.what is What.ISSUED]
    assert sorted(issued) == sorted(session.scalars(select(Certificate.snapshot_sha256)))
    assert [entry.what for entry in entries].count(What.KEY_CREATED) == 1
    assert len(entries) == len(issued) + 1
    assert session.scalar(select(func.count()).where(Certificate.signature.is_(None))) == 0
