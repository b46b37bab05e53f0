"""What two managers, or two clicks, do at the same moment, with real transactions."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from corpu.assessment.models import ExtraTime
from corpu.audit import AuditEntry
from corpu.credentials.models import Issuer
from corpu.extensions import db
from corpu.hours.models import ClaimDecision, LearningClaim
from corpu.people.models import Person, SignInLink, Unit
from corpu.people.queries import viewer_for
from corpu.standards.models import PostStandard, StandardDraft
from tests.courses import course_source, publish
from tests.factories import make_person, make_unit, the_agency
from tests.hours.conftest import NOON, make_claim, session_of, verify
from tests.manage.conftest import REASON
from tests.manage.reading import fields_of
from tests.manage.test_extra_time import TIMED
from tests.manage.test_issuer import SIGNED
from tests.page import Browser
from tests.standards.factories import draft_with, entry, make_framework


class World:
    """A committed installation with two managers at their browsers."""

    def __init__(self, app):
        self.app = app
        with app.app_context():
            session = db.session()
            unit = make_unit(session, name="Dinas Kesehatan", code="DINKES")
            people = [
                make_person(session, name=name, unit=unit, roles=roles)
                for name, roles in (
                    ("Siti Maesaroh", ["manager"]),
                    ("Agus Priyanto", ["manager"]),
                    ("Mira Lestari", []),
                )
            ]
            publish(
                session,
                app,
                course_source(files={"02-akhir/01-kuis.md": TIMED}),
                owner_unit_id=unit.id,
            )
            self.unit_id = unit.id
            self.mira_id, self.mira_nip = people[2].id, people[2].nip
            self.browsers = [Browser(app.test_client()).sign_in(one) for one in people[:2]]
            db.session.remove()

    def form(self, url, **changes):
        """What the form at this address sends when filled in."""
        return fields_of(self.browsers[0].get(url), url) | changes

    def send(self, url, *forms):
        """Each manager sends a form at the same moment; the statuses that came back."""
        return self.send_each([url] * len(forms), forms)

    def send_each(self, urls, forms):
        """The same, each form to an address of its own."""
        tokens = [browser.csrf_token() for browser in self.browsers]
        start = Barrier(len(forms))

        def one(place):
            client = self.browsers[place].client
            data = forms[place] | {"csrf_token": tokens[place]}
            start.wait(10)
            return client.post(urls[place], data=data).status_code

        with ThreadPoolExecutor(len(forms)) as pool:
            return sorted(pool.map(one, range(len(forms))))

    def count(self, *conditions):
        with self.app.app_context():
            found = db.session.scalar(select(func.count()).where(*conditions))
            db.session.remove()
        return found


@pytest.fixture
def world(live_app, at):
    return World(live_app)


def test_one_form_for_a_new_person_makes_one_person_and_one_link(world):
    url = "/manage/people/new"
    form = world.form(
        url,
        name="Siti Aminah",
        nip="198502232006042908",
        unit=str(world.unit_id),
        title="Analis",
        post_type="JF_MU",
        reason=REASON,
    )
    assert world.send(url, form, form) == [200, 303]
    assert world.count(Person.name == "Siti Aminah") == 1
    assert world.count(SignInLink.id.is_not(None)) == 1


def test_of_two_corrections_one_is_saved_and_the_other_shown(world):
    url = f"/manage/people/{world.mira_id}/correct"
    forms = [world.form(url, name=name, reason=REASON) for name in ("Mira Satu", "Mira Dua")]
    assert world.send(url, *forms) == [303, 409]
    assert world.count(AuditEntry.action == "person.corrected") == 1


def test_one_form_for_more_time_gives_it_once(world):
    form = world.form(
        "/manage/time",
        quiz="kursus-uji/kuis",
        person=world.mira_nip,
        minutes="15",
        reason=REASON,
    )
    assert world.send("/manage/time", form, form) == [303, 303]
    assert world.count(ExtraTime.id.is_not(None)) == 1


def test_one_form_for_a_new_unit_makes_one_unit(world):
    url = "/manage/units/new"
    form = world.form(url, code="UPT-1", name="UPT Satu", reason=REASON)
    assert world.send(url, form, form) == [303, 303]
    assert world.count(Unit.code == "UPT-1") == 1


def test_of_two_who_make_a_unit_issue_one_is_saved_and_the_other_shown(world):
    url = f"/manage/units/{world.unit_id}/issuer"
    forms = [
        world.form(url, **SIGNED | {"place": place, "reason": REASON})
        for place in ("Malang", "Madiun")
    ]
    assert world.send(url, *forms) == [303, 409]
    assert world.count(Issuer.id.is_not(None)) == 1


def test_of_two_who_publish_a_dictionary_one_is_first(world):
    with world.app.app_context():
        session = db.session()
        agency = the_agency(session)
        framework = make_framework(session, agency)
        draft_with(session, agency, framework, entry())
        session.commit()
        url = f"/manage/competencies/{framework.id}/publish"
        db.session.remove()
    said = {"starts_on": "2026-11-24", "legal_basis": "SK 1/2026", "reason": REASON}
    forms = [world.form(url, **said), world.form(url, **said)]
    assert world.send(url, *forms) == [303, 409]
    assert world.count(AuditEntry.action == "framework.published") == 1


def test_of_two_who_change_a_draft_of_a_standard_one_is_first(world):
    url = "/manage/standards/set"
    said = {"post_type": "JF_MU", "starts_on": "2026-11-24"}
    form = world.form(url, level_INT="2", **said)
    assert world.send(url, form, form) == [303, 303]
    with world.app.app_context():
        draft = db.session.scalars(select(StandardDraft.id)).one()
        db.session.remove()
    url = f"/manage/standards/drafts/{draft}/edit"
    forms = [world.form(url, level_INT=level, **said) for level in ("3", "4")]
    assert world.send(url, *forms) == [303, 409]
    url = f"/manage/standards/drafts/{draft}/publish"
    form = world.form(url, legal_basis="SK 1/2026", reason=REASON)
    assert world.send(url, form, form) == [303, 303]
    assert world.count(PostStandard.id.is_not(None)) == 1


class TestHours:
    @pytest.fixture
    def claim_id(self, world):
        with world.app.app_context():
            session = db.session()
            person = session.get_one(Person, world.mira_id)
            made = make_claim(session, person).id
            db.session.remove()
        return made

    def test_of_two_different_decisions_one_stands(self, world, claim_id):
        url = f"/manage/hours/{claim_id}"
        form = world.form(url, reason="Tidak ada daftar hadir")
        sent = world.send(url, form | {"decision": "verified"}, form | {"decision": "refused"})
        assert sent == [303, 409]
        assert world.count(ClaimDecision.claim_id == claim_id) == 1

    def test_sessions_verified_at_once_stay_within_their_cap(self, world):
        with world.app.app_context():
            session = db.session()
            person = session.get_one(Person, world.mira_id)
            siti = session.scalars(select(Person).filter_by(name="Siti Maesaroh")).one()
            by = viewer_for(session, siti.id, 0, NOON)
            verify(session, make_claim(session, person, session_of(3)), by)
            made = [make_claim(session, person, session_of(day)).id for day in (11, 20)]
            db.session.remove()
        urls = [f"/manage/hours/{one}" for one in made]
        forms = [world.form(url, decision="verified", reason="Sesi lain") for url in urls]
        assert world.send_each(urls, forms) == [303, 303]
        with world.app.app_context():
            total = db.session.scalar(select(func.sum(LearningClaim.counted_jp)))
            db.session.remove()
        assert total == 4
