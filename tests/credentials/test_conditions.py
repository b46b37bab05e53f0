"""Why there is no certificate yet: what is called fulfilled is what completion and issue accept."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from corpu.credentials.condition_words import Reader, item_of, items_of
from corpu.credentials.conditions import NEED_OF, OF_ISSUE, conditions
from corpu.credentials.models import Certificate, Issuer
from corpu.credentials.reasons import Reason
from corpu.learning import service as learning
from corpu.learning.conditions import Need
from corpu.learning.models import Enrolment, PageCompletion
from corpu.learning.seat import seat
from corpu.models import people
from tests.courses import course_source, publish
from tests.credentials.world import bpsdm, issue, make_course, make_issuer
from tests.factories import make_person, make_unit

ESSAY = """---
title: Tugas uraian
type: quiz
id: uraian
---

## Apa yang akan Anda ubah? {#uraian-s1 type=essay points=4}
| Kriteria | 0 | 1 | 2 |
|---|---|---|---|
| Ketepatan | Belum | Sebagian | Tepat |

> Contoh jawaban.
"""
SLUG, ASKED = "syarat-uji", frozenset({"a", "b", "kuis", "uraian"})
FLAWS = {
    "nobody signs": {"signatory_name": " "},
    "no post": {"signatory_post": ""},
    "no place": {"place": ""},
    "odd template": {"number_template": "{seq}/{tahun}/{kota}"},
    "not a batch": {"number_template": "{seq}/{angkatan}/{tahun}"},
    "strange letters": {"signatory_rank": "ไท"},
    "nothing to see": {"place": "\u202a"},
    "taken": {"number_template": "TERPAKAI-{seq}/{tahun}"},
}


@pytest.fixture
def unit(session, agency):
    return bpsdm(session, unit_token="BPSDM")


@pytest.fixture
def course(session, app, unit):
    """Two pages, a quiz with a mark of its own, an essay."""
    source = course_source(
        SLUG,
        files={"02-akhir/02-uraian.md": ESSAY},
        extra="certificate: sertifikat\ncompletion:\n  pages: all\n  pass:\n    kuis: 80\n",
    )
    return publish(session, app, source, owner_unit_id=unit.id)


@pytest.fixture
def borne(session, app, at):
    """A number that the flaw "taken" would write again."""
    other = make_unit(session)
    make_issuer(session, other, **FLAWS["taken"])
    return issue(session, make_person(session), make_course(session, app, other), at)


def prospect_of(session, person, at, slug=SLUG):
    here = seat(session, person.id, slug)
    (found,) = conditions(session, person.id, [here], at=at)
    return found


def states(prospect):
    return {one.need: one.state for one in prospect.conditions}


def test_every_reason_to_refuse_belongs_to_a_condition():
    assert set(NEED_OF) == set(Reason)


def with_each_flaw(test):
    """Everything learnt, and one thing in the way."""
    shown = {"pages": ASKED, "mark": Decimal(80), "flaws": set(), "letters": "Mira"}
    shown["is_archived"] = False
    for flaw in FLAWS:
        test = example(**shown | {"flaws": {flaw}})(test)
    for other in ({"letters": "Mira 明"}, {"letters": " "}, {"is_archived": True}, {}):
        test = example(**shown | other)(test)
    return test


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    pages=st.just(ASKED) | st.sets(st.sampled_from(sorted(ASKED))),
    mark=st.sampled_from([None, Decimal("79.99"), Decimal(80), Decimal(100)]),
    flaws=st.sets(st.sampled_from(sorted(FLAWS)), max_size=3),
    letters=st.sampled_from(["Mira", "Mira 明", " "]),
    is_archived=st.booleans(),
)
@with_each_flaw
def test_what_is_called_fulfilled_is_what_completion_and_issue_accept(
    session, app, unit, course, borne, at, pages, mark, flaws, letters, is_archived
):
    with session.begin_nested() as undone:
        person = people.Person(agency_id=unit.agency_id, name=letters, created_at=at)
        session.add(person)
        session.flush()
        enrolment = Enrolment(
            person_id=person.id, course_id=course.course_id, ordinal=1, enrolled_at=at
        )
        session.add(enrolment)
        session.flush()
        session.add_all(
            PageCompletion(
                enrolment_id=enrolment.id,
                page_id=page,
                edition_id=course.id,
                body_hash="0" * 64,
                completed_at=at,
            )
            for page in pages
        )
        if mark is not None:
            learning.record_standing(
                session,
                enrolment.id,
                "kuis",
                attempts=1,
                in_progress=False,
                awaiting_grade=False,
                best_score=mark,
            )
        issuer = session.scalars(select(Issuer).filter_by(unit_id=unit.id)).one()
        for flaw in flaws:
            for field, value in FLAWS[flaw].items():
                setattr(issuer, field, value)
        unit.archived_at = at if is_archived else None
        session.flush()

        before = prospect_of(session, person, at)
        learnt = [one for one in before.conditions if one.need in (Need.PAGE, Need.QUIZ)]
        completion = learning.evaluate(session, enrolment.id, at=at)
        assert (completion is not None) == all(one.is_done for one in learnt)
        if completion is None:
            assert not before.meets(Need.COMPLETION)
        else:
            # Completing has issued already, or let it wait: as what was said before foretold.
            issued = session.scalar(select(Certificate).filter_by(completion_id=completion.id))
            after = prospect_of(session, person, at)
            foretold = before.meets(*OF_ISSUE)
            assert (issued is not None) == foretold or "taken" in flaws
            assert (issued is not None) == after.meets(*OF_ISSUE) == after.meets(Need.ISSUED)
            reason = after.case.waits and after.case.waits.reason
            if reason is not None:
                assert not after.meets(NEED_OF[reason]), reason
                assert {one.need for one in after.unmet if one.reason} <= set(NEED_OF.values())
        latest = prospect_of(session, person, at)
        with app.test_request_context("/?lang=id"):
            for reader in Reader:  # there are words for every state
                for prospect in (before, latest):
                    assert all(one.title and one.text for one in items_of(prospect, reader))
                    assert all(item_of(prospect, one, reader).text for one in prospect.conditions)
        undone.rollback()
    session.expire_all()
